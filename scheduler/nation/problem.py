"""What decides about the week of a nation, as it lies in a folder and as the solver looks at it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.lessons.model import LessonKind
from scheduler.model import EVERYWHERE, Capacity
from scheduler.rules.channel_choice import (
    KEPT,
    LESSON,
    MARKING_MINUTES,
    PER_TENGE,
    SHARE_OF_RECEIVING,
    STEP,
    WISH,
    Resource,
)
from scheduler.rules.page_counts import pages_for
from scheduler.solver.week_arrays import (
    NOTHING,
    Bools,
    Bytes,
    Cap,
    Counts,
    Ints,
    Lessons,
    Longs,
    Pools,
    Role,
    Students,
    Tariff,
    WeekArrays,
)

SCHOOL_DAYS: Final = 5

_Use = Callable[[Resource, "ChannelTerms"], float]


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of one program: ``slot`` is its place in the week, ``day`` 1 to 5.

    ``sides`` are printed sides at usual size.
    """

    number: int
    code: str
    program: str
    slot: int
    day: int
    kind: LessonKind
    weight: float
    has_task: bool
    sides: int
    is_aired: bool


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """How a channel works: what it needs, what it costs in tenge, and what is left of a lesson.

    A fit of 0 says that it cannot carry a kind at all; TV carries only what is aired.
    ``role`` is free, pack or seat; ``screen`` names the cap of the home that a lesson counts for;
    ``pages`` names the resource that a printed side takes; ``too_late`` lists codes of lessons.
    """

    name: str
    role: str
    failure_domain: str
    fit: Mapping[LessonKind, float]
    return_likelihood: float
    screen: str = ""
    pages: str = ""
    lead_days: int = 0
    pack_sides: int = 0
    pack_postage: float = 0.0
    pack_carrying: float = 0.0
    side_postage: float = 0.0
    side_printing: float = 0.0
    seat_cost: float = 0.0
    too_late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StudentColumns:
    """The students by school, household and number; ``school`` and ``program`` are row numbers."""

    number: Longs
    school: Ints
    household: Longs
    program: Ints
    chance: NDArray[np.uint16]
    is_large: Bools
    caps: Counts


