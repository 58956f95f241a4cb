"""How each option of a student stands beside the rest of a plan: ``judging`` in one row."""

from typing import Final, NamedTuple

import numpy as np

from scheduler.rules.channel_choice import HomeLimit
from scheduler.solver.judging import ORDER
from scheduler.solver.kernel.books import FIRST_COST, SIDE_COST, Shared, Whole
from scheduler.solver.kernel.desk import DAY, IS_HEAVY, MORE_ROWS, SIDES, lay_out
from scheduler.solver.kernel.facts import ROLE, SCREEN
from scheduler.solver.kernel.jit import allocating, compiled, inlined, whole
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.rates import DAYS
from scheduler.solver.standing import TOLERANCE
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bytes,
    Cap,
    Counts,
    Ints,
    Longs,
    Reals,
    Role,
)

_FREE = int(Role.FREE)
_PACK = int(Role.PACK)
_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)
_PHONE_BIT = 1 << ORDER.index(HomeLimit.PHONE_HOURS)
_TV_BIT = 1 << ORDER.index(HomeLimit.TV_HOURS)
_PLAN_BIT = 1 << ORDER.index(HomeLimit.DATA_PLAN)


# More sides than any lesson has.
_ANY: Final = 1 << 20

OPEN: Final = 0
CLOSED: Final = 1
WANTED: Final = 2


class Scene(NamedTuple):
    """A student beside the rest of the plan.

    ``nets`` [C + 6, W] is as on the desk, at true cost; ``cost`` and ``marks`` [C, W] what is in
    it and the minutes of marking; ``now`` [W] the channels, ``held`` [C] the lessons in the pack
    of the home or on the student's seat, ``screens`` [3, days] those on each screen, ``needs`` [R]
    what the option that was asked about last takes more of each use, ``waits`` [R] the least that
    an option which found too little would need of it. ``closed`` [C] is ``CLOSED``
    where not even the shortest lesson that gives nothing back would find room, ``WANTED`` once
    somebody would have liked to. ``fits`` [C] are the most sides for which a channel surely has
    room where nothing is given back, -1 where that must be looked up. ``pays`` [C] is 1 where a
    channel takes of any pool, ``twice`` is 1 where two uses of the school draw on one pool.
    """

    terms: Longs
    nets: Ints
    cost: Longs
    marks: Longs
    now: Bytes
    held: Longs
    screens: Ints
    caps: Counts
    pools: Longs
    takes: Reals
    uses: Longs
    bit: Longs
    room: Reals
    needs: Reals
    waits: Reals
    closed: Longs
    fits: Longs
    pays: Longs
    twice: int


class Sheet(NamedTuple):
    """The scratch paper for one student after the other."""

    nets: Ints
    cost: Longs
    marks: Longs
    held: Longs
    needs: Reals
    waits: Reals
    closed: Longs
    fits: Longs
    pays: Longs
    rate: Longs


@allocating
def new_sheet(channels: int, slots: int, uses: int) -> Sheet:
    """Return scratch paper; at the rates on it nothing has a price."""
    return Sheet(
        np.empty((channels + MORE_ROWS, slots), dtype=np.int32),
        np.empty((channels, slots), dtype=np.int64),
        np.zeros((channels, slots), dtype=np.int64),
        np.empty(channels, dtype=np.int64),
        np.empty(uses, dtype=np.float64),
        np.empty(uses, dtype=np.float64),
        np.zeros(channels, dtype=np.int64),
        np.zeros(channels, dtype=np.int64),
        np.zeros(channels, dtype=np.int64),
        np.zeros(3 * channels + 1 + DAYS, dtype=np.int64),
    )


