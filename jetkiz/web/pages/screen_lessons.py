"""A lesson as a file for a screen, for who reads with a screen reader or gets it by another way."""

import asyncio

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.lessons.model import Lesson
from jetkiz.staff.permissions import Viewer
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.student_reading import read_student
from jetkiz.web.visits import WORKPLACE, look, number, viewer, week
from print_packs.lessons.screen_edition import screen_edition
from print_packs.runs.single_packs import safe_name


def lesson_of(
    connection: Connection, who: Viewer, student: int, week: str, lesson: int
) -> Lesson | None:
    """Return a lesson that a student has in a week, to whom may see the student."""
    found = read_student(connection, who, student, week)
    lines = found.lines if found else []
    return next((one.lesson for one in lines if one.lesson.id == lesson), None)


async def send(request: web.Request) -> web.StreamResponse:
    """Send the file; what cannot be made is said in words, as when it is printed."""
    asked = number(request, "student"), week(request), number(request, "lesson")
    lesson = await look(request, lesson_of, viewer(request), *asked)
    if lesson is None:
        raise web.HTTPNotFound
    content = await asyncio.to_thread(_made, request.app[WORKPLACE], lesson)
    name = f"{safe_name(lesson.code)}.{lesson.language}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=content, content_type="application/pdf", headers=headers)


def _made(workplace: Workplace, lesson: Lesson) -> bytes:
    cache = workplace.settings.data / "cache" / "lessons"
    return screen_edition(lesson, workplace.files, cache)
