"""How a school's problem becomes columns of numbers: every rule of worth and use in one table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from jetkiz.channel import Screen
from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import Capacity, Option, PlannedStudent, PlanProblem, Terms
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import LESSON, PER_TENGE, Resource
from scheduler.rules.page_counts import pages_for
from scheduler.rules.ties import tie_of
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    Bytes,
    Cap,
    Lessons,
    Pools,
    Role,
    Students,
    Tariff,
    WeekArrays,
)

_LAST_RANK: Final = 99
_SCREENS: Final = {Screen.NONE: NOTHING, Screen.PHONE: Cap.PHONE, Screen.TV: Cap.TV}
_HEAVY: Final = frozenset({LessonKind.VIDEO})
HUNDRED: Final = 100

# A use that is counted, and the day it is counted for.
_Use = tuple[Resource, int]


def arrays_of(problem: PlanProblem) -> WeekArrays:
    """Return a school's week as arrays; channels stand by rank, students by school and home."""
    channels = channels_in_order(problem.channels)
    people = in_order(problem.students)
    schools = sorted({one.school for one in people})
    lessons = list(problem.lessons)
    place = {number: row for row, number in enumerate(lessons)}
    curricula = list(dict.fromkeys(one.curriculum for one in people))
    width = max((len(one) for one in curricula), default=0) or 1
    programs = np.full((len(curricula), width), NOTHING, dtype=np.int32)
    for row, curriculum in enumerate(curricula):
        programs[row, : len(curriculum)] = [place[number] for number in curriculum]
    terms = [problem.channels[name] for name in channels]
    return WeekArrays(
        channels=tuple(channels),
        role=np.array([_role(one) for one in terms], dtype=np.int8),
        screen=np.array([_SCREENS[one.screen] for one in terms], dtype=np.int8),
        lessons=_lessons(problem, terms),
        programs=programs,
        students=_students(problem, people, channels, curricula, width),
        school=np.array(schools, dtype=np.int64),
        region=np.zeros(len(schools), dtype=np.int32),
        is_rural=np.zeros(len(schools), dtype=np.bool_),
        pools=_pools(problem, channels, schools),
        tariff=_tariff(channels),
        kept=round(channel_choice.KEPT * LESSON),
        wished=round(channel_choice.WISH * LESSON),
    )


def channels_in_order(channels: Mapping[str, Terms]) -> list[str]:
    """Return the channels by rank: what the first offers wins a draw."""
    return sorted(channels, key=lambda name: (CHANNEL_NUMBERS.get(name, _LAST_RANK), name))


def in_order(students: Sequence[PlannedStudent]) -> list[PlannedStudent]:
    """Return the students as the arrays hold them: homes together."""
    return sorted(students, key=lambda one: (one.school, one.household, one.id))


def _role(terms: Terms) -> Role:
    if terms.is_paper:
        return Role.PACK
    return Role.SEAT if terms.has_seats else Role.FREE


def _lessons(problem: PlanProblem, terms: Sequence[Terms]) -> Lessons:
    rows = list(problem.lessons.values())
    names = [one.name for one in terms]
    return Lessons(
        step=_grid(
            [
                [
                    channel_choice.step(one.weight, one.kind, name, task=one.has_task)
                    for name in names
                ]
                for one in rows
            ],
            len(names),
        ),
        sides=_grid(
            [[pages_for(one.pages, large_print=large) for large in (False, True)] for one in rows],
            2,
        ),
        day=np.array([one.day.weekday() for one in rows], dtype=np.int8),
        is_heavy=np.array([one.kind in _HEAVY for one in rows], dtype=np.bool_),
        is_open=np.array(
            [[one.id not in about.too_late for about in terms] for one in rows], dtype=np.bool_
        ).reshape(len(rows), len(names)),
        marking=_grid(
            [
                [
                    round(HUNDRED * channel_choice.marking_minutes(name, task=one.has_task))
                    for name in names
                ]
                for one in rows
            ],
            len(names),
        ),
    )


def _grid(rows: list[list[int]], width: int) -> "np.typing.NDArray[np.int32]":
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


def _students(
    problem: PlanProblem,
    people: Sequence[PlannedStudent],
    channels: Sequence[str],
    curricula: Sequence[tuple[int, ...]],
    width: int,
) -> Students:
    column = {name: place for place, name in enumerate(channels)}
    program = {curriculum: row for row, curriculum in enumerate(curricula)}
    school = {number: row for row, number in enumerate(sorted({p.school for p in people}))}
    home = {number: row for row, number in enumerate(dict.fromkeys(p.household for p in people))}
    return Students(
        number=np.array([one.id for one in people], dtype=np.int64),
        tie=np.array([tie_of(one.id) for one in people], dtype=np.uint64),
        school=np.array([school[one.school] for one in people], dtype=np.int32),
        household=np.array([home[one.household] for one in people], dtype=np.int64),
        program=np.array([program[one.curriculum] for one in people], dtype=np.int32),
        chance=_chances(problem, people, column, width),
        is_large=np.array([Need.LARGE_PRINT in one.needs for one in people], dtype=np.bool_),
        caps=np.array([_caps(one) for one in people], dtype=np.uint8).reshape(len(people), 3),
        taste=np.array([_tastes(one, problem, channels) for one in people], dtype=np.int32).reshape(
            len(people), len(channels)
        ),
        wish=np.array([column.get(one.wish, NOTHING) for one in people], dtype=np.int8),
        previous=_by_slot(_previous(problem, people, column), len(people), width),
        decided=_by_slot(_decided(problem, people, column), len(people), width),
    )


