"""What holds for every plan when everything can be scarce: seats, phones, messages, time."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.explain import Explainer
from scheduler.model import PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.compiling import arrays_of
from scheduler.solver.offers import Block
from scheduler.solver.price_search import look
from scheduler.solver.solving import solve
from scheduler.solver.standing import Standing
from scheduler.solver.uses import by_pool, takes_of
from tests.plan_problems import full_problems


@given(full_problems())
@settings(max_examples=200, deadline=None)
def test_the_checker_passes_and_the_explanation_agrees(given_problem: PlanProblem) -> None:
    plan = make_plan(given_problem)
    assert plan.violations == ()
    explainer = Explainer(given_problem, plan.students)
    for line in plan.students:
        for lesson, choice in zip(line.lessons, line.choices, strict=True):
            found = explainer.explain(line.student, lesson)
            assert found.choice == choice


@given(full_problems(), st.lists(st.floats(0, 2), min_size=12, max_size=12))
@settings(max_examples=100, deadline=None)
def test_any_prices_prove_a_bound(given_problem: PlanProblem, prices: list[float]) -> None:
    week = arrays_of(given_problem)
    price = np.resize(np.array(prices), len(week.pools.amount)) * LESSON / 10
    found = look(week, price)
    bound = float(found.most.sum() + price @ week.pools.amount)
    assert solve(week).objective <= bound


@given(full_problems())
@settings(max_examples=100, deadline=None)
def test_the_solver_s_books_are_what_its_plan_takes(given_problem: PlanProblem) -> None:
    week = arrays_of(given_problem)
    found = solve(week)
    takes = takes_of(Block(week, 0, week.students.count), found.channel)
    assert found.use.tolist() == by_pool(week, takes).tolist()
    assert (found.use <= week.pools.amount + 1e-6).all()


@given(full_problems(), st.data())
@settings(max_examples=100, deadline=None)
def test_more_of_something_never_lowers_the_bound_beyond_the_search(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    rows = given_problem.capacities
    if not rows:
        return
    one = data.draw(st.sampled_from(rows))
    more = replace(one, amount=one.amount + data.draw(st.integers(1, 50)))
    wider = replace(given_problem, capacities=tuple(more if r is one else r for r in rows))
    before, after = make_plan(given_problem), make_plan(wider)
    # What is possible stays possible: no bound may fall below a plan that still can be made.
    assert after.bound >= before.objective - 1e-9


@given(full_problems())
@settings(max_examples=60, deadline=None)
def test_the_order_of_students_does_not_matter(given_problem: PlanProblem) -> None:
    turned = replace(given_problem, students=tuple(reversed(given_problem.students)))
    one, other = make_plan(given_problem), make_plan(turned)
    assert {line.student: line for line in one.students} == {
        line.student: line for line in other.students
    }
    assert (one.objective, one.bound, one.cost) == (other.objective, other.bound, other.cost)


@given(full_problems())
@settings(max_examples=60, deadline=None)
def test_a_standing_counted_anew_is_the_same(given_problem: PlanProblem) -> None:
    week = arrays_of(given_problem)
    found = Standing.of(week, solve(week).channel)
    again = Standing.of(week, found.channel)
    assert found.room.tolist() == again.room.tolist()
    assert (found.in_pack == again.in_pack).all()
    assert (found.on_screen == again.on_screen).all()
