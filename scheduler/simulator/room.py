"""Who gets something when there is too little of it and nobody weighs: first come, first served."""

from collections.abc import Iterator

import numpy as np

from scheduler.simulator.events import homes_of
from scheduler.solver import offers
from scheduler.solver.offers import Block
from scheduler.solver.standing import TOLERANCE
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


def whole(week: WeekArrays) -> Block:
    """Return all students as one block."""
    return Block(week, 0, week.students.count)


def days_of(week: WeekArrays) -> Ints:
    """Return the day of each slot [N, W], 0 to 4, or -1 without a lesson."""
    lessons = whole(week).lessons
    found: Ints = np.where(lessons == NOTHING, NOTHING, week.lessons.day[lessons])
    return found


def within_room(week: WeekArrays, channel: Bytes, room: Reals) -> Bytes:
    """Return the channels [N, W] without what does not fit the room [P] of the pools.

    Homes come in an order that looks drawn; what they want of a pool is given whole or not.
    """
    found = channel.copy()
    if not found.size:
        return found
    home, pages = homes_of(week), offers.sides(whole(week))
    first = np.flatnonzero(np.append(True, home[1:] != home[:-1]))
    tie, school = week.students.tie[first], week.students.school[first]
    for use, pools in enumerate(week.pools.of_school.T):
        pool = pools[school]
        takes = list(_takes(week, use, found, pages))
        wanted = np.zeros(len(first))
        for _, need in takes:
            wanted += np.bincount(home, need, len(first))
        over = _over(pool, wanted, tie, room)
        for at, _ in takes:
            found[at & over[home][:, None]] = NOTHING
    return found


def _over(pool: Ints, wanted: Reals, tie: "np.typing.NDArray[np.uint64]", room: Reals) -> Bools:
    """Return the homes whose turn comes when a pool is used up."""
    found = np.zeros(len(pool), dtype=np.bool_)
    asks = np.flatnonzero((wanted > 0) & (pool != NOTHING))
    order = asks[np.lexsort((tie[asks], pool[asks]))]
    if not len(order):
        return found
    total = np.cumsum(wanted[order])
    starts = np.append(True, pool[order][1:] != pool[order][:-1])
    before = (total - wanted[order])[starts][np.cumsum(starts) - 1]
    found[order] = total - before > room[pool[order]] + TOLERANCE
    return found


def _takes(
    week: WeekArrays, use: int, channel: Bytes, pages: Ints
) -> Iterator[tuple[Bools, Reals]]:
    """Return where lessons use a pool's resource [N, W], and how much each student takes [N].

    The fixed part of a pack is asked for once a home: by its first student that has one.
    """
    pools, day = week.pools, int(week.pools.message_day[use])
    if day >= 0:
        on_phone = np.isin(channel, np.flatnonzero(week.screen == Cap.PHONE))
        at = on_phone & (days_of(week) == day)
        yield at, at.any(axis=1).astype(np.float64)
        return
    for column, role in enumerate(week.role):
        at = channel == column
        if pools.by_marking[use]:
            minutes = week.lessons.marking[whole(week).lessons, column]
            at &= minutes > 0
            yield at, np.where(at, minutes, 0).sum(axis=1) * pools.by_marking[use]
        elif role == Role.PACK and (pools.by_pack[use, column] or pools.by_side[use, column]):
            sides = np.where(at, pages, 0).sum(axis=1)
            packs = _first_of_home(homes_of(week), at.any(axis=1))
            yield at, sides * pools.by_side[use, column] + packs * pools.by_pack[use, column]
        elif role == Role.SEAT and pools.by_seat[use, column]:
            yield at, at.any(axis=1) * pools.by_seat[use, column]


def _first_of_home(home: Longs, has: Bools) -> Bools:
    rows = np.flatnonzero(has)
    found = np.zeros(len(home), dtype=np.bool_)
    found[rows[np.append(True, home[rows][1:] != home[rows][:-1])] if len(rows) else rows] = True
    return found


def within_caps(week: WeekArrays, wanted: Bools, screen: Cap, before: Bools) -> Bools:
    """Return the wanted lessons [N, W] that a home's phone or television can still show.

    ``before`` [N, W] are lessons that stand on that screen already; earlier lessons come first.
    """
    caps, days = week.students.caps, days_of(week)
    found = wanted.copy()
    for day in range(int(days.max(initial=-1)) + 1):
        here = days == day
        used = (before & here).sum(axis=1)
        turn = np.cumsum(found & here, axis=1)
        found &= ~(here & (used[:, None] + turn > caps[:, screen][:, None]))
    if screen == Cap.PHONE:
        heavy = week.lessons.is_heavy[whole(week).lessons]
        used = (before & heavy).sum(axis=1)
        turn = np.cumsum(found & heavy, axis=1)
        found &= ~(heavy & (used[:, None] + turn > caps[:, Cap.HEAVY][:, None]))
    return found
