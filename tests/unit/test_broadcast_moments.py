"""Times on the air: the same minute in every week, over midnight and when clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.problem.model import Channel, Hours, Medium, Meta, Problem
from broadcast.problem.moments import (
    day_end,
    day_number,
    day_of,
    local_place,
    moment,
    skipped,
)

ZONES = ("Asia/Almaty", "Asia/Aqtau", "Asia/Oral", "Europe/Zagreb", "America/Mexico_City")


def _meta(first: date, zone: str = "Asia/Almaty") -> Meta:
    return Meta("week", zone, first, 7)


def _channel(zone: str = "Asia/Almaty", day_start: int = 0) -> Channel:
    return Channel(
        id="one",
        name="One",
        medium=Medium.TV,
        languages=("kk",),
        regions=("all",),
        zone=zone,
        windows=(Hours((0,), 9 * 60, 18 * 60),),
        day_start=day_start,
    )


@given(
    st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.sampled_from([0, 300, 360]),
    st.integers(0, 24 * 60 - 1),
)
def test_what_goes_on_air_is_found_at_the_same_day_and_minute(
    first: date, zone: str, day: int, day_start: int, after: int
) -> None:
    meta, channel = _meta(first, zone), _channel(zone, day_start)
    minute = day_start + after
    at = moment(meta, channel, day, minute)
    if skipped(meta, channel, Hours((day,), minute, minute + 1)) is None:
        assert local_place(meta, channel, at) == (day, minute)
    assert at.tzinfo is UTC


def test_the_clock_of_kazakhstan_is_changed_on_the_night_after_the_leap_day() -> None:
    meta, channel = _meta(date(2024, 2, 26)), _channel()
    nine = [moment(meta, channel, day, 9 * 60) for day in range(7)]
    assert [f"{at:%d %H:%M}" for at in nine] == [
        "26 03:00",
        "27 03:00",
        "28 03:00",
        "29 03:00",
        "01 04:00",
        "02 04:00",
        "03 04:00",
    ]
    # 23:30 comes twice on the leap day: the first is meant, and both are found at one place.
    first = moment(meta, channel, 3, 23 * 60 + 30)
    assert first == datetime(2024, 2, 29, 17, 30, tzinfo=UTC)
    assert local_place(meta, channel, first) == (3, 23 * 60 + 30)
    assert local_place(meta, channel, first + timedelta(hours=1)) == (3, 23 * 60 + 30)


def test_a_lesson_after_midnight_belongs_to_the_day_of_its_channel() -> None:
    meta, channel = _meta(date(2026, 1, 26)), _channel(day_start=6 * 60)
    late = moment(meta, channel, 0, 25 * 60 + 30)
    assert late == datetime(2026, 1, 26, 20, 30, tzinfo=UTC)
    assert local_place(meta, channel, late) == (0, 25 * 60 + 30)
    assert local_place(meta, _channel(), late) == (1, 90)
    assert day_end(channel) == 30 * 60


def test_in_2020_the_west_saw_nine_in_the_morning_at_eight() -> None:
    meta = _meta(date(2020, 9, 7))
    regions = {"almaty": "Asia/Almaty", "mangystau": "Asia/Aqtau"}
    problem = Problem(meta, regions, (_channel(),), (), ())
    at = moment(problem, _channel(), 0, 9 * 60)
    assert at == datetime(2020, 9, 7, 3, 0, tzinfo=UTC)
    assert f"{at.astimezone(ZoneInfo(regions['mangystau'])):%a %H:%M}" == "Mon 08:00"
    late = moment(problem, _channel(), 0, 24 * 60 + 30)
    assert f"{late.astimezone(ZoneInfo(regions['almaty'])):%a %H:%M}" == "Tue 00:30"
    assert f"{late.astimezone(ZoneInfo(regions['mangystau'])):%a %H:%M}" == "Mon 23:30"


def test_days_are_counted_from_the_first() -> None:
    meta = _meta(date(2026, 1, 26))
    assert day_of(meta, 5) == date(2026, 1, 31)
    assert day_number(meta, date(2026, 1, 31)) == 5
    assert day_number(meta, date(2026, 1, 25)) == -1


@pytest.mark.parametrize(
    ("start", "end", "found"), [(0, 120, None), (90, 300, (6, 120)), (180, 300, None)]
)
def test_an_hour_that_the_clock_skips_is_named(
    start: int, end: int, found: tuple[int, int] | None
) -> None:
    # Clocks in Zagreb went from 2:00 to 3:00 on 28 March 2021.
    meta, channel = _meta(date(2021, 3, 22), "Europe/Zagreb"), _channel("Europe/Zagreb")
    assert skipped(meta, channel, Hours((0, 6), start, end)) == found
