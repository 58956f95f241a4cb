"""Who gives way when people want more than there is: those first who lose least for each unit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver import offers
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.rates import Rates, rates_of
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Ints,
    Longs,
    Reals,
    Role,
    WeekArrays,
)

TakeBack = Callable[[Longs, bool], None]
"""Takes back until some pools are not overdrawn; the last says whether lessons may move on."""

Relieve = Callable[[Standing, Reals], TakeBack]
"""Looks up once all that it takes to take back at some prices."""

# Every step ends with less over the limit; a loop must end all the same.
_MOST_STEPS = 20
# What frees one pool can burden another, and the other way round: after so many steps nothing is
# moved any more, only taken away.
_MOVES = 10


def repair(standing: Standing, price: Reals, relieve: Relieve, moves: int = _MOVES) -> Standing:
    """Take packs, seats and lessons back until no pool is overdrawn, or nothing more can go.

    Lessons may move to other channels in the first ``moves`` steps.
    """
    take_back = relieve(standing, price)
    for step in range(_MOST_STEPS):
        over = np.flatnonzero(standing.room < -TOLERANCE)
        if not len(over):
            break
        before = standing.room.copy()
        take_back(over, step < moves)
        if step >= moves and (standing.room <= before).all():
            break
    return standing


@dataclass(frozen=True, slots=True, eq=False)
class _Bundles:
    """What could go together: its rows of slots, its loss at the prices, and what it frees.

    ``of`` [n, W] gives the bundle of each slot, or -1; ``other`` where the slot goes instead.
    """

    of: Longs
    other: Bytes
    loss: Reals
    frees: Reals
    tie: "np.typing.NDArray[np.uint64]"


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Who draws on which pool, looked up once.

    ``bounds`` [S + 1] is the first row of each school; ``use`` and ``school`` lie pool by pool,
    those of a pool between its ``first`` and that of the next.
    """

    bounds: Longs
    first: Longs
    use: Longs
    school: Longs

    @classmethod
    def of(cls, week: WeekArrays) -> "Draws":
        """Look up the schools of a week and their pools."""
        schools, pools = len(week.school), week.pools
        # Use after use, and in each the schools in their order: a stable sort keeps that.
        drawn = pools.of_school.T.ravel()
        order = np.argsort(drawn, kind="stable")
        return cls(
            np.searchsorted(week.students.school, np.arange(schools + 1)),
            np.searchsorted(drawn[order], np.arange(len(pools.amount) + 1)),
            order // max(schools, 1),
            order % max(schools, 1),
        )

    def on(self, pool: int) -> Iterator[tuple[int, Longs]]:
        """Yield each use of a pool with the schools that draw on it."""
        own = slice(self.first[pool], self.first[pool + 1])
        use, school = self.use[own], self.school[own]
        for one in np.unique(use).tolist():
            yield one, school[use == one]


def relieve(standing: Standing, price: Reals) -> TakeBack:
    """Let bundles go, those first that lose least, until the pools are not overdrawn."""
    rates, draws = rates_of(standing.week, price), Draws.of(standing.week)

    def take_back(over: Longs, may_move: bool) -> None:
        for pool in over.tolist():
            relieve_one(standing, pool, rates, draws, may_move=may_move)

    return take_back


def relieve_one(
    standing: Standing, pool: int, rates: Rates, draws: Draws, *, may_move: bool
) -> None:
    """Let bundles go until one pool is not overdrawn."""
    if standing.room[pool] >= -TOLERANCE:
        return
    for use, schools in draws.on(pool):
        start, stop = int(draws.bounds[schools[0]]), int(draws.bounds[schools[-1] + 1])
        if start == stop:
            continue
        block = Block(standing.week, start, stop)
        inside = np.isin(block.school, schools)
        for bundles in _bundles(standing, block, rates, use, inside):
            own = bundles if may_move else _without_moves(bundles)
            _drop(standing, block, own, -standing.room[pool])
            if standing.room[pool] >= -TOLERANCE:
                return


def _without_moves(bundles: _Bundles) -> _Bundles:
    return replace(bundles, other=np.full_like(bundles.other, NOTHING))