@compiled
def scene_of(world: Whole, sheet: Sheet, row: int) -> Scene:
    """Lay out how a student stands."""
    about, people, shared, books = world.about, world.people, world.shared, world.books
    terms, nets, held = about.terms, sheet.nets, sheet.held
    channels = len(terms)
    lay_out(about, people, sheet.rate, nets, row)
    now = books.channel[row]
    home = books.household[row]
    for channel in range(channels):
        is_pack = terms[channel, ROLE] == _PACK
        held[channel] = books.in_pack[home, channel] if is_pack else books.on_seat[row, channel]
        if terms[channel, ROLE] == _FREE:
            for slot in range(len(now)):
                sheet.cost[channel, slot] = 0
            continue
        first, side = shared.tariff[FIRST_COST, channel], shared.tariff[SIDE_COST, channel]
        for slot in range(len(now)):
            is_first = held[channel] == (1 if now[slot] == channel else 0)
            cost = side * nets[SIDES, slot] + (first if is_first else 0)
            sheet.cost[channel, slot] = cost
            net = nets[channel, slot]
            nets[channel, slot] = net - cost if net > IMPOSSIBLE else net
    if shared.counts_marking:
        program = people.program[row]
        for channel in range(channels):
            for slot in range(len(now)):
                sheet.marks[channel, slot] = about.marks[program, channel, slot]
    school = people.school[row]
    _close(shared, books.room, sheet, terms, shared.pools[school])
    for channel in range(channels):
        is_plain = not (shared.counts_marking or shared.twice[school])
        is_plain = is_plain and terms[channel, ROLE] != _FREE
        fits = _most_sides(shared, books.room, held[channel], school, channel) if is_plain else -1
        sheet.fits[channel] = fits
    return Scene(
        terms,
        nets,
        sheet.cost,
        sheet.marks,
        now,
        held,
        books.on_screen[row],
        people.caps[row],
        shared.pools[people.school[row]],
        shared.takes,
        shared.uses,
        shared.bit,
        books.room,
        sheet.needs,
        sheet.waits,
        sheet.closed,
        sheet.fits,
        sheet.pays,
        shared.twice[people.school[row]],
    )


@compiled
def _close(shared: Shared, room: Reals, sheet: Sheet, terms: Longs, pools: Longs) -> None:
    """Mark who takes of a pool, and what even the shortest lesson finds no room in."""
    shortest = _shortest(sheet.nets)
    for channel in range(len(terms)):
        sheet.closed[channel], sheet.pays[channel] = OPEN, 0
        for position in range(len(pools)):
            use = shared.uses[channel, position]
            if use == NOTHING:
                break
            if pools[use] != NOTHING:
                sheet.pays[channel] = 1
            if terms[channel, ROLE] == _FREE:
                continue
            amount = _least(shared.takes, use, channel, sheet.held[channel], shortest)
            if pools[use] != NOTHING and amount > room[pools[use]] + TOLERANCE:
                sheet.closed[channel] = CLOSED


@compiled
def _most_sides(shared: Shared, room: Reals, held: int, school: int, channel: int) -> int:
    """Return the most sides of a lesson that surely find room; one with more may find it too."""
    pools, channels = shared.pools[school], (shared.takes.shape[1] - 2) // 2
    most = whole(_ANY)
    for position in range(len(pools)):
        use = shared.uses[channel, position]
        if use == NOTHING:
            break
        if pools[use] == NOTHING:
            continue
        side, left = shared.takes[use, channels + channel], room[pools[use]] + TOLERANCE
        first = shared.takes[use, channel] if held == 0 else 0.0
        if side > 0.0:
            most = min(most, whole(min(max((left - first) / side - 1, -1.0), _ANY)))
        elif first > left:
            most = whole(-1)
    return most


@compiled
def _shortest(nets: Ints) -> int:
    """Return the fewest sides that a lesson of the student has."""
    found = whole(nets[SIDES, 0])
    for slot in range(nets.shape[1]):
        found = min(found, nets[SIDES, slot])
    return found


@compiled
def _least(takes: Reals, use: int, channel: int, held: int, shortest: int) -> float:
    channels = (takes.shape[1] - 2) // 2
    amount = takes[use, channels + channel] * shortest
    return float(amount + takes[use, channel] if held == 0 else amount)


