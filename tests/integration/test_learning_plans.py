"""A plan that learns: what it reads of past weeks, what it leaves alone, and what it says of it."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import week_of
from jetkiz.config import Settings
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_homes, read_students
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from scheduler.learned_effect import effect_of, read_effect
from scheduler.learning.experience import MOST_WEEKS, Experience, read_experience
from scheduler.model import Learned, Option, PlanProblem
from scheduler.plan_files import inputs_of
from scheduler.planner import make_plan
from tests.factories import WEEK, People, add_people
from tests.past_weeks import hear, live_through
from tests.plain_channels import plain_channels
from tests.weeks_read import read_problem

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
OFF = Settings(zone="Asia/Qostanay")
ON = replace(OFF, learning=True)
CHANNELS = ("in_person", "post", "telegram")
# Three taught weeks, the last of them just over on that Wednesday of week 4.
PAST = ["2025-W51", "2026-W02", "2026-W03"]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What differs between the engines is tested with the reading and with the commands."""
    return sqlite_database


@pytest.fixture
def people(database: Database) -> People:
    """Alice and Bob have Telegram and fetch paper, Charlie of another school only fetches paper."""
    with database.write() as connection:
        found = add_people(connection)
        for number, *kinds in (
            (found.alice, FactKind.TELEGRAM, FactKind.PICK_UP),
            (found.bob, FactKind.TELEGRAM, FactKind.PICK_UP),
            (found.charlie, FactKind.PICK_UP),
        ):
            for kind in kinds:
                tell(connection, number, kind)
    return found


def tell(connection: Connection, number: int, kind: FactKind, value: str = "") -> None:
    (person,) = read_students(connection, only=[number])
    value = value or ("linked" if kind == FactKind.TELEGRAM else "yes")
    learn(connection, person.household, Fact(kind, value, Source.TEACHER, date(2026, 1, 10)))


def read(
    database: Database,
    settings: Settings = ON,
    now: datetime = WEDNESDAY,
    channels: Any = None,
) -> PlanProblem:
    with database.read() as connection:
        return read_problem(connection, channels or plain_channels(), WEEK, settings, now)


def option(found: PlanProblem, number: int, channel: str) -> Option:
    lesson = found.student[number].curriculum[0]
    return next(one for one in found.options[number, lesson] if one.channel == channel)


def chance(found: PlanProblem, number: int, channel: str) -> float:
    return option(found, number, channel).likelihood


def lived(database: Database, people: People, weeks: list[str], *states: State, **how: Any) -> None:
    with database.write() as connection:
        live_through(connection, people, weeks, how.pop("channel", "telegram"), *states, **how)


# Off, and on with nothing to learn from.


def test_learning_is_off_unless_somebody_asks_for_it(database: Database, people: People) -> None:
    assert Settings().learning is False
    before = inputs_of(read(database, OFF))
    lived(database, people, PAST, State.FAILED)
    after = read(database, OFF)
    assert after.learned is None
    assert inputs_of(after) == before
    assert "evidence" not in "".join(before.values())


def test_a_school_without_a_past_plans_with_what_the_channels_say(
    database: Database, people: People
) -> None:
    plain, taught = read(database, OFF), read(database, ON)
    assert taught.learned == Learned(weeks=0, students=0)
    assert taught.options == plain.options
    changed = {name for name, text in inputs_of(plain).items() if inputs_of(taught)[name] != text}
    assert changed == {"channels.toml"}
    assert chance(taught, people.alice, "telegram") == 0.7


# What is learned.


def test_lessons_that_never_came_make_a_channel_less_likely(
    database: Database, people: People
) -> None:
    lived(database, people, PAST, State.FAILED)
    found = read(database)
    assert found.learned == Learned(weeks=3, students=1)
    assert 0 < chance(found, people.alice, "telegram") < 0.3
    # Its neighbour in the same region is believed a little less, another channel as before.
    assert 0.3 < chance(found, people.bob, "telegram") < 0.7
    assert chance(found, people.alice, "in_person") == 0.9
    assert option(found, people.alice, "in_person").evidence == ""
    assert round(chance(found, people.alice, "telegram"), 3) == chance(
        found, people.alice, "telegram"
    )


def doubtful_paper() -> Any:
    """The same channels, but paper is fetched less often than not: Telegram wins by profile."""
    channels = plain_channels()
    channels["in_person"].likelihood = 0.45
    return channels


def test_the_plan_takes_the_channel_that_works(database: Database, people: People) -> None:
    lived(database, people, PAST, State.FAILED)
    ways = {}
    for settings in (OFF, ON):
        plan = make_plan(read(database, settings, channels=doubtful_paper()))
        (alice,) = (one for one in plan.students if one.student == people.alice)
        ways[settings.learning] = {choice.channel for choice in alice.choices}
    assert ways == {False: {"telegram"}, True: {"in_person"}}


def test_work_that_came_back_speaks_for_a_channel(database: Database, people: People) -> None:
    lived(database, people, PAST, State.DISPATCHED, State.RETURNED)
    assert 0.7 < chance(read(database), people.alice, "telegram") < 1


def test_silence_speaks_in_the_chat_but_not_about_paper(database: Database, people: People) -> None:
    lived(database, people, PAST, State.DISPATCHED)
    lived(database, people, PAST, State.DISPATCHED, channel="in_person", student=people.bob)
    found = read(database)
    assert chance(found, people.alice, "telegram") < 0.7
    bob = option(found, people.bob, "in_person")
    assert bob.likelihood == 0.9
    assert bob.evidence_facts == {"left": 9, "since": "2025-12-15"}


