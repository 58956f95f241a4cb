"""A question may name any number of students or keys, and gets exactly their rows."""

from sqlalchemy import Connection, select

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Receipt, StudentPlan
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.delivery.tallies import tally_week
from jetkiz.roster.register import read_students
from jetkiz.storage.database import Database
from jetkiz.storage.many_values import among
from tests.factories import BY_TELEGRAM, NOW, WEEK, add_people

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
