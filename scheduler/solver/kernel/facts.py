"""The week and the rates as the compiled rules read them: a few tables of whole numbers.

Few and plain, since each table that a compiled function is handed costs time at every call.
"""

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduler.solver.home_caps import most_by_program
from scheduler.solver.rates import DAYS, Rates
from scheduler.solver.week_arrays import (
    NOTHING,
    Bools,
    Bytes,
    Counts,
    Ints,
    Longs,
    Role,
    WeekArrays,
)

# Columns of ``About.lessons``; then ``step`` [C], -1 - step where closed, and ``marking`` [C].
DAY: Final = 0
HEAVY: Final = 1
PLAIN: Final = 2
LARGE: Final = 3
STEP: Final = 4

# Columns of ``About.terms``: what a channel asks for, its screen, its place among the packs.
ROLE: Final = 0
SCREEN: Final = 1
PACK: Final = 2


T = TypeVar("T", bound=np.generic)


class About(NamedTuple):
    """The lessons [L, 4 + 2 C] and ``programs`` [K, W]; ``terms`` [C, 3] of the channels.

    ``most`` [K, 3] is the highest cap that could stop anything, ``days`` [K, 2 days] the first slot
    of each day, then the slot after its last. ``seat`` is the seat channel, or -1, and ``kept`` the
    worth of last week's channel.
    """

    lessons: Longs
    programs: Longs
    most: Longs
    days: Longs
    terms: Longs
    seat: int
    kept: int


class People(NamedTuple):
    """The students [N]; what nobody has is one row, which stands for all of them.

    The ``has_...`` say which of the last three are known student by student.
    """

    school: Ints
    program: Ints
    chance: NDArray[np.uint16]
    is_large: Bools
    caps: Counts
    taste: Ints
    previous: Bytes
    decided: Bytes
    has_taste: int
    has_previous: int
    has_decided: int


def about_of(week: WeekArrays) -> About:
    """Lay lessons and channels out for the compiled rules."""
    lessons = week.lessons
    seats = np.flatnonzero(week.role == Role.SEAT)
    packs = np.flatnonzero(week.role == Role.PACK)
    terms = np.full((len(week.role), 3), NOTHING, dtype=np.int64)
    terms[:, ROLE], terms[:, SCREEN] = week.role, week.screen
    terms[packs, PACK] = np.arange(len(packs))
    columns = (
        lessons.day[:, None],
        lessons.is_heavy[:, None],
        lessons.sides,
        np.where(lessons.is_open, lessons.step, -1 - lessons.step),
        lessons.marking,
    )
    return About(
        lessons=np.concatenate([one.astype(np.int64) for one in columns], axis=1),
        programs=week.programs.astype(np.int64),
        most=most_by_program(week).astype(np.int64),
        days=_days(week),
        terms=terms,
        seat=int(seats[0]) if len(seats) else NOTHING,
        kept=week.kept,
    )


def people_of(week: WeekArrays) -> People:
    """Lay the students out for the compiled rules; nothing large is copied."""
    people = week.students
    return People(
        school=people.school,
        program=people.program,
        chance=people.chance,
        is_large=people.is_large,
        caps=people.caps,
        taste=_or_one(people.taste, 0),
        previous=_or_one(people.previous, NOTHING),
        decided=_or_one(people.decided, NOTHING),
        has_taste=int(len(people.taste) > 0),
        has_previous=int(len(people.previous) > 0),
        has_decided=int(len(people.decided) > 0),
    )


def _or_one(column: NDArray[T], otherwise: int) -> NDArray[T]:
    if len(column):
        return column
    return np.full((1, column.shape[1]), otherwise, dtype=column.dtype)


def rate_rows(rates: Rates) -> Longs:
    """Lay rates out by school: pack, side and seat [C] each, marking, message [days]."""
    return np.concatenate(
        [rates.pack, rates.side, rates.seat, rates.marking[:, None], rates.message], axis=1
    )


def _days(week: WeekArrays) -> Longs:
    """Return between which slots each day's lessons lie, by program [K, 2 days]."""
    programs = week.programs
    day = np.where(programs == NOTHING, NOTHING, week.lessons.day[programs])
    found = np.zeros((len(programs), 2 * DAYS), dtype=np.int64)
    slot = np.arange(programs.shape[1])
    for one in range(DAYS):
        on_day = day == one
        has_any = on_day.any(axis=1)
        found[:, one] = np.where(has_any, np.argmax(on_day, axis=1), 0)
        found[:, DAYS + one] = np.where(on_day, slot + 1, 0).max(axis=1, initial=0)
    return found