def _chances(
    problem: PlanProblem, people: Sequence[PlannedStudent], column: Mapping[str, int], width: int
) -> "np.typing.NDArray[np.uint16]":
    """Return the chances by slot; homes that are alike share one row of answers."""
    found = np.zeros((len(people), width, len(column)), dtype=np.uint16)
    rows: dict[int, list[int]] = {}
    for row, one in enumerate(people):
        for slot, lesson in enumerate(one.curriculum):
            options = problem.options[one.id, lesson]
            if id(options) not in rows:
                rows[id(options)] = _chance_row(options, column)
            found[row, slot] = rows[id(options)]
    return found


def _chance_row(options: Sequence[Option], column: Mapping[str, int]) -> list[int]:
    found = [0] * len(column)
    for one in options:
        if one.possible and one.channel in column:
            found[column[one.channel]] = channel_choice.thousandths(one.likelihood)
    return found


def _caps(one: PlannedStudent) -> list[int]:
    limits = (one.videos, one.phone_lessons, one.tv_lessons)
    return [NO_CAP if limit is None else min(limit, NO_CAP - 1) for limit in limits]


def _tastes(one: PlannedStudent, problem: PlanProblem, channels: Sequence[str]) -> list[int]:
    return [
        round(LESSON * channel_choice.taste(name, one.wish, one.paper_way, is_paper=terms.is_paper))
        for name in channels
        for terms in [problem.channels[name]]
    ]


def _previous(
    problem: PlanProblem, people: Sequence[PlannedStudent], column: Mapping[str, int]
) -> Iterator[tuple[int, int, int]]:
    for row, one in enumerate(people):
        before = problem.previous.get(one.id, ())
        for slot, (_, name) in enumerate(zip(one.curriculum, before, strict=False)):
            if name is not None and name in column:
                yield row, slot, column[name]


def _decided(
    problem: PlanProblem, people: Sequence[PlannedStudent], column: Mapping[str, int]
) -> Iterator[tuple[int, int, int]]:
    if not problem.overrides:
        return
    for row, one in enumerate(people):
        for slot, lesson in enumerate(one.curriculum):
            decision = problem.overrides.get((one.id, lesson))
            if decision:
                yield row, slot, column[decision.channel]


def _by_slot(entries: Iterator[tuple[int, int, int]], count: int, width: int) -> Bytes:
    found = list(entries)
    if not found:
        return np.zeros((0, width), dtype=np.int8)
    grid = np.full((count, width), NOTHING, dtype=np.int8)
    rows, slots, channels = zip(*found, strict=True)
    grid[list(rows), list(slots)] = channels
    return grid


def _pools(problem: PlanProblem, channels: Sequence[str], schools: Sequence[int]) -> Pools:
    rows = sorted(problem.capacities, key=lambda one: (one.resource, one.key))
    number = {(one.resource, one.key): row for row, one in enumerate(rows)}
    uses = list(_uses(rows))
    of_school = np.full((len(schools), len(uses)), NOTHING, dtype=np.int32)
    for line, school in enumerate(schools):
        for place, (resource, day) in enumerate(uses):
            pool = problem.pool(resource, school, day)
            of_school[line, place] = NOTHING if pool is None else number[pool]
    shape = (len(uses), len(channels))
    by_pack, by_side, by_seat = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for place, (resource, _) in enumerate(uses):
        for column, name in enumerate(channels):
            by_pack[place, column] = channel_choice.use_of_pack(name).get(resource, 0.0)
            by_side[place, column] = channel_choice.use_of_pages(name, 1).get(resource, 0.0)
            if resource == Resource.DUTY_SEATS and problem.channels[name].has_seats:
                by_seat[place, column] = 1.0
    return Pools(
        resource=tuple(one.resource for one in rows),
        key=tuple(one.key for one in rows),
        unit=tuple(one.unit for one in rows),
        amount=np.array([_amount(one) for one in rows], dtype=np.float64),
        of_school=of_school,
        by_pack=by_pack,
        by_side=by_side,
        by_seat=by_seat,
        by_marking=np.array([float(use[0] == Resource.MARKING) for use in uses]),
        message_day=np.array([day for _, day in uses], dtype=np.int8),
    )


def _uses(capacities: Sequence[Capacity]) -> Iterator[_Use]:
    """Return what is counted: each resource once, messages once a day."""
    named = {one.resource for one in capacities}
    instead = {use for use, other in channel_choice.INSTEAD.items() if other in named}
    for resource in sorted(named | instead):
        if resource == Resource.MESSAGES:
            yield from ((resource, day) for day in range(5))
        else:
            yield resource, NOTHING


def _amount(one: Capacity) -> float:
    """Return an amount in the unit that is counted: marking in hundredths of a minute."""
    return one.amount * HUNDRED if one.resource == Resource.MARKING else one.amount


def _tariff(channels: Sequence[str]) -> Tariff:
    worth = PER_TENGE * LESSON
    return Tariff(
        pack=np.array([round(channel_choice.tenge_of_pack(one) * worth) for one in channels]),
        side=np.array([round(channel_choice.tenge_of_pages(one, 1) * worth) for one in channels]),
        seat=np.array([round(channel_choice.tenge_of_seat(one) * worth) for one in channels]),
    )
