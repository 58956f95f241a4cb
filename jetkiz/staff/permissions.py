"""Who may see and do what: the coordinator the whole school, a teacher the classes they teach.

A broadcaster belongs to no school: the air desk alone is open, and there no child and no home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody does at the school."""

    COORDINATOR = "coordinator"  # answers for the whole school
    TEACHER = "teacher"  # teaches some classes
    BROADCASTER = "broadcaster"  # moves and publishes airings, and says what was aired


class Right(StrEnum):
    """What can be asked for."""

    SEE_STUDENT = "see_student"  # name, class, and how far the lessons came
    SEE_HOME = "see_home"  # address, phone, needs and what the home can receive
    EDIT_HOME = "edit_home"  # correct phone and access facts
    CHANGE_WAY = "change_way"  # give a lesson by another channel
    NOTE_ARRIVAL = "note_arrival"  # write down that the home confirmed a lesson
    SEE_WORK = "see_work"  # homework and its pictures
    MARK = "mark"  # give a mark and words


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who signed in: their school, and the classes they teach.

    ``homerooms`` are the classes they answer for; ``subjects`` names what they teach in others.
    ``channels`` are those of the air that a broadcaster answers for; none means all of them.
    """

    account: int
    login: str
    role: Role
    school: int
    language: str
    homerooms: frozenset[int] = frozenset()
    subjects: Mapping[int, str] = field(default_factory=dict)
    channels: frozenset[str] = frozenset()

    @property
    def is_coordinator(self) -> bool:
        """True for who sees the whole school."""
        return self.role == Role.COORDINATOR

    @property
    def is_broadcaster(self) -> bool:
        """True for who sees airings and nothing of any school."""
        return self.role == Role.BROADCASTER

    @property
    def classes(self) -> frozenset[int]:
        """Every class they teach."""
        return self.homerooms | frozenset(self.subjects)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a student belongs: school, class, and the classes of single subjects."""

    school: int
    classes: frozenset[int]


_HOMEROOM = frozenset(
    {Right.SEE_STUDENT, Right.SEE_HOME, Right.NOTE_ARRIVAL, Right.SEE_WORK, Right.MARK}
)
_SUBJECT = frozenset({Right.SEE_STUDENT})
_OWN_SUBJECT = frozenset({Right.SEE_WORK, Right.MARK})


def may(viewer: Viewer, right: Right, place: Place, subject: str | None = None) -> bool:
    """Say whether somebody may do this with a student; ``subject`` is that of a lesson."""
    if viewer.school != place.school or viewer.is_broadcaster:
        return False
    if viewer.is_coordinator:
        return True
    if viewer.homerooms & place.classes:
        return right in _HOMEROOM
    taught = [viewer.subjects[number] for number in place.classes if number in viewer.subjects]
    if not taught:
        return False
    return right in _SUBJECT or (right in _OWN_SUBJECT and _teaches(taught, subject))


def _teaches(taught: list[str], subject: str | None) -> bool:
    """A class without a named subject is taught whole."""
    return any(not own or own == subject for own in taught)


def may_see_class(viewer: Viewer, school: int, number: int) -> bool:
    """Say whether somebody may open the list of a class."""
    is_theirs = viewer.is_coordinator or number in viewer.classes
    return viewer.school == school and is_theirs and not viewer.is_broadcaster


def may_see_school(viewer: Viewer) -> bool:
    """Say whether somebody may open the plan and the machine room of their school."""
    return viewer.is_coordinator


AIR_DESK: Final = "/air-desk"
_OWN: Final = ("/password", "/sign-out", "/language", "/sign-in")


def may_open(viewer: Viewer, path: str) -> bool:
    """Say whether somebody may knock at an address of the console at all.

    Every page that is not named here is shut to a broadcaster, also one that is added later.
    """
    is_air = path == AIR_DESK or path.startswith(f"{AIR_DESK}/")
    return is_air or path in _OWN if viewer.is_broadcaster else True


def may_see_air(viewer: Viewer) -> bool:
    """Say whether somebody may look at the timetable before it is published."""
    return viewer.is_broadcaster or viewer.is_coordinator


def may_change_air(viewer: Viewer, channels: Iterable[str]) -> bool:
    """Say whether somebody may move or publish what stands on these channels."""
    return viewer.is_broadcaster and (not viewer.channels or viewer.channels.issuperset(channels))
