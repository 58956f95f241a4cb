"""Which line belongs to which airing when only the hour is known: in order, and as many as can be.

The nearest alone would be wrong: when everything ran eight minutes late, each lesson of a quarter
of an hour is nearer to the next one's start than to its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# How many pairs, and how far apart they are all together in seconds, less than nothing.
_Worth = tuple[int, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """The best that the lines up to one can have, by how many airings of its reach are used."""

    first: int
    last: int
    worth: list[_Worth]

    def at(self, airings: int) -> _Worth:
        """No line so far reaches beyond ``last``: more airings are worth no more."""
        return self.worth[min(airings, self.last) - self.first]


def aligned(
    said: Sequence[datetime], planned: Sequence[datetime], limit: timedelta
) -> list[tuple[int, int]]:
    """Pair moments, both in their order, none further apart than ``limit``.

    As many pairs as can be, then as near as may be. Takes time for the airings within reach of
    each line, not for all: a week of 1,000 against 1,000 is a few thousand steps.
    """
    rows = [_Row(0, 0, [(0, 0.0)])]
    for moment in said:
        first, last = bisect_left(planned, moment - limit), bisect_right(planned, moment + limit)
        rows.append(_row(rows[-1], moment, planned, first, max(first, last)))
    return _pairs(rows)


def _row(
    before: _Row, moment: datetime, planned: Sequence[datetime], first: int, last: int
) -> _Row:
    worth = [before.at(first)]
    for airings in range(first + 1, last + 1):
        count, nearness = before.at(airings - 1)
        paired = (count + 1, nearness - abs(moment - planned[airings - 1]).total_seconds())
        worth.append(max(before.at(airings), worth[-1], paired))
    return _Row(first, last, worth)


def _pairs(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    airings = rows[-1].last
    for n in range(len(rows) - 1, 0, -1):
        row, before = rows[n], rows[n - 1]
        airings = min(airings, row.last)
        while airings > row.first and row.at(airings) == row.at(airings - 1):
            airings -= 1
        if row.at(airings) != before.at(airings):
            pairs.append((n - 1, airings - 1))
            airings -= 1
    return pairs[::-1]
