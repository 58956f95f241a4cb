"""What an import would change: added, changed, kept by hand, absent; nothing is ever deleted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jetkiz.roster.access_profile import fact_key
from jetkiz.roster.completion import OWN_HOUSEHOLD
from jetkiz.roster.incoming import Incoming, IncomingFact, Key, Records, Subject, Values
from jetkiz.roster.register_state import Entry, HandEdit, RegisterState


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the register with other values in the file."""

    subject: Subject
    key: Key
    id: int
    old: Values
    new: Values


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that the file would change and a person has set; the person wins."""

    subject: Subject
    key: Key
    column: str
    file_value: Any
    edit: HandEdit


@dataclass(frozen=True, slots=True)
class SubjectDifference:
    """The difference of one subject."""

    added: Records = field(default_factory=dict)
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    absent: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that saving would do."""

    subjects: Mapping[Subject, SubjectDifference]
    kept: tuple[Kept, ...] = ()
    new_facts: tuple[IncomingFact, ...] = ()
    known_facts: int = 0

    @property
    def is_empty(self) -> bool:
        """True when saving would change nothing."""
        return not self.new_facts and not any(
            part.added or part.changed for part in self.subjects.values()
        )


def find_difference(incoming: Incoming, register: RegisterState) -> Difference:
    """Compare what a file says with the register."""
    kept: list[Kept] = []
    subjects = {
        subject: _compare(subject, incoming[subject], register, kept) for subject in Subject
    }
    for subject in incoming.complete:
        subjects[subject] = _with_absent(subject, subjects[subject], incoming, register)
    homes = subjects[Subject.HOUSEHOLD]
    emptied = tuple(_emptied_homes(incoming, subjects[Subject.STUDENT], register))
    subjects[Subject.HOUSEHOLD] = SubjectDifference(
        homes.added, homes.changed + emptied, homes.unchanged, homes.absent
    )
    new_facts, known = _facts(incoming, register)
    return Difference(subjects, tuple(kept), new_facts, known)


def _compare(
    subject: Subject, records: Records, register: RegisterState, kept: list[Kept]
) -> SubjectDifference:
    added: Records = {}
    changed: list[Change] = []
    unchanged = 0
    entries = register[subject]
    for key, values in records.items():
        entry = entries.get(key)
        if entry is None:
            added[key] = values
            continue
        new = {name: value for name, value in values.items() if entry.values.get(name) != value}
        if new:
            new = _without_kept(subject, key, entry, new, register, kept)
        if new:
            old = {name: entry.values.get(name) for name in new}
            changed.append(Change(subject, key, entry.id, old, new))
        else:
            unchanged += 1
    return SubjectDifference(added, tuple(changed), unchanged)


def _without_kept(
    subject: Subject,
    key: Key,
    entry: Entry,
    new: Values,
    register: RegisterState,
    kept: list[Kept],
) -> Values:
    edits = register.edits.get((subject, entry.id), {})
    kept += [
        Kept(subject, key, name, new[name], edits[name])
        for name in sorted(edits.keys() & new.keys())
    ]
    return {name: value for name, value in new.items() if name not in edits}


def _with_absent(
    subject: Subject, part: SubjectDifference, incoming: Incoming, register: RegisterState
) -> SubjectDifference:
    """Name the active rows that a full file does not mention; they stay as they are."""
    said = incoming[subject]
    schools = {key[0] for key in said}
    absent = tuple(
        key
        for key, entry in register[subject].items()
        if key not in said and entry.values["active"] and key[0] in schools and ":" not in key[-1]
    )
    return SubjectDifference(part.added, part.changed, part.unchanged, absent)


def _emptied_homes(
    incoming: Incoming, students: SubjectDifference, register: RegisterState
) -> Iterator[Change]:
    """Close the automatic household of a student who has moved into a real one."""
    moved = {change.key for change in students.changed}
    inhabited = {
        (key[0], entry.values["household"])
        for key, entry in register[Subject.STUDENT].items()
        if key not in moved
    }
    for change in students.changed:
        before = str(change.old.get("household", ""))
        if "household" not in change.new or not before.startswith(OWN_HOUSEHOLD):
            continue
        key = (change.key[0], before)
        entry = register[Subject.HOUSEHOLD].get(key)
        is_kept = key in inhabited or key in incoming[Subject.HOUSEHOLD]
        if entry and entry.values["active"] and not is_kept:
            yield Change(Subject.HOUSEHOLD, key, entry.id, {"active": True}, {"active": False})


def _facts(incoming: Incoming, register: RegisterState) -> tuple[tuple[IncomingFact, ...], int]:
    new: dict[str, IncomingFact] = {}
    for item in incoming.facts:
        home = register[Subject.HOUSEHOLD].get((item.school, item.household))
        person = register[Subject.STUDENT].get((item.school, item.student))
        key = fact_key(
            home.id if home else item.household, person.id if person else item.student, item.fact
        )
        if key not in register.fact_keys:
            new.setdefault(key, item)
    return tuple(new.values()), len(incoming.facts) - len(new)
