"""What a plan of airings is: numbers that stay over revisions, what has no place and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = "broadcast-plan/1"


class AiringKind(StrEnum):
    """Why a lesson is on the air once more."""

    FIRST = "first"  # its first run, in each of the regions of its stream
    REPEAT = "repeat"  # for who could not watch the first
    MAKEUP = "makeup"  # instead of a first run that was lost


class AiringStatus(StrEnum):
    """Where an airing stands."""

    PLANNED = "planned"  # in a draft
    PUBLISHED = "published"  # families and the broadcaster have it
    AIRED = "aired"  # the as-run log says so
    SHORT = "short"  # it was cut off: less than the lesson was aired
    MISSED = "missed"  # the as-run log says it was dropped
    MOVED = "moved"  # it stands elsewhere now: another airing supersedes it
    CANCELLED = "cancelled"  # nothing stands in its place


STANDING: Final = frozenset(
    {AiringStatus.PLANNED, AiringStatus.PUBLISHED, AiringStatus.AIRED, AiringStatus.SHORT}
)
"""An airing of these is on the air, or was."""


@dataclass(frozen=True, slots=True)
class PlannedAiring:
    """A lesson at an hour of a channel; ``start`` is UTC, ``minutes`` the whole slot.

    ``id`` stays over all revisions; ``sequence`` counts its changes. ``supersedes`` is the id of
    the airing that this one stands for.
    """

    id: str
    lesson: str
    channel: str
    start: datetime
    minutes: int
    kind: AiringKind = AiringKind.FIRST
    status: AiringStatus = AiringStatus.PLANNED
    sequence: int = 0
    supersedes: str = ""

    @property
    def end(self) -> datetime:
        """The moment it is over."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def stands(self) -> bool:
        """True while it is on the air, or was."""
        return self.status in STANDING


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A lesson that has no first run; ``reason`` is a message id with places from ``facts``."""

    lesson: str
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solver:
    """What made a plan: given the same problem it makes the same again."""

    name: str = "jetkiz"
    version: str = "1"
    seed: int = 1
    iterations: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All airings of the days of a problem; ``parent`` is the revision it came from, 0 for none.

    ``report`` holds plain values: capacity, clash, lost_share, idle_slots; changes of a revision.
    """

    problem_id: str
    revision: int
    parent: int
    input_sha256: str
    solver: Solver
    airings: tuple[PlannedAiring, ...]
    unplaced: tuple[Unplaced, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
