"""Bugs planted in the solver of a nation turn the nation's own checker red."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scheduler.nation.checking import check_arrays
from scheduler.nation.folder import read_problem
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.rules.channel_choice import Resource
from scheduler.solver.reasons import Strangers, reasons_of
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import NO_CAP, WeekArrays
from tests.nations import drawn
from tests.unit.test_planted_bugs import Blind, not_counted, part, quick_solve

STUDENTS = 45


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> WeekArrays:
    """A nation in which homes and pools have less than is wanted; for some a person decided."""
    folder = tmp_path_factory.mktemp("planted")
    drawn(folder, STUDENTS)
    found = read_problem(folder)
    people, pools = found.students, found.pools
    caps = people.caps.copy()
    caps[::4, 0], caps[1::4, 1], caps[2::4, 2] = 1, 2, 1
    large = np.arange(people.count) % 3 == 0
    by_air = found.lessons.is_open[found.programs[people.program], 1] & (people.chance[:, :, 1] > 0)
    by_air &= ((np.arange(people.count) % 4 == 3) & (caps == NO_CAP).all(axis=1))[:, None]
    decided = np.where(by_air, 1, -1).astype(np.int8)
    scarce = {Resource.PRINT_PAGES: 0.2}
    share = np.array([scarce.get(one, 0.6) for one in pools.resource])
    return replace(
        found,
        students=replace(people, caps=caps, is_large=large, decided=decided),
        pools=replace(pools, amount=np.ceil(pools.amount * share)),
    )


def solved(week: WeekArrays) -> PlanArrays:
    found = quick_solve(week)
    count = week.students.count
    nobody = np.zeros((count, week.slots), dtype=np.bool_)
    asked = Strangers(nobody[:, 0], nobody)
    return PlanArrays(
        engine="planted",
        channel=found.channel,
        reason=reasons_of(Standing.of(week, found.channel), asked),
        price=found.price,
        use=found.use,
        objective=found.objective,
        bound=int(found.bound),
        cost=found.cost,
        fallback=np.zeros((0, 0), dtype=np.int8),
    )


def rules(week: WeekArrays, plan: PlanArrays) -> set[str]:
    return {one.rule for one in check_arrays(week, plan)}


def test_without_a_bug_all_is_well(week: WeekArrays) -> None:
    assert rules(week, solved(week)) == set()


def without(cap: int) -> Blind:
    def caps(week: WeekArrays) -> Any:
        found = week.students.caps.copy()
        found[:, cap] = NO_CAP
        return found

    return part("students", caps=caps)


BLIND: dict[str, tuple[Blind, set[str]]] = {
    "print pages not counted": (not_counted(Resource.PRINT_PAGES), {"capacity", "use"}),
    "post money not counted": (not_counted(Resource.POST_MONEY), {"capacity", "use"}),
    "copiers not counted": (not_counted(Resource.COPIER_PAGES), {"capacity", "use"}),
    "seats not counted": (not_counted(Resource.DUTY_SEATS), {"capacity", "use"}),
    "messages not counted": (not_counted(Resource.MESSAGES), {"capacity", "use"}),
    "no data plan": (without(0), {"data"}),
    "no phone hours": (without(1), {"phone"}),
    "no TV hours": (without(2), {"tv"}),
    "decisions lost": (part("students", decided=lambda w: w.students.decided[:0]), {"decided"}),
    "all channels reach all": (
        part("students", chance=lambda w: np.maximum(w.students.chance, 1)),
        {"possible"},
    ),
    "large print forgotten": (
        part("students", is_large=lambda w: np.zeros_like(w.students.is_large)),
        {"use", "cost"},
    ),
    "a pack for each child": (
        part("students", household=lambda w: np.arange(w.students.count)),
        {"use", "cost"},
    ),
    "every channel fits alike": (
        part("lessons", step=lambda w: np.minimum(w.lessons.step, 50_000)),
        {"objective"},
    ),
    "packs cost nothing": (
        part("tariff", pack=lambda w: np.zeros_like(w.tariff.pack)),
        {"objective", "cost"},
    ),
}


@pytest.mark.parametrize("name", BLIND)
def test_what_the_solver_is_blind_to_is_seen(name: str, week: WeekArrays) -> None:
    blind, expected = BLIND[name]
    assert expected <= rules(week, solved(blind(week)))


SAID: dict[str, tuple[Callable[[PlanArrays], PlanArrays], str]] = {
    "a bound below the plan": (lambda p: replace(p, bound=p.objective - 1), "bound"),
    "a cost left out": (lambda p: replace(p, cost=0), "cost"),
    "the worth before cost": (lambda p: replace(p, objective=p.objective + p.cost), "objective"),
    "a use in other units": (lambda p: replace(p, use=p.use / 100), "use"),
    "one reason for all": (lambda p: replace(p, reason=np.full_like(p.reason, 2)), "truth"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_solver_says_wrongly_is_seen(name: str, week: WeekArrays) -> None:
    wrongly, expected = SAID[name]
    assert expected in rules(week, wrongly(solved(week)))
