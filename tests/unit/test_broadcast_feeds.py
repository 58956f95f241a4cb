"""Calendars, search engines and the whole set of files that a plan is given away as."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from broadcast.checker.checking import TimetableFaultsError
from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_json_ld import as_json_ld
from broadcast.export.feeds import feed_rows, feeds_of
from broadcast.export.places import places_of, rows_at
from broadcast.export.rows import export_rows, withdrawn_rows
from broadcast.export.writing import FORMATS, Wishes, export_files
from broadcast.plan.model import AiringKind, AiringStatus
from jetkiz.errors import JetkizError
from tests.broadcast_export_weeks import (
    ALMATY,
    CHANNELS,
    MONDAY,
    PUBLISHED,
    TWO_ZONES,
    airing,
    full_week,
    promised_week,
    small_week,
)

FIRST = airing("a1", "l1", 0, "09:00", sequence=2)
REPEAT = airing("a2", "l1", 1, "19:00", kind=AiringKind.REPEAT)


def test_a_calendar_keeps_numbers_and_calls_off_what_was_moved() -> None:
    moved = replace(FIRST, status=AiringStatus.MOVED, sequence=3)
    instead = airing("a9", "l1", 0, "08:00", supersedes="a1")
    week = small_week(moved, instead, REPEAT)
    told = as_calendar([*export_rows(*week), *withdrawn_rows(*week)], PUBLISHED, "1-сынып")
    calendar = Calendar.from_ical(told)
    events = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
    assert [str(events[f"airing-{key}@jetkiz"]["status"]) for key in ("a9", "a2", "a1")] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED",
    ]  # fmt: skip
    gone = events["airing-a1@jetkiz"]
    assert (gone["sequence"], gone.decoded("dtstamp")) == (3, PUBLISHED)
    assert "26 қаң. 08:00, Балапан; " in str(gone["description"])
    assert str(calendar["name"]) == "1-сынып"
    assert events["airing-a9@jetkiz"]["categories"].cats == ["kk-1", "kk-2"]


def test_lines_of_a_calendar_are_folded_between_letters() -> None:
    problem, plan = small_week(FIRST)
    long = {"kk": "Ұлы; дала, \\ тарихы " * 20}
    lessons = tuple(replace(one, titles=long) for one in problem.lessons)
    told = as_calendar(export_rows(replace(problem, lessons=lessons), plan), PUBLISHED)
    lines = told.split(b"\r\n")
    assert all(len(line) <= 75 and line.decode() is not None for line in lines)
    (event,) = Calendar.from_ical(told).walk("VEVENT")
    assert str(event["summary"]).endswith(" ".join(long["kk"].split()))


def test_search_engines_get_what_they_require() -> None:
    week = small_week(FIRST, REPEAT, airing("c", "l2", 0, "10:00", "shalqar"))
    events = json.loads(as_json_ld(export_rows(*week), "https://school.example/"))
    for one in events:
        assert {"@context", "@type", "@id", "name", "startDate", "publishedOn"} <= set(one)
        assert (one["@type"], one["isLiveBroadcast"]) == ("BroadcastEvent", False)
        assert datetime.fromisoformat(one["startDate"]).utcoffset() is not None
    assert events[0]["startDate"] == "2026-01-26T09:00:00+05:00"
    assert events[0]["@id"] == "https://school.example/airing:a1"
    works = [one["workPerformed"]["@id"] for one in events]
    assert works[0] == works[2] != works[1]
    assert events[1]["publishedOn"]["@type"] == "RadioBroadcastService"
    assert "19:00" in events[0]["description"]


def test_events_can_stand_in_a_page_and_what_is_called_off_says_so() -> None:
    problem, plan = small_week(replace(FIRST, status=AiringStatus.CANCELLED))
    evil = tuple(replace(one, titles={"kk": "</script><b>"}) for one in problem.lessons)
    told = as_json_ld(withdrawn_rows(replace(problem, lessons=evil), plan))
    assert b"<" not in told
    (event,) = json.loads(told)
    assert event["workPerformed"]["name"] == "</script><b>"
    assert event["eventStatus"].endswith("EventCancelled")


def test_a_feed_holds_the_airings_of_one_grade_and_language() -> None:
    problem, plan = full_week()
    rows = export_rows(problem, plan)
    feeds = {key: feed_rows(rows, *key) for key in feeds_of(problem)}
    assert len(feeds) == 22
    assert sum(map(len, feeds.values())) == len(rows)
    assert {row.stream.id for row in feeds["ru", 5]} == {"ru-5"}


def test_homes_of_two_zones_are_told_their_own_hours() -> None:
    """In 2020 it was 9:00 in Almaty and 8:00 in Oral; since 2024 clocks agree."""
    problem, plan = full_week(TWO_ZONES)
    mine = feed_rows(export_rows(problem, plan), "kk", 3)
    assert [one.zone for one in places_of(problem, mine)] == [ALMATY, "Asia/Oral"]
    problem, plan = full_week(MONDAY)
    everywhere = tuple(replace(one, regions=()) for one in problem.channels)
    mine = feed_rows(export_rows(replace(problem, channels=everywhere), plan), "kk", 3)
    assert [one.zone for one in places_of(problem, mine)] == [ALMATY]
    assert places_of(replace(problem, regions={}, streams=()), [])[0].zone == ALMATY


def test_homes_read_the_hours_of_repeats_by_their_own_clock() -> None:
    """Grade 3 sees at 20:00 what comes again at 1:00 in Almaty: 19:00 and midnight in Oral."""
    problem, plan = full_week(TWO_ZONES)
    mine = feed_rows(export_rows(problem, plan), "kk", 3)
    said = {}
    for place in places_of(problem, mine):
        calendar = Calendar.from_ical(as_calendar(rows_at(place, mine), PUBLISHED))
        events = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
        one = events[f"airing-{mine[0].airing.id}@jetkiz"]
        said[place.zone] = (one.decoded("dtstart"), str(one["description"]))
    assert said[ALMATY][0] == said["Asia/Oral"][0] == mine[0].airing.start
    assert " 01:00, " in said[ALMATY][1]
    assert " 00:00, " in said["Asia/Oral"][1]


def test_a_broadcaster_gets_its_channels_and_families_the_whole() -> None:
    problem, plan = promised_week()
    other = replace(problem.channels[0], id="khabar", name="Хабар", guide_id="24.kz")
    second = replace(plan.airings[2], channel="khabar")
    both = replace(problem, channels=(*problem.channels, other))
    told = replace(plan, airings=(*plan.airings[:2], second, plan.airings[3]))
    files = export_files(both, told, PUBLISHED, Wishes(channels=frozenset({"khabar"})))
    whole = export_files(both, told, PUBLISHED)
    for name in ("pages/kk-1.pdf", "calendars/kk-1.ics"):
        assert files[name] == whole[name]
    assert {name for name in whole if name not in files} == {
        name for name in whole if "balapan" in name
    }
    assert files["timetable.ics"].count(b"BEGIN:VEVENT") == 1
    assert files["timetable.xml"].count(b"<programme ") == 1
    assert b'channel="balapan' in files["timetable.xml"], "a repeat says where it was shown first"
    assert len(files["timetable.csv"].splitlines()) == 2
    assert len(json.loads(files["timetable.jsonld"])) == 1
    with pytest.raises(JetkizError, match="no channel other"):
        export_files(both, told, PUBLISHED, Wishes(channels=frozenset({"other"})))


def test_a_region_with_a_channel_of_its_own_has_its_own_files() -> None:
    """A first run on each of two channels: homes are told of the one that they receive."""
    problem, plan = promised_week()
    home = problem.channels[0]
    west = replace(home, id="aqzhaiyq", guide_id="west.kz", regions=("west",), fillers=())
    both = (*problem.streams[0].regions, "west")
    wider = replace(
        problem,
        regions=dict(problem.regions) | {"west": "Asia/Oral"},
        channels=(home, west),
        streams=(replace(problem.streams[0], regions=both),),
    )
    twins = [replace(one, id=f"w{one.id}", channel="aqzhaiyq") for one in plan.airings]
    told = replace(plan, airings=(*plan.airings, *twins))
    files = export_files(wider, told, PUBLISHED, formats=("calendar", "pages"))
    assert {"pages/kk-1.pdf", "pages/kk-1-west.pdf", "pages/west.kz.pdf"} <= set(files)
    events = {
        name: [str(one["uid"]) for one in Calendar.from_ical(files[name]).walk("VEVENT")]
        for name in ("calendars/kk-1.ics", "calendars/kk-1-west.ics", "timetable.ics")
    }
    assert sorted(events["calendars/kk-1.ics"]) == [f"airing-a{n}@jetkiz" for n in range(1, 5)]
    assert sorted(events["calendars/kk-1-west.ics"]) == [
        f"airing-wa{n}@jetkiz" for n in range(1, 5)
    ]
    assert len(events["timetable.ics"]) == 8


def test_all_files_of_a_week_are_made_from_one_plan() -> None:
    files = export_files(*promised_week(), PUBLISHED, Wishes(profiles=("jetkiz", "telvue")))
    assert files == export_files(*promised_week(), PUBLISHED, Wishes(profiles=("jetkiz", "telvue")))
    fixed = {
        "timetable.xml", "timetable.csv", "timetable-telvue.csv", "timetable.xlsx", "timetable.ics",
        "timetable.jsonld", "calendars/kk-1.ics", "calendars/kk-2.ics", "pages/kk-1.pdf",
        "pages/kk-2.pdf", "pages/balapan.jetkiz.pdf",
    }  # fmt: skip
    days = {f"ffplayout/balapan.jetkiz/2026/01/2026-01-{day}.json" for day in range(26, 32)}
    assert set(files) == fixed | days | {"ffplayout/balapan.jetkiz/2026/02/2026-02-01.json"}
    for name in ("timetable.xml", "timetable.csv"):
        assert all(key.encode() in files[name] for key in ("20", "Төстік"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_can_be_asked_for_alone(name: str) -> None:
    files = export_files(*promised_week(), PUBLISHED, formats=(name,))
    assert files
    assert len(files) < 12


def test_a_plan_that_breaks_a_promise_is_not_given_away() -> None:
    problem, plan = promised_week()
    late = replace(plan.airings[0], start=datetime(2026, 1, 26, 3, tzinfo=ZoneInfo(ALMATY)))
    with pytest.raises(TimetableFaultsError):
        export_files(problem, replace(plan, airings=(late, *plan.airings[1:])), PUBLISHED)


def test_one_format_that_cannot_hold_the_week_stops_all() -> None:
    problem, plan = promised_week()
    bare = tuple(replace(one, fillers=()) for one in problem.channels)
    assert not any(
        name.startswith("ffplayout")
        for name in export_files(replace(problem, channels=bare), plan, PUBLISHED)
    )
    short = tuple(replace(one, fillers=CHANNELS[0].fillers[:1]) for one in problem.channels)
    with pytest.raises(JetkizError, match="nothing fills the air"):
        export_files(replace(problem, channels=short), plan, PUBLISHED)
