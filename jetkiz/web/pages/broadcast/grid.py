"""How a timetable looks as a grid: channels or days side by side, and the hours downwards.

A table, so that it is read aloud cell by cell and needs neither scripts nor styles. Every row is a
step of the grid; hours in which nothing stands anywhere are drawn together.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import local_place

MOST_STEP: Final = 15


@dataclass(frozen=True, slots=True)
class Column:
    """A channel on a day."""

    channel: Channel
    day: int


@dataclass(frozen=True, slots=True)
class Block:
    """A cell: an airing, or air without a lesson; ``rows`` is how many steps it is high.

    ``is_window`` where lessons may stand, ``is_blocked`` where nothing may.
    """

    rows: int
    row: ExportRow | None = None
    is_window: bool = False
    is_blocked: bool = False
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class GridRow:
    """A step: its minute of the day, and the cells that begin in it, None where one goes on."""

    minute: int
    until: int
    cells: tuple[Block | None, ...]

    @property
    def is_quiet(self) -> bool:
        """True when nothing stands here in any column, for longer than a step."""
        return all(one is not None and one.row is None for one in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows; ``step`` is minutes."""

    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]
    step: int


def by_day(channels: Sequence[Channel], day: int) -> list[Column]:
    """Return the channels side by side on one day, those that lend hours on it."""
    return [Column(one, day) for one in channels if day in _days(one)]


def by_channel(problem: Problem, channel: Channel) -> list[Column]:
    """Return the days of one channel side by side."""
    return [Column(channel, day) for day in range(problem.meta.days) if day in _days(channel)]


def _days(channel: Channel) -> set[int]:
    hours = (*channel.windows, *channel.repeat_windows)
    return {day for one in hours for day in one.days}


def grid(problem: Problem, rows: Sequence[ExportRow], columns: Sequence[Column]) -> Grid:
    """Return the table of some columns; airings outside of every window are drawn, too."""
    placed = {one: _placed(problem, rows, one) for one in columns}
    cuts = {minute for one in columns for minute in _cuts(one, placed[one])}
    if not cuts:
        return Grid(tuple(columns), (), MOST_STEP)
    first = min(cuts)
    step = reduce(math.gcd, (minute - first for minute in cuts), MOST_STEP)
    minutes = _steps(sorted(cuts), step, placed.values())
    cells = [_cells(one, placed[one], minutes) for one in columns]
    found = [
        GridRow(minute, minutes[number + 1], tuple(column[number] for column in cells))
        for number, minute in enumerate(minutes[:-1])
    ]
    return Grid(tuple(columns), tuple(found), step)


def _placed(problem: Problem, rows: Sequence[ExportRow], column: Column) -> dict[int, ExportRow]:
    """Return the airings of a column by the minute of the channel's day."""
    own = [one for one in rows if one.channel.id == column.channel.id]
    places = [(local_place(problem, column.channel, one.airing.start), one) for one in own]
    return {minute: one for (day, minute), one in places if day == column.day}


def _cuts(column: Column, placed: Mapping[int, ExportRow]) -> Iterable[int]:
    hours = (*column.channel.windows, *column.channel.repeat_windows)
    for one in hours:
        if column.day in one.days:
            yield from (one.start, one.end)
    for minute, row in placed.items():
        yield from (minute, minute + row.airing.minutes)


def _steps(cuts: Sequence[int], step: int, columns: Iterable[Mapping[int, ExportRow]]) -> list[int]:
    """Return where rows begin, and where the last ends; long quiet is one row up to a full hour."""
    busy: set[int] = set()
    for placed in columns:
        for minute, row in placed.items():
            busy.update(range(minute, minute + row.airing.minutes, step))
    found, edges, last = [cuts[0]], set(cuts), cuts[-1]
    for minute in range(cuts[0] + step, last, step):
        goes_on = minute not in busy and minute - step not in busy
        if not goes_on or minute % 60 == 0 or minute in edges:
            found.append(minute)
    return [*found, last]


def _cells(
    column: Column, placed: Mapping[int, ExportRow], minutes: Sequence[int]
) -> list[Block | None]:
    found: list[Block | None] = []
    until = -1
    for number, minute in enumerate(minutes[:-1]):
        row = placed.get(minute)
        if row is not None:
            until = minute + row.airing.minutes
            rows = sum(minute <= one < until for one in minutes[:-1])
            found.append(Block(rows, row, minutes=row.airing.minutes))
        elif minute < until:
            found.append(None)
        else:
            found.append(_air(column, minute, minutes[number + 1]))
    return found


def _air(column: Column, minute: int, until: int) -> Block:
    channel = column.channel
    hours = (*channel.windows, *channel.repeat_windows)
    return Block(
        rows=1,
        is_window=any(column.day in one.days and one.start <= minute < one.end for one in hours),
        is_blocked=any(
            column.day in one.days and one.start <= minute < one.end for one in channel.blocked
        ),
        minutes=until - minute,
    )


def counts(rows: Iterable[ExportRow]) -> dict[str, int]:
    """Return how many airings of each kind there are."""
    found: dict[str, int] = defaultdict(int)
    for one in rows:
        found[one.airing.kind] += 1
    return dict(found)


def clock(minute: int) -> str:
    """Return a minute of a channel's day as the clock shows it; after midnight it begins anew."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
