"""What is different between two plans, and whom it concerns: the heaviest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring
from broadcast.problem.model import Problem, Stream
from jetkiz.i18n import N_


class ChangeKind(StrEnum):
    """What happened to an airing between two plans."""

    CANCELLED = "cancelled"  # a first run or make-up airing that nothing replaces
    MOVED = "moved"  # a first run that was on the air elsewhere makes room
    MADE_UP = "made_up"  # a lost first run has a new hour
    NEW = "new"  # a lesson that had no hour has one
    DROPPED_REPEAT = "dropped_repeat"
    MOVED_REPEAT = "moved_repeat"


WEIGHTS: Final = {
    ChangeKind.CANCELLED: 10_000,
    ChangeKind.MOVED: 1_000,
    ChangeKind.MADE_UP: 500,
    ChangeKind.NEW: 300,
    ChangeKind.DROPPED_REPEAT: 200,
    ChangeKind.MOVED_REPEAT: 100,
}
"""How much a change costs families; a moved first run and a dropped repeat as in a repair."""

_NECESSARY: Final = frozenset({ChangeKind.MADE_UP, ChangeKind.NEW})

WORDS: Final = {
    ChangeKind.CANCELLED: N_("{lesson} falls out, there is no other hour for it"),
    ChangeKind.MOVED: N_("{lesson} moves from {before} to {after}"),
    ChangeKind.MADE_UP: N_("{lesson} is made up for: not {before}, but {after}"),
    ChangeKind.NEW: N_("{lesson} is aired {after}"),
    ChangeKind.DROPPED_REPEAT: N_("the repeat of {lesson}, {before}, falls out"),
    ChangeKind.MOVED_REPEAT: N_("the repeat of {lesson} moves from {before} to {after}"),
}
"""The sentence of each kind: ``lesson``, and ``before`` and ``after`` as channel and time."""


@dataclass(frozen=True, slots=True)
class Change:
    """One airing that is not what it was; ``alone`` counts students whom nothing else reaches."""

    kind: ChangeKind
    lesson: str
    stream: str
    students: int
    alone: int
    before: PlannedAiring | None = None
    after: PlannedAiring | None = None

    @property
    def weight(self) -> int:
        """How much it costs families."""
        return WEIGHTS[self.kind]

    @property
    def airing(self) -> str:
        """The number of the airing that families look for."""
        found = self.after or self.before
        return found.id if found else ""


def changes(problem: Problem, before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return what changed: the heaviest first, then those with most students reached by no other.

    An airing that stands for another (``supersedes``) is one change together with it.
    """
    old = {one.id: one for one in before.airings}
    new = {one.id: one for one in after.airings}
    instead = {one.supersedes: one for one in after.airings if one.supersedes and one.stands}
    streams = {one.id: one for one in problem.streams}
    stream_of = {one.id: streams[one.stream] for one in problem.lessons}
    pairs = _pairs(old, new, instead)
    found = [_change(kind, stream_of, was, now) for kind, was, now in pairs]
    return tuple(sorted(found, key=_order))


Pair = tuple[ChangeKind, PlannedAiring | None, PlannedAiring | None]


def _pairs(
    old: dict[str, PlannedAiring],
    new: dict[str, PlannedAiring],
    instead: dict[str, PlannedAiring],
) -> Iterable[Pair]:
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was and was.stands and not (now and now.stands):
            other = instead.get(key)
            yield (ChangeKind.MADE_UP if other else _lost(was)), was, other
        elif now and now.stands and not (was and was.stands):
            replaced = old.get(now.supersedes)
            if not (replaced and replaced.stands and replaced.status != AiringStatus.SHORT):
                yield ChangeKind.NEW, None, now
        elif was and now and was.stands and _place(was) != _place(now):
            yield _moved(was, now), was, now


def _lost(was: PlannedAiring) -> ChangeKind:
    is_repeat = was.kind == AiringKind.REPEAT
    return ChangeKind.DROPPED_REPEAT if is_repeat else ChangeKind.CANCELLED


def _moved(was: PlannedAiring, now: PlannedAiring) -> ChangeKind:
    if was.kind == AiringKind.REPEAT:
        return ChangeKind.MOVED_REPEAT
    return ChangeKind.MADE_UP if now.kind == AiringKind.MAKEUP else ChangeKind.MOVED


def _place(one: PlannedAiring) -> tuple[str, object]:
    return one.channel, one.start


def _change(
    kind: ChangeKind,
    stream_of: dict[str, Stream],
    was: PlannedAiring | None,
    now: PlannedAiring | None,
) -> Change:
    lesson = (now or was).lesson  # type: ignore[union-attr]  # one of them is there
    stream = stream_of[lesson]
    return Change(kind, lesson, stream.id, stream.students, stream.alone, was, now)


def _order(one: Change) -> tuple[int, int, int, str]:
    return -one.weight, -one.alone, -one.students, one.airing


def burden(found: Iterable[Change]) -> int:
    """Return what changes cost families together; what had to move by necessity costs nothing."""
    return sum(one.weight for one in found if one.kind not in _NECESSARY)


def counts(found: Iterable[Change]) -> dict[str, int]:
    """Return how many changes there are of each kind."""
    kinds = [one.kind for one in found]
    return {str(kind): kinds.count(kind) for kind in ChangeKind if kind in kinds}
