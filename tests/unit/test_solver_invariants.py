"""What holds for every plan when everything can be scarce: seats, phones, messages, time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
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
from tests.examples import drawing
from tests.plan_problems import full_problems

# Drawn as those of the first test, which is measured: the lines are the same.
known_ground = pytest.mark.no_cover
PRICES = st.lists(st.floats(0, 2), min_size=12, max_size=12)


@given(full_problems())
@drawing(40)
def test_the_checker_passes_and_the_explanation_agrees(given_problem: PlanProblem) -> None:
    plan = make_plan(given_problem)
    assert plan.violations == ()
    explainer = Explainer(given_problem, plan.students)
    for line in plan.students:
        for lesson, choice in zip(line.lessons, line.choices, strict=True):
            assert explainer.explain(line.student, lesson).choice == choice


@known_ground
@given(full_problems(), PRICES)
@drawing(20)
def test_its_books_are_true_and_any_prices_prove_a_bound(
    given_problem: PlanProblem, prices: list[float]
) -> None:
    week = arrays_of(given_problem)
    found = solve(week)
    takes = takes_of(Block(week, 0, week.students.count), found.channel)
    assert found.use.tolist() == by_pool(week, takes).tolist()
    assert (found.use <= week.pools.amount + 1e-6).all()
    _assert_counted(Standing.of(week, found.channel))
    price = np.resize(np.array(prices), len(week.pools.amount)) * LESSON / 10
    answers = look(week, price)
    assert found.objective <= float(answers.most.sum() + price @ week.pools.amount)


def _assert_counted(standing: Standing) -> None:
    """Homes that are put back as they stand change nothing."""
    again = Standing.of(standing.week, standing.channel)
    again.put(Block(standing.week, 0, len(standing.channel)), standing.channel.copy())
    assert standing.room.tolist() == again.room.tolist()
    assert (standing.in_pack == again.in_pack).all()
    assert (standing.on_screen == again.on_screen).all()


@known_ground
@given(full_problems(), st.data())
@drawing(20)
def test_neither_order_nor_more_room_makes_a_plan_worse(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    plan = make_plan(given_problem)
    turned = make_plan(replace(given_problem, students=tuple(reversed(given_problem.students))))
    assert {line.student: line for line in plan.students} == {
        line.student: line for line in turned.students
    }
    assert (plan.objective, plan.bound) == (turned.objective, turned.bound)
    rows = given_problem.capacities
    if rows:
        one = data.draw(st.sampled_from(rows))
        more = replace(one, amount=one.amount + data.draw(st.integers(1, 50)))
        wider = replace(given_problem, capacities=tuple(more if r is one else r for r in rows))
        # What is possible stays possible: no bound falls below a plan that still can be made.
        assert make_plan(wider).bound >= plan.objective - 1e-9
