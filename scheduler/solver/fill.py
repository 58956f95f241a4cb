"""Who gets what is left over: the lessons first that nothing brings, then what gains most."""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.judging import Judged, judge
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.uses import schools_of
from scheduler.solver.week_arrays import NOTHING, Bools, Ints, Longs, Reals, Role

# Each round ends better than it began; this many are never needed, but a loop must end.
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class _Moves:
    """Lessons that could go a better way: row, slot, channel, gain, and what each needs [m, R].

    ``joins`` tells which of them change nothing for the rest of the home: they join a pack or a
    seat that is there, and leave none.
    """

    row: Longs
    slot: Longs
    channel: Longs
    gain: Longs
    need: Reals
    joins: Bools


def fill(standing: Standing, price: Reals) -> int:
    """Move lessons to better channels while there is room; return how many were moved.

    Afterwards no single lesson could be better off beside the rest of the plan.
    """
    schools = list(schools_of(standing.week))
    seen = [np.full(standing.week.pools.of_school.shape[1], -np.inf) for _ in schools]
    moved = 0
    for _ in range(MOST_ROUNDS):
        now = 0
        for place, school in enumerate(schools):
            # Who had no wish finds none as long as no pool has more room than it had then.
            if _has_more(room_of(standing, school), seen[place]):
                now += _settle(standing, school, price)
                seen[place] = room_of(standing, school)
        if not now:
            break
        moved += now
    return moved


def room_of(standing: Standing, school: Block) -> Reals:
    """Return what is left for a school [R]; without end where it draws on no pool."""
    pools = standing.week.pools.of_school[school.school[0]]
    found: Reals = np.append(standing.room, np.inf)[pools]
    return found


def _has_more(room: Reals, seen: Reals) -> bool:
    # Where nothing is shared, nothing can run out either: only the home's own caps say no.
    return not len(room) or bool((room > seen).any())


def _settle(standing: Standing, school: Block, price: Reals) -> int:
    """Move the lessons of a school until none of them can be better off."""
    moved, asked, seen = 0, school, room_of(standing, school)
    for _ in range(MOST_ROUNDS):
        moves = _moves(standing, asked)
        now = _make(standing, asked, moves, price)
        moved += now
        if now:
            home = standing.week.students.household
            wishing = np.unique(home[moves.row])
            asked = asked.pick(np.isin(home[asked.numbers[asked.households]], wishing))
        elif asked is school or not _has_more(room_of(standing, school), seen):
            break
        else:
            # What the others gave back may be of use to those who had no wish before.
            asked, seen = school, room_of(standing, school)
    return moved


def _make(standing: Standing, block: Block, moves: _Moves, price: Reals) -> int:
    if not len(moves.row):
        return 0
    week = standing.week
    pool = week.pools.of_school[week.students.school[moves.row]]
    at = np.where(pool == NOTHING, 0.0, np.append(price, 0.0)[pool])
    cost = (np.maximum(moves.need, 0) * at).sum(axis=1)
    is_new = standing.channel[moves.row, moves.slot] == NOTHING
    density = moves.gain / np.maximum(cost, 1.0)
    tie = week.students.tie[moves.row]
    order = np.lexsort((moves.slot, tie, -density, ~is_new))
    return _apply(standing, block, moves, pool, order)


def _moves(standing: Standing, block: Block) -> _Moves:
    judged = judge(standing, block)
    best = judged.own.copy()
    chosen = np.full(best.shape, NOTHING, dtype=np.int8)
    nothing = standing.channel[block.rows] == NOTHING
    for column in reversed(range(len(judged.net))):
        net = judged.net[column]
        better = (judged.lacks[column] == 0) & (net > IMPOSSIBLE)
        here = standing.channel[block.rows] == column
        better &= np.where(
            nothing & (chosen == NOTHING), net >= 0, (net > best) | here & (net >= best)
        )
        best = np.where(better, net, best)
        chosen[better] = column
    chosen[chosen == standing.channel[block.rows]] = NOTHING
    row, slot = np.nonzero(chosen != NOTHING)
    channel = chosen[row, slot].astype(np.int64)
    return _Moves(
        block.numbers[row],
        slot,
        channel,
        (best - judged.own)[row, slot].astype(np.int64),
        _needs(standing, judged, row, slot, channel),
        _joins(standing, block.numbers[row], slot, channel),
    )


def _joins(standing: Standing, row: Longs, slot: Longs, channel: Longs) -> Bools:
    week = standing.week
    has_pack = standing.in_pack[week.students.household[row], channel] > 0
    has_seat = standing.on_seat[row, channel] > 0
    role = week.role[channel]
    is_there = np.where(role == Role.PACK, has_pack, (role == Role.SEAT) & has_seat)
    now = standing.channel[row, slot]
    leaves_none = (now == NOTHING) | (week.role[now] == Role.FREE)
    counts_messages = bool((week.pools.message_day >= 0).any())
    return np.asarray(is_there & (leaves_none if not counts_messages else now == NOTHING))


def _needs(standing: Standing, judged: Judged, row: Longs, slot: Longs, channel: Longs) -> Reals:
    found = np.zeros((len(row), standing.week.pools.of_school.shape[1]))
    for column, needs in enumerate(judged.needs):
        own = channel == column
        for use, amount in needs.items():
            found[own, use] = amount[row[own], slot[own]]
    return found


def _apply(standing: Standing, block: Block, moves: _Moves, pool: Ints, order: Longs) -> int:
    """Make the moves in order as far as the room reaches, of those that change a home one."""
    week = standing.week
    room = standing.room.tolist()
    homes = week.students.household[moves.row].tolist()
    needs, pools, joins = moves.need.tolist(), pool.tolist(), moves.joins.tolist()
    joined: set[int] = set()
    changed: set[int] = set()
    taken = []
    for one in order.tolist():
        # A home joins what it has, several times over, or changes what it has, once.
        if homes[one] in changed or (homes[one] in joined and not joins[one]):
            continue
        wanted: dict[int, float] = {}
        for p, n in zip(pools[one], needs[one], strict=True):
            wanted[p] = wanted.get(p, 0.0) + n if p != NOTHING else 0.0
        if any(n > 0 and n > room[p] + TOLERANCE for p, n in wanted.items()):
            continue
        for p, n in wanted.items():
            room[p] -= n
        (joined if joins[one] else changed).add(homes[one])
        taken.append(one)
    made = np.array(taken, dtype=np.int64)
    if len(made):
        channel = standing.channel[block.rows].copy()
        place = np.searchsorted(block.numbers, moves.row[made])
        channel[place, moves.slot[made]] = moves.channel[made]
        standing.put(block, channel)
    return len(made)
