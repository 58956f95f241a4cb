"""Which files of scans were brought, by whom, and how far each has been read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, and_, select, update

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.tables import school, student
from jetkiz.storage.bulk_load import insert_new
from print_packs.tables import filed_sheet, scan_file, scan_page, sheet

COMMAND: Final = "command"
FOLDER: Final = "folder"
CHAT: Final = "telegram"


class FileState(StrEnum):
    """How far a file has been read."""

    WAITING = "waiting"  # it was brought whole and is read next
    READING = "reading"  # its pages are being filed; broken off, they are filed again from page 1
    DONE = "done"  # every page has come to an end
    REFUSED = "refused"  # it could not be read; the sentence says why


_UNREAD: Final = (FileState.WAITING.value, FileState.READING.value)
FILE_STATE_WORDS: Final = {
    FileState.WAITING: N_("waits to be read"),
    FileState.READING: N_("is being read"),
    FileState.DONE: N_("has been read"),
    FileState.REFUSED: N_("could not be read"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it comes in: what tells it from others, its name, whose it is, who brought it.

    ``is_turned_over`` when the fronts of all sheets come first and then their backs from behind,
    as from a scanner of one side whose pile was turned over.
    """

    key: str
    name: str
    by: str
    school: int | None = None
    is_turned_over: bool = False
    stored: str = ""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file as it is kept."""

    id: int
    key: str
    name: str
    school: int | None
    by: str
    state: FileState
    pages: int
    done: int
    is_turned_over: bool
    refusal: JetkizError | None
    stored: str
    came_at: datetime


def register(connection: Connection, brought: Brought, now: datetime, state: FileState) -> ScanFile:
    """Keep that a file was brought; the same content again is read again, under its last name."""
    row = {
        "key": brought.key,
        "name": brought.name,
        "school_id": brought.school,
        "brought_by": brought.by,
        "state": state.value,
        "pages": 0,
        "done": 0,
        "is_turned_over": brought.is_turned_over,
        "refusal": None,
        "came_at": now,
    }
    fresh = row | {"stored": brought.stored, "ended_at": None}
    if not insert_new(connection, scan_file, [fresh], ["key"]):
        again = row | ({"stored": brought.stored} if brought.stored else {})
        connection.execute(update(scan_file).where(scan_file.c.key == brought.key).values(again))
    return read_files(connection, scan_file.c.key == brought.key)[0]


def begin(connection: Connection, number: int) -> bool:
    """Write down that a file is being read; False when somebody else has read it meanwhile."""
    c = scan_file.c
    change = update(scan_file).where(c.id == number, c.state.in_(_UNREAD))
    return connection.execute(change.values(state=FileState.READING.value, done=0)).rowcount == 1


def note_progress(connection: Connection, number: int, pages: int, done: int) -> None:
    """Write down how many pages of a file have come to an end."""
    _change(connection, number, pages=pages, done=done)


def end(connection: Connection, number: int, now: datetime, refusal: JetkizError | None) -> bool:
    """Write down that a file was read, or why not; its pages get the school they belong to.

    False when somebody has brought it to its end meanwhile, or brought it anew: it stays so.
    """
    told = None
    if refusal:
        facts = {name: str(value) for name, value in refusal.facts.items()}
        told = {"sentence": refusal.sentence, "remedy": refusal.remedy, "facts": facts}
    state = FileState.REFUSED if refusal else FileState.DONE
    c = scan_file.c
    change = update(scan_file).where(c.id == number, c.state == FileState.READING.value)
    done = {"state": state.value, "refusal": told, "ended_at": now}
    if connection.execute(change.values(done)).rowcount != 1:
        return False
    place = _school_of(connection, number)
    if place is not None:
        page = scan_page.c
        connection.execute(
            update(scan_page)
            .where(page.file_id == number, page.school_id.is_(None))
            .values(school_id=place)
        )
        mine = c.id == number, c.school_id.is_(None)
        connection.execute(update(scan_file).where(*mine).values(school_id=place))
    return True


def _change(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(scan_file).where(scan_file.c.id == number).values(values))


def _school_of(connection: Connection, number: int) -> int | None:
    """Return who may see the pages of a file: who brought it, or the one school it can be from."""
    given = connection.scalar(select(scan_file.c.school_id).where(scan_file.c.id == number))
    if given is not None:
        return int(given)
    filed = (
        select(student.c.school_id)
        .distinct()
        .join_from(scan_page, filed_sheet, filed_sheet.c.scan_id == scan_page.c.id)
        .join(sheet, sheet.c.id == filed_sheet.c.sheet_id)
        .join(student, student.c.id == sheet.c.student_id)
        .where(scan_page.c.file_id == number)
        .limit(2)
    )
    for query in (filed, select(school.c.id).limit(2)):
        found = connection.scalars(query).all()
        if len(found) == 1:
            return int(found[0])
    return None


def named_school(connection: Connection, sourced_id: str) -> int:
    """Return the school that the roster calls so."""
    rows = connection.execute(select(school.c.sourced_id, school.c.id)).all()
    known = {row.sourced_id: int(row.id) for row in rows}
    if sourced_id not in known:
        raise JetkizError(
            N_("There is no school {school}."),
            N_("The register has: {known}."),
            school=sourced_id,
            known=", ".join(sorted(known)) or "—",
        )
    return known[sourced_id]


def read_waiting(connection: Connection) -> list[ScanFile]:
    """Return what waits or was broken off, oldest first; a command is begun again by its person."""
    c = scan_file.c
    return read_files(connection, and_(c.state.in_(_UNREAD), c.brought_by != COMMAND))[::-1]


def read_recent(connection: Connection, school_number: int, most: int) -> list[ScanFile]:
    """Return the files that a school brought last, newest first; photos from chats are many."""
    c = scan_file.c
    return read_files(connection, and_(c.school_id == school_number, c.brought_by != CHAT), most)


def read_files(connection: Connection, which: Any, most: int | None = None) -> list[ScanFile]:
    """Return files, newest first."""
    c = scan_file.c
    query = select(scan_file).where(which).order_by(c.came_at.desc(), c.id.desc()).limit(most)
    return [_file(row) for row in connection.execute(query)]


def _file(row: Any) -> ScanFile:
    told = row.refusal
    refusal = JetkizError(told["sentence"], told["remedy"], **told["facts"]) if told else None
    return ScanFile(
        id=row.id,
        key=row.key,
        name=row.name,
        school=row.school_id,
        by=row.brought_by,
        state=FileState(row.state),
        pages=row.pages,
        done=row.done,
        is_turned_over=row.is_turned_over,
        refusal=refusal,
        stored=row.stored,
        came_at=row.came_at,
    )


def scan_order(place: int, pages: int, *, is_turned_over: bool) -> int:
    """Return as which side of the pile a page was scanned, counted from 1.

    Of a pile that was turned over, the last page is the back of the first sheet.
    """
    fronts = (pages + 1) // 2
    if not is_turned_over:
        return place
    return 2 * place - 1 if place <= fronts else 2 * (pages - place + 1)
