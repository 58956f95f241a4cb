"""The nation's checker counts by itself, passes a sound plan, and finds every planted fault."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.nation.checking import check_arrays
from scheduler.nation.compiling import arrays_of
from scheduler.nation.counting import Sums, pieces
from scheduler.nation.folder import read_problem
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.problem import Problem
from scheduler.nation.program_tables import bits_of, count_bits
from scheduler.nation.solving import solve_nation as solved
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Cap, Role, WeekArrays
from tests.nations import drawn, problems

Pair = tuple[WeekArrays, PlanArrays]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("sound")
    drawn(folder, 150)
    week = read_problem(folder)
    return week, solved(week)


def rules(week: WeekArrays, plan: PlanArrays) -> list[str]:
    return [one.rule for one in check_arrays(week, plan)]


def test_a_sound_plan_passes(sound: Pair) -> None:
    assert rules(*sound) == []


def plain(week: WeekArrays, channel: np.ndarray) -> PlanArrays:
    """A plan whose books are empty, for counting."""
    nothing = np.zeros(len(week.pools.amount))
    reason = np.zeros(channel.shape, dtype=np.uint8)
    return PlanArrays("x", channel, reason, nothing, nothing, 0, 0, 0, np.zeros((0, 0), np.int8))


@given(problems(), st.integers(0, 1000), st.integers(1, 5))
@settings(max_examples=30)
def test_threads_find_the_same_faults_and_the_same_first_one(
    problem: Problem, seed: int, threads: int
) -> None:
    week = arrays_of(problem)
    chance = np.random.default_rng(seed)
    lesson = week.programs[week.students.program]
    channel = chance.integers(-1, len(week.channels) + 1, lesson.shape).astype(np.int8)
    is_odd = chance.random(lesson.shape) < 0.9
    channel[is_odd & ((lesson == NOTHING) | (channel == len(week.channels)))] = NOTHING
    found = []
    for count in (1, threads):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.cpu_count", lambda count=count: count)
            patch.setattr("scheduler.nation.counting.PIECE", 1)
            found.append(check_arrays(week, plain(week, channel)))
    assert found[0] == found[1]
    if (channel == len(week.channels)).any():
        strange = week.students.number[(channel == len(week.channels)).any(axis=1)]
        facts = next(one.facts for one in found[0] if one.rule == "channel")
        assert facts["student"] == strange[0]


@given(st.integers(1, 64), st.integers(0, 1000))
def test_a_bit_is_counted_for_each_slot(slots: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((7, slots)) < 0.5
    other = np.random.default_rng(seed + 1).random((7, slots)) < 0.5
    assert count_bits(bits_of(mask)).tolist() == mask.sum(axis=1).tolist()
    assert (
        count_bits(bits_of(mask) & bits_of(other)).tolist() == (mask & other).sum(axis=1).tolist()
    )


@given(problems(), st.integers(0, 1000))
@settings(max_examples=50)
def test_counting_by_arrays_is_counting_by_hand(problem: Problem, seed: int) -> None:
    week = arrays_of(problem)
    chance = np.random.default_rng(seed)
    lesson = week.programs[week.students.program]
    channel = chance.integers(-1, len(week.channels), lesson.shape).astype(np.int8)
    channel[lesson == NOTHING] = NOTHING
    sums = Sums.nothing(week)
    for piece in pieces(week, plain(week, channel)):
        sums.add(piece)
    used, worth, cost = by_hand(week, channel)
    assert sums.by_pool(week).tolist() == pytest.approx(used)
    assert (sums.worth, sums.cost) == (worth, cost)


def by_hand(week: WeekArrays, channel: np.ndarray) -> tuple[list[float], int, int]:
    """Count lesson by lesson what a plan takes and is worth."""
    used, worth, cost = [0.0] * len(week.pools.amount), 0, 0
    seen: set[Any] = set()
    people, tariff = week.students, week.tariff
    for row, slot in np.argwhere(channel != NOTHING).tolist():
        own = int(channel[row, slot])
        lesson = int(week.programs[people.program[row], slot])
        worth += int(week.lessons.step[lesson, own]) * int(people.chance[row, 0, own])
        worth += 10_000_000
        if len(people.previous) and people.previous[row, slot] == own:
            worth += week.kept
        sides = int(week.lessons.sides[lesson, int(people.is_large[row])])
        pack = (own, "pack", int(people.household[row]))
        seat = (own, "seat", row)
        if week.role[own] == Role.PACK:
            cost += sides * int(tariff.side[own]) + (pack not in seen) * int(tariff.pack[own])
        if week.role[own] == Role.SEAT:
            cost += (seat not in seen) * int(tariff.seat[own])
        message = ("message", row, int(week.lessons.day[lesson]))
        for use in range(week.pools.of_school.shape[1]):
            pool = week.pools.of_school[people.school[row], use]
            if pool != NOTHING:
                firsts = (pack not in seen, seat not in seen, message not in seen)
                used[pool] += taken(week, use, (lesson, own, sides), firsts)
        seen |= {pack, seat} | ({message} if week.screen[own] == Cap.PHONE else set())
    return used, worth, cost


def taken(
    week: WeekArrays,
    use: int,
    what: tuple[int, int, int],
    firsts: tuple[bool, bool, bool],
) -> float:
    """What one lesson takes of one use, if it is the first of its pack, seat and message."""
    (lesson, own, sides), pools = what, week.pools
    found = week.lessons.marking[lesson, own] * pools.by_marking[use]
    if week.role[own] == Role.PACK:
        found += sides * pools.by_side[use, own] + firsts[0] * pools.by_pack[use, own]
    if week.role[own] == Role.SEAT:
        found += firsts[1] * pools.by_seat[use, own]
    if pools.message_day[use] == week.lessons.day[lesson] and week.screen[own] == Cap.PHONE:
        found += firsts[2]
    return float(found)


def moved(plan: PlanArrays, row: int, slot: int, channel: int) -> PlanArrays:
    changed = plan.channel.copy()
    changed[row, slot] = channel
    return replace(plan, channel=changed)


def first(where: np.ndarray) -> tuple[int, int]:
    row, slot = np.argwhere(where)[0]
    return int(row), int(slot)


def closed(week: WeekArrays, plan: PlanArrays) -> Pair:
    lesson = week.programs[week.students.program]
    late = ~week.lessons.is_open[lesson][..., 1]
    return week, moved(plan, *first(late & (plan.channel != NOTHING)), 1)


def unreachable(week: WeekArrays, plan: PlanArrays) -> Pair:
    row = int(np.flatnonzero(week.students.chance[:, 0, 0] == 0)[0])
    return week, moved(plan, row, 0, 0)


def nowhere(week: WeekArrays, plan: PlanArrays) -> Pair:
    return week, moved(plan, 0, 0, 9)


def no_lesson(week: WeekArrays, plan: PlanArrays) -> Pair:
    programs = week.programs.copy()
    programs[:, -1] = NOTHING
    changed = replace(week, programs=programs)
    return changed, moved(plan, *first(plan.channel[:, -1:] == NOTHING)[:1], -1, 0)


def overruled(week: WeekArrays, plan: PlanArrays) -> Pair:
    decided = np.full(plan.channel.shape, NOTHING, dtype=np.int8)
    row, slot = first(plan.channel == 3)
    decided[row, slot] = 2
    return replace(week, students=replace(week.students, decided=decided)), plan


def capped(cap: Cap) -> Callable[[WeekArrays, PlanArrays], Pair]:
    def fault(week: WeekArrays, plan: PlanArrays) -> Pair:
        caps = np.full_like(week.students.caps, NO_CAP)
        caps[:, cap] = 0
        return replace(week, students=replace(week.students, caps=caps)), plan

    return fault


def less_room(week: WeekArrays, plan: PlanArrays) -> Pair:
    amount = week.pools.amount.copy()
    pool = int(np.flatnonzero(plan.use > 10)[0])
    amount[pool] = plan.use[pool] - 1
    return replace(week, pools=replace(week.pools, amount=amount)), plan


def wrong_use(week: WeekArrays, plan: PlanArrays) -> Pair:
    return week, replace(plan, use=plan.use * 0.5)


def short_use(week: WeekArrays, plan: PlanArrays) -> Pair:
    return week, replace(plan, use=plan.use[1:])


def halved(week: WeekArrays, plan: PlanArrays) -> Pair:
    return week, replace(plan, channel=plan.channel[1:])


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (closed, "possible"),
        (unreachable, "possible"),
        (nowhere, "channel"),
        (no_lesson, "lessons"),
        (overruled, "decided"),
        (capped(Cap.PHONE), "phone"),
        (capped(Cap.TV), "tv"),
        (less_room, "capacity"),
        (wrong_use, "use"),
        (short_use, "use"),
        (halved, "shape"),
        (lambda w, p: (w, replace(p, cost=p.cost - 1)), "cost"),
        (lambda w, p: (w, replace(p, objective=p.objective + 1)), "objective"),
        (lambda w, p: (w, replace(p, bound=p.objective - 1)), "bound"),
    ],
)
def test_a_planted_fault_is_found(
    sound: Pair, fault: Callable[[WeekArrays, PlanArrays], Pair], rule: str
) -> None:
    assert rule in rules(*fault(*sound))


def test_too_many_films_are_found(sound: Pair) -> None:
    week, plan = sound
    heavy = week.lessons.is_heavy[week.programs[week.students.program]]
    filmed = (heavy & (plan.channel == 0)).any(axis=1)
    assert filmed.any()
    assert rules(*capped(Cap.HEAVY)(week, plan)) == ["data"]


def test_a_capacity_that_nobody_counted_is_found(sound: Pair) -> None:
    """The solver looked at a week in which copying cost nothing."""
    week, _ = sound
    pools = week.pools
    blind = replace(
        week,
        pools=replace(
            pools, amount=np.where(np.array(pools.resource) == "copier_pages", 1e9, pools.amount)
        ),
    )
    found = check_arrays(week, solved(blind))
    assert {one.rule for one in found} == {"capacity"}
    assert all(one.facts["resource"] == "copier_pages" for one in found)
    assert "there are" in found[0].sentence.format(**found[0].facts)


REASONS = [one for one in ChoiceReason if one.has_channel]


def test_every_false_reason_of_a_lesson_with_a_channel_is_found(sound: Pair) -> None:
    week, plan = sound
    true_ones = defaultdict(set)
    for reason in [*REASONS, 99, 0, ChoiceReason.NO_PAGES, ChoiceReason.NO_CHANNEL_FITS]:
        for said in (ChoiceReason.ONLY_CHANNEL, ChoiceReason.BEST_VALUE, ChoiceReason.SECOND_BEST):
            where = first(plan.reason == said)
            changed = plan.reason.copy()
            changed[where] = reason
            if rules(week, replace(plan, reason=changed)) == []:
                true_ones[said].add(int(reason))
    assert true_ones[ChoiceReason.ONLY_CHANNEL] <= {1, 2}
    assert ChoiceReason.SECOND_BEST in true_ones[ChoiceReason.SECOND_BEST]
    assert true_ones[ChoiceReason.SECOND_BEST] <= {3, 5}
    assert ChoiceReason.BEST_VALUE in true_ones[ChoiceReason.BEST_VALUE]
    assert true_ones[ChoiceReason.BEST_VALUE] <= {2, 3}


def test_what_is_called_used_up_is_used_up(sound: Pair) -> None:
    """A lesson that is taken from its channel frees its place: no reason for nothing is true."""
    week, plan = sound
    row, slot = first(plan.channel == 0)
    without = moved(plan, row, slot, NOTHING)
    books = Sums.nothing(week)
    for piece in pieces(week, without):
        books.add(piece)
    honest = replace(
        without,
        objective=books.worth - books.cost,
        cost=books.cost,
        use=books.by_pool(week),
    )
    for reason in (one for one in ChoiceReason if not one.has_channel):
        changed = plan.reason.copy()
        changed[row, slot] = reason
        found = check_arrays(week, replace(honest, reason=changed))
        assert any(one.facts.get("reason") == reason.name for one in found), reason


def test_keeping_and_wishes_are_looked_up(sound: Pair) -> None:
    week, plan = sound
    row, slot = first(plan.reason == ChoiceReason.BEST_VALUE)
    own = plan.channel[row, slot]
    for reason, facts in (
        (ChoiceReason.KEPT, {"previous": np.full_like(plan.channel, NOTHING)}),
        (ChoiceReason.ASKED_FOR, {"wish": np.full(len(plan.channel), NOTHING, dtype=np.int8)}),
        (ChoiceReason.TEACHER, {"decided": np.full_like(plan.channel, NOTHING)}),
    ):
        (array,) = facts.values()
        changed = plan.reason.copy()
        changed[row, slot] = reason
        said = replace(plan, reason=changed)
        # The worth of staying is taken off: the books stay as they were.
        without = replace(week, kept=0, wished=0)
        people = replace(week.students, **facts)
        assert "truth" in rules(replace(without, students=people), said)
        place = row if array.ndim == 1 else (row, slot)
        array[place] = own
        assert rules(replace(without, students=people), said) == []


@given(problems())
@settings(max_examples=15)
def test_the_solver_keeps_every_rule(problem: Problem) -> None:
    week = arrays_of(replace(problem, decisions=()))
    assert rules(week, solved(week)) == []


def test_a_tv_without_time_leaves_the_phone_and_the_bound_true(sound: Pair) -> None:
    """TV would be best for a film, the home has no time for it, and the phone is free."""
    week, _ = sound
    caps = np.full_like(week.students.caps, NO_CAP)
    caps[:, Cap.TV] = 0
    without = replace(week, students=replace(week.students, caps=caps))
    plan = solved(without)
    assert rules(without, plan) == []
    assert not (plan.channel == 1).any()


def test_where_nothing_is_scarce_a_home_still_gets_what_is_best(sound: Pair) -> None:
    """TV has no time and is best: its lessons go to the phone, not into a pack of their own."""
    week, _ = sound
    free, people, own = week.pools, week.students, slice(0, 0)
    uses = ("by_pack", "by_side", "by_seat", "by_marking", "message_day")
    none = {name: getattr(free, name)[own] for name in (*uses, "amount", "resource", "key", "unit")}
    caps, chance = np.full_like(people.caps, NO_CAP), people.chance.copy()
    caps[:, Cap.TV] = 0
    chance[:, :, 0], chance[:, :, 1] = 1, np.maximum(chance[:, :, 1], 300)
    without = replace(
        week,
        students=replace(people, caps=caps, chance=chance),
        pools=replace(free, **none, of_school=free.of_school[:, own]),
    )
    plan = solved(without)
    assert rules(without, plan) == []
    assert (plan.channel == 0).any()


@given(problems())
@settings(max_examples=15)
def test_decisions_are_kept_or_set_aside(problem: Problem) -> None:
    """With paper for all a decision fails only for what is true of the home itself."""
    week = arrays_of(replace(problem, capacities=()))
    plan = solved(week)
    assert rules(week, plan) == []
    kept = int((week.students.decided != NOTHING).sum())
    assert kept + len(week.notes) == len(problem.decisions)
