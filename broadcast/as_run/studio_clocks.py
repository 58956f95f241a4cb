"""Which clock wrote a line: the channel's, one that is whole hours off, or one that drifts.

A clock is only called wrong by whole hours (a zone, or UTC), and only where that explains the log
far better; anything else was really aired at another hour.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from broadcast.as_run.aligning import aligned
from broadcast.as_run.model import DRIFT, Clue

_HOURS: Final = sorted(range(-14, 15), key=lambda hour: (abs(hour), hour))
_ENOUGH: Final = 3
_MOST: Final = 0.9
# Where not one line fits as it is written, a single programme that really moved hides no clock.
_MOST_OF_NONE: Final = 0.75
# Programmes after one that ran over are late by different minutes; a clock is off by the same.
_STEADY: Final = timedelta(minutes=3)
_STEADY_LINES: Final = 5
_FARTHEST_DRIFT: Final = timedelta(minutes=30)
_SLOT: Final = timedelta(minutes=5)
_TURNS: Final = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """A line at its moment in UTC, as its clock showed it, and what it names.

    ``lesson`` "" may be any; ``is_foreign`` is another programme, which says nothing of clocks.
    ``hours`` is how far ahead its clock was found to be.
    """

    number: int
    at: datetime
    lesson: str = ""
    clue: Clue = Clue.TIME
    is_foreign: bool = False
    hours: int = 0

    def by(self, hours: int) -> "Heard":
        """Return the line as another clock would have written it."""
        return replace(self, at=self.at - timedelta(hours=hours), hours=self.hours + hours)


# When the airings of each lesson begin; "" is all of a channel. In their order.
Starts = Mapping[str, Sequence[datetime]]


def set_right(heard: Sequence[Heard], starts: Starts) -> list[Heard]:
    """Return the lines of one channel with the clocks set right, in their order."""
    first = _best([one for one in heard if not one.is_foreign], starts)
    found = [one.by(first) for one in heard]
    ours = [one for one in found if not one.is_foreign]
    rest = [one for one in ours if not _fits(one, 0, starts)]
    second = _best(rest, starts)
    if second and _is_clock(rest, ours, second, starts):
        late = {one.number for one in rest if _fits(one, second, starts)}
        found = [one.by(second) if one.number in late else one for one in found]
    return _without_drift(sorted(found, key=lambda one: (one.at, one.number)), starts)


def _best(heard: Sequence[Heard], starts: Starts) -> int:
    """Return by how many hours a clock is ahead; 0 unless another explains far more."""
    now = _explained(heard, 0, starts)
    unexplained = len(heard) - now
    if unexplained < _ENOUGH:
        return 0
    counts = {hours: _explained(heard, hours, starts) for hours in _HOURS}
    hours = max(_HOURS, key=lambda one: counts[one])
    left = len(heard) - counts[hours]
    share = _MOST if now else _MOST_OF_NONE
    is_better = counts[hours] >= max(_ENOUGH, share * len(heard)) and 2 * left <= unexplained
    return hours if is_better else 0


def _explained(heard: Sequence[Heard], hours: int, starts: Starts) -> int:
    """Count lines with an airing at their hour, and no more than there are airings."""
    lines = sum(_fits(one, hours, starts) for one in heard)
    return min(lines, len(starts.get("", ())) or lines)


def _fits(one: Heard, hours: int, starts: Starts) -> bool:
    return _is_near(starts.get(one.lesson, ()), one.at - timedelta(hours=hours))


def _is_near(planned: Sequence[datetime], at: datetime) -> bool:
    return bisect_left(planned, at - DRIFT) < bisect_right(planned, at + DRIFT)


def _is_clock(
    rest: Sequence[Heard], all_lines: Sequence[Heard], hours: int, starts: Starts
) -> bool:
    """Tell a second clock from lessons that were really moved by whole hours.

    All lines of whole days are off; or the hours as written cannot be, because two programmes of
    one channel would have been on the air at once; or they alternate with lines that are right.
    """
    late = {one.number for one in rest if _fits(one, hours, starts)}
    right = [one.by(hours) if one.number in late else one for one in all_lines]
    days = {one.at.date() for one in right if one.number not in late}
    whole_days = sum(one.number in late and one.at.date() not in days for one in right)
    if 3 * whole_days >= 2 * len(late):
        return True
    times = sorted(one.at for one in all_lines if one.number not in late)
    at_once = sum(
        bisect_left(times, one.at - _SLOT) < bisect_right(times, one.at)
        for one in all_lines
        if one.number in late
    )
    in_order = [one.number in late for one in sorted(right, key=lambda one: one.at)]
    turns = sum(before != after for before, after in pairwise(in_order))
    return 3 * at_once >= len(late) or turns >= _TURNS


def _without_drift(heard: Sequence[Heard], starts: Starts) -> list[Heard]:
    """Carry what a clock was off at the end of a day into the next day, while it stays steady."""
    by_day: dict[date, list[Heard]] = defaultdict(list)
    for one in heard:
        by_day[one.at.date()].append(one)
    ahead = timedelta()
    found: list[Heard] = []
    for _, lines in sorted(by_day.items()):
        there = [replace(one, at=one.at - ahead) for one in lines]
        found += there
        more = _steady(there, starts)
        if abs(ahead + more) <= _FARTHEST_DRIFT:
            ahead += more
    return found


def _steady(heard: Sequence[Heard], starts: Starts) -> timedelta:
    """Return by how much all lines of a day are off; nothing where they differ."""
    apart = sorted(_apart(heard, starts))
    if len(apart) < _STEADY_LINES:
        return timedelta()
    middle = apart[len(apart) // 2]
    near = sum(abs(one - middle) <= _STEADY for one in apart)
    return middle if near >= _MOST * len(apart) else timedelta()


def _apart(heard: Sequence[Heard], starts: Starts) -> list[timedelta]:
    by_lesson: dict[str, list[datetime]] = defaultdict(list)
    for one in heard:
        if not one.is_foreign:
            by_lesson[one.lesson].append(one.at)
    found = []
    for lesson, times in by_lesson.items():
        said, planned = sorted(set(times)), starts.get(lesson, ())
        found += [said[n] - planned[m] for n, m in aligned(said, planned, DRIFT)]
    return found
