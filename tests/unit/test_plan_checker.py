"""Planted faults turn the checker red: it believes nothing that the planner says."""

from dataclasses import replace

import pytest

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from scheduler.checker import check
from scheduler.model import Capacity, Plan, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import Resource
from tests.plan_problems import CHANNELS, Reached, lesson, problem, student, with_override

SHELF = [lesson(number) for number in range(1, 5)]
ALICE, BOB = student(1, SHELF), student(2, SHELF)
VILLAGE = problem(
    SHELF, {ALICE: Reached(telegram=0.5, post=0.8), BOB: Reached(broadcast=0.5, in_person=0.9)}
)


def _rules(given: PlanProblem, plan: Plan) -> set[str]:
    return {one.rule for one in check(given, plan)}


def _with_choice(plan: Plan, choice: Choice, place: int = 0) -> Plan:
    first = plan.students[0]
    choices = (*first.choices[:place], choice, *first.choices[place + 1 :])
    spoiled = StudentPlan(first.student, first.lessons, choices)
    return replace(plan, students=(spoiled, *plan.students[1:]))


def test_a_sound_plan_passes() -> None:
    assert _rules(VILLAGE, make_plan(VILLAGE)) == set()


def test_a_capacity_that_was_not_counted_is_found() -> None:
    plan = make_plan(VILLAGE)
    narrow = replace(VILLAGE, capacities=(Capacity(Resource.PRINT_PAGES, "all", 5, "pages"),))
    assert "capacity" in _rules(narrow, plan)


def test_books_that_lie_are_found() -> None:
    wide = replace(VILLAGE, capacities=(Capacity(Resource.PRINT_PAGES, "all", 500, "pages"),))
    plan = make_plan(wide)
    lying = replace(plan, use=(replace(plan.use[0], used=plan.use[0].used - 1),))
    assert _rules(wide, lying) == {"books"}


def test_a_lesson_in_another_language_is_found() -> None:
    foreign = {number: replace(one, language="ru") for number, one in VILLAGE.lessons.items()}
    assert "language" in _rules(replace(VILLAGE, lessons=foreign), make_plan(VILLAGE))


def test_a_lesson_of_another_grade_is_found() -> None:
    older = {number: replace(one, grades=(9,)) for number, one in VILLAGE.lessons.items()}
    assert "language" in _rules(replace(VILLAGE, lessons=older), make_plan(VILLAGE))


def test_a_decision_that_was_lost_is_found() -> None:
    assert "override" in _rules(with_override(VILLAGE, 1, 1, "telegram"), make_plan(VILLAGE))


def test_a_decision_that_nobody_made_is_found() -> None:
    plan = _with_choice(make_plan(VILLAGE), Choice("post", ChoiceReason.TEACHER))
    assert _rules(VILLAGE, plan) == {"truth"}


@pytest.mark.parametrize(("channel", "rule"), [("broadcast", "reach"), ("pigeon", "channel")])
def test_a_channel_that_cannot_bring_it_is_found(channel: str, rule: str) -> None:
    plan = _with_choice(make_plan(VILLAGE), Choice(channel, ChoiceReason.BEST_VALUE))
    assert rule in _rules(VILLAGE, plan)


def test_a_channel_that_is_switched_off_is_one_fault() -> None:
    plan = make_plan(VILLAGE)
    rest = {name: one for name, one in VILLAGE.channels.items() if name != "post"}
    [found] = check(replace(VILLAGE, channels=rest), plan)
    assert (found.rule, found.facts) == ("channel", {"channel": "post"})


def test_a_channel_that_comes_too_late_is_found() -> None:
    late = {**CHANNELS, "post": replace(CHANNELS["post"], too_late=frozenset({1}))}
    assert "reach" in _rules(replace(VILLAGE, channels=late), make_plan(VILLAGE))


@pytest.mark.parametrize(
    "choice",
    [Choice(None, ChoiceReason.BEST_VALUE), Choice("post", ChoiceReason.NO_PAGES)],
)
def test_a_reason_of_the_wrong_sort_is_found(choice: Choice) -> None:
    assert "reason" in _rules(VILLAGE, _with_choice(make_plan(VILLAGE), choice))


@pytest.mark.parametrize(
    "reason",
    [
        ChoiceReason.NO_PAGES,
        ChoiceReason.NO_MONEY,
        ChoiceReason.NO_SEATS,
        ChoiceReason.CUTOFF_PASSED,
        ChoiceReason.NO_VARIANT,
        ChoiceReason.UNKNOWN_PROFILE,
        ChoiceReason.NO_CHANNEL_FITS,
        ChoiceReason.NOT_THIS_ATTEMPT,
    ],
)
def test_an_excuse_that_is_not_true_is_found(reason: ChoiceReason) -> None:
    plan = _with_choice(make_plan(VILLAGE), Choice(None, reason))
    assert "truth" in _rules(VILLAGE, plan)


@pytest.mark.parametrize(
    "reason",
    [
        ChoiceReason.ONLY_CHANNEL,
        ChoiceReason.ONLY_IN_TIME,
        ChoiceReason.NOT_ASKED_YET,
        ChoiceReason.SECOND_BEST,
        ChoiceReason.KEPT,
        ChoiceReason.ASKED_FOR,
        ChoiceReason.CHEAPER,
        ChoiceReason.REPLACES,
    ],
)
def test_a_praise_that_is_not_true_is_found(reason: ChoiceReason) -> None:
    plan = make_plan(VILLAGE)
    assert plan.students[0].choices[0] == Choice("post", ChoiceReason.BEST_VALUE)
    assert _rules(VILLAGE, _with_choice(plan, Choice("post", reason))) == {"truth"}


def test_a_worse_channel_called_the_best_is_found() -> None:
    plan = _with_choice(make_plan(VILLAGE), Choice("telegram", ChoiceReason.BEST_VALUE))
    assert {"truth", "objective"} <= _rules(VILLAGE, plan)


def test_a_worth_above_the_bound_is_found() -> None:
    plan = make_plan(VILLAGE)
    assert _rules(VILLAGE, replace(plan, bound=plan.objective / 2)) == {"objective"}


def test_a_student_who_was_forgotten_is_found() -> None:
    plan = make_plan(VILLAGE)
    assert _rules(VILLAGE, replace(plan, students=plan.students[:1])) == {"students"}
    assert _rules(VILLAGE, replace(plan, students=plan.students[:1] * 2)) == {"students"}


def test_a_lesson_that_was_forgotten_is_found() -> None:
    plan = make_plan(VILLAGE)
    first = plan.students[0]
    shorter = StudentPlan(first.student, first.lessons[1:], first.choices[1:])
    assert _rules(VILLAGE, replace(plan, students=(shorter, plan.students[1]))) == {"lessons"}


def test_a_plan_of_another_week_is_found() -> None:
    assert "week" in _rules(VILLAGE, replace(make_plan(VILLAGE), week="2026-W06"))
