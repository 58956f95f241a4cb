"""Whether a place for a lesson breaks a condition, and how the search for others is told of them.

The checker judges a whole timetable; here one place is judged beside what stands already.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from broadcast.problem.conditions import Meant
from broadcast.problem.model import ConditionKind, Lesson
from broadcast.problem.moments import local_place
from broadcast.replanning.ground import Ground
from broadcast.replanning.week import Place, Week

Members = list[tuple[int, int]]
"""Places that are offered: number of the lesson, number of the place among its own."""
Groups = dict[str, Members]
Offered = Sequence[tuple[str, Sequence[Place]]]
"""Lessons, by id, with the places that each may take."""


def broken_by(week: Week, lesson: Lesson, place: Place) -> str:
    """Return the condition that a run would break beside those that stand; "" when none."""
    for one in week.ground.conditions.get(lesson.id, ()):
        if not _KEEPS[one.condition.kind](week, one, lesson.id, place):
            return one.condition.id
    return ""


def _standing(week: Week, lessons: Iterable[str], but: str = "") -> Iterator[tuple[str, Place]]:
    for name in lessons:
        if name != but:
            for run in week.runs(name):
                yield name, run.place


def _day(ground: Ground, place: Place) -> int:
    return ground.shape(place.channel).day(place.cell)


def _minute(ground: Ground, place: Place) -> int:
    """Return what the clock of a channel shows, in minutes of its day."""
    at = ground.row.time(place.cell)
    return local_place(ground.problem, ground.channels[place.channel], at)[1]


def _is_apart(week: Week, one: Meant, own: str, place: Place) -> bool:
    day, least = _day(week.ground, place), one.condition.days
    others = _standing(week, one.lessons, own)
    return all(abs(_day(week.ground, other) - day) >= least for _, other in others)


def _is_in_turn(week: Week, one: Meant, own: str, place: Place) -> bool:
    is_first = own in one.lessons
    for _, other in _standing(week, one.then if is_first else one.lessons):
        before, after = (place, other) if is_first else (other, place)
        if before.end > after.cell and (
            one.condition.kind is ConditionKind.BEFORE
            or _day(week.ground, before) == _day(week.ground, after)
        ):
            return False
    return True


def _is_few_a_day(week: Week, one: Meant, own: str, place: Place) -> bool:
    day = _day(week.ground, place)
    others = _standing(week, one.lessons, own)
    there = {name for name, other in others if _day(week.ground, other) == day}
    return len(there) < one.condition.count


def _is_few_at_once(week: Week, one: Meant, own: str, place: Place) -> bool:
    others = list(_standing(week, one.lessons, own))
    return all(
        len({name for name, other in others if other.cell <= cell < other.end})
        < one.condition.count
        for cell in range(place.cell, place.end)
    )


def _is_same_hour(week: Week, one: Meant, _: str, place: Place) -> bool:
    minute = _minute(week.ground, place)
    return all(_minute(week.ground, other) == minute for _, other in _standing(week, one.lessons))


_KEEPS: Final[Mapping[ConditionKind, Callable[[Week, Meant, str, Place], bool]]] = {
    ConditionKind.APART: _is_apart,
    ConditionKind.BEFORE: _is_in_turn,
    ConditionKind.BEFORE_EACH_DAY: _is_in_turn,
    ConditionKind.MOST_A_DAY: _is_few_a_day,
    ConditionKind.MOST_AT_ONCE: _is_few_at_once,
    ConditionKind.SAME_HOUR: _is_same_hour,
}


def limits(week: Week, one: Meant, offered: Offered) -> Iterator[tuple[int, Groups]]:
    """Yield how many lessons at most may take one of some places, beside those that stand.

    Two lessons are nearer than so many days when some row of as many days holds both.
    """
    kind, slots = one.condition.kind, _SLOTS.get(one.condition.kind)
    if slots is None:
        return
    most = 1 if kind is ConditionKind.APART else one.condition.count
    groups: dict[int, Groups] = defaultdict(lambda: defaultdict(list))
    for member, name, place in _places(one.lessons, offered):
        for slot in slots(week.ground, one, place):
            groups[slot][name].append(member)
    there: dict[int, set[str]] = defaultdict(set)
    for name, place in _standing(week, one.lessons):
        for slot in slots(week.ground, one, place):
            there[slot].add(name)
    for slot, found in groups.items():
        # A lesson that stands there with another run of it is counted once.
        new = {name: members for name, members in found.items() if name not in there[slot]}
        left = max(0, most - len(there[slot]))
        if len(new) > left:
            yield left, new


def _days_near(ground: Ground, one: Meant, place: Place) -> Iterable[int]:
    day = _day(ground, place)
    return range(day - one.condition.days + 1, day + 1)


def _own_day(ground: Ground, _: Meant, place: Place) -> Iterable[int]:
    return (_day(ground, place),)


def _cells(_: Ground, __: Meant, place: Place) -> Iterable[int]:
    return range(place.cell, place.end)


_SLOTS: Final[Mapping[ConditionKind, Callable[[Ground, Meant, Place], Iterable[int]]]] = {
    ConditionKind.APART: _days_near,
    ConditionKind.MOST_A_DAY: _own_day,
    ConditionKind.MOST_AT_ONCE: _cells,
}


def borders(ground: Ground, one: Meant, offered: Offered) -> Iterator[dict[str, Any]]:
    """Yield which places end before some moment and which begin after it: the moment is free."""
    if not one.then:
        return
    ends: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    begins: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    is_daily = one.condition.kind is ConditionKind.BEFORE_EACH_DAY
    for (lesson, index), _, place in _places(one.lessons, offered):
        ends[_day(ground, place) if is_daily else 0].append((lesson, index, place.end))
    for (lesson, index), _, place in _places(one.then, offered):
        begins[_day(ground, place) if is_daily else 0].append((lesson, index, place.cell))
    for day in sorted(ends.keys() & begins.keys()):
        yield {"ends": ends[day], "begins": begins[day]}


def hours(ground: Ground, one: Meant, offered: Offered) -> list[Members]:
    """Return the places of each hour of the clock; lessons of one condition choose one hour."""
    found: dict[int, Members] = defaultdict(list)
    if one.condition.kind is ConditionKind.SAME_HOUR:
        for member, _, place in _places(one.lessons, offered):
            found[_minute(ground, place)].append(member)
    return list(found.values())


def _places(
    lessons: frozenset[str], offered: Offered
) -> Iterator[tuple[tuple[int, int], str, Place]]:
    for number, (name, places) in enumerate(offered):
        if name in lessons:
            for index, place in enumerate(places):
                yield (number, index), name, place
