"""One setting says when paper closes; planner and printer read it alike."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.calendar.print_cutoff import WEEKDAYS, print_cutoff
from jetkiz.calendar.school_weeks import parse_week
from jetkiz.errors import JetkizError
from scheduler.rules.deadlines import deadlines_of

WEEK = "2026-W05"
NOW = datetime(2026, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("setting", "day", "moment"),
    [
        ("thu 15:00", date(2026, 1, 22), time(15, 0)),
        ("MON 09:05", date(2026, 1, 19), time(9, 5)),
        ("  wed 8:30 ", date(2026, 1, 21), time(8, 30)),
        ("fri   12:00", date(2026, 1, 23), time(12, 0)),
        ("sun 23:59", date(2026, 1, 25), time(23, 59)),
    ],
)
def test_paper_closes_in_the_week_before(setting: str, day: date, moment: time) -> None:
    assert print_cutoff(WEEK, setting) == (day, moment)


@pytest.mark.parametrize(
    "setting",
    [
        *("", "15:00", "thu", "thursday 15:00", "someday 15:00", "thu 24:00", "thu 25:00"),
        *("thu 12:60", "thu 1", "thu 15", "thu 15:0", "thu 15:00 x", "thu 15:00:00", "thu T15:00"),
        *("thu 15:00+05:00", "thu ١٥:٠٠", "thu\u00a015:00", "бсн 15:00", "thu -1:00"),
    ],
)
def test_what_is_no_weekday_and_time_is_refused_with_an_example(setting: str) -> None:
    with pytest.raises(JetkizError, match="cannot be understood") as refusal:
        print_cutoff(WEEK, setting)
    assert "thu 15:00" in refusal.value.remedy


@pytest.mark.parametrize("week", ["2026-W01", "2026-W53", "2025-W52", "2027-W01"])
def test_the_week_before_may_lie_in_the_year_before(week: str) -> None:
    day, _ = print_cutoff(week, "mon 8:00")
    assert parse_week(week) - day == timedelta(days=7)


@given(st.sampled_from(WEEKDAYS), st.times(), st.integers(1, 52))
def test_planner_and_printer_mean_the_same_moment(weekday: str, moment: time, week: int) -> None:
    name = f"2026-W{week:02d}"
    setting = f"{weekday} {moment:%H:%M}"
    day, at = print_cutoff(name, setting)
    planned = deadlines_of(name, setting, "Asia/Qostanay", NOW).cutoff
    assert (planned.date(), planned.time()) == (day, at)
    assert day.weekday() == WEEKDAYS.index(weekday)
    assert timedelta(days=1) <= parse_week(name) - day <= timedelta(days=7)
