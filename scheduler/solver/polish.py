"""How a small school gets the last percent: whole homes are weighed against each other.

With few homes a price is too coarse: one pack more or less is a large part of what there is. Each
home is given a list of good choices; a beam of the best combinations that fit is carried from home
to home, with the prices as the guide to what room is worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from scheduler.solver import offers
from scheduler.solver.engine import Engine
from scheduler.solver.household_sums import sums_of
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.price_search import Prices
from scheduler.solver.rates import rates_of
from scheduler.solver.standing import TOLERANCE, Standing
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bytes, Longs, Reals, Role, WeekArrays

MOST_STUDENTS: Final = 100
"""Above this the prices alone leave less than half a percent."""

_WIDTH: Final = 400
_MOST_CHOICES: Final = 48
_TIMES: Final = (0.0, 0.4, 0.7, 0.9, 1.1, 1.5, 2.5, 6.0)
_DEAREST: Final = 1e7
# A plan that is proved to be this near to the best is not looked at again.
_NEAR: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """Ways in which one household could go: channels [k, n, W], worth [k], use [k, P]."""

    channel: Bytes
    worth: Longs
    use: Reals


def polish(standing: Standing, prices: Prices, engine: Engine) -> Standing:
    """Return a plan that is worth at least as much, for a school of few homes."""
    week, price = standing.week, prices.price
    block = Block(week, 0, week.students.count)
    if not block.count or block.count > MOST_STUDENTS:
        return standing
    if _worth(block, standing) >= prices.bound * (1 - _NEAR):
        return standing
    plans = _plans(block, standing, price, engine)
    homes = _homes(block, plans, price)
    channel = _beam(week, homes, price)
    if channel is None:
        return standing
    found = Standing.of(week, channel)
    engine.fill(found, price)
    return found if _worth(block, found) > _worth(block, standing) else standing


def _worth(block: Block, standing: Standing) -> int:
    return int(sums_of(block, standing.channel).worth.sum())


def _plans(block: Block, standing: Standing, price: Reals, engine: Engine) -> list[Bytes]:
    """Return what all homes would do at prices around those that were found."""
    is_scarce = price > 0
    around = [price * times for times in _TIMES]
    for pool in np.flatnonzero(is_scarce):
        for times in (0.0, 3.0):
            changed = price.copy()
            changed[pool] *= times
            around.append(changed)
    around.append(np.where(is_scarce, _DEAREST, 0.0))
    found = [engine.respond(block, rates_of(block.week, one)).channel for one in around]
    return [standing.channel, *found]


def _homes(block: Block, plans: list[Bytes], price: Reals) -> list[_Choices]:
    """Return the choices of each household: of the plans, and of each with less and less paper."""
    plans = _different(plans)
    every = _different([*plans, *(step for one in plans for step in _with_less_paper(block, one))])
    sums = [sums_of(block, plan) for plan in every]
    worth = np.stack([one.worth for one in sums])
    use = np.stack([one.use for one in sums])
    bounds = np.append(block.households, block.count)
    found = []
    for home, (start, stop) in enumerate(pairwise(bounds)):
        channel = np.stack([plan[start:stop] for plan in every])
        found.append(_best_choices(_Choices(channel, worth[:, home], use[:, home]), price))
    return found


def _different(plans: list[Bytes]) -> list[Bytes]:
    return list({plan.tobytes(): plan for plan in plans}.values())


def _with_less_paper(block: Block, plan: Bytes) -> Iterator[Bytes]:
    """Take the lesson off every home's paper that loses least for a side, and again."""
    week, people = block.week, block.week.students
    pages = offers.sides(block)
    other, worth = _without_paper(block)
    nets = [offers.gross(block, column) for column in range(len(week.channels))]
    plan = plan.copy()
    home = np.repeat(np.arange(len(block.households)), _sizes(block))
    for _ in range(int(_most_on_paper(block, plan))):
        density = np.full(plan.shape, np.inf)
        for column, role in enumerate(week.role):
            if role == Role.PACK:
                lost = (nets[column] - worth) / np.maximum(pages, 1)
                density = np.where(plan == column, lost, density)
        if len(people.decided):
            density[people.decided != NOTHING] = np.inf
        row, slot = _least_of_each(density, home)
        if not len(row):
            return
        plan[row, slot] = other[row, slot]
        yield plan.copy()


