"""From a week as arrays to its plan: prices, what every home answers, repair, what is left over."""

from dataclasses import dataclass

import numpy as np

from scheduler.solver.fill import fill
from scheduler.solver.offers import Block
from scheduler.solver.polish import polish
from scheduler.solver.price_search import Engine, Prices, find_prices
from scheduler.solver.rates import rates_of
from scheduler.solver.repair import repair
from scheduler.solver.response import respond
from scheduler.solver.standing import Standing
from scheduler.solver.uses import blocks_of, gross_worth, takes_of, true_cost
from scheduler.solver.week_arrays import NOTHING, Bytes, Reals, WeekArrays


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A plan as arrays: the channel [N, W] of each slot, prices and use [P], sums in units.

    No plan of the week can be worth more than ``bound``.
    """

    week: WeekArrays
    channel: Bytes
    price: Reals
    use: Reals
    objective: int
    bound: float
    cost: int
    rounds: int


def solve(week: WeekArrays, engine: Engine = respond, threads: int = 1) -> Solution:
    """Plan a week."""
    prices = find_prices(week, engine, threads)
    standing = repair(week, answer(week, prices.price, engine), prices.price)
    fill(standing, prices.price)
    return finished(week, polish(standing, prices, engine), prices)


def answer(week: WeekArrays, price: Reals, engine: Engine = respond) -> Bytes:
    """Return the channels [N, W] that all homes choose at some prices."""
    rates = rates_of(week, price)
    found = np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)
    for block in blocks_of(week):
        found[block.rows] = engine(block, rates).channel
    return found


def finished(week: WeekArrays, standing: Standing, prices: Prices) -> Solution:
    """Add up what a plan takes and is worth."""
    whole = Block(week, 0, week.students.count)
    cost = true_cost(week, takes_of(whole, standing.channel))
    return Solution(
        week=week,
        channel=standing.channel,
        price=prices.price,
        use=week.pools.amount - standing.room,
        objective=gross_worth(whole, standing.channel) - cost,
        bound=prices.bound,
        cost=cost,
        rounds=prices.rounds,
    )
