"""What a sender changes in a draft: the order of its pages, the words to them, a page itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from jetkiz.errors import JetkizError
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import find_draft, touch
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


def move_up(
    connection: Connection, student: int, lesson: int, page: int, channel: str, now: datetime
) -> bool:
    """Let a page of the open draft, counted from 1 among those of a channel, change its place.

    It goes one up; False when it stands first or there is none.
    """
    draft = find_draft(connection, student, lesson)
    c = return_page.c
    shown = (c.return_id == draft, c.channel == channel, ~c.removed)
    rows = connection.execute(select(c.id, c.number).where(*shown).order_by(c.number, c.id)).all()
    if draft is None or not 2 <= page <= len(rows):
        return False
    touch(connection, draft, now)
    above, below = rows[page - 2], rows[page - 1]
    for row, number in ((above, below.number), (below, above.number)):
        connection.execute(update(return_page).where(c.id == row.id).values(number=number))
    return True


def change_note(
    connection: Connection,
    students: Iterable[int],
    beginning: str,
    note: str,
    now: datetime,
    sha256: str = "",
) -> tuple[int, int] | None:
    """Keep what somebody wrote anew to a page of unmarked work; return whose work and which.

    ``beginning`` is that of the page's key, which names the message it came by. With ``sha256`` the
    page itself is another one now.
    """
    c, w = return_page.c, homework_return.c
    row = connection.execute(
        select(c.id, c.return_id, w.student_id, w.lesson_id)
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
    touch(connection, row.return_id, now)
    values = {"note": note} | ({"sha256": sha256} if sha256 else {})
    connection.execute(update(return_page).where(c.id == row.id).values(values))
    return row.student_id, row.lesson_id


def has_page(connection: Connection, beginning: str) -> bool:
    """Whether a page came by the message whose key begins so."""
    named = return_page.c.key.startswith(beginning, autoescape=True)
    return connection.scalar(select(return_page.c.id).where(named).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page of an open draft, and the key that names how it came."""

    id: int
    key: str
    draft: int
    student: int
    lesson: int


def sent_pages(connection: Connection, students: Iterable[int], place: int) -> list[SentPage]:
    """Return the pages of open drafts that came by a message with this number, newest first.

    Each chat counts its own messages: whose message it was, the key tells.
    """
    c, w = return_page.c, homework_return.c
    rows = connection.execute(
        select(c.id, c.key, c.return_id, w.student_id, w.lesson_id)
        .join_from(return_page, homework_return)
        .where(among(w.student_id, students), w.state == ReturnState.DRAFT)
        .where(c.place == place, ~c.removed)
        .order_by(c.id.desc())
    )
    return [SentPage(*row) for row in rows]


def replace_page(connection: Connection, old: SentPage, page: Page, now: datetime) -> None:
    """Put another page in the place of one."""
    touch(connection, old.draft, now)
    values = {
        "key": page.key,
        "sha256": page.sha256,
        "media_type": page.media_type,
        "note": page.note,
        "hints": " ".join(page.hints),
        "sheets": page.sheets,
    }
    connection.execute(update(return_page).where(return_page.c.id == old.id).values(values))


def swap_page(connection: Connection, key: str, page: Page) -> bool:
    """Show a clearer picture in the place of a page of unmarked work; the old one is kept, unseen.

    False when the work was marked, or the page taken out, meanwhile.
    """
    c = return_page.c
    row = _newest(connection, key)
    if row is None or row.state == ReturnState.MARKED or row.removed:
        return False
    values = {"sha256": page.sha256, "media_type": page.media_type, "note": page.note}
    connection.execute(
        update(return_page).where(c.id == row.id).values({"key": page.key, **values})
    )
    _put_unseen(connection, row, {name: getattr(row, name) for name in ("key", *values)})
    return True


def put_beside(connection: Connection, key: str, page: Page) -> None:
    """Keep a second picture of a page, unseen, for as long as what is taken out of work is kept."""
    row = _newest(connection, key)
    if row is None:
        return
    values = {"sha256": page.sha256, "media_type": page.media_type, "note": page.note}
    _put_unseen(connection, row, {"key": page.key, **values})


def _newest(connection: Connection, key: str) -> Any:
    """Return a page by its key, of the newest version of a work into which it was taken along."""
    c, w = return_page.c, homework_return.c
    return connection.execute(
        select(return_page, w.state)
        .join_from(return_page, homework_return)
        .where(or_(c.key == key, c.key.startswith(f"{key}:v", autoescape=True)))
        .order_by(w.version.desc(), c.id.desc())
        .limit(1)
    ).first()


def _put_unseen(connection: Connection, beside: Any, values: dict[str, Any]) -> None:
    row = {c.name: getattr(beside, c.name) for c in return_page.c if c.name != "id"}
    insert_new(connection, return_page, [row | values | {"removed": True}], ["key"])


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A page that was taken out of a work as if it had never been put there."""

    sha256: str
    student: int
    lesson: int


def take_back_pages(connection: Connection, beginning: str) -> TakenBack | None:
    """Take back the pages whose keys begin so; marked work is left, and refuses in words.

    A work that was handed in and holds nothing any more waits for pages again.
    """
    c, w = return_page.c, homework_return.c
    rows = connection.execute(
        select(c.id, c.sha256, c.return_id, w.student_id, w.lesson_id, w.state)
        .join_from(return_page, homework_return)
        .where(c.key.startswith(beginning, autoescape=True))
    ).all()
    if any(row.state == ReturnState.MARKED for row in rows):
        raise JetkizError(
            N_("The teacher has already marked this work."),
            N_("Let the teacher know; the page stays where it is."),
        )
    connection.execute(delete(return_page).where(among(c.id, [row.id for row in rows])))
    works = {row.return_id for row in rows}
    filled = select(c.return_id).where(among(c.return_id, works), ~c.removed)
    empty = works - set(connection.scalars(filled))
    again = {"state": int(ReturnState.DRAFT), "handed_in_at": None}
    connection.execute(update(homework_return).where(among(w.id, empty)).values(again))
    first = rows[0] if rows else None
    return TakenBack(first.sha256, first.student_id, first.lesson_id) if first else None
