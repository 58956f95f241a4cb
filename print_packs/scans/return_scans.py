"""How a pile of scans is filed: file by file, page by page, and when a work counts as handed in."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from jetkiz.errors import JetkizError
from jetkiz.homework.model import SCAN
from jetkiz.homework.returns import hand_in
from jetkiz.lessons.tables import lesson as lessons
from jetkiz.limited_process import NoRoomError
from jetkiz.storage.database import is_passing
from jetkiz.storage.workplace import Workplace
from print_packs.runs.allotting import local_day
from print_packs.runs.own_issuer import own_issuer
from print_packs.scans.filing import Filing, Works
from print_packs.scans.page_reader import PageReader
from print_packs.scans.quiz_sheets import read_quiz_sheets
from print_packs.scans.scan_files import (
    COMMAND,
    Brought,
    FileState,
    ScanFile,
    end,
    note_progress,
    register,
)
from print_packs.scans.scan_pages import unopened
from print_packs.scans.scan_results import Incomplete, PageOutcome, ScanSummary
from print_packs.tables import filed_sheet, sheet

Progress = Callable[[PageOutcome], None]
# So often the desk hears how far a file is.
_TOLD_EVERY: Final = 10


def file_scans(
    workplace: Workplace,
    files: Iterable[Path],
    now: datetime,
    tell: Progress = lambda _: None,
    *,
    is_turned_over: bool = False,
    school: int | None = None,
) -> ScanSummary:
    """File every page of every scan; again files nothing twice. A bad file stops no other.

    Pages that need a person wait at the desk of the ``school`` that scanned them.
    """
    outcomes: list[PageOutcome] = []
    refused: list[JetkizError] = []
    touched: Works = set()
    reader = open_reader(workplace)
    for place in files:
        try:
            key = key_of(workplace, place)
            brought = Brought(key, place.name, COMMAND, school, is_turned_over)
            with workplace.database.write() as connection:
                file = register(connection, brought, now, FileState.READING)
        except JetkizError as error:
            refused.append(error)
            continue
        found, works, refusal = file_one(workplace, reader, file, place, tell)
        with workplace.database.write() as connection:
            end(connection, file.id, now, refusal)
        outcomes += found
        touched |= works
        refused += [refusal] if refusal else []
    handed, incomplete = close_works(workplace, touched, now)
    return ScanSummary(tuple(outcomes), tuple(handed), tuple(incomplete), tuple(refused))


def open_reader(workplace: Workplace) -> PageReader:
    """Return what reads pages for this school's keys."""
    return PageReader(own_issuer(workplace))


def key_of(workplace: Workplace, place: Path) -> str:
    """Return what tells a file from all others; one that cannot be opened is refused."""
    try:
        with place.open("rb") as file:
            return workplace.files.fingerprint(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise unopened(place, error) from error


def file_one(
    workplace: Workplace,
    reader: PageReader,
    file: ScanFile,
    place: Path,
    tell: Progress = lambda _: None,
) -> tuple[list[PageOutcome], Works, JetkizError | None]:
    """File the pages of one file; return what became of them, whose they are, and a refusal.

    Who calls it closes the works and then writes down the end: what is cut off in between is read
    again, and its pages name their works again. A fault of the database is no fault of the file.
    """
    now = workplace.clock()
    filing = Filing(workplace, reader, place, file.name, file.id, file.school, now)
    outcomes: list[PageOutcome] = []
    touched: Works = set()
    refusal: JetkizError | None = None
    try:
        for found in reader.pages(place):
            outcome, works = filing.page(found)
            outcomes.append(outcome)
            touched |= works
            tell(outcome)
            if len(outcomes) % _TOLD_EVERY == 1 or len(outcomes) == found.pages:
                with workplace.database.write() as connection:
                    note_progress(connection, file.id, found.pages, len(outcomes))
    except JetkizError as error:
        if is_passing(error) or isinstance(error, NoRoomError):
            raise
        # What waits lies under another name than people know it by.
        refusal = JetkizError(error.sentence, error.remedy, **error.facts | {"file": file.name})
    return outcomes, touched, refusal


def close_works(
    workplace: Workplace, touched: Works, now: datetime
) -> tuple[list[tuple[int, int]], list[Incomplete]]:
    """Hand in the work whose sheets are all there; name what is missing of the rest.

    Before that quizzes are read: whoever opens a work finds the answers beside it.
    """
    read_quiz_sheets(workplace, now, {student for student, _ in touched})
    today = local_day(workplace, now)
    handed: list[tuple[int, int]] = []
    incomplete: list[Incomplete] = []
    for student, lesson in sorted(touched):
        with workplace.database.write() as connection:
            missing = missing_pages(connection, student, lesson)
            if missing:
                incomplete.append(Incomplete(student, lesson, missing))
            elif seal(connection, student, lesson, today, now):
                handed.append((student, lesson))
    return handed, incomplete


def missing_pages(connection: Connection, student: int, lesson: int) -> tuple[int, ...]:
    """Return which pages of a work have not come back."""
    return pages_of_work(connection, student, lesson)[1]


def pages_of_work(
    connection: Connection, student: int, lesson: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which pages of a work have come back, and which have not.

    A home that got two packs may answer page 1 in the one and page 2 in the other.
    """
    c = sheet.c
    rows = connection.execute(
        select(c.page, filed_sheet.c.scan_id)
        .join_from(sheet, filed_sheet, isouter=True)
        .where(c.student_id == student, c.lesson_id == lesson, ~c.is_revoked)
    ).all()
    there = {row.page for row in rows if row.scan_id is not None}
    return tuple(sorted(there)), tuple(sorted({row.page for row in rows} - there))


def seal(
    connection: Connection,
    student: int,
    lesson: int,
    today: date,
    now: datetime,
    source: str = SCAN,
) -> bool:
    """Hand a work in whose sheets are all there; False when it was handed in before."""
    day = _day_that_counts(connection, student, lesson, today)
    return hand_in(connection, student, lesson, day, now, source) is not None


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
