"""How an import is told to a person: faults first, then what changes, line by line."""

from collections.abc import Iterable, Iterator
from typing import Final

from jetkiz.i18n import N_, Translator
from jetkiz.roster.difference import Change, Difference, SubjectDifference
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
    return [
        *lines,
        *absent,
        *_changes(t, difference, register),
        *_kept(t, difference, register),
    ]


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


def _changes(t: Translator, difference: Difference, register: RegisterState) -> Iterator[str]:
    """Show changed values; a move out of an automatic household is counted, not listed."""
    changes = [
        change
        for subject in LISTED
        for change in difference.subjects[subject].changed
        if not _is_first_home(change)
    ]
    titles = _class_titles(difference, register)
    for change in changes[:SHOWN]:
        yield f"  {_name(register, change.subject, change.key)}: " + "; ".join(
            f"{column} {_in_words(titles, change.key, column, change.old[column])} → "
            f"{_in_words(titles, change.key, column, value)}"
            for column, value in sorted(change.new.items())
        )
    if len(changes) > SHOWN:
        yield "  " + t.n("and {n} more change", "and {n} more changes", len(changes) - SHOWN)


def _class_titles(difference: Difference, register: RegisterState) -> dict[Key, str]:
    known = {key: str(one.values["title"]) for key, one in register[Subject.CLASS].items()}
    new = difference.subjects[Subject.CLASS].added
    return known | {key: str(values["title"]) for key, values in new.items()}


def _in_words(titles: dict[Key, str], key: Key, column: str, value: object) -> str:
    """Return a value as people say it: a class by its title."""
    title = titles.get((key[0], str(value))) if column == "class" else None
    return title or written(value) or "—"


def _is_first_home(change: Change) -> bool:
    if change.subject is Subject.HOUSEHOLD:
        return change.new == {"active": False}
    return set(change.new) == {"household"} and str(change.old["household"]).startswith("student:")


def _kept(t: Translator, difference: Difference, register: RegisterState) -> Iterator[str]:
    kept, titles = difference.kept, _class_titles(difference, register)
    for item in kept[:SHOWN]:
        yield "  " + t(
            "{row}: {column} stays {value}: edited by hand by {by} on {day} "
            "(the file says {file_value})",
            row=_name(register, item.subject, item.key),
            column=item.column,
            value=_in_words(titles, item.key, item.column, item.edit.value),
            by=item.edit.by,
            day=f"{item.edit.at:%Y-%m-%d}",
            file_value=_in_words(titles, item.key, item.column, item.file_value),
        )
    if len(kept) > SHOWN:
        yield "  " + t.n(
            "and {n} more value edited by hand",
            "and {n} more values edited by hand",
            len(kept) - SHOWN,
        )


def _name(register: RegisterState, subject: Subject, key: Key) -> str:
    """Return ids, and the name where people have one."""
    ids = " / ".join(key[1:]) or key[0]
    return f"{ids}{_named(register, subject, key).removeprefix(key[-1])}"
