"""Bugs planted in the planner turn the independent checker red; without them it is green.

What the solver is blind to is planted in the columns that it is given, what it says wrongly in
what it gives back: so it holds for whatever stands between the two.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from scheduler import planner
from scheduler.checker import check
from scheduler.model import Plan, PlanProblem, Violation
from scheduler.planner import make_plan
from scheduler.replanning import Before, Changes, changed_problem, make_replan, with_standing
from scheduler.rules.channel_choice import Resource
from scheduler.second_ways import with_fallbacks
from scheduler.solver.compiling import arrays_of
from scheduler.solver.fill import fill
from scheduler.solver.price_search import find_prices
from scheduler.solver.reasons import reasons_of
from scheduler.solver.repair import relieve, repair
from scheduler.solver.solving import Solution, answer, finished
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Cap, Role, WeekArrays
from tests.exact_plans import most_worth
from tests.plan_problems import Reached, a_village, lesson, problem, student, with_override
from tests.scarce_school import SEEDS, scarce_school, sound_plan

Blind = Callable[[WeekArrays], WeekArrays]
ROUNDS = 4


def quick_solve(week: WeekArrays) -> Solution:
    """Solve as for a large school, with few rounds: the bugs lie before and behind."""
    prices = find_prices(week, rounds=ROUNDS)
    standing = Standing.of(week, answer(week, prices.price))
    repair(standing, prices.price, relieve)
    fill(standing, prices.price)
    return finished(standing, prices)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "solve", quick_solve)
    # They are kept from test to test: none may be drawn while a bug is planted.
    for seed in SEEDS:
        sound_plan(seed)


def rules(found: Iterable[Violation]) -> set[str]:
    return {one.rule for one in found}


def is_seen(*expected: str) -> bool:
    """Plan one school after the other until the checker names what a planted bug breaks."""
    return any(set(expected) <= rules(make_plan(scarce_school(one)).violations) for one in SEEDS)


def test_without_a_bug_all_is_well_and_everything_is_scarce() -> None:
    said = set()
    for seed in SEEDS:
        assert check(scarce_school(seed), sound_plan(seed)) == []
        said |= {c.reason for line in sound_plan(seed).students for c in line.choices}
    assert set(FALSE_REASONS) <= said


def not_counted(resource: Resource) -> Blind:
    def blind(week: WeekArrays) -> WeekArrays:
        pools = week.pools
        own = [row for row, one in enumerate(pools.resource) if one == resource]
        of_school = np.where(np.isin(pools.of_school, own), NOTHING, pools.of_school)
        return replace(week, pools=replace(pools, of_school=of_school.astype(np.int32)))

    return blind


def part(name: str, **change: Callable[[WeekArrays], Any]) -> Blind:
    """Change some columns of a part of the week."""

    def blind(week: WeekArrays) -> WeekArrays:
        changed = {column: of(week) for column, of in change.items()}
        return replace(week, **{name: replace(getattr(week, name), **changed)})

    return blind


def without_cap(cap: Cap) -> Blind:
    def caps(week: WeekArrays) -> Any:
        found = week.students.caps.copy()
        found[:, cap] = NO_CAP
        return found

    return part("students", caps=caps)


def seats_of_homes(week: WeekArrays) -> WeekArrays:
    """Seat whole homes: what a pack is for paper."""
    pools, tariff = week.pools, week.tariff
    return replace(
        week,
        role=np.where(week.role == Role.SEAT, Role.PACK, week.role).astype(np.int8),
        pools=replace(pools, by_pack=pools.by_pack + pools.by_seat),
        tariff=replace(tariff, pack=tariff.pack + tariff.seat),
    )


BLIND: dict[str, tuple[Blind, set[str]]] = {
    **{f"{one.value} not counted": (not_counted(one), {"capacity", "books"}) for one in Resource},
    "no phone hours": (without_cap(Cap.PHONE), {"home"}),
    "no TV hours": (without_cap(Cap.TV), {"home"}),
    "no data plan": (without_cap(Cap.HEAVY), {"home"}),
    "decisions lost": (part("students", decided=lambda w: w.students.decided[:0]), {"override"}),
    "all channels reach all": (
        part("students", chance=lambda w: np.maximum(w.students.chance, 1)),
        {"reach"},
    ),
    "no deadline": (
        part("lessons", is_open=lambda w: np.ones_like(w.lessons.is_open)),
        {"reach"},
    ),
    "large print forgotten": (
        part("students", is_large=lambda w: np.zeros_like(w.students.is_large)),
        {"books", "cost"},
    ),
    "a pack for each child": (
        part("students", household=lambda w: np.arange(w.students.count)),
        {"books", "cost"},
    ),
    "a pack for two homes": (
        part("students", household=lambda w: w.students.household // 2),
        {"books", "cost"},
    ),
    "a seat for each home": (seats_of_homes, {"books", "cost"}),
    "cover sheets not counted": (
        part("pools", by_pack=lambda w: np.zeros_like(w.pools.by_pack)),
        {"books"},
    ),
    "messages counted on another day": (
        part("pools", message_day=lambda w: np.where(w.pools.message_day == 0, 4, -1)),
        {"books"},
    ),
    "each lesson is one side": (
        part("lessons", sides=lambda w: np.ones_like(w.lessons.sides)),
        {"books", "cost"},
    ),
    "minutes taken for hundredths": (
        part("lessons", marking=lambda w: w.lessons.marking // 100),
        {"books", "capacity"},
    ),
    "every channel fits alike": (
        part("lessons", step=lambda w: np.full_like(w.lessons.step, 50_000)),
        {"objective"},
    ),
    "last week forgotten": (
        part("students", previous=lambda w: w.students.previous[:0]),
        {"objective"},
    ),
    "wishes forgotten": (
        part("students", taste=lambda w: np.zeros_like(w.students.taste)),
        {"objective"},
    ),
    "packs cost nothing": (
        part("tariff", pack=lambda w: np.zeros_like(w.tariff.pack)),
        {"objective", "cost"},
    ),
    "the other school's pools": (
        part("pools", of_school=lambda w: w.pools.of_school[::-1]),
        {"books"},
    ),
}


@pytest.mark.parametrize("name", BLIND)
def test_what_the_solver_is_blind_to_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blind, expected = BLIND[name]
    compiled = arrays_of
    monkeypatch.setattr(planner, "arrays_of", lambda given: blind(compiled(given)))
    assert is_seen(*expected)


R = ChoiceReason
FALSE_REASONS = {
    R.BEST_VALUE: R.SECOND_BEST,
    R.SECOND_BEST: R.BEST_VALUE,
    R.ONLY_IN_TIME: R.ONLY_CHANNEL,
    R.ONLY_CHANNEL: R.ONLY_IN_TIME,
    R.TEACHER: R.KEPT,
    R.NO_PAGES: R.NO_CHANNEL_FITS,
    R.NO_SEATS: R.NO_DATA,
    R.NO_MESSAGES: R.CUTOFF_PASSED,
    R.NO_SCREEN_TIME: R.NO_MARKING,
    R.NO_MARKING: R.NO_SEATS,
    R.NO_DATA: R.NO_MESSAGES,
    R.CUTOFF_PASSED: R.NO_PAGES,
}


@pytest.mark.parametrize("true", FALSE_REASONS, ids=lambda one: one.name)
def test_a_reason_that_is_not_true_is_seen(
    true: ChoiceReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = reasons_of

    def lying(*about: Any) -> Any:
        return np.where((found := given(*about)) == true, FALSE_REASONS[true], found)

    monkeypatch.setattr(planner, "reasons_of", lying)
    assert is_seen("truth")


def other_terms(**changes: Any) -> Callable[[PlanProblem], PlanProblem]:
    def doctored(given: PlanProblem) -> PlanProblem:
        return replace(
            given, channels={name: replace(one, **changes) for name, one in given.channels.items()}
        )

    return doctored


def own_domains(given: PlanProblem) -> PlanProblem:
    named = {name: replace(one, failure_domain=name) for name, one in given.channels.items()}
    return replace(given, channels=named)


def all_reach(given: PlanProblem) -> PlanProblem:
    options = {
        place: tuple(replace(one, possible=True, likelihood=0.9) for one in answer)
        for place, answer in given.options.items()
    }
    return replace(given, options=options)


SECOND_WAYS = {
    "in the same failure domain": own_domains,
    "in no time": other_terms(lead_days=0, is_paper=False),
    "by what cannot take over": other_terms(can_take_over=True),
    "by what does not reach the home": all_reach,
}


@pytest.mark.parametrize("name", SECOND_WAYS)
def test_a_second_way_that_cannot_work_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    doctored = SECOND_WAYS[name]
    monkeypatch.setattr(
        # Without limits: where all is used up no second way would be planned at all.
        planner,
        "with_fallbacks",
        lambda given, *rest: with_fallbacks(replace(doctored(given), capacities=()), *rest),
    )
    assert is_seen("fallback")


def test_a_second_way_for_what_nothing_brings_is_seen() -> None:
    plan = sound_plan()
    every = tuple(replace(one, fallbacks=("telegram",) * len(one.lessons)) for one in plan.students)
    found = check(scarce_school(), replace(plan, students=every))
    assert rules(found) == {"fallback"}


def test_decisions_that_need_more_than_there_is_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = [lesson(1)]
    given = with_override(
        problem(shelf, {student(1, shelf): Reached(telegram=0.9, post=0.9)}, pages=1), 1, 1, "post"
    )
    monkeypatch.setattr(planner, "_refuse_overdrawn", lambda *_: None)
    assert rules(make_plan(given).violations) == {"capacity"}


def test_a_bound_below_the_best_plan_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what is sold at the prices had been forgotten."""
    village = a_village(Random(3), 8, 5)
    best = most_worth(village)
    assert make_plan(village).objective < best <= make_plan(village).bound

    def forgetful(week: WeekArrays) -> Solution:
        found = quick_solve(week)
        return replace(found, bound=found.bound - float(found.price @ week.pools.amount))

    monkeypatch.setattr(planner, "solve", forgetful)
    assert make_plan(village).bound < best


