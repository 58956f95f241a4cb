"""How many lessons homes lose because one set shows one lesson at a time.

For each kind of home the most lessons that its sets can show, first runs, repeats and make-ups
together, are counted (matching.py); what is left is lost. A lesson that is never aired in the
region of a home is no loss of the timetable and is counted beside. A home of a region not told is
counted in every region where all its streams are taught, in equal parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from broadcast.families.matching import Lessons, most_of_streams
from broadcast.families.on_air import OnAir, on_air
from broadcast.plan.model import PlannedAiring
from broadcast.problem.model import HomeKind, Medium, Problem

GROUPS: Final = ("2", "3", "4+")
DECILE: Final = 0.1


@dataclass(frozen=True, slots=True)
class LostShares:
    """Shares from 0 to 1 of lessons lost, in homes with several children and one set.

    ``by_children`` has the keys "2", "3" and "4+"; ``worst_decile`` is the tenth of homes that lose
    most. ``estimated`` is the share of homes for which the search was broken off: they may lose
    less. ``all_homes`` counts every home with a set.
    """

    share: float
    by_children: Mapping[str, float]
    worst_decile: float
    worst_kind: float
    worst_streams: tuple[str, ...]
    homes: float
    never_aired: float
    all_homes: float
    estimated: float


@dataclass(frozen=True, slots=True)
class HomeLoss:
    """What a kind of home loses: lessons wanted that are aired, lost, never aired; home by home."""

    kind: HomeKind
    homes: float
    aired: int
    lost: int
    missing: int
    is_exact: bool
    has_one_set: bool

    @property
    def share(self) -> float:
        """The share of its lessons that one such home loses."""
        return self.lost / self.aired if self.aired else 0.0

    @property
    def is_counted(self) -> bool:
        """True for homes whose children have to share one set."""
        return self.has_one_set and self.kind.children > 1


@dataclass(slots=True)
class _Counting:
    """Lessons by stream, and what homes of the same streams and sets were found to lose."""

    problem: Problem
    wanted: Mapping[str, int]
    media: Mapping[str, Medium]
    known: dict[tuple[int, tuple[str, ...], int, int], tuple[int, int, bool]] = field(
        default_factory=dict
    )


def lost(problem: Problem, airings: Iterable[PlannedAiring]) -> LostShares:
    """Return what homes lose, whatever made the airings."""
    return summed(home_losses(problem, airings))


def home_losses(problem: Problem, airings: Iterable[PlannedAiring]) -> list[HomeLoss]:
    """Return the loss of every kind of home that has a set."""
    wanted = dict.fromkeys((one.id for one in problem.streams), 0)
    for lesson in problem.lessons:
        wanted[lesson.stream] += 1
    media = {one.id: one.medium for one in problem.streams}
    counting = _Counting(problem, wanted, media)
    groups = on_air(problem, airings)
    taught = {one.id: frozenset(one.regions) for one in problem.streams}
    found = []
    for kind in problem.homes:
        shares = _places(kind, taught, groups)
        found += [_loss(counting, kind, place, homes) for place, homes in shares]
    return [one for one in found if one is not None]


def _places(
    kind: HomeKind, taught: Mapping[str, frozenset[str]], groups: Sequence[OnAir]
) -> list[tuple[tuple[int, OnAir], float]]:
    """Return the groups of regions such homes live in, with how many of them."""
    regions = frozenset((kind.region,))
    if not kind.region:
        regions = frozenset.intersection(*(taught[one] for one in kind.streams))
        regions = regions or frozenset.union(*(taught[one] for one in kind.streams))
    return [
        ((number, one), kind.count * len(one.regions & regions) / len(regions))
        for number, one in enumerate(groups)
        if one.regions & regions
    ]


def _loss(
    counting: _Counting, kind: HomeKind, place: tuple[int, OnAir], homes: float
) -> HomeLoss | None:
    number, group = place
    sets = {Medium.TV: kind.tv_sets, Medium.RADIO: kind.radios}
    used = {counting.media[one] for one in kind.streams}
    key = (number, kind.streams, kind.tv_sets, kind.radios)
    if not kind.streams or not all(sets[one] for one in used):
        return None
    if key not in counting.known:
        counting.known[key] = _counted(counting, kind.streams, group, sets)
    aired, shown, is_exact = counting.known[key]
    wanted = sum(counting.wanted[one] for one in kind.streams)
    has_one = min(sets[one] for one in used) == 1
    return HomeLoss(kind, homes, aired, aired - shown, wanted - aired, is_exact, has_one)


def _counted(
    counting: _Counting, streams: Sequence[str], group: OnAir, sets: Mapping[Medium, int]
) -> tuple[int, int, bool]:
    """Return how many lessons are aired for these streams, how many can be watched, and surely."""
    by_medium: dict[Medium, list[Lessons]] = {}
    aired = 0
    for stream in streams:
        if lessons := group.lessons.get(stream):
            by_medium.setdefault(counting.media[stream], []).append(lessons)
            aired += len(lessons.airings)
    found = [most_of_streams(lessons, sets[medium]) for medium, lessons in by_medium.items()]
    return aired, sum(one.lessons for one in found), all(one.is_exact for one in found)


def summed(losses: Sequence[HomeLoss]) -> LostShares:
    """Return the shares over all kinds of homes."""
    counted = [one for one in losses if one.is_counted]
    worst = max(counted, key=lambda one: (one.share, one.kind.streams), default=None)
    groups = {name: _share([one for one in counted if _group(one.kind) == name]) for name in GROUPS}
    homes = sum(one.homes for one in counted)
    wanted = sum(one.homes * (one.aired + one.missing) for one in counted)
    missing = sum(one.homes * one.missing for one in counted)
    unsure = sum(one.homes for one in counted if not one.is_exact)
    return LostShares(
        share=_share(counted),
        by_children=groups,
        worst_decile=_worst_decile(counted, homes * DECILE),
        worst_kind=worst.share if worst else 0.0,
        worst_streams=worst.kind.streams if worst else (),
        homes=homes,
        never_aired=missing / wanted if wanted else 0.0,
        all_homes=_share(losses),
        estimated=unsure / homes if homes else 0.0,
    )


def _group(kind: HomeKind) -> str:
    return str(kind.children) if kind.children < len(GROUPS) + 1 else GROUPS[-1]


def _share(losses: Iterable[HomeLoss]) -> float:
    given = list(losses)
    aired = sum(one.homes * one.aired for one in given)
    return sum(one.homes * one.lost for one in given) / aired if aired else 0.0


def _worst_decile(losses: Sequence[HomeLoss], homes: float) -> float:
    """Return the share that the homes that lose most lose; a kind of home may be cut in two."""
    left, lost_lessons, aired = homes, 0.0, 0.0
    for one in sorted(losses, key=lambda one: (-one.share, one.kind.streams)):
        part = min(left, one.homes)
        lost_lessons += part * one.lost
        aired += part * one.aired
        left -= part
    return lost_lessons / aired if aired else 0.0
