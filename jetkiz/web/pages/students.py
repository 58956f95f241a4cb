"""The page of a student: every lesson with channel, state, reason and evidence; and the home."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from broadcast.tv_channels import read_tv_channels
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.roster.access_profile import FactKind
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.web.pages.first_screen import newest_week, read_weeks
from jetkiz.web.pages.student_reading import StudentPage, read_student
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, look, now, number, run, today, viewer, week, zone

HOME_FIELDS = "address, phone, needs, access"


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What was typed of a home and cannot be kept, with what is wrong by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, JetkizError] = field(default_factory=dict)


NOTHING_TYPED = Mistyped()


def open_student(
    connection: Connection, who: Viewer, student: int, shown: str, at: datetime
) -> StudentPage | None:
    """Read a student; a look at the home is written down in the same transaction."""
    found = read_student(connection, who, student, shown)
    if found and found.home:
        entry = Entry(who.login, Act.READ_HOME, who.school, student, HOME_FIELDS)
        write_down(connection, [entry], at)
    return found


async def go_to_week(request: web.Request) -> web.StreamResponse:
    """Open a student in the newest week."""
    shown = await look(request, newest_week, viewer(request).school, today(request))
    address = f"/students/{number(request, 'student')}/{shown}"
    return web.Response(status=303, headers={"Location": address})


async def read_tv_names(request: web.Request) -> dict[str, str]:
    """Return the names of the TV channels with lessons by key; none while the list is broken."""
    folder = request.app[WORKPLACE].settings.data
    try:
        found = await asyncio.to_thread(read_tv_channels, folder)
    except JetkizError:
        return {}
    return {one.id: one.name for one in found}


async def show(request: web.Request) -> web.StreamResponse:
    """Show a student in one week."""
    return await answer(request)


async def answer(request: web.Request, mistyped: Mistyped = NOTHING_TYPED) -> web.StreamResponse:
    """Answer with the page of a student; what was mistyped stands in the form again."""
    who, student = viewer(request), number(request, "student")
    found = await run(request, open_student, who, student, week(request), now(request))
    if found is None:
        raise web.HTTPNotFound
    weeks = await look(request, read_weeks, who.school, {week(request)})
    return page(
        request,
        "student.html",
        status=400 if mistyped.problems else 200,
        found=found,
        week=week(request),
        weeks=weeks,
        may_edit=may(who, Right.EDIT_HOME, found.place),
        may_change=may(who, Right.CHANGE_WAY, found.place),
        open_lines=len(found.open_lines(today(request))),
        may_note=may(who, Right.NOTE_ARRIVAL, found.place),
        kinds=list(FactKind),
        unseen=[kind for kind in FactKind if kind != FactKind.TELEGRAM],
        mistyped=mistyped,
        tv_names=await read_tv_names(request),
        saved=request.query.get("saved", ""),
    )


def note_arrival(
    connection: Connection, who: Viewer, student: int, shown: str, at: datetime
) -> int | None:
    """Write down that the home confirmed what went out; None for who may not.

    ``at`` is the moment on the school's clock.
    """
    found = read_student(connection, who, student, shown)
    if found is None or not may(who, Right.NOTE_ARRIVAL, found.place):
        return None
    receipts = [
        Receipt(
            key=f"console:arrived:{shown}:{student}:{line.lesson.id}:{line.told.attempt}",
            week=shown,
            student=student,
            lessons=(line.lesson.id,),
            state=State.ACKNOWLEDGED,
            channel=line.told.channel or "",
            at=at,
            attempt=line.told.attempt,
            source=f"console:{who.login}",
        )
        for line in found.open_lines(at.date())
    ]
    count = record_receipts(connection, receipts, at)
    if count:
        entry = Entry(who.login, Act.NOTE_ARRIVAL, who.school, student, f"{shown}, {count}")
        write_down(connection, [entry], at)
    return count


async def note(request: web.Request) -> web.StreamResponse:
    """Keep what the home said on the telephone."""
    await form(request)
    student = number(request, "student")
    at = now(request).astimezone(zone(request))
    count = await run(request, note_arrival, viewer(request), student, week(request), at)
    if count is None:
        raise web.HTTPNotFound
    address = f"/students/{student}/{week(request)}?saved=arrival#arrival"
    return web.Response(status=303, headers={"Location": address})
