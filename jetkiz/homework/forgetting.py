"""How long pages are kept after marking: as many days as the school wants, then they are deleted.

Marks, words and versions stay; a page that other work still shows is kept for that.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from jetkiz.homework.model import ReturnState
from jetkiz.homework.tables import feedback, homework_return, return_page
from jetkiz.storage.files import FileStore
from jetkiz.storage.many_values import among


def forget_marked(connection: Connection, files: FileStore, before: datetime) -> int:
    """Delete the pages of work whose last mark was given before a moment; return how many.

    Files go first: broken off half way, the next night deletes the rest and the rows with them.
    """
    w, p = homework_return.c, return_page.c
    of_task = homework_return.alias("of_task")
    newest = (
        select(func.max(of_task.c.version))
        .where(of_task.c.student_id == w.student_id, of_task.c.lesson_id == w.lesson_id)
        .scalar_subquery()
    )
    newest_marked = (
        select(func.max(of_task.c.version))
        .where(
            of_task.c.student_id == w.student_id,
            of_task.c.lesson_id == w.lesson_id,
            of_task.c.state == ReturnState.MARKED,
        )
        .scalar_subquery()
    )
    marked, said = homework_return.alias("marked"), feedback.c
    last = (
        select(func.max(said.at))
        .join_from(feedback, marked, marked.c.id == said.return_id)
        .where(marked.c.student_id == w.student_id, marked.c.lesson_id == w.lesson_id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(p.id, p.sha256)
        .join_from(return_page, homework_return)
        .where(newest == newest_marked, last < before, p.sha256 != "")
    ).all()
    numbers, names = [row.id for row in rows], {row.sha256 for row in rows}
    others = select(p.sha256).where(among(p.sha256, names), ~among(p.id, numbers))
    for name in names - set(connection.scalars(others)):
        files.forget(name)
    values = {"removed": True, "sha256": "", "note": ""}
    connection.execute(update(return_page).where(among(p.id, numbers)).values(values))
    return len(numbers)
