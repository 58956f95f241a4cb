"""What has been heard of single lessons: their receipts, opened one by one."""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from jetkiz.delivery.ledger import slots_in
from jetkiz.delivery.slots import slots_of
from jetkiz.delivery.tables import receipt


def receipt_lessons(connection: Connection, week: str, student: int) -> list[tuple[Any, list[int]]]:
    """Return the receipts of one student-week, oldest first, each with its lessons."""
    rows = connection.execute(_RECEIPTS, {"week": week, "student": student}).all()
    places = slots_in(connection, {(week, student, row.attempt) for row in rows})
    found = []
    for row in rows:
        by_slot = {s: lesson for lesson, s in places.get((week, student, row.attempt), {}).items()}
        found.append((row, [by_slot[slot] for slot in slots_of(row.slots) if slot in by_slot]))
    return found


_RECEIPTS: Final = (
    select(receipt)
    .where(receipt.c.week == bindparam("week"), receipt.c.student_id == bindparam("student"))
    .order_by(receipt.c.at, receipt.c.id)
)
