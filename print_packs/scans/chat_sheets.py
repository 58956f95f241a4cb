"""How a photo or PDF from a family's chat is filed by its codes, like a scan.

A chat files the sheets of its own children. A sheet of another home's child waits at the scan
desk, unnamed: a neighbour's phone may help, but a stranger's may not say what a child handed in.
"""

import hashlib
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from jetkiz.errors import JetkizError
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import newest_handed_in, read_returns
from jetkiz.homework.sheets_in_chats import Sending, SheetsCame, Unfiled, WorkCame
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError
from jetkiz.roster.tables import student
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.quizzes.proposals import propose
from print_packs.records import SheetRow, has_sheets, read_sheets
from print_packs.runs.allotting import local_day
from print_packs.runs.own_issuer import own_issuer
from print_packs.scans.filing import Filing, Ready, Works, seen_before
from print_packs.scans.page_reader import CHILD, PageReader, ReadPage
from print_packs.scans.quiz_sheets import quizzes_on, reading_row
from print_packs.scans.return_scans import pages_of_work, seal
from print_packs.scans.scan_files import CHAT, Brought, FileState, end, note_progress, register
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import filed_sheet, scan_page, sheet

SOURCE: Final = "Telegram"
LIMITS: Final = Limits(seconds=8.0, megabytes=1_500, answer_megabytes=60)
# A PDF whose first pages show no sheet is homework of another kind; so is a whole book.
_FIRST: Final = 4
_MOST: Final = 60
# The process is kept for the next photo of an album, not for the whole night.
_IDLE: Final = 120.0
_REASONS: Final = {
    Unfiled.OTHER_HOME: ScanResult.OTHER_HOME,
    Unfiled.VOID: ScanResult.REVOKED,
    Unfiled.UNKNOWN: ScanResult.UNKNOWN_SERIAL,
}


class ChatSheets:
    """Reads what chats send, in a limited process of its own: no scan of the desk holds it up."""

    def __init__(self, workplace: Workplace, process: LimitedProcess | None = None) -> None:
        self._workplace = workplace
        self._process = process or LimitedProcess(CHILD, LIMITS)
        self._rest: threading.Timer | None = None

    def look(self, content: bytes) -> "ChatFile | None":
        """Return the sheets that a file shows; None for any other file."""
        with self._workplace.database.read() as connection:
            if not has_sheets(connection):
                return None
        try:
            return self._looked(content)
        finally:
            self._rest_later()

    def _looked(self, content: bytes) -> "ChatFile | None":
        work = self._workplace
        try:
            reader = PageReader(own_issuer(work), self._process, is_quick=True)
            pages = _pages(reader, content)
        except JetkizError:
            # Broken, too costly, of another kind: then it is homework as any other file is.
            return None
        whole = [one for one in pages if not one.is_blank and not one.is_damaged]
        filing = Filing(
            work, reader, Path(SOURCE), SOURCE, 0, None, work.clock(), content=content, note=""
        )
        try:
            ready = [filing.ready(one, filing.fingerprint(one.page)) for one in whole]
        except (TooCostlyError, CrashedError):
            return None
        if not pages:
            return None
        damaged = sum(one.is_damaged for one in pages)
        return ChatFile(filing, tuple(ready), self._read_quizzes(ready, reader), damaged)

    def _read_quizzes(
        self, ready: Sequence[Ready], reader: PageReader
    ) -> Mapping[int, Mapping[str, Any]]:
        """Read the bubbles of quizzes now: in the transaction nobody waits for pictures."""
        pictures = {serial: page for one in ready for serial, page in one.pictures.items()}
        with self._workplace.database.read() as connection:
            quizzes = quizzes_on(connection, pictures)
        return {
            serial: reading_row(
                self._workplace.files.get(pictures[serial].sha256),
                replace(one, page_sha256=pictures[serial].sha256),
                reader,
                self._workplace.clock(),
            )
            for serial, one in quizzes.items()
        }

    def _rest_later(self) -> None:
        if self._rest:
            self._rest.cancel()
        self._rest = threading.Timer(_IDLE, self._process.close)
        self._rest.daemon = True
        self._rest.start()


