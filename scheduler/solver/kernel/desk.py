"""What one student is offered at given rates, laid out on a desk that serves home after home.

Loops go from slot to slot through one row: the compiler then takes many slots at a time.
"""

from typing import Final, NamedTuple

import numpy as np

from scheduler.solver.kernel.facts import (
    PACK,
    ROLE,
    SCREEN,
    SLOT_DAY,
    SLOT_HEAVY,
    About,
    People,
)
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    SOMETHING_UNITS,
    Bytes,
    Cap,
    Ints,
    Longs,
    Role,
)

# Rows of ``Desk.nets`` beside those of the channels, counted from the end.
BARE: Final = -6  # worth without any screen, pack or seat
PHONE: Final = -5  # the best net on the phone
TV: Final = -4  # the best net on TV
DAY: Final = -3  # -1 where there is no lesson
IS_HEAVY: Final = -2
SIDES: Final = -1
MORE_ROWS: Final = 6

# Columns of ``Desk.who``; the first three are the caps, ``NO_CAP`` where they cannot bind.
IS_TIGHT: Final = 3
CAN_SIT: Final = 4
MUST_SIT: Final = 5
NEEDED: Final = 6
PROGRAM: Final = 7
IS_CHARGED: Final = 8
WHO: Final = 9

# Rows of ``Desk.line``.
BASE: Final = 0  # the best without a screen
KEY: Final = 1  # what a screen gains and one unit more, 0 where it is not given
RANK: Final = 2  # how many of the day gain more
ON_PHONE: Final = 3
WINNER: Final = 4  # the channel
LINES: Final = 5

_PHONE_ROW: Final = MORE_ROWS + PHONE

_PACK = int(Role.PACK)
_FREE = int(Role.FREE)
_PHONE = int(Cap.PHONE)
_TV = int(Cap.TV)


class Desk(NamedTuple):
    """One home's students [h]: ``nets`` [h, C + 6, W] and how they stand, ``who`` [h, 9].

    For every choice of packs, as bits: ``base`` [h, modes, W] is the best without screen and seat,
    ``loose`` [h, modes, 2] the sums without caps by the seat taken, ``screen`` [h, modes, 2, W]
    the screen that a closer look gave to each lesson, or -1. ``packs`` are the pack channels;
    ``line`` [5, W] serves one student at a time, ``sums`` [2, modes] one home.
    """

    nets: Ints
    who: Longs
    base: Ints
    loose: Longs
    screen: Bytes
    packs: Longs
    line: Ints
    sums: Longs


def new_desk(home: int, terms: Longs, slots: int) -> Desk:
    """Return a desk for homes of at most ``home`` students."""
    packs = np.flatnonzero(terms[:, PACK] != NOTHING)
    modes = 1 << len(packs)
    return Desk(
        np.empty((home, len(terms) + MORE_ROWS, slots), dtype=np.int32),
        np.empty((home, WHO), dtype=np.int64),
        np.empty((home, modes, slots), dtype=np.int32),
        np.empty((home, modes, 2), dtype=np.int64),
        np.empty((home, modes, 2, slots), dtype=np.int8),
        packs,
        np.empty((LINES, slots), dtype=np.int32),
        np.empty((2, modes), dtype=np.int64),
    )


@compiled
def lay_out(about: About, people: People, rate: Longs, nets: Ints, row: int) -> None:
    """Write what a student is offered at the rates of the school; see ``offers``."""
    program, size, slots = people.program[row], int(people.is_large[row]), nets.shape[1]
    for slot in range(slots):
        nets[BARE, slot] = 0
        nets[PHONE, slot] = IMPOSSIBLE
        nets[TV, slot] = IMPOSSIBLE
        nets[DAY, slot] = about.frame[program, SLOT_DAY, slot]
        nets[IS_HEAVY, slot] = about.frame[program, SLOT_HEAVY, slot]
        nets[SIDES, slot] = about.sides[program, size, slot]
    if people.has_decided:
        for slot in range(about.programs.shape[1]):
            if people.decided[row, slot] != NOTHING:
                nets[BARE, slot] = IMPOSSIBLE
    for channel in range(len(about.terms)):
        _lay_gross(about, people, nets, row, channel)
        _take_costs_off(about, rate, nets, program, channel)
        target = _row_of(about.terms, channel)
        if target != NOTHING:
            for slot in range(slots):
                nets[target, slot] = max(nets[target, slot], nets[channel, slot])


