"""What every household does at given prices: which packs, which seats, which channel a lesson.

Exact, since only packs join the children of a home and only seats join the lessons of a child:
each choice of packs is tried, and inside it every lesson takes what is best for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler.solver import offers
from scheduler.solver.home_caps import Screens, binding_caps, share
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.rates import Rates
from scheduler.solver.uses import Takes, takes_of
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Ints,
    Longs,
    Role,
    WeekArrays,
)

# More than all lessons of the largest household could make up for.
_FORBIDDEN: Final = 2**50


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """The answer of a block: the channel of each slot [n, W], and sums by household [h].

    ``worth`` is what the choice is worth at these rates, ``most`` a bound on it, ``gain`` what
    packs and seats add to it; ``takes`` is what all homes of the block take together.
    """

    channel: Bytes
    worth: Longs
    most: Longs
    gain: Longs
    takes: Takes


class _Variant(NamedTuple):
    """Packs that are made, as bits over the pack channels, and whether the seat is taken."""

    packs: int
    has_seat: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of the channels by what they ask for; ``free`` ones ask for nothing."""

    packs: tuple[int, ...]
    seats: tuple[int, ...]
    screened: tuple[int, ...]
    free: tuple[int, ...]

    @classmethod
    def of(cls, week: WeekArrays) -> "Layout":
        """Sort the channels of a week."""
        columns = range(len(week.channels))
        return cls(
            packs=tuple(c for c in columns if week.role[c] == Role.PACK),
            seats=tuple(c for c in columns if week.role[c] == Role.SEAT),
            screened=tuple(c for c in columns if week.screen[c] != NOTHING),
            free=tuple(
                c for c in columns if week.role[c] == Role.FREE and week.screen[c] == NOTHING
            ),
        )

    def only(self, channels: Collection[int]) -> "Layout":
        """Return the layout of some channels: what reaches nobody here need not be tried."""
        parts = (self.packs, self.seats, self.screened, self.free)
        return Layout(*(tuple(c for c in part if c in channels) for part in parts))

    def base(self, variant: "_Variant") -> list[int]:
        """Return what is open in a variant and bound to no screen, by rank."""
        made = [self.packs[place] for place in _bits(variant.packs)]
        return sorted([*self.free, *made, *(self.seats if variant.has_seat else ())])


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The nets of a block [n, W] by channel, and how the students stand."""

    week: WeekArrays
    layout: Layout
    nets: dict[int, Ints]
    nothing: Ints
    screens: Screens
    is_tight: Bools

    @property
    def has_seats(self) -> bool:
        """Whether anybody here could take a seat."""
        return any(bool((self.nets[one] > IMPOSSIBLE).any()) for one in self.layout.seats)

    def pick(self, rows: Longs) -> "_Table":
        """Return the table of some rows."""
        return _Table(
            self.week,
            self.layout,
            {channel: nets[rows] for channel, nets in self.nets.items()},
            self.nothing[rows],
            self.screens.pick(rows),
            self.is_tight[rows],
        )


class _Sums(NamedTuple):
    """The worth of each student in one variant, and the bound on it."""

    worth: Longs
    most: Longs


def respond(block: Block, rates: Rates) -> Response:
    """Let every household of a block choose what is best for it at these rates."""
    table = _table(block, rates)
    starts = block.households
    modes = [_mode(block, table, rates, bits) for bits in range(1 << len(table.layout.packs))]
    worth = np.stack([one.worth for one in modes])
    most = np.stack([one.most for one in modes])
    sizes = np.diff(np.append(starts, block.count))
    mode = np.repeat(np.argmax(worth, axis=0), sizes)
    sits = np.stack([one.sits for one in modes])[mode, np.arange(block.count)]
    best = worth.max(axis=0)
    channel = _channels(table, mode, sits)
    gain = best - modes[0].unaided
    return Response(channel, best, most.max(axis=0), gain, takes_of(block, channel))


class _Mode(NamedTuple):
    """A choice of packs: worth, bound and worth without seats by household; who sits."""

    worth: Longs
    most: Longs
    unaided: Longs
    sits: Bools


def _mode(block: Block, table: _Table, rates: Rates, bits: int) -> _Mode:
    starts, school = block.households, block.school
    packs, seats = table.layout.packs, table.layout.seats
    plain = _sums(table, _Variant(bits, has_seat=False))
    worth, most = plain.worth, plain.most
    sits = np.zeros(block.count, dtype=np.bool_)
    needed, must_sit = _decided(block, packs, seats)
    if table.has_seats:
        seated = _sums(table, _Variant(bits, has_seat=True))
        charge = rates.seat[school, seats[0]]
        sits = must_sit | (seated.worth - charge > worth)
        worth = np.where(sits, seated.worth - charge, worth)
        most = np.maximum(most, seated.most - charge)
    cost = np.zeros(len(starts), dtype=np.int64)
    for place in _bits(bits):
        cost += rates.pack[school[starts], packs[place]]
    cost += np.where((needed & ~bits) != 0, _FORBIDDEN, 0)
    return _Mode(
        np.add.reduceat(worth, starts) - cost,
        np.add.reduceat(most, starts) - cost,
        np.add.reduceat(plain.worth, starts),
        sits,
    )


def _decided(block: Block, packs: Sequence[int], seats: Sequence[int]) -> tuple[Bytes, Bools]:
    """Return the packs of each household, as bits, and the seats that decisions by hand ask for."""
    starts, people = block.households, block.week.students
    needed = np.zeros(len(starts), dtype=np.int8)
    must_sit = np.zeros(block.count, dtype=np.bool_)
    if len(people.decided):
        decided = people.decided[block.rows]
        for place, column in enumerate(packs):
            own = (decided == column).any(axis=1)
            needed |= np.logical_or.reduceat(own, starts).astype(np.int8) << place
        for column in seats:
            must_sit |= (decided == column).any(axis=1)
    return needed, must_sit


def _bits(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def _table(block: Block, rates: Rates) -> _Table:
    week = block.week
    pages = offers.sides(block)
    nets = {
        channel: offers.net(block, channel, rates, offers.gross(block, channel), pages)
        for channel in range(len(week.channels))
    }
    lessons, caps = block.lessons, binding_caps(week, block.rows)
    charge = rates.message[block.school]
    screens = Screens(
        phone=_best(nets, np.flatnonzero(week.screen == Cap.PHONE), block),
        tv=_best(nets, np.flatnonzero(week.screen == Cap.TV), block),
        day=np.where(lessons == NOTHING, NOTHING, week.lessons.day[lessons]).astype(np.int8),
        is_heavy=week.lessons.is_heavy[lessons] & (lessons != NOTHING),
        caps=caps,
        charge=charge,
    )
    is_tight = (caps != NO_CAP).any(axis=1) | charge.any(axis=1)
    reaching = [channel for channel, own in nets.items() if (own > IMPOSSIBLE).any()]
    layout = Layout.of(week).only(reaching)
    return _Table(week, layout, nets, offers.without_anything(block), screens, is_tight)


def _best(nets: dict[int, Ints], channels: Longs, block: Block) -> Ints:
    if not len(channels):
        return np.full((block.count, block.week.slots), IMPOSSIBLE, dtype=np.int32)
    found = nets[int(channels[0])]
    for channel in channels[1:]:
        found = np.maximum(found, nets[int(channel)])
    return found


def _sums(table: _Table, variant: _Variant) -> _Sums:
    base = table.nothing
    for channel in table.layout.base(variant):
        base = np.maximum(base, table.nets[channel])
    screens = table.screens
    best = np.maximum(np.maximum(base, screens.phone), screens.tv)
    worth = best.sum(axis=1, dtype=np.int64)
    most = worth
    tight = np.flatnonzero(table.is_tight)
    if len(tight):
        shared = share(base[tight], screens.pick(tight))
        most = worth.copy()
        worth[tight] = shared.worth.sum(axis=1, dtype=np.int64) - shared.charged
        most[tight] = np.minimum(most[tight], shared.most)
    return _Sums(worth, most)


def _channels(table: _Table, mode: Longs, sits: Bools) -> Bytes:
    """Return the channel of each slot [n, W], once packs and seats are chosen."""
    found = np.full(table.nothing.shape, NOTHING, dtype=np.int8)
    for bits in np.unique(mode):
        for has_seat in (False, True):
            rows = np.flatnonzero((mode == bits) & (sits == has_seat))
            if len(rows):
                variant = _Variant(int(bits), has_seat)
                found[rows] = _variant_channels(table.pick(rows), variant)
    return found


def _variant_channels(table: _Table, variant: _Variant) -> Bytes:
    week, screens = table.week, table.screens
    base, found = table.nothing.copy(), np.full(table.nothing.shape, NOTHING, dtype=np.int8)
    loose = ~table.is_tight
    # From the last rank to the first, so that the first wins a draw.
    for channel in sorted({*table.layout.base(variant), *table.layout.screened}, reverse=True):
        nets = table.nets[channel]
        better = nets >= base
        if week.screen[channel] != NOTHING:
            better &= loose[:, None]
        np.copyto(base, nets, where=better)
        found[better] = channel
    tight = np.flatnonzero(table.is_tight)
    if len(tight):
        own = table.pick(tight)
        shared = share(base[tight], own.screens)
        for cap, chosen in ((Cap.PHONE, shared.on_phone), (Cap.TV, shared.on_tv)):
            limit = screens.phone[tight] if cap == Cap.PHONE else screens.tv[tight]
            for channel in reversed(np.flatnonzero(week.screen == cap)):
                at = chosen & (own.nets[int(channel)] == limit)
                found[tight] = np.where(at, np.int8(channel), found[tight])
    return found
