"""How the teacher's mark and words are kept, and which of them have yet to go home."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    cast,
    exists,
    func,
    literal,
    select,
    update,
)

from jetkiz.delivery.tables import consignment
from jetkiz.errors import JetkizError
from jetkiz.homework.model import ACCEPTED, AGAIN, Feedback, HomeworkReturn, ReturnState
from jetkiz.homework.returns import Sign, read_returns, tell_ledger
from jetkiz.homework.tables import feedback, feedback_file, homework_return
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

MARKS = {"five": ("5", "4", "3", "2"), "done": (ACCEPTED, AGAIN)}
MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Marking:
    """What a teacher says to a return; ``key`` names the act, so that it may come twice.

    Without a mark it is an answer only: the work still waits for its mark. ``files`` are
    recordings and photos, each by its hash with its media type.
    """

    homework_return: int
    mark: str
    words: str
    by: str
    key: str
    files: tuple[tuple[str, str], ...] = ()


def give_feedback(connection: Connection, marking: Marking, now: datetime) -> Feedback:
    """Keep a mark and words on a return and tell the ledger; the same key twice counts once."""
    number = marking.homework_return
    found = read_returns(connection, numbers=[number])
    if not found or found[0].state == ReturnState.DRAFT:
        raise JetkizError(
            N_("There is no handed-in work with the number {number}."),
            N_("Open the queue again: it may have been replaced by a newer version."),
            number=number,
        )
    _check(marking)
    row = {
        "key": marking.key,
        "return_id": number,
        "mark": marking.mark,
        "words": marking.words,
        "by": marking.by,
        "at": now,
    }
    is_new = insert_new(connection, feedback, [row], ["key"]) == 1
    kept = connection.scalar(select(feedback.c.id).where(feedback.c.key == marking.key))
    if is_new:
        _keep_files(connection, kept or 0, marking)
    if is_new and marking.mark:
        _mark(connection, found[0], marking, now)
    return next(one for one in read_feedback(connection, [number]) if one.id == kept)


def _keep_files(connection: Connection, number: int, marking: Marking) -> None:
    rows = [
        {"feedback_id": number, "sha256": sha256, "media_type": media_type}
        for sha256, media_type in marking.files
    ]
    if rows:
        insert_new(connection, feedback_file, rows, ["feedback_id", "sha256"])


def answered_return(connection: Connection, key: str) -> int:
    """Return to which work an act of this key spoke; 0 when there was none."""
    c = feedback.c
    return connection.scalar(select(c.return_id).where(c.key == key)) or 0


def add_to_feedback(connection: Connection, marking: Marking) -> bool:
    """Put a further part to what the act of this key said; False once that is on its way home."""
    c = feedback.c
    row = connection.execute(
        select(c.id, c.words).where(c.key == marking.key, ~_is_sent()).with_for_update()
    ).first()
    words = "\n".join(part for part in (row.words, marking.words) if part) if row else ""
    if row is None or len(words) > MOST_WORDS:
        return False
    connection.execute(update(feedback).where(c.id == row.id).values(words=words))
    _keep_files(connection, row.id, marking)
    return True


def _check(marking: Marking) -> None:
    mark, words = marking.mark, marking.words
    is_answer = not mark and bool(words.strip() or marking.files)
    if not is_answer and mark not in {known for scale in MARKS.values() for known in scale}:
        raise JetkizError(
            N_("{mark} is not a mark."), N_("Choose one of the marks shown."), mark=mark or "—"
        )
    if len(words) > MOST_WORDS:
        raise JetkizError(
            N_("The words to the student have {n} letters; {most} fit."),
            N_("Shorten them, or say the rest in another message."),
            n=len(words),
            most=MOST_WORDS,
        )


def _mark(connection: Connection, work: HomeworkReturn, marking: Marking, now: datetime) -> None:
    marked = update(homework_return).where(homework_return.c.id == work.id)
    connection.execute(marked.values(state=int(ReturnState.MARKED)))
    sign = Sign.of_mark(marking.key, work.student, work.lesson, marking.by)
    tell_ledger(connection, sign, now)


def read_feedback(
    connection: Connection,
    returns: Iterable[int] | None = None,
    numbers: Iterable[int] | None = None,
) -> list[Feedback]:
    """Return feedback, newest first; all, or by the numbers of returns or its own."""
    c = feedback.c
    query = select(feedback).order_by(c.id.desc())
    if returns is not None:
        query = query.where(among(c.return_id, returns))
    if numbers is not None:
        query = query.where(among(c.id, numbers))
    return _with_files(connection, query)


def _with_files(connection: Connection, query: Select[Any]) -> list[Feedback]:
    rows = connection.execute(query).all()
    c = feedback_file.c
    files: dict[int, list[tuple[str, str]]] = defaultdict(list)
    kept = select(feedback_file).where(among(c.feedback_id, [row.id for row in rows]))
    for file in connection.execute(kept.order_by(c.id)) if rows else ():
        files[file.feedback_id].append((file.sha256, file.media_type))
    return [replace(_feedback(row), files=tuple(files[row.id])) for row in rows]


def newest_feedback(connection: Connection, students: Iterable[int], most: int) -> list[Feedback]:
    """Return the last feedback on each work of some students, newest first, ``most`` at most."""
    c = feedback.c
    last = func.max(c.id)
    numbers = (
        select(last)
        .join_from(feedback, homework_return)
        .where(among(homework_return.c.student_id, students), c.mark != "")
        .group_by(c.return_id)
        .order_by(last.desc())
        .limit(most)
    )
    query = select(feedback).where(c.id.in_(numbers)).order_by(c.id.desc())
    return [_feedback(row) for row in connection.execute(query)]


def consignment_key(number: int) -> str:
    """Return the key under which a feedback goes home, whatever the channel."""
    return f"feedback:{number}"


def unsent_feedback(connection: Connection) -> list[Feedback]:
    """Return feedback that has no consignment yet, oldest first."""
    rows = connection.execute(select(feedback).where(~_is_sent()).order_by(feedback.c.id))
    return [_feedback(row) for row in rows]


def _is_sent() -> ColumnElement[bool]:
    key = literal(consignment_key(0)[:-1]) + cast(feedback.c.id, String)
    return exists(select(consignment.c.id).where(consignment.c.key == key))


def _feedback(row: Any) -> Feedback:
    return Feedback(row.id, row.return_id, row.mark, row.words, row.by, row.at)
