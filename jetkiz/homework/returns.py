"""How work that comes back is filed: to student and task, each page once, sealed by an act.

Work may come back by another way than the lesson went out, so a return belongs to
student and lesson, never to a delivery.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select, update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.homework.model import AGAIN, SCAN, HomeworkReturn, Page, ReturnState
from jetkiz.homework.tables import feedback, homework_return, return_page
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn


def add_page(connection: Connection, student: int, lesson: int, page: Page, now: datetime) -> bool:
    """Put a page into the open draft of student and lesson; False when its key was known.

    A page after handing in opens the next version.
    """
    _take_turn(connection, student, lesson)
    known = select(return_page.c.id).where(return_page.c.key == page.key)
    if connection.scalar(known) is not None:
        return False
    draft = open_draft(connection, student, lesson, now)
    row = {
        "return_id": draft,
        "key": page.key,
        "number": page.number or _free_number(connection, draft, page),
        "sha256": page.sha256,
        "media_type": page.media_type,
        "channel": page.channel,
        "note": page.note,
        "hints": " ".join(page.hints),
        "sheets": page.sheets,
        "album": page.album,
        "place": page.place,
        "removed": False,
        "at": now,
    }
    return insert_new(connection, return_page, [row], ["key"]) == 1


def _take_turn(connection: Connection, student: int, lesson: int) -> None:
    """Let nobody seal the draft while a page is put into it, or open a second one beside it."""
    take_turn(connection, f"homework:{student}:{lesson}")


def open_draft(connection: Connection, student: int, lesson: int, now: datetime) -> int:
    """Return the number of the open draft of student and lesson, opening one if there is none."""
    _take_turn(connection, student, lesson)
    c = homework_return.c
    last = connection.execute(
        select(c.id, c.version, c.state)
        .where(c.student_id == student, c.lesson_id == lesson)
        .order_by(c.version.desc())
        .limit(1)
    ).first()
    if last and last.state == ReturnState.DRAFT:
        return int(last.id)
    row = {
        "student_id": student,
        "lesson_id": lesson,
        "version": last.version + 1 if last else 1,
        "state": int(ReturnState.DRAFT),
        "started_at": now,
        "is_late": False,
    }
    key = connection.execute(homework_return.insert().values(row)).inserted_primary_key
    return int(key[0]) if key else 0


def _free_number(connection: Connection, draft: int, page: Page) -> int:
    """Return the number of the next page; a part of an album stands before its later parts."""
    c = return_page.c
    later = c.album == page.album, c.place > page.place, c.album != ""
    before = connection.scalar(select(func.min(c.number)).where(c.return_id == draft, *later))
    if before is not None:
        behind = c.return_id == draft, c.number >= before, ~c.key.startswith(f"{SCAN}:")
        connection.execute(update(return_page).where(*behind).values(number=c.number + 1))
        return int(before)
    last = connection.scalar(select(func.max(c.number)).where(c.return_id == draft))
    return (last or 0) + 1


def join_earlier(connection: Connection, student: int, lesson: int, now: datetime) -> None:
    """Let a sheet that comes now lie with what was handed in before, in one newest version.

    Work that a teacher has marked is left as it is, unless it held other sheets of the paper.
    """
    _take_turn(connection, student, lesson)
    works = [one for one in read_returns(connection, students=[student]) if one.lesson == lesson]
    last = newest_handed_in(works, lesson)
    if last is None or any(one.state == ReturnState.DRAFT and one.pages for one in works):
        return
    has_sheets = any(page.is_scan for page in last.pages)
    is_marked = last.state == ReturnState.MARKED
    if is_marked and (not has_sheets or _last_mark(connection, last) == AGAIN):
        return
    for page in last.pages:
        again = replace(page, key=f"{page.key}:v{last.version + 1}")
        add_page(connection, student, lesson, again, now)


def newest_handed_in(works: Iterable[HomeworkReturn], lesson: int) -> HomeworkReturn | None:
    """Return the newest version of a lesson's work that was handed in, among a student's works."""
    mine = [one for one in works if one.lesson == lesson]
    sealed = [one for one in mine if one.state != ReturnState.DRAFT]
    return max(sealed, key=lambda one: one.version, default=None)


def _last_mark(connection: Connection, work: HomeworkReturn) -> str:
    c = feedback.c
    last = select(c.mark).where(c.return_id == work.id, c.mark != "").order_by(c.id.desc()).limit(1)
    return connection.scalar(last) or ""


def remove_last_page(connection: Connection, student: int, lesson: int, channel: str = "") -> bool:
    """Take the last page out of the open draft (it is kept, unseen); False if there is none.

    With a channel only what came by it is taken out.
    """
    draft = find_draft(connection, student, lesson)
    c = return_page.c
    newest = (c.number.desc(), c.id.desc())
    pages = select(c.id).where(c.return_id == draft, ~c.removed).order_by(*newest).limit(1)
    last = connection.scalar(pages.where(c.channel == channel) if channel else pages)
    if draft is None or last is None:
        return False
    connection.execute(update(return_page).where(c.id == last).values(removed=True))
    return True


def touch(connection: Connection, draft: int, now: datetime) -> None:
    """Note that somebody is at work on a draft, though no page of it comes or goes."""
    c = homework_return.c
    is_open = (c.id == draft, c.state == ReturnState.DRAFT)
    connection.execute(update(homework_return).where(*is_open).values(touched_at=now))


def find_draft(connection: Connection, student: int, lesson: int) -> int | None:
    """Return the number of the open draft, and hold it against others until the end."""
    _take_turn(connection, student, lesson)
    c = homework_return.c
    return connection.scalar(
        select(c.id).where(
            c.student_id == student, c.lesson_id == lesson, c.state == ReturnState.DRAFT
        )
    )


def hand_in(
    connection: Connection, student: int, lesson: int, today: date, now: datetime, source: str
) -> HomeworkReturn | None:
    """Seal the open draft as a version that counts; None when there is nothing to hand in.

    ``today`` is the local date of the work, which decides whether it is late. Handing in is
    also the strongest sign that the lesson arrived, so the ledger hears of it.
    """
    draft = find_draft(connection, student, lesson)
    if draft is None or not (work := read_returns(connection, numbers=[draft])[0]).pages:
        return None
    state = ReturnState.MARKED if _is_marked(connection, work) else ReturnState.HANDED_IN
    due = next((one.task.due for one in read_lessons(connection, only=[lesson]) if one.task), today)
    c = homework_return.c
    connection.execute(
        update(homework_return)
        .where(c.id == draft)
        .values(state=int(state), handed_in_at=now, is_late=today > due)
    )
    tell_ledger(connection, Sign.of_return(draft, student, lesson, source), now)
    return read_returns(connection, numbers=[draft])[0]


def _is_marked(connection: Connection, work: HomeworkReturn) -> bool:
    """Whether the teacher has marked this work already, handed in another way before its paper.

    The paper is kept as one more version and asks for no second mark.
    """
    works = read_returns(connection, students=[work.student])
    last = newest_handed_in(works, work.lesson)
    if last is None or last.state != ReturnState.MARKED:
        return False
    if not all(page.is_scan for page in work.pages):
        return False
    mark = _last_mark(connection, last)
    return not mark or (mark != AGAIN and not any(page.is_scan for page in last.pages))


@dataclass(frozen=True, slots=True)
class Sign:
    """What somebody did that shows how far a lesson came; ``key`` names the act."""

    student: int
    lesson: int
    state: State
    key: str
    source: str

    @classmethod
    def of_return(cls, number: int, student: int, lesson: int, source: str) -> "Sign":
        """Return the sign that work was handed in."""
        return cls(student, lesson, State.RETURNED, f"return:{number}", source)

    @classmethod
    def of_mark(cls, key: str, student: int, lesson: int, by: str) -> "Sign":
        """Return the sign that a teacher marked work."""
        return cls(student, lesson, State.MARKED, f"mark:{key}", by)


def tell_ledger(connection: Connection, sign: Sign, now: datetime) -> bool:
    """Record a sign as a receipt of the lesson's current attempt; False if it was known."""
    week = next((one.week for one in read_lessons(connection, only=[sign.lesson])), None)
    if week is None:
        return False
    week_states = lesson_states(connection, week, [sign.student])
    stands = [one for one in week_states if one.lesson == sign.lesson]
    if not stands:
        return False
    receipt = Receipt(
        key=sign.key,
        week=week,
        student=sign.student,
        lessons=(sign.lesson,),
        state=sign.state,
        channel=stands[0].channel or "",
        at=now,
        attempt=stands[0].attempt,
        source=sign.source,
    )
    return record_receipt(connection, receipt, now)


