"""Which sheets of quizzes came back and are read by themselves, each once.

What is read is a proposal. A round that was cut off leaves the rest to the next one: a sheet is
read when its proposal is kept, not before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select, true

from jetkiz.homework.model import SCAN
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.limited_process import CrashedError, TooCostlyError
from jetkiz.storage.files import MissingFileError
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.quizzes.geometry import LAYOUT, block_of
from print_packs.quizzes.proposals import PrintedQuiz, propose
from print_packs.quizzes.reading import BlockReading, unclear
from print_packs.quizzes.tables import printed_quiz, quiz_reading, quiz_sheet
from print_packs.runs.own_issuer import own_issuer
from print_packs.scans.page_reader import PageReader
from print_packs.tables import filed_sheet, sheet


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet of a quiz that came back: what stands on it, and under which name its page lies."""

    sheet: int
    serial: int
    quiz: PrintedQuiz
    page_sha256: str


def read_quiz_sheets(
    workplace: Workplace, now: datetime, students: Iterable[int] | None = None
) -> int:
    """Read every sheet of a quiz that is filed and not read yet; return how many were read.

    With ``students`` only theirs: who files a page waits for no other school's quizzes.
    """
    with workplace.database.read() as connection:
        waiting = unread_sheets(connection, students)
    if not waiting:
        return 0
    reader = PageReader(own_issuer(workplace))
    count = 0
    for one in waiting:
        try:
            page = workplace.files.get(one.page_sha256)
        except MissingFileError:
            # Deleted when its time was over, or on a disk that is away: the others are read.
            continue
        row = reading_row(page, one, reader, now)
        with workplace.database.write() as connection:
            count += propose(connection, row)
    return count


def unread_sheets(connection: Connection, students: Iterable[int] | None = None) -> list[Unread]:
    """Return the filed sheets of quizzes without a proposal; the newest page of each counts.

    A proposal nobody has decided about is out of date when another picture is shown now: a
    clearer one, or the true one after a wrong decision.
    """
    page = func.max(return_page.c.id).label("page")
    newest = (
        select(quiz_sheet.c.sheet_id, sheet.c.serial, quiz_sheet.c.quiz_id, page)
        .join_from(quiz_sheet, sheet, sheet.c.id == quiz_sheet.c.sheet_id)
        .join(filed_sheet, filed_sheet.c.sheet_id == sheet.c.id)
        .join(
            homework_return,
            (homework_return.c.student_id == sheet.c.student_id)
            & (homework_return.c.lesson_id == sheet.c.lesson_id),
        )
        .join(
            return_page,
            (return_page.c.return_id == homework_return.c.id)
            & (return_page.c.number == sheet.c.page)
            & ~return_page.c.removed
            & return_page.c.key.startswith(f"{SCAN}:"),
        )
        .where(among(sheet.c.student_id, students) if students is not None else true())
        .group_by(quiz_sheet.c.sheet_id, sheet.c.serial, quiz_sheet.c.quiz_id)
        .subquery()
    )
    read = quiz_reading.c
    is_old = read.decided_at.is_(None) & (read.page_sha256 != return_page.c.sha256)
    rows = connection.execute(
        select(newest.c.sheet_id, newest.c.serial, printed_quiz, return_page.c.sha256)
        .join_from(newest, printed_quiz, printed_quiz.c.id == newest.c.quiz_id)
        .join(return_page, return_page.c.id == newest.c.page)
        .outerjoin(quiz_reading, read.sheet_id == newest.c.sheet_id)
        .where(printed_quiz.c.layout == LAYOUT, read.sheet_id.is_(None) | is_old)
        .order_by(newest.c.sheet_id)
    )
    return [_unread(row) for row in rows]


def _unread(row: Any) -> Unread:
    right = tuple(tuple(one) for one in row.right_options)
    return Unread(row.sheet_id, row.serial, PrintedQuiz(tuple(row.options), right), row.sha256)


def quizzes_on(connection: Connection, serials: Iterable[int]) -> dict[int, Unread]:
    """Return by serial which of these sheets carry a quiz that can be read."""
    rows = connection.execute(
        select(quiz_sheet.c.sheet_id, sheet.c.serial, literal("").label("sha256"), printed_quiz)
        .join_from(quiz_sheet, printed_quiz, printed_quiz.c.id == quiz_sheet.c.quiz_id)
        .join(sheet, sheet.c.id == quiz_sheet.c.sheet_id)
        .where(among(sheet.c.serial, serials), printed_quiz.c.layout == LAYOUT)
    )
    return {row.serial: _unread(row) for row in rows}


def read_block_of(content: bytes, one: Unread, reader: PageReader) -> BlockReading:
    """Read the block on a page; a page that shows nothing clearly is one for a person."""
    try:
        return reader.block(content, one.serial, one.quiz.options, one.quiz.several)
    except (TooCostlyError, CrashedError):
        return unclear(block_of(one.quiz.options))


def reading_row(content: bytes, one: Unread, reader: PageReader, now: datetime) -> dict[str, Any]:
    """Read the block on a page; return the proposal as it is kept."""
    read = read_block_of(content, one, reader)
    answers = [list(each.chosen) for each in read.answers]
    return {
        "sheet_id": one.sheet,
        "page_sha256": one.page_sha256,
        "answers": answers,
        "doubts": [str(each.doubt or "") for each in read.answers],
        "corners": [list(each) for each in read.corners],
        "confidence": read.confidence,
        "right_answers": one.quiz.count_right(answers),
        "read_at": now,
        "decided": None,
        "by": "",
        "decided_at": None,
    }
