"""What decides about the week of a nation, as it lies in a folder and as the solver looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.lessons.model import LessonKind
from scheduler.model import Capacity
from scheduler.solver.week_arrays import (
    Bools,
    Bytes,
    Counts,
    Ints,
    Longs,
)

SCHOOL_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of one program: ``slot`` is its place in the week, ``day`` 1 to 5.

    ``sides`` are printed sides at usual size.
    """

    number: int
    code: str
    program: str
    slot: int
    day: int
    kind: LessonKind
    weight: float
    has_task: bool
    sides: int
    is_aired: bool


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """How a channel works: what it needs, what it costs in tenge, and what is left of a lesson.

    A fit of 0 says that it cannot carry a kind at all; TV carries only what is aired.
    ``role`` is free, pack or seat; ``screen`` names the cap of the home that a lesson counts for;
    ``pages`` names the resource that a printed side takes; ``too_late`` lists codes of lessons.
    """

    name: str
    role: str
    failure_domain: str
    fit: Mapping[LessonKind, float]
    return_likelihood: float
    screen: str = ""
    pages: str = ""
    lead_days: int = 0
    pack_sides: int = 0
    pack_postage: float = 0.0
    pack_carrying: float = 0.0
    side_postage: float = 0.0
    side_printing: float = 0.0
    seat_cost: float = 0.0
    too_late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StudentColumns:
    """The students by school, household and number; ``school`` and ``program`` are row numbers."""

    number: Longs
    school: Ints
    household: Longs
    program: Ints
    chance: NDArray[np.uint16]
    is_large: Bools
    caps: Counts


@dataclass(frozen=True, slots=True, eq=False)
class SchoolColumns:
    """The schools by number; ``region`` counts in the order of the problem's regions."""

    number: Longs
    region: Ints
    is_rural: Bools


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision for one lesson of one student, by its code."""

    student: int
    lesson: str
    channel: str


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """All that a folder says about a week; ``previous`` [N, W] may have no rows."""

    week: str
    regions: tuple[str, ...]
    programs: tuple[str, ...]
    channels: tuple[ChannelTerms, ...]
    lessons: tuple[LessonRow, ...]
    schools: SchoolColumns
    students: StudentColumns
    capacities: tuple[Capacity, ...]
    decisions: tuple[Decision, ...] = ()
    previous: Bytes = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int8))

    @property
    def slots(self) -> int:
        """The most lessons of a program."""
        return max((one.slot for one in self.lessons), default=-1) + 1


def carries(channel: ChannelTerms, lesson: LessonRow) -> bool:
    """Return whether a channel has a form for a lesson, in time or not."""
    is_shown = lesson.is_aired or channel.screen != "tv"
    return channel.fit[lesson.kind] > 0 and is_shown
