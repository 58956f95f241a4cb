"""What the ledger tells of each home before a week is planned, and whose neighbours it has.

Only weeks that are over count: of a running week the good news comes first, and a lesson of today
was not heard of because nobody had the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.delivery.bit_counts import Outcomes, Whole, count_outcomes
from jetkiz.delivery.past_weeks import WeekRows, read_past_weeks
from jetkiz.roster.model import Home
from jetkiz.roster.register import read_surroundings
from scheduler.learning.posterior import Memory, week_evidence
from scheduler.rules.observation import Observation, observation_of

MOST_WEEKS: Final = 40
"""Weeks that are read; what is older would count for less than 4 % of its weight."""

NEVER: Final = 10_000

Sums = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """The same in whole lessons [students, channels], for people: nothing fades here.

    ``heard`` counts lessons that say something, ``received`` those of them that came, ``left`` all
    that were handed over; ``since`` is the first week of them, by its place, or ``NEVER``.
    """

    heard: Sums
    received: Sums
    left: Sums
    since: Sums

    @classmethod
    def nothing(cls, students: int, channels: int) -> "Told":
        """Return what is told before the first week."""
        shape = (students, channels)
        heard, received, left = (np.zeros(shape, np.int32) for _ in range(3))
        return cls(heard, received, left, np.full(shape, NEVER, np.int32))

    def hear(self, week: Outcomes, place: int, rules: Sequence[Observation]) -> None:
        """Add a week."""
        received, failed, silent = _wide(week)
        telling = np.array([rule.silence > 0 for rule in rules])
        left = received + failed + silent
        self.received[...] += received
        self.heard[...] += received + failed + silent * telling
        self.left[...] += left
        self.since[(self.since == NEVER) & (left > 0)] = place


def _wide(week: Outcomes) -> tuple[Sums, Sums, Sums]:
    """A sum of many weeks does not fit a byte."""
    return (
        week.received.astype(np.int32),
        week.failed.astype(np.int32),
        week.silent.astype(np.int32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """What past weeks tell of the students of a plan; ``row`` gives each student's place.

    ``weeks`` are those in which something left for one of these students. ``pools`` [students]
    numbers the surroundings of their homes.
    """

    weeks: tuple[str, ...]
    channels: tuple[str, ...]
    row: Mapping[int, int]
    memory: Memory
    told: Told
    pools: Whole

    @property
    def rules(self) -> list[Observation]:
        """What is heard of each channel."""
        return [observation_of(name) for name in self.channels]

    @property
    def students(self) -> int:
        """The number of students of whom something was heard."""
        return int((self.told.heard > 0).any(axis=1).sum())


def read_experience(
    connection: Connection, week: str, homes: Sequence[Home], channels: Iterable[str], today: date
) -> Experience:
    """Read what the weeks before ``week`` tell that are over today."""
    names = tuple(sorted(channels))
    first = week_of(parse_week(week) - timedelta(weeks=MOST_WEEKS))
    past = read_past_weeks(connection, names, first, min(week, week_of(today)))
    surroundings = read_surroundings(connection)
    places = [surroundings.get(home.student.household, ("", "")) for home in homes]
    return learned(week, names, [home.student.id for home in homes], places, past)


def learned(
    week: str,
    channels: tuple[str, ...],
    students: Sequence[int],
    places: Sequence[tuple[str, str]],
    past: Sequence[WeekRows],
) -> Experience:
    """Learn from past weeks, oldest first; ``places`` tells whose homes are alike."""
    row = {number: place for place, number in enumerate(students)}
    rules = [observation_of(name) for name in channels]
    memory = Memory.empty(len(students), len(channels))
    told = Told.nothing(len(students), len(channels))
    weeks: list[str] = []
    for one in past:
        outcomes = _by_student(one, row, rules)
        if _is_silent(outcomes):
            continue
        gap = _weeks_between(weeks[-1], one.week) if weeks else 0
        memory.learn(week_evidence(outcomes, rules), gap)
        told.hear(outcomes, len(weeks), rules)
        weeks.append(one.week)
    if weeks:
        # The week just before the planned one counts in full.
        memory.fade(_weeks_between(weeks[-1], week) - 1)
    numbers = {place: number for number, place in enumerate(sorted(set(places)))}
    pools = np.array([numbers[place] for place in places], np.intp)
    return Experience(tuple(weeks), channels, row, memory, told, pools)


def _is_silent(week: Outcomes) -> bool:
    return not (week.received.any() or week.failed.any() or week.silent.any())


def _weeks_between(first: str, then: str) -> int:
    return (parse_week(then) - parse_week(first)).days // 7


def _by_student(one: WeekRows, row: Mapping[int, int], rules: Sequence[Observation]) -> Outcomes:
    """Add up all attempts of each student; those who are not planned are passed over."""
    found = count_outcomes(one.rows, [rule.received for rule in rules])
    places = np.array([row.get(number, -1) for number in one.students.tolist()])
    here = np.flatnonzero(places >= 0)
    sums = [np.zeros((len(row), len(rules)), np.uint16) for _ in range(3)]
    for total, part in zip(sums, (found.received, found.failed, found.silent), strict=True):
        np.add.at(total, places[here], part[here])
    return Outcomes(*sums)