@dataclass(frozen=True, slots=True, eq=False)
class SchoolColumns:
    """The schools by number; ``region`` counts in the order of the problem's regions."""

    number: Longs
    region: Ints
    is_rural: Bools


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision for one lesson of one student, by its code."""

    student: int
    lesson: str
    channel: str


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """All that a folder says about a week; ``previous`` [N, W] may have no rows."""

    week: str
    regions: tuple[str, ...]
    programs: tuple[str, ...]
    channels: tuple[ChannelTerms, ...]
    lessons: tuple[LessonRow, ...]
    schools: SchoolColumns
    students: StudentColumns
    capacities: tuple[Capacity, ...]
    decisions: tuple[Decision, ...] = ()
    previous: Bytes = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int8))

    @property
    def slots(self) -> int:
        """The most lessons of a program."""
        return max((one.slot for one in self.lessons), default=-1) + 1


def arrays_of(problem: Problem) -> WeekArrays:
    """Turn what people wrote into what the solver looks at."""
    channels = problem.channels
    programs = np.full((len(problem.programs), problem.slots), NOTHING, dtype=np.int32)
    places = {name: row for row, name in enumerate(problem.programs)}
    for row, one in enumerate(problem.lessons):
        programs[places[one.program], one.slot] = row
    people, schools = problem.students, problem.schools
    return WeekArrays(
        channels=tuple(one.name for one in channels),
        role=np.array([Role[one.role.upper()] for one in channels], dtype=np.int8),
        screen=np.array(
            [Cap[one.screen.upper()] if one.screen else NOTHING for one in channels], dtype=np.int8
        ),
        lessons=_lessons(problem),
        programs=programs,
        students=Students(
            number=people.number,
            tie=stirred(people.number),
            school=people.school,
            household=people.household,
            program=people.program,
            chance=people.chance[:, None, :],
            is_large=people.is_large,
            caps=people.caps,
            taste=np.zeros((0, len(channels)), dtype=np.int32),
            wish=np.zeros(0, dtype=np.int8),
            previous=problem.previous,
            decided=_decided(problem),
        ),
        school=schools.number,
        region=schools.region,
        is_rural=schools.is_rural,
        pools=_pools(problem),
        tariff=_tariff(channels),
        kept=round(KEPT * LESSON),
        wished=round(WISH * LESSON),
        regions=problem.regions,
        notes=tuple(f"{one.student} {one.lesson} {one.channel}" for one in set_aside(problem)),
    )


def stirred(numbers: Longs) -> NDArray[np.uint64]:
    """Give each number another that looks drawn and is the same for ever (splitmix64)."""
    found = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return found ^ (found >> np.uint64(31))


def _lessons(problem: Problem) -> Lessons:
    rows, channels = problem.lessons, problem.channels
    step = [[_step(one, channel) for channel in channels] for one in rows]
    marking = [[_marking(one, channel) for channel in channels] for one in rows]
    late = [set(channel.too_late) for channel in channels]
    is_open = [
        [bool(worth) and one.code not in codes for worth, codes in zip(own, late, strict=True)]
        for one, own in zip(rows, step, strict=True)
    ]
    sides = [[pages_for(one.sides, large_print=large) for large in (False, True)] for one in rows]
    return Lessons(
        step=np.array(step, dtype=np.int32).reshape(len(rows), len(channels)),
        sides=np.array(sides, dtype=np.int32).reshape(len(rows), 2),
        day=np.array([one.day - 1 for one in rows], dtype=np.int8),
        is_heavy=np.array([one.kind == LessonKind.VIDEO for one in rows], dtype=np.bool_),
        is_open=np.array(is_open, dtype=np.bool_).reshape(len(rows), len(channels)),
        marking=np.array(marking, dtype=np.int32).reshape(len(rows), len(channels)),
    )


def carries(channel: ChannelTerms, lesson: LessonRow) -> bool:
    """Return whether a channel has a form for a lesson, in time or not."""
    is_shown = lesson.is_aired or channel.screen != "tv"
    return channel.fit[lesson.kind] > 0 and is_shown


def _step(lesson: LessonRow, channel: ChannelTerms) -> int:
    """Return worth at certainty as ``channel_choice.step`` does, by the folder's own table."""
    if not carries(channel, lesson):
        return 0
    answered = channel.return_likelihood if lesson.has_task else 0.0
    use = SHARE_OF_RECEIVING + (1 - SHARE_OF_RECEIVING) * answered
    return max(1, round(STEP * lesson.weight * channel.fit[lesson.kind] * use))


def _marking(lesson: LessonRow, channel: ChannelTerms) -> int:
    return round(100 * MARKING_MINUTES * channel.return_likelihood) if lesson.has_task else 0


def _decided(problem: Problem) -> Bytes:
    """Return the decided channel of each slot [N, W], or no rows when nobody decided anything."""
    if not problem.decisions:
        return np.zeros((0, problem.slots), dtype=np.int8)
    found = np.full((len(problem.students.number), problem.slots), NOTHING, dtype=np.int8)
    for one, row, slot, channel in _places(problem):
        if _can_be_kept(problem, one, row, channel):
            found[row, slot] = channel
    return found


def set_aside(problem: Problem) -> tuple[Decision, ...]:
    """Return the decisions that cannot be kept: no such way to the home, or too late."""
    return tuple(
        one
        for one, row, _, channel in _places(problem)
        if not _can_be_kept(problem, one, row, channel)
    )


def _places(problem: Problem) -> Iterator[tuple[Decision, int, int, int]]:
    """Yield each decision with the student's row, the slot and the channel's place."""
    slots = {one.code: one.slot for one in problem.lessons}
    channels = {one.name: number for number, one in enumerate(problem.channels)}
    order = np.argsort(problem.students.number, kind="stable")
    ordered = problem.students.number[order]
    for one in problem.decisions:
        row = int(order[np.searchsorted(ordered, one.student)])
        yield one, row, slots[one.lesson], channels[one.channel]


def _can_be_kept(problem: Problem, one: Decision, row: int, channel: int) -> bool:
    terms = problem.channels[channel]
    lesson = next(own for own in problem.lessons if own.code == one.lesson)
    is_open = carries(terms, lesson) and lesson.code not in terms.too_late
    return is_open and bool(problem.students.chance[row, channel])


