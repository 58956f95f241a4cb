"""What is known of student-weeks when many write: nothing is lost, nothing is written in vain."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import pytest
from sqlalchemy import Connection, event

from jetkiz.delivery import ledger
from jetkiz.delivery.known import NOTHING_KNOWN
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.setbacks import students_in_trouble
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from tests.factories import BY_TELEGRAM, NOW, WEEK, People, add_people, publish_week

TOO_BIG = 2**31 + 5


def receipt(people: People, state: State, place: int, student: int = 0) -> Receipt:
    who = student or people.alice
    lessons = people.lessons[place : place + 1]
    return Receipt(f"{who}:{place}:{state}", WEEK, who, lessons, state, "telegram", NOW)


def known(connection: Connection) -> dict[int, tuple[int, ...]]:
    return {row.student_id: row.known for row in ledger.week_rows(connection, WEEK)}


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        found = add_people(connection)
        publish_week(connection, found)
    return found


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def waits(future: Future[None]) -> bool:
    try:
        future.result(0.3)
    except StillWaiting:
        return True
    return False


def test_a_writer_adds_to_what_another_is_just_writing(
    database: Database, people: People, threads: ThreadPoolExecutor
) -> None:
    def report(state: State, place: int) -> None:
        with database.write() as connection:
            record_receipts(connection, [receipt(people, state, place)], NOW)

    with database.write() as connection:
        record_receipts(connection, [receipt(people, State.DELIVERED, 0)], NOW)
        other = threads.submit(report, State.DELIVERED, 2)
        assert waits(other)
    other.result(120)
    with database.read() as connection:
        assert known(connection)[people.alice] == (0, 0, 0b101, 0, 0, 0)


def test_a_rebuild_waits_for_receipts_and_receipts_for_a_rebuild(
    database: Database, people: People, threads: ThreadPoolExecutor
) -> None:
    def rebuild() -> None:
        with database.write() as connection:
            ledger.rebuild(connection, WEEK)

    def report() -> None:
        with database.write() as connection:
            record_receipts(connection, [receipt(people, State.FAILED, 1)], NOW)

    with database.write() as connection:
        record_receipts(connection, [receipt(people, State.DELIVERED, 0)], NOW)
        other = threads.submit(rebuild)
        assert waits(other)
    other.result(120)
    with database.write() as connection:
        assert ledger.rebuild(connection, WEEK) == 0
        other = threads.submit(report)
        assert waits(other)
    other.result(120)
    with database.read() as connection:
        assert known(connection)[people.alice] == (0, 0b010, 0b001, 0, 0, 0)
        assert ledger.differences(connection, WEEK) == []


def test_news_that_is_none_writes_nothing(database: Database, people: People) -> None:
    one = receipt(people, State.DELIVERED, 0)
    written: list[str] = []
    with database.write() as connection:
        ledger.apply(connection, [one])

        def hear(*arguments: object) -> None:
            written.append(str(arguments[2]))

        event.listen(connection, "before_cursor_execute", hear)
        ledger.apply(connection, [one, one])
        assert not any(
            "UPDATE" in statement.split() and "SET" in statement for statement in written
        )
        ledger.apply(connection, [receipt(people, State.DELIVERED, 1)])
        event.remove(connection, "before_cursor_execute", hear)
        assert known(connection)[people.alice] == (0, 0, 0b11, 0, 0, 0)
    assert any("SET known" in statement for statement in written)


def test_states_before_a_hand_over_leave_no_trace(database: Database, people: People) -> None:
    early = [receipt(people, state, 0) for state in State if state < State.DISPATCHED]
    with database.write() as connection:
        ledger.apply(connection, early)
        assert known(connection)[people.alice] == NOTHING_KNOWN


def test_every_setback_stands_on_one_rung(database: Database, people: People) -> None:
    found = [receipt(people, state, 0) for state in State if state.is_setback]
    assert len(found) == 3
    with database.write() as connection:
        ledger.apply(connection, found)
        assert known(connection)[people.alice] == (0, 1, 0, 0, 0, 0)


def test_a_student_too_big_for_the_table_is_nobody(database: Database, people: People) -> None:
    stray = receipt(people, State.DELIVERED, 0, TOO_BIG)
    with database.write() as connection:
        assert record_receipts(connection, [stray], NOW) == 1
        assert ledger.week_rows(connection, WEEK, [TOO_BIG, 2**62]) == []
        assert [
            r.student_id for r in ledger.week_rows(connection, WEEK, [TOO_BIG, people.bob])
        ] == [people.bob]
        assert set(known(connection).values()) == {NOTHING_KNOWN}


def test_weeks_are_told_by_name_and_in_order(database: Database, people: People) -> None:
    plan = StudentPlan(people.alice, people.lessons, (BY_TELEGRAM,) * len(people.lessons))
    weeks = ["2027-W01", "2025-W52", "2026-W53", "2026-W09"]
    with database.write() as connection:
        for week in weeks:
            ledger.publish(connection, week, 1, [plan], {people.alice: people.school})
        assert ledger.weeks(connection) == sorted([*weeks, WEEK])
        assert {row.week for row in ledger.week_rows(connection, "2026-W53")} == {"2026-W53"}


def test_equal_weeks_of_two_runs_are_told_apart_and_those_of_one_are_shared(
    database: Database, people: People
) -> None:
    choices = (BY_TELEGRAM,) * len(people.lessons)
    by_hand = (Choice("in_person", ChoiceReason.TEACHER),) * len(people.lessons)
    with database.write() as connection:
        for run, some in ((7, by_hand), (8, by_hand), (8, by_hand), (8, choices)):
            plan = StudentPlan(people.bob, people.lessons, some)
            ledger.replace_attempt(connection, WEEK, run, plan, people.school)
        rows = [one for one in ledger.week_rows(connection, WEEK) if one.student_id == people.bob]
    assert [one.run_id for one in rows] == [1, 7, 8, 8, 8]
    first, second, third, fourth, fifth = (one.template_id for one in rows)
    assert third == fourth
    assert len({first, second, third, fifth}) == 4


@pytest.mark.parametrize("due", [False, True])
def test_trouble_is_a_failure_or_a_due_lesson_never_heard_of(
    database: Database, *, due: bool
) -> None:
    with database.write() as connection:
        people = add_people(connection)
        seconds = ("post",) + (None,) * (len(people.lessons) - 1)
        choices = (BY_TELEGRAM,) * len(people.lessons)
        students = (people.alice, people.bob, people.charlie)
        plans = [StudentPlan(one, people.lessons, choices, seconds) for one in students[:2]]
        plans.append(StudentPlan(people.charlie, people.lessons, choices))
        ledger.publish(connection, WEEK, 1, plans, dict.fromkeys(students, people.school))
        wanted = {people.lessons[2]} if due else set()
        assert students_in_trouble(connection, WEEK, wanted) == (
            [people.alice, people.bob] if due else []
        )
        news = [
            receipt(people, State.DISPATCHED, 2),
            receipt(people, State.FAILED, 0, people.bob),
            receipt(people, State.FAILED, 0, people.charlie),
        ]
        record_receipts(connection, news, NOW)
        # Alice's due lesson has left; Charlie has no second way, so nothing can be done for him.
        assert students_in_trouble(connection, WEEK, wanted) == [people.bob]
