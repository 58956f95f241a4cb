"""Who may see and do what: the coordinator the whole school, a teacher the classes they teach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody does at the school."""

    COORDINATOR = "coordinator"  # answers for the whole school
    TEACHER = "teacher"  # teaches some classes


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
    """

    account: int
    login: str
    role: Role
    school: int
    language: str
    homerooms: frozenset[int] = frozenset()
    subjects: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_coordinator(self) -> bool:
        """True for who sees the whole school."""
        return self.role == Role.COORDINATOR

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
    if viewer.school != place.school:
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
    return viewer.school == school and (viewer.is_coordinator or number in viewer.classes)


def may_see_school(viewer: Viewer) -> bool:
    """Say whether somebody may open the plan and the machine room of their school."""
    return viewer.is_coordinator