def places_on(plan: Plan, channel: str) -> set[tuple[int, int]]:
    return {
        (line.student, number)
        for line in plan.students
        for number, choice in zip(line.lessons, line.choices, strict=True)
        if choice.channel == channel
    }


def stood(seed: int) -> Before:
    plan = sound_plan(seed)
    return Before(scarce_school(seed), plan.students, plan.use)


def test_a_pack_that_is_unsent_by_a_replan_is_seen() -> None:
    """The hall where paper is handed over closes; what was handed over stays handed over."""
    before = stood(SEEDS[0])
    now = changed_problem(before.problem, Changes(down=frozenset({"in_person"})))
    stands = with_standing(before, now, places_on(sound_plan(SEEDS[0]), "in_person"))
    assert check(stands, make_replan(before, stands)) == []
    forgotten = make_replan(before, with_standing(before, now, set()))
    assert "standing" in rules(check(stands, forgotten))


def test_a_replan_that_moves_whom_nothing_happened_to_is_seen() -> None:
    """A full plan is made where only the homes with a messenger have lost something."""
    found = set()
    for seed in SEEDS:
        before = stood(seed)
        now = changed_problem(before.problem, Changes(down=frozenset({"telegram"})))
        stands = with_standing(before, now, set())
        assert check(stands, make_replan(before, stands)) == []
        found |= rules(check(stands, make_plan(now)))
    assert "standing" in found


