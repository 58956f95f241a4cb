"""A part of a plan made anew beside the rest: what must change, and nothing else."""

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.rules.channel_choice import LESSON
from scheduler.solver import offers
from scheduler.solver.compiling import arrays_of
from scheduler.solver.offers import Block
from scheduler.solver.price_search import look
from scheduler.solver.replan import changed_slots, homes_of, replan, touched_students
from scheduler.solver.solving import Solution, solve
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.uses import gross_worth, takes_of, true_cost
from scheduler.solver.week_arrays import NOTHING, WeekArrays
from tests.plan_problems import problems


def down(week: WeekArrays, column: int, rows: list[int] | None = None) -> WeekArrays:
    """Return the week with a channel that reaches none of some students, or nobody."""
    chance = week.students.chance.copy()
    chance[slice(None) if rows is None else rows, :, column] = 0
    return replace(week, students=replace(week.students, chance=chance))


def counted(found: Solution) -> None:
    """Hold a re-plan's sums against the whole week, counted from nothing."""
    week = found.week
    whole = Block(week, 0, week.students.count)
    takes = takes_of(whole, found.channel)
    cost = true_cost(week, takes)
    standing = Standing.of(week, found.channel)
    assert np.allclose(found.use, week.pools.amount - standing.room, atol=1e-6)
    assert (standing.room >= -TOLERANCE).all()
    assert found.cost == cost
    assert found.objective == gross_worth(whole, found.channel) - cost
    assert found.objective <= found.bound + 1
    proved = look(week, found.price)
    bound = proved.most.sum() + (found.price * week.pools.amount).sum()
    assert abs(found.bound - bound) <= 1e-6 * max(1.0, abs(bound))


@given(problems())
@settings(max_examples=25, deadline=None)
def test_without_a_change_nothing_changes(given_problem: PlanProblem) -> None:
    before = solve(arrays_of(given_problem))
    after = replan(before, arrays_of(given_problem))
    assert (after.channel == before.channel).all()
    assert after.objective == before.objective


@given(problems(), st.data())
@settings(max_examples=40, deadline=None)
def test_only_what_must_change_changes(given_problem: PlanProblem, data: st.DataObject) -> None:
    week = arrays_of(given_problem)
    before = solve(week)
    column = data.draw(st.integers(0, len(week.channels) - 1))
    one = data.draw(st.integers(0, week.students.count - 1))
    changed = down(week, column, [one])
    after = replan(before, changed)
    counted(after)
    stood = before.channel != after.channel
    assert not (stood & (before.channel != column) & (before.channel != NOTHING)).any()
    home = week.students.household
    assert not stood[home != home[one]].any()
    assert not (after.channel[one] == column).any()


@given(problems(), st.data())
@settings(max_examples=25, deadline=None)
def test_a_channel_that_is_down_for_all_is_used_by_nobody(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    week = arrays_of(given_problem)
    before = solve(week)
    column = data.draw(st.integers(0, len(week.channels) - 1))
    after = replan(before, down(week, column))
    counted(after)
    assert not (after.channel == column).any()
    touched = touched_students(week, after.week)
    free = changed_slots(week, after.week, before.channel, touched)
    kept = ~free & (before.channel != NOTHING)
    assert (after.channel[kept] == before.channel[kept]).all()


@given(problems())
@settings(max_examples=15, deadline=None)
def test_those_who_live_together_are_looked_at_together(given_problem: PlanProblem) -> None:
    week = arrays_of(given_problem)
    touched = np.zeros(week.students.count, dtype=np.bool_)
    touched[0] = True
    home = week.students.household
    assert list(homes_of(week, touched)) == list(np.flatnonzero(home == home[0]))
    assert not len(homes_of(week, np.zeros_like(touched)))


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_where_staying_is_worth_most_everybody_stays(
    given_problem: PlanProblem, chance: Random
) -> None:
    """Last week's channels drawn at random, no limits, and a bonus above all worth."""
    week = arrays_of(replace(given_problem, capacities=(), previous={}))
    columns = range(len(week.channels))
    rows = range(week.students.count)
    previous = np.array(
        [[chance.choice([*columns, NOTHING]) for _ in range(week.slots)] for _ in rows],
        dtype=np.int8,
    )
    people = replace(week.students, previous=previous)
    found = solve(replace(week, students=people, kept=4 * LESSON))
    whole = Block(week, 0, week.students.count)
    for column in columns:
        could = (previous == column) & (offers.gross(whole, column) > offers.IMPOSSIBLE)
        assert (found.channel[could] == column).all()
