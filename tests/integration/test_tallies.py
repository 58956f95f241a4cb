"""Counting a week by bits gives what opening every lesson gives, on both databases."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tallies import count_choices, tally_states, tally_week
from jetkiz.reports.progress import Standing, read_week_report
from jetkiz.storage.database import Database
from tests.factories import BY_POST, BY_TELEGRAM, NO_WAY, WEEK, add_people, publish_week
from tests.past_weeks import NEWS, News, hear, live_through_news

CHOICES = (BY_TELEGRAM, BY_POST, NO_WAY)


def _assert_same(connection: Connection) -> None:
    by_bits = sorted(tally_week(connection, WEEK), key=lambda one: one.student)
    states = ledger.lesson_states(connection, WEEK)
    assert by_bits == tally_states(states)
    assert count_choices(connection, WEEK) == Counter((s.channel, s.reason) for s in states)


@settings(max_examples=25)
@given(
    chosen=st.lists(st.sampled_from(CHOICES), min_size=3, max_size=3),
    news=NEWS,
    again=st.booleans(),
)
def test_bits_and_lessons_agree(
    migrated_sqlite: object,
    chosen: list[Choice],
    news: list[News],
    *,
    again: bool,
) -> None:
    database = Database(f"sqlite:///{migrated_sqlite}")
    with database.engine.connect() as connection:
        # Nothing is committed: the next example finds the same empty file.
        live_through_news(connection, chosen, news, again=again)
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
        hear(connection, people, WEEK, "telegram", State.RETURNED, lessons=people.lessons[:1])
        found = read_week_report(connection, WEEK, [people.alice, people.bob])
    assert [(one.student, one.standing) for one in found.nothing] == [
        (people.bob, Standing.NO_CHANNEL)
    ]
    assert found.students == 2
