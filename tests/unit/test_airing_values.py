"""What a lesson is worth on the air, beside what each student has without it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from jetkiz.channel import Screen
from jetkiz.roster.model import Need
from scheduler.airing_values import airing_text, airing_values
from scheduler.model import Option, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules import channel_choice
from tests.plan_problems import CHANNELS, Reached, lesson, problem, problems, student

TV = {**CHANNELS, "broadcast": replace(CHANNELS["broadcast"], screen=Screen.TV)}
LESSONS = [lesson(1), lesson(2)]
TV_ONLY = Reached(broadcast=0.5)


def with_tv(given_problem: PlanProblem) -> PlanProblem:
    late = given_problem.channels["broadcast"].too_late
    screened = replace(TV["broadcast"], too_late=late)
    return replace(given_problem, channels={**given_problem.channels, "broadcast": screened})


def values(given_problem: PlanProblem) -> dict[str, tuple[float, int]]:
    made = make_plan(given_problem)
    found = airing_values(given_problem, made.students, made.use)
    return {one.code: (one.value, one.students) for one in found}


def on_air(number: int) -> float:
    one = lesson(number)
    return channel_choice.worth(one.weight, one.kind, "broadcast", 0.5, task=True)


def test_what_only_tv_brings_is_worth_all_of_it() -> None:
    found = values(with_tv(problem(LESSONS, {student(n, LESSONS): TV_ONLY for n in (1, 2)})))
    assert found["l1"] == (pytest.approx(2 * on_air(1)), 2)
    assert found["l2"] == (pytest.approx(2 * on_air(2)), 2)


def test_a_lesson_that_is_not_aired_yet_is_weighed_as_if_it_were() -> None:
    """The home has a TV: another lesson reaches it."""
    given_problem = with_tv(problem(LESSONS, {student(1, LESSONS): TV_ONLY}))
    silent = (Option("broadcast", possible=False, test="TV does not show this lesson"),)
    options = {**given_problem.options, (1, 2): silent}
    found = values(replace(given_problem, options=options))
    assert found["l2"] == (pytest.approx(on_air(2)), 1)


def test_who_has_the_lesson_by_a_better_way_gains_nothing() -> None:
    people = {
        student(1, LESSONS): Reached(telegram=0.95, broadcast=0.5),
        student(2, LESSONS): Reached(telegram=0.95),
    }
    assert set(values(with_tv(problem(LESSONS, people))).values()) == {(0.0, 0)}


def test_paper_that_the_plan_has_no_money_for_does_not_count() -> None:
    people = {student(1, LESSONS): Reached(broadcast=0.5, post=0.95)}
    rich, poor = (values(with_tv(problem(LESSONS, people, money=money))) for money in (9000, 0))
    assert rich["l1"][0] < poor["l1"][0] == pytest.approx(on_air(1))


def test_a_home_that_watches_little_counts_what_it_gains_most_by() -> None:
    shelf = [lesson(5, weight=1.0), lesson(10, weight=1.5), lesson(15, weight=0.5)]
    person = student(1, shelf, tv_lessons=1)
    found = values(with_tv(problem(shelf, {person: TV_ONLY})))
    assert [code for code, (_, helped) in found.items() if helped] == ["l10"]


def test_who_does_not_hear_gains_by_a_lesson_with_an_interpreter_alone() -> None:
    """Another lesson reaches the home: that says nothing of one that nobody signs."""
    shelf = [replace(lesson(1), is_signed=True), lesson(2)]
    deaf = replace(student(1, shelf), needs=frozenset({Need.SIGN_LANGUAGE}))
    hears = student(2, shelf)
    found = values(with_tv(problem(shelf, {deaf: TV_ONLY, hears: TV_ONLY})))
    assert found["l1"] == (pytest.approx(2 * on_air(1)), 2)
    assert found["l2"] == (pytest.approx(on_air(2)), 1)


def test_without_tv_there_is_no_table() -> None:
    given_problem = problem(LESSONS, {student(1, LESSONS): TV_ONLY})
    plan = make_plan(given_problem)
    assert airing_values(given_problem, plan.students, plan.use) == []


@given(problems())
@settings(max_examples=30, deadline=None)
def test_a_table_names_every_lesson_once_and_nothing_below_nothing(
    given_problem: PlanProblem,
) -> None:
    shown = with_tv(given_problem)
    plan = make_plan(shown)
    found = airing_values(shown, plan.students, plan.use)
    assert sorted(one.code for one in found) == sorted(one.code for one in shown.lessons.values())
    assert all(one.value >= 0 and (one.value > 0) == (one.students > 0) for one in found)
    text = airing_text(found)
    assert text.splitlines()[0] == "lesson,language,value,students"
    assert [one.value for one in found] == sorted((one.value for one in found), reverse=True)