def _pages(reader: PageReader, content: bytes) -> list[ReadPage]:
    pages: list[ReadPage] = []
    for one in reader.pages(Path(SOURCE), content=content):
        pages.append(one)
        is_looked_through = len(pages) == min(_FIRST, one.pages)
        if one.pages > _MOST or (is_looked_through and not any(page.sheets for page in pages)):
            return []
    return pages if any(page.sheets for page in pages) else []


@dataclass(frozen=True, slots=True)
class _End:
    """What became of one page: the works it belongs to, or why it lies in none."""

    works: frozenset[tuple[int, int]] = frozenset()
    marked: frozenset[tuple[int, int]] = frozenset()
    unfiled: frozenset[Unfiled] = frozenset()
    is_new: bool = False
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file from a chat that shows sheets of ours, read and stored, not filed yet.

    ``quizzes`` holds what was read of bubbles, by serial; ``damaged`` counts pages that broke.
    """

    filing: Filing
    ready: tuple[Ready, ...]
    quizzes: Mapping[int, Mapping[str, Any]]
    damaged: int

    def file(self, connection: Connection, sending: Sending, now: datetime) -> SheetsCame:
        """File the sheets of the chat's children; what else there is waits at the scan desk."""
        filing = _opened(connection, self.filing, sending, now)
        ends = [self._filed(connection, filing, one, sending) for one in self.ready]
        return SheetsCame(
            works=_closed(connection, filing, ends, sending),
            was_known=not any(one.is_new for one in ends),
            marked=tuple(sorted({work for one in ends for work in one.marked})),
            unfiled=frozenset(why for one in ends for why in one.unfiled),
            unread=self.damaged + sum(one.is_unread for one in ends),
        )

    def _filed(
        self, connection: Connection, filing: Filing, ready: Ready, sending: Sending
    ) -> _End:
        """Bring one page to its end."""
        found = read_sheets(connection, serials=list(ready.pictures))
        good = [one for one in found if one.student in sending.students and not one.is_revoked]
        why = _why_not(ready, found, sending)
        if not good:
            is_unread = not ready.pictures and not ready.found.is_slip
            end = _End(unfiled=why, is_unread=is_unread)
            _let_wait(connection, filing, ready, found, end)
            return end
        works = frozenset((one.student, one.lesson) for one in good)
        known = seen_before(connection, ready.found.page, ready.seen)
        if not known and _is_marked(connection, good):
            return _End(marked=works, unfiled=why)
        if not known:
            filing.keep(connection, _placed(connection, filing, ready), sending.students)
            self._propose(connection, ready, good)
        return _End(works, unfiled=why, is_new=not known)

    def _propose(self, connection: Connection, ready: Ready, good: Sequence[SheetRow]) -> None:
        """Keep what was read of quizzes whose sheets are shown by this picture."""
        shown = select(filed_sheet.c.sheet_id).join_from(filed_sheet, scan_page)
        numbers = set(connection.scalars(shown.where(scan_page.c.sha256 == ready.seen)))
        for one in good:
            if one.id in numbers and one.serial in self.quizzes:
                propose(connection, self.quizzes[one.serial])


def _opened(connection: Connection, filing: Filing, sending: Sending, now: datetime) -> Filing:
    """Register the sending; the photos of an album are the pages of one file."""
    digest = hashlib.sha256(sending.key.encode()).hexdigest()
    key = filing.workplace.files.fingerprint(digest)
    school = _school_of(connection, sending.students)
    brought = Brought(key, SOURCE, CHAT, school, stored=sending.stored)
    file = register(connection, brought, now, FileState.READING)
    return replace(filing, file=file.id, school=school, now=now, note=sending.note)


