"""In which order the pages of a draft lie, and what is written to them, as the sender wishes."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import find_draft
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.storage.many_values import among


def move_up(connection: Connection, student: int, lesson: int, page: int, channel: str) -> bool:
    """Let a page of the open draft, counted from 1 among those of a channel, change its place.

    It goes one up; False when it stands first or there is none.
    """
    draft = find_draft(connection, student, lesson)
    c = return_page.c
    shown = (c.return_id == draft, c.channel == channel, ~c.removed)
    rows = connection.execute(select(c.id, c.number).where(*shown).order_by(c.number, c.id)).all()
    if not 2 <= page <= len(rows):
        return False
    above, below = rows[page - 2], rows[page - 1]
    for row, number in ((above, below.number), (below, above.number)):
        connection.execute(update(return_page).where(c.id == row.id).values(number=number))
    return True


def change_note(
    connection: Connection, students: Iterable[int], beginning: str, note: str
) -> tuple[int, int] | None:
    """Keep what somebody wrote anew to a page of unmarked work; return whose work and which.

    ``beginning`` is that of the page's key, which names the message it came by.
    """
    c, w = return_page.c, homework_return.c
    row = connection.execute(
        select(c.id, w.student_id, w.lesson_id)
        .join_from(return_page, homework_return)
        .where(
            c.key.startswith(beginning, autoescape=True),
            among(w.student_id, students),
            w.state != ReturnState.MARKED,
            ~c.removed,
        )
        .order_by(c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    connection.execute(update(return_page).where(c.id == row.id).values(note=note))
    return row.student_id, row.lesson_id
