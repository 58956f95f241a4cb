"""How work on a task stands, by the newest version handed in: unseen, marked, or once more."""

from collections.abc import Iterable
from enum import IntEnum

from sqlalchemy import Connection, select

from jetkiz.homework.model import AGAIN, ReturnState
from jetkiz.homework.tables import feedback, homework_return
from jetkiz.storage.many_values import among


class Standing(IntEnum):
    """What came of the newest version that was handed in."""

    HANDED_IN = 1  # the teacher has yet to look at it
    MARKED = 2  # the teacher marked it
    ONCE_MORE = 3  # the teacher asks for it once more


def read_standings(
    connection: Connection, student: int, lessons: Iterable[int]
) -> dict[int, Standing]:
    """Return how a student's work stands, by lesson; what never came back has no line.

    An answer without a mark changes nothing, and neither does a draft.
    """
    c, said = homework_return.c, feedback.c
    last_mark = (
        select(said.mark)
        .where(said.return_id == c.id, said.mark != "")
        .order_by(said.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(c.lesson_id, c.state, last_mark.label("mark"))
        .where(c.student_id == student, among(c.lesson_id, lessons), c.state != ReturnState.DRAFT)
        .order_by(c.version)
    )
    return {row.lesson_id: _standing(ReturnState(row.state), row.mark or "") for row in rows}


def _standing(state: ReturnState, mark: str) -> Standing:
    if state != ReturnState.MARKED:
        return Standing.HANDED_IN
    return Standing.ONCE_MORE if mark == AGAIN else Standing.MARKED
