"""Why a lesson goes by its channel: every option with the fact that decided, in words."""

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import Translator
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.student_reading import LessonLine, StudentPage, read_student
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, look, now, number, run, viewer, visit, week
from scheduler.answering import answer_lines, answer_why
from scheduler.plan_store import run_in_force


@dataclass(frozen=True, slots=True)
class Asked:
    """The lesson that is asked about, and in whose words the answer is wanted."""

    student: int
    week: str
    lesson: int
    words: Translator


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: ``lines`` weigh every option that the plan had, and say what today would be."""

    found: StudentPage
    line: LessonLine
    lines: tuple[str, ...]


def explain_choice(
    connection: Connection, workplace: Workplace, who: Viewer, asked: Asked
) -> Why | None:
    """Say why a lesson goes its way; it tells of the home, so the caller writes the look down."""
    found = read_student(connection, who, asked.student, asked.week)
    if found is None or not may(who, Right.SEE_HOME, found.place):
        return None
    line = next((one for one in found.lines if one.lesson.id == asked.lesson), None)
    if line is None:
        return None
    try:
        run_row = run_in_force(connection, asked.week)
        answer = answer_why(connection, workplace, run_row, asked.student, asked.lesson)
        lines = answer_lines(answer, line.lesson.title, asked.words)
    except JetkizError as error:
        # A lesson that was never weighed, such as one given by hand outside the plan.
        lines = [asked.words.error(error)]
    return Why(found, line, tuple(lines))


async def show(request: web.Request) -> web.StreamResponse:
    """Show the answer; inside the student's page it opens in its place."""
    asked = Asked(
        number(request, "student"), week(request), number(request, "lesson"), visit(request).t
    )
    place, who = request.app[WORKPLACE], viewer(request)
    # Weighing a whole week takes seconds: meanwhile others must be able to write.
    answer = await look(request, explain_choice, place, who, asked)
    if answer is None:
        raise web.HTTPNotFound
    entry = Entry(who.login, Act.READ_HOME, who.school, asked.student, "access, reach")
    await run(request, write_down, [entry], now(request))
    return page(request, "why.html", answer=answer, week=week(request))
