"""Where a scanned page goes: to the work of a student, or to a person who looks at it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select, update

from jetkiz.codes import Standing
from jetkiz.homework.model import SCAN, Page
from jetkiz.homework.page_order import put_beside, swap_page
from jetkiz.homework.returns import add_page, join_earlier
from jetkiz.roster.link_codes import are_own_links
from jetkiz.roster.tables import student
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from jetkiz.storage.workplace import Workplace
from print_packs.records import SheetRow, read_sheets
from print_packs.runs.link_codes import CHANNEL
from print_packs.scans.page_reader import PageReader, ReadPage, needs_cutting
from print_packs.scans.scan_files import CHAT
from print_packs.scans.scan_pages import HEIC, ScannedPage
from print_packs.scans.scan_results import FOR_A_PERSON, PageOutcome, ScanResult
from print_packs.scans.sheet_place import Placed
from print_packs.tables import filed_sheet, pack, scan_file, scan_page, sheet

Works = set[tuple[int, int]]
"""Student and lesson of work whose sheets came."""

# So much clearer a second picture must be before it takes the place of the first.
_CLEARER: Final = 1.15
_JPEG: Final = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Ready:
    """A page that was read and can be filed: what tells it from others, and what its sheets show.

    The pictures lie in the file store already, by serial.
    """

    found: ReadPage
    seen: str
    pictures: Mapping[int, Page]


@dataclass(frozen=True, slots=True)
class Filing:
    """What filing the pages of one file needs; it lies at ``place`` and people call it ``name``.

    ``content`` stands for a file that lies nowhere open. A ``note`` is what its sender wrote to it.
    """

    workplace: Workplace
    reader: PageReader
    place: Path
    name: str
    file: int
    school: int | None
    now: datetime
    content: bytes = b""
    note: str | None = None

    def page(self, found: ReadPage) -> tuple[PageOutcome, Works]:
        """File one page; return what became of it, and the works to which it belongs."""
        seen = self.fingerprint(found.page)
        named = replace(found.page, source=self.name)
        with self.workplace.database.read() as connection:
            known = seen_before(connection, named, seen)
        if known and not _is_news(found, known[0]):
            return known
        ready = self.ready(found, seen)
        with self.workplace.database.write() as connection:
            # Two scanners may read one page at the same moment: the second one looks again.
            take_turn(connection, f"scan-picture:{seen}")
            known = seen_before(connection, named, seen)
            if known and not _is_news(found, known[0]):
                return known
            return self.keep(connection, ready)

    def ready(self, found: ReadPage, seen: str) -> Ready:
        """Cut and store what is shown of a page; nothing is written to the database yet."""
        found = replace(found, page=replace(found.page, source=self.name))
        if found.page.media_type == HEIC and not found.sheets and not found.is_damaged:
            # No browser shows HEIC: a person gets a JPEG.
            shown = self.reader.shown(self.place, found, content=self.content)
            found = replace(found, page=replace(found.page, content=shown, media_type=_JPEG))
        pictures = {one.serial: self._picture(found, one, seen) for one in found.sheets}
        return Ready(found, seen, pictures)

    def fingerprint(self, page: ScannedPage) -> str:
        """A page that broke the process has no content: it is known by its place."""
        digest = page.sha256 if page.content else f"{self.file}:{page.place}"
        return self.workplace.files.fingerprint(digest)

    def _picture(self, found: ReadPage, one: Placed, seen: str) -> Page:
        """Keep what is shown of a sheet: the page as it came, or its part of a larger picture."""
        page = found.page
        if needs_cutting(found):
            content, media = self.reader.shown(self.place, found, one, self.content), _JPEG
        else:
            content, media = page.clean(one.turn), page.media_type
        name = self.workplace.files.put_sealed(content)
        return Page(key=f"{SCAN}:{seen}:{one.serial}", sha256=name, media_type=media, channel="")

    def keep(
        self, connection: Connection, ready: Ready, students: Collection[int] | None = None
    ) -> tuple[PageOutcome, Works]:
        """File a page in the caller's transaction; with ``students`` the sheets of these only."""
        found, page, pictures = ready.found, ready.found.page, ready.pictures
        sheets = read_sheets(connection, serials=list(pictures)) if pictures else []
        if students is not None:
            sheets = [one for one in sheets if one.student in students]
        scan = self.row(connection, ready)
        good = [one for one in sheets if not one.is_revoked]
        fresh = [one for one in good if claim(connection, one, scan)]
        result = _result(found, sheets, fresh)
        if result == ScanResult.FOREIGN and _shows_own_links(connection, found):
            result = ScanResult.STAYS_HOME
        earlier = _earlier(connection, sheets) if result == ScanResult.DUPLICATE else ""
        for one in good:
            shown = self._shown(connection, page, one, pictures[one.serial])
            if one in fresh:
                file_page(connection, one, shown, self.now)
            else:
                new = _Newcomer(scan, self.note is not None, shown, found.sharpness)
                _second(connection, one, new)
        values: dict[str, Any] = {
            "result": result.value,
            "serial": _serial(found),
            "turn": found.turn,
            "sharpness": found.sharpness,
            "stored": "",
        }
        # Of a picture that was cut the whole is kept for a while, too.
        if (result in FOR_A_PERSON and page.content) or (good and needs_cutting(found)):
            values["stored"] = self.workplace.files.put_sealed(page.clean())
        if good:
            values["school_id"] = _school(connection, good[0])
        connection.execute(update(scan_page).where(scan_page.c.id == scan).values(values))
        outcome = PageOutcome(page.source, page.place, result, _serial(found), earlier)
        return outcome, {(one.student, one.lesson) for one in good}

    def _shown(
        self, connection: Connection, page: ScannedPage, one: SheetRow, picture: Page
    ) -> Page:
        channel = connection.scalar(select(pack.c.channel).where(pack.c.id == one.pack))
        note = f"{page.source}, {page.place}" if self.note is None else self.note
        return replace(picture, channel=str(channel), number=one.page, note=note)

    def row(self, connection: Connection, ready: Ready) -> int:
        """Keep that the page was looked at; a second scanner with the same page comes second."""
        found = ready.found
        row = {
            "sha256": ready.seen,
            "source": found.page.source,
            "place": found.page.place,
            "result": ScanResult.UNREADABLE.value,
            "serial": _serial(found),
            "turn": found.turn,
            "media_type": found.page.media_type,
            "scanned_at": self.now,
            "file_id": self.file,
            "school_id": self.school,
            "sharpness": found.sharpness,
        }
        insert_new(connection, scan_page, [row], ["sha256"])
        number: int = connection.execute(
            select(scan_page.c.id).where(scan_page.c.sha256 == ready.seen)
        ).scalar_one()
        return number


