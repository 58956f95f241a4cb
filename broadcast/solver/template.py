"""One template day for all days that are alike: which stream has which hours on which channel.

Days are alike when their windows, blocked hours and fixed airings stand at the same hours. Each
stream has one block a day, as long as its longest day needs; on shorter days what is left free at
the end of the block is the reserve for what falls out later.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

from broadcast.solver.annealing import Day, Row
from broadcast.solver.axis import DAY
from broadcast.solver.board import Board
from broadcast.solver.masks import UNIT, bits, joined, runs, stretch, units, widened
from broadcast.solver.searching import searched
from broadcast.solver.spreading import Days

PER_DAY: Final = DAY // UNIT
STEPS: Final = 200
"""Steps for a block and a quarter of an hour: a small school is done long before its limit."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lessons of a day of a stream in a row on one of ``channels``.

    ``lengths`` are its units on each of the days that are alike: the hours of a template are as
    long as the longest.
    """

    stream: int
    channels: tuple[int, ...]
    lengths: tuple[int, ...]

    @property
    def length(self) -> int:
        """Its units on its longest day."""
        return max(self.lengths)


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot of a block that is on the air on some ``days``, bits by their place in the group."""

    block: int
    days: int


@dataclass(frozen=True, slots=True)
class Span:
    """The units of one day that a template gives to a stream on a channel."""

    stream: int
    channel: int
    units: int


def alike(board: Board, days: Days) -> list[list[int]]:
    """Group the days whose open air is the same; days without any lesson are left out."""
    groups: dict[tuple[object, ...], list[int]] = {}
    wanted = set(days.values())
    for day in range(board.problem.meta.days):
        if day in wanted:
            groups.setdefault(_shape(board, day), []).append(day)
    return list(groups.values())


def _shape(board: Board, day: int) -> tuple[object, ...]:
    """Return the open air of a day and the clocks of all regions, counted from its own midnight."""
    openings = board.openings
    middle = min((next(bits(mask)) for mask in _open(board, day) if mask), default=day * PER_DAY)
    clocks = (
        openings.walls[zone].shown[middle] - day * DAY - (middle - day * PER_DAY) * UNIT
        for zone in sorted(openings.walls)
    )
    return (*(mask >> day * PER_DAY for mask in _open(board, day)), *clocks)


def _open(board: Board, day: int) -> list[int]:
    """Return, by channel, the units of a day at which a first run could be on the air."""
    channels = range(len(board.problem.channels))
    return [board.openings.day(n, day) & ~widened(board.taken[n], board.gap[n]) for n in channels]


def spans(
    board: Board,
    days: Days,
    crossing: Sequence[Sequence[int]],
    chance: random.Random,
    part: int = 1,
) -> dict[int, list[Span]]:
    """Return, by day, what each stream gets; ``days`` says which lesson is aired on which.

    A search of one ``part`` takes so many times fewer steps.
    """
    found: dict[int, list[Span]] = {}
    groups = alike(board, days)
    steps = board.problem.meta.iterations // max(1, len(groups))
    for group in groups:
        template = Template(board, group, _blocks(board, group, days))
        air = template.searched(crossing, chance, steps, part)
        for day in group:
            found[day] = template.spans(air, day)
    return found


def _blocks(board: Board, group: Sequence[int], days: Days) -> list[Block]:
    by_day: dict[tuple[int, int], list[int]] = {}
    for lesson, day in days.items():
        by_day.setdefault((board.stream_of[lesson], day), []).append(lesson)
    found = []
    for stream, reach in enumerate(board.reaches):
        lengths = tuple(_length(board, stream, by_day.get((stream, day), [])) for day in group)
        if not any(lengths) or not reach.covers:
            continue
        if len(reach.covers) > 1 or len(reach.covers[0]) == 1:
            found.append(Block(stream, tuple(cover[0] for cover in reach.covers), lengths))
        else:
            found += [Block(stream, (channel,), lengths) for channel in reach.covers[0]]
    return found


