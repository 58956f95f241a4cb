"""The week and the rates as the compiled rules read them: a few tables of whole numbers.

What belongs to a slot lies in rows of slots, so that a processor reads many of them at a time.
"""

from dataclasses import dataclass
from operator import is_
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
PLAIN: Final = 2  # sides in plain print, then in large print
STEP: Final = 4

# Rows of ``About.frame``: the day of each slot, or -1 without a lesson; 1 where it is heavy.
SLOT_DAY: Final = 0
SLOT_HEAVY: Final = 1

# Columns of ``About.terms``: what a channel asks for, its screen, its place among the packs.
ROLE: Final = 0
SCREEN: Final = 1
PACK: Final = 2


_AT_A_TIME: Final = 16

T = TypeVar("T", bound=np.generic)


class About(NamedTuple):
    """The lessons [L, 4 + 2 C] and ``programs`` [K, W]; ``terms`` [C, 3] of the channels.

    By program and slot: ``steps`` [K, C, V], -1 where closed, ``sides`` [K, 2, V], ``frame``
    [K, 2, V] and ``marks`` [K, C, V], the marking. V is W and some slots more, without lessons, so
    that a processor which takes sixteen at a time has none left over. ``most`` [K, 3] is the
    highest cap that could stop anything, ``reach`` [K] how far apart two lessons of a day can
    stand, ``heavy`` [K, 1 + W] how many lessons are heavy, then their slots. ``seat`` is the seat
    channel, or -1, and ``kept`` the worth of last week's channel.
    """

    lessons: Longs
    programs: Longs
    steps: Ints
    sides: Ints
    frame: Ints
    marks: Longs
    most: Longs
    reach: Longs
    heavy: Longs
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
    own = week.programs
    is_lesson = own != NOTHING
    is_open = lessons.is_open[own] & is_lesson[:, :, None]
    marks = np.where(is_lesson[:, :, None], lessons.marking[own], 0)
    days = np.where(is_lesson, lessons.day[own], NOTHING)
    is_heavy = is_lesson & lessons.is_heavy[own]
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
        steps=_wide(np.where(is_open, lessons.step[own], NOTHING), NOTHING),
        # Sides repeat the last, so that the least of a program stays the least.
        sides=_wide(lessons.sides[own], None),
        frame=np.concatenate(
            [_wide(days[:, :, None], NOTHING), _wide(is_heavy[:, :, None], 0)], axis=1
        ),
        marks=_wide(marks, 0).astype(np.int64),
        most=most_by_program(week).astype(np.int64),
        reach=_reach(days),
        heavy=_heavy(is_heavy),
        terms=terms,
        seat=int(seats[0]) if len(seats) else NOTHING,
        kept=week.kept,
    )


@dataclass(slots=True, eq=False)
class Shelf:
    """What was laid out last: a week and all its parts have the same lessons and channels."""

    _last: tuple[tuple[object, ...], int, About] | None = None

    def about(self, week: WeekArrays) -> About:
        """Return the tables of a week, laid out once for as long as no other week comes between."""
        whence = (week.lessons, week.programs, week.role, week.screen)
        last = self._last
        if last and last[1] == week.kept and all(map(is_, last[0], whence)):
            return last[2]
        found = about_of(week)
        self._last = (whence, week.kept, found)
        return found


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


def _wide(table: Ints, filled: int | None) -> Ints:
    """Return a table [K, W, ...] as [K, ..., V]: a loop over slots then reads what lies together.

    What is added repeats the last slot where it is not ``filled``.
    """
    by_slot = np.moveaxis(table, 1, -1)
    more = [(0, 0)] * (table.ndim - 1) + [(0, -table.shape[1] % _AT_A_TIME)]
    if filled is None:
        return np.pad(by_slot, more, mode="edge").astype(np.int32)
    return np.pad(by_slot, more, constant_values=filled).astype(np.int32)


def _reach(days: Ints) -> Longs:
    """Return the most slots between two lessons of one day, by program [K]."""
    slot, slots = np.arange(days.shape[1]), days.shape[1]
    found = np.zeros(len(days), dtype=np.int64)
    for day in range(DAYS):
        on_day = days == day
        first = np.where(on_day, slot, slots).min(axis=1, initial=slots)
        last = np.where(on_day, slot, 0).max(axis=1, initial=0)
        found = np.maximum(found, last - first)
    return found


def _heavy(is_heavy: Bools) -> Longs:
    found = np.zeros((len(is_heavy), 1 + is_heavy.shape[1]), dtype=np.int64)
    found[:, 0] = is_heavy.sum(axis=1)
    found[:, 1:] = np.argsort(~is_heavy, axis=1, kind="stable")
    return found
