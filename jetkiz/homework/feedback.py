"""How the teacher's mark and words are kept, and which of them have yet to go home."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.homework.model import Feedback, HomeworkReturn, ReturnState
from jetkiz.homework.returns import read_returns, tell_ledger
from jetkiz.homework.tables import feedback, homework_return
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new

MARKS = {"five": ("5", "4", "3", "2"), "done": ("done", "again")}
MOST_WORDS = 2_000


def give_feedback(
    connection: Connection,
    number: int,
    mark: str,
    words: str,
    by: str,
    now: datetime,
    key: str,
) -> Feedback:
    """Keep a mark and words on a return and tell the ledger; the same key twice counts once."""
    found = read_returns(connection, numbers=[number])
    if not found or found[0].state == ReturnState.DRAFT:
        raise JetkizError(
            N_("There is no handed-in work with the number {number}."),
            N_("Open the queue again: it may have been replaced by a newer version."),
            number=number,
        )
    _check(mark, words)
    row = {"key": key, "return_id": number, "mark": mark, "words": words, "by": by, "at": now}
    if insert_new(connection, feedback, [row], ["key"]):
        _mark(connection, found[0], key, now, by)
    return next(one for one in read_feedback(connection, [number]) if one.by == by)


def _check(mark: str, words: str) -> None:
    if mark not in {known for scale in MARKS.values() for known in scale}:
        raise JetkizError(
            N_("{mark} is not a mark."), N_("Choose one of the marks shown."), mark=mark
        )
    if len(words) > MOST_WORDS:
        raise JetkizError(
            N_("The words to the student have {n} letters; {most} fit."),
            N_("Shorten them, or say the rest in another message."),
            n=len(words),
            most=MOST_WORDS,
        )


def _mark(
    connection: Connection, work: HomeworkReturn, key: str, now: datetime, by: str
) -> None:
    c = homework_return.c
    marked = update(homework_return).where(c.id == work.id)
    connection.execute(marked.values(state=int(ReturnState.MARKED)))
    tell_ledger(connection, work.student, work.lesson, State.MARKED, f"mark:{key}", now, by)


def read_feedback(
    connection: Connection, returns: Iterable[int] | None = None
) -> list[Feedback]:
    """Return feedback, newest first; of all returns or of those with the given numbers."""
    c = feedback.c
    query = select(feedback).order_by(c.id.desc())
    if returns is not None:
        query = query.where(c.return_id.in_(list(returns)))
    return [
        Feedback(row.id, row.return_id, row.mark, row.words, row.by, row.at)
        for row in connection.execute(query)
    ]
