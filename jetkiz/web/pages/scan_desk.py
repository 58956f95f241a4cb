"""What became of the pages that came back, and which of them a person must look at."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, func, select

from jetkiz.calendar.school_weeks import week_of
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Name
from jetkiz.roster.register import read_names
from jetkiz.roster.tables import school_class
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.pages.scan_uploads import INTAKE
from jetkiz.web.pages.work_pages import KEPT_BUT_ASKED
from jetkiz.web.pictures import SIZES
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, look, number, today
from print_packs.runs.own_issuer import own_issuer
from print_packs.scans.deciding import (
    ClassBack,
    SheetPlace,
    Waiting,
    assign,
    find_page,
    find_sheet,
    hold_page,
    missing_sheets,
    next_waiting,
    put_aside,
    read_classes,
    read_decided,
    read_queue,
    suggestions,
    typed_sheet,
    undo,
)
from print_packs.scans.page_reader import small_picture
from print_packs.scans.return_scans import close_works
from print_packs.scans.scan_files import FILE_STATE_WORDS, FileState, ScanFile, read_recent
from print_packs.scans.scan_results import FOR_A_PERSON, RESULT_WORDS, ScanResult
from print_packs.tables import scan_page

_FILES: Final = 8
_DECIDED: Final = frozenset({"filed", "duplicate", "aside"})
SAVED: Final = _DECIDED | {"undone", "late", "gone"}


@dataclass(frozen=True, slots=True)
class ScanDesk:
    """What the page shows."""

    files: Sequence[ScanFile]
    counts: Mapping[ScanResult, int]
    queue: Sequence[Waiting]
    decided: Sequence[Waiting]
    week: str
    classes: Sequence[ClassBack]

    @property
    def is_busy(self) -> bool:
        """Whether something is being read just now."""
        return any(one.state in {FileState.WAITING, FileState.READING} for one in self.files)

    @property
    def waiting(self) -> int:
        """How many pages wait for a person."""
        return sum(count for result, count in self.counts.items() if result in FOR_A_PERSON)


@dataclass(frozen=True, slots=True)
class Choice:
    """A sheet to choose, with the words for it."""

    sheet: SheetPlace
    name: Name
    lesson: Lesson | None


@dataclass(frozen=True, slots=True)
class PageToDecide:
    """One page that waits, and what it may be."""

    page: Waiting
    likely: Sequence[Choice]
    rooms: Sequence[tuple[int, str]]
    room: int
    missing: Sequence[Choice]


def read_scan_desk(connection: Connection, who: Viewer, today: date) -> ScanDesk:
    """Return how scanning stands in a school."""
    c = scan_page.c
    rows = connection.execute(
        select(c.result, func.count()).where(c.school_id == who.school).group_by(c.result)
    )
    counts = {ScanResult(result): count for result, count in rows}
    week = _week(connection, who, today)
    return ScanDesk(
        files=read_recent(connection, who.school, _FILES),
        counts={one: counts[one] for one in ScanResult if one in counts},
        queue=read_queue(connection, who.school),
        decided=read_decided(connection, who.school),
        week=week,
        classes=read_classes(connection, who.school, week),
    )


def _week(connection: Connection, who: Viewer, today: date) -> str:
    """Return the newest week, up to this one, of which sheets may have come back."""
    current = week_of(today)
    weeks = [one for one in read_weeks(connection, who.school, {current}) if one <= current]
    for week in sorted(weeks, reverse=True):
        if read_classes(connection, who.school, week):
            return week
    return current


async def show(request: web.Request) -> web.StreamResponse:
    """Show what became of the pages."""
    found = await look(request, read_scan_desk, only_coordinators(request), today(request))
    saved, brought = request.query.get("saved", ""), request.query.get("brought", "")
    return page(
        request,
        "scan_desk.html",
        found=found,
        saved=saved if saved in SAVED else "",
        brought=_number(brought),
        left_out=_number(request.query.get("left", "")),
        trouble=request.app[INTAKE].trouble,
        result_words=RESULT_WORDS,
        file_words=FILE_STATE_WORDS,
    )


def read_page(connection: Connection, who: Viewer, scan: int, room: int) -> PageToDecide | None:
    """Return a page of the school with what it may be; that somebody looked is written down."""
    found = find_page(connection, who.school, scan)
    if found is None:
        return None
    likely = suggestions(connection, found)
    missing = missing_sheets(connection, room=room, school=who.school) if room else []
    students = {one.student for one in (*likely, *missing)}
    names = read_names(connection, students)
    wanted = {one.lesson for one in (*likely, *missing)}
    lessons = {one.id: one for one in read_lessons(connection, only=wanted)}

    def choices(sheets: Sequence[SheetPlace]) -> list[Choice]:
        return [Choice(one, names[one.student], lessons.get(one.lesson)) for one in sheets]

    rooms = read_rooms(connection, who.school)
    return PageToDecide(found, choices(likely), rooms, room, choices(missing))


def read_rooms(connection: Connection, school: int) -> list[tuple[int, str]]:
    """Return number and title of every class of a school to which students belong."""
    c = school_class.c
    rows = connection.execute(
        select(c.id, c.title).where(c.school_id == school, c.is_homeroom, c.active)
    )
    return sorted(
        ((int(one), str(title)) for one, title in rows), key=lambda one: (len(one[1]), one[1])
    )


async def show_page(request: web.Request) -> web.StreamResponse:
    """Show one page with all that can be done about it."""
    who = only_coordinators(request)
    asked = request.query.get("room", "")
    room = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 9 else 0
    found = await look(request, read_page, who, number(request, "scan"), room)
    if found is None:
        raise web.HTTPNotFound
    saved = request.query.get("saved", "")
    return page(
        request,
        "scan_page.html",
        found=found,
        saved=saved if saved in SAVED else "",
        result_words=RESULT_WORDS,
    )


async def show_picture(request: web.Request) -> web.StreamResponse:
    """Send the picture of a page that waits."""
    who = only_coordinators(request)
    found = await look(request, find_page, who.school, number(request, "scan"))
    if found is None or not found.stored:
        raise web.HTTPNotFound
    files, size = request.app[WORKPLACE].files, SIZES[request.match_info["size"]]
    content = await asyncio.to_thread(files.get, found.stored)
    picture = await asyncio.to_thread(small_picture, content, size)
    headers = {"Cache-Control": KEPT_BUT_ASKED, "Vary": "Cookie"}
    return web.Response(body=picture, content_type="image/jpeg", headers=headers)


async def decide(request: web.Request) -> web.StreamResponse:
    """File a page by hand, put it aside, or undo that."""
    who, fields = only_coordinators(request), await form(request)
    place = request.app[WORKPLACE]
    done, following = await asyncio.to_thread(_decided, place, who, fields)
    place_of_next = f"/paper/scans/{following}" if following else "/paper/scans"
    raise web.HTTPSeeOther(f"{place_of_next}?saved={done}" if done else place_of_next)


def _decided(place: Workplace, who: Viewer, fields: Mapping[str, str]) -> tuple[str, int]:
    """Decide about a page; return what was done, and the page to which one goes on, or 0."""
    scan = _number(fields.get("page", ""))
    with place.database.write() as connection:
        found = hold_page(connection, who.school, scan)
        if found is None:
            return "", 0
        done, work = _act(connection, place, who, found, fields)
        entry = Entry(who.login, Act.FILE_PAGE, who.school, work[0] if work else None, str(scan))
        write_down(connection, [entry] if done in _DECIDED | {"undone"} else [], place.clock())
    if work:
        close_works(place, {work}, place.clock())
    with place.database.read() as connection:
        following = next_waiting(connection, who.school, scan) if done in _DECIDED else 0
    return done, scan if done == "gone" else following


def _act(
    connection: Connection,
    place: Workplace,
    who: Viewer,
    found: Waiting,
    fields: Mapping[str, str],
) -> tuple[str, tuple[int, int] | None]:
    """Do what a form asks for; return what was done, and with whose work."""
    moment, act = place.clock(), fields.get("act", "")
    if (not found.before) if act == "undo" else (found.result not in FOR_A_PERSON):
        # Somebody else had the same page before them, and was quicker.
        return "late", None
    match act:
        case "aside":
            put_aside(connection, found, who.login, moment)
            return "aside", None
        case "undo":
            return "undone", undo(connection, found)
        case "code":
            issuer = own_issuer(place)
            sheet = typed_sheet(connection, issuer, fields.get("code", ""), who.school)
        case "sheet":
            chosen = find_sheet(connection, _number(fields.get("sheet", "")), who.school)
            if chosen is None:
                return "gone", None
            sheet = chosen
        case _:
            return "", None
    result = assign(connection, found, sheet, who.login, moment)
    return result.value, (sheet.student, sheet.lesson)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
