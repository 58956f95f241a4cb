"""What the register holds now, in the same words as a file says it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from jetkiz.roster.incoming import Key, Subject, Values


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the register; places have no number of their own."""

    id: int
    values: Values


@dataclass(frozen=True, slots=True)
class HandEdit:
    """A value that a person set; imports keep it."""

    value: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import that was saved."""

    kind: str
    source: str
    sha256: str
    at: datetime
    by: str
    year_ends: date | None
    schools: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    def is_about(self, schools: Iterable[str], tables: Iterable[str]) -> bool:
        """True when it brought in one of these tables for one of these schools.

        Only then do two files have an order; one CSV file after another is no step back.
        """
        return not self.schools.isdisjoint(schools) and not self.tables.isdisjoint(tables)


@dataclass(slots=True)
class RegisterState:
    """The register of the schools concerned."""

    records: dict[Subject, dict[Key, Entry]] = field(
        default_factory=lambda: {subject: {} for subject in Subject}
    )
    edits: dict[tuple[Subject, int], dict[str, HandEdit]] = field(default_factory=dict)
    fact_keys: set[str] = field(default_factory=set)
    runs: list[ImportRun] = field(default_factory=list)

    def __getitem__(self, subject: Subject) -> dict[Key, Entry]:
        """Return the rows of one subject."""
        return self.records[subject]

    def value(self, subject: Subject, key: Key, column: str) -> object:
        """Return a value in force, or None."""
        entry = self.records[subject].get(key)
        return entry.values.get(column) if entry else None

    def is_edited(self, subject: Subject, key: Key, column: str) -> bool:
        """True when a person has set this value."""
        entry = self.records[subject].get(key)
        return entry is not None and column in self.edits.get((subject, entry.id), {})

    def ids(self, subjects: Iterable[Subject] = Subject) -> dict[Subject, set[str]]:
        """Return the ids of each subject, for references from a file."""
        return {subject: {key[-1] for key in self.records[subject]} for subject in subjects}
