"""What a person decides about a page that no mark told: whose it is, or that it is nobody's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from jetkiz.codes import Corner, Standing, judge, likely_codes
from jetkiz.errors import JetkizError
from jetkiz.homework.model import SCAN, Page
from jetkiz.homework.page_order import put_beside, take_back_pages
from jetkiz.i18n import N_
from jetkiz.roster.tables import school_class, student
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from print_packs.issuer import Issuer
from print_packs.records import SheetRow, read_sheets
from print_packs.scans.filing import claim, file_page
from print_packs.scans.other_pictures import show_next
from print_packs.scans.scan_files import scan_order
from print_packs.scans.scan_results import FOR_A_PERSON, ScanResult
from print_packs.tables import filed_sheet, pack, scan_file, scan_page, sheet


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page that waits for a person, or about which one has decided."""

    id: int
    sha256: str
    file: int | None
    source: str
    place: int
    result: ScanResult
    before: str
    serial: int | None
    stored: str
    media_type: str
    school: int | None
    at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A sheet that has not come back: which, whose, and of which task."""

    id: int
    student: int
    lesson: int
    page: int
    pages: int
    week: str


def read_queue(
    connection: Connection, school: int, result: ScanResult | None = None, most: int = 60
) -> list[Waiting]:
    """Return the pages of a school that wait for a person, oldest first, as they were scanned."""
    results = [result] if result else sorted(FOR_A_PERSON)
    c = scan_page.c
    which = c.school_id == school, c.result.in_([one.value for one in results])
    return _pages(connection, and_(*which), most)


def next_waiting(connection: Connection, school: int, after: int) -> int:
    """Return the page that waits next after one, or the first of those before it; 0 if none."""
    c = scan_page.c
    results = c.result.in_([one.value for one in FOR_A_PERSON])
    query = select(c.id).where(c.school_id == school, results, c.id != after)
    return connection.scalar(query.order_by(c.id < after, c.id).limit(1)) or 0


def read_decided(connection: Connection, school: int, most: int = 50) -> list[Waiting]:
    """Return the pages about which somebody decided last, the newest first."""
    c = scan_page.c
    query = (
        select(scan_page)
        .where(c.school_id == school, c.decided_by != "")
        .order_by(c.decided_at.desc(), c.id.desc())
    )
    return [_waiting(row) for row in connection.execute(query.limit(most))]


def find_page(connection: Connection, school: int, number: int) -> Waiting | None:
    """Return a page of the school."""
    c = scan_page.c
    return next(iter(_pages(connection, and_(c.id == number, c.school_id == school), 1)), None)


def hold_page(connection: Connection, school: int, number: int) -> Waiting | None:
    """Return a page of the school as it stands; nobody else decides about it until the end."""
    take_turn(connection, f"scan-page:{number}")
    return find_page(connection, school, number)


def _pages(connection: Connection, which: Any, most: int) -> list[Waiting]:
    query = select(scan_page).where(which).order_by(scan_page.c.id).limit(most)
    return [_waiting(row) for row in connection.execute(query)]


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row.id,
        sha256=row.sha256,
        file=row.file_id,
        source=row.source,
        place=row.place,
        result=ScanResult(row.result),
        before=row.before,
        serial=row.serial,
        stored=row.stored,
        media_type=row.media_type,
        school=row.school_id,
        at=row.scanned_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def suggestions(connection: Connection, page: Waiting, most: int = 6) -> list[SheetPlace]:
    """Return the sheets that it may be: those that are missing in the packs of its neighbours.

    What stands nearest in the scan comes first, and of its pack the page that would follow.
    """
    near = _neighbours(connection, page)
    packs = [one.pack for one in near]
    # In one pile lie sheets of several schools: nobody is shown children of another one.
    missing = missing_sheets(connection, packs=packs, school=page.school)
    ranks = {one.pack: rank for rank, one in reversed(list(enumerate(near)))}
    of_pack = dict(
        connection.execute(
            select(sheet.c.id, sheet.c.pack_id).where(among(sheet.c.id, [m.id for m in missing]))
        ).all()
    )

    def rank(one: SheetPlace) -> tuple[int, bool, int, int]:
        beside = near[ranks[of_pack[one.id]]]
        same = (one.student, one.lesson) == (beside.student, beside.lesson)
        return ranks[of_pack[one.id]], not same, abs(one.page - beside.page), one.id

    return sorted(missing, key=rank)[:most]


def _neighbours(connection: Connection, page: Waiting) -> list[SheetRow]:
    """Return the sheets that were filed from the same file, the nearest to the page first."""
    file = connection.execute(
        select(scan_file.c.pages, scan_file.c.is_turned_over).where(scan_file.c.id == page.file)
    ).first()
    if file is None:
        return []
    c, s = scan_page.c, sheet.c
    rows = connection.execute(
        select(c.place, s.serial)
        .join_from(scan_page, sheet, s.serial == c.serial)
        .where(c.file_id == page.file)
    ).all()
    own = scan_order(page.place, file.pages, is_turned_over=file.is_turned_over)

    def apart(place: int) -> tuple[int, int]:
        order = scan_order(place, file.pages, is_turned_over=file.is_turned_over)
        return abs(order - own), order

    nearest = sorted(rows, key=lambda row: apart(row.place))[:6]
    sheets = {
        one.serial: one for one in read_sheets(connection, serials=[r.serial for r in nearest])
    }
    return [sheets[row.serial] for row in nearest if row.serial in sheets]


def missing_sheets(
    connection: Connection,
    *,
    packs: list[int] | None = None,
    room: int | None = None,
    school: int | None = None,
    most: int = 500,
) -> list[SheetPlace]:
    """Return sheets that have not come back, of packs or of a class, the newest weeks first."""
    s = sheet.c
    query = (
        select(s.id, s.student_id, s.lesson_id, s.page, s.pages, pack.c.week)
        .join_from(sheet, pack)
        .join(student, student.c.id == s.student_id)
        .join(filed_sheet, filed_sheet.c.sheet_id == s.id, isouter=True)
        .where(filed_sheet.c.sheet_id.is_(None), ~s.is_revoked)
        .order_by(pack.c.week.desc(), s.student_id, s.lesson_id, s.page)
        .limit(most)
    )
    if packs is not None:
        query = query.where(among(s.pack_id, packs))
    if room is not None:
        query = query.where(student.c.class_id == room)
    if school is not None:
        query = query.where(student.c.school_id == school)
    return [SheetPlace(*row) for row in connection.execute(query)]


def typed_sheet(connection: Connection, issuer: Issuer, text: str, school: int) -> SheetRow:
    """Return the sheet whose code somebody typed; what looks alike may be mistaken for it."""
    standings = set()
    for likely in likely_codes(text):
        standing, code = judge(likely, issuer.number, issuer.keys)
        standings.add(standing)
        if code and standing == Standing.OURS:
            if code.corner == Corner.SLIP:
                raise JetkizError(
                    N_("This is the code of a return slip, not of a sheet."),
                    N_(
                        "Put the page aside if it is the slip; else choose the class and the sheet."
                    ),
                )
            found = read_sheets(connection, serials=[code.serial])
            good = [one for one in found if _school_of(connection, one) == school]
            if good:
                return _valid(connection, good[0])
            raise JetkizError(
                N_("The code is one of ours, but there is no such sheet in this school."),
                N_("Perhaps the database is older than the sheet: restore the newer backup."),
            )
    if Standing.OTHER_ISSUER in standings:
        raise JetkizError(
            N_("No sheet has this code."),
            N_("Compare all 16 characters with the paper; it may also be of another school."),
        )
    raise JetkizError(
        N_("No sheet has this code."),
        N_("Type all 16 characters as they stand under one of the marks: four times four."),
    )


def _school_of(connection: Connection, one: SheetRow) -> int | None:
    return connection.scalar(select(student.c.school_id).where(student.c.id == one.student))


def _valid(connection: Connection, one: SheetRow) -> SheetRow:
    """Return the sheet, or of a pack that was declared void the one that took its place."""
    if not one.is_revoked:
        return one
    s = sheet.c
    serial = connection.scalar(
        select(s.serial)
        .where(s.student_id == one.student, s.lesson_id == one.lesson, s.page == one.page)
        .where(~s.is_revoked)
        .order_by(s.id.desc())
        .limit(1)
    )
    if serial is None:
        raise JetkizError(
            N_("The pack of this sheet was declared void."),
            N_("Choose the child and the task instead, or put the page aside."),
        )
    return read_sheets(connection, serials=[serial])[0]


def find_sheet(connection: Connection, number: int, school: int) -> SheetRow | None:
    """Return a sheet of a student of the school by its number in a list."""
    serial = connection.scalar(
        select(sheet.c.serial)
        .join_from(sheet, student, student.c.id == sheet.c.student_id)
        .where(sheet.c.id == number, student.c.school_id == school, ~sheet.c.is_revoked)
    )
    return read_sheets(connection, serials=[serial])[0] if serial is not None else None


def assign(
    connection: Connection, page: Waiting, one: SheetRow, who: str, now: datetime
) -> ScanResult:
    """File a page that waits to a sheet; return whether it was filed or was there before."""
    if page.result not in FOR_A_PERSON or not page.stored:
        return page.result
    channel = connection.scalar(select(pack.c.channel).where(pack.c.id == one.pack))
    shown = Page(
        key=f"{SCAN}:{page.sha256}:{one.serial}",
        sha256=page.stored,
        media_type=page.media_type,
        channel=str(channel),
        number=one.page,
        note=f"{page.source}, {page.place}",
    )
    if claim(connection, one, page.id):
        file_page(connection, one, shown, now)
        result = ScanResult.FILED
    else:
        first = connection.execute(
            select(scan_page.c.sha256)
            .join_from(filed_sheet, scan_page)
            .where(filed_sheet.c.sheet_id == one.id)
        ).scalar_one()
        put_beside(connection, f"{SCAN}:{first}:{one.serial}", shown)
        result = ScanResult.DUPLICATE
    _decide(connection, page, result, who, now, serial=one.serial, stored="")
    return result


def put_aside(connection: Connection, page: Waiting, who: str, now: datetime) -> None:
    """Note that a page is no work of a student; its picture is kept for a while, for undoing."""
    if page.result in FOR_A_PERSON:
        _decide(connection, page, ScanResult.NOT_OURS, who, now)


def undo(connection: Connection, page: Waiting) -> tuple[int, int] | None:
    """Let a page wait again as if nobody had decided; return the work it was taken out of.

    Of a sheet that was scanned, too, meanwhile that picture is shown from now on.
    """
    if not page.decided_by or not page.before:
        return None
    filed = filed_sheet.c.scan_id == page.id
    sheets = connection.scalars(select(filed_sheet.c.sheet_id).where(filed)).all()
    connection.execute(delete(filed_sheet).where(filed))
    for number in sheets:
        show_next(connection, number, page.id)
    taken = take_back_pages(connection, f"{SCAN}:{page.sha256}:")
    values = {"result": page.before, "before": "", "decided_by": "", "decided_at": None}
    stored = taken.sha256 if taken else page.stored
    connection.execute(
        update(scan_page).where(scan_page.c.id == page.id).values(values | {"stored": stored})
    )
    return (taken.student, taken.lesson) if taken else None


def _decide(
    connection: Connection,
    page: Waiting,
    result: ScanResult,
    who: str,
    now: datetime,
    **values: Any,
) -> None:
    told = {"before": page.result.value, "decided_by": who, "decided_at": now, **values}
    connection.execute(
        update(scan_page).where(scan_page.c.id == page.id).values(result=result.value, **told)
    )


@dataclass(frozen=True, slots=True)
class ClassBack:
    """How many sheets of a class were sent out with packs of a week, and how many came back."""

    room: int
    title: str
    out: int
    back: int


def read_classes(connection: Connection, school: int, week: str) -> list[ClassBack]:
    """Return for each class of a school how its sheets of a week stand."""
    s = sheet.c
    rows = connection.execute(
        select(
            school_class.c.id,
            school_class.c.title,
            func.count(),
            func.count(filed_sheet.c.sheet_id),
        )
        .join_from(sheet, pack)
        .join(student, student.c.id == s.student_id)
        .join(school_class, school_class.c.id == student.c.class_id)
        .join(filed_sheet, filed_sheet.c.sheet_id == s.id, isouter=True)
        .where(pack.c.week == week, student.c.school_id == school, ~s.is_revoked)
        .group_by(school_class.c.id, school_class.c.title)
    )
    classes = [ClassBack(*row) for row in rows]
    return sorted(classes, key=lambda one: (len(one.title), one.title))
