"""Which lessons a home in some region can see, and when, in pieces of time that are bits.

The pieces lie between the moments at which any airing begins or ends; two airings overlap exactly
when they share a piece.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcast.families.matching import Airings, Lessons, lessons_of
from broadcast.plan.model import AiringStatus, PlannedAiring
from broadcast.problem.model import Problem


@dataclass(frozen=True, slots=True)
class OnAir:
    """For each stream its lessons as pieces of time, in one group of regions.

    ``regions`` are heard by the same channels. A lesson that is not on the air there is left out.
    """

    regions: frozenset[str]
    lessons: Mapping[str, Lessons]


def whole(airings: Iterable[PlannedAiring]) -> list[PlannedAiring]:
    """Return the airings that show, or showed, the whole lesson."""
    return [one for one in airings if one.stands and one.status != AiringStatus.SHORT]


def on_air(problem: Problem, airings: Iterable[PlannedAiring]) -> list[OnAir]:
    """Return what is on the air for each group of regions that hear the same channels."""
    standing = whole(airings)
    piece = _pieces(standing)
    by_lesson: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in standing:
        pieces = (1 << piece[one.end]) - (1 << piece[one.start])
        by_lesson[one.lesson].append((one.channel, pieces))
    groups: dict[frozenset[str], set[str]] = defaultdict(set)
    for region in problem.regions:
        heard = frozenset(one.id for one in problem.channels if region in one.regions)
        groups[heard].add(region)
    return [
        OnAir(frozenset(regions), _lessons(problem, by_lesson, heard))
        for heard, regions in groups.items()
    ]


def _pieces(airings: Iterable[PlannedAiring]) -> dict[datetime, int]:
    moments = {moment for one in airings for moment in (one.start, one.end)}
    return {moment: number for number, moment in enumerate(sorted(moments))}


def _lessons(
    problem: Problem, by_lesson: Mapping[str, Sequence[tuple[str, int]]], heard: frozenset[str]
) -> dict[str, Lessons]:
    found: dict[str, list[Airings]] = defaultdict(list)
    for lesson in problem.lessons:
        airings = {
            pieces: None for channel, pieces in by_lesson.get(lesson.id, ()) if channel in heard
        }
        if airings:
            found[lesson.stream].append(tuple(airings))
    return {stream: lessons_of(of) for stream, of in found.items()}
