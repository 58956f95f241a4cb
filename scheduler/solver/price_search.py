"""At which prices people want no more than there is: one number for each shared pool.

Any prices prove a bound: no plan is worth more than what all homes choose at these prices and the
sale of everything there is. The search looks for the prices with the least such bound.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.solver.components import components_of
from scheduler.solver.engine import NUMPY, Engine
from scheduler.solver.offers import Block
from scheduler.solver.parts import sample
from scheduler.solver.rates import rates_of
from scheduler.solver.uses import Takes, blocks_of, by_pool, no_takes
from scheduler.solver.week_arrays import NOTHING, Bools, Ints, Longs, Reals, WeekArrays

ROUNDS: Final = 24
"""Passes over all students; more of them lower the gap by less than a hundredth of a percent."""

_FIRST_SHARE: Final = 0.5
_FIRST_STEP: Final = 0.7
_NEAR_STEP: Final = 0.1
_LONGEST_STEP: Final = 2.0
_LEAST_STEP: Final = 1e-4
_LONGER: Final = 1.2
_SHORTER: Final = 0.6

# Less than a unit of worth for a unit of the pool: it is not scarce at all.
_NO_PRICE: Final = 1.0

# From here on a part is asked first: a full pass is what costs, and large schools are much alike.
_MANY: Final = 50_000
_ONE_IN: Final = 4
# A nation's part may be smaller: that saves a fifth of the looks, and the gap of 3.4 million grows
# from 0.11 % to 0.17 %.
_AT_MOST_ONE_IN: Final = 8
_ENOUGH: Final = 400_000
_LAST_ROUNDS: Final = 8

# After so many rounds that find nothing better by more than a trifle the search ends.
_PATIENCE: Final = 8
_TRIFLE: Final = 2e-5


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


def look(week: WeekArrays, price: Reals, engine: Engine = NUMPY, threads: int = 1) -> Round:
    """Let everybody choose at some prices and count what they take."""
    rates = rates_of(week, price)

    def one(block: Block) -> tuple[Takes, Longs, Longs]:
        found = engine.respond(block, rates)
        at = block.school[block.households]
        sums = (_by_school(at, found.most), _by_school(at, found.gain))
        return found.takes, *sums

    def _by_school(at: Ints, amount: Longs) -> Longs:
        return np.bincount(at, weights=amount, minlength=len(week.school)).astype(np.int64)

    takes = no_takes(week)
    most = np.zeros(len(week.school), dtype=np.int64)
    gain = most.copy()
    with ThreadPoolExecutor(threads) as pool:
        work = pool.map if threads > 1 else map
        # Added in the order of the blocks, and whole numbers at that: threads change nothing.
        for own, worth, gained in work(one, blocks_of(week, engine.block)):
            takes, most, gain = takes + own, most + worth, gain + gained
    return Round(price, by_pool(week, takes), most, gain)


def find_prices(
    week: WeekArrays, engine: Engine = NUMPY, threads: int = 1, rounds: int = ROUNDS
) -> Prices:
    """Search the prices at which all pools are just sold out.

    Of many students a part is asked first: its prices are nearly those of all.
    """
    if week.students.count < _MANY:
        return _searched(week, engine, threads, rounds, None)
    one_in = min(max(week.students.count // _ENOUGH, _ONE_IN), _AT_MOST_ONE_IN)
    rough = _searched(sample(week, one_in), engine, threads, rounds, None)
    return _searched(week, engine, threads, _LAST_ROUNDS, rough.price)


def _searched(
    week: WeekArrays, engine: Engine, threads: int, rounds: int, start: Reals | None
) -> Prices:
    """Search from no prices at all, or from ``start``, which is nearly right."""
    price = np.zeros(len(week.pools.amount)) if start is None else start
    first = look(week, price, engine, threads)
    best = _Best.of(week, first)
    search = _Search.of(week, first) if start is None else _Search.near(week, first)
    # The first guesses may all be worse than no prices at all: patience begins after them.
    count, idle, has_begun, last = 1, 0, start is not None, np.inf
    if start is not None:
        search.learn(week, first)
    while count < rounds and idle < _PATIENCE and not search.is_settled():
        found = look(week, search.price, engine, threads)
        is_better = best.offer(week, found)
        has_begun = has_begun or is_better
        # An early lucky guess is no reason to stop while each round is better than the one before.
        bound = found.most.sum() + found.price @ week.pools.amount
        idle = 0 if is_better or bound < last * (1 - _TRIFLE) or not has_begun else idle + 1
        last = bound
        search.learn(week, found)
        count += 1
    return Prices(best.price, float(best.bound.sum()), count)


@dataclass(slots=True, eq=False)
class _Best:
    """The least bound of every component [c], and its prices.

    Components are what the pools that ever had a price join: they have nothing in common, so each
    may keep the prices of another round.
    """

    school: Ints
    pool: Ints
    price: Reals
    bound: Reals
    priced: Bools

    @classmethod
    def of(cls, week: WeekArrays, first: Round) -> "_Best":
        priced = first.price > 0
        school, pool = _components(week, priced)
        found = cls(school, pool, first.price.copy(), np.zeros(0), priced)
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
        self._join(week, one.price > 0)
        bound = self._bounds(week, one)
        better = bound < self.bound
        before = self.bound.sum()
        self.bound = np.where(better, bound, self.bound)
        self.price = np.where(better[self.pool], one.price, self.price)
        return bool(before - self.bound.sum() > _TRIFLE * before)

    def _join(self, week: WeekArrays, priced: Bools) -> None:
        """Join the components that a new price ties together; until now it was 0 for all."""
        if not (priced & ~self.priced).any():
            return
        self.priced |= priced
        old = np.concatenate([self.school, self.pool])
        self.school, self.pool = _components(week, self.priced)
        _, first = np.unique(old, return_index=True)
        joined = np.concatenate([self.school, self.pool])[first]
        self.bound = np.bincount(joined, weights=self.bound).astype(np.float64)


def _components(week: WeekArrays, priced: Bools) -> tuple[Ints, Ints]:
    of_school = week.pools.of_school
    tied = np.where(np.append(priced, [False])[of_school], of_school, NOTHING).astype(np.int32)
    return components_of(tied, len(week.pools.amount))


@dataclass(slots=True, eq=False)
class _Search:
    """Prices that rise while people want too much and fall while something is left.

    Each pool keeps its own step: longer while the price goes on in one direction, shorter when it
    turns. What one pool does moves the others, so no bracket would hold; this needs none.
    """

    price: Reals
    step: Reals
    rose: Bools

    @classmethod
    def of(cls, week: WeekArrays, free: Round) -> "_Search":
        """Begin where everything costs nothing: what is scarce then gets a first price."""
        scarce = free.use > week.pools.amount
        price = np.where(scarce, _average(week, free) * _FIRST_SHARE, 0.0)
        return cls(price, np.full(len(price), _FIRST_STEP), scarce)

    @classmethod
    def near(cls, week: WeekArrays, found: Round) -> "_Search":
        """Begin at prices that are nearly right."""
        scarce = found.use > week.pools.amount
        return cls(found.price, np.full(len(found.price), _NEAR_STEP), scarce)

    def is_settled(self) -> bool:
        """True when no price would move by more than a trifle."""
        return not bool(((self.price > 0) & (self.step > _LEAST_STEP)).any())

    def learn(self, week: WeekArrays, found: Round) -> None:
        """Take the next step of every price."""
        short = found.use > week.pools.amount
        factor = np.where(short == self.rose, _LONGER, _SHORTER)
        self.step = np.minimum(self.step * factor, _LONGEST_STEP)
        self.rose = short
        moved = np.where(short, self.price * (1 + self.step), self.price / (1 + self.step))
        # What became scarce only now, since something else grew dear, begins like the others.
        begun = np.where(short, _average(week, found) * _FIRST_SHARE, 0.0)
        moved = np.where(self.price > 0, moved, begun)
        self.price = np.where(~short & (moved < _NO_PRICE), 0.0, moved)


def _average(week: WeekArrays, free: Round) -> Reals:
    """Return what packs and seats gain for each unit of a pool, all its schools together."""
    pools = week.pools
    total = np.zeros(len(pools.amount))
    for column in range(pools.of_school.shape[1]):
        at = pools.of_school[:, column]
        own = at != NOTHING
        total += np.bincount(at[own], weights=free.gain[own], minlength=len(total))
    return total / np.maximum(free.use, 1.0)