def test_a_decision_that_a_replan_does_not_hear_of_is_seen() -> None:
    before = stood(SEEDS[0])
    without = replace(before.problem, overrides={})
    on_tv = places_on(sound_plan(SEEDS[0]), "broadcast")
    place = next(
        place
        for place, answer in sorted(without.options.items())
        if place not in on_tv and without.student[place[0]].tv_lessons is None
        if any(one.possible for one in answer if one.channel == "broadcast")
    )
    decided = with_override(before.problem, *place, "broadcast")
    stands = with_standing(before, decided, set())
    assert check(stands, make_replan(before, stands)) == []
    assert "override" in rules(check(stands, make_replan(before, replace(stands, overrides={}))))


def test_ties_by_the_place_in_a_list_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six children who are alike and paper for three: the order of import must not decide."""
    shelf = [lesson(1, pages=2)]
    alike = {student(number, shelf): Reached(in_person=0.9) for number in range(1, 7)}
    given = problem(shelf, alike, pages=15)
    turned = replace(given, students=given.students[::-1])
    assert lines(given) == lines(turned)
    compiled = arrays_of

    def by_place(about: PlanProblem) -> WeekArrays:
        week = compiled(about)
        place = {one.id: row for row, one in enumerate(about.students)}
        tie = np.array([place[one] for one in week.students.number.tolist()], dtype=np.uint64)
        return replace(week, students=replace(week.students, tie=tie))

    monkeypatch.setattr(planner, "arrays_of", by_place)
    assert lines(given) != lines(turned)


def lines(given: PlanProblem) -> dict[int, tuple[Choice, ...]]:
    plan: tuple[StudentPlan, ...] = make_plan(given).students
    return {one.student: one.choices for one in plan}
