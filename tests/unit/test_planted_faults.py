"""Every fault planted in a sound plan turns the checker red, on problems drawn at random."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from scheduler.checker import check
from scheduler.model import Plan, PlanProblem
from scheduler.planner import make_plan
from tests.examples import drawing
from tests.plan_problems import problems

Fault = Callable[[Plan], Plan]

# What finds the faults is measured by the tests of the checker.
pytestmark = pytest.mark.no_cover

# In the numbers that a plan says of itself.
OF_NUMBERS: dict[str, tuple[Fault, str]] = {
    "worth more": (lambda p: replace(p, objective=p.objective + 0.01), "objective"),
    "worth less": (lambda p: replace(p, objective=p.objective - 0.01), "objective"),
    "no worth": (lambda p: replace(p, objective=math.nan), "objective"),
    "endless worth": (lambda p: replace(p, objective=math.inf, bound=math.inf), "objective"),
    "low bound": (lambda p: replace(p, bound=p.objective - 0.01), "objective"),
    "no bound": (lambda p: replace(p, bound=math.nan), "objective"),
    "dearer": (lambda p: replace(p, cost=p.cost + 1), "cost"),
    "cheaper": (lambda p: replace(p, cost=p.cost - 1), "cost"),
    "no cost": (lambda p: replace(p, cost=math.nan), "cost"),
    "another week": (lambda p: replace(p, week="2026-W06"), "week"),
    "another version": (lambda p: replace(p, version=p.version + 1), "week"),
}


def _first(plan: Plan, **changes: object) -> Plan:
    first = replace(plan.students[0], **changes)  # type: ignore[arg-type]
    return replace(plan, students=(first, *plan.students[1:]))


# In who gets what.
OF_LINES: dict[str, tuple[Fault, str]] = {
    "a student left out": (lambda p: replace(p, students=p.students[1:]), "students"),
    "a student twice": (lambda p: replace(p, students=(*p.students, p.students[0])), "students"),
    "a stranger": (
        lambda p: replace(p, students=(*p.students, StudentPlan(999, (), ()))),
        "students",
    ),
    "a lesson left out": (lambda p: _first(p, lessons=p.students[0].lessons[1:]), "lessons"),
    "a choice left out": (lambda p: _first(p, choices=p.students[0].choices[1:]), "lessons"),
    "a lesson twice": (
        lambda p: _first(p, lessons=(p.students[0].lessons[0], *p.students[0].lessons)),
        "lessons",
    ),
}


@pytest.mark.parametrize("name", [*OF_NUMBERS, *OF_LINES])
@given(given_problem=problems(students=4, lessons=4))
@settings(max_examples=12)
def test_a_fault_in_what_the_plan_says_is_found(given_problem: PlanProblem, name: str) -> None:
    fault, rule = (OF_NUMBERS | OF_LINES)[name]
    plan = make_plan(given_problem)
    assert check(given_problem, plan) == []
    assert rule in {one.rule for one in check(given_problem, fault(plan))}


@given(problems(students=4, lessons=4), st.sampled_from([1.0, -1.0, math.nan, math.inf]))
@drawing(25)
def test_a_count_of_paper_that_is_wrong_is_found(given_problem: PlanProblem, by: float) -> None:
    plan = make_plan(given_problem)
    assume(plan.use)
    wrong = replace(plan.use[0], used=plan.use[0].used + by)
    lying = replace(plan, use=(wrong, *plan.use[1:]))
    assert {one.rule for one in check(given_problem, lying)} == {"books"}
    silent = replace(plan, use=())
    told = {one.rule for one in check(given_problem, silent)}
    assert told == ({"books"} if any(one.used for one in plan.use) else set())


@given(problems(students=4, lessons=4), st.data())
@drawing(30)
def test_a_choice_put_in_another_s_place_is_found(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    """Whatever channel and reason are put in: only another truth of equal worth may pass."""
    plan = make_plan(given_problem)
    line = data.draw(st.sampled_from(plan.students))
    place = data.draw(st.integers(0, len(line.choices) - 1))
    names = st.sampled_from([None, *sorted(given_problem.channels)])
    choice = Choice(data.draw(names), data.draw(st.sampled_from(ChoiceReason)))
    assume(choice.channel != line.choices[place].channel)
    choices = (*line.choices[:place], choice, *line.choices[place + 1 :])
    spoiled = tuple(
        replace(one, choices=choices) if one.student == line.student else one
        for one in plan.students
    )
    assert check(given_problem, replace(plan, students=spoiled))


@given(problems(students=4, lessons=4), st.data())
@drawing(25)
def test_a_problem_that_changed_after_the_plan_is_found(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    """A channel that no longer reaches a student may not stand in the plan any more."""
    plan = make_plan(given_problem)
    used = [
        (line.student, lesson, choice.channel)
        for line in plan.students
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
        if choice.channel
    ]
    assume(used)
    student, lesson, channel = data.draw(st.sampled_from(used))
    options = tuple(
        replace(one, possible=one.possible and one.channel != channel)
        for one in given_problem.options[student, lesson]
    )
    changed = replace(given_problem, options={**given_problem.options, (student, lesson): options})
    found = check(changed, plan)
    assert {one.rule for one in found} == {"reach"}
    [one] = found
    assert one.facts["student"] == student
    assert one.sentence.format(**one.facts)
