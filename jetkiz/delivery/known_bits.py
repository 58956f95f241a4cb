"""How what is known of many student-weeks changes at once, while others write as well."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import or_
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.delivery.known import NOTHING_KNOWN, RUNGS, Bitmaps
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import student_week
from jetkiz.storage.bulk_load import change_rows
from jetkiz.storage.many_values import among

_RUNG: Final = {state: rung for rung, (_, state) in enumerate(RUNGS)}
# All setbacks stand on one rung; receipts say which it was.
_RUNG_OF: Final = {one: _RUNG[State.FAILED] if one.is_setback else _RUNG.get(one) for one in State}

# Week, student and attempt: the key of a student-week.
Place = tuple[str, int, int]


class Bits:
    """The bits of some student-weeks: for each place a bitmap a rung."""

    def __init__(self) -> None:
        self.places: dict[Place, list[int]] = {}

    def add(self, place: Place, state: State, mask: int) -> None:
        """Add the lessons of a mask to those of which a state is known."""
        rung = _RUNG_OF[state]
        if rung is not None and mask:
            self.places.setdefault(place, list(NOTHING_KNOWN))[rung] |= mask

    def of(self, place: Place) -> Bitmaps:
        """Return the bitmaps of a student-week, empty ones if nothing was added."""
        return tuple(self.places.get(place, NOTHING_KNOWN))


def set_bits(connection: Connection, bits: Bits) -> None:
    """Add bits to those that are set; a row that has them all is not written."""
    students: dict[str, list[int]] = defaultdict(list)
    for week, student, _ in bits.places:
        students[week].append(student)
    for week in sorted(students):
        changed = {
            place: joined
            for place, known in held(connection, week, students[week]).items()
            for joined in [tuple(map(or_, known, bits.of(place)))]
            if joined != known
        }
        write_known(connection, changed)


def held(
    connection: Connection, week: str, students: Iterable[int] | None = None
) -> dict[Place, Bitmaps]:
    """Return what is known of student-weeks, which nobody else may change until we are done.

    All writers take the rows in one order: on PostgreSQL two who take the same rows in different
    orders would wait for each other for ever.
    """
    c = student_week.c
    query = (
        select(c.student_id, c.attempt, c.known)
        .where(c.week == week)
        .order_by(c.student_id, c.attempt)
        .with_for_update()
    )
    if students is not None:
        query = query.where(among(c.student_id, students))
    rows = connection.execute(query)
    return {(week, row.student_id, row.attempt): row.known for row in rows}


def write_known(connection: Connection, changed: Mapping[Place, Bitmaps]) -> None:
    """Write what is known of student-weeks in the place of what was."""
    rows = [
        {"week": week, "student_id": student, "attempt": attempt, "known": known}
        for (week, student, attempt), known in changed.items()
    ]
    change_rows(connection, student_week, rows, ["week", "student_id", "attempt"])
