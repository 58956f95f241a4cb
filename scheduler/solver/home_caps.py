"""Which lessons get the shared phone, the data plan or the one TV, where a home has too little.

A phone that several children share is shared in equal parts: no child takes another's turn.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import NO_CAP, Bools, Bytes, Cap, Counts, Ints, Longs

# A lesson's place in the week orders equal gains alike for ever; 64 are more than a week holds.
_PLACES = 64


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


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Who gets which screen [n, W], the worth of each slot, and a sum that no sharing can pass."""

    worth: Ints
    on_phone: Bools
    on_tv: Bools
    charged: Longs
    most: Longs


def share(base: Ints, screens: Screens) -> Shared:
    """Give each student the lessons that gain most; ``base`` [n, W] is the best without screens.

    Exact where one cap binds alone; with several at once the sum ``most`` may be out of reach.
    """
    with_tv = np.maximum(base, screens.tv)
    gain = _edge(screens.phone, with_tv)
    gain = np.where(_heavy_kept(gain, screens), gain, 0)
    on_phone = _daily(gain, screens, Cap.PHONE)
    on_phone, charged = _worth_the_message(gain, on_phone, screens)
    on_tv = _daily(np.where(on_phone, 0, _edge(screens.tv, base)), screens, Cap.TV)
    worth = np.where(on_phone, screens.phone, np.where(on_tv, screens.tv, base))
    return Shared(worth, on_phone, on_tv, charged, _most(base, with_tv, screens))


def _edge(offered: Ints, otherwise: Ints) -> Ints:
    """Return what a screen gains and one unit more, 0 where it is worse: it wins a draw."""
    return np.where(offered >= otherwise, offered - otherwise + 1, 0)


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
    cap = screens.caps[:, Cap.HEAVY]
    heavy = np.where(screens.is_heavy, gain, 0)
    return np.where(screens.is_heavy, best_of(heavy, cap), gain > 0)


def _daily(gain: Ints, screens: Screens, cap: Cap) -> Bools:
    """Return the lessons that gain most on each day, as many as the cap allows."""
    most = screens.caps[:, cap]
    if (most == NO_CAP).all():
        return np.asarray(gain > 0)
    kept = np.zeros(gain.shape, dtype=np.bool_)
    for day in range(DAYS):
        kept |= best_of(np.where(screens.day == day, gain, 0), most)
    return kept


def best_of(gain: Ints, most: Counts) -> Bools:
    """Return the ``most`` [n] highest gains above 0 of each row, earlier ones first."""
    if (most >= gain.shape[1]).all():
        return np.asarray(gain > 0)
    order = gain.astype(np.int64) * _PLACES + np.arange(_PLACES - 1, -1, -1)[: gain.shape[1]]
    ranked = -np.sort(-order, axis=1)
    last = np.clip(most.astype(np.int64) - 1, 0, gain.shape[1] - 1)
    bar = np.take_along_axis(ranked, last[:, None], axis=1)
    return np.asarray((order >= bar) & (gain > 0) & (most > 0)[:, None])


def _worth_the_message(gain: Ints, kept: Bools, screens: Screens) -> tuple[Bools, Longs]:
    """Drop the days on which the lessons together are not worth the price of their message."""
    if not screens.charge.any():
        return kept, np.zeros(len(kept), dtype=np.int64)
    charged = np.zeros(len(kept), dtype=np.int64)
    kept = kept.copy()
    for day in range(DAYS):
        own = kept & (screens.day == day)
        charge = screens.charge[:, day]
        # A decision by hand stands on ground far below all worth: it is never dropped.
        together = np.where(own, np.minimum(gain, -IMPOSSIBLE), 0).sum(axis=1, dtype=np.int64)
        stays = together > charge
        kept &= ~own | stays[:, None]
        charged += np.where(stays & own.any(axis=1), charge, 0)
    return kept, charged
