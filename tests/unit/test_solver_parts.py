"""A part of the homes stands for all: whole homes, drawn by their keys, with their part of all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.solver import price_search
from scheduler.solver.compiling import arrays_of
from scheduler.solver.parts import part_of_homes, sample
from scheduler.solver.price_search import find_prices, look
from scheduler.solver.week_arrays import NOTHING, WeekArrays
from tests.plan_problems import full_problems


@given(full_problems(), st.integers(1, 4))
@settings(max_examples=100)
def test_a_sample_is_whole_homes_with_their_part_of_what_is_shared(
    problem: PlanProblem, one_in: int
) -> None:
    week = arrays_of(problem)
    part = sample(week, one_in)
    drawn = set(part.students.number.tolist())
    of_home = dict(zip(week.students.number, week.students.household, strict=True))
    homes = {of_home[number] for number in drawn}
    assert drawn == {number for number, home in of_home.items() if home in homes}
    assert (part.pools.amount <= week.pools.amount).all()
    if one_in == 1:
        assert part.pools.amount.tolist() == _drawn_on_only(week)
        assert part.students.count == week.students.count


def _drawn_on_only(week: WeekArrays) -> list[float]:
    """What nobody who is drawn could use is no part of a sample."""
    at = week.pools.of_school[np.unique(week.students.school)]
    used = np.zeros(len(week.pools.amount), dtype=np.bool_)
    used[at[at != NOTHING]] = True
    return np.where(used, week.pools.amount, 0.0).tolist()


@given(full_problems())
@settings(max_examples=100)
def test_homes_are_numbered_anew_without_gaps(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    rows = np.flatnonzero(week.students.household != 0)
    part = part_of_homes(week, rows)
    assert sorted(set(part.students.household.tolist())) == list(
        range(len(set(week.students.household[rows].tolist())))
    )


@given(full_problems())
@settings(max_examples=50)
def test_prices_found_by_a_part_first_prove_a_bound_too(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(price_search, "_MANY", 1)
        found = find_prices(week)
    answers = look(week, found.price)
    assert found.bound <= float(look(week, np.zeros_like(found.price)).most.sum()) + 1
    assert found.bound <= float(answers.most.sum() + found.price @ week.pools.amount) + 1
