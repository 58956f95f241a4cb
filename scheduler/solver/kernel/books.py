"""How a plan stands, and what each pool, pack and seat costs, as the compiled rules read them."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.solver.judging import ORDER
from scheduler.solver.kernel.facts import About, People, about_of, people_of
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Ints, Longs, Reals, WeekArrays

# Rows of ``Shared.tariff``.
FIRST_COST: Final = 0
SIDE_COST: Final = 1


class Books(NamedTuple):
    """The tables of ``standing.Standing``: they change as lessons move."""

    channel: Bytes
    room: Reals
    in_pack: Longs
    on_seat: Longs
    on_screen: Ints
    household: Longs
    tie: NDArray[np.uint64]


class Shared(NamedTuple):
    """What is shared: the pools [P] and their uses [R], see ``week_arrays.Pools``.

    ``pools`` [S, R] are those of each school; ``takes`` [R, 2 C + 2] is what a use takes for a
    first lesson and for a side, by channel, for a hundredth of a teacher's minute, and the day
    whose messages it counts; ``bit`` [P] is that of the pool's resource in ``judging.ORDER``;
    ``tariff`` [2, C] the true cost of a first lesson and of a side; ``uses`` [C, R + 1] lists the
    uses that a channel takes anything of, up to the first -1; ``twice`` [S] is 1 where two uses of
    a school draw on one pool.
    """

    pools: Longs
    takes: Reals
    bit: Longs
    tariff: Longs
    uses: Longs
    twice: Longs
    counts_messages: int
    counts_marking: int


class Whole(NamedTuple):
    """All that the rules read of a week and of its plan."""

    about: About
    people: People
    shared: Shared
    books: Books


def whole_of(standing: Standing) -> Whole:
    """Lay a week and its plan out for the compiled rules."""
    week = standing.week
    return Whole(about_of(week), people_of(week), shared_of(week), books_of(standing))


def books_of(standing: Standing) -> Books:
    """Hand out the tables of a standing: whoever changes them changes it."""
    people = standing.week.students
    return Books(
        standing.channel,
        standing.room,
        standing.in_pack,
        standing.on_seat,
        standing.on_screen,
        people.household,
        people.tie,
    )


def shared_of(week: WeekArrays) -> Shared:
    """Lay the pools and the tariff of a week out."""
    pools, tariff = week.pools, week.tariff
    first = pools.by_pack + pools.by_seat
    more = [pools.by_marking[:, None], pools.message_day[:, None].astype(np.float64)]
    return Shared(
        pools.of_school.astype(np.int64),
        np.concatenate([first, pools.by_side, *more], axis=1),
        np.array([1 << ORDER.index(one) for one in pools.resource], dtype=np.int64),
        np.stack([tariff.pack + tariff.seat, tariff.side]),
        _uses(week),
        _twice(pools.of_school),
        int((pools.message_day >= 0).any()),
        int(pools.by_marking.any()),
    )


def _twice(of_school: Ints) -> Longs:
    ordered = np.sort(of_school, axis=1)
    is_again = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NOTHING)
    found: Longs = is_again.any(axis=1).astype(np.int64)
    return found


def _uses(week: WeekArrays) -> Longs:
    pools = week.pools
    takes = (pools.by_pack + pools.by_seat + pools.by_side).T > 0
    takes |= (pools.by_marking > 0)[None, :]
    takes |= (week.screen == Cap.PHONE)[:, None] & (pools.message_day >= 0)[None, :]
    found = np.full((len(takes), takes.shape[1] + 1), NOTHING, dtype=np.int64)
    for channel, own in enumerate(takes):
        used = np.flatnonzero(own)
        found[channel, : len(used)] = used
    return found
