"""Where there is room: the week as one row of five-minute cells, a bit for each.

Whether a lesson fits somewhere is a question about all hours of a week at once; on whole numbers
of Python it is answered in microseconds, without a library.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Self

from broadcast.problem.model import GRID, Problem

CELL: Final = timedelta(minutes=GRID)
# Zones lie up to 14 hours before UTC, and the day of a channel may begin in the evening.
MARGIN: Final = 3
A_DAY: Final = 24 * 60 // GRID


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of the planned days, some days of margin on both sides; cell 0 is at ``origin``."""

    origin: datetime
    count: int

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the row of the days of a problem."""
        first = datetime.combine(problem.meta.first_day, time(), UTC) - timedelta(days=MARGIN)
        return cls(first, (problem.meta.days + 2 * MARGIN) * A_DAY)

    def before(self, at: datetime) -> int:
        """Return the cell in which a moment lies, within the row."""
        return min(max((at - self.origin) // CELL, 0), self.count)

    def after(self, at: datetime) -> int:
        """Return the first cell that begins at a moment or after it, within the row."""
        return min(max(-((self.origin - at) // CELL), 0), self.count)

    def time(self, cell: int) -> datetime:
        """Return when a cell begins."""
        return self.origin + cell * CELL

    def span(self, start: datetime, end: datetime) -> int:
        """Return the cells that a time touches."""
        return cells(self.before(start), self.after(end))


def cells(first: int, last: int) -> int:
    """Return the cells from one to before another."""
    return (1 << last) - (1 << first) if last > first else 0


def fits(room: int, length: int) -> int:
    """Return the cells from which ``length`` cells lie in the room."""
    done = 1
    while done < length:
        step = min(done, length - done)
        room &= room >> step
        done += step
    return room


def meets(busy: int, length: int, gap: int = 0) -> int:
    """Return the cells from which ``length`` cells are nearer to busy ones than ``gap``."""
    reach, done = length + 2 * gap, 1
    while done < reach:
        step = min(done, reach - done)
        busy |= busy >> step
        done += step
    return busy << gap


def bits(mask: int) -> Iterator[int]:
    """Return the numbers of the cells of a mask, the earliest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
