"""What a grade reads of the air: hours by its own clock, only what it can see, and when again."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from broadcast.export.feeds import feed_rows
from broadcast.export.places import places_of
from broadcast.export.rows import export_rows
from broadcast.problem.model import Problem
from jetkiz.web.pages.broadcast.grade_week import (
    GradeWeek,
    grade_week,
    grades_on_air,
)
from jetkiz.web.pages.broadcast.public_pages import chosen_week, region_words
from tests.two_clocks_week import LOST, air_plan, air_problem

SATURDAY = date(2026, 1, 31)


def seen(region: str, grade: int = 3, problem: Problem | None = None) -> GradeWeek:
    problem = problem or air_problem()
    return grade_week(problem, export_rows(problem, air_plan(problem)), "kk", grade, region)


def hours(week: GradeWeek) -> list[str]:
    return [f"{slot.start:%a %H:%M}" for day in week.days for slot in day.slots]


def test_grades_are_offered_where_they_have_lessons() -> None:
    problem = air_problem()
    assert grades_on_air(problem) == {"kk": [1, 3], "ru": [3]}
    without = replace(problem, lessons=tuple(o for o in problem.lessons if o.stream != "ru-3"))
    assert grades_on_air(without) == {"kk": [1, 3]}


def test_hours_are_those_of_the_clock_at_home() -> None:
    assert hours(seen("west"))[:2] == ["Mon 10:00", "Mon 10:15"]
    assert hours(seen("east"))[:2] == ["Mon 11:00", "Mon 11:15"]


def test_a_station_that_is_heard_in_one_region_is_told_there_alone() -> None:
    heard = {slot.row.channel.id for day in seen("east").days for slot in day.slots}
    assert heard == {"balapan", "shalqar"}
    assert {s.row.channel.id for d in seen("west").days for s in d.slots} == {"balapan"}


def test_under_a_lesson_stands_where_it_is_seen_again() -> None:
    week = seen("west")
    reading = week.days[0].slots[0]
    zone = ZoneInfo("Asia/Almaty")
    assert [(o.start, o.channel.name) for o in reading.again] == [
        (datetime(2026, 1, 27, 18, 15, tzinfo=zone), "Balapan")
    ]
    (repeat,) = next(day.slots for day in week.days if day.day == SATURDAY)
    assert repeat.again == ()


def test_who_sees_the_same_at_the_same_hours_chooses_no_place() -> None:
    problem = replace(air_problem(), regions={"west": "Asia/Almaty", "east": "Asia/Qostanay"})
    rows = feed_rows(export_rows(problem, air_plan(problem)), "kk", 1)
    (place,) = places_of(problem, rows)
    assert place.regions == ("west", "east")


def test_an_unknown_region_reads_the_first_place() -> None:
    assert seen("nowhere").place == seen("west").place
    assert [one.key for one in seen("nowhere").places] == ["west", "east"]


def test_a_grade_without_lessons_has_an_empty_week() -> None:
    week = seen("west", grade=11)
    assert hours(week) == []
    assert len(week.days) == air_problem().meta.days


def test_what_falls_out_is_no_lesson_of_the_week() -> None:
    told = [s.row.airing.id for d in seen("west").days for s in d.slots]
    assert LOST not in told
    assert "3-nature-2.kk-makeup" in told


def test_the_week_that_matters_is_this_one_or_the_next_or_the_last() -> None:
    today = date(2026, 1, 27)
    weeks = dict.fromkeys(("2026-W03", "2026-W05", "2026-W07"))
    assert chosen_week(weeks, today) == "2026-W05"
    assert chosen_week(dict.fromkeys(("2026-W03", "2026-W07")), today) == "2026-W07"
    assert chosen_week(dict.fromkeys(("2026-W02", "2026-W03")), today) == "2026-W03"
    assert chosen_week({}, today) == ""
    assert chosen_week(weeks, today, "2026-W03") == "2026-W03"
    assert chosen_week(weeks, today, "2026-W04") == ""


def test_a_region_of_the_country_has_a_name_and_another_keeps_its_own() -> None:
    assert region_words("39", "kk") == "Қостанай облысы"
    assert region_words("390000000", "ru") == "Костанайская область"
    assert region_words("west", "kk") == "west"
