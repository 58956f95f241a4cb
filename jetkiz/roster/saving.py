"""How a difference is written: whole tables at once, in the order in which they refer."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, update

from jetkiz.roster.difference import Change, Difference
from jetkiz.roster.incoming import Key, Records, Subject, Values
from jetkiz.roster.reading.own_workbook import ADDRESS
from jetkiz.roster.register import fact_row
from jetkiz.roster.register_state import RegisterState
from jetkiz.roster.tables import (
    access_fact,
    enrolment,
    guardian,
    household,
    household_identity,
    school,
    school_class,
    student,
    student_identity,
    teacher,
    teaching,
)
from jetkiz.storage.bulk_load import bulk_load, insert_new, insert_numbered, upsert

TABLES: Final[dict[Subject, Table]] = {
    Subject.SCHOOL: school,
    Subject.CLASS: school_class,
    Subject.TEACHER: teacher,
    Subject.HOUSEHOLD: household,
    Subject.STUDENT: student,
    Subject.GUARDIAN: guardian,
}
_FILLED: Final[dict[Subject, Values]] = {
    Subject.SCHOOL: {"name": "", "zone": "", "region_kato": ""},
    Subject.CLASS: {
        "title": "",
        "grade": None,
        "language": None,
        "subject": "",
        "is_homeroom": False,
        "active": True,
    },
    Subject.TEACHER: {
        "family_name": "",
        "given_name": "",
        "patronymic": "",
        "role": "teacher",
        "active": True,
    },
    Subject.HOUSEHOLD: {
        "language": "",
        "delivery_mode": "",
        "delivery_order": 0,
        "pick_up_km": None,
        "active": True,
    },
    Subject.STUDENT: {"grade": 0, "language": "", "needs": "", "active": True},
    Subject.GUARDIAN: {
        "family_name": "",
        "given_name": "",
        "patronymic": "",
        "relation": "",
        "phone": "",
        "language": "",
    },
}
_NAMES: Final = ("family_name", "given_name", "patronymic")


class Saving:
    """One import while it is written; it knows the number of every row."""

    def __init__(self, connection: Connection, register: RegisterState) -> None:
        self.connection = connection
        self.numbers: dict[Subject, dict[Key, int]] = {
            subject: {key: entry.id for key, entry in register[subject].items()}
            for subject in TABLES
        }
        self.register = register

    def number(self, subject: Subject, *key: str) -> int:
        """Return the number of a row."""
        return self.numbers[subject][key]


def save_difference(
    connection: Connection, difference: Difference, register: RegisterState
) -> None:
    """Write everything inside the caller's transaction."""
    saving = Saving(connection, register)
    for subject in TABLES:
        part = difference.subjects[subject]
        _add(saving, subject, part.added)
        _change(saving, subject, part.changed)
    _save_identities(saving, difference)
    for subject, table, column in (
        (Subject.PLACE, enrolment, "student_id"),
        (Subject.TEACHING, teaching, "teacher_id"),
    ):
        _save_places(saving, difference, subject, table, column)
    _save_facts(saving, difference)


def _add(saving: Saving, subject: Subject, records: Records) -> None:
    rows = [_new_row(saving, subject, key, values) for key, values in records.items()]
    numbers = insert_numbered(saving.connection, TABLES[subject], rows)
    saving.numbers[subject].update(zip(records, numbers, strict=True))


def _new_row(saving: Saving, subject: Subject, key: Key, values: Values) -> dict[str, Any]:
    row = {name: values.get(name, empty) for name, empty in _FILLED[subject].items()}
    if subject is Subject.STUDENT:
        return row | _links(saving, key, values) | {"school_id": _school(saving, key)}
    row["sourced_id"] = key[-1]
    if subject is Subject.GUARDIAN:
        row["household_id"] = saving.number(Subject.HOUSEHOLD, *key[:2])
    elif subject is Subject.SCHOOL:
        row["address"] = _address(values)
    else:
        row["school_id"] = _school(saving, key)
    return row


def _school(saving: Saving, key: Key) -> int:
    return saving.number(Subject.SCHOOL, key[0])