def _drop(standing: Standing, block: Block, bundles: _Bundles, needed: float) -> None:
    """Let the cheapest bundles go until enough is free, then count everything anew."""
    useful = np.flatnonzero(bundles.frees > 0)
    if not len(useful):
        return
    density = bundles.loss[useful] / bundles.frees[useful]
    order = useful[np.lexsort((bundles.tie[useful], density))]
    freed = np.cumsum(bundles.frees[order])
    count = int(np.searchsorted(freed, needed - TOLERANCE)) + 1
    going = np.zeros(len(bundles.frees) + 1, dtype=np.bool_)
    going[order[:count]] = True
    at = going[bundles.of]
    # Only homes in which something goes: of a school's thousand mostly a few.
    touched = np.logical_or.reduceat(at.any(axis=1), block.households)
    own = block.pick(touched)
    rows = own.numbers - block.start
    standing.put(own, np.where(at[rows], bundles.other[rows], standing.channel[own.rows]))


def _bundles(
    standing: Standing, block: Block, rates: Rates, use: int, inside: Bools
) -> Iterator[_Bundles]:
    week, pools = standing.week, standing.week.pools
    day = int(pools.message_day[use])
    if day >= 0:
        yield _days(standing, block, rates, day, inside)
    elif pools.by_marking[use]:
        yield _single(standing, block, rates, use, inside)
    else:
        # One channel after the other: what goes from the first may find its way into the second.
        for column in range(len(week.channels)):
            if takes_anything(week, use, column):
                yield _fixed(standing, block, rates, use, column, inside)
        yield from _out_of_packs(standing, block, rates, use, inside)


def takes_anything(week: WeekArrays, use: int, column: int) -> bool:
    """Return whether packs or seats of a channel count for a use."""
    pools = week.pools
    takes = pools.by_side[use, column] + pools.by_pack[use, column] + pools.by_seat[use, column]
    return bool(week.role[column] != Role.FREE and takes)


def _fixed(
    standing: Standing, block: Block, rates: Rates, use: int, column: int, inside: Bools
) -> _Bundles:
    """Whole packs of a household, or whole seats of a student."""
    week, pools = standing.week, standing.week.pools
    channel = standing.channel[block.rows]
    is_pack = week.role[column] == Role.PACK
    at = (channel == column) & inside[:, None]
    owner = _owners(block) if is_pack else np.arange(block.count)
    fixed = rates.pack if is_pack else rates.seat
    net, other, best = _alternatives(standing, block, rates, {column})
    lost = np.where(at, net[column] - best, 0).sum(axis=1, dtype=np.int64)
    size = int(owner.max(initial=-1)) + 1
    loss = np.bincount(owner, weights=lost, minlength=size)
    first = np.zeros(size, dtype=np.int64)
    first[owner[::-1]] = np.arange(block.count)[::-1]
    loss -= fixed[block.school[first], column]
    sides = np.where(at, offers.sides(block), 0).sum(axis=1)
    has_one = np.bincount(owner, weights=at.any(axis=1), minlength=size) > 0
    frees = np.bincount(owner, weights=sides * pools.by_side[use, column], minlength=size)
    frees += np.where(has_one, pools.by_pack[use, column] + pools.by_seat[use, column], 0)
    frees[_kept_by_decision(block, at, owner, size)] = 0
    of = np.where(at, owner[:, None], NOTHING)
    tie = week.students.tie[block.rows][first]
    return _Bundles(of, other, loss.astype(np.float64), frees.astype(np.float64), tie)


def _owners(block: Block) -> Longs:
    own = block.week.students.household[block.rows]
    return np.asarray(own - own[0])


def _kept_by_decision(block: Block, at: Bools, owner: Longs, size: int) -> Bools:
    people = block.week.students
    if not len(people.decided):
        return np.zeros(size, dtype=np.bool_)
    decided = (at & (people.decided[block.rows] != NOTHING)).any(axis=1)
    return np.bincount(owner, weights=decided, minlength=size) > 0


