"""Decisions by hand for which there is room never stop a plan, however scarce the rest is."""

import pytest

from jetkiz.errors import JetkizError
from scheduler.model import PlanProblem
from scheduler.planner import make_plan
from tests.exact_plans import most_worth
from tests.plan_problems import with_override
from tests.scarce_school import scarce_school


def with_paper_by_hand(seed: int) -> PlanProblem:
    """Let somebody decide for a way that uses what is short, for every third student."""
    made = scarce_school(seed)
    for person in made.students[::3]:
        place = (person.id, person.curriculum[4])
        possible = [one.channel for one in made.options[place] if one.possible]
        if possible:
            made = with_override(made, *place, possible[-1])
    return made


@pytest.mark.parametrize("seed", [9, 11, 17, 18, 19, 21])
def test_a_plan_is_refused_only_when_there_is_none(seed: int) -> None:
    given = with_paper_by_hand(seed)
    try:
        plan = make_plan(given)
    except JetkizError:
        assert most_worth(given) < 0
    else:
        assert plan.violations == ()
