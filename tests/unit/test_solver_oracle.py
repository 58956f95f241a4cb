"""How near our plans come to the best there is, measured against an exact solver."""

import random

import pytest
from hypothesis import given

from scheduler.model import PlanProblem
from scheduler.planner import make_plan
from tests.exact_plans import most_worth
from tests.examples import drawing
from tests.plan_problems import a_village, full_problems


# How we plan is measured by the invariants; here the exact solver plans as well.
@pytest.mark.no_cover
@given(full_problems())
@drawing(25)
def test_bound_divided_best_whole_best_and_ours_stand_in_this_order(
    given_problem: PlanProblem,
) -> None:
    plan = make_plan(given_problem)
    divided, whole = (most_worth(given_problem, whole=whole) for whole in (False, True))
    assert plan.bound >= whole - 1e-5
    assert divided >= whole - 1e-5
    assert whole >= plan.objective - 1e-5


@pytest.mark.parametrize(
    ("students", "lessons", "most_below", "villages"),
    [(8, 5, 0.01, 12), (20, 8, 0.01, 4), (60, 10, 0.015, 1)],
)
def test_a_small_school_is_near_the_best_there_is(
    students: int, lessons: int, most_below: float, villages: int
) -> None:
    for seed in range(villages):
        village = a_village(random.Random(seed), students, lessons)
        plan = make_plan(village)
        assert plan.violations == ()
        assert plan.objective >= (1 - most_below) * most_worth(village)


def test_a_school_of_three_hundred_proves_half_a_percent() -> None:
    plan = make_plan(a_village(random.Random(1), 300, 30))
    assert plan.violations == ()
    assert plan.gap <= 0.005
