"""How an import is told to a person: faults first, then what changes, line by line."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from jetkiz.i18n import N_, Translator
from jetkiz.roster.difference import Change, Difference, Kept, SubjectDifference
from jetkiz.roster.incoming import Key, Subject, written
from jetkiz.roster.reading.findings import LEVEL_WORDS, Message
from jetkiz.roster.register_state import RegisterState

# Longer lists are read by nobody; the numbers above them say the rest.
SHOWN: Final = 12

SUBJECT_WORDS: Final = {
    Subject.SCHOOL: N_("Schools"),
    Subject.CLASS: N_("Classes"),
    Subject.TEACHER: N_("Teachers"),
    Subject.HOUSEHOLD: N_("Households"),
    Subject.STUDENT: N_("Students"),
    Subject.GUARDIAN: N_("Guardians"),
    Subject.PLACE: N_("Students in classes"),
    Subject.TEACHING: N_("Teachers in classes"),
}


# Places in classes are only counted: who moved is told with the student's class.
LISTED: Final = (
    Subject.STUDENT,
    Subject.HOUSEHOLD,
    Subject.GUARDIAN,
    Subject.CLASS,
    Subject.TEACHER,
    Subject.SCHOOL,
)


def message_lines(t: Translator, messages: Iterable[Message]) -> list[str]:
    """Return a line for each fault."""
    return [f"{t(LEVEL_WORDS[message.level])}: {message.say(t)}" for message in messages]


def difference_lines(t: Translator, difference: Difference, register: RegisterState) -> list[str]:
    """Return the counts of each subject, then what changes, who is absent, what is kept."""
    absent = [
        line
        for subject in (Subject.STUDENT, Subject.TEACHER, Subject.CLASS)
        for line in _absent(t, subject, difference.subjects[subject], register)
    ]
    if difference.is_empty and not difference.kept:
        return [t("The file says what the register already holds."), *absent]
    lines = [
        t(
            "{subject}: {added} added, {changed} changed, {unchanged} unchanged",
            subject=t(SUBJECT_WORDS[subject]),
            added=len(part.added),
            changed=len(part.changed),
            unchanged=part.unchanged,
        )
        for subject, part in difference.subjects.items()
        if part.added or part.changed or part.unchanged
    ]
    if difference.new_facts or difference.known_facts:
        lines.append(
            t(
                "Facts of access: {added} added, {unchanged} known",
                added=len(difference.new_facts),
                unchanged=difference.known_facts,
            )
        )
    return [*lines, *absent, *_changes(t, difference), *_kept(t, difference.kept)]


def _absent(
    t: Translator, subject: Subject, part: SubjectDifference, register: RegisterState
) -> Iterator[str]:
    if part.absent:
        yield t(
            "{subject}: {n} not in the file; they stay as they are: {ids}",
            subject=t(SUBJECT_WORDS[subject]),
            n=len(part.absent),
            ids=_listed([_named(register, subject, key) for key in part.absent]),
        )


def _named(register: RegisterState, subject: Subject, key: Key) -> str:
    values = register[subject][key].values
    names = (values.get(column) for column in ("title", "family_name", "given_name"))
    return " ".join([key[-1], *(str(name) for name in names if name)])


def _listed(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")


def _changes(t: Translator, difference: Difference) -> Iterator[str]:
    """Show changed values; a move out of an automatic household is counted, not listed."""
    changes = [
        change
        for subject in LISTED
        for change in difference.subjects[subject].changed
        if not _is_first_home(change)
    ]
    for change in changes[:SHOWN]:
        yield f"  {_name(change.key)}: " + "; ".join(
            f"{column} {_shown(change.old[column])} → {_shown(value)}"
            for column, value in sorted(change.new.items())
        )
    if len(changes) > SHOWN:
        yield "  " + t.n("and {n} more change", "and {n} more changes", len(changes) - SHOWN)


def _is_first_home(change: Change) -> bool:
    if change.subject is Subject.HOUSEHOLD:
        return change.new == {"active": False}
    return set(change.new) == {"household"} and str(change.old["household"]).startswith("student:")


def _kept(t: Translator, kept: tuple[Kept, ...]) -> Iterator[str]:
    for item in kept[:SHOWN]:
        yield "  " + t(
            "{row}: {column} stays {value}: edited by hand by {by} on {day} "
            "(the file says {file_value})",
            row=_name(item.key),
            column=item.column,
            value=_shown(item.edit.value),
            by=item.edit.by,
            day=f"{item.edit.at:%Y-%m-%d}",
            file_value=_shown(item.file_value),
        )
    if len(kept) > SHOWN:
        yield "  " + t.n(
            "and {n} more value edited by hand",
            "and {n} more values edited by hand",
            len(kept) - SHOWN,
        )


def _name(key: Key) -> str:
    return " / ".join(key[1:]) or key[0]


def _shown(value: Any) -> str:
    return written(value) or "—"