@compiled
def _row_of(terms: Longs, channel: int) -> int:
    """Return the row that takes the best of what needs the same screen, or none; -1 for others."""
    bare = len(terms) + MORE_ROWS + BARE
    if terms[channel, SCREEN] == _PHONE:
        return bare + PHONE - BARE
    if terms[channel, SCREEN] == _TV:
        return bare + TV - BARE
    return bare if terms[channel, ROLE] == _FREE else NOTHING


@compiled
def _lay_gross(about: About, people: People, nets: Ints, row: int, channel: int) -> None:
    """Write the worth of each lesson on a channel with bonuses, before any cost."""
    program, slots = people.program[row], nets.shape[1]
    extra = SOMETHING_UNITS + people.taste[row * people.has_taste, channel]
    likely = whole(people.chance[row, 0, channel])
    for slot in range(slots):
        step = about.steps[program, channel, slot]
        nets[channel, slot] = step * likely + extra if step >= 0 and likely > 0 else IMPOSSIBLE
    # Slots beyond those of the week have no lesson.
    slots = about.programs.shape[1]
    for slot in range(slots if people.chance.shape[1] > 1 else 0):
        step, likely = about.steps[program, channel, slot], whole(people.chance[row, slot, channel])
        nets[channel, slot] = step * likely + extra if step >= 0 and likely > 0 else IMPOSSIBLE
    for slot in range(slots if people.has_previous else 0):
        if people.previous[row, slot] == channel and nets[channel, slot] != IMPOSSIBLE:
            nets[channel, slot] += about.kept
    for slot in range(slots if people.has_decided else 0):
        by_hand = people.decided[row, slot]
        if by_hand not in (NOTHING, channel):
            nets[channel, slot] = IMPOSSIBLE


@compiled
def _take_costs_off(about: About, rate: Longs, nets: Ints, program: int, channel: int) -> None:
    """Take off what the lesson itself costs; what is dear stays possible: it may be decided."""
    channels = len(about.terms)
    side, minute = rate[channels + channel], rate[3 * channels]
    if about.terms[channel, ROLE] == _PACK and side != 0:
        for slot in range(nets.shape[1]):
            net = nets[channel, slot]
            left = max(net - side * nets[SIDES, slot], IMPOSSIBLE + 1)
            nets[channel, slot] = left if net != IMPOSSIBLE else net
    if minute != 0:
        for slot in range(nets.shape[1]):
            net = nets[channel, slot]
            left = max(net - minute * about.marks[program, channel, slot], IMPOSSIBLE + 1)
            nets[channel, slot] = left if net != IMPOSSIBLE else net


@compiled
def lay_out_limits(
    about: About, people: People, rate: Longs, desk: Desk, place: int, row: int
) -> None:
    """Write what binds a student whose offers are laid out, and what somebody has decided for."""
    who, program, channels = desk.who, people.program[row], len(about.terms)
    who[place, PROGRAM] = program
    who[place, IS_TIGHT] = who[place, CAN_SIT] = who[place, MUST_SIT] = who[place, NEEDED] = 0
    who[place, IS_CHARGED] = 0
    has_phone = people.has_decided or _is_offered(desk, place, len(about.terms) + _PHONE_ROW)
    for cap in range(3):
        most = whole(people.caps[row, cap])
        # A phone that brings nothing binds nobody.
        if most >= about.most[program, cap] or not (cap == _TV or has_phone):
            most = whole(NO_CAP)
        who[place, cap] = most
        if most != NO_CAP:
            who[place, IS_TIGHT] = 1
    for message in range(3 * channels + 1, len(rate)):
        if rate[message] != 0 and has_phone:
            who[place, IS_TIGHT] = who[place, IS_CHARGED] = 1
    if about.seat != NOTHING:
        who[place, CAN_SIT] = 1 if _is_offered(desk, place, about.seat) else 0
    if people.has_decided:
        _need_by_hand(about, people.decided[row], who, place)


@compiled
def _is_offered(desk: Desk, place: int, row: int) -> bool:
    """Return whether a row of nets has any lesson that can be brought."""
    best = whole(IMPOSSIBLE)
    for slot in range(desk.nets.shape[2]):
        best = max(best, desk.nets[place, row, slot])
    return best > IMPOSSIBLE


@compiled
def _need_by_hand(about: About, decided: Bytes, who: Longs, place: int) -> None:
    """Write which packs and seats somebody has decided for."""
    for channel in decided:
        if channel == NOTHING:
            continue
        if channel == about.seat:
            who[place, MUST_SIT] = 1
        if about.terms[channel, PACK] != NOTHING:
            who[place, NEEDED] |= 1 << about.terms[channel, PACK]
