"""How a new timetable is brought to keep its conditions: with the fewest first runs moved.

The search for a timetable knows nothing of conditions; most of its timetables keep most of them
anyway. What is left is asked of OR-Tools, and its answer is believed by nobody: the checker judges
it, and what it finds is asked again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, Final

from broadcast.checker.checking import faults
from broadcast.checker.model import OF_CONDITIONS, Fault
from broadcast.plan.model import AiringKind, AiringStatus, Plan, Unplaced
from broadcast.problem.model import Problem
from broadcast.replanning.conditions import broken_by
from broadcast.replanning.draft import Moments
from broadcast.replanning.ground import Ground
from broadcast.replanning.optimum import (
    ANSWERS,
    MEGABYTES,
    PATIENCE,
    Movable,
    asked,
    is_answer,
    need_of,
    settled,
)
from broadcast.replanning.placing import Option, options
from broadcast.replanning.repairing import Begun
from broadcast.replanning.week import Held, Place, Week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError

SECONDS: Final = 12
ROUNDS: Final = 8
FREE: Final = 120
FREE_AMONG_MANY: Final = 12
"""So many free places are offered to a lesson, beside those that its own students have: among more
lessons than those of the conditions a search with three times as many finds nothing in time."""
MOST_MOVABLE: Final = 260
"""More lessons than this at once take more minutes than a person waits."""
_FIRSTS: Final = frozenset({AiringKind.FIRST})


@dataclass(frozen=True, slots=True)
class Obeyed:
    """First runs that keep all conditions; ``moved`` lessons stand elsewhere than before."""

    plan: Plan
    moved: tuple[str, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()


def broken(problem: Problem, plan: Plan) -> list[Fault]:
    """Return the conditions that a plan does not keep."""
    if not problem.conditions:
        return []
    return [one for one in faults(problem, plan) if one.kind in OF_CONDITIONS]


def obeyed(problem: Problem, plan: Plan) -> Obeyed:
    """Return the first runs of a new plan with as few moved as its conditions ask for.

    The same problem and plan give the same answer. Raises ``JetkizError`` that names a condition
    when OR-Tools is missing, or finds no timetable that keeps it.
    """
    bare = replace(plan, airings=tuple(one for one in plan.airings if one.kind in _FIRSTS))
    found = broken(problem, bare)
    if not found:
        return Obeyed(bare)
    _refuse_missing(found[0])
    limits = Limits(seconds=PATIENCE * SECONDS + 30, megabytes=MEGABYTES)
    best: Obeyed | None = None
    with LimitedProcess(ANSWERS, limits) as process:
        for circle in _circles(problem, found):
            answer = _searched(problem, bare, circle, process)
            if answer and (best is None or len(answer.unplaced) < len(best.unplaced)):
                best = answer
            if best and not best.unplaced:
                break
    if best is None:
        raise JetkizError(
            found[0].sentence,
            N_("OR-Tools found no timetable that keeps it: change it, or give it more hours."),
            **found[0].facts,
        )
    return best


def _refuse_missing(fault: Fault) -> None:
    if find_spec("ortools") is None:
        raise JetkizError(
            fault.sentence,
            N_(
                "Other hours are found by OR-Tools, which is not installed: pip install"
                " 'jetkiz[optimum]'. Or change the condition."
            ),
            **fault.facts,
        )


def _circles(problem: Problem, found: Sequence[Fault]) -> Iterator[tuple[frozenset[str], int]]:
    """Yield lessons that may move: those of the broken conditions, then all of their students.

    Beside them stands how many free places each is offered. Without the rest of a stream two of
    its lessons could not even change places.
    """
    names = {one.facts["condition"] for one in found}
    own = {
        lesson
        for one in Ground(problem).meant
        if one.condition.id in names
        for lesson in one.lessons | one.then
    }
    streams = {one.id: one for one in problem.streams}
    near = {one.stream for one in problem.lessons if one.id in own}
    spoken = {streams[one].language for one in near}
    circles = (
        own,
        {one.id for one in problem.lessons if one.stream in near},
        {one.id for one in problem.lessons if streams[one.stream].language in spoken},
    )
    before: frozenset[str] = frozenset()
    for number, circle in enumerate(map(frozenset, circles)):
        if circle != before and (number == 0 or len(circle) <= MOST_MOVABLE):
            yield circle, FREE_AMONG_MANY if number else FREE
        before = circle


def _searched(
    problem: Problem, bare: Plan, circle: tuple[frozenset[str], int], process: LimitedProcess
) -> Obeyed | None:
    """Return an answer that the checker has nothing against, or None."""
    ground = Ground(problem)
    begun = Begun(problem, bare, problem, (), _before_all(ground), ground)
    week = begun.draft().week
    movable = _movable(week, *circle)
    question = asked(week, movable, SECONDS)
    question["least"] = _least(problem, bare, week, movable)
    known = {(one.kind, one.airings) for one in faults(problem, bare)} - {
        (one.kind, one.airings) for one in broken(problem, bare)
    }
    for _ in range(ROUNDS):
        chosen = _answer(process, question)
        if not is_answer(chosen, movable):
            return None
        answer = _answered(bare, begun, movable, chosen)
        wrong = [
            one for one in faults(problem, answer.plan) if (one.kind, one.airings) not in known
        ]
        if not wrong:
            return answer
        places = {one.need.airing.id: number for number, one in enumerate(movable)}
        never = [
            [(places[name], chosen[places[name]]) for name in one.airings if name in places]
            for one in wrong
        ]
        if not all(never):
            return None
        question["never"] += never
    return None


def _before_all(ground: Ground) -> Moments:
    return Moments(ground.row.origin, ground.row.origin)


def _answer(process: LimitedProcess, question: dict[str, Any]) -> list[int]:
    try:
        found: list[int] = json.loads(process.ask(json.dumps(question).encode()))
    except (TooCostlyError, CrashedError):
        return []
    return found


def _movable(week: Week, lessons: frozenset[str], most: int) -> list[Movable]:
    """Return the lessons with the places they may take once all of them are off the air."""
    of = week.ground.lessons
    held = [
        one
        for one in sorted(week.held.values(), key=lambda one: one.id)
        if one.airing.lesson in lessons and not one.is_kept
    ]
    for one in held:
        week.take(one)
    own: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for one in held:
        own[of[one.airing.lesson].stream].add((one.place.channel, one.place.cell))
    return [_with_places(week, one, own[of[one.airing.lesson].stream], most) for one in held]


def _with_places(week: Week, one: Held, own: set[tuple[str, int]], most: int) -> Movable:
    """Return a lesson with the places of its own students, and the best ``most`` free ones."""
    need = need_of(week, one)
    places = [Option(0.0, one.place)] if not broken_by(week, need.lesson, one.place) else []
    found = [option for option in options(week, need, soft=False) if option.place != one.place]
    free = [option for option in found if (option.place.channel, option.place.cell) not in own]
    apart = _side_by_side(free)
    rest = [option for option in free if option not in apart]
    places += [option for option in found if option not in free] + [*apart, *rest][:most]
    begins = 0 if places and places[0].place == one.place else -1
    return Movable(need, tuple(places), one, begins)


def _side_by_side(found: Sequence[Option]) -> list[Option]:
    """Return the best places of which none overlaps another: near ones crowd each other."""
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for option in found:
        if not taken[option.place.channel] & option.place.mask:
            taken[option.place.channel] |= option.place.mask
            kept.append(option)
    return kept


def _least(
    problem: Problem, bare: Plan, week: Week, movable: Sequence[Movable]
) -> list[tuple[int, list[tuple[int, int]], list[int]]]:
    """Return how many of which places a day of a stream needs, unless lessons stay without."""
    floors = {one.id: one.per_day_min for one in problem.streams if one.per_day_min}
    offered: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    lessons: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(movable):
        stream = one.need.lesson.stream
        lessons[stream].append(number)
        for index, option in enumerate(one.options):
            offered[stream, _day(week, option.place)].append((number, index))
    of = week.ground.lessons
    there = Counter((of[one.lesson].stream, _day(week, week.place_of(one))) for one in bare.airings)
    still = Counter(
        (of[one.airing.lesson].stream, _day(week, one.place)) for one in week.held.values()
    )
    return [
        (floors[stream] - still[stream, day], offered[stream, day], lessons[stream])
        for (stream, day), count in there.items()
        if stream in floors and count >= floors[stream] > still[stream, day]
    ]


def _day(week: Week, place: Place) -> int:
    return week.ground.shape(place.channel).day(place.cell)


def _answered(bare: Plan, begun: Begun, movable: list[Movable], chosen: list[int]) -> Obeyed:
    draft = settled(begun, movable, chosen)
    before = {one.id: one for one in bare.airings}
    airings = tuple(
        replace(one, sequence=0) for one in draft.airings() if one.status != AiringStatus.CANCELLED
    )
    moved = {
        one.lesson
        for one in airings
        if (one.channel, one.start) != (before[one.id].channel, before[one.id].start)
    }
    lost = tuple(draft.unplaced[one] for one in sorted(draft.unplaced))
    unplaced = tuple(sorted((*bare.unplaced, *lost), key=lambda one: one.lesson))
    return Obeyed(replace(bare, airings=airings, unplaced=unplaced), tuple(sorted(moved)), lost)
