"""Which stream is on the air when, so that as few brothers and sisters as can be are on at once.

Seeded annealing of one template day. Two kinds of steps: neighbouring stretches of a lane change
places, or stretches of the same length somewhere else do. The price of a step is read from running
sums of crossings, so it touches only the slots that change. Stops after a number of steps, never
by the clock: the same day and seed give the same template on any machine.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from operator import add, sub
from typing import Final

Row = list[int]
Step = tuple[tuple[int, int, Row], ...]
"""What a step writes: lane, first slot, and the blocks from there on."""


@dataclass(frozen=True, slots=True)
class Day:
    """A template day: lanes of slots, the blocks in them, and what it costs to cross.

    A block is made of cells; ``crossing`` has a row and a column for each kind of cell and a last
    one of zeros for idle air, ``block[cell]`` is the block that a cell belongs to. A cell that is
    on the air on some of the days only crosses less.
    ``times[lane][slot]`` names the time of a slot: slots of one time are on the air together.
    ``prices[lane][slot][cell]`` is what it costs to have a cell there, whoever else is on.
    ``mates[lane]`` are the lanes that may have a block of it, itself among them.
    """

    crossing: list[Row]
    times: list[Row]
    prices: list[list[Row]]
    time_count: int
    mates: list[Row]
    block: Row

    @property
    def idle(self) -> int:
        """The number that stands for no block."""
        return len(self.crossing) - 1


HOT: Final = 0.6
COLD: Final = 0.05
"""Temperatures as shares of the median price of a step: hot takes most, cold only good ones."""
WARM: Final = 0.15
"""The same for a search that goes on from a good day."""
ACROSS: Final = 0.5
"""Share of steps that are not between neighbours."""
UNEVEN: Final = 0.2
"""Share of steps between two lanes in which blocks of different length change places."""
FLIP: Final = 0.95
"""From this number on a step turns one block round."""
TRIALS: Final = 200
REACH: Final = 3
"""Stretches are up to so many times as long as the longest block."""


class Annealing:
    """The state of one search: ``air[lane][slot]`` is the block that is on."""

    def __init__(self, day: Day, air: Sequence[Row], chance: random.Random) -> None:
        """Begin with a filled day; every block stands in one piece."""
        self.day = day
        self.air = [list(lane) for lane in air]
        self.lanes = [lane for lane, blocks in enumerate(self.air) if blocks]
        self.chance = chance
        self.bounds = [_bounds(lane, day.block, day.idle) for lane in self.air]
        self.short = (2 << REACH * max(1, *map(_longest, self.bounds))) - 2
        self.changes: dict[tuple[int, int], Row] = {}
        self.sums = [[0] * len(day.crossing) for _ in range(day.time_count)]
        for lane, blocks in enumerate(self.air):
            for time, block in zip(day.times[lane], blocks, strict=True):
                self._add(time, block, day.idle)
        self.cost = self._whole_cost()
        self.best = self.cost, [list(lane) for lane in self.air]

    def _add(self, time: int, block: int, instead: int) -> None:
        """Let a cell take the place of another; what that changes is worked out once a pair."""
        change = self.changes.get((block, instead))
        if change is None:
            rows = self.day.crossing[block], self.day.crossing[instead]
            change = self.changes[block, instead] = list(map(sub, *rows))
        self.sums[time] = list(map(add, self.sums[time], change))

    def _whole_cost(self) -> int:
        """Add up all crossings, each pair once, and all prices."""
        crossed = priced = 0
        for lane, blocks in enumerate(self.air):
            for slot, block in enumerate(blocks):
                crossed += self.sums[self.day.times[lane][slot]][block]
                priced += self.day.prices[lane][slot][block]
        return crossed // 2 + priced

    def run(self, steps: int, hot: float = HOT) -> list[Row]:
        """Search and return the best day that was met."""
        if not self.lanes or steps <= 0:
            return self.best[1]
        drawn = self.chance.random
        middle = self._middle_price()
        heat, falling = middle * hot, (COLD / hot) ** (1 / steps)
        for _ in range(steps):
            heat *= falling
            step = self._draw()
            if not step:
                continue
            price = self._price(step)
            if price <= 0 or drawn() < exp(-price / heat):
                self._take(step, price)
        return self.best[1]

    def _middle_price(self) -> float:
        """Return the median price of steps that change something."""
        steps = (self._draw() for _ in range(TRIALS))
        prices = sorted(abs(self._price(step)) for step in steps if step)
        paid = [price for price in prices if price]
        return float(paid[len(paid) // 2]) if paid else 1.0

    def _draw(self) -> Step:
        """Draw a step; an empty one when what was drawn would change nothing."""
        drawn = self.chance.random
        one = self.lanes[int(drawn() * len(self.lanes))]
        start = self._begin(one, int(drawn() * len(self.air[one])))
        kind = drawn()
        if kind >= ACROSS:
            return self._turn(one, start) if kind < FLIP else self._flip(one, start)
        mates = self.day.mates[one]
        two = mates[int(drawn() * len(mates))]
        other = self._begin(two, int(drawn() * len(self.air[two])))
        if kind < UNEVEN and one != two:
            return self._uneven(one, start, two, other)
        return self._swap(one, start, two, other)

    def _turn(self, lane: int, start: int) -> Step:
        """Let two stretches of a lane change places; what lies between may be nothing."""
        drawn, bounds = self.chance.random, self.bounds[lane]
        cut = _next_bound(bounds, start, drawn())
        last = cut if drawn() < 0.5 else _next_bound(bounds, cut, drawn())
        end = _next_bound(bounds, last, drawn())
        if not start < cut <= last < end:
            return ()
        air = self.air[lane]
        return ((lane, start, air[last:end] + air[cut:last] + air[start:cut]),)

    def _flip(self, lane: int, start: int) -> Step:
        """Let a block begin with the cells that it ended with."""
        cells = self.air[lane][start : self._end(lane, start)]
        return ((lane, start, cells[::-1]),) if cells[0] != cells[-1] else ()

    def _uneven(self, one: int, start: int, two: int, other: int) -> Step:
        """Let two blocks of different length change places: idle air makes up the difference."""
        long = self._end(one, start) - start
        short = self._end(two, other) - other
        if long == short:
            return self._swap(one, start, two, other)
        if long < short:
            one, start, two, other, long, short = two, other, one, start, short, long
        idle, lane = self.day.idle, self.air[two]
        rest: Row = []
        missing, end = long - short, other + short
        while missing and end < len(lane):
            if lane[end] == idle:
                missing -= 1
            else:
                rest.append(lane[end])
            end += 1
        if missing:
            return ()
        here, there = self.air[one][start : start + long], lane[other : other + short]
        return ((one, start, there + [idle] * (long - short)), (two, other, here + rest))

    def _end(self, lane: int, slot: int) -> int:
        """Return where the block that begins in a slot is over."""
        rest = self.bounds[lane] >> (slot + 1)
        return slot + 1 + (rest & -rest).bit_length() - 1

    def _begin(self, lane: int, slot: int) -> int:
        """Return where the block that is on in a slot begins."""
        return (self.bounds[lane] & ((2 << slot) - 1)).bit_length() - 1

    def _swap(self, one: int, start: int, two: int, other: int) -> Step:
        both = (self.bounds[one] >> start) & (self.bounds[two] >> other) & self.short
        if not both:
            return ()
        for _ in range(int(self.chance.random() * both.bit_count())):
            both &= both - 1
        length = (both & -both).bit_length() - 1
        if one == two and abs(start - other) < length:
            return ()
        here = self.air[one][start : start + length]
        there = self.air[two][other : other + length]
        return ((one, start, there), (two, other, here)) if here != there else ()

    def _price(self, step: Step) -> int:
        price = 0
        for lane, start, new in step:
            price += self._part_price(lane, start, new)
        if len(step) > 1 and step[0][0] != step[1][0]:
            price += self._met_price(*step)
        return price

    def _part_price(self, lane: int, start: int, new: Row) -> int:
        """Price one lane as if nothing else changed."""
        end = start + len(new)
        crossing, sums, price = self.day.crossing, self.sums, 0
        times, prices = self.day.times[lane][start:end], self.day.prices[lane][start:end]
        for time, old, block, own in zip(
            times, self.air[lane][start:end], new, prices, strict=True
        ):
            if block != old:
                row = sums[time]
                price += row[block] - row[old] - crossing[block][old] + own[block] - own[old]
        return price

    def _met_price(self, one: tuple[int, int, Row], two: tuple[int, int, Row]) -> int:
        """Correct for times at which both lanes change: each was priced against the other's old."""
        first, second = (self._at_times(*part) for part in (one, two))
        crossing, price = self.day.crossing, 0
        for time, (old, new) in first.items():
            if time in second:
                other_old, other_new = second[time]
                price += crossing[new][other_new] - crossing[new][other_old]
                price += crossing[old][other_old] - crossing[old][other_new]
        return price

    def _at_times(self, lane: int, start: int, new: Row) -> dict[int, tuple[int, int]]:
        end = start + len(new)
        pairs = zip(self.air[lane][start:end], new, strict=True)
        return dict(zip(self.day.times[lane][start:end], pairs, strict=True))

    def _take(self, step: Step, price: int) -> None:
        idle = self.day.idle
        for lane, start, new in step:
            end = start + len(new)
            times, air = self.day.times[lane], self.air[lane]
            for slot, block in enumerate(new, start):
                if block != air[slot]:
                    self._add(times[slot], block, air[slot])
            air[start:end] = new
            keep = self.bounds[lane] & ~(((1 << len(new)) - 1) << start)
            self.bounds[lane] = (
                keep | _bounds(new, self.day.block, idle) << start & ~(1 << end) | keep & 1 << end
            )
        self.cost += price
        if self.cost < self.best[0]:
            self.best = self.cost, [list(lane) for lane in self.air]


def _bounds(lane: Row, block: Row, idle: int) -> int:
    """Return a bit for each slot where a block or idle air begins, and one for the end."""
    found, last = 1 << len(lane), -1
    for slot, cell in enumerate(lane):
        if block[cell] != last or cell == idle:
            found |= 1 << slot
        last = block[cell]
    return found


def _longest(bounds: int) -> int:
    """Return the length of the longest piece between two bounds."""
    places = [place for place in range(bounds.bit_length()) if bounds >> place & 1]
    return max((b - a for a, b in pairwise(places)), default=1)


def _next_bound(bounds: int, start: int, drawn: float) -> int:
    """Return one of the next three bounds after a slot; ``start`` itself when there is none."""
    rest = bounds >> (start + 1)
    found = start
    for _ in range(1 + int(drawn * 3)):
        if not rest:
            break
        found = start + 1 + (rest & -rest).bit_length() - 1
        rest &= rest - 1
    return found
