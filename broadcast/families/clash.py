"""How often lessons of brothers and sisters meet on the air: cheap, so a search goes by it.

Each two first runs at the same time, of streams that have children in one home with one set, weigh
as much as there are such homes. Lessons that overlap in part weigh the share of the shorter one
that is lost. Homes with three children are counted for each two of them: judge by losses.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import HomeKind, Medium, Problem

Pair = tuple[str, str]


def pair_weights(problem: Problem) -> dict[Pair, int]:
    """Return for each two streams, in the order of their names, homes with children in both."""
    found: dict[Pair, int] = defaultdict(int)
    for pair, _, count in pair_regions(problem):
        found[pair] += count
    return dict(found)


def pair_regions(problem: Problem) -> Iterable[tuple[Pair, str, int]]:
    """Yield two streams, the region of homes ("" for any), and how many such homes there are."""
    media = {one.id: one.medium for one in problem.streams}
    for kind in problem.homes:
        for one, other in combinations(sorted(set(kind.streams)), 2):
            if media[one] == media[other] and _sets(kind, media[one]) == 1:
                yield (one, other), kind.region, kind.count


def _sets(kind: HomeKind, medium: Medium) -> int:
    return kind.tv_sets if medium == Medium.TV else kind.radios


def clash(problem: Problem, airings: Iterable[PlannedAiring]) -> float:
    """Return the weight of all lessons that meet, over all days of the plan.

    Repeats are not counted. Where a region hears only one of two channels, its homes are not.
    """
    lessons = {one.id: one for one in problem.lessons}
    weights: dict[Pair, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pair, region, count in pair_regions(problem):
        weights[pair][region] += count
    regions = {one.id: frozenset(one.regions) for one in problem.channels}
    firsts = [one for one in airings if one.stands and one.kind != AiringKind.REPEAT]
    total = 0.0
    on_air: list[PlannedAiring] = []
    for one in sorted(firsts, key=lambda one: (one.start, one.id)):
        on_air = [other for other in on_air if other.end > one.start]
        for other in on_air:
            pair = _pair(lessons[one.lesson].stream, lessons[other.lesson].stream)
            if pair in weights:
                heard = regions[one.channel] & regions[other.channel]
                total += _lost_part(one, other) * _homes(weights[pair], heard)
        on_air.append(one)
    return total


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _lost_part(one: PlannedAiring, other: PlannedAiring) -> float:
    together = min(one.end, other.end) - max(one.start, other.start)
    return together.total_seconds() / 60 / min(one.minutes, other.minutes)


def _homes(by_region: Mapping[str, int], heard: frozenset[str]) -> int:
    return sum(
        count for region, count in by_region.items() if region in heard or not region
    ) * bool(heard)