@compiled
def wait(scene: Scene) -> None:
    """Write down what those wait for who found a channel closed that they want."""
    shortest = _shortest(scene.nets)
    for channel in range(len(scene.terms)):
        if scene.closed[channel] != WANTED:
            continue
        for position in range(len(scene.pools)):
            use = scene.uses[channel, position]
            if use == NOTHING:
                break
            amount = _least(scene.takes, use, channel, scene.held[channel], shortest)
            pool = scene.pools[use]
            if pool != NOTHING and amount > scene.room[pool] + TOLERANCE:
                scene.waits[use] = min(scene.waits[use], amount)


@inlined
def lacks_of(scene: Scene, slot: int, channel: int) -> int:
    """Return the resources, as bits, of which too little is left for an option."""
    write_needs(scene, slot, channel)
    pools, needs, room = scene.pools, scene.needs, scene.room
    found = whole(0)
    for position in range(len(needs) if scene.pays[channel] else 0):
        use = scene.uses[channel, position]
        if use == NOTHING:
            break
        pool = pools[use]
        if pool == NOTHING or needs[use] == 0.0:
            continue
        amount = needs[use]
        if scene.twice:
            # A school without a copier prints with all: two uses, one pool.
            amount = 0.0
            for other in range(len(needs)):
                if pools[other] == pool:
                    amount += needs[other]
        if amount > 0 and amount > room[pool] + TOLERANCE:
            found |= scene.bit[pool]
            scene.waits[use] = min(scene.waits[use], amount)
    if scene.terms[channel, SCREEN] != NOTHING:
        found |= _capped(scene, slot, scene.terms[channel, SCREEN])
    return found


@inlined
def write_needs(scene: Scene, slot: int, channel: int) -> None:
    """Write what an option takes of each use beyond what the lesson's place now gives back."""
    terms, takes, needs, nets = scene.terms, scene.takes, scene.needs, scene.nets
    channels, now = len(terms), whole(scene.now[slot])
    needs[:] = 0.0
    for turn in range(2):
        one = channel if turn == 0 else now
        if one == NOTHING or not scene.pays[one]:
            continue
        role, sign = terms[one, ROLE], 1.0 if turn == 0 else -1.0
        is_first = role != _FREE and scene.held[one] == (1 if now == one else 0)
        sides = nets[SIDES, slot] if role == _PACK else 0
        on_phone = terms[one, SCREEN] == _PHONE
        for position in range(len(needs)):
            use = scene.uses[one, position]
            if use == NOTHING:
                break
            if scene.pools[use] == NOTHING:
                continue
            day = takes[use, 2 * channels + 1]
            amount = takes[use, channels + one] * sides
            amount += takes[use, 2 * channels] * scene.marks[one, slot]
            if is_first:
                amount += takes[use, one]
            if day >= 0 and on_phone and nets[DAY, slot] == day:
                was_on_phone = now != NOTHING and terms[now, SCREEN] == _PHONE
                if scene.screens[_PHONE, int(day)] == (1 if was_on_phone else 0):
                    amount += 1.0
            needs[use] += sign * amount


@inlined
def _capped(scene: Scene, slot: int, screen: int) -> int:
    """Return the caps of the home that stand in the way of a screen, as bits."""
    now, caps, nets = whole(scene.now[slot]), scene.caps, scene.nets
    mine = 1 if now != NOTHING and scene.terms[now, SCREEN] == screen else 0
    found = 0
    used = scene.screens[screen, nets[DAY, slot]] - mine
    if caps[screen] != NO_CAP and used >= caps[screen]:
        found |= _PHONE_BIT if screen == _PHONE else _TV_BIT
    is_paid_for = screen == _PHONE and nets[IS_HEAVY, slot] and caps[_HEAVY] != NO_CAP
    if is_paid_for and scene.screens[_HEAVY, 0] - mine >= caps[_HEAVY]:
        found |= _PLAN_BIT
    return found
