"""Which streams compete for which hours, and what they cost each other: from problem and plan.

Everything that is not certain makes hours wider and costs lower, so that the bound holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from broadcast.certificate.mixtures import MOST, Cluster, Span, columns, size
from broadcast.certificate.open_hours import open_hours
from broadcast.families.clash import Pair, pair_regions
from broadcast.plan.model import AiringKind, Plan
from broadcast.problem.model import Channel, Problem, Stream


@dataclass(frozen=True, slots=True)
class Demand:
    """The minutes of air a stream needs, and its longest lesson."""

    minutes: int
    longest: int


@dataclass(frozen=True, slots=True)
class _Field:
    """A problem as far as a bound needs it: streams that need air, and what can air them."""

    problem: Problem
    streams: Mapping[str, Stream]
    demands: Mapping[str, Demand]
    channels: Mapping[str, tuple[Channel, ...]]
    costs: Mapping[Pair, float]
    hours: Sequence[tuple[int, frozenset[str], frozenset[str]]]


def demands(problem: Problem, plan: Plan | None) -> dict[str, Demand]:
    """Return what each stream needs: for the lessons that a plan airs, else for all."""
    lessons = {one.id: one for one in problem.lessons}
    minutes: dict[str, list[int]] = defaultdict(list)
    if plan is None:
        grid = max((one.grid_min for one in problem.channels), default=1)
        for lesson in problem.lessons:
            minutes[lesson.stream].append(-(-lesson.minutes // grid) * grid)
        lengths = [(one.stream, one.minutes) for one in problem.lessons]
    else:
        aired: dict[str, int] = {}
        for one in plan.airings:
            if one.stands and one.kind != AiringKind.REPEAT:
                aired[one.lesson] = min(one.minutes, aired.get(one.lesson, one.minutes))
                minutes[lessons[one.lesson].stream].append(one.minutes)
        lengths = [(lessons[lesson].stream, length) for lesson, length in aired.items()]
    needed: Counter[str] = Counter()
    for stream, length in lengths:
        needed[stream] += length
    return {one: Demand(needed[one], max(minutes[one])) for one in sorted(minutes)}


def clusters(problem: Problem, plan: Plan | None = None) -> list[Cluster]:
    """Return the streams of a problem in clusters that a linear program can take at once."""
    field = _field(problem, plan)
    pools: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in field.demands:
        pools[tuple(one.id for one in field.channels[name])].append(name)
    parts = [part for key, pool in sorted(pools.items()) for part in _cut(pool, len(key))]
    groups = _joined(field, [[part] for part in parts])
    return [_cluster(field, group) for group in groups]


def _field(problem: Problem, plan: Plan | None) -> _Field:
    needed = demands(problem, plan)
    streams = {one.id: one for one in problem.streams}
    channels = {name: _channels(problem, streams[name]) for name in needed}
    costs = {
        pair: homes / min(needed[pair[0]].longest, needed[pair[1]].longest)
        for pair, homes in _certain_homes(problem, channels).items()
    }
    is_late = plan is not None and any(one.kind == AiringKind.MAKEUP for one in plan.airings)
    hours = open_hours(problem, [streams[name] for name in needed], wide=is_late)
    return _Field(problem, streams, needed, channels, costs, hours)


def _channels(problem: Problem, stream: Stream) -> tuple[Channel, ...]:
    return tuple(
        one
        for one in problem.channels
        if stream.language in one.languages
        and stream.medium == one.medium
        and not set(stream.regions).isdisjoint(one.regions)
    )


def _certain_homes(
    problem: Problem, channels: Mapping[str, tuple[Channel, ...]]
) -> dict[Pair, float]:
    """Return the homes of each pair that hear both lessons on whichever channels they are aired."""
    found: dict[Pair, float] = defaultdict(float)
    for pair, region, count in pair_regions(problem):
        if pair[0] in channels and pair[1] in channels and _is_heard(channels, pair, region):
            found[pair] += count
    return dict(found)


def _is_heard(channels: Mapping[str, tuple[Channel, ...]], pair: Pair, region: str) -> bool:
    return all(
        region in heard if region else heard
        for one in channels[pair[0]]
        for other in channels[pair[1]]
        for heard in [set(one.regions) & set(other.regions)]
    )


def _cut(pool: list[str], channels: int) -> list[list[str]]:
    """Cut a pool with too many mixtures into halves."""
    if size(len(pool), channels) <= MOST:
        return [pool]
    middle = len(pool) // 2
    return _cut(pool[:middle], channels) + _cut(pool[middle:], channels)


def _joined(field: _Field, groups: list[list[list[str]]]) -> list[list[list[str]]]:
    """Join the two groups that cost each other most, while a linear program can take them."""
    while True:
        pairs = [
            (_cost(field, one, other), -number, one, other)
            for number, (one, other) in enumerate(combinations(groups, 2))
            if columns(_cluster(field, one + other)) <= MOST
        ]
        cost, _, one, other = max(pairs, default=(0.0, 0, [], []), key=lambda pair: pair[:2])
        if not cost:
            return groups
        groups = [group for group in groups if group is not one and group is not other]
        groups.append(one + other)


def _cost(field: _Field, one: Iterable[list[str]], other: Iterable[list[str]]) -> float:
    names, others = ([name for pool in pools for name in pool] for pools in (one, other))
    pairs = ((min(a, b), max(a, b)) for a in names for b in others)
    return sum(field.costs.get(pair, 0.0) for pair in pairs)


def _cluster(field: _Field, group: Sequence[list[str]]) -> Cluster:
    names = [name for pool in group for name in pool]
    number = {name: place for place, name in enumerate(names)}
    pairs = [
        (min(number[a], number[b]), max(number[a], number[b]), (a, b))
        for a, b in combinations(sorted(names), 2)
    ]
    made = Cluster(
        minutes=tuple(field.demands[name].minutes for name in names),
        pools=tuple(tuple(number[name] for name in pool) for pool in group),
        costs=tuple((a, b, field.costs[pair]) for a, b, pair in pairs if pair in field.costs),
        apart=tuple((a, b) for a, b, pair in pairs if _is_never_at_once(field, *pair)),
        spans=_spans(field, group, number),
    )
    return made if columns(made) <= MOST or len(made.spans) == 1 else _merged(made)


def _is_never_at_once(field: _Field, a: str, b: str) -> bool:
    one, other = field.streams[a], field.streams[b]
    return one.shares_students(other) and all(
        set(one.regions) & set(first.regions) & set(other.regions) & set(second.regions)
        for first in field.channels[a]
        for second in field.channels[b]
        if first.id != second.id
    )


def _spans(
    field: _Field, group: Sequence[list[str]], number: Mapping[str, int]
) -> tuple[Span, ...]:
    on_air = [{one.id for one in field.channels[pool[0]]} for pool in group]
    found: Counter[tuple[tuple[int, ...], int, tuple[int, ...]]] = Counter()
    for minutes, channels, streams in field.hours:
        most = tuple(len(pool & channels) for pool in on_air)
        total = len(channels.intersection(set[str]().union(*on_air)))
        allowed = tuple(sorted(number[one] for one in streams if one in number))
        if total:
            found[most, total, allowed] += minutes
    return tuple(Span(minutes, *key) for key, minutes in sorted(found.items()))


def _merged(cluster: Cluster) -> Cluster:
    """Take all hours as if they were the best of them: a lower bound, but a true one."""
    spans = cluster.spans
    best = Span(
        minutes=sum(one.minutes for one in spans),
        most=tuple(max(each) for each in zip(*(one.most for one in spans), strict=True)),
        total=max(one.total for one in spans),
        allowed=tuple(sorted({stream for one in spans for stream in one.allowed})),
    )
    return Cluster(cluster.minutes, cluster.pools, cluster.costs, cluster.apart, (best,))
