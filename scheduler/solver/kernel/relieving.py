"""Who gives a pack or a seat back when a pool is overdrawn: ``repair`` home by home."""

from typing import NamedTuple

import numpy as np

from scheduler.solver.kernel.books import Whole
from scheduler.solver.kernel.desk import lay_out
from scheduler.solver.kernel.facts import ROLE, SCREEN
from scheduler.solver.kernel.filling import move_lesson
from scheduler.solver.kernel.jit import allocating, compiled, whole
from scheduler.solver.kernel.options import Sheet, new_sheet, scene_of, write_needs
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.standing import TOLERANCE
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Cap, Ints, Longs, Reals, Role

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


@allocating
def relieve(
    world: Whole,
    rates: Longs,
    schools: Longs,
    whence: tuple[int, int, int],
) -> None:
    """Take packs or seats of one channel back until a pool of some schools [s, 2] has room.

    ``whence`` is the pool, its use and the channel; ``rates`` [S, ...] are those of the prices.
    """
    about, shared, books = world.about, world.shared, world.books
    pool, use, channel = whence
    sheet = new_sheet(len(about.terms), about.steps.shape[2], shared.pools.shape[1])
    most = int(np.sum(schools[:, 1] - schools[:, 0]))
    bundles = Bundles(
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.float64),
        np.empty(most, dtype=np.float64),
    )
    count = 0
    for school in range(len(schools)):
        row = schools[school, 0]
        while row < schools[school, 1]:
            stop = row + 1
            if about.terms[channel, ROLE] == _PACK:
                while stop < schools[school, 1] and books.household[stop] == books.household[row]:
                    stop += 1
            bundles.first[count], bundles.stop[count] = row, stop
            _weigh(world, sheet, rates, bundles, (count, use, channel))
            if bundles.frees[count] > 0:
                count += 1
            row = stop
    _drop(world, sheet, rates, bundles, (count, pool, channel))


@compiled
def _weigh(
    world: Whole,
    sheet: Sheet,
    rates: Longs,
    bundles: Bundles,
    which: tuple[int, int, int],
) -> None:
    """Write what a bundle loses at the prices if it goes, and what it frees; 0 if it must stay."""
    about, people, shared, books = world.about, world.people, world.shared, world.books
    one, use, channel = which
    first, stop = bundles.first[one], bundles.stop[one]
    bundles.frees[one] = 0.0
    rate = rates[people.school[first]]
    channels = len(about.terms)
    is_pack = about.terms[channel, ROLE] == _PACK
    loss = whole(0)
    sides, lessons = 0, 0
    for row in range(first, stop):
        if books.on_seat[row, channel] == 0:
            continue
        lay_out(about, people, rate, sheet.nets, row)
        for slot in range(books.channel.shape[1]):
            if books.channel[row, slot] != channel:
                continue
            if people.has_decided and people.decided[row, slot] != NOTHING:
                return
            other = alternative(world, sheet.nets, (row, slot, channel))
            loss += sheet.nets[channel, slot]
            if other != NOTHING:
                loss -= sheet.nets[other, slot]
            sides += sheet.nets[-1, slot]
            lessons += 1
    if lessons == 0:
        return
    loss -= rate[channel] if is_pack else rate[2 * channels + channel]
    bundles.loss[one] = loss
    frees = shared.takes[use, channel]
    if is_pack:
        frees += sides * shared.takes[use, channels + channel]
    bundles.frees[one] = frees


@compiled
def alternative(world: Whole, nets: Ints, place: tuple[int, int, int]) -> int:
    """Return the best other channel that needs nothing new, or -1."""
    about, people, books = world.about, world.people, world.books
    row, slot, but = place
    caps = people.caps[row]
    best, found = whole(0), whole(NOTHING)
    for channel in range(len(about.terms) - 1, -1, -1):
        net = nets[channel, slot]
        if channel == but or net == IMPOSSIBLE or net < best:
            continue
        role, screen = about.terms[channel, ROLE], about.terms[channel, SCREEN]
        if role == _PACK:
            is_usable = books.in_pack[books.household[row], channel] > 0
        elif role != _FREE:
            is_usable = books.on_seat[row, channel] > 0
        elif screen == NOTHING:
            is_usable = True
        else:
            is_usable = caps[screen] == NO_CAP
            is_usable = is_usable and (screen != _PHONE or caps[_HEAVY] == NO_CAP)
        if is_usable:
            best, found = net, whole(channel)
    return found


@allocating
def _drop(
    world: Whole,
    sheet: Sheet,
    rates: Longs,
    bundles: Bundles,
    which: tuple[int, int, int],
) -> None:
    """Let the cheapest bundles go until enough is free."""
    books = world.books
    count, pool, channel = which
    needed = -books.room[pool]
    density = bundles.loss[:count] / bundles.frees[:count]
    order = np.argsort(books.tie[bundles.first[:count]], kind="mergesort")
    order = order[np.argsort(density[order], kind="mergesort")]
    freed = 0.0
    for one in order:
        if freed >= needed - TOLERANCE:
            break
        freed += bundles.frees[one]
        _let_go(world, sheet, rates, bundles, (one, channel))


@compiled
def _let_go(
    world: Whole,
    sheet: Sheet,
    rates: Longs,
    bundles: Bundles,
    which: tuple[int, int],
) -> None:
    about, people, shared, books = world.about, world.people, world.shared, world.books
    one, channel = which
    for row in range(bundles.first[one], bundles.stop[one]):
        if books.on_seat[row, channel] == 0:
            continue
        pools, rate = shared.pools[people.school[row]], rates[people.school[row]]
        for slot in range(books.channel.shape[1]):
            if books.channel[row, slot] != channel:
                continue
            lay_out(about, people, rate, sheet.nets, row)
            other = alternative(world, sheet.nets, (row, slot, channel))
            scene = scene_of(world, sheet, row)
            write_needs(scene, slot, other)
            for use in range(len(pools)):
                if pools[use] != NOTHING:
                    books.room[pools[use]] -= scene.needs[use]
            lesson = about.programs[people.program[row], slot]
            move_lesson(about.terms, about.lessons[lesson], books, (row, slot), other)