def _out_of_packs(
    standing: Standing, block: Block, rates: Rates, use: int, inside: Bools
) -> Iterator[_Bundles]:
    """Single lessons of packs that must be made, since a person decided for something in them."""
    week, people = standing.week, standing.week.students
    if not len(people.decided):
        return
    channel, owner = standing.channel[block.rows], _owners(block)
    by_hand = people.decided[block.rows] != NOTHING
    for column in np.flatnonzero(week.role == Role.PACK).tolist():
        side = week.pools.by_side[use, column]
        at = (channel == column) & inside[:, None]
        size = int(owner.max(initial=-1)) + 1
        at &= _kept_by_decision(block, at, owner, size)[owner][:, None] & ~by_hand
        if not side or not at.any():
            continue
        net, other, best = _alternatives(standing, block, rates, {column})
        frees = np.where(at, offers.sides(block), 0) * side
        yield _of_lessons(block, at, other, net[column] - best, frees)


def _of_lessons(block: Block, at: Bools, other: Bytes, loss: Ints, frees: Reals) -> _Bundles:
    """Let each lesson be a bundle of its own."""
    of = np.where(at, np.arange(at.size).reshape(at.shape), NOTHING)
    places = np.arange(at.shape[1], dtype=np.uint64)
    tie = np.add(block.week.students.tie[block.rows][:, None], places, dtype=np.uint64)
    return _Bundles(of, other, loss.ravel().astype(np.float64), frees.ravel(), tie.ravel())


def _single(standing: Standing, block: Block, rates: Rates, use: int, inside: Bools) -> _Bundles:
    """Single lessons that teachers would have to mark."""
    week = standing.week
    channel = standing.channel[block.rows]
    at = (channel != NOTHING) & inside[:, None]
    minutes = np.where(at, week.lessons.marking[block.lessons, channel], 0)
    net, other, best = _alternatives(standing, block, rates, set(range(len(week.channels))))
    own = np.zeros_like(best)
    for column, worth in enumerate(net):
        own = np.where(channel == column, worth, own)
    if len(week.students.decided):
        at &= week.students.decided[block.rows] == NOTHING
    return _of_lessons(
        block, at, other, own - best, np.where(at, minutes, 0) * week.pools.by_marking[use]
    )


def _days(standing: Standing, block: Block, rates: Rates, day: int, inside: Bools) -> _Bundles:
    """The messenger's lessons of one student on one day: one message less."""
    week = standing.week
    channel = standing.channel[block.rows]
    phones = {int(one) for one in np.flatnonzero(week.screen == Cap.PHONE)}
    on_day = week.lessons.day[block.lessons] == day
    at = np.isin(channel, list(phones)) & on_day & inside[:, None]
    net, other, best = _alternatives(standing, block, rates, phones)
    lost = sum(np.where(at & (channel == one), net[one] - best, 0) for one in phones)
    frees = at.any(axis=1).astype(np.float64)
    if len(week.students.decided):
        frees[(at & (week.students.decided[block.rows] != NOTHING)).any(axis=1)] = 0
    of = np.where(at, np.arange(block.count)[:, None], NOTHING)
    loss = np.asarray(lost).sum(axis=1, dtype=np.int64).astype(np.float64)
    return _Bundles(of, other, loss, frees, week.students.tie[block.rows])


def _alternatives(
    standing: Standing, block: Block, rates: Rates, without: set[int]
) -> tuple[list[Ints], Bytes, Ints]:
    """Return the nets at the rates, and the best channel [n, W] that needs nothing new.

    Free channels on screens that the home need not share, packs and seats that it has already.
    """
    week, rows = standing.week, block.rows
    pages = offers.sides(block)
    nets = [
        offers.net(block, column, rates, offers.gross(block, column), pages)
        for column in range(len(week.channels))
    ]
    best = np.zeros_like(pages)
    other = np.full(best.shape, NOTHING, dtype=np.int8)
    home = week.students.household[rows]
    for column in reversed(range(len(week.channels))):
        if column in without:
            continue
        role, screen = week.role[column], int(week.screen[column])
        if role == Role.PACK:
            usable = standing.in_pack[home, column] > 0
        elif role == Role.SEAT:
            usable = standing.on_seat[rows, column] > 0
        elif screen == NOTHING:
            usable = np.ones(block.count, dtype=np.bool_)
        else:
            usable = week.students.caps[rows, screen] == NO_CAP
            usable &= (week.students.caps[rows, Cap.HEAVY] == NO_CAP) | (screen != Cap.PHONE)
        better = usable[:, None] & (nets[column] >= best) & (nets[column] > IMPOSSIBLE)
        best = np.where(better, nets[column], best)
        other[better] = column
    return nets, other, best
