"""Both engines find the same plan to the last bit: channels, prices, bounds and reasons."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.nation.compiling import arrays_of as arrays_of_nation
from scheduler.nation.problem import Problem
from scheduler.nation.solving import solve_nation
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.compiling import arrays_of
from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.kernel.engine import compiled_engine
from scheduler.solver.price_search import look
from scheduler.solver.reasons import Strangers
from scheduler.solver.repair import repair
from scheduler.solver.solving import answer, solve
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import NOTHING, Reals, WeekArrays
from tests.examples import drawing
from tests.nations import problems as nation_problems
from tests.plan_problems import full_problems

RULES = compiled_engine(threads=2)
PRICES = st.lists(st.floats(0, 2), min_size=8, max_size=8)


def price_of(week: WeekArrays, prices: list[float]) -> Reals:
    return np.resize(np.array(prices), len(week.pools.amount)) * LESSON / 20


def strangers_of(week: WeekArrays, seed: int) -> Strangers:
    chance = np.random.default_rng(seed)
    count = week.students.count
    return Strangers(chance.random(count) < 0.2, chance.random((count, week.slots)) < 0.2)


@given(full_problems())
@drawing(25)
def test_a_school_gets_the_same_plan(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    one, other = solve(week, NUMPY), solve(week, RULES)
    assert (one.objective, one.bound, one.cost) == (other.objective, other.bound, other.cost)
    assert one.channel.tolist() == other.channel.tolist()
    assert one.price.tolist() == other.price.tolist()
    assert np.allclose(one.use, other.use, rtol=0, atol=1e-6)


@given(nation_problems())
@drawing(20)
def test_a_nation_gets_the_same_plan_and_reasons(problem: Problem) -> None:
    week = arrays_of_nation(problem)
    one, other = solve_nation(week, NUMPY), solve_nation(week, RULES, threads=2)
    assert one.channel.tolist() == other.channel.tolist()
    assert one.reason.tolist() == other.reason.tolist()
    assert (one.objective, one.bound, one.cost) == (other.objective, other.bound, other.cost)


@given(full_problems(), PRICES)
@drawing(25)
def test_any_prices_find_the_same_use_and_bound(problem: PlanProblem, prices: list[float]) -> None:
    week = arrays_of(problem)
    price = price_of(week, prices)
    one, other = (look(week, price, engine) for engine in (NUMPY, RULES))
    assert one.use.tolist() == other.use.tolist()
    assert one.most.tolist() == other.most.tolist()
    assert one.gain.tolist() == other.gain.tolist()


@given(full_problems(), PRICES, st.integers(0, 2**20))
@drawing(25)
def test_too_much_is_taken_back_filled_up_and_told_alike(
    problem: PlanProblem, prices: list[float], seed: int
) -> None:
    """At any prices homes want too much or too little: each step mends it alike."""
    week = arrays_of(problem)
    price, strangers = price_of(week, prices), strangers_of(week, seed)
    one, other = (_worked_out(week, engine, price) for engine in (NUMPY, RULES))
    assert one.channel.tolist() == other.channel.tolist()
    for name in ("in_pack", "on_seat", "on_screen"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    assert np.allclose(one.room, other.room, rtol=0, atol=1e-6)
    told = (engine.reasons(one, strangers).tolist() for engine in (NUMPY, RULES))
    assert next(told) == next(told)


def _worked_out(week: WeekArrays, engine: Engine, price: Reals) -> Standing:
    found = engine.stand(week, answer(week, price, engine), 2)
    repair(found, price, engine.relieve)
    engine.fill(found, price)
    return found


@given(nation_problems())
@settings(max_examples=20)
def test_nobody_is_nobody_for_both(problem: Problem) -> None:
    week = arrays_of_nation(problem)
    people = week.students
    none = {
        name: getattr(people, name)[:0]
        for name in ("number", "tie", "school", "household", "program", "chance", "is_large")
    }
    empty = replace(week, students=replace(people, **none, caps=people.caps[:0]))
    for engine in (NUMPY, RULES):
        found = solve(empty, engine)
        assert found.channel.shape == (0, week.slots)
        assert found.objective == 0
        assert not (found.channel != NOTHING).any()