def _why_not(ready: Ready, found: Sequence[SheetRow], sending: Sending) -> frozenset[Unfiled]:
    why = {Unfiled.OTHER_HOME for one in found if one.student not in sending.students}
    why |= {Unfiled.VOID for one in found if one.student in sending.students and one.is_revoked}
    known = {one.serial for one in found}
    why |= {Unfiled.UNKNOWN for serial in ready.pictures if serial not in known}
    return frozenset(why)


def _is_marked(connection: Connection, good: Sequence[SheetRow]) -> bool:
    """Whether all these sheets were filed, and their teachers have marked them."""
    filed = select(filed_sheet.c.sheet_id).where(
        among(filed_sheet.c.sheet_id, [one.id for one in good])
    )
    if len(connection.scalars(filed).all()) < len(good):
        return False
    works = read_returns(connection, students={one.student for one in good})
    last = [
        newest_handed_in([work for work in works if work.student == one.student], one.lesson)
        for one in good
    ]
    return all(work and work.state == ReturnState.MARKED for work in last)


def _let_wait(
    connection: Connection, filing: Filing, ready: Ready, found: Sequence[SheetRow], end: _End
) -> None:
    """Let a person at school look at a page that is not filed."""
    if not end.unfiled:
        if not seen_before(connection, ready.found.page, ready.seen):
            filing.keep(connection, _placed(connection, filing, ready))
        return
    why = next(one for one in Unfiled if one in end.unfiled)
    ready = _placed(connection, filing, _of_this_chat(filing, ready))
    if seen_before(connection, ready.found.page, ready.seen):
        return
    scan = filing.row(connection, ready)
    values = {
        "result": _REASONS[why].value,
        "stored": filing.workplace.files.put_sealed(ready.found.page.clean()),
        "school_id": _school_of(connection, {one.student for one in found}) or filing.school,
    }
    connection.execute(update(scan_page).where(scan_page.c.id == scan).values(values))


def _school_of(connection: Connection, students: Collection[int]) -> int | None:
    """Return at whose desk a page waits: that of the first of these students."""
    query = select(student.c.school_id).where(among(student.c.id, students)).order_by(student.c.id)
    return connection.scalar(query.limit(1))


def _of_this_chat(filing: Filing, ready: Ready) -> Ready:
    """What waits must not keep the same picture out that its own home sends."""
    digest = hashlib.sha256(f"waits:{ready.seen}".encode()).hexdigest()
    return replace(ready, seen=filing.workplace.files.fingerprint(digest))


def _placed(connection: Connection, filing: Filing, ready: Ready) -> Ready:
    """Give the photos of an album their places; the pages of a PDF have theirs."""
    if ready.found.pages > 1:
        return ready
    before = select(func.count()).where(scan_page.c.file_id == filing.file)
    page = replace(ready.found.page, place=1 + (connection.scalar(before) or 0))
    return replace(ready, found=replace(ready.found, page=page))


def _closed(
    connection: Connection, filing: Filing, ends: Sequence[_End], sending: Sending
) -> tuple[WorkCame, ...]:
    """End the file; hand in what is whole, and return how the works of the sending stand."""
    count = select(func.count()).where(scan_page.c.file_id == filing.file)
    pages = connection.scalar(count) or 0
    note_progress(connection, filing.file, pages, pages)
    end(connection, filing.file, filing.now, None)
    works = {work for one in ends for work in one.works} | _works_of(connection, filing.file)
    today = local_day(filing.workplace, filing.now)
    found = []
    for child, lesson in sorted(work for work in works if work[0] in sending.students):
        there, missing = pages_of_work(connection, child, lesson)
        if not missing:
            seal(connection, child, lesson, today, filing.now, CHAT)
        found.append(WorkCame(child, lesson, there, missing))
    return tuple(found)


def _works_of(connection: Connection, file: int) -> Works:
    rows = connection.execute(
        select(sheet.c.student_id, sheet.c.lesson_id)
        .join_from(scan_page, filed_sheet, filed_sheet.c.scan_id == scan_page.c.id)
        .join(sheet, sheet.c.id == filed_sheet.c.sheet_id)
        .where(scan_page.c.file_id == file)
    )
    return {(row.student_id, row.lesson_id) for row in rows}
