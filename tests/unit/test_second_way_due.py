"""When a second way takes over: after a failure or a missed evening, never after good news."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from scheduler.rules.fallback_choice import arrives_after
from scheduler.rules.fallback_firing import (
    CLOSES_THE_WAY,
    DECIDED,
    PATIENCE,
    Cause,
    Known,
    arrives_now,
    cause_of,
    check_hour,
)

ZONE = ZoneInfo("Asia/Qostanay")
CHECK = time(18)
MONDAY = date(2026, 1, 26)
FRIDAY = MONDAY + timedelta(days=4)
MORNING = datetime(2026, 1, 26, 8, 0, tzinfo=ZONE)
EVENING = datetime(2026, 1, 26, 18, 0, tzinfo=ZONE)
LATER = timedelta(hours=2)
WAITING = Known(State.PLANNED, MONDAY, FRIDAY, MONDAY)
FAILED = replace(WAITING, state=State.FAILED)
SILENT = st.sampled_from([State.PLANNED, State.PREPARED])
moments = st.integers(0, 14 * 24 * 60).map(lambda n: MORNING + timedelta(minutes=n))
knowns = st.builds(
    Known,
    state=st.sampled_from(State),
    day=st.dates(MONDAY, FRIDAY),
    last_useful_day=st.dates(FRIDAY, FRIDAY + timedelta(days=7)),
    fallback_arrives=st.dates(MONDAY, FRIDAY + timedelta(days=7)),
    failures=st.frozensets(st.sampled_from(FailureReason), max_size=2),
    was_called_off=st.booleans(),
    has_taken_over=st.booleans(),
    is_closed=st.booleans(),
    prepared_at=st.one_of(st.none(), moments),
)


@given(known=knowns, now=moments)
def test_it_never_takes_over_from_what_arrived_was_decided_or_is_on_its_way(
    known: Known, now: datetime
) -> None:
    cause = cause_of(known, CHECK, now)
    if cause is None:
        return
    assert not known.state.has_arrived
    assert not known.has_taken_over
    assert known.state != State.DISPATCHED
    if cause == Cause.FAILED:
        assert known.state.is_setback
        assert not known.was_called_off
        assert not known.failures & DECIDED
    else:
        assert known.state < State.DISPATCHED
        assert cause != Cause.LATE or now >= datetime.combine(known.day, CHECK, ZONE)


@given(known=knowns, now=moments)
def test_what_takes_over_arrives_while_it_is_of_use(known: Known, now: datetime) -> None:
    if cause_of(known, CHECK, now):
        assert known.fallback_arrives <= known.last_useful_day


@given(state=SILENT, now=moments, later=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_was_late_stays_late_as_long_as_it_is_of_use(
    state: State, now: datetime, later: timedelta
) -> None:
    known = replace(WAITING, state=state, last_useful_day=FRIDAY + timedelta(days=30))
    if cause_of(known, CHECK, now):
        assert cause_of(known, CHECK, now + later) == Cause.LATE


@given(day=st.dates(MONDAY, FRIDAY), is_paper=st.booleans(), lead=st.integers(0, 3))
def test_a_second_way_planned_for_the_evening_is_open_that_evening(
    day: date, is_paper: bool, lead: int
) -> None:
    evening = datetime.combine(day, CHECK, ZONE)
    planned = arrives_after(day, is_paper=is_paper, lead_days=lead)
    assert arrives_now(evening, CHECK, is_paper=is_paper, lead_days=lead) == planned
    earlier = arrives_now(evening - LATER, CHECK, is_paper=is_paper, lead_days=lead)
    assert day <= earlier <= planned


@pytest.mark.parametrize(
    ("now", "cause"), [(EVENING - timedelta(seconds=1), None), (EVENING, Cause.LATE)]
)
def test_the_hour_of_the_check_is_the_deadline(now: datetime, cause: Cause | None) -> None:
    assert cause_of(WAITING, CHECK, now) == cause


def test_the_setting_moves_the_deadline() -> None:
    assert cause_of(WAITING, time(9), MORNING) is None
    assert cause_of(WAITING, time(8), MORNING) == Cause.LATE


def test_what_was_prepared_late_has_an_hour_to_leave() -> None:
    fresh = replace(WAITING, prepared_at=EVENING)
    assert cause_of(fresh, CHECK, EVENING) is None
    assert cause_of(fresh, CHECK, EVENING + PATIENCE) == Cause.LATE
    assert cause_of(replace(fresh, prepared_at=MORNING), CHECK, EVENING) == Cause.LATE


@pytest.mark.parametrize("reason", sorted(set(FailureReason) - DECIDED))
def test_a_failure_counts_as_soon_as_it_is_known(reason: FailureReason) -> None:
    known = replace(FAILED, failures=frozenset({reason}))
    assert cause_of(known, CHECK, MORNING) == Cause.FAILED


def test_a_failure_without_a_reason_is_a_failure() -> None:
    assert cause_of(FAILED, CHECK, MORNING) == Cause.FAILED


@pytest.mark.parametrize("reason", sorted(DECIDED))
def test_what_somebody_wanted_is_no_failure(reason: FailureReason) -> None:
    both = frozenset({reason, FailureReason.REFUSED})
    assert cause_of(replace(FAILED, failures=both), CHECK, EVENING) is None
    assert cause_of(replace(FAILED, was_called_off=True), CHECK, EVENING) is None


def test_a_closed_way_is_left_before_its_hour_but_not_when_it_has_been_taken() -> None:
    closed = replace(WAITING, day=FRIDAY, last_useful_day=FRIDAY, is_closed=True)
    assert cause_of(closed, CHECK, MORNING) == Cause.CLOSED
    assert cause_of(replace(closed, state=State.DISPATCHED), CHECK, MORNING) is None


def test_paper_starts_today_before_the_check_and_on_the_next_school_day_after_it() -> None:
    noon = datetime(2026, 1, 30, 12, 0, tzinfo=ZONE)
    assert arrives_now(noon, CHECK, is_paper=True, lead_days=0) == FRIDAY
    evening = noon.replace(hour=18)
    assert arrives_now(evening, CHECK, is_paper=True, lead_days=0) == FRIDAY + timedelta(days=3)
    assert arrives_now(evening, CHECK, is_paper=False, lead_days=0) == FRIDAY


def test_what_comes_a_day_too_late_does_not_take_over() -> None:
    late = replace(FAILED, fallback_arrives=FRIDAY + timedelta(days=1))
    assert cause_of(late, CHECK, MORNING) is None
    assert cause_of(replace(late, fallback_arrives=FRIDAY), CHECK, MORNING) == Cause.FAILED


def test_only_what_says_it_of_the_home_closes_a_way() -> None:
    assert {FailureReason.BLOCKED, FailureReason.CHAT_GONE} == CLOSES_THE_WAY


@pytest.mark.parametrize(
    ("setting", "hour"), [("18:00", time(18)), ("7:05", time(7, 5)), (" 23:59 ", time(23, 59))]
)
def test_the_hour_is_read_as_people_write_it(setting: str, hour: time) -> None:
    assert check_hour(setting) == hour


@pytest.mark.parametrize("setting", ["", "18", "24:00", "18:60", "six", "18:00:00", "１８:00"])
def test_an_hour_that_is_none_is_refused_with_an_example(setting: str) -> None:
    with pytest.raises(JetkizError, match=r"evening's check") as refusal:
        check_hour(setting)
    assert "18:00" in refusal.value.remedy
