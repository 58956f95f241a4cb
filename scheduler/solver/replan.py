"""A few students are planned anew beside all others, who keep what they have.

At the prices of the plan that stands and in the room that the others leave: the work grows with the
students who change, not with the nation.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.solver import offers
from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.offers import Block
from scheduler.solver.parts import dense_homes, students_of
from scheduler.solver.price_search import look
from scheduler.solver.repair import repair
from scheduler.solver.solving import Solution, answer
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.uses import by_pool, gross_worth, takes_of, true_cost
from scheduler.solver.week_arrays import (
    NOTHING,
    Bools,
    Bytes,
    Longs,
    Reals,
    Students,
    WeekArrays,
)

# A few homes among many: a third step would take as long as all before it, for a hundredth of a
# percent.
_MOVES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Anew:
    """What some students get now: channels [n, W]; ``fits`` is False when the room is too small."""

    channel: Bytes
    fits: bool


def plan_anew(part: WeekArrays, price: Reals, others: Reals, engine: Engine = NUMPY) -> Anew:
    """Decide what is not decided in some whole homes; ``others`` [P] is what everybody else uses.

    See ``part_of``.
    """
    part = replace(part, pools=replace(part.pools, amount=part.pools.amount - others))
    standing = engine.stand(part, answer(part, price, engine), 1)
    repair(standing, price, engine.relieve, _MOVES)
    if not _fits(standing):
        # What is decided keeps its packs, and repair takes whole packs back: begin with nothing.
        standing = Standing.of(part, part.students.decided.copy())
    engine.fill(standing, price)
    return Anew(standing.channel, _fits(standing))


def _fits(standing: Standing) -> bool:
    return bool((standing.room >= -TOLERANCE).all())


def homes_of(week: WeekArrays, touched: Bools) -> Longs:
    """Return the rows of all who live with somebody who is touched."""
    own = week.students.household
    size = int(own.max(initial=-1)) + 1
    hit = np.zeros(size, dtype=np.bool_)
    hit[own[touched]] = True
    return np.flatnonzero(hit[own])


def part_of(week: WeekArrays, rows: Longs, channel: Bytes, free: Bools) -> WeekArrays:
    """Return the week of some students, in which all that is not free is decided.

    What is decided is open to its own student, in time or not: it may be on its way already.
    """
    people = week.students
    lessons = week.programs[people.program[rows]]
    decided = _decided(week, rows, free)
    decided = np.where(free, decided, channel).astype(np.int8)
    chance = _chances(people, rows, week.slots)
    chance = np.where(week.lessons.is_open[lessons], chance, 0).astype(np.uint16)
    chance[~free & (channel == NOTHING)] = 0
    fixed = np.nonzero(~free & (channel != NOTHING))
    at = (*fixed, channel[fixed].astype(np.int64))
    chance[at] = np.maximum(_chances(people, rows, week.slots)[at], 1)
    part = replace(
        students_of(people, rows),
        chance=chance,
        decided=decided,
        household=dense_homes(people, rows),
    )
    opened = replace(week.lessons, is_open=np.ones_like(week.lessons.is_open))
    return replace(week, students=part, lessons=opened)


def _decided(week: WeekArrays, rows: Longs, free: Bools) -> Bytes:
    decided = week.students.decided
    return decided[rows] if len(decided) else np.full(free.shape, NOTHING, dtype=np.int8)


def _chances(people: Students, rows: Longs, slots: int) -> "NDArray[np.uint16]":
    chance = people.chance[rows]
    return np.broadcast_to(chance, (len(rows), slots, chance.shape[2])).copy()


def use_of(part: WeekArrays, channel: Bytes) -> Reals:
    """Return what some students use of each pool [P]."""
    return by_pool(part, takes_of(Block(part, 0, part.students.count), channel))


def changed_slots(before: WeekArrays, after: WeekArrays, channel: Bytes, touched: Bools) -> Bools:
    """Return which slots [N, W] can no longer stay: what stood is worth less, or nothing stood.

    Both weeks hold the same students in the same order. Where nothing stood, the slot is free as
    soon as anything about its student or its lesson is another; others are not ``touched`` [N].
    """
    free = np.zeros(channel.shape, dtype=np.bool_)
    rows = np.flatnonzero(touched)
    if not len(rows):
        return free
    own = channel[rows]
    lost = own == NOTHING
    old, new = (_cut(week, rows) for week in (before, after))
    for column in range(len(after.channels)):
        lost |= (own == column) & (offers.gross(new, column) < offers.gross(old, column))
    moved = (old.lessons != new.lessons) | (old.week.students.caps != new.week.students.caps).any(
        axis=1
    )[:, None]
    free[rows] = (lost | moved) & (new.lessons != NOTHING)
    return free


def _cut(week: WeekArrays, rows: Longs) -> Block:
    own = students_of(week.students, rows)
    return Block(replace(week, students=own), 0, len(rows))


def touched_students(before: WeekArrays, after: WeekArrays) -> Bools:
    """Return the students [N] of whom anything differs, or any of whose lessons does."""
    count = after.students.count
    found = np.zeros(count, dtype=np.bool_)
    for name in ("program", "chance", "is_large", "caps", "taste", "wish", "previous", "decided"):
        old, new = getattr(before.students, name), getattr(after.students, name)
        if len(old) != len(new):
            return np.ones(count, dtype=np.bool_)
        if len(new):
            found |= (old != new).reshape(count, -1).any(axis=1)
    program = _changed_lessons(before, after)[after.programs] & (after.programs != NOTHING)
    found |= program.any(axis=1)[after.students.program]
    return found


def _changed_lessons(before: WeekArrays, after: WeekArrays) -> Bools:
    count = len(after.lessons.day)
    found = np.zeros(count, dtype=np.bool_)
    for name in ("step", "sides", "day", "is_heavy", "is_open", "marking"):
        old, new = getattr(before.lessons, name), getattr(after.lessons, name)
        if old.shape != new.shape:
            return np.ones(count, dtype=np.bool_)
        found |= (old != new).reshape(count, -1).any(axis=1)
    return found


def replan(before: Solution, week: WeekArrays, engine: Engine = NUMPY) -> Solution:
    """Plan a changed week from its plan: the same students, and only what must change changes.

    When what stands does not fit any more, all who are touched are planned anew.
    """
    touched = touched_students(before.week, week)
    if not touched.any():
        return replace(before, week=week)
    rows = homes_of(week, touched)
    free = changed_slots(before.week, week, before.channel, touched)
    channel = before.channel.copy()
    inside = homes_of(week, np.asarray(free.any(axis=1)))
    if len(inside):
        channel[inside] = _decided_anew(before, week, inside, free[inside], engine)
    return _summed(before, week, rows, channel, engine)


def _decided_anew(
    before: Solution, week: WeekArrays, rows: Longs, free: Bools, engine: Engine
) -> Bytes:
    stood, whole = before.channel[rows], np.ones_like(free)
    others = before.use - use_of(part_of(before.week, rows, stood, whole), stood)
    anew = plan_anew(part_of(week, rows, stood, free), before.price, others, engine)
    if not anew.fits:
        anew = plan_anew(part_of(week, rows, stood, whole), before.price, others, engine)
    return anew.channel


def _summed(
    before: Solution, week: WeekArrays, rows: Longs, channel: Bytes, engine: Engine
) -> Solution:
    """Add up a plan in which only some whole homes have changed."""
    stood, found = before.channel[rows], channel[rows]
    whole = np.ones(found.shape, dtype=np.bool_)
    old, new = part_of(before.week, rows, stood, whole), part_of(week, rows, found, whole)
    (worth, cost), (old_worth, old_cost) = _worth(new, found), _worth(old, stood)
    most = look(new, before.price, engine).most.sum() - look(old, before.price, engine).most.sum()
    sold = float((before.price * (week.pools.amount - before.week.pools.amount)).sum())
    return Solution(
        week=week,
        channel=channel,
        price=before.price,
        use=before.use - use_of(old, stood) + use_of(new, found),
        objective=before.objective - old_worth + worth,
        bound=before.bound + float(most) + sold,
        cost=before.cost - old_cost + cost,
        rounds=1,
    )


def _worth(part: WeekArrays, channel: Bytes) -> tuple[int, int]:
    """Return the worth of some students' channels less their cost, and the cost."""
    block = Block(part, 0, part.students.count)
    cost = true_cost(part, takes_of(block, channel))
    return gross_worth(block, channel) - cost, cost
