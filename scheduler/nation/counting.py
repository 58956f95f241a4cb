"""What a nation's plan takes and is worth, counted anew from the plan alone, piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.program_tables import DAYS, Bits, Tables, bits_of, count_bits
from scheduler.solver.week_arrays import (
    NOTHING,
    SOMETHING_UNITS,
    Bools,
    Bytes,
    Cap,
    Ints,
    Longs,
    Reals,
    Role,
    WeekArrays,
)

# A piece stays in the cache of the processor: larger ones took twice as long.
PIECE: Final = 4096


@dataclass
class Piece:
    """Some whole homes: students [n] with their plan [n, W]."""

    tables: Tables
    plan: PlanArrays
    rows: slice
    known: dict[int, Ints] = field(default_factory=dict)
    screens: dict[Cap, Bools] = field(default_factory=dict)
    used: dict[int, Bools] = field(default_factory=dict)
    used_bits: dict[int, Bits] = field(default_factory=dict)

    @property
    def week(self) -> WeekArrays:
        """The week."""
        return self.tables.week

    @cached_property
    def program(self) -> Ints:
        """The program [n] of each student."""
        return self.week.students.program[self.rows]

    @cached_property
    def channel(self) -> Bytes:
        """The planned channels [n, W]."""
        return self.plan.channel[self.rows]

    @cached_property
    def is_lesson(self) -> Bools:
        """Where [n, W] there is a lesson."""
        found: Bools = self.tables.is_lesson[self.program]
        return found

    @cached_property
    def day(self) -> Bytes:
        """The day of each lesson [n, W]."""
        found: Bytes = self.tables.day[self.program]
        return found

    @cached_property
    def is_heavy(self) -> Bools:
        """Which lessons [n, W] are heavy."""
        found: Bools = self.tables.is_heavy[self.program]
        return found

    @cached_property
    def school(self) -> Ints:
        """The school [n] of each student."""
        return self.week.students.school[self.rows]

    @cached_property
    def firsts(self) -> Longs:
        """The row with which each home begins."""
        home = self.week.students.household[self.rows]
        return np.flatnonzero(np.concatenate([[True], home[1:] != home[:-1]]))

    @cached_property
    def sides(self) -> Ints:
        """The printed sides [n, W] of each lesson for its student."""
        plain, large = self.tables.sides
        found: Ints = plain[self.program]
        own = np.flatnonzero(self.week.students.is_large[self.rows])
        found[own] = large[self.program[own]]
        return found

    def at(self, column: int) -> Bools:
        """Where [n, W] the plan uses a channel."""
        if column not in self.used:
            self.used[column] = self.channel == column
        return self.used[column]

    def bits_at(self, column: int) -> Bits:
        """The slots [n] in which the plan uses a channel."""
        if column not in self.used_bits:
            self.used_bits[column] = bits_of(self.at(column))
        return self.used_bits[column]

    def on_screen(self, screen: Cap) -> Bools:
        """Where [n, W] the plan uses a screen."""
        if screen not in self.screens:
            shown = np.zeros(self.channel.shape, dtype=np.bool_)
            for column in np.flatnonzero(self.week.screen == screen).tolist():
                shown |= self.at(column)
            self.screens[screen] = shown
        return self.screens[screen]

    def bits_on_screen(self, screen: Cap) -> Bits:
        """The slots [n] in which the plan uses a screen."""
        found = np.zeros(len(self.channel), dtype=np.uint64)
        for column in np.flatnonzero(self.week.screen == screen).tolist():
            found |= self.bits_at(column)
        return found

    @cached_property
    def days(self) -> list[Bools]:
        """Which lessons [n, W] are on each day."""
        return [self.day == day for day in range(DAYS)]

    @cached_property
    def day_bits(self) -> list[Bits]:
        """The slots [n] of each day."""
        return [day[self.program] for day in self.tables.day_bits]

    @cached_property
    def heavy_bits(self) -> Bits:
        """The slots [n] of heavy lessons."""
        found: Bits = self.tables.heavy_bits[self.program]
        return found

    def by_day(self, screen: Cap) -> Bytes:
        """How many lessons [n, days] the plan puts on a screen each day."""
        shown = self.bits_on_screen(screen)
        return np.stack([count_bits(shown & day) for day in self.day_bits], axis=1)

    def chance(self, column: int) -> Ints:
        """The chances [n, 1] or [n, W] of a channel."""
        found: Ints = self.week.students.chance[self.rows, :, column].astype(np.int32)
        return found

    @cached_property
    def choice(self) -> Longs:
        """The place [n, W] of each choice in the tables by slot and channel."""
        wide = len(self.week.channels) + 1
        width = self.channel.shape[1]
        firsts = self.program.astype(np.int64)[:, None] * (width * wide)
        found: Longs = firsts + np.arange(width) * wide + 1
        found += self.channel
        return found

    @cached_property
    def chosen_chance(self) -> Ints:
        """The chance [n, W] of each choice, 0 without a channel."""
        chance = self.week.students.chance[self.rows]
        if chance.shape[1] > 1:
            own = np.take_along_axis(chance, np.maximum(self.channel, 0)[..., None], axis=2)[..., 0]
            return np.where(self.channel == NOTHING, 0, own).astype(np.int32)
        found = np.zeros(self.channel.shape, dtype=np.int32)
        for column in range(chance.shape[2]):
            found += self.at(column) * chance[:, :, column].astype(np.int32)
        return found

    @cached_property
    def is_possible(self) -> Bools:
        """Where [n, W] the chosen channel can bring the lesson in time."""
        is_open = np.take(self.tables.chosen_open.ravel(), self.choice)
        return np.asarray(is_open & (self.chosen_chance > 0))

    def total(self) -> int:
        """The worth of all choices of the piece, before any cost."""
        people, has_one = self.week.students, self.channel != NOTHING
        steps = np.take(self.tables.chosen_step.ravel(), self.choice)
        found = int((steps * self.chosen_chance).sum(dtype=np.int64))
        found += SOMETHING_UNITS * int(np.count_nonzero(has_one))
        if len(people.taste):
            own = np.take_along_axis(
                people.taste[self.rows], np.maximum(self.channel, 0).astype(np.int64), axis=1
            )
            found += int(own.sum(dtype=np.int64, where=has_one))
        if len(people.previous):
            stays = (people.previous[self.rows] == self.channel) & has_one
            found += self.week.kept * int(np.count_nonzero(stays))
        return found

    def is_open(self, column: int) -> Bools:
        """Where [n, W] a channel can bring the lesson in time."""
        found: Bools = self.tables.is_open[column][self.program] & (self.chance(column) > 0)
        return found

    def worth(self, column: int) -> Ints:
        """The worth [n, W] of a channel with all bonuses, before any cost."""
        if column not in self.known:
            people = self.week.students
            found: Ints = self.tables.step[column][self.program] * self.chance(column)
            found += SOMETHING_UNITS
            if len(people.taste):
                found += people.taste[self.rows, column, None]
            if len(people.previous):
                found += (people.previous[self.rows] == column) * np.int32(self.week.kept)
            self.known[column] = found
        return self.known[column]


def pieces(week: WeekArrays, plan: PlanArrays) -> Iterator[Piece]:
    """Cut the students into pieces of whole homes."""
    return (piece for run in runs(week, plan, 1) for piece in run)


def runs(week: WeekArrays, plan: PlanArrays, count: int) -> list[Iterator[Piece]]:
    """Return all pieces in some runs of about the same length, in order; none is kept."""
    tables, cuts = Tables(week), list(_cuts(week))
    bounds = [len(cuts) * run // count for run in range(count + 1)]
    return [
        (Piece(tables, plan, rows) for rows in cuts[start:stop]) for start, stop in pairwise(bounds)
    ]


def _cuts(week: WeekArrays) -> Iterator[slice]:
    home = week.students.household
    ends = np.concatenate([np.flatnonzero(home[1:] != home[:-1]) + 1, [len(home)]])
    start = 0
    while start < len(home):
        stop = int(ends[min(int(np.searchsorted(ends, start + PIECE)), len(ends) - 1)])
        yield slice(start, stop)
        start = stop


@dataclass
class Sums:
    """What is taken by school: packs, sides, seats [S, C], marking [S], messages [S, days]."""

    packs: Longs
    sides: Longs
    seats: Longs
    marking: Longs
    messages: Longs
    worth: int = 0
    cost: int = 0

    @classmethod
    def nothing(cls, week: WeekArrays) -> "Sums":
        """Return empty books."""
        schools, channels = len(week.school), len(week.channels)
        return cls(
            packs=np.zeros((schools, channels), dtype=np.int64),
            sides=np.zeros((schools, channels), dtype=np.int64),
            seats=np.zeros((schools, channels), dtype=np.int64),
            marking=np.zeros(schools, dtype=np.int64),
            messages=np.zeros((schools, DAYS), dtype=np.int64),
        )

    def add(self, piece: Piece) -> None:
        """Write down what some students take."""
        tariff = piece.week.tariff
        self.worth += piece.total()
        counts_marking = bool(piece.week.pools.by_marking.any())
        for column, role in enumerate(piece.week.role.tolist()):
            if role == Role.FREE and not counts_marking:
                continue
            at, has_any = piece.at(column), piece.bits_at(column) > 0
            if not has_any.any():
                continue
            if role == Role.PACK:
                packs = np.logical_or.reduceat(has_any, piece.firsts)
                sides = (piece.sides * at).sum(axis=1, dtype=np.int64)
                _add(self.packs[:, column], piece.school[piece.firsts], packs)
                _add(self.sides[:, column], piece.school, sides)
                self.cost += int(packs.sum()) * int(tariff.pack[column])
                self.cost += int(sides.sum()) * int(tariff.side[column])
            elif role == Role.SEAT:
                _add(self.seats[:, column], piece.school, has_any)
                self.cost += int(np.count_nonzero(has_any)) * int(tariff.seat[column])
            self._add_marking(piece, column, at)
        self._add_messages(piece)

    def join(self, other: "Sums") -> None:
        """Add what others have written down."""
        for one in ("packs", "sides", "seats", "marking", "messages"):
            own: Longs = getattr(self, one)
            own += getattr(other, one)
        self.worth += other.worth
        self.cost += other.cost

    def _add_marking(self, piece: Piece, column: int, at: Bools) -> None:
        if piece.week.pools.by_marking.any():
            minutes = (piece.tables.marking[column][piece.program] * at).sum(axis=1, dtype=np.int64)
            _add(self.marking, piece.school, minutes)

    def _add_messages(self, piece: Piece) -> None:
        if (piece.week.pools.message_day >= 0).any():
            sent = piece.by_day(Cap.PHONE) > 0
            for day in range(DAYS):
                _add(self.messages[:, day], piece.school, sent[:, day])

    def by_pool(self, week: WeekArrays) -> Reals:
        """Return what is taken of each pool [P]."""
        pools = week.pools
        found = np.zeros(len(pools.amount))
        for use in range(pools.of_school.shape[1]):
            own = self.packs @ pools.by_pack[use] + self.sides @ pools.by_side[use]
            own = own + self.seats @ pools.by_seat[use] + self.marking * pools.by_marking[use]
            day = int(pools.message_day[use])
            if day >= 0:
                own = own + self.messages[:, day]
            pool = pools.of_school[:, use]
            np.add.at(found, pool[pool != NOTHING], own[pool != NOTHING])
        return found


def _add(found: Longs, school: Ints, amount: NDArray[Any]) -> None:
    """Add amounts to their schools; a piece holds few schools, one after the other."""
    if len(school):
        low, high = int(school.min()), int(school.max()) + 1
        sums = np.bincount(school - low, weights=amount, minlength=high - low)
        found[low:high] += sums.astype(np.int64)


def rooms(week: WeekArrays, sums: Sums) -> Reals:
    """Return what is left in each pool [P]."""
    return week.pools.amount - sums.by_pool(week)
