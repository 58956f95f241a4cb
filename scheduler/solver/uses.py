"""What a choice of channels takes of everything shared, and what it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from scheduler.solver import offers
from scheduler.solver.offers import Block
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import (
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Ints,
    Longs,
    Reals,
    Role,
    WeekArrays,
)

# Small enough for the cache of an old computer, large enough that numpy's own cost is lost in it.
BLOCK: Final = 8192


def blocks_of(week: WeekArrays, size: int = BLOCK) -> Iterator[Block]:
    """Cut the students into blocks of whole households."""
    own = week.students.household
    start = 0
    while start < len(own):
        stop = min(start + size, len(own))
        while stop < len(own) and own[stop] == own[stop - 1]:
            stop += 1
        yield Block(week, start, stop)
        start = stop


def schools_of(week: WeekArrays) -> Iterator[Block]:
    """Cut the students into their schools."""
    own = week.students.school
    if not len(own):
        return
    bounds = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1], [True]]))
    for start, stop in pairwise(bounds.tolist()):
        yield Block(week, start, stop)


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """What a block takes by school: packs, sides and seats [S, C], marking [S], messages [S, d]."""

    packs: Longs
    sides: Longs
    seats: Longs
    marking: Longs
    messages: Longs

    def __add__(self, other: "Takes") -> "Takes":
        """Join what two blocks take."""
        return Takes(
            self.packs + other.packs,
            self.sides + other.sides,
            self.seats + other.seats,
            self.marking + other.marking,
            self.messages + other.messages,
        )


def no_takes(week: WeekArrays) -> Takes:
    """Return what nobody takes."""
    wide = (len(week.school), len(week.channels))
    return Takes(
        np.zeros(wide, dtype=np.int64),
        np.zeros(wide, dtype=np.int64),
        np.zeros(wide, dtype=np.int64),
        np.zeros(wide[0], dtype=np.int64),
        np.zeros((wide[0], DAYS), dtype=np.int64),
    )


def takes_of(block: Block, channel: Bytes) -> Takes:
    """Count what the channels [n, W] of a block take, school by school."""
    week, school = block.week, block.school
    found = no_takes(week)
    pages: Ints | None = None
    for column, role in enumerate(week.role):
        if role == Role.FREE:
            continue
        at = channel == column
        if not at.any():
            continue
        if role == Role.SEAT:
            _count(found.seats, column, school, at.any(axis=1))
            continue
        pages = offers.sides(block) if pages is None else pages
        own = np.where(at, pages, 0).sum(axis=1, dtype=np.int64)
        found.sides[:, column] += _summed(school, own, len(week.school))
        starts = block.households
        has_pack = np.logical_or.reduceat(at.any(axis=1), starts)
        _count(found.packs, column, school[starts], has_pack)
    _count_work(block, channel, found)
    return found


def _count(found: Longs, column: int, school: Ints, has_one: Bools) -> None:
    found[:, column] += _summed(school, has_one.astype(np.int64), len(found))


def _count_work(block: Block, channel: Bytes, found: Takes) -> None:
    """Count messages and marking where somebody has too little of them."""
    week, pools = block.week, block.week.pools
    lessons = block.lessons
    if (pools.message_day >= 0).any():
        on_phone = np.isin(channel, np.flatnonzero(week.screen == Cap.PHONE))
        days = np.where(on_phone, week.lessons.day[lessons], NOTHING)
        for day in range(DAYS):
            one = (days == day).any(axis=1).astype(np.int64)
            found.messages[:, day] += _summed(block.school, one, len(week.school))
    if pools.by_marking.any():
        minutes = np.where(channel == NOTHING, 0, week.lessons.marking[lessons, channel])
        one = minutes.sum(axis=1, dtype=np.int64)
        np.add(found.marking, _summed(block.school, one, len(week.school)), out=found.marking)


def _summed(school: Ints, amount: Longs, count: int) -> Longs:
    # Sums of whole numbers below 2^53 are exact in whatever order they are made.
    return np.bincount(school, weights=amount, minlength=count).astype(np.int64)


def by_pool(week: WeekArrays, takes: Takes) -> Reals:
    """Return what is taken of each pool [P]."""
    pools = week.pools
    by_school = (
        takes.packs @ pools.by_pack.T
        + takes.sides @ pools.by_side.T
        + takes.seats @ pools.by_seat.T
        + takes.marking[:, None] * pools.by_marking
    )
    for column, day in enumerate(pools.message_day):
        if day >= 0:
            by_school[:, column] += takes.messages[:, day]
    has_pool = pools.of_school != NOTHING
    weights: Reals = by_school[has_pool].astype(np.float64)
    taken = np.bincount(pools.of_school[has_pool], weights, minlength=len(pools.amount))
    return taken.astype(np.float64)


def true_cost(week: WeekArrays, takes: Takes) -> int:
    """Return what the money spent is worth, in units."""
    tariff = week.tariff
    return int(
        (takes.packs * tariff.pack).sum()
        + (takes.sides * tariff.side).sum()
        + (takes.seats * tariff.seat).sum()
    )


def gross_worth(block: Block, channel: Bytes) -> int:
    """Return the worth of the channels [n, W] of a block before any cost."""
    total = 0
    for column in range(len(block.week.channels)):
        at = channel == column
        if at.any():
            total += int(np.where(at, offers.gross(block, column), 0).sum(dtype=np.int64))
    return total
