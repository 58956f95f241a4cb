"""Giving lessons by hand instead: what would be given is shown first, then put in the ledger."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection, func, select

from jetkiz.calendar.school_weeks import days_of
from jetkiz.channel import load_channel
from jetkiz.delivery.ledger import replace_attempt
from jetkiz.delivery.model import Choice, LessonState, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.tables import plan_template, student_week
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Right, Viewer, may
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.student_reading import StudentPage, read_student
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, chosen, look, now, number, run, viewer, week
from scheduler.dispatch import prepare_week
from scheduler.model import Override
from scheduler.overrides import keep_override

IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class Offer:
    """The lessons that could go by hand; ``told`` is None for a lesson outside the plan."""

    found: StudentPage
    lessons: tuple[tuple[Lesson, LessonState | None], ...]


def is_open_for_hand(told: LessonState) -> bool:
    """True when a lesson has not arrived and does not wait to be given by hand already."""
    if told.state.has_arrived:
        return False
    return told.channel != IN_PERSON or told.state.is_setback


def read_offer(connection: Connection, who: Viewer, student: int, shown: str) -> Offer | None:
    """Return what could be given by hand, or None for who may not decide it."""
    found = read_student(connection, who, student, shown)
    if found is None or not may(who, Right.CHANGE_WAY, found.place):
        return None
    planned = {one.lesson.id for one in found.lines}
    about = found.home.about if found.home else None
    outside = [
        one
        for one in read_lessons(connection, shown)
        if about and about.grade in one.grades and about.language == one.language
        if one.id not in planned
    ]
    inside = [(one.lesson, one.told) for one in found.lines if is_open_for_hand(one.told)]
    return Offer(found, (*inside, *((one, None) for one in outside)))


@dataclass(frozen=True, slots=True)
class Decision:
    """The lessons of one student that somebody wants to give by hand."""

    student: int
    week: str
    lessons: Collection[int]
    at: datetime


def give_by_hand(
    connection: Connection, workplace: Workplace, who: Viewer, wanted: Decision
) -> int | None:
    """Plan the chosen lessons by hand as a further attempt; doing it again changes nothing.

    The pack is put in a batch at once, so that the next print run takes it along.
    """
    offer = read_offer(connection, who, wanted.student, wanted.week)
    if offer is None:
        return None
    lessons = tuple(lesson.id for lesson, _ in offer.lessons if lesson.id in wanted.lessons)
    if lessons:
        _replace(connection, who, wanted, lessons)
        channels = {IN_PERSON: load_channel(IN_PERSON, workplace)}
        prepare_week(connection, channels, wanted.week, wanted.at, [wanted.student])
        detail = f"{wanted.week}, {IN_PERSON}, {len(lessons)}"
        entry = Entry(who.login, Act.CHANGE_WAY, who.school, wanted.student, detail)
        write_down(connection, [entry], wanted.at)
    return len(lessons)


def _replace(
    connection: Connection, who: Viewer, wanted: Decision, lessons: tuple[int, ...]
) -> None:
    choice = Choice(IN_PERSON, ChoiceReason.TEACHER)
    plan = StudentPlan(wanted.student, lessons, (choice,) * len(lessons))
    number = _run_of(connection, who.school, wanted.week)
    replace_attempt(connection, wanted.week, number, plan, who.school)
    until = days_of(wanted.week)[-1]
    for lesson in lessons:
        # A plan made again in this week keeps to what a person decided.
        kept = Override(wanted.student, lesson, IN_PERSON, who.login, "console", until)
        keep_override(connection, kept, wanted.at)


def _run_of(connection: Connection, school: int, shown: str) -> int:
    c = student_week.c
    query = (
        select(func.max(plan_template.c.run_id))
        .join_from(student_week, plan_template)
        .where(c.week == shown, c.school_id == school)
    )
    return connection.scalar(query) or 0


async def show(request: web.Request) -> web.StreamResponse:
    """Show what would be given by hand."""
    student = number(request, "student")
    offer = await look(request, read_offer, viewer(request), student, week(request))
    if offer is None:
        raise web.HTTPNotFound
    return page(request, "by_hand.html", offer=offer, week=week(request))


async def give(request: web.Request) -> web.StreamResponse:
    """Put the chosen lessons in the ledger."""
    student = number(request, "student")
    lessons = _numbers(await chosen(request, "lesson"))
    wanted = Decision(student, week(request), lessons, now(request))
    count = await run(request, give_by_hand, request.app[WORKPLACE], viewer(request), wanted)
    if count is None:
        raise web.HTTPNotFound
    address = f"/students/{student}/{week(request)}?saved=hand"
    return web.Response(status=303, headers={"Location": address})


def _numbers(values: Iterable[str]) -> set[int]:
    return {int(text) for text in values if text.isdecimal()}
