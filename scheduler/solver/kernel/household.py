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
    PHONE,
    TV,
    WINNER,
    Desk,
)
from scheduler.solver.kernel.facts import PACK, ROLE, SCREEN, About
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.kernel.sharing import most_of, share
from scheduler.solver.week_arrays import NOTHING, Cap, Longs, Role

# More than all lessons of the largest household could make up for.
_FORBIDDEN = 2**50
_DONE = -(2**62)
_PHONE = int(Cap.PHONE)
_FREE = int(Role.FREE)


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
def answer_home(about: About, rate: Longs, desk: Desk, count: int) -> HomeAnswer:
    """Return what is best for the ``count`` students on the desk."""
    modes = desk.loose.shape[1]
    needed = whole(0)
    for place in range(count):
        _add_up_loosely(about.seat, desk, place)
        needed |= desk.who[place, NEEDED]
    upper, cost = desk.sums[0], desk.sums[1]
    for packs in range(modes):
        cost[packs] = _FORBIDDEN if needed & ~packs else 0
        for bit in range(len(desk.packs)):
            if packs >> bit & 1:
                cost[packs] += rate[desk.packs[bit]]
        upper[packs] = _at_most(about, rate, desk, packs, count) - cost[packs]
    chosen, sits, worth, most, unaided = 0, 0, whole(_DONE), whole(_DONE), whole(0)
    for turn in range(modes):
        # What needs no pack is looked at first, and in any case.
        packs = int(np.argmax(upper)) if turn else 0
        if turn and upper[packs] < worth:
            break
        upper[packs] = _DONE
        seen = _look(about, rate, desk, packs, count)
        most = max(most, seen.most - cost[packs])
        own = seen.worth - cost[packs]
        if own > worth or (own == worth and packs < chosen):
            chosen, sits, worth = packs, seen.sits, own
        if turn == 0:
            unaided = seen.unaided
    return HomeAnswer(chosen, sits, worth, most, worth - unaided)


@compiled
def _add_up_loosely(seat: int, desk: Desk, place: int) -> None:
    """Write the best without a screen and the sums without caps, for every choice of packs."""
    nets, base, line = desk.nets, desk.base, desk.line
    slots = line.shape[1]
    has_seat = desk.who[place, CAN_SIT] or desk.who[place, MUST_SIT]
    for packs in range(base.shape[1]):
        bit = whole(0)
        while packs and not packs >> bit & 1:
            bit += 1
        fewer = packs & (packs - 1)
        for slot in range(slots):
            best = base[place, fewer, slot] if packs else nets[place, BARE, slot]
            own = nets[place, desk.packs[bit], slot] if packs else best
            base[place, packs, slot] = max(best, own)
        plain = whole(0)
        for slot in range(slots):
            best = max(nets[place, PHONE, slot], nets[place, TV, slot])
            best = max(best, base[place, packs, slot])
            line[BASE, slot] = best
            plain += best
        sat = plain
        if has_seat:
            sat = whole(0)
            for slot in range(slots):
                sat += max(line[BASE, slot], nets[place, seat, slot])
        desk.loose[place, packs, 0] = plain
        desk.loose[place, packs, 1] = sat


@compiled
def _at_most(about: About, rate: Longs, desk: Desk, packs: int, count: int) -> int:
    total = whole(0)
    for place in range(count):
        best = desk.loose[place, packs, 0]
        if desk.who[place, CAN_SIT]:
            charge = rate[2 * len(about.terms) + about.seat]
            best = max(best, desk.loose[place, packs, 1] - charge)
        total += best
    return total


@compiled
def _look(about: About, rate: Longs, desk: Desk, packs: int, count: int) -> _Seen:
    """Look at one choice of packs closely."""
    sits, worth, most, unaided = whole(0), whole(0), whole(0), whole(0)
    charge = rate[2 * len(about.terms) + about.seat]
    for place in range(count):
        own, own_most, must_sit = whole(0), whole(0), desk.who[place, MUST_SIT]
        for seat in range(2 if desk.who[place, CAN_SIT] or must_sit else 1):
            loose = desk.loose[place, packs, seat]
            # Without caps the seat could not pay for itself: no need to look closer.
            if seat and not must_sit and loose - charge < own:
                break
            shared, bound = _shared(about, rate, desk, (place, packs, seat), loose)
            if seat == 0:
                unaided += shared
                own, own_most = shared, bound
                continue
            if must_sit or shared - charge > own:
                sits |= 1 << place
                own = shared - charge
            own_most = max(own_most, bound - charge)
        worth += own
        most += own_most
    return _Seen(sits, worth, most, unaided)


@compiled
def _shared(
    about: About, rate: Longs, desk: Desk, which: tuple[int, int, int], loose: int
) -> tuple[int, int]:
    """Return what caps leave of a sum, and a bound on it; ``which`` is place, packs and seat."""
    place, packs, sits = which
    if not desk.who[place, IS_TIGHT]:
        return loose, loose
    line, base = desk.line, desk.base
    for slot in range(line.shape[1]):
        line[BASE, slot] = base[place, packs, slot]
    if sits:
        for slot in range(line.shape[1]):
            line[BASE, slot] = max(line[BASE, slot], desk.nets[place, about.seat, slot])
    message = rate[3 * len(about.terms) + 1 :]
    own = share(about, desk, place, message, desk.screen[place, packs, sits])
    # No sharing can pass what caps would not stop.
    if own == loose:
        return own, own
    return own, min(loose, most_of(about, desk, place, message, own))


@compiled
def write_winners(terms: Longs, desk: Desk, place: int, home: tuple[int, int]) -> None:
    """Write the channel of each slot to ``line[WINNER]``; of equal ones the first by rank wins.

    ``home`` is the packs that are made, as bits, and the seat channel, or -1 for who does not sit.
    """
    packs, seat = home
    nets, line = desk.nets, desk.line
    slots, is_tight = line.shape[1], desk.who[place, IS_TIGHT]
    screen = desk.screen[place, packs, 0 if seat == NOTHING else 1]
    for slot in range(slots):
        line[BASE, slot] = nets[place, BARE, slot]
        line[WINNER, slot] = NOTHING
    for channel in range(len(terms) - 1, -1, -1):
        own = terms[channel, SCREEN]
        if is_tight and own != NOTHING:
            limit = PHONE if own == _PHONE else TV
            for slot in range(slots):
                is_here = screen[slot] == own
                if is_here and nets[place, channel, slot] == nets[place, limit, slot]:
                    line[WINNER, slot] = channel
        elif _is_open(terms, channel, packs, seat):
            for slot in range(slots):
                is_better = nets[place, channel, slot] >= line[BASE, slot]
                is_free = not is_tight or screen[slot] == NOTHING
                if is_better and is_free:
                    line[BASE, slot] = nets[place, channel, slot]
                    line[WINNER, slot] = channel


@compiled
def _is_open(terms: Longs, channel: int, packs: int, seat: int) -> bool:
    if terms[channel, PACK] != NOTHING:
        return bool(packs >> terms[channel, PACK] & 1)
    return bool(terms[channel, ROLE] == _FREE or channel == seat)
