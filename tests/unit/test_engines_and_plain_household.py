"""Every engine against one household answered by trying everything, at any prices."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.nation.compiling import arrays_of as arrays_of_nation
from scheduler.nation.problem import Problem
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.compiling import arrays_of
from scheduler.solver.offers import Block
from scheduler.solver.rates import DAYS, Rates
from scheduler.solver.week_arrays import NOTHING, Cap, Role, WeekArrays
from tests.examples import drawing
from tests.nations import problems as nation_problems
from tests.plain_household import households
from tests.plan_problems import (
    FULL_CHANNELS,
    Reached,
    full_problems,
    lesson,
    problem,
    student,
    with_override,
)
from tests.solver_engines import ENGINES, Engine

Costs = Callable[[WeekArrays], Rates]

# What a pack, a side, a seat, a hundredth of a minute and a message cost at most.
_DEAREST = (LESSON, LESSON // 8, 2 * LESSON, LESSON // 300, LESSON)


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


@st.composite
def costs(draw: st.DrawFn) -> Costs:
    """Costs of anything between nothing and more than it is worth, drawn for the week's shape."""
    seed, cheap = draw(st.integers(0, 2**20)), draw(st.sampled_from([1, 5, 50]))
    free = [draw(st.booleans()) for _ in _DEAREST]

    def drawn(week: WeekArrays) -> Rates:
        chance = np.random.default_rng(seed)
        schools, channels = len(week.school), len(week.channels)
        shapes = [(schools, channels)] * 3 + [(schools,), (schools, DAYS)]
        arrays = [
            chance.integers(0, 1 if is_free else dearest // cheap, shape)
            * chance.integers(0, 2, shape)
            for shape, dearest, is_free in zip(shapes, _DEAREST, free, strict=True)
        ]
        return Rates(*arrays)

    return drawn


def faults(engine: Engine, week: WeekArrays, rates: Rates) -> list[str]:
    """Hold an engine's answer for every household against everything that could be done."""
    found = engine(Block(week, 0, week.students.count), rates)
    homes = households(week, rates)
    said = [] if len(found.worth) == len(found.most) == len(homes) else ["homes"]
    for home, worth, most in zip(homes, found.worth.tolist(), found.most.tolist(), strict=True):
        best = home.best()
        if best is None or home.worth(found.channel[home.rows].tolist()) != worth:
            said.append("its channels are not worth what it says")
        elif not worth <= best <= most:
            said.append(f"{best} is the best, not from {worth} to {most}")
        elif home.is_simple and not worth == best == most:
            said.append(f"{best} is the best of a simple home, not {worth} or {most}")
    return said


@given(given_problem=full_problems(), drawn=costs())
@drawing(30)
def test_a_school_s_household_takes_what_is_best(
    engine: Engine, given_problem: PlanProblem, drawn: Costs
) -> None:
    week = arrays_of(given_problem)
    assert faults(engine, week, drawn(week)) == []


@given(given_problem=nation_problems(), drawn=costs())
@drawing(30)
def test_a_nation_s_household_takes_what_is_best_beside_decisions(
    engine: Engine, given_problem: Problem, drawn: Costs
) -> None:
    week = arrays_of_nation(given_problem)
    assert faults(engine, week, drawn(week)) == []


@given(given_problem=full_problems(), drawn=costs())
@drawing(20)
def test_without_limits_of_the_home_the_answer_is_exact(
    engine: Engine, given_problem: PlanProblem, drawn: Costs
) -> None:
    homes = [replace(one, phone_lessons=None, tv_lessons=None) for one in given_problem.students]
    week = arrays_of(replace(given_problem, students=tuple(homes)))
    rates = replace(drawn(week), message=np.zeros((len(week.school), DAYS), dtype=np.int64))
    assert all(home.is_simple for home in households(week, rates))
    assert faults(engine, week, rates) == []


@given(given_problem=nation_problems(), drawn=costs())
@drawing(20)
def test_what_packs_and_seats_gain_is_what_would_be_lost_without(
    engine: Engine, given_problem: Problem, drawn: Costs
) -> None:
    week = arrays_of_nation(replace(given_problem, decisions=()))
    rates = drawn(week)
    gain = engine(Block(week, 0, week.students.count), rates).gain
    bare = ~np.isin(week.role, [Role.PACK, Role.SEAT])
    is_open = week.lessons.is_open & bare
    without = replace(week, lessons=replace(week.lessons, is_open=is_open))
    pairs = zip(households(week, rates), households(without, rates), gain.tolist(), strict=True)
    for home, poorer, gained in pairs:
        if home.is_simple:
            assert gained == home.best() - poorer.best()  # type: ignore[operator]


@given(given_problem=nation_problems(), drawn=costs(), parts=st.integers(1, 8))
@drawing(20)
def test_a_household_answers_alone_as_among_others(
    engine: Engine, given_problem: Problem, drawn: Costs, parts: int
) -> None:
    week = arrays_of_nation(given_problem)
    rates, whole = drawn(week), Block(week, 0, week.students.count)
    together = engine(whole, rates)
    bounds = [*whole.households[:: max(1, len(whole.households) // parts)], whole.count]
    alone = [engine(Block(week, int(start), int(stop)), rates) for start, stop in pairwise(bounds)]
    for name in ("channel", "worth", "most", "gain"):
        parted = np.concatenate([getattr(one, name) for one in alone])
        assert (parted == getattr(together, name)).all()


def one_child(**limits: int) -> PlanProblem:
    """Three lessons on one day, better on the phone than on TV."""
    shelf = [lesson(number) for number in (5, 10, 15)]
    child = student(1, shelf, **limits)
    made = problem(shelf, {child: Reached(telegram=0.8, broadcast=0.5)})
    return replace(made, channels=FULL_CHANNELS)


def free_rates(week: WeekArrays, message: int = 0) -> Rates:
    wide = np.zeros((len(week.school), len(week.channels)), dtype=np.int64)
    daily = np.full((len(week.school), DAYS), message, dtype=np.int64)
    return Rates(wide, wide, wide, wide[:, 0], daily)


def gain_of_phone(week: WeekArrays) -> int:
    (home,) = households(week, free_rates(week))
    phone, tv = (int(np.flatnonzero(week.screen == cap)[0]) for cap in (Cap.PHONE, Cap.TV))
    return sum(nets[phone] - nets[tv] for nets in home.children[0].nets)


@pytest.mark.parametrize("by", range(-3, 4))
def test_a_message_is_sent_when_its_lessons_are_worth_it(engine: Engine, by: int) -> None:
    week = arrays_of(one_child())
    rates = free_rates(week, gain_of_phone(week) + by)
    assert faults(engine, week, rates) == []
    channel = engine(Block(week, 0, 1), rates).channel[0].tolist()
    phone = int(np.flatnonzero(week.screen == Cap.PHONE)[0])
    assert (phone in channel) == (by <= 0)


def test_a_decision_keeps_its_place_on_the_one_phone(engine: Engine) -> None:
    week = arrays_of(with_override(one_child(phone_lessons=1), 1, 10, "telegram"))
    assert faults(engine, week, free_rates(week)) == []
    channel = engine(Block(week, 0, 1), free_rates(week)).channel[0].tolist()
    assert [week.channels[one] for one in channel] == ["broadcast", "telegram", "broadcast"]


def test_a_pack_is_made_only_when_the_children_together_are_worth_it(engine: Engine) -> None:
    shelf = [lesson(1)]
    children = [student(number, shelf, household=7) for number in (1, 2)]
    week = arrays_of(problem(shelf, dict.fromkeys(children, Reached(post=0.8))))
    post = week.channels.index("post")
    (home,) = households(week, free_rates(week))
    both = sum(child.nets[0][post] for child in home.children)
    for price, taken in ((both - 1, post), (both + 1, NOTHING)):
        pack = np.zeros((1, len(week.channels)), dtype=np.int64)
        pack[0, post] = price
        rates = replace(free_rates(week), pack=pack)
        assert faults(engine, week, rates) == []
        assert (engine(Block(week, 0, 2), rates).channel[:, 0] == taken).all()
