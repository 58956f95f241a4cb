"""A question may name any number of students or keys, and gets exactly their rows."""

import pytest
from sqlalchemy import Connection, select

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.model import Receipt, StudentPlan
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, receipt
from jetkiz.delivery.tallies import tally_week
from jetkiz.delivery.withdrawing import withdraw_week
from jetkiz.errors import JetkizError
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import add_page, read_returns
from jetkiz.homework.tables import homework_return
from jetkiz.roster.register import read_students
from jetkiz.storage.bulk_load import bulk_load
from jetkiz.storage.database import Database
from jetkiz.storage.many_values import among
from tests.factories import BY_TELEGRAM, NOW, WEEK, add_people, publish_week
from tests.statement_counts import parameters_counted

# More than PostgreSQL takes as parameters of their own, and than SQLite does.
TOO_MANY = 65_536
COUNTRY = range(1, 1_501)
SCHOOL = range(101, 801)


def publish_country(connection: Connection) -> None:
    lessons = add_people(connection).lessons
    plans = [StudentPlan(one, lessons, (BY_TELEGRAM,) * len(lessons)) for one in COUNTRY]
    ledger.publish(connection, WEEK, 1, plans, {one: one // 100 for one in COUNTRY})


def test_a_school_of_seven_hundred_reads_its_own_rows_and_no_more(database: Database) -> None:
    with database.write() as connection:
        publish_country(connection)
        rows = ledger.week_rows(connection, WEEK, SCHOOL)
        assert [row.student_id for row in rows] == list(SCHOOL)
        assert {one.student for one in tally_week(connection, WEEK, SCHOOL)} == set(SCHOOL)
        states = ledger.lesson_states(connection, WEEK, SCHOOL)
        assert {one.student for one in states} == set(SCHOOL)


def test_nobody_named_is_nobody_and_not_everybody(database: Database) -> None:
    with database.write() as connection:
        publish_country(connection)
        assert ledger.week_rows(connection, WEEK, []) == []
        assert ledger.lesson_states(connection, WEEK, []) == []
        assert tally_week(connection, WEEK, set()) == []
        assert len(ledger.week_rows(connection, WEEK)) == len(COUNTRY)


def test_more_students_and_keys_may_be_named_than_a_statement_has_parameters(
    database: Database,
) -> None:
    with database.write() as connection:
        people = add_people(connection)
        seven = Receipt("r7", WEEK, people.bob, people.lessons, State.DELIVERED, "post", NOW)
        record_receipts(connection, [seven], NOW)
        keys = [f"r{number}" for number in range(TOO_MANY)]
        found = connection.scalars(select(receipt.c.id).where(among(receipt.c.key, keys)))
        assert len(list(found)) == 1
        assert {one.id for one in read_students(connection, range(TOO_MANY))} == {
            people.alice,
            people.bob,
            people.charlie,
        }


def test_words_with_quotes_and_other_letters_are_found_as_they_are(database: Database) -> None:
    keys = ['a"b', "a'b", "a\\b", "әңһ", "", " ", "%", "null", "1", "line\nbreak", "🙂"]
    with database.write() as connection:
        lesson = add_people(connection).lessons[0]
        for number, key in enumerate([*keys, "other"]):
            one = Receipt(key, WEEK, number, (lesson,), State.DELIVERED, "post", NOW)
            record_receipts(connection, [one], NOW)
        found = connection.scalars(select(receipt.c.key).where(among(receipt.c.key, keys)))
        assert sorted(found) == sorted(keys)


def test_a_week_is_withdrawn_whole_without_naming_its_batches(database: Database) -> None:
    row = {"channel": "post", "not_before": NOW, "state": 0, "created_at": NOW}
    with database.write() as connection:
        publish_week(connection, add_people(connection))
        rows = [row | {"key": f"b{n}", "week": WEEK} for n in range(50)]
        bulk_load(connection, batch, [*rows, row | {"key": "next", "week": "2026-W06"}])
        with parameters_counted(connection) as counted:
            assert withdraw_week(connection, WEEK) == 2
        assert max(counted) < 5
        assert connection.scalars(select(batch.c.key)).all() == ["next"]


def test_one_handed_batch_among_many_keeps_the_week(database: Database) -> None:
    row = {"channel": "post", "not_before": NOW, "week": WEEK, "created_at": NOW}
    with database.write() as connection:
        publish_week(connection, add_people(connection))
        states = [*[BatchState.WAITING] * 10, BatchState.HANDED]
        rows = [row | {"key": f"b{n}", "state": int(one)} for n, one in enumerate(states)]
        bulk_load(connection, batch, rows)
        with pytest.raises(JetkizError, match="have been handed over"):
            withdraw_week(connection, WEEK)
        assert len(connection.scalars(select(batch.c.id)).all()) == len(states)


def test_a_queue_is_read_with_its_pages_without_naming_its_works(database: Database) -> None:
    row = {"lesson_id": 1, "version": 1, "started_at": NOW, "is_late": False}
    waiting = int(ReturnState.HANDED_IN)
    with database.write() as connection:
        rows = [row | {"student_id": n, "state": waiting} for n in range(50)]
        bulk_load(connection, homework_return, rows)
        add_page(connection, 50, 1, Page("k", "0" * 64, "image/jpeg", "telegram"), NOW)
        with parameters_counted(connection) as counted:
            assert len(read_returns(connection, [ReturnState.HANDED_IN])) == 50
            (draft,) = read_returns(connection, students=range(50, 200))
        assert max(counted) < 5
        assert [page.key for page in draft.pages] == ["k"]
