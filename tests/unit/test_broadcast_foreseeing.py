"""A grid for the repeats that will follow: what they give back may cross."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadcast.checker.checking import faults
from broadcast.families.losses import lost
from broadcast.plan.model import AiringKind, Plan
from broadcast.problem.model import (
    Channel,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.solver.foreseeing import BEYOND, TRIES, Left, capped, foreseen
from broadcast.solver.solving import solve

CROSSING = [[0, 1000, 30], [1000, 0, 200], [30, 200, 0]]
DAY = (0,)


class Searches:
    """Searches that were asked for, each answered with the next of what is given."""

    def __init__(self, answers: Sequence[Left]) -> None:
        self.answers = list(answers)
        self.seen: list[Sequence[Sequence[int]]] = []

    def __call__(self, seen: Sequence[Sequence[int]]) -> Left:
        self.seen.append(seen)
        return self.answers[len(self.seen) - 1]


lefts = st.builds(
    lambda after, given_back, last: Left(after + given_back, after, last),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.integers(0, 900),
)


@given(st.floats(1, 2000), st.lists(st.integers(0, 5000), min_size=1, max_size=9))
def test_above_a_price_a_crossing_costs_a_tenth_and_heavier_ones_no_less(
    most: float, row: list[int]
) -> None:
    (seen,) = capped([row], most)
    for one, price in zip(row, seen, strict=True):
        assert price == one if one <= most else most - 1 <= price <= most + BEYOND * (one - most)
    assert [price for _, price in sorted(zip(row, seen, strict=True))] == sorted(seen)


def test_where_repeats_are_not_scarce_crossings_are_seen_as_they_are() -> None:
    searches = Searches([Left(900, 0, 0)])
    assert foreseen(CROSSING, searches) is CROSSING
    assert len(searches.seen) == 1


@given(st.lists(lefts, min_size=TRIES, max_size=TRIES))
def test_the_best_of_few_searches_is_taken_and_the_plain_one_is_among_them(
    answers: list[Left],
) -> None:
    searches = Searches(answers)
    best = foreseen(CROSSING, searches)
    asked = answers[: len(searches.seen)]
    costs = [one.cost for one in asked]
    assert best is searches.seen[costs.index(min(costs))]
    assert searches.seen[0] is CROSSING
    assert len(asked) == TRIES or asked[-1].last == 0


def test_the_price_nears_what_the_last_repeat_is_worth() -> None:
    """It is worth 100, whatever the search pays: 67, 82 and 90 are tried after it."""
    found = [Left(1000, 500, 100)] * TRIES
    searches = Searches(found)
    foreseen([[0, 1100], [1100, 0]], searches)
    assert [seen[0][1] for seen in searches.seen] == [1100, 200, 170, 183, 191]


def test_the_price_rises_while_the_last_repeat_is_worth_more() -> None:
    searches = Searches([Left(1000, 500, 100), *[Left(1000, 500, 1000)] * (TRIES - 1)])
    foreseen([[0, 5000], [5000, 0]], searches)
    tried = [seen[0][1] for seen in searches.seen]
    assert tried[1] < tried[2] < tried[3] < tried[4] < 5000


def four(quota: int, **more: object) -> Problem:
    """Four grades on two channels: either a with b and c with d, or a with c and b with d.

    The first crosses more homes (101 against 100), but half of its airings cross nobody.
    """
    channels = tuple(
        Channel(
            id=key,
            name=key,
            medium=Medium.TV,
            languages=("kk",),
            regions=("kz",),
            zone="UTC",
            windows=(Hours(DAY, 9 * 60, 10 * 60),),
            repeat_windows=(Hours(DAY, 18 * 60, 19 * 60),),
            grid_min=15,
        )
        for key in ("one", "two")
    )
    streams = tuple(Stream(key, "kk", (grade,), ("kz",)) for grade, key in enumerate("abcd", 1))
    made = Problem(
        meta=Meta("four", "UTC", date(2026, 1, 26), 1, iterations=20_000),
        regions={"kz": "UTC"},
        channels=channels,
        streams=streams,
        lessons=tuple(
            Lesson(f"{one.id}{n}", one.id, f"subject {n}", 1, 15) for one in streams for n in (1, 2)
        ),
        homes=tuple(
            HomeKind(pair, count, 2)
            for pair, count in (
                (("a", "b"), 101),
                (("a", "c"), 50),
                (("b", "d"), 50),
                (("a", "d"), 300),
                (("b", "c"), 300),
            )
        ),
        policy=Policy(repeat_quota=quota),
    )
    return replace(made, **more)


def beside(plan: Plan) -> set[frozenset[str]]:
    """Return which grades have first runs at once."""
    at: dict[object, set[str]] = {}
    for one in plan.airings:
        if one.kind == AiringKind.FIRST:
            at.setdefault(one.start, set()).add(one.lesson[0])
    return {frozenset(one) for one in at.values()}


def test_a_grid_without_repeats_crosses_least() -> None:
    plan = solve(four(0))
    assert beside(plan) == {frozenset("ac"), frozenset("bd")}


def test_a_grid_for_two_repeats_crosses_what_they_give_back() -> None:
    plan = solve(four(2))
    assert faults(four(2), plan) == []
    assert beside(plan) == {frozenset("ab"), frozenset("cd")}
    assert lost(four(2), plan.airings).share == 0


def test_with_repeats_enough_for_all_the_grid_stays_as_without() -> None:
    assert beside(solve(four(-1))) == beside(solve(four(8))) == beside(solve(four(0)))


def test_repeats_that_have_no_hours_are_not_foreseen() -> None:
    given_none = tuple(replace(one, repeat_windows=()) for one in four(2).channels)
    plan = solve(four(2, channels=given_none))
    assert beside(plan) == {frozenset("ac"), frozenset("bd")}
    assert not plan.report["repeats"]


def test_a_grid_that_foresees_is_the_same_again() -> None:
    assert solve(four(2)) == solve(four(2))
