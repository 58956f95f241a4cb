"""Where each scanned page goes: to the work of a student, or to a person who looks at it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, func, select, update

from jetkiz.codes import Standing
from jetkiz.errors import JetkizError
from jetkiz.homework.model import SCAN, Page
from jetkiz.homework.returns import add_page, hand_in, join_earlier
from jetkiz.i18n import N_
from jetkiz.lessons.tables import lesson as lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.issuer import Issuer, read_issuer
from print_packs.records import SheetRow, read_sheets
from print_packs.runs.allotting import local_day
from print_packs.scans.code_reader import Looked, Seen, look
from print_packs.scans.scan_pages import ScannedPage, pages_of
from print_packs.tables import filed_sheet, pack, scan_page, sheet


class ScanResult(StrEnum):
    """What became of a scanned page."""

    FILED = "filed"  # it lies with the student's work
    DUPLICATE = "duplicate"  # this picture or this sheet was filed before
    BLANK = "blank"  # an empty back
    OTHER_ISSUER = "other_issuer"  # the sheet of another school
    UNKNOWN_SERIAL = "unknown_serial"  # sealed by us, but no such sheet is known
    REVOKED = "revoked"  # the pack was declared void
    UNREADABLE = "unreadable"  # no code could be read
    DAMAGED = "damaged"  # the picture breaks off and cannot be opened
    FOREIGN = "foreign"  # a code that is none of ours


RESULT_WORDS: Mapping[ScanResult, str] = {
    ScanResult.FILED: N_("filed to student and task"),
    ScanResult.DUPLICATE: N_("filed before"),
    ScanResult.BLANK: N_("blank page"),
    ScanResult.OTHER_ISSUER: N_("sheet of another school"),
    ScanResult.UNKNOWN_SERIAL: N_("sheet that is not in the records"),
    ScanResult.REVOKED: N_("sheet of a pack that was declared void"),
    ScanResult.UNREADABLE: N_("no mark could be read"),
    ScanResult.DAMAGED: N_("the picture breaks off"),
    ScanResult.FOREIGN: N_("not one of our sheets"),
}
FOR_A_PERSON = frozenset(ScanResult) - {ScanResult.FILED, ScanResult.DUPLICATE, ScanResult.BLANK}


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One page of a scan and what became of it; ``earlier`` says where it was filed from before."""

    source: str
    place: int
    result: ScanResult
    serial: int | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Work of which some sheets have come back and others have not."""

    student: int
    lesson: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a round of scanning brought."""

    pages: tuple[PageOutcome, ...]
    handed_in: tuple[tuple[int, int], ...]
    incomplete: tuple[Incomplete, ...]
    refused: tuple[JetkizError, ...] = ()

    @property
    def counts(self) -> Counter[ScanResult]:
        """How many pages came to which end."""
        return Counter(one.result for one in self.pages)

    @property
    def filed(self) -> int:
        """How many pages found their student and task."""
        return self.counts[ScanResult.FILED]


Progress = Callable[[PageOutcome], None]
Works = set[tuple[int, int]]
"""Student and lesson of work whose sheets came."""


def file_scans(
    workplace: Workplace,
    files: Iterable[Path],
    now: datetime,
    tell: Progress = lambda _: None,
) -> ScanSummary:
    """File every page of every scan; again files nothing twice. A bad file stops no other."""
    issuer = read_issuer(workplace.settings.data / "keys")
    outcomes: list[PageOutcome] = []
    refused: list[JetkizError] = []
    touched: Works = set()
    for file in files:
        try:
            for page in pages_of(file):
                outcome, works = _file_page(workplace, page, issuer, now)
                outcomes.append(outcome)
                touched |= works
                tell(outcome)
        except JetkizError as error:
            refused.append(error)
    handed, incomplete = _close(workplace, touched, now)
    return ScanSummary(tuple(outcomes), tuple(handed), tuple(incomplete), tuple(refused))


