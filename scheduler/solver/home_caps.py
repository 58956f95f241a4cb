"""Which lessons get the shared phone, the data plan or the one TV, where a home has too little.

A phone that several children share is shared in equal parts: no child takes another's turn.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Counts,
    Ints,
    Longs,
    WeekArrays,
)

# A lesson's place in the week orders equal gains alike for ever; 64 are more than a week holds.
_PLACES = 64
_GROUP = 40


@dataclass(frozen=True, slots=True, eq=False)
class Screens:
    """What phone and TV offer some students: nets [n, W], days, heavy lessons, caps [n, 3].

    ``charge`` [n, days] is the price of the day's message.
    """

    phone: Ints
    tv: Ints
    day: Bytes
    is_heavy: Bools
    caps: Counts
    charge: Longs

    def pick(self, rows: Longs) -> "Screens":
        """Return the screens of some rows."""
        return Screens(
            self.phone[rows],
            self.tv[rows],
            self.day[rows],
            self.is_heavy[rows],
            self.caps[rows],
            self.charge[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Who gets which screen [n, W], the worth of each slot, and a sum that no sharing can pass.

    ``charged`` [n] is the price of the messages that are sent.
    """

    worth: Ints
    on_phone: Bools
    on_tv: Bools
    charged: Longs
    most: Longs


def most_by_program(week: WeekArrays) -> Ints:
    """Return how many lessons each cap could stop at the most, by program [K, 3]."""
    about, programs = week.lessons, week.programs
    is_lesson = programs != NOTHING
    heavy = (about.is_heavy[programs] & is_lesson).sum(axis=1)
    on_day = [((about.day[programs] == day) & is_lesson).sum(axis=1) for day in range(DAYS)]
    busiest = np.max(on_day, axis=0)
    return np.stack([heavy, busiest, busiest], axis=1).astype(np.int32)


def binding_caps(week: WeekArrays, rows: slice | Longs) -> Counts:
    """Return the caps [n, 3] of some students, ``NO_CAP`` where their lessons cannot reach them."""
    most = most_by_program(week)[week.students.program[rows]]
    caps = week.students.caps[rows]
    return np.where(caps < most, caps, NO_CAP).astype(np.uint8)


def share(base: Ints, screens: Screens) -> Shared:
    """Give each student the lessons that gain most; ``base`` [n, W] is the best without screens.

    Exact where one cap other than that of the TV binds alone; else ``most`` may be out of reach.
    """
    with_tv = np.maximum(base, screens.tv)
    gain = _edge(screens.phone, with_tv)
    gain = np.where(_heavy_kept(gain, screens), gain, 0)
    on_phone = _daily(gain, screens, Cap.PHONE)
    on_phone, charged = _worth_the_message(gain, on_phone, screens)
    on_tv = _daily(np.where(on_phone, 0, _edge(screens.tv, base)), screens, Cap.TV)
    worth = np.where(on_phone, screens.phone, np.where(on_tv, screens.tv, base))
    most = worth.sum(axis=1, dtype=np.int64) - charged
    several = (screens.caps != NO_CAP).sum(axis=1) + screens.charge.any(axis=1) > 1
    # The phone is given out as if the TV had room for all that is better there.
    several |= screens.caps[:, Cap.TV] != NO_CAP
    rows = np.flatnonzero(several)
    if len(rows):
        most[rows] = _most(base[rows], with_tv[rows], screens.pick(rows))
    return Shared(worth, on_phone, on_tv, charged, most)


def _edge(offered: Ints, otherwise: Ints) -> Ints:
    """Return what a screen gains and one unit more, 0 where it is worse: it wins a draw."""
    return np.asarray(np.maximum(offered - otherwise + 1, 0))


def _most(base: Ints, with_tv: Ints, screens: Screens) -> Longs:
    """Return the least of three sums, each with one sort of cap alone: none can be passed.

    The units for draws are left in: they make the bound no smaller.
    """
    gain = _edge(screens.phone, with_tv)
    total = with_tv.sum(axis=1, dtype=np.int64)
    heavy = total + np.where(_heavy_kept(gain, screens), gain, 0).sum(axis=1, dtype=np.int64)
    daily, charged = _worth_the_message(gain, _daily(gain, screens, Cap.PHONE), screens)
    phone = total + np.where(daily, gain, 0).sum(axis=1, dtype=np.int64) - charged
    with_phone = np.maximum(base, screens.phone)
    more = _edge(screens.tv, with_phone)
    kept = _daily(more, screens, Cap.TV)
    tv = with_phone.sum(axis=1, dtype=np.int64) + np.where(kept, more, 0).sum(axis=1)
    return np.asarray(np.minimum(np.minimum(heavy, phone), tv))


def _heavy_kept(gain: Ints, screens: Screens) -> Bools:
    """Return the lessons that gain on the phone and for which the data plan is enough."""
    kept = gain > 0
    rows = np.flatnonzero(screens.caps[:, Cap.HEAVY] != NO_CAP)
    if len(rows):
        is_heavy, own = screens.is_heavy[rows], gain[rows]
        # Light lessons are a group of their own, which has no limit.
        paid = best_of(own, screens.caps[rows, Cap.HEAVY], is_heavy.astype(np.int8))
        kept[rows] = paid | (~is_heavy & (own > 0))
    return kept


def _daily(gain: Ints, screens: Screens, cap: Cap) -> Bools:
    """Return the lessons that gain most on each day, as many as the cap allows."""
    kept = gain > 0
    rows = np.flatnonzero(screens.caps[:, cap] != NO_CAP)
    if len(rows):
        kept[rows] = best_of(gain[rows], screens.caps[rows, cap], screens.day[rows])
    return kept


def best_of(gain: Ints, most: Counts, group: Bytes) -> Bools:
    """Return the ``most`` [n] highest gains above 0 of each group [n, W], earlier ones first."""
    places = np.arange(gain.shape[1])
    # Sorted by group, in it by gain from the highest, and equal ones by their place.
    key = (group.astype(np.int64) << _GROUP) - gain.astype(np.int64) * _PLACES + places
    order = np.argsort(key, axis=1)
    sorted_group = np.take_along_axis(group, order, axis=1)
    starts = np.zeros(gain.shape, dtype=np.int64)
    np.copyto(starts[:, 1:], places[1:], where=sorted_group[:, 1:] != sorted_group[:, :-1])
    rank = places - np.maximum.accumulate(starts, axis=1)
    kept = np.zeros(gain.shape, dtype=np.bool_)
    np.put_along_axis(kept, order, rank < most[:, None], axis=1)
    kept &= gain > 0
    return kept


def _worth_the_message(gain: Ints, kept: Bools, screens: Screens) -> tuple[Bools, Longs]:
    """Drop the days on which the lessons together are not worth the price of their message."""
    charged = np.zeros(len(kept), dtype=np.int64)
    if not screens.charge.any():
        return kept, charged
    kept = kept.copy()
    for day in range(DAYS):
        own = kept & (screens.day == day)
        charge = screens.charge[:, day]
        # Without the units for draws, which are worth nothing: a message must pay for itself.
        gained = np.where(own, gain, 0).sum(axis=1, dtype=np.int64) - own.sum(axis=1)
        stays = gained >= charge
        kept &= ~own | stays[:, None]
        charged += np.where(stays & own.any(axis=1), charge, 0)
    return kept, charged
