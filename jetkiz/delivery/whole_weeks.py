"""How the week of a whole nation enters the ledger: in columns, for millions of students at once.

What ``ledger.publish`` does student by student, at a hundredth of the time; the rows are the same.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, text

from jetkiz.delivery.slots import lessons_hash
from jetkiz.delivery.tables import curriculum, curriculum_slot, plan_template, student_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import bulk_load, insert_new
from jetkiz.storage.column_types import week_number
from jetkiz.storage.many_values import among

CHUNK: Final = 50_000
_ATTEMPT: Final = 1
_BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_END: Final = struct.pack("!h", -1)
# The columns of a row, and how PostgreSQL is told of each.
_COLUMNS: Final = {
    "student_id": ">i4",
    "school_id": ">i4",
    "template_id": ">i4",
    "week": ">i2",
    "attempt": ">i2",
}
# Every row begins with the number of its columns, and every column with that of its bytes.
_ROW: Final = np.dtype(
    [("columns", ">i2")]
    + [one for name, kind in _COLUMNS.items() for one in ((f"{name}.size", ">i4"), (name, kind))]
)

Numbers = NDArray[np.integer]
_Columns = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class WeekTemplate:
    """A plan that many students share: the lessons by slot, and its rows of bytes."""

    lessons: tuple[int, ...]
    channels: bytes
    reasons: bytes
    fallbacks: bytes = b""


def load_week(
    connection: Connection,
    week: str,
    run: int,
    templates: Sequence[WeekTemplate],
    columns: tuple[Numbers, Numbers, Numbers],
) -> int:
    """Write the first attempt of every student-week; a student who is there already is an error.

    ``columns`` are the students, their schools, and for each the place of its template.
    Returns the number of student-weeks.
    """
    students, schools, of = columns
    _refuse_wide(students)
    _refuse_wide(schools)
    numbers = np.array(_template_numbers(connection, week, run, templates), dtype=np.int64)
    rows = {
        "student_id": students,
        "school_id": schools,
        "template_id": numbers[of],
        "week": np.broadcast_to(week_number(week), len(students)),
        "attempt": np.broadcast_to(_ATTEMPT, len(students)),
    }
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
        connection.execute(text("ANALYZE student_week, plan_template"))
    else:
        _insert(connection, rows)
        connection.execute(text("ANALYZE student_week"))
    return len(students)


def _refuse_wide(numbers: Numbers) -> None:
    """Refuse numbers that the ledger has no room for, which would become other numbers there."""
    most = np.iinfo(np.int32).max
    if len(numbers) and not 0 < int(numbers.min()) <= int(numbers.max()) <= most:
        raise JetkizError(
            N_("Students and schools have numbers from 1 to {most}; {number} is none of them."),
            N_("Give them other numbers in the folder."),
            most=most,
            number=int(numbers.min()) if int(numbers.min()) <= 0 else int(numbers.max()),
        )


def refuse_loaded(connection: Connection, week: str) -> None:
    """Refuse a week of which anything is in the ledger already."""
    c = student_week.c
    found = connection.scalar(select(func.count()).select_from(student_week).where(c.week == week))
    if found:
        raise JetkizError(
            N_("Week {week} is in the ledger already, with {n} students."),
            N_("Take that plan back first; a whole week is never mixed with another."),
            week=week,
            n=found,
        )


def _template_numbers(
    connection: Connection, week: str, run: int, templates: Sequence[WeekTemplate]
) -> list[int]:
    """Write curricula and templates, and return the number of each template."""
    curricula = {
        lessons: _curriculum(connection, week, lessons)
        for lessons in sorted({one.lessons for one in templates})
    }
    names = ("curriculum_id", "channels", "reasons", "fallbacks")
    keys = [(curricula[t.lessons], t.channels, t.reasons, t.fallbacks) for t in templates]
    rows = [{"run_id": run} | dict(zip(names, key, strict=True)) for key in keys]
    insert_new(connection, plan_template, rows, ["run_id", *names])
    c = plan_template.c
    found = connection.execute(
        select(c.id, *(c[name] for name in names)).where(
            c.run_id == run, among(c.curriculum_id, set(curricula.values()))
        )
    )
    known = {tuple(row[1:]): row[0] for row in found}
    return [known[key] for key in keys]


def _curriculum(connection: Connection, week: str, lessons: tuple[int, ...]) -> int:
    name = lessons_hash(lessons)
    row = {"week": week, "lessons_hash": name}
    is_new = insert_new(connection, curriculum, [row], ["week", "lessons_hash"])
    c = curriculum.c
    where = (c.week == week, c.lessons_hash == name)
    number: int = connection.execute(select(c.id).where(*where)).scalar_one()
    if is_new:
        slots = [
            {"curriculum_id": number, "slot": slot, "lesson_id": lesson}
            for slot, lesson in enumerate(lessons)
        ]
        bulk_load(connection, curriculum_slot, slots)
    return number


def _parts(rows: _Columns) -> Iterator[_Columns]:
    count = len(rows["student_id"])
    for start in range(0, count, CHUNK):
        yield {name: column[start : start + CHUNK] for name, column in rows.items()}


def _insert(connection: Connection, rows: _Columns) -> None:
    # Rows without names for the driver itself: three times as fast as through the layers above it.
    statement = student_week.insert().compile(connection, column_keys=list(rows))
    for part in _parts(rows):
        lines = zip(*(column.tolist() for column in part.values()), strict=True)
        connection.exec_driver_sql(str(statement), list(lines))


def _copy(connection: Connection, rows: _Columns) -> None:
    """Send the rows in the database's own form: many times as fast as text."""
    cursor = connection.connection.cursor()
    names = ", ".join(rows)
    with cursor.copy(f"COPY student_week ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_BEGIN)
        for part in _parts(rows):
            copy.write(_wire(part))
        copy.write(_END)


def _wire(part: _Columns) -> bytes:
    found = np.empty(len(part["student_id"]), dtype=_ROW)
    found["columns"] = len(part)
    for name, column in part.items():
        found[f"{name}.size"] = found.dtype[name].itemsize
        found[name] = column
    return found.tobytes()
