"""At which prices people want no more than there is: one number for each shared pool.

Any prices prove a bound: no plan is worth more than what all homes choose at these prices and the
sale of everything there is. The search looks for the prices with the least such bound.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from scheduler.solver.components import components_of
from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates, rates_of
from scheduler.solver.response import Barred, Response, respond
from scheduler.solver.uses import Takes, blocks_of, by_pool, no_takes, takes_of
from scheduler.solver.week_arrays import NOTHING, Ints, Longs, Reals, WeekArrays

ROUNDS: Final = 24
"""Passes over all students; more of them lower the gap by less than a hundredth of a percent."""

NEAR: Final = 0.001
"""A pool that is used up but for this share is sold out: its price may stay."""

_WIDEST_STEP: Final = 4.0
_FIRST_SHARE: Final = 0.5
_EDGE: Final = 0.1
_NARROW: Final = 1e-4

# After so many rounds that find nothing better by more than a trifle the search ends.
_PATIENCE: Final = 8
_TRIFLE: Final = 2e-5


class Engine(Protocol):
    """What answers for a block of students at given rates."""

    def __call__(self, block: Block, rates: Rates, barred: Barred) -> Response:
        """Return the best response of every household."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One pass: prices [P], use [P], and by school [S] the bound on worth and what packs gain."""

    price: Reals
    use: Reals
    most: Longs
    gain: Longs


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The best prices that were found [P], and the bound that they prove, in units of worth."""

    price: Reals
    bound: float
    rounds: int


def look(week: WeekArrays, price: Reals, engine: Engine = respond, threads: int = 1) -> Round:
    """Let everybody choose at some prices and count what they take."""
    rates = rates_of(week, price)

    def one(block: Block) -> tuple[Takes, Longs, Longs]:
        found = engine(block, rates, Barred.nothing(block.count))
        at = block.school[block.households]
        sums = (_by_school(at, found.most), _by_school(at, found.gain))
        return takes_of(block, found.channel), *sums

    def _by_school(at: Ints, amount: Longs) -> Longs:
        return np.bincount(at, weights=amount, minlength=len(week.school)).astype(np.int64)

    takes = no_takes(week)
    most = np.zeros(len(week.school), dtype=np.int64)
    gain = most.copy()
    with ThreadPoolExecutor(threads) as pool:
        work = pool.map if threads > 1 else map
        # Added in the order of the blocks, and whole numbers at that: threads change nothing.
        for own, worth, gained in work(one, blocks_of(week)):
            takes, most, gain = takes + own, most + worth, gain + gained
    return Round(price, by_pool(week, takes), most, gain)


def find_prices(
    week: WeekArrays,
    engine: Engine = respond,
    threads: int = 1,
    start: Reals | None = None,
    rounds: int = ROUNDS,
) -> Prices:
    """Search the prices at which all pools are just sold out; ``start`` warms the search up."""
    free = look(week, np.zeros(len(week.pools.amount)), engine, threads)
    best = _Best.of(week, free)
    scarce = free.use > week.pools.amount
    search = _Search.of(week, free, start)
    count, idle = 1, 0
    while scarce.any() and count < rounds and idle < _PATIENCE and not search.is_settled(week):
        found = look(week, search.price, engine, threads)
        idle = 0 if best.offer(week, found) else idle + 1
        search.learn(week, found)
        count += 1
    return Prices(best.price, float(best.bound.sum()), count)


@dataclass(slots=True, eq=False)
class _Best:
    """The least bound of every component, and its prices: components have nothing in common."""

    school: Ints
    pool: Ints
    price: Reals
    bound: Reals

    @classmethod
    def of(cls, week: WeekArrays, first: Round) -> "_Best":
        school, pool = components_of(week.pools.of_school, len(week.pools.amount))
        found = cls(school, pool, first.price.copy(), np.zeros(0))
        found.bound = found._bounds(week, first)
        return found

    def _bounds(self, week: WeekArrays, one: Round) -> Reals:
        count = int(max(self.school.max(initial=-1), self.pool.max(initial=-1))) + 1
        sold = one.price * week.pools.amount
        found = np.bincount(self.school, weights=one.most, minlength=count).astype(np.float64)
        found += np.bincount(self.pool, weights=sold, minlength=count)
        return found

    def offer(self, week: WeekArrays, one: Round) -> bool:
        """Keep what is better; return whether the whole is better by more than a trifle."""
        bound = self._bounds(week, one)
        better = bound < self.bound
        before = self.bound.sum()
        self.bound = np.where(better, bound, self.bound)
        self.price = np.where(better[self.pool], one.price, self.price)
        return bool(before - self.bound.sum() > _TRIFLE * before)


@dataclass(slots=True, eq=False)
class _Search:
    """Between which two prices each pool is sold out: too cheap below, room left above."""

    price: Reals
    low: Reals
    low_use: Reals
    high: Reals
    high_use: Reals
    use: Reals

    @classmethod
    def of(cls, week: WeekArrays, free: Round, start: Reals | None) -> "_Search":
        amount = week.pools.amount
        guess = np.where(free.use > amount, _average(week, free) * _FIRST_SHARE, 0.0)
        price = guess if start is None else np.where(free.use > amount, start, 0.0)
        nothing = np.full(len(amount), np.inf)
        return cls(price, np.zeros(len(amount)), free.use, nothing, nothing.copy(), free.use)

    def is_settled(self, week: WeekArrays) -> bool:
        """True when every pool is sold out or free, as nearly as whole packs allow."""
        amount = week.pools.amount
        is_sold = (self.use <= amount) & (self.use >= amount * (1 - NEAR))
        is_narrow = np.isfinite(self.high) & (self.high * (1 - _NARROW) <= self.low)
        return bool((is_sold | is_narrow | ((self.price == 0) & (self.use <= amount))).all())

    def learn(self, week: WeekArrays, found: Round) -> None:
        """Move one end of each bracket to what was seen, and choose the next price inside it."""
        amount, price, use = week.pools.amount, found.price, found.use
        self.use = use
        short = use > amount
        # Other prices have moved meanwhile: an end that is contradicted holds no longer.
        self.high = np.where(short & (price >= self.high), np.inf, self.high)
        self.low = np.where(~short & (price <= self.low), 0.0, self.low)
        self.low, self.low_use = _moved(short, price, use, self.low, self.low_use)
        self.high, self.high_use = _moved(~short, price, use, self.high, self.high_use)
        # What became scarce only now, since something else grew dear, begins like the others.
        begun = np.where(short & (price == 0), _average(week, found) * _FIRST_SHARE, 0.0)
        self.price = np.where(begun > 0, begun, self._next(amount, price, use))

    def _next(self, amount: Reals, price: Reals, use: Reals) -> Reals:
        is_open = np.isinf(self.high)
        over = np.clip((use / np.maximum(amount, 1e-9)) ** 2, 1.1, _WIDEST_STEP)
        width = np.where(is_open, 0.0, self.high - self.low)
        fall = np.maximum(self.low_use - np.where(is_open, 0.0, self.high_use), 1e-9)
        share = np.clip((self.low_use - amount) / fall, _EDGE, 1 - _EDGE)
        inside = self.low + share * width
        return np.where(is_open, np.where(price > 0, price * over, 0.0), inside)


def _moved(
    where: "np.typing.NDArray[np.bool_]", price: Reals, use: Reals, end: Reals, end_use: Reals
) -> tuple[Reals, Reals]:
    return np.where(where, price, end), np.where(where, use, end_use)


def _average(week: WeekArrays, free: Round) -> Reals:
    """Return what packs and seats gain for each unit of a pool, all its schools together."""
    pools = week.pools
    total = np.zeros(len(pools.amount))
    for column in range(pools.of_school.shape[1]):
        at = pools.of_school[:, column]
        own = at != NOTHING
        total += np.bincount(at[own], weights=free.gain[own], minlength=len(total))
    return total / np.maximum(free.use, 1.0)
