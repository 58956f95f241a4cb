"""Why a lesson goes by its channel: every option with the fact that decided, in words."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.channel import load_channels, switched_off
from jetkiz.errors import JetkizError
from jetkiz.i18n import Translator
from jetkiz.storage.workplace import Workplace
from jetkiz.web.audit import Act, Entry, write_down
from jetkiz.web.pages.student_reading import LessonLine, StudentPage, read_student
from jetkiz.web.permissions import Right, Viewer, may
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, now, number, run, viewer, visit, week
from scheduler.explain import Explainer, explanation_lines
from scheduler.plan_store import read_lines, run_in_force
from scheduler.planning import look_again


@dataclass(frozen=True, slots=True)
class Asked:
    """The lesson that is asked about, and in whose words the answer is wanted."""

    student: int
    week: str
    lesson: int
    words: Translator


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: ``lines`` weigh every option; ``agrees`` when the plan would choose so again."""

    found: StudentPage
    line: LessonLine
    lines: tuple[str, ...]
    agrees: bool


def explain_choice(
    connection: Connection, workplace: Workplace, who: Viewer, asked: Asked, at: datetime
) -> Why | None:
    """Weigh the options of a lesson anew; it tells of the home, so the look is written down."""
    found = read_student(connection, who, asked.student, asked.week)
    if found is None or not may(who, Right.SEE_HOME, found.place):
        return None
    line = next((one for one in found.lines if one.lesson.id == asked.lesson), None)
    if line is None:
        return None
    entry = Entry(who.login, Act.READ_HOME, who.school, asked.student, "access, reach")
    write_down(connection, [entry], at)
    lines, agrees = _weighed(connection, workplace, asked)
    return Why(found, line, tuple(lines), agrees)


def _weighed(connection: Connection, workplace: Workplace, asked: Asked) -> tuple[list[str], bool]:
    try:
        run_row = run_in_force(connection, asked.week)
        plans = read_lines(connection, run_row.id)
        planned = {choice.channel for plan in plans for choice in plan.choices}
        # A plan made with Telegram is explained with it, even where no token is set now.
        without = switched_off(workplace.settings.telegram_token) - planned
        channels = load_channels(workplace, without)
        looked = look_again(connection, channels, run_row, workplace.settings)
        found = Explainer(looked.problem, looked.plan.students).explain(asked.student, asked.lesson)
    except JetkizError as error:
        # A lesson that was never weighed, such as one given by hand outside the plan.
        return [asked.words.error(error)], True
    return explanation_lines(found, asked.words), found.agrees


async def show(request: web.Request) -> web.StreamResponse:
    """Show the answer; inside the student's page it opens in its place."""
    asked = Asked(
        number(request, "student"), week(request), number(request, "lesson"), visit(request).t
    )
    place = request.app[WORKPLACE]
    answer = await run(request, explain_choice, place, viewer(request), asked, now(request))
    if answer is None:
        raise web.HTTPNotFound
    return page(request, "why.html", answer=answer, week=week(request))
