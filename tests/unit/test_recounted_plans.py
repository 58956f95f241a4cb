"""Any plan is counted alike by both engines, and gives way alike when people want too much."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.nation.compiling import arrays_of as arrays_of_nation
from scheduler.nation.folder import read_problem
from scheduler.nation.problem import Problem
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.compiling import arrays_of
from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.kernel.engine import compiled_engine
from scheduler.solver.offers import IMPOSSIBLE, Block, gross
from scheduler.solver.repair import Draws
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.uses import BLOCK, by_pool, gross_worth, takes_of, true_cost
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bytes, Cap, Longs, Reals, WeekArrays
from tests.examples import drawing
from tests.nations import drawn
from tests.nations import problems as nation_problems
from tests.plan_problems import full_problems

ONE, MANY = compiled_engine(1), compiled_engine(3)
SEEDS = st.integers(0, 2**20)
TABLES = ("channel", "in_pack", "on_seat", "on_screen", "room")


def any_plan(week: WeekArrays, seed: int) -> Bytes:
    """Draw a channel for each lesson, whether it can bring it or not."""
    chance = np.random.default_rng(seed)
    shape = (week.students.count, week.slots)
    drawn = chance.integers(NOTHING, len(week.channels), shape).astype(np.int8)
    return np.where(week.programs[week.students.program] == NOTHING, np.int8(NOTHING), drawn)


def all_alike(week: WeekArrays, seed: int) -> WeekArrays:
    """Return a week in which every way is worth the same, and some homes lack data alone."""
    people, lessons = week.students, week.lessons
    caps = np.full_like(people.caps, NO_CAP)
    caps[np.random.default_rng(seed).random(people.count) < 0.3, Cap.HEAVY] = 1
    chance = np.where(people.chance > 0, 900, 0).astype(np.uint16)
    step = np.where(lessons.step > 0, lessons.step.max(initial=1), 0).astype(np.int32)
    none = people.taste[:0]
    students = replace(people, caps=caps, chance=chance, taste=none)
    return replace(week, students=students, lessons=replace(lessons, step=step))


def assert_same(one: Standing, other: Standing) -> None:
    for name in TABLES:
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name


def overdrawn(week: WeekArrays, engine: Engine, seed: int) -> tuple[Standing, Reals]:
    """Return a plan of ways that are open, with less of most things than it takes, and prices."""
    chance = np.random.default_rng(seed)
    price = chance.random(len(week.pools.amount)) * LESSON / 50
    whole = Block(week, 0, week.students.count)
    channel = np.full((whole.count, week.slots), NOTHING, dtype=np.int8)
    for column in chance.permutation(len(week.channels)).tolist():
        is_taken = (gross(whole, column) > IMPOSSIBLE) & (chance.random(channel.shape) < 0.7)
        channel[is_taken] = column
    taken = by_pool(week, takes_of(whole, channel))
    amount = np.floor(taken * chance.random(len(taken)) * 1.2)
    scarce = replace(week, pools=replace(week.pools, amount=amount))
    return engine.stand(scarce, channel, 1), price


@given(full_problems(), SEEDS)
@drawing(25)
def test_any_plan_of_a_school_is_counted_alike(problem: PlanProblem, seed: int) -> None:
    _assert_counted_alike(arrays_of(problem), seed)


@given(nation_problems(), SEEDS)
@drawing(20)
def test_any_plan_of_a_nation_is_counted_alike(problem: Problem, seed: int) -> None:
    _assert_counted_alike(arrays_of_nation(problem), seed)


def _assert_counted_alike(week: WeekArrays, seed: int) -> None:
    channel = any_plan(week, seed)
    kept = channel.copy()
    one, other = NUMPY.stand(week, channel, 2), MANY.stand(week, channel, 2)
    assert_same(one, other)
    whole = Block(week, 0, week.students.count)
    worth = gross_worth(whole, channel), true_cost(week, takes_of(whole, channel))
    assert NUMPY.add_up(one, 2) == MANY.add_up(other, 2) == worth
    # The plan that was handed in is its owner's: what moves in the books moves there alone.
    other.channel[:] = NOTHING
    assert channel.tolist() == kept.tolist()


@given(nation_problems(), SEEDS)
@settings(max_examples=10)
def test_parts_of_a_nation_add_up_to_the_whole(problem: Problem, seed: int) -> None:
    """Homes and schools may lie across the parts that threads count."""
    week = arrays_of_nation(problem)
    channel = any_plan(week, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.solver.kernel.recounting.BLOCK", 2)
        cut, summed = MANY.stand(week, channel, 3), MANY.add_up(Standing.of(week, channel), 3)
    assert BLOCK > 2
    assert_same(cut, Standing.of(week, channel))
    assert summed == NUMPY.add_up(cut, 1)


@given(full_problems(), SEEDS, st.booleans(), st.booleans())
@drawing(40)
def test_too_much_is_taken_back_alike_whether_lessons_may_move_or_not(
    problem: PlanProblem, seed: int, may_move: bool, is_alike: bool
) -> None:
    week = arrays_of(problem)
    if is_alike:
        week = all_alike(week, seed)
    found = []
    for engine in (NUMPY, ONE):
        standing, price = overdrawn(week, engine, seed)
        over = np.flatnonzero(standing.room < -TOLERANCE)
        engine.relieve(standing, price)(over, may_move)
        found.append(standing)
        again = Standing.of(standing.week, standing.channel)
        assert again.in_pack.tolist() == standing.in_pack.tolist()
        assert np.allclose(again.room, standing.room, rtol=0, atol=TOLERANCE)
        if not may_move and not len(week.students.decided):
            assert (standing.room[over] >= -TOLERANCE).all()
    one, other = found
    for name in TABLES[:-1]:
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    assert np.allclose(one.room, other.room, rtol=0, atol=TOLERANCE)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> WeekArrays:
    folder = tmp_path_factory.mktemp("regions")
    drawn(folder, 150)
    return read_problem(folder)


@pytest.mark.parametrize("may_move", [True, False])
@pytest.mark.parametrize(("seed", "parts"), [(1, 32), (2, 1), (3, 2), (4, 32)])
def test_regions_take_back_alike_on_any_number_of_threads(
    nation: WeekArrays, seed: int, parts: int, may_move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solver.kernel.taking_back._PARTS", parts)
    week = all_alike(nation, seed) if seed % 2 else nation
    found = []
    for engine in (ONE, MANY, NUMPY):
        standing, price = overdrawn(week, engine, seed)
        over = np.flatnonzero(standing.room < -TOLERANCE)
        over = over[week.pools.message_day[_use_of(week)[over]] < 0]
        assert len(over) > 5
        engine.relieve(standing, price)(over, may_move)
        found.append(standing)
    assert_same(found[0], found[1])
    assert found[0].channel.tolist() == found[2].channel.tolist()
    assert np.allclose(found[0].room, found[2].room, rtol=0, atol=TOLERANCE)


def _use_of(week: WeekArrays) -> Longs:
    """Return some use of each pool."""
    found = np.zeros(len(week.pools.amount), dtype=np.int64)
    for use, pools in enumerate(week.pools.of_school.T):
        found[pools[pools != NOTHING]] = use
    return found


@given(nation_problems())
@drawing(20)
def test_who_draws_on_a_pool_is_found_in_order(problem: Problem) -> None:
    week = arrays_of_nation(problem)
    draws, pools = Draws.of(week), week.pools
    for pool in range(len(pools.amount)):
        at = pools.of_school == pool
        looked_for = [(use, np.flatnonzero(at[:, use]).tolist()) for use in range(at.shape[1])]
        found = [(use, schools.tolist()) for use, schools in draws.on(pool)]
        assert found == [(use, schools) for use, schools in looked_for if schools]