def test_a_blocked_bot_stays_a_test_that_fails(database: Database, people: People) -> None:
    lived(database, people, PAST, State.RETURNED)
    with database.write() as connection:
        tell(connection, people.alice, FactKind.TELEGRAM, "blocked")
    found = option(read(database), people.alice, "telegram")
    assert (found.possible, found.likelihood, found.evidence) == (False, 0.0, "")


def test_the_evidence_counts_lessons_and_names_the_first_day(
    database: Database, people: People
) -> None:
    lived(database, people, PAST[:1], State.RETURNED)
    lived(database, people, PAST[1:], State.FAILED)
    with database.write() as connection:
        hear(
            connection, people, PAST[2], "telegram", State.ACKNOWLEDGED, lessons=people.lessons[:1]
        )
    found = option(read(database), people.alice, "telegram")
    assert found.evidence_facts["received"] == 4
    assert found.evidence_facts["heard"] == 9
    assert found.evidence_facts["since"] == "2025-12-15"
    assert 0 < found.evidence_facts["region"] < 1


# No look ahead.


@pytest.mark.parametrize("week", ["2026-W05", "2026-W06", "2026-W04"])
def test_neither_the_planned_week_nor_a_later_nor_a_running_one_is_read(
    database: Database, people: People, week: str
) -> None:
    """On Wednesday of week 4 that week is not over: it would count good news alone."""
    lived(database, people, PAST, State.FAILED)
    before = read(database)
    lived(database, people, [week], State.RETURNED)
    after = read(database)
    assert after.options == before.options
    assert after.learned == before.learned


def test_a_week_is_read_once_it_is_over_where_the_school_is(
    database: Database, people: People
) -> None:
    lived(database, people, ["2026-W04"], State.FAILED)
    sunday_night = datetime(2026, 1, 25, 18, 59, tzinfo=UTC)
    assert read(database, now=sunday_night).learned == Learned(0, 0)
    monday = sunday_night + timedelta(minutes=1)
    assert read(database, now=monday).learned == Learned(weeks=1, students=1)


def test_weeks_too_old_to_count_are_not_read(database: Database, people: People) -> None:
    oldest = date(2026, 1, 26) - timedelta(weeks=MOST_WEEKS)
    lived(database, people, [week_of(oldest - timedelta(weeks=1))], State.FAILED)
    assert read(database).learned == Learned(0, 0)
    lived(database, people, [week_of(oldest)], State.FAILED)
    assert read(database).learned == Learned(1, 1)


def test_a_holiday_lets_experience_fade(database: Database, people: People) -> None:
    lived(database, people, ["2026-W03"], State.FAILED)
    lived(database, people, ["2025-W20"], State.FAILED, student=people.charlie, channel="in_person")
    found = experience(database)
    row, telegram, hand = found.row, 2, 0
    # Week 4 lies between week 3 and the planned one, and is not known: it fades, it adds nothing.
    assert found.memory.trials[row[people.alice], telegram] == pytest.approx(3 * 0.92)
    weeks = (date(2026, 1, 26) - date.fromisocalendar(2025, 20, 1)).days // 7
    assert found.memory.trials[row[people.charlie], hand] == pytest.approx(
        0.92 ** (weeks - 1) / 0.6
    )


def experience(database: Database, today: date = date(2026, 1, 21)) -> Experience:
    with database.read() as connection:
        homes = read_homes(connection)
        return read_experience(connection, WEEK, homes, CHANNELS, today)


def test_a_week_looked_at_long_afterwards_still_knows_nothing_of_itself(
    database: Database, people: People
) -> None:
    lived(database, people, ["2026-W04", WEEK, "2026-W06"], State.FAILED)
    assert experience(database, date(2026, 6, 1)).weeks == ("2026-W04",)


# Who is whose neighbour.


def test_a_student_who_left_teaches_nobody(database: Database, people: People) -> None:
    lived(database, people, PAST, State.FAILED)
    with database.write() as connection:
        left = student.update().where(student.c.id == people.alice)
        connection.execute(left.values(active=False))
    found = read(database)
    assert found.learned == Learned(0, 0)
    assert chance(found, people.bob, "telegram") == 0.7


# What it changes, side by side.


def test_both_plans_are_measured_by_what_was_learned(database: Database, people: People) -> None:
    lived(database, people, PAST, State.FAILED)
    effect = read_effect(database, doubtful_paper(), WEEK, OFF, WEDNESDAY)
    assert effect.lessons == 9
    assert effect.learned == Learned(3, 1)
    assert effect.with_learning.received > effect.without.received
    assert effect.with_learning.cost > effect.without.cost
    first = effect.changes[0]
    assert (first.student, first.before, first.after) == (
        people.alice,
        ("telegram",),
        ("in_person",),
    )
    assert first.received_after == pytest.approx(3 * 0.45)
    gained = effect.with_learning.received - effect.without.received
    moved = sum(one.received_after - one.received_before for one in effect.changes)
    assert moved == pytest.approx(gained)
    assert [one.channel for one in first.evidence] == ["telegram"]


def test_where_nothing_was_learned_nothing_differs(database: Database, people: People) -> None:
    assert people.alice
    effect = effect_of(read(database, OFF), read(database, ON))
    assert effect.changes == ()
    assert effect.without == effect.with_learning


def test_learning_without_its_library_is_refused_in_words(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.alice
    monkeypatch.setitem(sys.modules, "scheduler.learning.experience", None)
    assert read(database, OFF).learned is None
    with pytest.raises(JetkizError, match="needs the package"):
        read(database, ON)
