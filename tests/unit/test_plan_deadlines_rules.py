"""What holds of every deadline, whatever the week, the zone and the hour."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.calendar.school_weeks import days_of, parse_week
from scheduler.rules.deadlines import Deadlines, deadlines_of, too_late

ZONES = ("Asia/Qostanay", "Asia/Almaty", "Asia/Urumqi", "Europe/Berlin", "UTC", "Pacific/Auckland")
WEEKS = tuple(f"2026-W{number:02d}" for number in range(2, 22))
MONDAY = date(2026, 1, 26)
weeks = st.sampled_from(WEEKS)
zones = st.sampled_from(ZONES)
cutoffs = st.sampled_from(["mon 8:00", "wed 12:30", "thu 15:00", "sun 23:59"])
hours = st.integers(-14 * 24, 5 * 24)
places = st.tuples(weeks, cutoffs, zones)


def at(week: str, cutoff: str, zone: str, hour: int) -> Deadlines:
    """The deadlines as they stand some hours after the Monday of the week begins in London."""
    monday = parse_week(week)
    now = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(hours=hour)
    return deadlines_of(week, cutoff, zone, now)


def shelf(week: str, due: int) -> list[tuple[int, date, date | None]]:
    """One lesson a day, due after some days, and one without homework."""
    days = days_of(week)[:5]
    dated = [(n, day, day + timedelta(days=due)) for n, day in enumerate(days, start=1)]
    return [*dated, (9, days[0], None)]


@given(places, hours, st.integers(1, 100), st.integers(0, 9), st.integers(0, 6))
def test_waiting_never_makes_a_lesson_come_earlier(
    place: tuple[str, str, str], hour: int, wait: int, due: int, lead: int
) -> None:
    for is_paper in (True, False):
        sooner, later = (
            too_late(at(*place, when), shelf(place[0], due), is_paper=is_paper, lead_days=lead)
            for when in (hour, hour + wait)
        )
        assert sooner <= later


@given(places, hours, st.integers(0, 9), st.integers(0, 6), st.integers(1, 5))
def test_a_slower_channel_brings_no_more(
    place: tuple[str, str, str], hour: int, due: int, lead: int, more: int
) -> None:
    found = at(*place, hour)
    for is_paper in (True, False):
        fast, slow = (
            too_late(found, shelf(place[0], due), is_paper=is_paper, lead_days=days)
            for days in (lead, lead + more)
        )
        assert fast <= slow


@given(weeks, cutoffs, zones, hours, st.integers(0, 6))
def test_what_is_closed_brings_nothing_and_paper_waits_for_the_cut_off(
    week: str, cutoff: str, zone: str, hour: int, lead: int
) -> None:
    found = at(week, cutoff, zone, hour)
    late = too_late(found, shelf(week, 1), is_paper=True, lead_days=lead)
    if found.paper_is_closed:
        assert late == {1, 2, 3, 4, 5, 9}
    assert found.arrives(is_paper=True, lead_days=lead) > found.cutoff.date()
    assert found.arrives(is_paper=False, lead_days=0) >= found.now.date()


@given(weeks, cutoffs, zones, hours)
def test_now_and_cut_off_are_told_in_the_time_of_the_school(
    week: str, cutoff: str, zone: str, hour: int
) -> None:
    found = at(week, cutoff, zone, hour)
    assert found.now.tzinfo == found.cutoff.tzinfo
    assert found.paper_is_closed == (found.now.astimezone(UTC) > found.cutoff.astimezone(UTC))
    assert timedelta() < parse_week(week) - found.cutoff.date() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("zone", "moment", "closed"),
    [
        ("Asia/Qostanay", "2026-01-22T10:00:00+00:00", False),  # 15:00 sharp is in time
        ("Asia/Qostanay", "2026-01-22T10:00:01+00:00", True),
        ("Europe/Berlin", "2026-01-22T10:00:01+00:00", False),
        ("Europe/Berlin", "2026-01-22T14:00:01+00:00", True),
        ("Pacific/Auckland", "2026-01-22T02:00:01+00:00", True),
        ("Asia/Qostanay", "2026-01-22T15:00:00+05:00", False),
    ],
)
def test_one_moment_is_early_in_one_place_and_late_in_another(
    zone: str, moment: str, *, closed: bool
) -> None:
    found = deadlines_of("2026-W05", "thu 15:00", zone, datetime.fromisoformat(moment))
    assert found.paper_is_closed == closed


@pytest.mark.parametrize(
    ("day", "due", "last"),
    [
        (MONDAY, None, date(2026, 1, 30)),
        (MONDAY, MONDAY, date(2026, 1, 30)),
        (MONDAY, date(2026, 2, 5), date(2026, 2, 5)),
        (date(2026, 1, 31), None, date(2026, 1, 31)),
        (date(2026, 1, 31), date(2026, 2, 2), date(2026, 2, 2)),
    ],
)
def test_the_last_day_on_which_a_lesson_helps(day: date, due: date | None, last: date) -> None:
    found = at("2026-W05", "thu 15:00", "Asia/Qostanay", -100)
    assert found.last_useful_day(day, due) == last