def read_returns(
    connection: Connection,
    states: Iterable[ReturnState] | None = None,
    students: Iterable[int] | None = None,
    numbers: Iterable[int] | None = None,
) -> list[HomeworkReturn]:
    """Return returns with their pages in page order, oldest hand-in first."""
    c = homework_return.c
    query = select(homework_return).order_by(c.handed_in_at, c.id)
    if states is not None:
        query = query.where(c.state.in_([int(state) for state in states]))
    if students is not None:
        query = query.where(among(c.student_id, students))
    if numbers is not None:
        query = query.where(among(c.id, numbers))
    return _with_pages(connection, query)


def is_any_waiting(connection: Connection) -> bool:
    """Whether any work waits for a mark: asked every minute, before anybody's is looked for."""
    c = homework_return.c
    query = select(c.id).where(c.state == ReturnState.HANDED_IN).limit(1)
    return connection.scalar(query) is not None


def read_waiting(
    connection: Connection, students: Iterable[int] | None = None
) -> list[HomeworkReturn]:
    """Return the work that waits for a mark, oldest first.

    A later version takes the place of an earlier one, marked or not: the old one never comes back.
    """
    c, later = homework_return.c, homework_return.alias("later").c
    replaced = exists(
        select(later.id).where(
            later.student_id == c.student_id,
            later.lesson_id == c.lesson_id,
            later.version > c.version,
            later.state != ReturnState.DRAFT,
        )
    )
    query = select(homework_return).where(c.state == ReturnState.HANDED_IN, ~replaced)
    if students is not None:
        query = query.where(among(c.student_id, students))
    return _with_pages(connection, query.order_by(c.handed_in_at, c.id))


def _with_pages(connection: Connection, query: Select[Any]) -> list[HomeworkReturn]:
    found = [_return(row) for row in connection.execute(query)]
    pages = _pages(connection, [one.id for one in found])
    return [replace(one, pages=tuple(pages[one.id])) for one in found]


def _return(row: Any) -> HomeworkReturn:
    return HomeworkReturn(
        id=row.id,
        student=row.student_id,
        lesson=row.lesson_id,
        version=row.version,
        state=ReturnState(row.state),
        started_at=row.started_at,
        handed_in_at=row.handed_in_at,
        is_late=row.is_late,
    )


def _pages(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Page]]:
    c = return_page.c
    found: dict[int, list[Page]] = defaultdict(list)
    rows = connection.execute(
        select(return_page).where(among(c.return_id, numbers), ~c.removed).order_by(c.number, c.id)
    )
    for row in rows:
        found[row.return_id].append(_page(row))
    return found


def _page(row: Any) -> Page:
    return Page(
        key=row.key,
        sha256=row.sha256,
        media_type=row.media_type,
        channel=row.channel,
        number=row.number,
        note=row.note,
        hints=tuple(row.hints.split()),
        sheets=row.sheets,
        album=row.album,
        place=row.place,
    )
