"""Counting a week by bits gives what opening every lesson gives, on both databases."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tallies import count_choices, tally_states, tally_week
from jetkiz.reports.progress import Standing, read_week_report
from jetkiz.storage.database import Database
from tests.factories import BY_POST, BY_TELEGRAM, NO_WAY, NOW, WEEK, add_people, publish_week

CHOICES = (BY_TELEGRAM, BY_POST, NO_WAY)
KNOWN = [state for state in State if state >= State.DISPATCHED]


def _receipt(student: int, lesson: int, state: State, attempt: int = 1) -> Receipt:
    return Receipt(
        key=f"{student}:{lesson}:{state}:{attempt}",
        week=WEEK,
        student=student,
        lessons=(lesson,),
        state=state,
        channel="telegram",
        at=NOW,
        attempt=attempt,
    )


def _assert_same(connection: Connection) -> None:
    by_bits = sorted(tally_week(connection, WEEK), key=lambda one: one.student)
    states = ledger.lesson_states(connection, WEEK)
    assert by_bits == tally_states(states)
    assert count_choices(connection, WEEK) == Counter((s.channel, s.reason) for s in states)


@settings(max_examples=25)
@given(
    chosen=st.lists(st.sampled_from(CHOICES), min_size=3, max_size=3),
    heard=st.lists(
        st.tuples(
            st.sampled_from(["alice", "bob"]),
            st.integers(0, 2),
            st.sampled_from(KNOWN),
            st.integers(1, 2),
        ),
        max_size=12,
    ),
    again=st.booleans(),
)
def test_bits_and_lessons_agree(
    migrated_sqlite: object,
    chosen: list[Choice],
    heard: list[tuple[str, int, State, int]],
    *,
    again: bool,
) -> None:
    database = Database(f"sqlite:///{migrated_sqlite}")
    with database.engine.connect() as connection:
        # Nothing is committed: the next example finds the same empty file.
        people = add_people(connection)
        publish_week(connection, people, *chosen)
        if again:
            plan = StudentPlan(people.alice, people.lessons[:1], (BY_POST,))
            ledger.replace_attempt(connection, WEEK, 2, plan, people.school)
        receipts = [
            _receipt(getattr(people, who), people.lessons[place], state, attempt)
            for who, place, state, attempt in heard
        ]
        record_receipts(connection, receipts, NOW)
        _assert_same(connection)
    database.close()


def test_only_the_students_asked_for_are_counted(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, NO_WAY)
        _assert_same(connection)
        (alice,) = tally_week(connection, WEEK, {people.alice})
        plan = StudentPlan(people.bob, people.lessons[:1], (BY_POST,))
        ledger.replace_attempt(connection, WEEK, 2, plan, people.school)
        assert tally_week(connection, WEEK, {people.alice}) == [alice]
        assert count_choices(connection, WEEK, {people.alice}).total() == 3
        _assert_same(connection)
        # A list too long for one question to the database is sifted afterwards.
        many = {people.alice, *range(10_000, 10_600)}
        assert tally_week(connection, WEEK, many) == [alice]
    assert alice.states == {"telegram": {State.PLANNED: 2}}
    assert alice.without == ((people.lessons[0], ChoiceReason.NO_CHANNEL_FITS),)
    assert alice.lessons == 3


def test_work_that_came_back_without_a_plan_takes_a_student_off_the_list(
    database: Database,
) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, NO_WAY, NO_WAY, NO_WAY)
        receipts = [_receipt(people.alice, people.lessons[0], State.RETURNED)]
        record_receipts(connection, receipts, NOW)
        found = read_week_report(connection, WEEK, [people.alice, people.bob])
    assert [(one.student, one.standing) for one in found.nothing] == [
        (people.bob, Standing.NO_CHANNEL)
    ]
    assert found.students == 2
