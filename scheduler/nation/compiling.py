"""How a nation's folder becomes what the solver looks at: lessons, homes, pools, costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jetkiz.lessons.model import LessonKind
from scheduler.model import EVERYWHERE, Capacity
from scheduler.nation.decisions import decided
from scheduler.nation.problem import SCHOOL_DAYS, ChannelTerms, LessonRow, Problem, carries
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
    Cap,
    Ints,
    Lessons,
    Longs,
    Pools,
    Role,
    Students,
    Tariff,
    WeekArrays,
)

_Use = Callable[[Resource, ChannelTerms], float]


def arrays_of(problem: Problem) -> WeekArrays:
    """Turn what people wrote into what the solver looks at."""
    channels = problem.channels
    programs = np.full((len(problem.programs), problem.slots), NOTHING, dtype=np.int32)
    places = {name: row for row, name in enumerate(problem.programs)}
    for row, one in enumerate(problem.lessons):
        programs[places[one.program], one.slot] = row
    people, schools = problem.students, problem.schools
    by_hand, aside = decided(problem)
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
            decided=by_hand,
        ),
        school=schools.number,
        region=schools.region,
        is_rural=schools.is_rural,
        pools=_pools(problem),
        tariff=_tariff(channels),
        kept=round(KEPT * LESSON),
        wished=round(WISH * LESSON),
        regions=problem.regions,
        notes=tuple(f"{one.student} {one.lesson} {one.channel}" for one in aside),
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


def _step(lesson: LessonRow, channel: ChannelTerms) -> int:
    """Return worth at certainty as ``channel_choice.step`` does, by the folder's own table."""
    if not carries(channel, lesson):
        return 0
    answered = channel.return_likelihood if lesson.has_task else 0.0
    use = SHARE_OF_RECEIVING + (1 - SHARE_OF_RECEIVING) * answered
    return max(1, round(STEP * lesson.weight * channel.fit[lesson.kind] * use))


def _marking(lesson: LessonRow, channel: ChannelTerms) -> int:
    return round(100 * MARKING_MINUTES * channel.return_likelihood) if lesson.has_task else 0


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
