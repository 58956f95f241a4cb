"""What one student is offered at given rates, laid out on a desk that serves home after home."""

from typing import Final, NamedTuple

import numpy as np

from scheduler.solver.kernel.facts import DAY as LESSON_DAY
from scheduler.solver.kernel.facts import HEAVY, PACK, PLAIN, ROLE, SCREEN, STEP, About, People
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import NO_CAP, NOTHING, SOMETHING_UNITS, Bytes, Cap, Longs, Role

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
FIRST_SLOT: Final = 7  # of each day; then the slot after its last

# Rows of ``Desk.line``.
BASE: Final = 0
GAIN: Final = 1
ON_PHONE: Final = 2
ON_TV: Final = 3
LIST: Final = 4
LINES: Final = 5

_PACK = int(Role.PACK)
_FREE = int(Role.FREE)
_PHONE = int(Cap.PHONE)
_TV = int(Cap.TV)


class Desk(NamedTuple):
    """One home's students [h]: ``nets`` [h, C + 6, W] and how they stand, ``who`` [h, 17].

    ``loose`` [h, modes, 2] are sums without caps, by the packs made and the seat taken; ``line``
    [5, W] serves one student at a time.
    """

    nets: Longs
    who: Longs
    loose: Longs
    line: Longs


@compiled
def new_desk(home: int, terms: Longs, slots: int) -> Desk:
    """Return a desk for homes of at most ``home`` students."""
    modes = 1 << (np.max(terms[:, PACK]) + 1)
    return Desk(
        np.empty((home, len(terms) + MORE_ROWS, slots), dtype=np.int64),
        np.empty((home, FIRST_SLOT + 2 * DAYS), dtype=np.int64),
        np.empty((home, modes, 2), dtype=np.int64),
        np.empty((LINES, slots), dtype=np.int64),
    )


@compiled
def lay_out(about: About, people: People, rate: Longs, nets: Longs, who: Longs, row: int) -> None:
    """Write what a student is offered at the rates of the school; see ``offers``."""
    lessons, terms = about.lessons, about.terms
    own = about.programs[people.program[row]]
    chance, size = people.chance[row], PLAIN + int(people.is_large[row])
    taste = people.taste[row * people.has_taste]
    previous = people.previous[row * people.has_previous]
    decided = people.decided[row * people.has_decided]
    who[CAN_SIT] = 0
    for slot in range(len(own)):
        lesson, by_hand = own[slot], int(decided[slot])
        nets[:BARE, slot] = IMPOSSIBLE
        nets[BARE, slot] = IMPOSSIBLE if by_hand != NOTHING else 0
        nets[PHONE, slot] = nets[TV, slot] = IMPOSSIBLE
        nets[DAY, slot] = lessons[lesson, LESSON_DAY] if lesson != NOTHING else NOTHING
        nets[IS_HEAVY, slot] = lessons[lesson, HEAVY] if lesson != NOTHING else 0
        nets[SIDES, slot] = lessons[lesson, size]
        if lesson == NOTHING:
            continue
        at = slot if len(chance) > 1 else 0
        for channel in range(len(terms)):
            step, likely = lessons[lesson, STEP + channel], whole(chance[at, channel])
            if step < 0 or likely == 0 or by_hand not in (NOTHING, channel):
                continue
            worth = step * likely + SOMETHING_UNITS + taste[channel]
            if previous[slot] == channel:
                worth += about.kept
            marking = lessons[lesson, STEP + len(terms) + channel]
            _offer(terms, rate, nets, (slot, channel), worth, marking)
            if channel == about.seat:
                who[CAN_SIT] = 1


@compiled
def _offer(
    terms: Longs, rate: Longs, nets: Longs, place: tuple[int, int], worth: int, marking: int
) -> None:
    """Write what a channel that can bring a lesson offers for it after cost."""
    slot, channel = place
    channels = len(terms)
    net = worth
    # What is dear stays possible, since somebody may have decided for it.
    if terms[channel, ROLE] == _PACK:
        net = max(net - rate[channels + channel] * nets[SIDES, slot], IMPOSSIBLE + 1)
    net = max(net - rate[3 * channels] * marking, IMPOSSIBLE + 1)
    nets[channel, slot] = net
    if terms[channel, SCREEN] == _PHONE:
        nets[PHONE, slot] = max(nets[PHONE, slot], net)
    elif terms[channel, SCREEN] == _TV:
        nets[TV, slot] = max(nets[TV, slot], net)
    elif terms[channel, ROLE] == _FREE:
        nets[BARE, slot] = max(nets[BARE, slot], net)


@compiled
def _need_by_hand(about: About, decided: Bytes, who: Longs) -> None:
    """Write which packs and seats somebody has decided for."""
    for channel in decided:
        if channel == NOTHING:
            continue
        if channel == about.seat:
            who[MUST_SIT] = 1
        if about.terms[channel, PACK] != NOTHING:
            who[NEEDED] |= 1 << about.terms[channel, PACK]


@compiled
def lay_out_limits(about: About, people: People, rate: Longs, who: Longs, row: int) -> None:
    """Write which caps bind a student, and which packs and seats somebody has decided for."""
    program, channels = people.program[row], len(about.terms)
    who[IS_TIGHT] = who[MUST_SIT] = who[NEEDED] = 0
    for cap in range(3):
        most = whole(people.caps[row, cap])
        if most >= about.most[program, cap]:
            most = whole(NO_CAP)
        who[cap] = most
        if most != NO_CAP:
            who[IS_TIGHT] = 1
    who[FIRST_SLOT:] = about.days[program]
    for message in range(3 * channels + 1, len(rate)):
        if rate[message] != 0:
            who[IS_TIGHT] = 1
    if people.has_decided:
        _need_by_hand(about, people.decided[row], who)