def _is_news(found: ReadPage, known: PageOutcome) -> bool:
    """Say whether a page that waits shows sheets of ours now: keys or records came back."""
    return bool(found.sheets) and known.result in FOR_A_PERSON


def seen_before(
    connection: Connection, page: ScannedPage, seen: str
) -> tuple[PageOutcome, Works] | None:
    """A page that was filed names its works again: a crash may have kept them open.

    An earlier release knew pages by their plain hash.
    """
    c = scan_page.c
    known = among(c.sha256, [seen, page.sha256])
    row = connection.execute(select(scan_page).where(known)).first()
    if row is None:
        return None
    filed = connection.execute(
        select(sheet.c.student_id, sheet.c.lesson_id)
        .join_from(filed_sheet, sheet)
        .where(filed_sheet.c.scan_id == row.id)
    )
    again = row.result == ScanResult.FILED
    result = ScanResult.DUPLICATE if again else ScanResult(row.result)
    earlier = f"{row.source}, {row.place}" if again else ""
    outcome = PageOutcome(page.source, page.place, result, row.serial, earlier)
    return outcome, {(one.student_id, one.lesson_id) for one in filed}


def claim(connection: Connection, one: SheetRow, scan: int) -> bool:
    """Take a sheet for this page; False when another picture of it was filed before."""
    row = {"sheet_id": one.id, "scan_id": scan}
    return insert_new(connection, filed_sheet, [row], ["sheet_id"]) == 1


