"""Which sheets of quizzes came back and are read by themselves, each once.

What is read is a proposal. A round that was cut off leaves the rest to the next one: a sheet is
read when its proposal is kept, not before.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import zxingcpp
from PIL import Image, ImageOps
from sqlalchemy import Connection, func, literal, select

from jetkiz.codes import Standing, judge
from jetkiz.homework.model import SCAN
from jetkiz.homework.tables import homework_return, return_page
from jetkiz.storage.files import MissingFileError
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.issuer import Issuer
from print_packs.quizzes.block_picture import CodePlace
from print_packs.quizzes.geometry import LAYOUT, block_of
from print_packs.quizzes.proposals import PrintedQuiz, propose
from print_packs.quizzes.reading import BlockReading, read_block
from print_packs.quizzes.tables import printed_quiz, quiz_reading, quiz_sheet
from print_packs.runs.own_issuer import own_issuer
from print_packs.tables import filed_sheet, sheet

_FORMATS: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet of a quiz that came back: what stands on it, and under which name its page lies."""

    sheet: int
    serial: int
    quiz: PrintedQuiz
    page_sha256: str


def read_quiz_sheets(workplace: Workplace, now: datetime) -> int:
    """Read every sheet of a quiz that is filed and not read yet; return how many were read."""
    with workplace.database.read() as connection:
        waiting = unread_sheets(connection)
    if not waiting:
        return 0
    issuer = own_issuer(workplace)
    count = 0
    for one in waiting:
        try:
            page = workplace.files.get(one.page_sha256)
        except MissingFileError:
            # Deleted when its time was over, or on a disk that is away: the others are read.
            continue
        row = reading_row(page, one, issuer, now)
        with workplace.database.write() as connection:
            count += propose(connection, row)
    return count


def unread_sheets(connection: Connection) -> list[Unread]:
    """Return the filed sheets of quizzes without a proposal; the newest page of each counts."""
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
        .outerjoin(quiz_reading, quiz_reading.c.sheet_id == quiz_sheet.c.sheet_id)
        .where(quiz_reading.c.sheet_id.is_(None))
        .group_by(quiz_sheet.c.sheet_id, sheet.c.serial, quiz_sheet.c.quiz_id)
        .subquery()
    )
    rows = connection.execute(
        select(newest.c.sheet_id, newest.c.serial, printed_quiz, return_page.c.sha256)
        .join_from(newest, printed_quiz, printed_quiz.c.id == newest.c.quiz_id)
        .join(return_page, return_page.c.id == newest.c.page)
        .where(printed_quiz.c.layout == LAYOUT)
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


def read_page(content: bytes, one: Unread, issuer: Issuer) -> BlockReading:
    """Read the block on a page; a page that shows nothing clearly is one for a person."""
    picture = _opened(content)
    codes = codes_of(picture, one.serial, issuer)
    return read_block(picture, codes, block_of(one.quiz.options), one.quiz.several)


def _opened(content: bytes) -> Image.Image:
    """A page that cannot be opened any more is an empty one, on which nothing is found."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            return ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Image.new("L", (1, 1), 255)


def codes_of(picture: Image.Image, serial: int, issuer: Issuer) -> list[CodePlace]:
    """Return where the codes of one sheet stand on a picture; only sealed ones count."""
    found: dict[Any, CodePlace] = {}
    for one in zxingcpp.read_barcodes(picture, formats=_FORMATS, try_invert=False):
        standing, code = judge(one.text, issuer.number, issuer.keys)
        if standing == Standing.OURS and code and code.serial == serial:
            at = one.position
            corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            points = tuple((float(p.x), float(p.y)) for p in corners)
            found.setdefault(code.corner, CodePlace(code.corner, points))
    return list(found.values())


def reading_row(content: bytes, one: Unread, issuer: Issuer, now: datetime) -> dict[str, Any]:
    """Read the block on a page; return the proposal as it is kept."""
    read = read_page(content, one, issuer)
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