def _length(board: Board, stream: int, lessons: Sequence[int]) -> int:
    """Return the units that lessons take in a row: themselves, gaps between, and breaks."""
    if not lessons:
        return 0
    who = board.problem.streams[stream]
    channels = board.reaches[stream].channels
    gap = max((board.gap[channel] for channel in channels), default=0)
    pause, most = units(who.break_min), who.max_run // UNIT
    whole = run = 0
    for lesson in lessons:
        length = board.length[lesson]
        if most and run and run + gap + length > most and pause > gap:
            whole, run = whole + pause - gap, 0
        run += length + (gap if run else 0)
        whole += length + gap
    return whole


class Template:
    """The slots of a template day; times count from the midnight of the day."""

    def __init__(self, board: Board, group: Sequence[int], blocks: Sequence[Block]) -> None:
        self.board = board
        self.first = group[0]
        self.blocks = list(blocks)
        opened = _open(board, self.first)
        # The gap after the last lesson of a window may lie outside it.
        longer = [
            joined(stretch(start, length + gap) for start, length in runs(mask))
            for mask, gap in zip(opened, board.gap, strict=True)
        ]
        self.slot = self._slot(longer)
        self.slots = [self._cut(mask) for mask in longer]
        self.days = {day: number for number, day in enumerate(group)}
        self.cells: list[Cell] = []
        self.rows = [self._row(number) for number in range(len(self.blocks))]

    def _row(self, number: int) -> Row:
        """Make the cells of a block, those of its shortest day first."""
        needs = [-(-length // self.slot) for length in self.blocks[number].lengths]
        row: Row = []
        since = 0
        for need in sorted({*needs} - {0}):
            days = sum(1 << place for place, one in enumerate(needs) if one >= need)
            row += [len(self.cells)] * (need - since)
            self.cells.append(Cell(number, days))
            since = need
        return row

    def _slot(self, opened: Sequence[int]) -> int:
        """Return the most units that divide every block and every beginning of open air."""
        starts = [start for mask in opened for start, _ in runs(mask)]
        origin = min(starts, default=0)
        sizes = [block.length for block in self.blocks]
        for block in self.blocks:
            sizes += {
                length + self.board.gap[channel]
                for lesson, length in enumerate(self.board.length)
                if self.board.stream_of[lesson] == block.stream
                for channel in block.channels
            }
        return max(1, gcd(*sizes, *(start - origin for start in starts)))

    def _cut(self, opened: int) -> Row:
        """Return where each slot of a lane begins."""
        return [
            start + self.slot * number
            for start, length in runs(opened)
            for number in range(length // self.slot)
        ]

    def searched(
        self, crossing: Sequence[Sequence[int]], chance: random.Random, steps: int, part: int = 1
    ) -> list[Row]:
        """Fill the lanes and search; the last slots of a lane may stand for no air at all."""
        air = self._filled(crossing)
        day = self._day(crossing, air)
        quarters = sum(len(lane) for lane in air) * self.slot * UNIT // 15
        enough = STEPS * len(self.blocks) * quarters
        return searched(day, air, chance, min(steps, enough) // part)

    def _filled(self, crossing: Sequence[Sequence[int]]) -> list[Row]:
        """Put each block beside those it would cross most, those with least choice first.

        What has no room there, or crosses with nobody, goes where most air is left.
        """
        air: list[Row] = [[] for _ in self.slots]
        held: list[Row] = [[] for _ in self.slots]
        order = sorted(
            range(len(self.blocks)),
            key=lambda n: (
                len(self.blocks[n].channels),
                self.board.problem.streams[self.blocks[n].stream].latest,
                -self.blocks[n].length,
                n,
            ),
        )
        for number in order:
            block = self.blocks[number]
            room = {n: len(self.slots[n]) - len(air[n]) for n in block.channels}
            fits = [n for n in block.channels if room[n] >= len(self.rows[number])]
            row = crossing[block.stream]
            near = {n: sum(row[self.blocks[one].stream] for one in held[n]) for n in fits}
            lane = max(fits or block.channels, key=lambda n: (near.get(n, 0), room[n], -n))
            air[lane] += self.rows[number]
            held[lane].append(number)
        idle = len(self.cells)
        return [
            lane + [idle] * (len(slots) - len(lane))
            for lane, slots in zip(air, self.slots, strict=True)
        ]

    def _day(self, crossing: Sequence[Sequence[int]], air: Sequence[Row]) -> Day:
        """Price every slot; a slot that is no air has a time of its own and a price for all."""
        table = self._crossing(crossing)
        never = 1 + 2 * max((max(row) for row in table), default=0)
        origin = min((slots[0] for slots in self.slots if slots), default=0)
        last = max((slots[-1] for slots in self.slots if slots), default=0)
        count = (last - origin) // self.slot + 1
        times, prices = [], []
        beyond = [never] * len(self.cells) + [0]
        for channel, slots in enumerate(self.slots):
            more = len(air[channel]) - len(slots)
            times.append([(unit - origin) // self.slot for unit in slots])
            times[-1] += range(count, count + more)
            count += more
            prices.append(self._lane_prices(channel, never) + [beyond] * more)
        block = [one.block for one in self.cells] + [-1]
        return Day(table, times, prices, count, self._mates(), block)

    def _mates(self) -> list[Row]:
        lanes = range(len(self.slots))
        sets = [set(block.channels) for block in self.blocks]
        return [
            [
                other
                for other in lanes
                if self.slots[other] and any(lane in one and other in one for one in sets)
            ]
            or [lane]
            for lane in lanes
        ]

    def _crossing(self, crossing: Sequence[Sequence[int]]) -> list[Row]:
        """Widen from streams to cells; blocks that share students must not be on together."""
        most = 1 + len(self.days) * max((sum(row) for row in crossing), default=0)
        rows = [
            [self._price(crossing, one, other, most) for other in self.cells] + [0]
            for one in self.cells
        ]
        return [*rows, [0] * (len(self.cells) + 1)]

    def _price(self, crossing: Sequence[Sequence[int]], one: Cell, other: Cell, most: int) -> int:
        if one.block == other.block:
            return 0
        stream, beside = self.blocks[one.block].stream, self.blocks[other.block].stream
        if beside in self.board.sharing[stream]:
            return most
        return crossing[stream][beside] * (one.days & other.days).bit_count()

    def _lane_prices(self, channel: int, never: int) -> list[Row]:
        """Price a block on a channel or at an hour that its students cannot have."""
        rows: dict[tuple[bool, ...], Row] = {}
        found = []
        may = [self._may(block, channel) for block in self.blocks]
        able = [may[cell.block] for cell in self.cells]
        for unit in self.slots[channel]:
            fits = tuple(bool(mask >> unit & 1) for mask in able)
            if fits not in rows:
                rows[fits] = [0 if one else never for one in fits] + [0]
            found.append(rows[fits])
        return found

    def _may(self, block: Block, channel: int) -> int:
        """Return the units at which the students of a block may be on the air of a channel."""
        if channel not in block.channels:
            return 0
        return self.board.openings.ages(
            self.board.problem.streams[block.stream], channel, self.first
        )

    def spans(self, air: Sequence[Row], day: int) -> list[Span]:
        """Read the blocks of a filled day as units of one of the days that are alike."""
        found: dict[tuple[int, int], int] = {}
        shift = (day - self.first) * PER_DAY
        for channel, slots in enumerate(self.slots):
            for unit, number in zip(slots, air[channel], strict=False):
                if number < len(self.cells) and self._is_on(self.cells[number], channel, day):
                    key = self.blocks[self.cells[number].block].stream, channel
                    found[key] = found.get(key, 0) | stretch(unit + shift, self.slot)
        return [Span(stream, channel, mask) for (stream, channel), mask in found.items()]

    def _is_on(self, cell: Cell, channel: int, day: int) -> bool:
        """Return False on days whose lessons are over before, and on channels it cannot have."""
        is_long = cell.days >> self.days[day] & 1
        return bool(is_long) and channel in self.blocks[cell.block].channels
