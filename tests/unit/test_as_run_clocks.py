"""Logs written by clocks that are wrong: by whole hours, by a jump, by a little more every day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run.matching import match
from broadcast.as_run.model import AsRun, Outcome
from broadcast.as_run.studio_clocks import Heard, set_right
from broadcast.plan.model import PlannedAiring
from broadcast.problem.model import Problem
from tests.as_run_days import (
    BALAPAN,
    DAY,
    OWN,
    TAB,
    aired,
    airing,
    at,
    full_day,
    lines_of,
    log,
    plan_of,
    problem_of,
    written,
)
from tests.examples import drawing

MINUTES = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TITLED = "channel;date;start;status;house_number"


def off(one: PlannedAiring, jump: datetime) -> timedelta:
    """An hour from a moment on."""
    return HOUR if one.start >= jump else timedelta()


def clocks(found: AsRun) -> list[tuple[str, int, int]]:
    return [(one.channel, one.hours, one.lines) for one in found.clocks]


@pytest.mark.parametrize("columns", ["", "house_number", "title"])
@pytest.mark.parametrize("hours", [-5, -1, 1, 6])
def test_a_clock_that_is_whole_hours_off_is_set_right_and_said(columns: str, hours: int) -> None:
    airings = full_day()
    rows = [written(one, hours * HOUR + 2 * MINUTES, columns) for one in airings]
    head = "channel;date;start;status" + "".join(f";{name}" for name in columns.split())

    found = log(*rows, head=head, known=airings)
    as_written = log(*rows, head=head, known=airings, trust_clock=True)

    assert aired(found) == tuple(one.id for one in airings)
    assert clocks(found) == [("balapan", hours, 36)]
    assert as_written.clocks == ()
    assert aired(as_written) != aired(found)


def test_one_programme_that_really_moved_hides_no_wrong_clock_on_a_short_day() -> None:
    airings = full_day(slots=9)
    offs = [-5 * HOUR] * 8 + [-5 * HOUR + 70 * MINUTES]
    rows = [written(one, off, "house_number") for one, off in zip(airings, offs, strict=True)]

    found = log(*rows, head=TITLED, known=airings)

    assert clocks(found) == [("balapan", -5, 9)]
    assert aired(found) == tuple(one.id for one in airings[:8])
    assert found.of(Outcome.MOVED) == (airings[8].id,)


def test_a_morning_that_began_an_hour_late_after_one_lesson_in_time_is_no_wrong_clock() -> None:
    airings = full_day(slots=9)
    rows = [written(one, HOUR * (n > 0), "house_number") for n, one in enumerate(airings)]

    found = log(*rows, head=TITLED, known=airings)

    assert clocks(found) == []
    assert aired(found) == (airings[0].id,)


def test_two_studios_of_two_channels_may_have_two_clocks() -> None:
    airings = [*full_day(), *(airing(f"r{n}", f"{9 + n}:00", "el_arna") for n in range(1, 5))]
    rows = [written(one, (-5 if one.channel == "balapan" else 0) * HOUR) for one in airings]

    found = log(*rows, known=airings)

    assert len(aired(found)) == len(airings)
    assert clocks(found) == [("balapan", -5, 36)]


def test_two_studios_of_one_channel_cannot_have_aired_at_once() -> None:
    """Every second lesson comes from a studio whose clock shows the time of the world."""
    airings = full_day()
    rows = [written(one, -5 * (n % 2) * HOUR, "house_number") for n, one in enumerate(airings)]

    found = log(*rows, head="channel;date;start;status;house_number", known=airings)

    assert aired(found) == tuple(one.id for one in airings)
    assert clocks(found) == [("balapan", -5, 18)]


def test_a_clock_that_jumps_within_the_week_is_set_right_from_there_on() -> None:
    days = [DAY + timedelta(days=n) for n in range(5)]
    airings = [one for day in days for one in full_day(day)]
    jump = at("12:00", days[2])
    rows = [
        written(one, HOUR if one.start >= jump else 0 * HOUR, "house_number") for one in airings
    ]

    found = log(*rows, head="channel;date;start;status;house_number", known=airings)

    assert aired(found) == tuple(one.id for one in airings)
    assert clocks(found) == [("balapan", 1, 24 + 72)]


def test_lessons_after_a_pre_emption_were_moved_and_no_clock_is_blamed() -> None:
    """An hour of sport at ten: everything after it ran an hour later, by the same clock."""
    airings = full_day()
    rows = [
        written(one, HOUR if one.start >= at("10:00") else 0 * HOUR, "house_number")
        for one in airings
    ]

    found = log(*rows, head="channel;date;start;status;house_number", known=airings)

    assert found.clocks == ()
    assert aired(found) == tuple(one.id for one in airings[:4])
    assert len(found.of(Outcome.MOVED)) == 32


@pytest.mark.parametrize("columns", ["", "house_number"])
def test_a_clock_that_gains_a_few_minutes_every_day_is_followed(columns: str) -> None:
    airings = [one for n in range(5) for one in full_day(DAY + timedelta(days=n))]
    head = "channel;date;start;status" + "".join(f";{name}" for name in columns.split())
    rows = [
        written(one, (one.start - airings[0].start) * 4 // (24 * 60), columns) for one in airings
    ]

    found = log(*rows, head=head, known=airings)

    assert aired(found) == tuple(one.id for one in airings)


@drawing(40)
@given(st.integers(-14, 14), st.integers(-3, 3), st.sampled_from(["", "house_number", "title"]))
def test_whatever_the_clock_shows_the_same_airings_come_out(
    hours: int, late: int, columns: str
) -> None:
    airings = full_day(slots=12)
    head = "channel;date;start;status" + "".join(f";{name}" for name in columns.split())
    rows = [written(one, hours * HOUR + late * MINUTES, columns) for one in airings]

    found = log(*rows, head=head, known=airings)

    assert aired(found) == tuple(one.id for one in airings)
    assert clocks(found) == ([("balapan", hours, 12)] if hours else [])


# The clocks of a country


def in_zone(zone: str, day: date, day_start: int = 0) -> Problem:
    channel = replace(BALAPAN, zone=zone, day_start=day_start)
    problem = problem_of([airing(1, "09:00")], channel)
    return replace(problem, meta=replace(problem.meta, first_day=day))


def local(zone: str, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def read(problem: Problem, start: datetime, *lines: str) -> AsRun:
    plan = plan_of([replace(airing(1, "09:00"), start=start)])
    text = "\n".join(["channel;date;start;status", *lines])
    return match(problem, plan, lines_of(text), OWN)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "Asia/Qostanay", "Asia/Aqtobe"])
@pytest.mark.parametrize("day", [date(2020, 9, 7), date(2024, 2, 29), date(2024, 3, 1)])
def test_a_wall_clock_is_that_of_the_zone_and_day_of_the_channel(zone: str, day: date) -> None:
    """In 2020 the west was an hour behind; since March 2024 all clocks show the same."""
    found = read(in_zone(zone, day), local(zone, day, "09:00"), f"balapan;{day};09:01;aired")

    assert (aired(found), found.clocks) == (("1",), ())


def test_the_night_in_which_clocks_went_back_has_its_evening_twice() -> None:
    """On 29 February 2024 the clocks of Almaty showed the hour before midnight once more."""
    zone, day = "Asia/Almaty", date(2024, 2, 29)
    start = local(zone, day, "22:50")

    first = read(in_zone(zone, day), start, f"balapan;{day};22:50;aired")
    by_offset = read(in_zone(zone, day), start, f"balapan;;{day}T22:50:00+06:00;aired")
    next_day = date(2024, 3, 1)
    later = read(
        in_zone(zone, next_day), local(zone, next_day, "00:10"), f"balapan;{day};24:10;aired"
    )

    assert aired(first) == aired(by_offset) == aired(later) == ("1",)


def test_the_night_of_a_channel_belongs_to_the_day_before() -> None:
    """The day of this channel begins at six: what its log of Monday shows at 0:30 is Tuesday."""
    problem = in_zone("Asia/Almaty", DAY, day_start=360)
    start = local("Asia/Almaty", DAY + timedelta(days=1), "00:30")
    lines = lines_of(f"Date: {DAY}\tChannel: Balapan\nTime\tStatus\n00:31\tok\n", TAB)

    found = match(problem, plan_of([replace(airing(1, "09:00"), start=start)]), lines, TAB)

    assert aired(found) == ("1",)
    assert found.days == (("balapan", DAY),)


def hourly(first: int, count: int, off: timedelta = timedelta(), day: int = 0) -> list[datetime]:
    start = at("00:00") + timedelta(days=day)
    return [start + (first + n) * HOUR + off for n in range(count)]


def test_a_clock_that_explains_hardly_more_is_not_called_wrong() -> None:
    """One line of three more fits at another hour: that is chance, not a clock."""
    odd = [at("05:30"), at("05:31")]
    heard = [Heard(n, one) for n, one in enumerate([*odd, *hourly(11, 18)])]

    assert {one.hours for one in set_right(heard, {"": hourly(8, 20)})} == {0}


def test_a_clock_that_drifts_on_for_days_is_followed_for_half_an_hour_only() -> None:
    planned = [one for day in range(5) for one in hourly(9, 6, day=day)]
    lines = [one for day in range(5) for one in hourly(9, 6, (day + 1) * 9 * MINUTES, day)]
    heard = [Heard(n, one) for n, one in enumerate(lines)]

    late = [
        one.at - start for one, start in zip(set_right(heard, {"": planned}), planned, strict=False)
    ]

    assert late[::6] == [9 * MINUTES] * 4 + [18 * MINUTES]


def test_the_day_of_a_channel_begins_with_its_first_minute() -> None:
    early = replace(BALAPAN, day_start=6 * 60)
    known = [airing(1, "06:00"), airing(2, "05:45", day=date(2026, 1, 27))]
    head = "Date: 26.01.2026\tChannel: Balapan\nTime\tDuration\tHouse number\tStatus"
    lines = lines_of(f"{head}\n06:00\t15:00\t\tok\n05:45\t15:00\t\tok", TAB)

    found = match(problem_of(known, early), plan_of(known), lines, TAB)

    assert (aired(found), found.unknown) == (("1", "2"), ())
