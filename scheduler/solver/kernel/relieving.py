"""Who gives a pack or a seat back when a pool is overdrawn: ``repair`` home by home."""

from typing import Final, NamedTuple

import numpy as np

from scheduler.solver.kernel.books import Whole
from scheduler.solver.kernel.desk import SIDES, lay_out
from scheduler.solver.kernel.facts import DAY, PLAIN, ROLE, SCREEN, STEP
from scheduler.solver.kernel.filling import move_lesson
from scheduler.solver.kernel.jit import allocating, compiled, inlined, whole
from scheduler.solver.kernel.options import Sheet, new_sheet
from scheduler.solver.standing import TOLERANCE
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bools, Cap, Ints, Longs, Reals, Role

# Columns of the jobs: the first school and the one after the last stand in a list of their own.
POOL: Final = 0
USE: Final = 1
CHANNEL: Final = 2
FIRST_SCHOOL: Final = 3
END_SCHOOL: Final = 4
JOB: Final = 5

_FREE = int(Role.FREE)
_PACK = int(Role.PACK)
_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)


class Bundles(NamedTuple):
    """What could go together: rows from ``first`` to ``stop``, its loss and what it frees."""

    first: Longs
    stop: Longs
    loss: Reals
    frees: Reals


class Scales(NamedTuple):
    """What serves one job after the other: ``usable`` [C] are the ways that need nothing new.

    ``best`` [W] is the best of them for each lesson; nothing is worth 0.
    """

    rates: Longs
    sheet: Sheet
    usable: Bools
    best: Longs
    bundles: Bundles


@allocating
def relieve(world: Whole, rates: Longs, schools: Longs, jobs: Longs, may_move: bool) -> None:
    """Take packs or seats of one channel back until a pool has room, job after job [j, 5].

    ``schools`` [s, 2] are their first row and the row after their last; ``rates`` [S, ...] are
    those of the prices. Where nothing may move, lessons are left with nothing.
    """
    scales = _new_scales(world, rates, schools, jobs)
    for one in range(len(jobs)):
        job = jobs[one]
        if world.books.room[job[POOL]] < -TOLERANCE:
            own = schools[job[FIRST_SCHOOL] : job[END_SCHOOL]]
            count = _gather(world, scales, own, job)
            _drop(world, scales, job, _order(world, scales.bundles, count), may_move)


@allocating
def _new_scales(world: Whole, rates: Longs, schools: Longs, jobs: Longs) -> Scales:
    most = whole(0)
    for one in range(len(jobs)):
        own = schools[jobs[one, FIRST_SCHOOL] : jobs[one, END_SCHOOL]]
        most = max(most, np.sum(own[:, 1] - own[:, 0]))
    channels, slots = len(world.about.terms), world.about.programs.shape[1]
    return Scales(
        rates,
        new_sheet(channels, slots, world.shared.pools.shape[1]),
        np.empty(channels, dtype=np.bool_),
        np.empty(slots, dtype=np.int64),
        Bundles(
            np.empty(most, dtype=np.int64),
            np.empty(most, dtype=np.int64),
            np.empty(most, dtype=np.float64),
            np.empty(most, dtype=np.float64),
        ),
    )


@compiled
def _gather(world: Whole, scales: Scales, schools: Longs, job: Longs) -> int:
    """Write down every bundle that frees something; return how many there are."""
    household, bundles = world.books.household, scales.bundles
    is_pack = world.about.terms[job[CHANNEL], ROLE] == _PACK
    count = whole(0)
    for school in range(len(schools)):
        row, end = schools[school, 0], schools[school, 1]
        while row < end:
            stop = row + 1
            while is_pack and stop < end and household[stop] == household[row]:
                stop += 1
            bundles.first[count], bundles.stop[count] = row, stop
            if _weigh(world, scales, job, count):
                count += 1
            row = stop
    return count


@compiled
def _weigh(world: Whole, scales: Scales, job: Longs, one: int) -> bool:
    """Write what a bundle loses at the prices if it goes, and what it frees; say if it may go."""
    people, books, bundles = world.people, world.books, scales.bundles
    channel, first, channels = job[CHANNEL], bundles.first[one], len(scales.usable)
    loss, sides, lessons, decided = whole(0), whole(0), whole(0), whole(0)
    for row in range(first, bundles.stop[one]):
        if books.on_seat[row, channel] == 0:
            continue
        _lay_ways_out(world, scales, row, channel)
        now, nets, best = books.channel[row], scales.sheet.nets, scales.best
        by_hand = people.decided[row * people.has_decided]
        for slot in range(len(now)):
            is_in = now[slot] == channel
            loss += nets[channel, slot] - best[slot] if is_in else 0
            sides += nets[SIDES, slot] if is_in else 0
            decided += 1 if is_in and by_hand[slot] != NOTHING else 0
        lessons += books.on_seat[row, channel]
    if lessons == 0 or decided > 0:
        return False
    is_pack = world.about.terms[channel, ROLE] == _PACK
    rate, takes = scales.rates[people.school[first]], world.shared.takes[job[USE]]
    bundles.loss[one] = loss - (rate[channel] if is_pack else rate[2 * channels + channel])
    bundles.frees[one] = takes[channel] + (sides * takes[channels + channel] if is_pack else 0)
    return bool(bundles.frees[one] > 0)


