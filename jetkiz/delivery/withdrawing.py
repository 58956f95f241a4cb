"""When a published week may still be taken back: only before anything was handed over."""

from sqlalchemy import Connection, delete, func, select

from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.tables import (
    attempt,
    batch,
    consignment,
    consignment_content,
    receipt,
    student_week,
)
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


def withdraw_week(connection: Connection, week: str) -> int:
    """Take a week out of the ledger as if it had not been published; return its student-weeks.

    Refused as soon as anything was handed over or any evidence has come: nothing is unsent.
    """
    batches = select(batch.c.id).where(batch.c.week == week)
    if has_begun(connection, week):
        raise JetkizError(
            N_("Lessons of week {week} have been handed over: its plan cannot be replaced."),
            N_("Decide single lessons by hand with: jetkiz plan override."),
            week=week,
        )
    inside = select(consignment.c.id).where(consignment.c.batch_id.in_(batches))
    connection.execute(
        delete(consignment_content).where(consignment_content.c.consignment_id.in_(inside))
    )
    connection.execute(delete(consignment).where(consignment.c.batch_id.in_(batches)))
    connection.execute(delete(batch).where(batch.c.week == week))
    return connection.execute(delete(student_week).where(student_week.c.week == week)).rowcount


def has_begun(connection: Connection, week: str) -> bool:
    """Return whether anything of a week was handed over, or any evidence of it has come."""
    batches = select(batch.c.id).where(batch.c.week == week)
    questions = (
        select(func.count()).select_from(receipt).where(receipt.c.week == week),
        select(func.count())
        .select_from(batch)
        .where(batch.c.week == week, batch.c.state != BatchState.WAITING),
        select(func.count()).select_from(attempt).where(attempt.c.batch_id.in_(batches)),
    )
    return any(connection.scalar(question) for question in questions)
