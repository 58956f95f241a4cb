"""How a template day is searched: part by part, several times each, then once more together.

Lanes whose blocks hardly cross are searched apart, beside what the parts before them have on the
air: languages, above all, and variants of one language. At last all lanes that may share blocks
are searched once more, beside all the others. A part of few homes gets few steps.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from operator import add
from typing import Final

from broadcast.solver.annealing import HOT, WARM, Annealing, Day, Row

STARTS: Final = 4
"""Searches from the beginning: one in ten ends a tenth above the others."""
CLOSE: Final = 10
"""Lanes are close when a tenth of what crosses in both crosses from one to the other."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lanes that share blocks with each other only, and the cells that stand in them."""

    lanes: Row
    cells: Row


@dataclass(frozen=True, slots=True)
class Turn:
    """One search: so many steps from so hot a beginning."""

    chance: random.Random
    steps: int
    heat: float


def searched(day: Day, air: Sequence[Row], chance: random.Random, steps: int) -> list[Row]:
    """Search close parts several times, keep the best of each, and search on from there."""
    best = [list(lane) for lane in air]
    each = steps // (STARTS + 1)
    done: list[Row] = [[] for _ in air]
    for part, share in _shared_out(day, _parts(day, air, is_close=True), each):
        _search(day, part, done, best, [Turn(chance, share, HOT)] * STARTS)
        for lane in part.lanes:
            done[lane] = best[lane]
    for part, share in _shared_out(day, _parts(day, best), each):
        others = [[] if lane in part.lanes else blocks for lane, blocks in enumerate(best)]
        _search(day, part, others, best, [Turn(chance, share, WARM)])
    return best


def _search(
    day: Day, part: Part, others: Sequence[Row], best: list[Row], turns: Sequence[Turn]
) -> None:
    """Search one part beside others, and write the best of all turns into the day."""
    alone = _alone(day, part, others)
    cells = [*part.cells, day.idle]
    begin = _inside(cells, part, best)
    searches = [Annealing(alone, begin, turn.chance) for turn in turns]
    for search, turn in zip(searches, turns, strict=True):
        search.run(turn.steps, turn.heat)
    _, found = min((search.best for search in searches), key=lambda one: one[0])
    for lane in part.lanes:
        best[lane] = [cells[number] for number in found[lane]]


def _parts(day: Day, air: Sequence[Row], *, is_close: bool = False) -> list[Part]:
    """Return the lanes in parts that have no block in common, the one that matters most first.

    Close parts are smaller: their lanes have blocks now that cross each other.
    """
    held = [sorted({*blocks} - {day.idle}) for blocks in air]
    joined: list[set[int]] = []
    for lane, mates in enumerate(day.mates):
        near = {lane, *(n for n in mates if not is_close or _are_close(day, held[lane], held[n]))}
        touching = [part for part in joined if part & near]
        joined = [part for part in joined if not part & near] + [near.union(*touching)]
    parts = [
        Part(sorted(lanes), sorted({cell for lane in lanes for cell in held[lane]}))
        for lanes in joined
    ]
    filled = [part for part in parts if part.cells]
    return sorted(filled, key=lambda part: (-_weight(day, part.cells, part.cells), part.lanes))


def _are_close(day: Day, one: Row, other: Row) -> bool:
    """Return True for lanes whose blocks cross each other, and for empty ones."""
    within = _weight(day, one, one) + _weight(day, other, other)
    return not one or not other or CLOSE * _weight(day, one, other) > within


def _weight(day: Day, cells: Row, others: Row) -> int:
    return sum(day.crossing[one][other] for one in cells for other in others)


def _shared_out(day: Day, parts: Sequence[Part], steps: int) -> list[tuple[Part, int]]:
    """Split steps over parts by the roots of what can cross in them."""
    roots = [sqrt(1 + _weight(day, part.cells, part.cells)) for part in parts]
    whole = sum(roots)
    return [(part, int(steps * root / whole)) for part, root in zip(parts, roots, strict=True)]


def _alone(day: Day, part: Part, others: Sequence[Row]) -> Day:
    """Return the day of one part; what crosses with cells in other lanes is in its prices."""
    kept = [*part.cells, day.idle]
    pressed = [[0] * len(kept) for _ in range(day.time_count)]
    rows = {cell: _picked(row, kept) for cell, row in enumerate(day.crossing)}
    for lane, blocks in enumerate(others):
        for time, cell in zip(day.times[lane], blocks, strict=False):
            pressed[time] = list(map(add, pressed[time], rows[cell]))
    prices: list[list[Row]] = [[] for _ in day.prices]
    for lane in part.lanes:
        prices[lane] = [
            list(map(add, _picked(row, kept), pressed[time]))
            for time, row in zip(day.times[lane], day.prices[lane], strict=True)
        ]
    return Day(
        crossing=[rows[cell] for cell in kept],
        times=[row if lane in part.lanes else [] for lane, row in enumerate(day.times)],
        prices=prices,
        time_count=day.time_count,
        mates=day.mates,
        block=_picked(day.block, kept),
    )


def _picked(row: Row, places: Iterable[int]) -> Row:
    return [row[place] for place in places]


def _inside(cells: Row, part: Part, air: Sequence[Row]) -> list[Row]:
    """Return the lanes of a part with its cells counted from 0; all others are empty."""
    place = {cell: number for number, cell in enumerate(cells)}
    return [
        [place[cell] for cell in blocks] if lane in part.lanes else []
        for lane, blocks in enumerate(air)
    ]