@compiled
def _lay_ways_out(world: Whole, scales: Scales, row: int, but: int) -> None:
    """Write what each channel offers a student, and the best of those that need nothing new."""
    about, people, books = world.about, world.people, world.books
    nets, best, usable = scales.sheet.nets, scales.best, scales.usable
    lay_out(about, people, scales.rates[people.school[row]], nets, row)
    terms, caps = about.terms, people.caps[row]
    best[:] = 0
    for channel in range(len(terms)):
        role, screen = terms[channel, ROLE], terms[channel, SCREEN]
        if role == _PACK:
            is_usable = books.in_pack[books.household[row], channel] > 0
        elif role != _FREE:
            is_usable = books.on_seat[row, channel] > 0
        elif screen == NOTHING:
            is_usable = True
        else:
            is_usable = caps[screen] == NO_CAP
            is_usable = is_usable and (screen != _PHONE or caps[_HEAVY] == NO_CAP)
        usable[channel] = is_usable and channel != but
        if usable[channel]:
            for slot in range(len(best)):
                best[slot] = max(best[slot], nets[channel, slot])


@inlined
def _best_way(nets: Ints, scales: Scales, slot: int) -> int:
    """Return the first channel by rank that offers the best there is for a lesson, or -1."""
    found = whole(NOTHING)
    for channel in range(len(scales.usable) - 1, -1, -1):
        if scales.usable[channel] and nets[channel, slot] == scales.best[slot]:
            found = whole(channel)
    return found


@allocating
def _order(world: Whole, bundles: Bundles, count: int) -> Longs:
    """Return the bundles, those first that lose least for what they free."""
    density = bundles.loss[:count] / bundles.frees[:count]
    order = np.argsort(world.books.tie[bundles.first[:count]], kind="mergesort")
    return order[np.argsort(density[order], kind="mergesort")]


@compiled
def _drop(world: Whole, scales: Scales, job: Longs, order: Longs, may_move: bool) -> None:
    """Let the first bundles in order go until enough is free."""
    books, bundles = world.books, scales.bundles
    needed, freed = -books.room[job[POOL]], 0.0
    for one in order:
        if freed >= needed - TOLERANCE:
            break
        freed += bundles.frees[one]
        for row in range(bundles.first[one], bundles.stop[one]):
            if books.on_seat[row, job[CHANNEL]] > 0:
                _let_go(world, scales, row, job[CHANNEL], may_move)


@compiled
def _let_go(world: Whole, scales: Scales, row: int, channel: int, may_move: bool) -> None:
    """Take every lesson of a student off a channel."""
    about, books, nets = world.about, world.books, scales.sheet.nets
    own = about.programs[world.people.program[row]]
    _lay_ways_out(world, scales, row, channel)
    for slot in range(len(own)):
        if books.channel[row, slot] == channel:
            way = _best_way(nets, scales, slot) if may_move else whole(NOTHING)
            _give_back(world, (row, slot), channel, 1.0, channel)
            _give_back(world, (row, slot), way, -1.0, channel)
            move_lesson(about.terms, about.lessons[own[slot]], books, (row, slot), way)


@compiled
def _give_back(world: Whole, place: tuple[int, int], one: int, sign: float, now: int) -> None:
    """Add what a channel takes for a lesson, beside what is there, to the room of its pools."""
    if one == NOTHING:
        return
    about, people, shared, books = world.about, world.people, world.shared, world.books
    row, slot = place
    terms, takes, channels = about.terms, shared.takes, len(about.terms)
    lesson = about.lessons[about.programs[people.program[row], slot]]
    role = terms[one, ROLE]
    held = books.in_pack[books.household[row], one] if role == _PACK else books.on_seat[row, one]
    is_first = role != _FREE and held == (1 if one == now else 0)
    sides = lesson[PLAIN + int(people.is_large[row])] if role == _PACK else whole(0)
    shown = books.on_screen[row, _PHONE, lesson[DAY]]
    is_message = terms[one, SCREEN] == _PHONE
    is_message = is_message and shown == (1 if terms[now, SCREEN] == _PHONE else 0)
    for position in range(takes.shape[0]):
        use = shared.uses[one, position]
        if use == NOTHING:
            break
        pool = shared.pools[people.school[row], use]
        if pool == NOTHING:
            continue
        amount = takes[use, channels + one] * sides
        amount += takes[use, 2 * channels] * lesson[STEP + channels + one]
        if is_first:
            amount += takes[use, one]
        if is_message and takes[use, 2 * channels + 1] == lesson[DAY]:
            amount += 1.0
        books.room[pool] += sign * amount
