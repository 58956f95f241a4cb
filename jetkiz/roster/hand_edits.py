"""What a person corrects by hand: it is checked like a file, and no import overwrites it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.completion import folded
from jetkiz.roster.difference import Change, Difference, SubjectDifference
from jetkiz.roster.incoming import Key, Records, Subject, written
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.own_workbook import ADDRESS
from jetkiz.roster.reading_register import read_state
from jetkiz.roster.register_state import Entry, RegisterState
from jetkiz.roster.saving import save_difference
from jetkiz.roster.tables import hand_edit, school
from jetkiz.storage.bulk_load import upsert

Readers = Mapping[str, Callable[[str], Any]]

_LONGEST: Final = 200


def _text(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    raise cells.CellError(N_("This is too long."), N_("Write at most 200 letters."))


_NAMES: Final[Readers] = dict.fromkeys(("family_name", "given_name", "patronymic"), _text)
_PLACE: Final[Readers] = {
    **dict.fromkeys(ADDRESS, _text),
    "settlement_type": cells.settlement,
    "region_kato": cells.region,
    "index6": cells.index6,
    "index7": cells.index7,
    "delivery_index": cells.index6,
    "rka": cells.rka,
    "country": cells.country,
    "phone": cells.phone,
}
EDITABLE: Final[Mapping[Subject, Readers]] = {
    Subject.SCHOOL: {"name": _text, "zone": cells.zone, **_PLACE},
    Subject.STUDENT: {
        **_NAMES,
        "grade": cells.grade,
        "language": cells.language,
        "class": _text,
        "household": _text,
        "needs": cells.needs,
        "active": cells.truth,
    },
    Subject.HOUSEHOLD: {
        **_PLACE,
        "language": cells.language,
        "delivery_mode": cells.delivery_mode,
        "delivery_order": cells.whole,
        "pick_up_km": cells.kilometres,
        "active": cells.truth,
    },
    Subject.GUARDIAN: {
        **_NAMES,
        "relation": _text,
        "phone": cells.phone,
        "language": cells.language,
    },
}
_CLEARED: Final = frozenset({"patronymic", "needs", "relation", *_PLACE})


def edit_by_hand(
    connection: Connection,
    subject: Subject,
    row: tuple[str, str],
    value: tuple[str, str],
    *,
    by: str,
    at: datetime,
) -> tuple[str, str]:
    """Set one value and remember who did; return the old and the new value as text.

    ``row`` is the school's id (empty where there is one school) and the row's own id; a
    guardian's is household/guardian. ``value`` is the field and its text; "-" or an empty text
    clears what may be empty.
    """
    field, text = value
    new = _checked(subject, field, text)
    register = _register(connection, row[0])
    key, entry = _find(register, subject, row)
    new = _linked(register, key, field, new)
    old = entry.values.get(field)
    part = SubjectDifference(changed=(Change(subject, key, entry.id, {field: old}, {field: new}),))
    parts = {each: SubjectDifference() for each in Subject} | {subject: part}
    if field == "class":
        parts[Subject.PLACE] = _moved(key, old, new)
    save_difference(connection, Difference(parts), register)
    edit = {
        "table_name": subject.value,
        "row_id": entry.id,
        "column_name": field,
        "value": written(new),
        "by": by,
        "at": at,
    }
    upsert(connection, hand_edit, [edit], ["table_name", "row_id", "column_name"])
    return _readable(register, key, field, old), _readable(register, key, field, new)


def _readable(register: RegisterState, key: Key, field: str, value: Any) -> str:
    """Return a value as people say it: a class by its title."""
    room = register[Subject.CLASS].get((key[0], value)) if field == "class" else None
    return str(room.values["title"]) if room else written(value)


def _checked(subject: Subject, field: str, text: str) -> Any:
    reader = EDITABLE[subject].get(field)
    if reader is None:
        raise JetkizError(
            N_("There is no field {field} to correct."),
            N_("Fields are: {known}."),
            field=field,
            known=", ".join(EDITABLE[subject]),
        )
    if text in {"", "-"}:
        if field in _CLEARED:
            return ""
        raise JetkizError(
            N_("The field {field} must not be empty."), N_("Give a value."), field=field
        )
    try:
        return reader(text.strip())
    except cells.CellError as error:
        raise JetkizError(error.sentence, error.remedy, **error.facts) from error


def _register(connection: Connection, wanted: str) -> RegisterState:
    known = list(connection.scalars(select(school.c.sourced_id).order_by(school.c.sourced_id)))
    if wanted and wanted not in known:
        raise JetkizError(
            N_("There is no school {school}."),
            N_("The register has: {known}."),
            school=wanted,
            known=", ".join(known) or "—",
        )
    return read_state(connection, [wanted] if wanted else known, with_facts=False)


def _find(register: RegisterState, subject: Subject, row: tuple[str, str]) -> tuple[Key, Entry]:
    wanted = tuple(row[1].split("/", 1)) if subject is Subject.GUARDIAN else (row[1],)
    found = [
        (key, entry)
        for key, entry in register[subject].items()
        if (key if subject is Subject.SCHOOL else key[1:]) == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise JetkizError(
            N_("Several schools have {row}."), N_("Say which one with --school."), row=row[1]
        )
    is_guardian = subject is Subject.GUARDIAN
    raise JetkizError(
        N_("The register has no {row}."),
        N_("For a guardian write household/guardian, with the ids of the roster.")
        if is_guardian
        else N_("Look up the id in the roster; zeros in front count."),
        row=row[1],
    )


def _linked(register: RegisterState, key: Key, field: str, new: Any) -> Any:
    """Return the id of a class or household of the student's school; a class also by its title."""
    subject = {"class": Subject.CLASS, "household": Subject.HOUSEHOLD}.get(field)
    if subject is None or (key[0], new) in register[subject]:
        return new
    titled = [
        room[1]
        for room, entry in register[Subject.CLASS].items()
        if field == "class"
        and room[0] == key[0]
        and entry.values["is_homeroom"]
        and folded(entry.values["title"]) == folded(new)
    ]
    if len(titled) == 1:
        return titled[0]
    if subject is Subject.CLASS:
        raise JetkizError(
            N_("There is no class {title}."),
            N_("Classes are: {known}. A new class comes with an import."),
            title=new,
            known=", ".join(_homerooms(register, key[0])) or "—",
        )
    raise JetkizError(
        N_("There is no household {row}."),
        N_("Look up its id in the roster; a new household comes with an import."),
        row=new,
    )


def _homerooms(register: RegisterState, school: str) -> list[str]:
    rooms = [one.values for key, one in register[Subject.CLASS].items() if key[0] == school]
    return sorted(room["title"] for room in rooms if room["is_homeroom"] and room["active"])


def _moved(key: Key, old: str | None, new: str) -> SubjectDifference:
    """A student who changes class leaves the place in the old one."""
    places: Records = {(key[0], new, key[1]): {"active": True}}
    if old and old != new:
        places[key[0], old, key[1]] = {"active": False}
    return SubjectDifference(added=places)
