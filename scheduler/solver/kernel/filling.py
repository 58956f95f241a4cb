"""Who gets what is left over, school by school: ``fill`` in a form that a compiler makes fast."""

from typing import Final, NamedTuple

import numpy as np

from scheduler.solver.fill import MOST_ROUNDS
from scheduler.solver.kernel.books import Books, Whole
from scheduler.solver.kernel.desk import SIDES
from scheduler.solver.kernel.facts import DAY, HEAVY, ROLE, SCREEN
from scheduler.solver.kernel.jit import allocating, compiled, whole
from scheduler.solver.kernel.options import (
    WANTED,
    Scene,
    Sheet,
    lacks_of,
    new_sheet,
    scene_of,
    wait,
    write_needs,
)
from scheduler.solver.offers import IMPOSSIBLE
from scheduler.solver.standing import TOLERANCE
from scheduler.solver.week_arrays import NOTHING, Bools, Bytes, Cap, Longs, Reals, Role

# A power of two: nothing is lost, and a gain for what is scarce becomes less than one.
_SCALED = 2.0**-600

# What has happened to a home: somebody joined what it has; or it has changed, and its needs too.
UNCHANGED: Final = 0
JOINED: Final = 1
CHANGED: Final = 2

_FREE = int(Role.FREE)
_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)


class Moves(NamedTuple):
    """Lessons that could go a better way; see ``fill.Moves``. The tables are kept from use to use.

    ``gain`` and ``density`` [m], ``need`` [m, R], ``is_new`` and ``joins`` [m] are 1 or 0.
    """

    row: Longs
    slot: Longs
    channel: Longs
    gain: Longs
    density: Reals
    need: Reals
    is_new: Longs
    joins: Longs


@allocating
def new_moves(most: int, uses: int) -> Moves:
    """Return room for as many moves as a school has lessons."""
    return Moves(
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.float64),
        np.empty((most, uses), dtype=np.float64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
    )


@allocating
def fill_schools(world: Whole, price: Reals, schools: Longs) -> int:
    """Fill up some schools, rows of first and last student [s, 2]; return how many moved.

    They must have no pool in common with others that are filled at the same time.
    """
    about, people, shared, books = world.about, world.people, world.shared, world.books
    uses = shared.pools.shape[1]
    slots = about.programs.shape[1]
    sheet = new_sheet(len(about.terms), about.steps.shape[2], uses)
    moves = new_moves(np.max(schools[:, 1] - schools[:, 0]) * slots, uses)
    # What the wishes that found too little wait for: at first everybody is asked.
    waits = np.full((len(schools), uses), -np.inf)
    moved = 0
    for _ in range(MOST_ROUNDS):
        now = 0
        for school in range(len(schools)):
            pools = shared.pools[people.school[schools[school, 0]]]
            if not _is_enough(books.room, pools, waits[school]):
                continue
            rows = (schools[school, 0], schools[school, 1])
            now += _settle(world, sheet, moves, price, rows)
            waits[school] = sheet.waits
        if now == 0:
            break
        moved += now
    return moved


@compiled
def _is_enough(room: Reals, pools: Longs, waits: Reals) -> bool:
    """Return whether any pool now has what somebody waits for; without pools nothing can lack."""
    for use in range(len(pools)):
        amount = np.inf if pools[use] == NOTHING else room[pools[use]]
        if waits[use] < np.inf and amount + TOLERANCE >= waits[use]:
            return True
    return len(pools) == 0


@allocating
def _settle(
    world: Whole,
    sheet: Sheet,
    moves: Moves,
    price: Reals,
    rows: tuple[int, int],
) -> int:
    """Move the lessons of a school's rows until none can be better off; return how many moved."""
    people, shared, books = world.people, world.shared, world.books
    first, stop = rows
    start = books.household[first]
    homes = books.household[stop - 1] - start + 1
    turns = first + np.argsort(books.tie[first:stop], kind="mergesort")
    asked = np.ones(homes, dtype=np.bool_)
    state = np.empty(homes, dtype=np.int8)
    pools = shared.pools[people.school[first]]
    sheet.waits[:] = np.inf
    moved = 0
    for _ in range(MOST_ROUNDS):
        is_whole = asked.all()
        count = _ask(world, sheet, moves, asked, turns, start)
        _weigh(moves, pools, price, count)
        asked[:] = False
        for one in range(count):
            asked[books.household[moves.row[one]] - start] = True
        state[:] = UNCHANGED
        now = _make(world, moves, _order(moves, count), pools, state, start)
        moved += now
        if now == 0:
            if is_whole or not _is_enough(books.room, pools, sheet.waits):
                break
            # What the others gave back may be of use to those who had no wish before.
            asked[:] = True
            sheet.waits[:] = np.inf
    return moved


@compiled
def _ask(world: Whole, sheet: Sheet, moves: Moves, asked: Bools, turns: Longs, start: int) -> int:
    """Write the moves of all who are asked, student by student in their ``turns``; return how many.

    ``asked`` [h] is for the homes from ``start`` on.
    """
    books, count = world.books, whole(0)
    for row in turns:
        if asked[books.household[row] - start]:
            scene = scene_of(world, sheet, row)
            count = _propose(scene, world.shared.counts_messages, moves, row, count)
    return count


