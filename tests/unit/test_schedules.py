"""Slots of recurring work: none missing, none twice, none in the wrong hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from scheduler.schedules import DAYS, HORIZON, DueSlots, Pulse, Timed, due_slots, week_days

ALMATY = ZoneInfo("Asia/Almaty")
ZONES = st.sampled_from(
    ["Asia/Almaty", "Asia/Qostanay", "Europe/Berlin", "America/St_Johns", "UTC"]
)
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAY_NAMES = st.sampled_from(["mon-fri", "mon-sun", "sat,sun", "fri-mon", "wed"])


@given(MOMENTS, st.integers(0, 3 * 24 * 60), TIMES, DAY_NAMES, ZONES)
def test_each_named_day_has_its_slot_once(
    last: datetime, minutes: int, at: time, days: str, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    now = last + timedelta(minutes=minutes)
    found = due_slots(Timed("t", days, at), zone, last, now)
    assert found.skipped == ()
    assert list(found.due) == sorted(set(found.due))
    assert all(last < slot <= now and slot.tzinfo == UTC for slot in found.due)
    local = [slot.astimezone(zone).date() for slot in found.due]
    assert len(set(local)) == len(local)
    assert all(day.weekday() in week_days(days) for day in local)
    inner = [last.astimezone(zone).date() + timedelta(days=n) for n in range(1, minutes // 1440)]
    assert {day for day in inner if day.weekday() in week_days(days)} <= set(local)


@given(MOMENTS, st.lists(st.integers(0, 2_000), max_size=8), TIMES, ZONES)
def test_asking_often_finds_the_same_slots_as_asking_once(
    last: datetime, steps: list[int], at: time, zone_name: str
) -> None:
    schedule, zone = Timed("t", "mon-sun", at), ZoneInfo(zone_name)
    end = last + timedelta(minutes=sum(steps))
    whole = due_slots(schedule, zone, last, end)
    found: list[datetime] = []
    seen = moment = last
    for step in steps:
        moment += timedelta(minutes=step)
        found += due_slots(schedule, zone, seen, moment).due
        seen = found[-1] if found else last
    if end - last <= HORIZON:
        assert tuple(found) == whole.due


def test_an_hour_that_comes_twice_has_one_slot() -> None:
    schedule = Timed("t", "mon-sun", time(23, 30))
    last = datetime(2024, 2, 28, 18, 0, tzinfo=UTC)
    found = due_slots(schedule, ALMATY, last, datetime(2024, 3, 2, 12, 0, tzinfo=UTC))
    assert found.due == (
        datetime(2024, 2, 29, 17, 30, tzinfo=UTC),  # half past eleven at +06, the first of two
        datetime(2024, 3, 1, 18, 30, tzinfo=UTC),  # and at +05 ever since
    )


def test_an_hour_that_is_left_out_moves_on() -> None:
    schedule = Timed("t", "sun", time(2, 30))
    berlin = ZoneInfo("Europe/Berlin")
    last = datetime(2026, 3, 28, tzinfo=UTC)
    found = due_slots(schedule, berlin, last, datetime(2026, 3, 30, tzinfo=UTC))
    assert [slot.astimezone(berlin).time() for slot in found.due] == [time(3, 30)]


def test_what_was_missed_for_more_than_a_week_is_given_up() -> None:
    now = datetime(2026, 1, 26, 12, 0, tzinfo=UTC)
    last = now - timedelta(days=30)
    found = due_slots(Timed("t", "mon-sun", time(6, 0)), ALMATY, last, now)
    assert len(found.due) == 7
    assert len(found.skipped) == 23
    assert max(found.skipped) < min(found.due)
    assert min(found.due) >= now - HORIZON


def test_overtaken_slots_are_left_out_where_only_the_newest_counts() -> None:
    now = datetime(2026, 1, 26, 12, 0, tzinfo=UTC)
    schedule = Timed("t", "mon-sun", time(6, 0), only_newest=True)
    found = due_slots(schedule, ALMATY, now - timedelta(days=3), now)
    assert found.due == (datetime(2026, 1, 26, 1, 0, tzinfo=UTC),)
    assert len(found.skipped) == 2


def test_nothing_is_due_when_time_runs_back() -> None:
    now = datetime(2026, 1, 26, 12, 0, tzinfo=UTC)
    schedule = Timed("t", "mon-sun", time(6, 0))
    assert due_slots(schedule, ALMATY, now, now - timedelta(days=1)) == DueSlots()


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Mon, thu", {0, 3}),
        ("sat-mon", {5, 6, 0}),
        ("sun", {6}),
        ("mon-sun", set(range(7))),
    ],
)
def test_days_are_read_by_name(names: str, numbers: set[int]) -> None:
    assert week_days(names) == numbers


@pytest.mark.parametrize("names", ["1-5", "", "mon-5", "monday", "mon-", "пн"])
def test_anything_but_names_of_days_is_refused(names: str) -> None:
    with pytest.raises(JetkizError, match="does not name days"):
        week_days(names)


@given(MOMENTS)
def test_days_by_name_agree_with_the_calendar(moment: datetime) -> None:
    day: date = moment.date()
    assert day.weekday() in week_days(DAYS[day.weekday()])


@given(MOMENTS, st.integers(1, 3_600))
def test_a_pulse_lies_in_its_slot(moment: datetime, seconds: int) -> None:
    one = Pulse("p", timedelta(seconds=seconds))
    assert one.slot(moment) <= moment < one.slot(moment) + one.every
    assert one.slot(one.slot(moment)) == one.slot(moment)
