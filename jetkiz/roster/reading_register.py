"""How the register is read for a comparison: only the schools that a file is about."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from jetkiz.roster.incoming import Subject, Values
from jetkiz.roster.reading.own_workbook import ADDRESS
from jetkiz.roster.register_state import Entry, HandEdit, ImportRun, RegisterState
from jetkiz.roster.tables import (
    access_fact,
    enrolment,
    guardian,
    hand_edit,
    household,
    household_identity,
    import_run,
    school,
    school_class,
    student,
    student_identity,
    teacher,
    teaching,
)
from jetkiz.storage.many_values import among


def read_state(
    connection: Connection, schools: Iterable[str], *, with_facts: bool = True
) -> RegisterState:
    """Return the register of some schools as a file would say it."""
    state = RegisterState()
    wanted = list(schools)
    for row in connection.execute(select(school).where(among(school.c.sourced_id, wanted))):
        values = {"name": row.name, "zone": row.zone, "region_kato": row.region_kato}
        values |= _address(row.address)
        values |= {"region_kato": row.region_kato, "phone": (row.address or {}).get("phone", "")}
        state[Subject.SCHOOL][row.sourced_id,] = Entry(row.id, values)
    numbers = [entry.id for entry in state[Subject.SCHOOL].values()]
    _read_plain(connection, state, numbers)
    _read_homes(connection, state, numbers)
    _read_students(connection, state, numbers)
    _read_guardians(connection, state, numbers)
    _read_places(connection, state, numbers)
    _read_edits(connection, state)
    if with_facts:
        _read_facts(connection, state, numbers)
    state.runs = read_runs(connection)
    return state


def _address(document: dict[str, Any] | None) -> Values:
    found = document or {}
    return {column: found.get(column, "") for column in ADDRESS}


def _of_schools(query: Select[Any], numbers: list[int]) -> Select[Any]:
    return query.where(among(school.c.id, numbers))


def _read_plain(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    for subject, table in ((Subject.CLASS, school_class), (Subject.TEACHER, teacher)):
        query = select(table, school.c.sourced_id.label("school")).join(school)
        for row in connection.execute(_of_schools(query, numbers)).mappings():
            values = dict(row)
            key = (values.pop("school"), values.pop("sourced_id"))
            number = values.pop("id")
            del values["school_id"]
            state[subject][key] = Entry(number, values)


def _read_homes(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    h, i = household.c, household_identity.c
    query = (
        select(
            school.c.sourced_id.label("school"),
            *(h.sourced_id, h.id, h.language, h.delivery_mode, h.delivery_order, h.pick_up_km),
            *(h.active, i.phone, i.address),
        )
        .join_from(household, school)
        .outerjoin(household_identity)
    )
    for row in connection.execute(_of_schools(query, numbers)).mappings():
        values: Values = dict(row)
        key = (values.pop("school"), values.pop("sourced_id"))
        number = values.pop("id")
        values |= _address(values.pop("address"))
        values["phone"] = values["phone"] or ""
        state[Subject.HOUSEHOLD][key] = Entry(number, values)


def _read_students(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    s, i = student.c, student_identity.c
    query = (
        select(
            school.c.sourced_id.label("school"),
            *(i.sourced_id, s.id, i.family_name, i.given_name, i.patronymic),
            *(s.grade, s.language, s.needs, s.active),
            household.c.sourced_id.label("household"),
            school_class.c.sourced_id.label("class"),
        )
        .join_from(student, student_identity, i.student_id == s.id)
        .join(school, school.c.id == s.school_id)
        .join(household, household.c.id == s.household_id)
        .outerjoin(school_class, school_class.c.id == s.class_id)
    )
    for row in connection.execute(_of_schools(query, numbers)).mappings():
        values: Values = dict(row)
        key = (values.pop("school"), values.pop("sourced_id"))
        state[Subject.STUDENT][key] = Entry(values.pop("id"), values)


def _read_guardians(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    query = (
        select(guardian, school.c.sourced_id.label("school"), household.c.sourced_id.label("home"))
        .join_from(guardian, household)
        .join(school, school.c.id == household.c.school_id)
    )
    for row in connection.execute(_of_schools(query, numbers)).mappings():
        values: Values = dict(row)
        key = (values.pop("school"), values.pop("home"), values.pop("sourced_id"))
        del values["household_id"]
        state[Subject.GUARDIAN][key] = Entry(values.pop("id"), values)


def _read_places(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    in_class = (school.c.sourced_id, school_class.c.sourced_id)
    students = (
        select(*in_class, student_identity.c.sourced_id, enrolment.c.active)
        .join_from(enrolment, school_class)
        .join(school, school.c.id == school_class.c.school_id)
        .join(student_identity, student_identity.c.student_id == enrolment.c.student_id)
    )
    teachers = (
        select(*in_class, teacher.c.sourced_id, teaching.c.active)
        .join_from(teaching, school_class)
        .join(school, school.c.id == school_class.c.school_id)
        .join(teacher, teacher.c.id == teaching.c.teacher_id)
    )
    for subject, query in ((Subject.PLACE, students), (Subject.TEACHING, teachers)):
        for row in connection.execute(_of_schools(query, numbers)):
            state[subject][tuple(row[:3])] = Entry(0, {"active": row[3]})


def _read_edits(connection: Connection, state: RegisterState) -> None:
    for row in connection.execute(select(hand_edit)):
        edits = state.edits.setdefault((Subject(row.table_name), row.row_id), {})
        edits[row.column_name] = HandEdit(row.value, row.by, row.at)


def _read_facts(connection: Connection, state: RegisterState, numbers: list[int]) -> None:
    query = (
        select(access_fact.c.key)
        .join_from(access_fact, household)
        .where(among(household.c.school_id, numbers))
    )
    state.fact_keys = set(connection.scalars(query))


def read_runs(connection: Connection) -> list[ImportRun]:
    """Return the imports of rosters, the newest first."""
    query = (
        select(import_run).where(import_run.c.kind != "lessons").order_by(import_run.c.id.desc())
    )
    return [_run(row) for row in connection.execute(query)]


def _run(row: Row[Any]) -> ImportRun:
    ends = row.summary.get("year_ends")
    return ImportRun(
        kind=row.kind,
        source=row.source,
        sha256=row.sha256,
        at=row.at,
        by=row.by,
        year_ends=date.fromisoformat(ends) if ends else None,
        schools=frozenset(row.summary.get("schools", ())),
        tables=frozenset(row.summary.get("tables", ())),
    )
