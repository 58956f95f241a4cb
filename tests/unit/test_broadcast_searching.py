"""A template day is searched in parts: nothing of it is lost, and it never gets dearer."""

import random

from hypothesis import given
from hypothesis import strategies as st

from broadcast.solver.annealing import Annealing, Day, Row
from broadcast.solver.searching import searched
from tests.examples import drawing


def drawn_day(chance: random.Random, languages: int) -> tuple[Day, list[Row]]:
    """Two lanes of six slots for each language, blocks of one to three slots in them."""
    air: list[Row] = []
    block: Row = []
    for _ in range(2 * languages):
        lane: Row = []
        while len(lane) < 5:
            length = min(chance.randint(1, 3), 5 - len(lane))
            lane += [len(block)] * length
            block.append(len(block))
        air.append([*lane, -1])
    idle = len(block)
    crossing = [[0] * (idle + 1) for _ in range(idle + 1)]
    for one in range(idle):
        for other in range(one):
            crossing[one][other] = crossing[other][one] = chance.choice((0, 0, 1, 30))
    lanes = [[idle if cell < 0 else cell for cell in lane] for lane in air]
    mates = [[lane & ~1, lane | 1] for lane in range(len(lanes))]
    prices = [[[0] * (idle + 1)] * 6 for _ in lanes]
    times = [list(range(6)) for _ in lanes]
    return Day(crossing, times, prices, 6, mates, [*block, -1]), lanes


def cost(day: Day, air: list[Row]) -> int:
    return Annealing(day, air, random.Random(0)).cost


@drawing(40)
@given(st.integers(0, 9_999), st.integers(1, 3))
def test_each_language_keeps_its_cells_and_the_day_gets_no_dearer(seed: int, count: int) -> None:
    day, air = drawn_day(random.Random(seed), count)
    found = searched(day, air, random.Random(seed), 400)
    assert found == searched(day, air, random.Random(seed), 400)
    assert cost(day, found) <= cost(day, air)
    for lane in range(0, len(air), 2):
        assert sorted(found[lane] + found[lane + 1]) == sorted(air[lane] + air[lane + 1])
