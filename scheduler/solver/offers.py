"""What each channel offers for each lesson of some students, after cost."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.solver.rates import Rates
from scheduler.solver.week_arrays import (
    NOTHING,
    SOMETHING_UNITS,
    Bools,
    Ints,
    Longs,
    Role,
    WeekArrays,
)

# Far below any worth, and 63 of them still fit a whole number of 64 bits.
IMPOSSIBLE: Final = -(2**29)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Whole households: the students [n] from row ``start`` to ``stop``, or the ``picked`` rows."""

    week: WeekArrays
    start: int
    stop: int
    picked: Longs | None = None

    @property
    def count(self) -> int:
        """How many students there are."""
        return self.stop - self.start if self.picked is None else len(self.picked)

    @property
    def rows(self) -> slice | Longs:
        """The rows of the students."""
        return slice(self.start, self.stop) if self.picked is None else self.picked

    @property
    def numbers(self) -> Longs:
        """The rows of the students, one by one."""
        return np.arange(self.start, self.stop) if self.picked is None else self.picked

    def pick(self, homes: Bools) -> "Block":
        """Return some of the households [h] alone."""
        sizes = np.diff(np.append(self.households, self.count))
        return Block(self.week, self.start, self.stop, self.numbers[np.repeat(homes, sizes)])

    @property
    def lessons(self) -> Ints:
        """The lesson of each slot [n, W], or -1."""
        found: Ints = self.week.programs[self.week.students.program[self.rows]]
        return found

    @property
    def school(self) -> Ints:
        """The school of each student [n]."""
        return self.week.students.school[self.rows]

    @property
    def households(self) -> Longs:
        """The row of the block with which each household begins."""
        own = self.week.students.household[self.rows]
        return np.flatnonzero(np.append(True, own[1:] != own[:-1]))


def gross(block: Block, channel: int) -> Ints:
    """Return the worth [n, W] of each lesson on a channel with bonuses, or ``IMPOSSIBLE``."""
    week, rows = block.week, block.rows
    people, about = week.students, week.lessons
    program = people.program[rows]
    lessons = week.programs
    is_open = about.is_open[lessons, channel] & (lessons != NOTHING)
    # One chance for all lessons of a student spreads over the slots by itself.
    chance = people.chance[rows, :, channel].astype(np.int32)
    possible = is_open[program] & (chance > 0)
    worth: Ints = about.step[lessons, channel][program] * chance
    worth += SOMETHING_UNITS
    if len(people.taste):
        worth += people.taste[rows, channel, None]
    if len(people.previous):
        worth += np.int32(week.kept) * (people.previous[rows] == channel)
    if len(people.decided):
        decided = people.decided[rows]
        possible &= (decided == NOTHING) | (decided == channel)
    worth[~possible] = IMPOSSIBLE
    return worth


def sides(block: Block) -> Ints:
    """Return the printed sides [n, W] of each lesson for each student."""
    week = block.week
    plain, large = (week.lessons.sides[week.programs, size] for size in (0, 1))
    program = week.students.program[block.rows]
    is_large = week.students.is_large[block.rows]
    found: Ints = plain[program]
    if is_large.any():
        found[is_large] = large[program[is_large]]
    return found


def net(block: Block, channel: int, rates: Rates, worth: Ints, pages: Ints) -> Ints:
    """Return worth less what the lesson itself costs on a channel; fixed costs are apart."""
    week, school = block.week, block.school
    if week.role[channel] == Role.PACK:
        worth = _less(worth, rates.side[school, channel][:, None] * pages)
    if rates.marking.any():
        minutes = week.lessons.marking[week.programs, channel][week.students.program[block.rows]]
        worth = _less(worth, rates.marking[school][:, None] * minutes)
    return worth


def _less(worth: Ints, cost: Longs) -> Ints:
    """Take a cost off; what is dear stays possible, since somebody may have decided for it."""
    left = np.maximum(worth - cost, IMPOSSIBLE + 1)
    return np.where(worth == IMPOSSIBLE, IMPOSSIBLE, left).astype(np.int32)


def without_anything(block: Block) -> Ints:
    """Return the worth [n, W] of bringing nothing: 0, or impossible where somebody decided."""
    people = block.week.students
    found = np.zeros((block.count, block.week.slots), dtype=np.int32)
    if len(people.decided):
        found[people.decided[block.rows] != NOTHING] = IMPOSSIBLE
    return found


def is_lesson(block: Block) -> Bools:
    """Return where there is a lesson at all [n, W]."""
    return np.asarray(block.lessons != NOTHING)
