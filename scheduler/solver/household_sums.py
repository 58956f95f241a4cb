"""What one household's choices are worth and take: the books of a plan, home by home."""

from dataclasses import dataclass

import numpy as np

from scheduler.solver import offers
from scheduler.solver.offers import Block
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Longs, Reals, Role


@dataclass(frozen=True, slots=True, eq=False)
class HouseholdSums:
    """By household [h]: ``worth`` at true cost, in units, and ``use`` [h, P] of each pool."""

    worth: Longs
    use: Reals


def sums_of(block: Block, channel: Bytes) -> HouseholdSums:
    """Count every household of a block whose lessons take the channels [n, W]."""
    week, starts = block.week, block.households
    pools, tariff = week.pools, week.tariff
    pages = offers.sides(block)
    worth = np.zeros(len(starts), dtype=np.int64)
    use = np.zeros((len(starts), pools.of_school.shape[1]))
    for column, role in enumerate(week.role):
        at = channel == column
        gross = np.where(at, offers.gross(block, column), 0).sum(axis=1, dtype=np.int64)
        worth += np.add.reduceat(gross, starts)
        if role == Role.PACK:
            sides = np.add.reduceat(np.where(at, pages, 0).sum(axis=1, dtype=np.int64), starts)
            packs = np.logical_or.reduceat(at.any(axis=1), starts)
            worth -= sides * tariff.side[column] + packs * tariff.pack[column]
            use += sides[:, None] * pools.by_side[:, column]
            use += packs[:, None] * pools.by_pack[:, column]
        elif role == Role.SEAT:
            seats = np.add.reduceat(at.any(axis=1).astype(np.int64), starts)
            worth -= seats * tariff.seat[column]
            use += seats[:, None] * pools.by_seat[:, column]
    _add_work(block, channel, use)
    return HouseholdSums(worth, _by_pool(block, use))


def _add_work(block: Block, channel: Bytes, use: Reals) -> None:
    """Add messages and marking."""
    week, starts, lessons = block.week, block.households, block.lessons
    minutes = np.where(channel == NOTHING, 0, week.lessons.marking[lessons, channel])
    by_home = np.add.reduceat(minutes.sum(axis=1, dtype=np.int64), starts)
    use += by_home[:, None] * week.pools.by_marking
    on_phone = np.isin(channel, np.flatnonzero(week.screen == Cap.PHONE)) & (channel != NOTHING)
    day = np.where(on_phone, week.lessons.day[lessons], NOTHING)
    for column, message_day in enumerate(week.pools.message_day):
        if 0 <= message_day < DAYS:
            sent = (day == message_day).any(axis=1).astype(np.int64)
            use[:, column] += np.add.reduceat(sent, starts)


def _by_pool(block: Block, use: Reals) -> Reals:
    pools = block.week.pools
    found = np.zeros((len(use), len(pools.amount) + 1))
    of_home = pools.of_school[block.school[block.households]]
    for column in range(use.shape[1]):
        # A home without a pool for a use writes into the last column, which is cut off.
        np.add.at(found, (np.arange(len(use)), of_home[:, column]), use[:, column])
    return found[:, :-1]
