"""How a plan stands while it is put together: who has packs and seats, and what is left of all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.solver.offers import Block
from scheduler.solver.rates import DAYS
from scheduler.solver.uses import (
    Takes,
    blocks_of,
    by_pool,
    gross_worth,
    no_takes,
    takes_of,
    true_cost,
)
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Ints, Longs, Reals, Role, WeekArrays

# Amounts are sums of fractions of tenge: a millionth of a page is no page.
TOLERANCE: Final = 1e-6


@dataclass(slots=True, eq=False)
class Standing:
    """The channels [N, W], the room left [P], lessons in each pack [H, C] and on each seat [N, C].

    ``on_screen`` [N, 3, days] counts lessons by cap and day; heavy ones count on day 0.
    """

    week: WeekArrays
    channel: Bytes
    room: Reals
    in_pack: Longs
    on_seat: Longs
    on_screen: Ints

    @classmethod
    def nothing(cls, week: WeekArrays) -> "Standing":
        """Return the standing of a plan that brings nothing to anybody."""
        people, width = week.students, len(week.channels)
        homes = int(people.household.max(initial=-1)) + 1
        return cls(
            week=week,
            channel=np.full((people.count, week.slots), NOTHING, dtype=np.int8),
            room=week.pools.amount.copy(),
            in_pack=np.zeros((homes, width), dtype=np.int64),
            on_seat=np.zeros((people.count, width), dtype=np.int64),
            on_screen=np.zeros((people.count, len(Cap), DAYS), dtype=np.int32),
        )

    @classmethod
    def of(cls, week: WeekArrays, channel: Bytes, threads: int = 1) -> "Standing":
        """Count everything anew from the channels alone."""
        found = cls.nothing(week)

        def one(block: Block) -> Takes:
            found.write(block, channel[block.rows])
            return takes_of(block, channel[block.rows])

        with ThreadPoolExecutor(threads) as desks:
            takes = sum(desks.map(one, blocks_of(week)), no_takes(week))
        found.room -= by_pool(week, takes)
        return found

    def put(self, block: Block, channel: Bytes) -> None:
        """Let the students of a block, whole households, take other channels [n, W]."""
        week, rows = self.week, block.rows
        before = by_pool(week, takes_of(block, self.channel[rows]))
        self.room += before - by_pool(week, takes_of(block, channel))
        self.write(block, channel)

    def write(self, block: Block, channel: Bytes) -> None:
        """Write the channels of a block, and count all but the room."""
        week, rows = self.week, block.rows
        self.channel[rows] = channel
        if not block.count:
            return
        home = week.students.household[rows]
        starts = block.households
        for column, role in enumerate(week.role):
            if role == Role.FREE:
                continue
            lessons = (channel == column).sum(axis=1)
            self.on_seat[rows, column] = lessons
            self.in_pack[home[starts], column] = np.add.reduceat(lessons, starts)
        self.on_screen[rows] = screen_counts(week, block, channel)


def screen_counts(week: WeekArrays, block: Block, channel: Bytes) -> Ints:
    """Return the lessons [n, 3, days] of each student on each screen and day."""
    found = np.zeros((block.count, len(Cap), DAYS), dtype=np.int32)
    lessons = block.lessons
    day = np.where(lessons == NOTHING, NOTHING, week.lessons.day[lessons])
    for cap in (Cap.PHONE, Cap.TV):
        on = np.isin(channel, np.flatnonzero(week.screen == cap)) & (channel != NOTHING)
        for one in range(DAYS):
            found[:, cap, one] = (on & (day == one)).sum(axis=1)
        if cap == Cap.PHONE:
            found[:, Cap.HEAVY, 0] = (on & week.lessons.is_heavy[lessons]).sum(axis=1)
    return found


def add_up(standing: Standing, threads: int = 1) -> tuple[int, int]:
    """Return what a plan is worth before any cost, and what it costs, from its channels alone."""
    week = standing.week

    def one(block: Block) -> tuple[int, int]:
        channel = standing.channel[block.rows]
        return gross_worth(block, channel), true_cost(week, takes_of(block, channel))

    worth = cost = 0
    with ThreadPoolExecutor(threads) as desks:
        for own, paid in desks.map(one, blocks_of(week)):
            worth, cost = worth + own, cost + paid
    return worth, cost
