"""What the ledger tells of past weeks, counted by bits: as one would count lesson by lesson."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.bit_counts import BitRows, count_outcomes
from jetkiz.delivery.known import RUNGS
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.past_weeks import COLUMNS, WeekRows, read_past_weeks
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.slots import MOST_SLOTS, decode
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from scheduler.rules.observation import observation_of
from tests.factories import BY_POST, BY_TELEGRAM, NO_WAY, WEEK, People, add_people
from tests.past_weeks import NEWS, News, hear, live_through, live_through_news

CHANNELS = ("broadcast", "in_person", "post", "telegram")
RULES = [observation_of(name).received for name in CHANNELS]
BY_TV = Choice("broadcast", ChoiceReason.BEST_VALUE)


def _counts(weeks: list[WeekRows]) -> Counter[tuple[str, int, str, str]]:
    """Everything that is not nothing, by week, student, channel and kind."""
    found: Counter[tuple[str, int, str, str]] = Counter()
    for one in weeks:
        counts = count_outcomes(one.rows, RULES)
        for row, student in enumerate(one.students.tolist()):
            for column, channel in enumerate(CHANNELS):
                for kind in ("received", "failed", "silent"):
                    number = int(getattr(counts, kind)[row, column])
                    if number:
                        found[one.week, student, channel, kind] += number
    return found


def _one_by_one(connection: Connection, week: str) -> Counter[tuple[str, int, str, str]]:
    """The same from the columns of each row, a lesson at a time."""
    found: Counter[tuple[str, int, str, str]] = Counter()
    for row in ledger.week_rows(connection, week):
        for slot, choice in enumerate(decode(row.channels, row.reasons)):
            states = {
                state for bits, (_, state) in zip(row.known, RUNGS, strict=True) if bits >> slot & 1
            }
            kind = _kind(choice.channel, states)
            if choice.channel and kind:
                found[week, row.student_id, choice.channel, kind] += 1
    return found


def _kind(channel: str | None, states: set[State]) -> str:
    if states & observation_of(channel or "").received:
        return "received"
    if State.FAILED in states:
        return "failed"
    return "silent" if states else ""


@settings(max_examples=25)
@given(
    chosen=st.lists(st.sampled_from([BY_TELEGRAM, BY_POST, BY_TV, NO_WAY]), min_size=3, max_size=3),
    news=NEWS,
    again=st.booleans(),
)
def test_bits_count_as_lessons_do(
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
        weeks = read_past_weeks(connection, CHANNELS, "2026-W01", "2026-W06")
        assert _counts(weeks) == _one_by_one(connection, WEEK)
    database.close()


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        return add_people(connection)


def test_weeks_come_oldest_first_and_only_those_asked_for(
    database: Database, people: People
) -> None:
    weeks = ["2026-W05", "2025-W52", "2026-W01", "2025-W40"]
    with database.write() as connection:
        live_through(connection, people, weeks, "telegram", State.DISPATCHED)
        found = read_past_weeks(connection, CHANNELS, "2025-W41", "2026-W05")
        assert read_past_weeks(connection, CHANNELS, "2024-W01", "2025-W01") == []
    assert [one.week for one in found] == ["2025-W52", "2026-W01"]
    assert _counts(found) == {
        (week, people.alice, "telegram", "silent"): 3 for week in ("2025-W52", "2026-W01")
    }


def test_each_attempt_speaks_for_its_own_channel(database: Database, people: People) -> None:
    with database.write() as connection:
        live_through(connection, people, ["2026-W01"], "telegram", State.FAILED)
        plan = StudentPlan(people.alice, people.lessons[:2], (BY_POST, NO_WAY))
        number = ledger.replace_attempt(connection, "2026-W01", 1, plan, people.school)
        some = people.lessons[:1]
        hear(connection, people, "2026-W01", "post", State.RETURNED, attempt=number, lessons=some)
        found = read_past_weeks(connection, CHANNELS, "2026-W01", "2026-W02")
    assert _counts(found) == {
        ("2026-W01", people.alice, "telegram", "failed"): 3,
        ("2026-W01", people.alice, "post", "received"): 1,
    }


def test_a_week_may_hold_sixty_three_lessons(database: Database) -> None:
    """The last slot is the highest bit that a signed number has."""
    with database.write() as connection:
        people = add_people(connection, lessons=MOST_SLOTS)
        live_through(connection, people, ["2026-W01"], "in_person", State.DELIVERED)
        last = people.lessons[-1:]
        hear(connection, people, "2026-W01", "in_person", State.RETURNED, lessons=last)
        found = read_past_weeks(connection, CHANNELS, "2026-W01", "2026-W02")
    assert _counts(found) == {("2026-W01", people.alice, "in_person", "received"): MOST_SLOTS}


def test_a_channel_that_the_ledger_never_heard_of_has_no_lessons(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        live_through(connection, people, ["2026-W01"], "post", State.DELIVERED)
        (week,) = read_past_weeks(connection, ("pigeon", "post"), "2026-W01", "2026-W02")
    assert week.rows.slots.tolist() == [[0, 0b111]]


def test_the_rungs_of_the_ledger_are_found_by_the_names_of_their_states() -> None:
    assert {name: state.name.lower() for name, state in RUNGS} == {name: name for name in COLUMNS}


def test_part_of_the_rows_counts_as_it_does_among_all() -> None:
    rng = np.random.default_rng(7)
    bits = {name: rng.integers(0, 1 << 30, 40) for name in COLUMNS}
    rows = BitRows(rng.integers(0, 1 << 30, (6, 4)), rng.integers(0, 6, 40), bits)
    whole, part = (count_outcomes(one, RULES) for one in (rows, rows.part(slice(10, 20))))
    assert np.array_equal(whole.received[10:20], part.received)
    assert np.array_equal(whole.silent[10:20], part.silent)
