"""Logs written by clocks that are wrong: by whole hours, by a jump, by a little more every day."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run.model import AsRun, Outcome
from broadcast.plan.model import PlannedAiring
from tests.as_run_days import DAY, aired, airing, at, full_day, log, written
from tests.examples import drawing

MINUTES = timedelta(minutes=1)
HOUR = timedelta(hours=1)


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
