"""The compiled engine: the plan of the numpy engine, many times faster where numba is installed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from scheduler.rules.choice_reasons import USED_UP
from scheduler.solver.components import components_of
from scheduler.solver.engine import Engine
from scheduler.solver.judging import ORDER
from scheduler.solver.kernel.books import whole_of
from scheduler.solver.kernel.counting import Answers, answer_homes
from scheduler.solver.kernel.desk import new_desk
from scheduler.solver.kernel.facts import About, Shelf, about_of, people_of, rate_rows
from scheduler.solver.kernel.filling import fill_schools
from scheduler.solver.kernel.recounting import add_up, stand
from scheduler.solver.kernel.taking_back import take_back
from scheduler.solver.kernel.telling import Telling, tell
from scheduler.solver.offers import Block
from scheduler.solver.rates import Rates
from scheduler.solver.reasons import Strangers
from scheduler.solver.response import Response
from scheduler.solver.standing import Standing
from scheduler.solver.uses import blocks_of, no_takes, schools_of
from scheduler.solver.week_arrays import (
    NOTHING,
    Bools,
    Cap,
    Counts,
    Ints,
    Longs,
    Reals,
    WeekArrays,
)

# A call costs a thousand students' time; so many still keep all processors at work.
_BLOCK: Final = 65_536


def compiled_engine(threads: int = 1) -> Engine:
    """Return the engine; what it does at the same time touches nothing in common."""
    shelf = Shelf()

    def answer(block: Block, rates: Rates) -> Response:
        return respond(block, rates, shelf.about(block.week))

    return Engine(
        name="numba",
        respond=answer,
        stand=stand,
        relieve=lambda standing, price: take_back(standing, price, threads),
        fill=lambda standing, price: fill(standing, price, threads),
        add_up=add_up,
        reasons=lambda standing, strangers: reasons_of(standing, strangers, threads),
        block=_BLOCK,
    )


def respond(block: Block, rates: Rates, about: About | None = None) -> Response:
    """Let every household of a block choose what is best for it at these rates."""
    week, pools = block.week, block.week.pools
    starts = np.append(block.households, block.count) + block.start
    homes = len(starts) - 1
    takes = no_takes(week)
    answers = Answers(
        np.empty((block.count, week.slots), dtype=np.int8),
        np.empty(homes, dtype=np.int64),
        np.empty(homes, dtype=np.int64),
        np.empty(homes, dtype=np.int64),
        takes.packs,
        takes.sides,
        takes.seats,
        takes.marking,
        takes.messages,
        int((pools.message_day >= 0).any()),
        int(pools.by_marking.any()),
    )
    if homes:
        about = about or about_of(week)
        desk = new_desk(int(np.diff(starts).max()), about.terms, about.steps.shape[2])
        answer_homes(about, people_of(week), rate_rows(rates), starts, desk, answers)
    return Response(answers.channel, answers.worth, answers.most, answers.gain, takes)


def fill(standing: Standing, price: Reals, threads: int = 1) -> int:
    """Move lessons to better channels while there is room; return how many were moved."""
    week, whole = standing.week, whole_of(standing)
    pools = week.pools.of_school.copy()
    # What can never run short ties nobody to anybody, and is counted at the end.
    pools[:, _is_plenty(week)] = NOTHING
    whole = whole._replace(shared=whole.shared._replace(pools=pools.astype(np.int64)))

    def one(schools: Longs) -> int:
        return fill_schools(whole, price, schools)

    with ThreadPoolExecutor(threads) as desks:
        moved = sum(desks.map(one, _apart(week, pools)))
    _count_messages(standing)
    return moved


def _is_plenty(week: WeekArrays) -> Bools:
    """Return the uses [R] whose pools have a message a day for all whom a phone reaches."""
    pools, found = week.pools, np.zeros(len(week.pools.message_day), dtype=np.bool_)
    phones = np.flatnonzero(week.screen == Cap.PHONE)
    is_reached = (week.students.chance[:, :, phones] > 0).any(axis=(1, 2))
    students = np.bincount(week.students.school, is_reached, minlength=len(week.school))
    for use in np.flatnonzero(pools.message_day >= 0):
        at = pools.of_school[:, use]
        has_pool = at != NOTHING
        most = np.bincount(at[has_pool], students[has_pool], minlength=len(pools.amount))
        found[use] = bool((most <= pools.amount).all())
    return found


def _count_messages(standing: Standing) -> None:
    week, pools = standing.week, standing.week.pools
    for use in np.flatnonzero(pools.message_day >= 0):
        sent = standing.on_screen[:, Cap.PHONE, pools.message_day[use]] > 0
        by_school = np.bincount(week.students.school, sent, minlength=len(week.school))
        at = pools.of_school[:, use]
        has_pool = at != NOTHING
        own = np.unique(at[has_pool])
        taken = np.bincount(at[has_pool], by_school[has_pool], minlength=len(pools.amount))
        standing.room[own] = pools.amount[own] - taken[own]


def _apart(week: WeekArrays, pools: Ints) -> Iterator[Longs]:
    """Yield the schools, as rows of first and last student, by what they share with nobody else."""
    schools = np.array([(one.start, one.stop) for one in schools_of(week)], dtype=np.int64)
    if not len(schools):
        return
    of_school, _ = components_of(pools, len(week.pools.amount))
    component = of_school[week.students.school[schools[:, 0]]]
    for one in np.unique(component):
        yield schools[component == one]


def reasons_of(standing: Standing, strangers: Strangers, threads: int = 1) -> Counts:
    """Return the reason [N, W] of every choice, 0 where there is no lesson."""
    week = standing.week
    found = np.zeros((week.students.count, week.slots), dtype=np.uint8)
    whole = whole_of(standing)
    wish = week.students.wish
    telling = Telling(
        np.array([(1 << ORDER.index(one), why) for one, why in USED_UP.items()], dtype=np.int64),
        wish if len(wish) else np.full(1, NOTHING, dtype=np.int8),
        week.wished,
        strangers.is_unknown,
        strangers.is_barred,
    )

    def one(block: Block) -> None:
        tell(whole, telling, (block.start, block.stop), found[block.start : block.stop])

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(one, blocks_of(week)):
            pass
    return found