def _sizes(block: Block) -> Longs:
    return np.diff(np.append(block.households, block.count))


def _most_on_paper(block: Block, plan: Bytes) -> int:
    packs = np.flatnonzero(block.week.role == Role.PACK)
    on_paper = np.isin(plan, packs).sum(axis=1)
    return int(np.add.reduceat(on_paper, block.households).max(initial=0))


def _least_of_each(density: Reals, home: Longs) -> tuple[Longs, Longs]:
    """Return the row and slot of the least finite density of each household."""
    row, slot = np.nonzero(np.isfinite(density))
    order = np.lexsort((slot, row, density[row, slot], home[row]))
    row, slot = row[order], slot[order]
    is_first = np.append(True, home[row][1:] != home[row][:-1])[: len(row)]
    return row[is_first], slot[is_first]


def _without_paper(block: Block) -> tuple[Bytes, "np.typing.NDArray[np.int32]"]:
    """Return the best free channel [n, W] that no cap of the home stands before, and its worth."""
    week = block.week
    best = np.zeros((block.count, week.slots), dtype=np.int32)
    other = np.full(best.shape, NOTHING, dtype=np.int8)
    caps = week.students.caps[block.rows]
    for column in reversed(range(len(week.channels))):
        if week.role[column] != Role.FREE:
            continue
        gross = offers.gross(block, column)
        is_open = (caps == NO_CAP).all(axis=1) | (week.screen[column] == NOTHING)
        better = is_open[:, None] & (gross > IMPOSSIBLE) & (gross >= best)
        best = np.where(better, gross, best)
        other[better] = column
    return other, best


def _best_choices(home: _Choices, price: Reals) -> _Choices:
    """Keep each choice once, and of those the ones that are best at some weight of the prices."""
    flat = home.channel.reshape(len(home.channel), -1)
    _, first = np.unique(flat, axis=0, return_index=True)
    first = np.sort(first)
    cost = home.use[first] @ price
    kept: list[int] = []
    for times in (1.0, 0.0, 0.5, 2.0, 5.0):
        score = home.worth[first] - times * cost
        kept += first[np.argsort(-score, kind="stable")][: _MOST_CHOICES // 4].tolist()
    chosen = np.array(list(dict.fromkeys(kept)), dtype=np.int64)
    return _Choices(home.channel[chosen], home.worth[chosen], home.use[chosen])


def _beam(week: WeekArrays, homes: list[_Choices], price: Reals) -> Bytes | None:
    """Return the best combination that fits, or None if none was found."""
    amount = week.pools.amount
    worth, use = np.zeros(1, dtype=np.int64), np.zeros((1, len(amount)))
    path = np.zeros((1, 0), dtype=np.int64)
    for home in homes:
        totals = (worth[:, None] + home.worth).ravel()
        uses = (use[:, None, :] + home.use).reshape(len(totals), -1)
        fits = np.flatnonzero((uses <= amount + TOLERANCE).all(axis=1))
        if not len(fits):
            return None
        score = totals[fits] - uses[fits] @ price
        best = fits[np.argsort(-score, kind="stable")[: _WIDTH * 3]]
        best = _distinct(best, totals, uses)[:_WIDTH]
        before, choice = np.divmod(best, len(home.worth))
        path = np.column_stack([path[before], choice])
        worth, use = totals[best], uses[best]
    winner = path[int(np.argmax(worth))]
    rows = [home.channel[one] for home, one in zip(homes, winner, strict=True)]
    return np.concatenate(rows) if rows else None


def _distinct(order: Longs, totals: Longs, uses: Reals) -> Longs:
    """Drop what takes and is worth the same as one before it: it leads to nothing else."""
    table = np.column_stack([totals[order], uses[order]])
    _, first = np.unique(table, axis=0, return_index=True)
    return order[np.sort(first)]
