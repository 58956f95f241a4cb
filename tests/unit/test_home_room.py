"""Decisions by hand that ask for more of a home than it has are set aside; the others are kept."""

from dataclasses import replace
from datetime import date

import pytest

from jetkiz.channel import Screen
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from scheduler.home_room import HomeRoom
from scheduler.model import EVERY_LESSON, Override, PlannedStudent, PlanProblem
from scheduler.planner import make_plan
from tests.unit.test_homes_alike import home, inputs, judged, lesson

MONDAY, TUESDAY = date(2026, 1, 26), date(2026, 1, 27)
SHELF = tuple(
    replace(lesson(number, LessonKind.TEXT), day=MONDAY if number < 4 else TUESDAY)
    for number in range(1, 6)
)
# One lesson a day on the phone for each of twelve.
CROWDED = {"telegram": "linked", "internet": "4g", "phone": "shared", "phone_sharers": "12"}


def decided(*decisions: tuple[int, str], shelf: tuple[Lesson, ...] = SHELF) -> PlanProblem:
    facts = tuple(
        Fact(FactKind(kind), value, Source.SURVEY, date(2026, 1, 5))
        for kind, value in CROWDED.items()
    )
    by_hand = tuple(Override(1, number, channel, "aigul", "why") for number, channel in decisions)
    given = inputs(home(1, AccessProfile(facts)), overrides=by_hand)
    return judged(replace(given, shelf=shelf))


def test_a_decision_for_all_lessons_does_not_stop_the_plan() -> None:
    """The phone carries one lesson a day: two decisions are kept, three set aside with the test."""
    found = decided((EVERY_LESSON, "telegram"))
    assert found.students[0].phone_lessons == 1
    assert sorted(lesson for _, lesson in found.overrides) == [1, 4]
    assert [one.lesson for one in found.set_aside] == [2, 3, 5]
    assert {one.test for one in found.set_aside} == {
        "the phone at home has no time left for it on this day"
    }
    assert make_plan(found).violations == ()


def test_a_decision_on_one_lesson_comes_before_one_on_all() -> None:
    found = decided((EVERY_LESSON, "telegram"), (3, "telegram"))
    assert sorted(lesson for _, lesson in found.overrides) == [3, 4]
    assert make_plan(found).violations == ()


def test_decisions_for_other_ways_take_nothing_of_the_phone() -> None:
    found = decided((1, "post"), (2, "telegram"), (3, "post"))
    assert found.set_aside == tuple(one for one in found.set_aside if "time" not in one.test)
    assert (1, 2) in found.overrides


VIDEO = replace(lesson(1, LessonKind.VIDEO), day=MONDAY)
TEXT = replace(lesson(2, LessonKind.TEXT), day=MONDAY)


@pytest.mark.parametrize(
    ("screen", "limits", "lessons", "expected"),
    [
        (Screen.PHONE, {}, [TEXT, VIDEO, TEXT], ["", "", ""]),
        (Screen.PHONE, {"phone_lessons": 0}, [TEXT], ["phone"]),
        (Screen.PHONE, {"phone_lessons": 2}, [TEXT, VIDEO, TEXT], ["", "", "phone"]),
        (Screen.PHONE, {"videos": 1}, [VIDEO, TEXT, VIDEO], ["", "", "data"]),
        (Screen.PHONE, {"videos": 0, "phone_lessons": 1}, [VIDEO, TEXT], ["data", ""]),
        (Screen.PHONE, {"tv_lessons": 0}, [TEXT], [""]),
        (Screen.TV, {"tv_lessons": 1}, [VIDEO, TEXT], ["", "TV"]),
        (Screen.TV, {"videos": 0, "phone_lessons": 0}, [VIDEO], [""]),
        (Screen.NONE, {"videos": 0, "phone_lessons": 0, "tv_lessons": 0}, [VIDEO], [""]),
    ],
)
def test_what_each_limit_leaves(
    screen: Screen, limits: dict[str, int], lessons: list[Lesson], expected: list[str]
) -> None:
    person = PlannedStudent(1, 1, 1, "kk", 2, (1, 2), **limits)
    room = HomeRoom()
    for one, word in zip(lessons, expected, strict=True):
        lacking = room.take(person, one, screen)
        assert word in lacking
        assert bool(word) == bool(lacking)


def test_a_day_and_a_sibling_have_room_of_their_own() -> None:
    room = HomeRoom()
    anna = PlannedStudent(1, 1, 1, "kk", 2, (1, 2), phone_lessons=1)
    bek = replace(anna, id=2)
    assert room.take(anna, TEXT, Screen.PHONE) == ""
    assert room.take(bek, TEXT, Screen.PHONE) == ""
    assert room.take(anna, replace(TEXT, day=TUESDAY), Screen.PHONE) == ""
    assert room.take(anna, TEXT, Screen.PHONE) != ""
