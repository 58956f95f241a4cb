"""In which order overdrawn pools take back, and which of them can do so at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from scheduler.solver.components import components_of
from scheduler.solver.kernel.books import Whole, whole_of
from scheduler.solver.kernel.facts import rate_rows
from scheduler.solver.kernel.relieving import JOB, relieve
from scheduler.solver.rates import Rates, rates_of
from scheduler.solver.repair import Draws, TakeBack, relieve_one, takes_anything
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import NOTHING, Bools, Ints, Longs, Reals

# As many on every computer, so that the same sums are made everywhere.
_PARTS: Final = 32


def take_back(standing: Standing, price: Reals, threads: int = 1) -> TakeBack:
    """Look up once who draws on what, and what it costs at the prices: ``repair.relieve``."""
    week = standing.week
    rates = rates_of(week, price)
    relief = _Relief(standing, rates, rate_rows(rates), Draws.of(week), whole_of(standing), threads)
    return relief.take_back


@dataclass(frozen=True, eq=False)
class _Relief:
    """How a plan stands, and what taking back looks up."""

    standing: Standing
    rates: Rates
    rows: Longs
    draws: Draws
    world: Whole
    threads: int

    def take_back(self, over: Longs, may_move: bool) -> None:
        """Let packs and seats go, those first that lose least, until no pool is overdrawn."""
        is_plain = not len(self.standing.week.students.decided)
        if is_plain and not self._is_work[over].any():
            self._take_back_apart(over, may_move)
            return
        for pool in over.tolist():
            relieve(self.world, self.rows, *self._jobs([pool]), may_move)
            # Messages, minutes and packs that somebody decided for: few, and lesson by lesson.
            relieve_one(self.standing, pool, self.rates, self.draws, may_move=may_move)

    def _take_back_apart(self, over: Longs, may_move: bool) -> None:
        """Relieve pools that have no school in common at the same time."""
        room, before = self.standing.room, self.standing.room.copy()

        def one(part: Longs) -> Reals:
            own = before.copy()
            world = self.world._replace(books=self.world.books._replace(room=own))
            pools = over[np.isin(self._of_pool[over], part)]
            relieve(world, self.rows, *self._jobs(pools.tolist()), may_move)
            return own

        parts = self._parts(over)
        with ThreadPoolExecutor(self.threads) as desks:
            for part, own in zip(parts, desks.map(one, parts), strict=True):
                inside = np.isin(self._of_pool, part)
                room[inside] = own[inside]
                room[self._is_work] += (own - before)[self._is_work]

    def _parts(self, over: Longs) -> list[Longs]:
        """Return the components of some pools in a few parts, the largest first."""
        number = self._of_pool[over]
        size = np.bincount(number, weights=self._students[over])
        order = np.argsort(-size, kind="stable")
        order = order[np.isin(order, number)]
        return [order[start::_PARTS] for start in range(min(_PARTS, len(order)))]

    def _jobs(self, over: list[int]) -> tuple[Longs, Longs]:
        """Return the schools [s, 2], as rows, and for every channel what is to be done [j, 5]."""
        schools, jobs, first = [np.zeros((0, 2), dtype=np.int64)], [], 0
        for pool in over:
            for use, own in self.draws.on(pool):
                rows = np.stack([self.draws.bounds[own], self.draws.bounds[own + 1]], axis=1)
                schools.append(rows)
                stop = first + len(rows)
                jobs += [(pool, use, channel, first, stop) for channel in self._taking[use]]
                first = stop
        return np.concatenate(schools), np.array(jobs, dtype=np.int64).reshape(-1, JOB)

    @cached_property
    def _taking(self) -> list[list[int]]:
        """The channels whose packs or seats count for each use."""
        week = self.standing.week
        uses, channels = week.pools.by_side.shape
        return [[c for c in range(channels) if takes_anything(week, use, c)] for use in range(uses)]

    @cached_property
    def _works(self) -> Bools:
        """The uses [R] that count messages or minutes."""
        pools = self.standing.week.pools
        return np.asarray((pools.message_day >= 0) | (pools.by_marking > 0))

    @cached_property
    def _is_work(self) -> Bools:
        """The pools [P] of such uses: here they are only written, never asked."""
        pools = self.standing.week.pools
        found = np.zeros(len(pools.amount), dtype=np.bool_)
        own = pools.of_school[:, self._works]
        found[own[own != NOTHING]] = True
        return found

    @cached_property
    def _of_pool(self) -> Ints:
        """The component of each pool [P]."""
        pools = self.standing.week.pools
        own = pools.of_school.copy()
        own[:, self._works] = NOTHING
        return components_of(own, len(pools.amount))[1]

    @cached_property
    def _students(self) -> Longs:
        """How many students draw on each pool [P], by all of its uses."""
        sizes = np.diff(self.draws.bounds)[self.draws.school]
        ends = np.append(0, np.cumsum(sizes))
        return np.asarray(ends[self.draws.first[1:]] - ends[self.draws.first[:-1]])
