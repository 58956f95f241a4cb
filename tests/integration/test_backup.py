"""Copies of a school's data: whole, proved, put back; and what is said when that cannot be."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jetkiz.errors import JetkizError
from jetkiz.roster.register import read_schools
from jetkiz.storage.backup import back_up, forget_old, require_sound, restore
from jetkiz.storage.database import Database
from jetkiz.storage.health import faults_of
from tests.factories import add_people

NOW = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)


def schools(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.name for one in read_schools(connection)]


def test_a_copy_holds_everything_and_can_be_put_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    copy = back_up(sqlite_database, tmp_path / "copies", NOW)
    assert copy.name == "jetkiz-2026-01-26-023000.sqlite3"
    with sqlite_database.write() as connection:
        connection.exec_driver_sql("UPDATE school SET name = 'spoilt'")
    aside = restore(sqlite_database, copy, NOW)
    assert schools(sqlite_database) == ["Another school", "Village school"]
    assert aside is not None
    spoilt = Database(f"sqlite:///{aside}")
    assert set(schools(spoilt)) == {"spoilt"}
    spoilt.close()
    assert faults_of(sqlite_database) == []


def test_a_copy_is_one_moment_while_writers_go_on(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        connection.exec_driver_sql("INSERT INTO pulse VALUES ('half', '2026-01-26', 1)")
        copy = back_up(sqlite_database, tmp_path / "copies", NOW)
    with closing(sqlite3.connect(copy)) as found:
        assert found.execute("SELECT count(*) FROM pulse").fetchone() == (0,)


def test_nothing_is_put_back_under_an_open_console(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    copy = back_up(sqlite_database, tmp_path / "copies", NOW)
    console = Database(sqlite_database.url)
    assert len(schools(console)) == 2
    with pytest.raises(JetkizError, match="Another program has the database open"):
        restore(sqlite_database, copy, NOW)
    console.close()
    assert restore(sqlite_database, copy, NOW) is not None
    assert len(schools(sqlite_database)) == 2


def test_where_no_database_was_none_is_laid_aside(
    sqlite_database: Database, tmp_path: Path
) -> None:
    copy = back_up(sqlite_database, tmp_path / "copies", NOW)
    fresh = Database(f"sqlite:///{tmp_path / 'new' / 'jetkiz.sqlite3'}")
    assert restore(fresh, copy, NOW) is None
    assert schools(fresh) == []
    fresh.close()


def test_a_damaged_copy_is_not_put_back(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    copy = back_up(sqlite_database, tmp_path / "copies", NOW)
    content = bytearray(copy.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    copy.write_bytes(content)
    with pytest.raises(JetkizError, match="not a sound database"):
        restore(sqlite_database, copy, NOW)
    assert len(schools(sqlite_database)) == 2
    copy.write_text("Dear diary")
    with pytest.raises(JetkizError, match="not a sound database"):
        require_sound(copy)


def test_a_folder_that_cannot_be_written_is_a_sentence(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JetkizError, match="Nothing could be written to") as refusal:
        back_up(sqlite_database, tmp_path / "file", NOW)
    assert "the database itself is untouched" in str(refusal.value)


def test_a_full_disk_leaves_no_half_copy(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(JetkizError, match="No space left on device"):
        back_up(sqlite_database, tmp_path / "copies", NOW)
    assert list((tmp_path / "copies").iterdir()) == []


def test_postgresql_is_named_its_own_tools(migrated_postgres_url: str, tmp_path: Path) -> None:
    database = Database(migrated_postgres_url)
    with pytest.raises(JetkizError, match=r"pg_dump --format=custom .*postgresql://"):
        back_up(database, tmp_path, NOW)
    with pytest.raises(JetkizError, match="pg_restore"):
        restore(database, tmp_path / "some.dump", NOW)
    assert faults_of(database) == []
    database.close()


def test_only_the_newest_copies_are_kept(sqlite_database: Database, tmp_path: Path) -> None:
    made = [back_up(sqlite_database, tmp_path, NOW + timedelta(days=n)) for n in range(4)]
    asked = back_up(sqlite_database, tmp_path, NOW - timedelta(days=1), keep=True)
    (tmp_path / "notes.txt").write_text("not ours")
    assert forget_old(tmp_path, 2) == made[:2]
    assert forget_old(tmp_path, 2) == []
    assert made[3].exists()
    assert asked.exists(), "who asked for a copy deletes it"
    assert (tmp_path / "notes.txt").exists()


def test_broken_references_and_pages_are_found(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    file = tmp_path / "copy.sqlite3"
    shutil.copy(back_up(sqlite_database, tmp_path / "copies", NOW), file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM household WHERE id = 1")
        connection.commit()
    database = Database(f"sqlite:///{file}")
    assert any("no such household" in fault for fault in faults_of(database))
    database.close()
