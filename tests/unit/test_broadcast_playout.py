"""Days for ffplayout: exact to the second, whatever the week, or refused with the gap named."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fastjsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.export.as_ffplayout import Media, as_ffplayout
from broadcast.export.rows import export_rows
from broadcast.problem.model import Filler
from jetkiz.errors import JetkizError
from tests.broadcast_export_weeks import (
    CHANNELS,
    MONDAY,
    TWO_ZONES,
    ZONE_CHANGE,
    airing,
    full_week,
    small_week,
)
from tests.examples import drawing

SCHEMA = Path(__file__).parents[1] / "data" / "ffplayout_day.json"
is_a_day = fastjsonschema.compile(json.loads(SCHEMA.read_text("utf-8")))
BALAPAN = CHANNELS[0]
FREE = Filler("Музыка", "loop")


def seconds(day: bytes) -> float:
    return sum(one["out"] - one["in"] for one in json.loads(day)["program"])


@pytest.mark.parametrize("first_day", [MONDAY, ZONE_CHANGE, TWO_ZONES])
@pytest.mark.parametrize("day_start", [0, 360])
def test_every_day_has_its_exact_length_and_every_lesson_its_moment(
    first_day: date, day_start: int
) -> None:
    problem, plan = full_week(first_day)
    channel = replace(BALAPAN, day_start=day_start)
    rows = export_rows(problem, plan)
    days = as_ffplayout(problem.meta, channel, rows)
    begins = datetime.combine(first_day, datetime.min.time(), ZoneInfo(channel.zone))
    at = begins.astimezone(UTC) + timedelta(minutes=day_start)
    found: dict[str, list[datetime]] = {}
    for day, content in sorted(days.items()):
        told = is_a_day(json.loads(content))
        assert told["date"] == day.isoformat()
        local = datetime.combine(day, datetime.min.time(), ZoneInfo(channel.zone))
        assert at == local.astimezone(UTC) + timedelta(minutes=day_start)
        for one in told["program"]:
            if one["source"].startswith("TV-"):
                found.setdefault(one["source"], []).append(at)
            at += timedelta(seconds=one["out"] - one["in"])
    expected: dict[str, list[datetime]] = {}
    for row in rows:
        if row.channel.id == channel.id:
            expected.setdefault(row.lesson.asset, []).append(row.airing.start)
    assert found == expected


def test_the_day_of_the_zone_change_has_25_hours() -> None:
    problem, plan = full_week(ZONE_CHANGE)
    days = as_ffplayout(problem.meta, BALAPAN, export_rows(problem, plan))
    lengths = {day.day: seconds(content) / 3600 for day, content in days.items()}
    assert lengths == {26: 24, 27: 24, 28: 24, 29: 25, 1: 24, 2: 24, 3: 24}


def test_a_day_when_clocks_go_forward_has_23_hours() -> None:
    problem, _plan = small_week()
    meta = replace(problem.meta, first_day=date(2026, 3, 29), days=1)
    (day,) = as_ffplayout(meta, replace(BALAPAN, zone="Europe/Berlin"), []).values()
    assert seconds(day) == 23 * 3600


def test_a_lesson_over_the_end_of_a_day_goes_on_in_the_next() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "23:55"))
    days = as_ffplayout(problem.meta, BALAPAN, export_rows(problem, plan), Media("/media/"))
    first, second = (json.loads(days[day])["program"] for day in (MONDAY, MONDAY + timedelta(1)))
    parts = [
        (one["in"], one["out"], one["duration"], one["source"]) for one in (first[-1], second[0])
    ]
    assert parts == [(0, 300, 900, "/media/TV1"), (300, 900, 900, "/media/TV1")]


def test_a_slot_longer_than_its_lesson_is_filled_behind_it() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "00:00"))
    short = replace(problem, lessons=tuple(replace(one, minutes=12) for one in problem.lessons))
    days = as_ffplayout(short.meta, BALAPAN, export_rows(short, plan))
    first = json.loads(days[MONDAY])["program"]
    assert [(one["source"], one["out"]) for one in first][:2] == [("TV1", 720), ("card-60", 3600)]
    assert seconds(days[MONDAY]) == 24 * 3600


def test_a_repeat_after_the_planned_days_has_its_own_day() -> None:
    problem, plan = small_week(airing("a", "l1", 8, "01:00"))
    days = as_ffplayout(problem.meta, BALAPAN, export_rows(problem, plan))
    assert len(days) == 9


@drawing(80)
@given(st.sets(st.integers(0, 95), max_size=30), st.lists(st.integers(1, 90), max_size=3))
def test_any_day_is_filled_or_its_gap_is_named(slots: set[int], lengths: list[int]) -> None:
    made = [airing(f"a{n}", "l1", 0, f"{n // 4}:{n % 4 * 15:02}") for n in slots]
    problem, plan = small_week(*made)
    meta = replace(problem.meta, days=1)
    fixed = tuple(Filler(f"f{n}", f"f{n}", n) for n in lengths)
    rows = export_rows(problem, plan)
    days = as_ffplayout(meta, replace(BALAPAN, fillers=(*fixed, FREE)), rows)
    assert seconds(days[MONDAY]) == 24 * 3600
    only = replace(BALAPAN, fillers=fixed)
    with contextlib.suppress(JetkizError):
        days = as_ffplayout(meta, only, rows)
        assert seconds(days[MONDAY]) == 24 * 3600


def test_a_gap_that_nothing_fits_is_named() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "09:00"), airing("b", "l2", 0, "09:20"))
    only = replace(BALAPAN, fillers=(Filler("Жарнама", "spot", 15),))
    with pytest.raises(
        JetkizError, match=r"Балапан: nothing fills the air on 2026-01-26 from 09:15 to"
    ):
        as_ffplayout(problem.meta, only, export_rows(problem, plan))


def test_a_lesson_without_a_house_number_is_played_by_its_id() -> None:
    problem, plan = small_week(airing("a", "l1", 0, "00:00"))
    bare = replace(problem, lessons=tuple(replace(one, asset="") for one in problem.lessons))
    days = as_ffplayout(bare.meta, BALAPAN, export_rows(bare, plan), Media("/media"))
    assert json.loads(days[MONDAY])["program"][0]["source"] == "/media/l1"


@pytest.mark.parametrize(
    ("folder", "ending", "name", "file"),
    [
        ("", "", "math-5-01.kk", "math-5-01.kk"),
        ("/media", ".mp4", "math-5-01.kk", "/media/math-5-01.kk.mp4"),
        ("/media/", "mp4", "card-60", "/media/card-60.mp4"),
        ("kk", ".mp4", "TV-1.MXF", "kk/TV-1.MXF"),
        ("/", ".mov", "TV-1", "/TV-1.mov"),
    ],
)
def test_a_file_is_named_as_it_lies_over_there(
    folder: str, ending: str, name: str, file: str
) -> None:
    """The program opens what is named: a lesson without its ending would not be aired."""
    assert Media(folder, ending).file(name) == file
