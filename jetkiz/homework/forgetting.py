"""How long pages are kept after marking: as many days as the school wants, then they are deleted.

Marks, words and versions stay; a page that anything else still shows is kept for that. What nothing
shows any more goes too: the copy of somebody's data, the files of a question that was deleted.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select, update

from jetkiz.homework.model import ReturnState
from jetkiz.homework.tables import feedback, homework_return, return_page
from jetkiz.storage.files import FileStore
from jetkiz.storage.many_values import among
from jetkiz.storage.named_files import named

# So many that nothing shows are the work of a few days; more are the sign of another database.
_FEW: Final = 20
_SHARE: Final = 0.2

# Between a file's arrival and the row that names it lies a moment; an hour if the database is busy.
JUST_NOW: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many pages nobody sees any more, and how many of their files wait for a later night."""

    pages: int
    files_later: int


def forget_marked(
    connection: Connection, files: FileStore, before: datetime, today: date, since: datetime
) -> int:
    """Delete the pages of work whose last mark was given before a moment; return how many.

    Files go before the rows are kept: broken off half way, the next night deletes the rest.
    One that came again ``since`` stays for the row that will name it in a moment.
    """
    w = homework_return.c
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
    which = newest == newest_marked, last < before
    return _delete(connection, files, today, since, *which).pages


def delete_work(
    connection: Connection, files: FileStore, student: int, today: date, since: datetime
) -> Deleted:
    """Delete every page that a student handed in, whatever was said of it.

    Of a file that came ``since`` nobody can tell whether another row will name it in a moment.
    """
    w = homework_return.c
    handed_in = w.state != ReturnState.DRAFT
    return _delete(connection, files, today, since, w.student_id == student, handed_in)


def forget_taken_out(
    connection: Connection, files: FileStore, before: datetime, today: date, since: datetime
) -> int:
    """Delete the pages that somebody sent before a moment and took out again; return how many."""
    p = return_page.c
    return _delete(connection, files, today, since, p.removed, p.at < before).pages


def _delete(
    connection: Connection,
    files: FileStore,
    today: date,
    since: datetime,
    *which: ColumnElement[bool],
) -> Deleted:
    p = return_page.c
    rows = connection.execute(
        select(p.id, p.sha256).join_from(return_page, homework_return).where(*which, p.sha256 != "")
    ).all()
    numbers, names = [row.id for row in rows], {row.sha256 for row in rows}
    values = {"removed": True, "sha256": "", "note": ""}
    connection.execute(update(return_page).where(among(p.id, numbers)).values(values))
    unnamed = names - named(connection, names)
    later = {name for name in unnamed if files.is_brought_since(name, since)}
    files.forget(unnamed - later, today)
    return Deleted(len(numbers), len(later))


def forget_unnamed(
    connection: Connection, files: FileStore, there: set[str], before: datetime, today: date
) -> int:
    """Delete of what is ``there``, sent before a moment, what nothing shows; return how many files.

    Where very much seems to be such, the database is not the one of these files: all stays.
    """
    unnamed = there - named(connection, there)
    if len(unnamed) > max(_FEW, _SHARE * len(there)):
        log.warning("files_unnamed_and_kept files=%d of=%d", len(unnamed), len(there))
        return 0
    # One that was sent again a moment ago will have a row in a moment.
    gone = {name for name in unnamed if files.is_older(name, before)}
    files.forget(gone, today)
    return len(gone)
