"""The classes, and one class: students by days, with the state of every lesson."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.states import State
from jetkiz.i18n.alphabet import alphabetical
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.reports.progress import WeekReport, read_week_report
from jetkiz.roster.register import read_names
from jetkiz.staff.permissions import Viewer, may_see_class
from jetkiz.staff.viewers import (
    ClassHead,
    class_members,
    find_class,
    visible_classes,
    visible_students,
)
from jetkiz.web.pages.first_screen import newest_week, read_weeks
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, number, today, viewer, week


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in the list, with its week in numbers."""

    head: ClassHead
    report: WeekReport


@dataclass(frozen=True, slots=True)
class Row:
    """A student of a class, with the lessons of each day."""

    student: int
    name: str
    days: Mapping[date, list[tuple[Lesson, State]]]


@dataclass(frozen=True, slots=True)
class ClassPage:
    """What the page of a class shows."""

    head: ClassHead
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    weeks: tuple[str, ...]


def read_class_list(connection: Connection, who: Viewer, shown: str) -> list[ClassLine]:
    """Return the classes somebody may open, each with the numbers of the week."""
    return [
        ClassLine(head, read_week_report(connection, shown, members, each_lesson=False))
        for head in visible_classes(connection, who)
        for members in [class_members(connection, head.id)]
    ]


def read_class(connection: Connection, who: Viewer, room: int, shown: str) -> ClassPage | None:
    """Return a class somebody may open."""
    head = find_class(connection, room)
    if head is None or not may_see_class(who, head.school, head.id):
        return None
    students = visible_students(connection, who, class_members(connection, room))
    states = lesson_states(connection, shown, students)
    lessons = {one.id: one for one in read_lessons(connection, only={s.lesson for s in states})}
    names = read_names(connection, students)
    by_student = _by_day(states, lessons)
    rows = [Row(one, names[one].short, by_student.get(one, {})) for one in students]
    return ClassPage(
        head=head,
        days=tuple(sorted({one.day for one in lessons.values()})),
        rows=tuple(sorted(rows, key=lambda row: alphabetical(row.name))),
        weeks=read_weeks(connection, who.school, {shown}),
    )


def _by_day(
    states: list[LessonState], lessons: Mapping[int, Lesson]
) -> dict[int, dict[date, list[tuple[Lesson, State]]]]:
    found: dict[int, dict[date, list[tuple[Lesson, State]]]] = {}
    for one in states:
        lesson = lessons[one.lesson]
        days = found.setdefault(one.student, defaultdict(list))
        days[lesson.day].append((lesson, one.state))
    return found


async def show_list(request: web.Request) -> web.StreamResponse:
    """Show the classes."""
    shown = await look(request, newest_week, viewer(request).school, today(request))
    found = await look(request, read_class_list, viewer(request), shown)
    return page(request, "classes.html", lines=found, week=shown)


async def show(request: web.Request) -> web.StreamResponse:
    """Show one class in one week."""
    found = await look(request, read_class, viewer(request), number(request, "room"), week(request))
    if found is None:
        raise web.HTTPNotFound
    return page(request, "class.html", found=found, week=week(request), states=list(State))