def _file_page(
    workplace: Workplace, page: ScannedPage, issuer: Issuer, now: datetime
) -> tuple[PageOutcome, Works]:
    """Look at one page and file it; return the works to which it belongs."""
    seen = workplace.files.fingerprint(page.sha256)
    with workplace.database.read() as connection:
        known = _seen_before(connection, page, seen)
    if known:
        return known
    picture = _opened(page)
    looked = look(picture, issuer.number, issuer.keys) if picture else Looked((), is_blank=False)
    stored = _stored(workplace, page, picture, seen, looked) if picture and looked.ours else None
    with workplace.database.write() as connection:
        sheets = _sheets(connection, looked)
        scan = _keep(connection, page, seen, looked, now)
        fresh = [one for one in sheets if not one.is_revoked and _claim(connection, one, scan)]
        result = _result(looked, sheets, fresh) if picture else ScanResult.DAMAGED
        connection.execute(
            update(scan_page).where(scan_page.c.id == scan).values(result=result.value)
        )
        earlier = _earlier(connection, sheets) if result == ScanResult.DUPLICATE else ""
        for one in fresh:
            if stored:
                _add(connection, one, page, stored, now)
        if result in FOR_A_PERSON:
            # Before the page counts as seen: nobody would lay it aside after a power cut.
            _queue(workplace, page, seen, result)
    outcome = PageOutcome(page.source, page.place, result, _serial(looked), earlier)
    return outcome, {(one.student, one.lesson) for one in fresh}


def _opened(page: ScannedPage) -> Image.Image | None:
    """A photo that was cut off on its way still begins like a photo: None, and a person looks."""
    try:
        return page.picture()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return None