def file_page(connection: Connection, one: SheetRow, shown: Page, now: datetime) -> None:
    """Put the picture of a sheet to the work of its student."""
    join_earlier(connection, one.student, one.lesson, now)
    add_page(connection, one.student, one.lesson, shown, now)


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A second picture of a sheet: its scan, whether a chat brought it, and how clear it is."""

    scan: int
    is_from_chat: bool
    shown: Page
    sharpness: float


def _second(connection: Connection, one: SheetRow, new: _Newcomer) -> None:
    """Keep a second picture of a sheet; which of the two is shown, the work itself tells first.

    What a child wrote after its first photo is on the next one, and at the latest on the paper
    that comes to school. Of two scans of the same paper the clearer is shown.
    """
    f, c = filed_sheet.c, scan_page.c
    first = connection.execute(
        select(f.scan_id, c.sharpness, c.sha256, scan_file.c.brought_by)
        .join_from(filed_sheet, scan_page)
        .outerjoin(scan_file, scan_file.c.id == c.file_id)
        .where(f.sheet_id == one.id)
    ).one()
    old = f"{SCAN}:{first.sha256}:{one.serial}"
    if first.brought_by == CHAT or not first.sharpness:
        # Of a page that a person filed no mark was read: whose it is, this one proves.
        is_better = True
    elif new.is_from_chat:
        is_better = False
    else:
        is_better = new.sharpness > first.sharpness * _CLEARER
    if is_better and swap_page(connection, old, new.shown):
        change = update(filed_sheet).where(f.sheet_id == one.id)
        connection.execute(change.values(scan_id=new.scan))
    else:
        put_beside(connection, old, new.shown)


def _serial(found: ReadPage) -> int | None:
    return found.sheets[0].serial if found.sheets else None


def _result(found: ReadPage, sheets: Sequence[SheetRow], fresh: Sequence[SheetRow]) -> ScanResult:
    if found.is_damaged:
        return ScanResult.DAMAGED
    if found.is_blank:
        return ScanResult.BLANK
    if not found.sheets:
        return _stranger(found)
    if fresh:
        return ScanResult.FILED
    if not sheets:
        return ScanResult.UNKNOWN_SERIAL
    return ScanResult.REVOKED if all(one.is_revoked for one in sheets) else ScanResult.DUPLICATE


def _stranger(found: ReadPage) -> ScanResult:
    """Say what a page without a sheet of ours is; beside a slip of ours only its lack is told."""
    standings = {one.standing for one in found.seen}
    if Standing.OTHER_ISSUER in standings:
        return ScanResult.OTHER_ISSUER
    if Standing.FORGED in standings:
        return ScanResult.FOREIGN
    if found.is_slip:
        return ScanResult.SLIP
    strange = standings - {Standing.OURS}
    return ScanResult.FOREIGN if strange else ScanResult.UNREADABLE


def _shows_own_links(connection: Connection, found: ReadPage) -> bool:
    """Say whether a page shows links of ours and no other code: the page for the adult."""
    is_all = bool(found.links) and len(found.links) == len(found.seen)
    return is_all and are_own_links(connection, CHANNEL, found.links)


def _earlier(connection: Connection, sheets: Sequence[SheetRow]) -> str:
    """Return where the picture lies that was filed first."""
    row = connection.execute(
        select(scan_page.c.source, scan_page.c.place)
        .join_from(filed_sheet, scan_page)
        .where(among(filed_sheet.c.sheet_id, [one.id for one in sheets]))
    ).first()
    return f"{row.source}, {row.place}" if row else ""


def _school(connection: Connection, one: SheetRow) -> int | None:
    number = select(student.c.school_id).where(student.c.id == one.student)
    return connection.scalar(number)