def _tariff(channels: Sequence[ChannelTerms]) -> Tariff:
    tenge = PER_TENGE * LESSON
    pack = [c.pack_postage + c.pack_carrying + c.pack_sides * _side(c) for c in channels]
    return Tariff(
        pack=np.array([round(amount * tenge) for amount in pack], dtype=np.int64),
        side=np.array([round(_side(c) * tenge) for c in channels], dtype=np.int64),
        seat=np.array([round(c.seat_cost * tenge) for c in channels], dtype=np.int64),
    )


def _side(channel: ChannelTerms) -> float:
    return channel.side_postage + channel.side_printing


@dataclass(frozen=True, slots=True)
class _Column:
    """A use of a pool: a resource, and the day for messages."""

    resource: Resource
    day: int = NOTHING


def _pools(problem: Problem) -> Pools:
    """Build one pool for each capacity; messages are counted day by day."""
    given = {one.resource for one in problem.capacities}
    days = range(SCHOOL_DAYS)
    columns = [
        column
        for resource in Resource
        if resource in given
        for column in (
            [_Column(resource, day) for day in days]
            if resource == Resource.MESSAGES
            else [_Column(resource)]
        )
    ]
    pools = [
        (column, one)
        for column in columns
        for one in problem.capacities
        if one.resource == column.resource
    ]
    return Pools(
        resource=tuple(one.resource for _, one in pools),
        key=tuple(
            one.key if column.day == NOTHING else f"{one.key}, day {column.day + 1}"
            for column, one in pools
        ),
        unit=tuple(one.unit for _, one in pools),
        # Teachers' time is counted in hundredths of a minute: use is always whole.
        amount=np.array(
            [one.amount * (100 if one.resource == Resource.MARKING else 1) for _, one in pools],
            dtype=np.float64,
        ),
        of_school=_of_school(problem, columns, pools),
        by_pack=_uses(problem, columns, _by_pack),
        by_side=_uses(problem, columns, _by_side),
        by_seat=_uses(problem, columns, _by_seat),
        by_marking=np.array(
            [one.resource == Resource.MARKING for one in columns], dtype=np.float64
        ),
        message_day=np.array([one.day for one in columns], dtype=np.int8),
    )


def _of_school(
    problem: Problem, columns: Sequence[_Column], pools: Sequence[tuple[_Column, Capacity]]
) -> Ints:
    """A school draws on its own pool, else on its region's, else on everybody's, else on none."""
    schools = problem.schools
    found = np.full((len(schools.number), len(columns)), NOTHING, dtype=np.int32)
    for place, column in enumerate(columns):
        by_key = {one.key: row for row, (own, one) in enumerate(pools) if own == column}
        found[:, place] = by_key.get(EVERYWHERE, NOTHING)
        for number, name in enumerate(problem.regions):
            if name in by_key:
                found[schools.region == number, place] = by_key[name]
        for row, number in enumerate(schools.number.tolist()):
            own_pool = by_key.get(str(number))
            if own_pool is not None:
                found[row, place] = own_pool
    return found


def _uses(problem: Problem, columns: Sequence[_Column], use: _Use) -> NDArray[np.float64]:
    rows = [[use(one.resource, channel) for channel in problem.channels] for one in columns]
    return np.array(rows, dtype=np.float64).reshape(len(columns), len(problem.channels))


def _by_pack(resource: Resource, channel: ChannelTerms) -> float:
    if channel.role != "pack":
        return 0.0
    if resource == Resource.POST_MONEY:
        return channel.pack_postage + channel.pack_sides * channel.side_postage
    return float(channel.pack_sides) if resource == channel.pages else 0.0


def _by_side(resource: Resource, channel: ChannelTerms) -> float:
    if channel.role != "pack":
        return 0.0
    if resource == Resource.POST_MONEY:
        return channel.side_postage
    return float(resource == channel.pages)


def _by_seat(resource: Resource, channel: ChannelTerms) -> float:
    return float(channel.role == "seat" and resource == Resource.DUTY_SEATS)