@compiled
def _propose(scene: Scene, counts_messages: int, moves: Moves, row: int, count: int) -> int:
    """Write the best move of every lesson of a student; return how many moves there are now."""
    terms, nets, needs = scene.terms, scene.nets, scene.needs
    for slot in range(len(scene.now)):
        now = whole(scene.now[slot])
        own = nets[now, slot] if now != NOTHING else whole(0)
        gives_nothing = now == NOTHING or terms[now, ROLE] == _FREE
        best, chosen = own, whole(NOTHING)
        for channel in range(len(terms) - 1, -1, -1):
            net = nets[channel, slot]
            if net == IMPOSSIBLE or net < best:
                continue
            is_new = now == NOTHING and chosen == NOTHING
            if net == best and not (now == channel or is_new):
                continue
            if now == channel:
                best, chosen = net, whole(channel)
            elif scene.closed[channel] and gives_nothing:
                scene.closed[channel] = WANTED
            elif _has_room(scene, slot, channel, gives_nothing):
                best, chosen = net, whole(channel)
        if chosen in (NOTHING, now):
            continue
        write_needs(scene, slot, chosen)
        for use in range(len(needs)):
            moves.need[count, use] = needs[use]
        moves.row[count], moves.slot[count], moves.channel[count] = row, slot, chosen
        moves.gain[count] = best - own
        moves.is_new[count] = 1 if now == NOTHING else 0
        leaves_none = now == NOTHING or (terms[now, ROLE] == _FREE and not counts_messages)
        is_there = terms[chosen, ROLE] != _FREE and scene.held[chosen] > 0
        moves.joins[count] = 1 if is_there and leaves_none else 0
        count += 1
    wait(scene)
    return count


@compiled
def _has_room(scene: Scene, slot: int, channel: int, gives_nothing: bool) -> bool:
    if gives_nothing and scene.nets[SIDES, slot] <= scene.fits[channel]:
        return True
    return lacks_of(scene, slot, channel) == 0


@compiled
def _weigh(moves: Moves, pools: Longs, price: Reals, count: int) -> None:
    """Write the gain of each move for what it takes at the prices."""
    for one in range(count):
        cost = 0.0
        for use in range(len(pools)):
            if pools[use] != NOTHING and moves.need[one, use] > 0:
                cost += moves.need[one, use] * price[pools[use]]
        moves.density[one] = moves.gain[one] / max(cost, 1.0)


@allocating
def _order(moves: Moves, count: int) -> Longs:
    """Return the moves in order: lessons that nothing brings, then gain for what is scarce.

    What is above 0 is as great as its bits are; scaled, density leaves the highest of them free.
    Of equal ones the first written goes first.
    """
    bits = (moves.density[:count] * _SCALED).view(np.int64)
    return np.argsort(-(bits + (moves.is_new[:count] << 62)), kind="mergesort")


@compiled
def _make(world: Whole, moves: Moves, order: Longs, pools: Longs, state: Bytes, start: int) -> int:
    """Make the moves in order as far as the room reaches, of those that change a home one.

    ``state`` [h] tells what has happened to each home, from home ``start`` on.
    """
    about, people, books = world.about, world.people, world.books
    made = whole(0)
    for one in order:
        row, slot = moves.row[one], moves.slot[one]
        home = books.household[row] - start
        if state[home] == CHANGED or (state[home] == JOINED and not moves.joins[one]):
            continue
        if not _fits(pools, moves.need, one, books.room):
            continue
        for use in range(len(pools)):
            if pools[use] != NOTHING:
                books.room[pools[use]] -= moves.need[one, use]
        lesson = about.programs[people.program[row], slot]
        move_lesson(about.terms, about.lessons[lesson], books, (row, slot), moves.channel[one])
        state[home] = JOINED if moves.joins[one] else CHANGED
        made += 1
    return made


@compiled
def move_lesson(
    terms: Longs, lesson: Longs, books: Books, place: tuple[int, int], channel: int
) -> None:
    """Write a lesson's new channel and count it."""
    row, slot = place
    home, now = books.household[row], whole(books.channel[row, slot])
    for turn in range(2):
        one, sign = (now, -1) if turn == 0 else (channel, 1)
        if one == NOTHING:
            continue
        if terms[one, ROLE] != _FREE:
            books.in_pack[home, one] += sign
            books.on_seat[row, one] += sign
        screen = terms[one, SCREEN]
        if screen != NOTHING:
            books.on_screen[row, screen, lesson[DAY]] += sign
            if screen == _PHONE and lesson[HEAVY]:
                books.on_screen[row, _HEAVY, 0] += sign
    books.channel[row, slot] = channel


@compiled
def _fits(pools: Longs, need: Reals, one: int, room: Reals) -> bool:
    for use in range(len(pools)):
        if pools[use] == NOTHING or need[one, use] == 0.0:
            continue
        amount = 0.0
        for other in range(len(pools)):
            if pools[other] == pools[use]:
                amount += need[one, other]
        if amount > 0 and amount > room[pools[use]] + TOLERANCE:
            return False
    return True
