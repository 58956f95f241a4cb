"""What the register holds, in numbers: people, homes, and how much is known of access."""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, func, select

from jetkiz.i18n import Translator
from jetkiz.roster.reading_register import read_runs
from jetkiz.roster.tables import access_fact, guardian, household, school_class, student, teacher
from jetkiz.roster.tables import school as school_table


def count_lines(connection: Connection, t: Translator) -> list[str]:
    """Return a line for each school, then for what is known of homes and when it came in."""
    lines = [
        line
        for row in connection.execute(select(school_table).order_by(school_table.c.name))
        for line in _school_lines(connection, t, row.id, f"{row.name} ({row.sourced_id})")
    ]
    if not lines:
        return [t("The register is empty. Bring in a roster with: jetkiz roster import.")]
    return [*lines, *_access_lines(connection, t), *_run_lines(connection, t)]


def _school_lines(connection: Connection, t: Translator, school: int, name: str) -> Iterator[str]:
    yield name
    classes = _count(connection, school_class, school)
    people = {"students": _count(connection, student, school), "classes": classes}
    homes = {"households": _count(connection, household, school)}
    staff = {"teachers": _count(connection, teacher, school)}
    yield "  " + t(
        "{students} students in {households} households, {classes} classes, {teachers} teachers",
        **people,
        **homes,
        **staff,
    )


def _count(connection: Connection, table: Table, school: int) -> int:
    query = select(func.count()).select_from(table).where(table.c.school_id == school)
    return connection.scalar(query.where(table.c.active)) or 0


def _access_lines(connection: Connection, t: Translator) -> Iterator[str]:
    homes = select(func.count(access_fact.c.household_id.distinct()))
    guardians = connection.scalar(select(func.count()).select_from(guardian)) or 0
    yield t.n("{n} guardian", "{n} guardians", guardians)
    facts = connection.scalar(select(func.count()).select_from(access_fact)) or 0
    known = connection.scalar(homes) or 0
    yield t("{facts} facts of access about {homes} households", facts=facts, homes=known)


def _run_lines(connection: Connection, t: Translator) -> Iterator[str]:
    for run in read_runs(connection)[:5]:
        yield t(
            "Imported on {day} by {by}: {source}",
            day=f"{run.at:%Y-%m-%d}",
            by=run.by,
            source=run.source,
        )
