"""Whether a timetable keeps the conditions of its broadcaster: days apart, turns, counts, hours.

First runs and what was put in their place are held to them; repeats are recordings.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.seen import Ground, Seen
from broadcast.problem.conditions import Meant, meant
from broadcast.problem.model import ConditionKind

Runs = Sequence[Seen]


def condition_faults(ground: Ground, airings: Runs) -> Iterator[Fault]:
    """Yield each condition that is not kept, with the lessons that break it."""
    runs = sorted(
        (one for one in airings if one.is_run), key=lambda one: (one.start, one.lesson.id)
    )
    for one in meant(ground.problem):
        own = [run for run in runs if run.lesson.id in one.lessons]
        then = [run for run in runs if run.lesson.id in one.then]
        yield from _JUDGES[one.condition.kind](ground, one, own, then)


def _fault(kind: FaultKind, one: Meant, runs: Runs, **facts: object) -> Fault:
    """Return a fault of some runs; the last of them is the lesson that is named first."""
    numbers = tuple(run.airing.id for run in runs)
    named = {"condition": one.condition.id, "lesson": runs[-1].lesson.id, "time": runs[-1].time}
    return Fault(kind, numbers, {**named, "other": runs[0].lesson.id, **facts})


def _apart(_: Ground, one: Meant, own: Runs, __: Runs) -> Iterator[Fault]:
    for before, after in combinations(own, 2):
        days = abs(after.day - before.day)
        if before.lesson.id != after.lesson.id and days < one.condition.days:
            facts = {"minutes": days, "limit": one.condition.days}
            yield _fault(FaultKind.NOT_APART, one, (before, after), **facts)


def _before(_: Ground, one: Meant, own: Runs, then: Runs) -> Iterator[Fault]:
    yield from _turned(one, own, then)


def _before_each_day(_: Ground, one: Meant, own: Runs, then: Runs) -> Iterator[Fault]:
    first, later = _by_day(own), _by_day(then)
    for day in sorted(first.keys() & later.keys()):
        yield from _turned(one, first[day], later[day])


def _turned(one: Meant, own: Runs, then: Runs) -> Iterator[Fault]:
    """Yield each lesson that is not over in time, with the first that begins too early for it."""
    for run in own:
        early = next((other for other in then if other.start < run.end), None)
        if early:
            yield _fault(FaultKind.NOT_BEFORE, one, (early, run))


def _most_a_day(ground: Ground, one: Meant, own: Runs, _: Runs) -> Iterator[Fault]:
    for day, found in sorted(_by_day(own).items()):
        count = len({run.lesson.id for run in found})
        if count > one.condition.count:
            told = f"{ground.date(day):%Y-%m-%d}"
            facts = {"minutes": count, "limit": one.condition.count, "day": told}
            yield _fault(FaultKind.TOO_MANY_A_DAY, one, found, **facts)


def _most_at_once(_: Ground, one: Meant, own: Runs, __: Runs) -> Iterator[Fault]:
    on_air: list[Seen] = []
    for run in own:
        on_air = [other for other in on_air if other.end > run.start] + [run]
        count = len({other.lesson.id for other in on_air})
        if count > one.condition.count:
            facts = {"minutes": count, "limit": one.condition.count}
            yield _fault(FaultKind.TOO_MANY_AT_ONCE, one, on_air, **facts)


def _same_hour(_: Ground, one: Meant, own: Runs, __: Runs) -> Iterator[Fault]:
    for run in own[1:]:
        if run.minute != own[0].minute:
            yield _fault(FaultKind.OTHER_HOUR, one, (own[0], run), limit=own[0].time)


def _by_day(runs: Runs) -> Mapping[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    for run in runs:
        found[run.day].append(run)
    return found


_JUDGES: Final[Mapping[ConditionKind, Callable[[Ground, Meant, Runs, Runs], Iterator[Fault]]]] = {
    ConditionKind.APART: _apart,
    ConditionKind.BEFORE: _before,
    ConditionKind.BEFORE_EACH_DAY: _before_each_day,
    ConditionKind.MOST_A_DAY: _most_a_day,
    ConditionKind.MOST_AT_ONCE: _most_at_once,
    ConditionKind.SAME_HOUR: _same_hour,
}
