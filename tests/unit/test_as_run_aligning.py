"""Lines and airings are paired in order: as many as can be, and then as near as may be."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run.aligning import aligned
from tests.examples import drawing

NINE = datetime(2026, 1, 26, 9, tzinfo=UTC)
LIMIT = timedelta(minutes=10)
minutes = st.lists(st.integers(0, 60), max_size=5).map(sorted)
Pairs = list[tuple[int, int]]


def moments(found: list[int]) -> list[datetime]:
    return [NINE + timedelta(minutes=one) for one in found]


def by_trying_all(said: list[int], planned: list[int]) -> tuple[int, int]:
    """The most pairs in order within ten minutes, and how far apart the nearest such are."""
    best = (0, 0)
    for count in range(1, min(len(said), len(planned)) + 1):
        for lines in combinations(said, count):
            for airings in combinations(planned, count):
                apart = [abs(one - two) for one, two in zip(lines, airings, strict=True)]
                if max(apart) <= 10:
                    best = max(best, (count, -sum(apart)))
    return best


@drawing(150)
@given(minutes, minutes)
def test_no_other_pairing_has_more_pairs_or_nearer_ones(
    said: list[int], planned: list[int]
) -> None:
    pairs = aligned(moments(said), moments(planned), LIMIT)
    apart = [abs(said[one] - planned[two]) for one, two in pairs]
    assert all(one <= 10 for one in apart)
    assert (len(pairs), -sum(apart)) == by_trying_all(said, planned)
    for side in (0, 1):
        numbers = [pair[side] for pair in pairs]
        assert numbers == sorted(set(numbers)), "in order, and none twice"


@pytest.mark.parametrize(
    ("said", "planned", "pairs"),
    [
        ([6], [0, 15], [(0, 0)]),  # nearer to its own although the next is within reach
        ([8], [0, 15], [(0, 1)]),
        ([8, 23], [0, 15], [(0, 0), (1, 1)]),  # eight minutes late: both, not the nearest of one
        ([11], [0], []),
        ([], [0], []),
        ([0], [], []),
    ],
)
def test_a_line_belongs_to_its_own_airing(
    said: list[int], planned: list[int], pairs: Pairs
) -> None:
    assert aligned(moments(said), moments(planned), LIMIT) == pairs
