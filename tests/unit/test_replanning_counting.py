"""Lost lessons that no order of placing would have saved are counted, and said to be."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.problem.model import Hours
from broadcast.replanning.counting import Start, _seat
from broadcast.replanning.events import Preempted
from broadcast.replanning.reasons import NO_AIR, TOO_MANY
from tests.small_air import DAYS, at, first, mended, one_channel, plan

WANTED = st.lists(
    st.lists(st.integers(0, 4).map(lambda cell: ("one", cell)), max_size=4, unique=True),
    min_size=1,
    max_size=5,
)


def _seated(wanted: dict[str, list[Start]]) -> tuple[int, set[str]]:
    held: dict[Start, str] = {}
    short: set[str] = set()
    for key in wanted:
        short |= _seat(key, wanted, held)
    assert all(start in wanted[who] for start, who in held.items())
    assert len(set(held.values())) == len(held)
    return len(held), short


def _most(wanted: dict[str, list[Start]]) -> int:
    """Try every way to give each lesson a start of its own."""
    best = 0
    for order in permutations(range(5), len(wanted)):
        pairs = zip(order, wanted.values(), strict=False)
        best = max(best, sum(("one", cell) in starts for cell, starts in pairs))
    return best


@given(WANTED)
@settings(max_examples=60)
def test_as_many_are_seated_as_can_be_and_who_competes_is_more_than_the_places(
    drawn: list[list[Start]],
) -> None:
    wanted = {f"a{number}": starts for number, starts in enumerate(drawn)}
    seated, short = _seated(wanted)
    assert seated == _most(wanted)
    places = {start for key in short for start in wanted[key]}
    assert len(short) - len(places) == len(wanted) - seated


@pytest.mark.parametrize(
    ("until", "unplaced"),
    [
        (19, []),
        (18.5, [("n", TOO_MANY, {"lessons": 2, "places": 1})]),
        (18, [("m", NO_AIR, {}), ("n", NO_AIR, {})]),
    ],
)
def test_a_lesson_without_a_place_says_with_how_many_it_competed(
    until: float, unplaced: list[tuple[str, str, dict[str, int]]]
) -> None:
    """Monday from 9 falls out, two other lessons have Tuesday's hour; what is left is evening."""
    evening = (Hours(DAYS[:1], 18 * 60, int(until * 60)),) if until > 18 else ()
    before = one_channel("m", "n", "o", "p", repeat_windows=evening)
    old = plan(
        first("a", "m", at(0, 9)),
        first("b", "n", at(0, 9, 30)),
        first("c", "o", at(1, 9)),
        first("d", "p", at(1, 9, 30)),
    )
    lost = mended(before, old, Preempted(("one",), at(0, 9), at(0, 10)))
    assert [(one.lesson, one.reason, dict(one.facts)) for one in lost.unplaced] == unplaced
