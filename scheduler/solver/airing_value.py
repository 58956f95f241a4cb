"""What it is worth to all students that a lesson is aired, with everything else chosen best.

At the prices, packs and seats of a plan: a lesson that most children get by another way gains
little on the air. A home that can watch only some lessons a day counts those it gains most by.
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver import offers
from scheduler.solver.home_caps import best_of
from scheduler.solver.offers import IMPOSSIBLE, Block
from scheduler.solver.rates import Rates, rates_of
from scheduler.solver.standing import Standing
from scheduler.solver.uses import blocks_of
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Ints,
    Longs,
    Reals,
    Role,
    WeekArrays,
)


@dataclass(frozen=True, slots=True, eq=False)
class AiringWorth:
    """For each lesson [L]: the worth, in units, of its being aired, and how many it would help."""

    worth: Longs
    students: Longs


@dataclass(frozen=True, slots=True, eq=False)
class Signing:
    """Which students [N] follow TV by sign language alone, and which lessons [L] are signed."""

    students: Bools
    lessons: Bools

    def bars(self, block: Block) -> Bools:
        """Return where a lesson on TV is nothing for the student [n, W]."""
        unsigned = ~self.lessons[block.lessons]
        return np.asarray(self.students[block.rows][:, None] & unsigned)


def airing_worth(
    week: WeekArrays, channel: Bytes, price: Reals, signing: Signing | None = None
) -> AiringWorth:
    """Weigh every lesson on the air against what each student has without it."""
    count = len(week.lessons.step)
    worth, students = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    columns = np.flatnonzero(week.screen == Cap.TV)
    if not len(columns) or not week.students.count:
        return AiringWorth(worth, students)
    standing = Standing.of(week, channel)
    rates, aired = rates_of(week, price), _as_if_aired(week, columns)
    for block in blocks_of(week):
        gain = _gains(standing, block, Block(aired, block.start, block.stop), rates, signing)
        at = gain > 0
        lessons = block.lessons[at]
        # Whole numbers below 2^53: every order of adding gives one sum.
        worth += np.bincount(lessons, weights=gain[at], minlength=count).astype(np.int64)
        students += np.bincount(lessons, minlength=count)
    return AiringWorth(worth, students)


def _as_if_aired(week: WeekArrays, columns: Longs) -> WeekArrays:
    """Return the week with every lesson on the air; a home watches as likely as it ever would."""
    chance, is_open = week.students.chance.copy(), week.lessons.is_open.copy()
    for column in columns:
        chance[:, :, column] = chance[:, :, column].max(axis=1)[:, None]
        is_open[:, column] = week.lessons.step[:, column] > 0
    return replace(
        week,
        students=replace(week.students, chance=chance),
        lessons=replace(week.lessons, is_open=is_open),
    )


def _gains(
    standing: Standing, block: Block, aired: Block, rates: Rates, signing: Signing | None
) -> Ints:
    """Return what each lesson [n, W] gains on the air, 0 where it gains nothing."""
    week, pages = block.week, offers.sides(block)
    without = np.zeros_like(pages)
    on_air = np.full_like(pages, IMPOSSIBLE)
    for column in range(len(week.channels)):
        if week.screen[column] == Cap.TV:
            worth = offers.gross(aired, column)
            on_air = np.maximum(on_air, offers.net(aired, column, rates, worth, pages))
            continue
        net = offers.net(block, column, rates, offers.gross(block, column), pages)
        without = np.maximum(without, np.where(_is_usable(standing, block, column), net, 0))
    gain = np.where(block.lessons == NOTHING, 0, np.maximum(on_air - without, 0))
    if signing is not None:
        gain = np.where(signing.bars(block), 0, gain)
    return _as_many_as_watched(block, gain.astype(np.int32))


def _is_usable(standing: Standing, block: Block, column: int) -> Bools:
    """Return where a channel needs nothing that the plan does not give the student [n, 1 or W]."""
    week, rows = block.week, block.rows
    if week.role[column] == Role.PACK:
        return np.asarray(standing.in_pack[week.students.household[rows], column] > 0)[:, None]
    if week.role[column] == Role.SEAT:
        return np.asarray(standing.on_seat[rows, column] > 0)[:, None]
    if week.screen[column] != Cap.PHONE:
        return np.ones((block.count, 1), dtype=np.bool_)
    caps = week.students.caps[rows]
    has_enough = (caps[:, Cap.PHONE] == NO_CAP) & (caps[:, Cap.HEAVY] == NO_CAP)
    return np.asarray(has_enough[:, None] | (standing.channel[rows] == column))


def _as_many_as_watched(block: Block, gain: Ints) -> Ints:
    most = block.week.students.caps[block.rows][:, Cap.TV]
    if (most == NO_CAP).all():
        return gain
    lessons = block.lessons
    day = np.where(lessons == NOTHING, NOTHING, block.week.lessons.day[lessons]).astype(np.int8)
    return np.where(best_of(gain, most, day), gain, 0)
