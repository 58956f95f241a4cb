"""From a week as arrays to its plan: prices, what every home answers, repair, what is left over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.offers import Block
from scheduler.solver.polish import polish
from scheduler.solver.price_search import Prices, find_prices
from scheduler.solver.rates import rates_of
from scheduler.solver.repair import repair
from scheduler.solver.standing import Standing
from scheduler.solver.uses import blocks_of
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


def solve(week: WeekArrays, engine: Engine = NUMPY, threads: int = 1) -> Solution:
    """Plan a week."""
    prices = find_prices(week, engine, threads)
    wanted = answer(week, prices.price, engine)
    standing = repair(engine.stand(week, wanted, threads), prices.price, engine.relieve)
    engine.fill(standing, prices.price)
    return finished(polish(standing, prices, engine), prices, engine, threads)


def answer(week: WeekArrays, price: Reals, engine: Engine = NUMPY, threads: int = 1) -> Bytes:
    """Return the channels [N, W] that all homes choose at some prices."""
    rates = rates_of(week, price)
    found = np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)

    def one(block: Block) -> None:
        found[block.rows] = engine.respond(block, rates).channel

    with ThreadPoolExecutor(threads) as desks:
        for _ in desks.map(one, blocks_of(week, engine.block)):
            pass
    return found


def finished(
    standing: Standing, prices: Prices, engine: Engine = NUMPY, threads: int = 1
) -> Solution:
    """Add up what a plan takes and is worth."""
    worth, cost = engine.add_up(standing, threads)
    week = standing.week
    return Solution(
        week=week,
        channel=standing.channel,
        price=prices.price,
        use=week.pools.amount - standing.room,
        objective=worth - cost,
        bound=prices.bound,
        cost=cost,
        rounds=prices.rounds,
    )
