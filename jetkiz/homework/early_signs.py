"""Work and marks that came before the plan of their week: the ledger hears of them afterwards."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import Sign, tell_ledger
from jetkiz.homework.tables import feedback, homework_return
from jetkiz.lessons.tables import lesson


def tell_early_signs(connection: Connection, week: str) -> int:
    """Tell the ledger what it could not hear while the week had no plan; return how many signs.

    What it has heard already stands as it is.
    """
    signs = [*_returns(connection, week), *_marks(connection, week)]
    return sum(tell_ledger(connection, sign, at) for sign, at in signs)


def _returns(connection: Connection, week: str) -> Iterator[tuple[Sign, datetime]]:
    c = homework_return.c
    query = (
        select(c.id, c.student_id, c.lesson_id, c.handed_in_at)
        .join_from(homework_return, lesson, lesson.c.id == c.lesson_id)
        .where(lesson.c.week == week, c.state != ReturnState.DRAFT)
        .order_by(c.id)
    )
    for row in connection.execute(query):
        yield Sign.of_return(row.id, row.student_id, row.lesson_id, "filed"), row.handed_in_at


def _marks(connection: Connection, week: str) -> Iterator[tuple[Sign, datetime]]:
    c, work = feedback.c, homework_return.c
    query = (
        select(c.key, c.by, c.at, work.student_id, work.lesson_id)
        .join_from(feedback, homework_return)
        .join(lesson, lesson.c.id == work.lesson_id)
        .where(lesson.c.week == week, c.mark != "")
        .order_by(c.id)
    )
    for row in connection.execute(query):
        yield Sign.of_mark(row.key, row.student_id, row.lesson_id, row.by), row.at
