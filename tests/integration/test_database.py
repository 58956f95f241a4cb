"""Transactions on both databases: whole or not at all, and errors in words."""

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from jetkiz.errors import JetkizError
from jetkiz.roster.tables import hand_edit, school
from jetkiz.storage import bulk_load as loading
from jetkiz.storage.bulk_load import (
    bulk_load,
    change_rows,
    insert_new,
    insert_numbered,
    upsert,
)
from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade, version

ALMATY = timezone(timedelta(hours=5))


def _school(sourced_id: str, name: str = "A") -> dict[str, object]:
    return {"sourced_id": sourced_id, "name": name, "zone": "Asia/Almaty", "address": {"x": "ә"}}


def _names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(school.c.name).order_by(school.c.sourced_id)))


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    def stumble() -> None:
        with database.write() as connection:
            insert_new(connection, school, [_school("s1")], ["sourced_id"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    with database.read() as connection:
        assert _names(connection) == []


def test_a_reader_sees_one_state_whatever_others_write(database: Database) -> None:
    with database.write() as connection:
        insert_new(connection, school, [_school("s1")], ["sourced_id"])
    with database.read() as reader:
        assert _names(reader) == ["A"]
        with database.write() as connection:
            insert_new(connection, school, [_school("s2", "B")], ["sourced_id"])
        assert _names(reader) == ["A"], "the second look must fit the first"
    with database.read() as reader:
        assert _names(reader) == ["A", "B"]


def test_a_writer_sees_what_others_wrote_before_its_turn(database: Database) -> None:
    """A reader's stricter promise must not stick to the connection that a writer gets next."""
    with database.read() as reader:
        assert _names(reader) == []
    with database.write() as connection:
        insert_new(connection, school, [_school("s1")], ["sourced_id"])
    with database.read() as reader:
        assert _names(reader) == ["A"]


def test_nothing_written_while_reading_stays(database: Database) -> None:
    with suppress(DatabaseError), database.read() as connection:
        insert_new(connection, school, [_school("s1")], ["sourced_id"])
    with database.read() as connection:
        assert _names(connection) == []


def test_many_threads_write_without_a_locked_database(database: Database) -> None:
    def work(n: int) -> None:
        with database.write() as connection:
            connection.scalar(select(school.c.id).limit(1))
            insert_new(connection, school, [_school(f"s{n}", str(n))], ["sourced_id"])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert len(_names(connection)) == 8


def test_async_shells_run_sync_functions_in_threads(database: Database) -> None:
    async def shell() -> list[str]:
        await database.run(insert_new, school, [_school("s1")], ["sourced_id"])
        return await database.look(_names)

    assert asyncio.run(shell()) == ["A"]


def test_only_new_keys_are_inserted_and_counted(database: Database) -> None:
    with database.write() as connection:
        assert insert_new(connection, school, [], ["sourced_id"]) == 0
        assert insert_new(connection, school, [_school("s1"), _school("s2")], ["sourced_id"]) == 2
        again = [_school("s1", "B"), _school("s3", "C")]
        assert insert_new(connection, school, again, ["sourced_id"]) == 1
        assert _names(connection) == ["A", "A", "C"]


def test_many_rows_are_inserted_and_changed_in_sets(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same as with few; what is there twice in one heap counts once."""
    monkeypatch.setattr(loading, "STAGED", 2)
    with database.write() as connection:
        assert insert_new(connection, school, [_school("s1"), _school("s2")], ["sourced_id"]) == 2
        more = [_school("s2", "B"), _school("s3", "C"), _school("s3", "D")]
        assert insert_new(connection, school, more, ["sourced_id"]) == 1
        new = [{"sourced_id": n, "name": n, "address": {"ә": n}} for n in ("s1", "s3", "s9")]
        assert change_rows(connection, school, new, ["sourced_id"]) == 2
        assert change_rows(connection, school, new[:1], ["sourced_id"]) == 1
        assert change_rows(connection, school, [], ["sourced_id"]) == 0
        assert _names(connection) == ["s1", "A", "s3"]
        c = school.c
        kept = connection.execute(select(c.address).order_by(c.id)).scalars().all()
    assert kept == [{"ә": "s1"}, {"x": "ә"}, {"ә": "s3"}]


def test_upsert_changes_the_rows_that_are_there(database: Database) -> None:
    with database.write() as connection:
        assert upsert(connection, school, [], ["sourced_id"]) == 0
        upsert(connection, school, [_school("s1")], ["sourced_id"])
        upsert(connection, school, [_school("s1", "B"), _school("s2", "C")], ["sourced_id"])
        assert _names(connection) == ["B", "C"]


def test_new_rows_get_their_numbers_in_order(database: Database) -> None:
    with database.write() as connection:
        assert insert_numbered(connection, school, []) == []
        first = insert_numbered(connection, school, [_school("z"), _school("a"), _school("m")])
        connection.execute(school.delete().where(school.c.id == first[1]))
        many = [_school(f"s{n * 7919 % 2501}") for n in range(2501)]
        numbers = insert_numbered(connection, school, many)
        found = dict(connection.execute(select(school.c.id, school.c.sourced_id)).all())
    assert len(set(first) | set(numbers)) == 2504
    assert [found[n] for n in numbers] == [row["sourced_id"] for row in many]
    assert (found[first[0]], found[first[2]]) == ("z", "m")


def test_bulk_load_keeps_documents_moments_and_letters(database: Database) -> None:
    moment = datetime(2026, 1, 26, 8, 0, tzinfo=ALMATY)
    edit = {
        "table_name": "student",
        "row_id": 1,
        "column_name": "given_name",
        "value": "Әлия\t\\N",
        "by": "Айгүл",
        "at": moment,
    }
    with database.write() as connection:
        assert bulk_load(connection, school, []) == 0
        assert bulk_load(connection, school, [_school("s1"), _school("s2")]) == 2
        assert bulk_load(connection, hand_edit, [edit]) == 1
        row = connection.execute(select(hand_edit)).one()
        assert connection.scalar(select(school.c.address).limit(1)) == {"x": "ә"}
    assert row.value == "Әлия\t\\N"
    assert row.at == moment
    assert row.at.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 1, 26)  # noqa: DTZ001 - what the type has to refuse
    assert UtcDateTime().process_bind_param(None, database.engine.dialect) is None
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(naive, database.engine.dialect)


def test_upgrading_again_changes_nothing(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert version(database)[0] is None
    upgrade(database)
    upgrade(database)
    has, needed = version(database)
    assert has == needed
    database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be understood"),
        ("mysql://u@h/d", "not in mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://nobody:secret@127.0.0.1:99999/none", "cannot be reached"),
        ("sqlite:////proc/jetkiz/x.sqlite3", "cannot be made"),
    ],
)
def test_a_wrong_address_is_answered_with_a_sentence(url: str, words: str) -> None:
    with pytest.raises(JetkizError, match=words) as caught, Database(url).read():
        pass
    assert "secret" not in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_no_database_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with pytest.raises(JetkizError, match="cannot be opened or written"), database.read():
        pass


def test_a_full_disk_undoes_the_step_and_says_so(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    rows = [_school(f"s{n}", "x" * 4000) for n in range(9)]

    def fill() -> None:
        with sqlite_database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")
            insert_new(connection, school, rows, ["sourced_id"])

    with pytest.raises(JetkizError, match="disk is full"):
        fill()
    with sqlite_database.read() as connection:
        assert _names(connection) == []


def test_sqlite_keeps_every_commit_through_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == wanted


def test_stored_moments_come_back_in_utc(database: Database) -> None:
    moment = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    with database.write() as connection:
        insert_new(
            connection,
            hand_edit,
            [
                {
                    "table_name": "t",
                    "row_id": 1,
                    "column_name": "c",
                    "value": "",
                    "by": "",
                    "at": moment,
                }
            ],
        )
        assert connection.scalar(select(hand_edit.c.at)) == moment


def test_an_error_of_the_database_names_no_child(database: Database) -> None:
    rows = [_school("s1", "Secretova"), _school("s1", "Secretova")]
    with pytest.raises(DatabaseError) as caught, database.write() as connection:
        connection.execute(school.insert().values(rows))
    assert "Secretova" not in str(caught.value)
