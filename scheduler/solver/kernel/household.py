"""What one household does at given prices: ``response`` for one home, the least work first.

A choice of packs is looked at closely only if its sum without caps could still win.
"""

from typing import NamedTuple

import numpy as np

from scheduler.solver.kernel.desk import (
    BARE,
    BASE,
    CAN_SIT,
    IS_TIGHT,
    MUST_SIT,
    NEEDED,
    ON_PHONE,
    ON_TV,
    PHONE,
    TV,
    Desk,
)
from scheduler.solver.kernel.facts import PACK, ROLE, SCREEN
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.kernel.sharing import most_of, share
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Longs

# More than all lessons of the largest household could make up for.
_FORBIDDEN = 2**50
_DONE = -(2**62)
_PHONE = int(Cap.PHONE)


class HomeAnswer(NamedTuple):
    """The packs that are made and who sits, as bits, and the sums of ``response.Response``."""

    packs: int
    sits: int
    worth: int
    most: int
    gain: int


class _Seen(NamedTuple):
    """One choice of packs, looked at closely, before what the packs cost."""

    sits: int
    worth: int
    most: int
    unaided: int


@compiled
def answer_home(terms: Longs, seat: int, rate: Longs, desk: Desk, count: int) -> HomeAnswer:
    """Return what is best for the ``count`` students on the desk."""
    modes = desk.loose.shape[1]
    needed = 0
    for place in range(count):
        _add_up_loosely(terms, seat, desk.nets[place], desk.line, desk.loose[place])
        needed |= desk.who[place, NEEDED]
    upper = np.empty(modes, dtype=np.int64)
    cost = np.empty(modes, dtype=np.int64)
    for packs in range(modes):
        cost[packs] = _FORBIDDEN if needed & ~packs else 0
        for channel in range(len(terms)):
            if terms[channel, PACK] != NOTHING and packs >> terms[channel, PACK] & 1:
                cost[packs] += rate[channel]
        upper[packs] = _at_most(seat, rate, desk, packs, count, len(terms)) - cost[packs]
    plain = _look(terms, seat, rate, desk, 0, count)
    chosen, sits, worth, most = 0, plain.sits, plain.worth - cost[0], plain.most - cost[0]
    upper[0] = _DONE
    for _ in range(1, modes):
        packs = int(np.argmax(upper))
        if upper[packs] < worth:
            break
        upper[packs] = _DONE
        seen = _look(terms, seat, rate, desk, packs, count)
        most = max(most, seen.most - cost[packs])
        own = seen.worth - cost[packs]
        if own > worth or (own == worth and packs < chosen):
            chosen, sits, worth = packs, seen.sits, own
    return HomeAnswer(chosen, sits, worth, most, worth - plain.unaided)


@compiled
def _add_up_loosely(terms: Longs, seat: int, nets: Longs, line: Longs, loose: Longs) -> None:
    """Add up the best of each lesson without caps, for every choice of packs and seat."""
    for packs in range(len(loose)):
        lay_base(terms, NOTHING, nets, line, packs)
        plain = sat = whole(0)
        for slot in range(line.shape[1]):
            best = max(line[BASE, slot], nets[PHONE, slot], nets[TV, slot])
            plain += best
            sat += max(best, nets[seat, slot])
        loose[packs, 0] = plain
        loose[packs, 1] = sat if seat != NOTHING else plain


@compiled
def _at_most(seat: int, rate: Longs, desk: Desk, packs: int, count: int, channels: int) -> int:
    total = 0
    for place in range(count):
        best = desk.loose[place, packs, 0]
        if desk.who[place, CAN_SIT]:
            best = max(best, desk.loose[place, packs, 1] - rate[2 * channels + seat])
        total += best
    return total


@compiled
def _look(terms: Longs, seat: int, rate: Longs, desk: Desk, packs: int, count: int) -> _Seen:
    """Look at one choice of packs closely."""
    sits, worth, most, unaided = 0, 0, 0, 0
    message = rate[3 * len(terms) + 1 :]
    for place in range(count):
        who, loose = desk.who[place], desk.loose[place, packs]
        own, own_most = loose[0], loose[0]
        nets, line = desk.nets[place], desk.line
        if who[IS_TIGHT]:
            lay_base(terms, NOTHING, nets, line, packs)
            own = share(nets, who, line, message)
            # No sharing can pass what caps would not stop.
            own_most = own if own == loose[0] else most_of(nets, who, line, message, own)
            own_most = min(loose[0], own_most)
        unaided += own
        if who[CAN_SIT] or who[MUST_SIT]:
            charge = rate[2 * len(terms) + seat]
            # Without caps the seat could not pay for itself: no need to look closer.
            if who[MUST_SIT] or loose[1] - charge >= own:
                seated, bound = loose[1], loose[1]
                if who[IS_TIGHT]:
                    lay_base(terms, seat, nets, line, packs)
                    seated = share(nets, who, line, message)
                    if seated < loose[1]:
                        bound = min(loose[1], most_of(nets, who, line, message, seated))
                if who[MUST_SIT] or seated - charge > own:
                    sits |= 1 << place
                    own = seated - charge
                own_most = max(own_most, bound - charge)
        worth += own
        most += own_most
    return _Seen(sits, worth, most, unaided)


@compiled
def lay_base(terms: Longs, seat: int, nets: Longs, line: Longs, packs: int) -> None:
    """Write the best of each lesson without a screen; ``seat`` is -1 for who does not sit."""
    for slot in range(line.shape[1]):
        best = nets[BARE, slot]
        if seat != NOTHING:
            best = max(best, nets[seat, slot])
        line[BASE, slot] = best
    for channel in range(len(terms)):
        if terms[channel, PACK] != NOTHING and packs >> terms[channel, PACK] & 1:
            for slot in range(line.shape[1]):
                line[BASE, slot] = max(line[BASE, slot], nets[channel, slot])


@compiled
def write_channels(
    terms: Longs, rate: Longs, desk: Desk, place: int, home: tuple[int, int], found: Bytes
) -> None:
    """Write the channel of each slot [W]; of equal ones the first by rank wins.

    ``home`` is the packs that are made, as bits, and the seat channel, or -1 for who does not sit.
    """
    packs, seat = home
    nets, who, line = desk.nets[place], desk.who[place], desk.line
    if who[IS_TIGHT]:
        lay_base(terms, seat, nets, line, packs)
        share(nets, who, line, rate[3 * len(terms) + 1 :])
    for slot in range(len(found)):
        best, winner = nets[BARE, slot], NOTHING
        limit, screen = IMPOSSIBLE, NOTHING
        if who[IS_TIGHT] and (line[ON_PHONE, slot] or line[ON_TV, slot]):
            screen = _PHONE if line[ON_PHONE, slot] else _PHONE + 1
            limit = nets[PHONE, slot] if line[ON_PHONE, slot] else nets[TV, slot]
        for channel in range(len(terms) - 1, -1, -1):
            net = nets[channel, slot]
            if screen != NOTHING:
                if terms[channel, SCREEN] == screen and net == limit:
                    winner = channel
            elif net >= best and _is_open(terms, channel, packs, seat, who[IS_TIGHT]):
                best, winner = net, channel
        found[slot] = winner


@compiled
def _is_open(terms: Longs, channel: int, packs: int, seat: int, is_tight: int) -> bool:
    if terms[channel, SCREEN] != NOTHING:
        return not is_tight
    if terms[channel, PACK] != NOTHING:
        return bool(packs >> terms[channel, PACK] & 1)
    return bool(terms[channel, ROLE] == 0 or channel == seat)
