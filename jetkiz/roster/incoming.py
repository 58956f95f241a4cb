"""What a roster file says, checked: a value that is absent was not said and changes nothing."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from jetkiz.roster.access_profile import Fact

Key = tuple[str, ...]
Values = dict[str, Any]
Records = dict[Key, Values]


def written(value: object) -> str:
    """Return a value as a file would say it; one that is missing is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Kind(StrEnum):
    """Which form of roster a file has."""

    ONE_ROSTER = "oneroster"  # OneRoster 1.1 CSV
    SDS = "sds"  # Microsoft School Data Sync 2.1
    FIRST_SDS = "sds1"  # Microsoft School Data Sync, first format
    UNREADABLE = "unreadable"  # no table of it could be read
    WORKBOOK = "workbook"  # our own sheets


class Subject(StrEnum):
    """What the roster is about; each is a table of the register."""

    SCHOOL = "school"  # key: school
    CLASS = "class"  # key: school, class
    TEACHER = "teacher"  # key: school, teacher
    HOUSEHOLD = "household"  # key: school, household
    STUDENT = "student"  # key: school, student
    GUARDIAN = "guardian"  # key: school, household, guardian
    PLACE = "place"  # key: school, class, student
    TEACHING = "teaching"  # key: school, class, teacher


@dataclass(frozen=True, slots=True)
class IncomingFact:
    """A fact of a household, or of one student."""

    school: str
    household: str
    student: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Taught:
    """The own classes of one teacher by their titles, all of them, and where that was said."""

    teacher: Key
    classes: tuple[str, ...]
    file: str
    row: int


def _empty() -> dict[Subject, Records]:
    return {subject: {} for subject in Subject}


@dataclass(slots=True)
class Incoming:
    """All that one import says.

    ``complete`` names the subjects that the file lists in full, so that who is missing is told.
    ``student_guardians`` are guardians that the file ties to a student, not to a household.
    """

    kind: Kind
    records: dict[Subject, Records] = field(default_factory=_empty)
    facts: list[IncomingFact] = field(default_factory=list)
    student_guardians: list[tuple[Key, str, Values]] = field(default_factory=list)
    taught: list[Taught] = field(default_factory=list)
    complete: frozenset[Subject] = frozenset()
    year_ends: date | None = None

    def put(self, subject: Subject, key: Key, values: Values) -> None:
        """Add a record; values of None are left out: they were not said."""
        said = {name: value for name, value in values.items() if value is not None}
        self.records[subject][key] = said

    def __getitem__(self, subject: Subject) -> Records:
        """Return the records of one subject."""
        return self.records[subject]
