"""The commands that look after the data, and what they refuse."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from jetkiz.engine.workers import Boot, claim
from jetkiz.storage.database import PRAGMAS, Database
from jetkiz.storage.files import FileStore
from tests.factories import add_people
from tests.spoken import Jetkiz


@pytest.fixture
def jetkiz(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(database_url, tmp_path / "data", capsys)


@pytest.fixture
def school(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    """The command at a school with a file of its own."""
    return Jetkiz(sqlite_url, tmp_path / "data", capsys)


def set_version(url: str, version: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    database.close()


def test_an_empty_database_is_made_ready_and_again_is_no_harm(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(empty_database_url, tmp_path / "data", capsys)
    assert "jetkiz database upgrade" in jetkiz.refuses("database", "backup")
    assert "The database is ready" in jetkiz.run("database", "upgrade")
    assert "The database is ready" in jetkiz.run("database", "upgrade")
    assert "sound and current" in jetkiz.run("database", "check")
    database = Database(empty_database_url)
    schema = None if database.is_sqlite else "dbos"
    assert "workflow_status" in inspect(database.engine).get_table_names(schema=schema)
    database.close()


@pytest.mark.parametrize(
    "command",
    [("roster", "show"), ("database", "check"), ("database", "backup"), ("doctor",), ("serve",)],
)
def test_a_wrong_folder_is_named_and_nothing_is_made_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    folder = tmp_path / "mistyped" / "school"
    file = folder / "jetkiz.sqlite3"
    status, said, error = Jetkiz(f"sqlite:///{file}", tmp_path, capsys).ends(*command)
    assert status == 1
    assert f"There is no school in the folder {folder}" in said + error
    assert "database upgrade" in said + error
    assert not folder.parent.exists()


def test_a_database_of_a_newer_program_is_left_alone(jetkiz: Jetkiz) -> None:
    set_version(jetkiz.url, "9999")
    for command in ("upgrade", "backup", "check"):
        assert "newer Jetkiz (version 9999)" in jetkiz.refuses("database", command)


def test_before_an_upgrade_the_data_is_copied(
    school: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jetkiz.storage.schema.version", lambda _database: ("0001", "0002"))
    said = school.run("database", "upgrade")
    assert "The data as it was is kept in" in said
    assert len(list((school.folder / "backups").glob("*.sqlite3"))) == 1


def test_before_an_upgrade_of_postgresql_a_person_is_asked(
    migrated_postgres_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jetkiz = Jetkiz(migrated_postgres_url, tmp_path / "data", capsys)
    monkeypatch.setattr("jetkiz.storage.schema.version", lambda _database: ("0001", "0002"))
    assert "--yes" in jetkiz.refuses("database", "upgrade")
    assert "ready" in jetkiz.run("database", "upgrade", "--yes")


def test_a_copy_for_a_stick_takes_the_stored_files_along(school: Jetkiz, tmp_path: Path) -> None:
    FileStore(school.folder / "files").put(b"homework")
    stick = tmp_path / "stick"
    said = school.run("database", "backup", "--to", str(stick))
    assert "The copy is sound" in said
    assert "1 copied" in said
    assert "0 copied" in school.run("database", "backup", "--to", str(stick))


def test_a_copy_for_a_stick_takes_the_keys_and_the_channels_along(
    school: Jetkiz, tmp_path: Path
) -> None:
    keys = school.folder / "keys" / "sheet_codes.json"
    keys.parent.mkdir(parents=True)
    keys.write_text("secret")
    stick = tmp_path / "stick"
    said = school.run("database", "backup", "--to", str(stick))
    assert str(stick / "keys" / "sheet_codes.json") in said
    assert "channels.toml" not in said
    (school.folder / "channels.toml").write_text("[[channel]]")
    keys.write_text("newer")
    school.run("database", "backup", "--to", str(stick))
    assert (stick / "keys" / "sheet_codes.json").read_text() == "newer"
    assert (stick / "channels.toml").read_text() == "[[channel]]"


def test_without_a_folder_the_copy_lies_beside_the_data(school: Jetkiz) -> None:
    assert str(school.folder / "backups") in school.run("database", "backup")


def test_postgresql_is_copied_by_its_own_tools(
    migrated_postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(migrated_postgres_url, tmp_path, capsys)
    assert "pg_dump" in jetkiz.refuses("database", "backup")


def test_a_copy_is_put_back(school: Jetkiz) -> None:
    school.run("database", "backup")
    copy = next((school.folder / "backups").glob("*.sqlite3"))
    database = Database(school.url)
    with database.write() as connection:
        add_people(connection)
    database.close()
    assert "--yes" in school.refuses("database", "restore", str(copy))
    said = school.run("database", "restore", str(copy), "--yes")
    assert "is kept as" in said
    assert "The copy is in place" in said
    with closing(sqlite3.connect(school.url.removeprefix("sqlite:///"))) as found:
        assert found.execute("SELECT count(*) FROM student").fetchone() == (0,)


def test_nothing_is_put_back_under_a_running_program(school: Jetkiz) -> None:
    school.run("database", "backup")
    copy = next((school.folder / "backups").glob("*.sqlite3"))
    database = Database(school.url)
    with database.write() as connection:
        claim(connection, Boot("school", "life", "another-computer", 1))
    database.close()
    assert "running on this data (school)" in school.refuses("database", "restore", str(copy))


def test_damage_is_found_and_a_copy_can_still_be_put_back(school: Jetkiz) -> None:
    school.run("database", "backup")
    copy = next((school.folder / "backups").glob("*.sqlite3"))
    file = Path(school.url.removeprefix("sqlite:///"))
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    assert "The database is damaged" in school.refuses("database", "check")
    school.run("database", "restore", str(copy), "--yes")
    assert "sound and current" in school.run("database", "check")


def test_broken_references_are_named(school: Jetkiz) -> None:
    file = school.url.removeprefix("sqlite:///")
    database = Database(school.url)
    with database.write() as connection:
        add_people(connection)
    database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM household WHERE id = 1")
        connection.commit()
    status, said, error = school.ends("database", "check")
    assert status == 1
    assert "no such household" in said
    assert "jetkiz database restore" in error


def test_a_wrong_address_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for url, words in (
        ("mysql://somewhere/db", "not in mysql"),
        ("nonsense", "cannot be understood"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
    ):
        assert words in Jetkiz(url, tmp_path, capsys).refuses("database", "upgrade")


def test_a_rule_that_postgresql_never_checked_is_named(
    migrated_postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(migrated_postgres_url, tmp_path, capsys)
    assert "sound and current" in jetkiz.run("database", "check")
    database = Database(jetkiz.url)
    with database.write() as connection:
        rule = "ALTER TABLE student ADD CONSTRAINT grown CHECK (grade < 99) NOT VALID"
        connection.execute(text(rule))
    database.close()
    status, said, _ = jetkiz.ends("database", "check")
    assert status == 1
    assert "student, grown: the rule was never checked" in said


NEEDING_DATA = (
    "report nothing 2026-W05",
    "report week 2026-W05",
    "ledger check",
    "ledger rebuild 2026-W05",
    "roster show",
    "lessons list 2026-W05",
    "plan show 2026-W05",
    "plan publish 2026-W05",
    "plan explain s-01 x",
    "timetable make 2026-W05",
    "timetable export 2026-W05",
    "packs make 2026-W05",
    "packs hand-over 2026-W05 --all",
    "telegram links",
    "telegram status",
    "telegram undelivered",
    "accounts list",
    "accounts password x",
    "accounts add x --role coordinator",
    "run --only worker",
)


def test_nobody_is_asked_about_a_copy_that_is_damaged(school: Jetkiz, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(b"half a copy" * 100)
    said = school.refuses("database", "restore", str(copy))
    assert "not a sound database" in said
    assert "--yes" not in said


@pytest.mark.parametrize("command", NEEDING_DATA)
def test_without_tables_every_command_says_how_to_make_them(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.sqlite3").touch()
    jetkiz = Jetkiz(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path, capsys)
    assert "Run: jetkiz database upgrade" in jetkiz.refuses(*command.split())


@pytest.mark.parametrize("command", ["roster show", "report week 2026-W05", "database upgrade"])
def test_a_file_that_is_no_database_is_a_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.sqlite3"
    file.write_bytes(b"not a database at all, only a long enough text" * 100)
    said = Jetkiz(f"sqlite:///{file}", tmp_path, capsys).refuses(*command.split())
    assert "jetkiz database restore COPY" in said


def test_a_database_that_stays_busy_is_a_sentence(
    school: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jetkiz.storage.database.PRAGMAS", (*PRAGMAS, "PRAGMA busy_timeout=10"))
    with closing(sqlite3.connect(school.url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        said = school.refuses("ledger", "rebuild", "2026-W05")
    assert "kept the database busy" in said