def _seen_before(
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


def _sheets(connection: Connection, looked: Looked) -> list[SheetRow]:
    serials = [one.code.serial for one in looked.ours if one.code]
    return read_sheets(connection, serials=serials) if serials else []


def _keep(
    connection: Connection, page: ScannedPage, seen: str, looked: Looked, now: datetime
) -> int:
    """Keep that the page was looked at; a second scanner with the same page comes second."""
    row = {
        "sha256": seen,
        "source": page.source,
        "place": page.place,
        "result": ScanResult.UNREADABLE.value,
        "serial": _serial(looked),
        "turn": looked.ours[0].turn if looked.ours else 0,
        "media_type": page.media_type,
        "scanned_at": now,
    }
    insert_new(connection, scan_page, [row], ["sha256"])
    number: int = connection.execute(
        select(scan_page.c.id).where(scan_page.c.sha256 == seen)
    ).scalar_one()
    return number


def _claim(connection: Connection, one: SheetRow, scan: int) -> bool:
    """Take a sheet for this page; False when another picture of it was filed before."""
    row = {"sheet_id": one.id, "scan_id": scan}
    return insert_new(connection, filed_sheet, [row], ["sheet_id"]) == 1


def _serial(looked: Looked) -> int | None:
    return next((one.code.serial for one in looked.ours if one.code), None)


def _result(looked: Looked, sheets: Sequence[SheetRow], fresh: Sequence[SheetRow]) -> ScanResult:
    if looked.is_blank:
        return ScanResult.BLANK
    if not looked.ours:
        return _stranger(looked.seen)
    if fresh:
        return ScanResult.FILED
    if not sheets:
        return ScanResult.UNKNOWN_SERIAL
    return ScanResult.REVOKED if all(one.is_revoked for one in sheets) else ScanResult.DUPLICATE


def _stranger(seen: Sequence[Seen]) -> ScanResult:
    if any(one.standing == Standing.OTHER_ISSUER for one in seen):
        return ScanResult.OTHER_ISSUER
    return ScanResult.FOREIGN if seen else ScanResult.UNREADABLE


def _earlier(connection: Connection, sheets: Sequence[SheetRow]) -> str:
    """Return where the picture lies that was filed first."""
    row = connection.execute(
        select(scan_page.c.source, scan_page.c.place)
        .join_from(filed_sheet, scan_page)
        .where(among(filed_sheet.c.sheet_id, [one.id for one in sheets]))
    ).first()
    return f"{row.source}, {row.place}" if row else ""


def _stored(
    workplace: Workplace, page: ScannedPage, picture: Image.Image, seen: str, looked: Looked
) -> Page:
    """Keep the page as it came, and upright if the codes say that it lies otherwise."""
    content, media = page.clean(), page.media_type
    turn = looked.ours[0].turn if looked.ours else 0
    if turn:
        out = BytesIO()
        picture.convert("RGB").rotate(turn, expand=True).save(out, "JPEG", quality=90)
        content, media = out.getvalue(), "image/jpeg"
    name = workplace.files.put_sealed(content)
    return Page(key=f"{SCAN}:{seen}", sha256=name, media_type=media, channel="")


def _add(
    connection: Connection, one: SheetRow, page: ScannedPage, stored: Page, now: datetime
) -> None:
    channel = connection.scalar(select(pack.c.channel).where(pack.c.id == one.pack))
    filed = replace(
        stored,
        key=f"{stored.key}:{one.serial}",
        channel=str(channel),
        number=one.page,
        note=f"{page.source}, {page.place}",
    )
    join_earlier(connection, one.student, one.lesson, now)
    add_page(connection, one.student, one.lesson, filed, now)


def _queue(workplace: Workplace, page: ScannedPage, seen: str, result: ScanResult) -> None:
    """Put the picture where a person finds it."""
    end = "jpg" if page.media_type == "image/jpeg" else "png"
    folder = workplace.settings.data / "returns" / "to-look-at" / result.value
    write_whole(folder / f"{seen[:16]}.{end}", page.clean())


def _close(
    workplace: Workplace, touched: Works, now: datetime
) -> tuple[list[tuple[int, int]], list[Incomplete]]:
    """Hand in the work whose sheets are all there; name what is missing of the rest."""
    today = local_day(workplace, now)
    handed: list[tuple[int, int]] = []
    incomplete: list[Incomplete] = []
    for student, lesson in sorted(touched):
        with workplace.database.write() as connection:
            missing = _missing(connection, student, lesson)
            if missing:
                incomplete.append(Incomplete(student, lesson, missing))
            elif _sealed(connection, student, lesson, today, now):
                handed.append((student, lesson))
    return handed, incomplete


def _missing(connection: Connection, student: int, lesson: int) -> tuple[int, ...]:
    """A home that got two packs may answer page 1 in the one and page 2 in the other."""
    c = sheet.c
    rows = connection.execute(
        select(c.page, filed_sheet.c.scan_id)
        .join_from(sheet, filed_sheet, isouter=True)
        .where(c.student_id == student, c.lesson_id == lesson, ~c.is_revoked)
    ).all()
    there = {row.page for row in rows if row.scan_id is not None}
    return tuple(sorted({row.page for row in rows} - there))


def _sealed(connection: Connection, student: int, lesson: int, today: date, now: datetime) -> bool:
    day = _day_that_counts(connection, student, lesson, today)
    return hand_in(connection, student, lesson, day, now, "scan") is not None


def _day_that_counts(connection: Connection, student: int, lesson: int, today: date) -> date:
    """Return the day a scanned work counts as handed in: in time until the day on the cover.

    The home sends all sheets of a pack together, by the last day of any of its tasks.
    """
    c, task = sheet.c, lessons.c
    packs = select(c.pack_id).where(c.student_id == student, c.lesson_id == lesson)
    inside = select(c.lesson_id).where(c.pack_id.in_(packs))
    asked = connection.scalar(select(func.max(task.task_due)).where(task.id.in_(inside)))
    own = connection.scalar(select(task.task_due).where(task.id == lesson))
    return min(today, own) if asked and own and today <= asked else today