def _links(saving: Saving, key: Key, values: Values) -> dict[str, int | None]:
    """Return the numbers of household and class that a student's values name."""
    links: dict[str, int | None] = {}
    if "household" in values:
        links["household_id"] = saving.number(Subject.HOUSEHOLD, key[0], values["household"])
    if "class" in values:
        links["class_id"] = saving.number(Subject.CLASS, key[0], values["class"])
    return links


def _change(saving: Saving, subject: Subject, changes: Iterable[Change]) -> None:
    """Change rows; those with the same columns in one statement."""
    table = TABLES[subject]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        row = {name: value for name, value in change.new.items() if name in _FILLED[subject]}
        if subject is Subject.STUDENT:
            row |= _links(saving, change.key, change.new)
        if subject is Subject.SCHOOL and _address(change.new):
            row["address"] = _merged_address(saving, change)
        if row:
            bound = {f"new_{name}": value for name, value in row.items()}
            alike[tuple(sorted(row))].append(bound | {"row_id": change.id})
    for columns, rows in alike.items():
        places = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
        statement = update(table).where(table.c.id == bindparam("row_id")).values(places)
        saving.connection.execute(statement, rows)


def _address(values: Values) -> Values:
    return {name: values[name] for name in (*ADDRESS, "phone") if name in values}


def _merged_address(saving: Saving, change: Change) -> Values:
    known = saving.register[change.subject][change.key].values
    return _address(known) | _address(change.new)


def _save_identities(saving: Saving, difference: Difference) -> None:
    homes = difference.subjects[Subject.HOUSEHOLD]
    rows = [_home_row(saving, key, values) for key, values in homes.added.items()]
    rows += [
        _home_row(saving, change.key, change.new)
        for change in homes.changed
        if _address(change.new)
    ]
    upsert(saving.connection, household_identity, rows, ["household_id"])
    people = difference.subjects[Subject.STUDENT]
    rows = [_name_row(saving, key, values) for key, values in people.added.items()]
    bulk_load(saving.connection, student_identity, rows)
    rows = [
        _name_row(saving, change.key, change.new)
        for change in people.changed
        if any(name in change.new for name in _NAMES)
    ]
    upsert(saving.connection, student_identity, rows, ["student_id"])


def _home_row(saving: Saving, key: Key, values: Values) -> dict[str, Any]:
    entry = saving.register[Subject.HOUSEHOLD].get(key)
    known = _address(entry.values) if entry else dict.fromkeys((*ADDRESS, "phone"), "")
    parts = known | _address(values)
    phone = parts.pop("phone")
    number = saving.number(Subject.HOUSEHOLD, *key)
    return {"household_id": number, "address": parts, "phone": phone}


def _name_row(saving: Saving, key: Key, values: Values) -> dict[str, Any]:
    entry = saving.register[Subject.STUDENT].get(key)
    known = entry.values if entry else dict.fromkeys(_NAMES, "")
    names = {name: values.get(name, known[name]) for name in _NAMES}
    number = saving.number(Subject.STUDENT, *key)
    return {
        "student_id": number,
        "school_id": _school(saving, key),
        "sourced_id": key[1],
        **names,
    }


def _save_places(
    saving: Saving, difference: Difference, subject: Subject, table: Table, column: str
) -> None:
    part = difference.subjects[subject]
    person = Subject.STUDENT if subject is Subject.PLACE else Subject.TEACHER
    records = part.added | {change.key: change.new for change in part.changed}
    rows = [
        {
            "class_id": saving.number(Subject.CLASS, *key[:2]),
            column: saving.number(person, key[0], key[2]),
            "active": values["active"],
        }
        for key, values in records.items()
    ]
    upsert(saving.connection, table, rows, ["class_id", column])


def _save_facts(saving: Saving, difference: Difference) -> None:
    rows = [
        fact_row(
            saving.number(Subject.HOUSEHOLD, item.school, item.household),
            saving.number(Subject.STUDENT, item.school, item.student) if item.student else None,
            item.fact,
        )
        for item in difference.new_facts
    ]
    insert_new(saving.connection, access_fact, rows, ["key"])
