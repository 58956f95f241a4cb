"""The first screen: who got nothing this week, why, and what to do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, select

from jetkiz.calendar.school_weeks import days_of, parse_week, week_of
from jetkiz.delivery.tables import student_week
from jetkiz.reports.progress import EmptyHanded, Standing, WeekReport, read_week_report
from jetkiz.roster.register import read_names
from jetkiz.staff.permissions import AIR_DESK, Viewer
from jetkiz.staff.viewers import Seen, homes_with_phone, visible_numbers, visible_students
from jetkiz.web import next_steps, wording
from jetkiz.web.pages.broadcast.missing_logs import missing_logs
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, today, viewer, week

# What is at once on the page; the rest of a group is one click away.
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A student in a group."""

    seen: Seen
    name: str
    told: EmptyHanded
    step: next_steps.Step
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The students of whom the same must be said."""

    standing: Standing
    count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What the page shows."""

    report: WeekReport
    groups: tuple[Group, ...]
    weeks: tuple[str, ...]


def read_first_screen(
    connection: Connection, who: Viewer, shown_week: str, today: date, whole: str = ""
) -> FirstScreen:
    """Read the ledger of the students somebody may see; the group ``whole`` is shown to its end."""
    students = visible_numbers(connection, who)
    report = read_week_report(connection, shown_week, students, each_lesson=False)
    groups = _groups([*report.nothing, *report.no_sign, *report.partly], whole)
    listed = [one.student for _, _, some in groups for one in some]
    names = read_names(connection, listed)
    seen = visible_students(connection, who, listed)
    callable_homes = homes_with_phone(connection, {one.household for one in seen.values()})
    return FirstScreen(
        report=report,
        groups=tuple(
            Group(
                standing,
                count,
                tuple(
                    _line(
                        one,
                        seen[one.student],
                        names[one.student].short,
                        next_steps.next_step(
                            one,
                            may_change=who.is_coordinator,
                            has_phone=seen[one.student].household in callable_homes,
                        ),
                        shown_week,
                    )
                    for one in some
                ),
            )
            for standing, count, some in groups
        ),
        weeks=read_weeks(connection, who.school, {shown_week, week_of(today)}),
    )


def _groups(
    listed: Sequence[EmptyHanded], whole: str
) -> list[tuple[Standing, int, list[EmptyHanded]]]:
    found = []
    for standing in Standing:
        some = [one for one in listed if one.standing == standing]
        if some:
            found.append((standing, len(some), some if whole == standing else some[:AT_ONCE]))
    return found


def _line(one: EmptyHanded, seen: Seen, name: str, step: next_steps.Step, week: str) -> Line:
    return Line(seen, name, one, step, next_steps.step_address(step, one.student, week))


def read_weeks(connection: Connection, school: int, also: set[str]) -> tuple[str, ...]:
    """Return the weeks that can be looked at, oldest first."""
    c = student_week.c
    published = connection.scalars(select(c.week).where(c.school_id == school).distinct())
    return tuple(sorted(also | set(published)))


def newest_week(connection: Connection, school: int, today: date) -> str:
    """Return the week to begin with: this one, or the last that was published before it."""
    current = week_of(today)
    c = student_week.c
    published: set[str] = set(
        connection.scalars(select(c.week).where(c.school_id == school).distinct())
    )
    past = [name for name in published if name <= current]
    return max(past or published or {current})


async def go_to_week(request: web.Request) -> web.StreamResponse:
    """Open the week asked for, or the newest."""
    asked = request.query.get("week", "")
    if asked:
        parse_week(asked)
    chosen = asked or await look(request, newest_week, viewer(request).school, today(request))
    return web.Response(status=303, headers={"Location": f"/weeks/{chosen}"})


async def show(request: web.Request) -> web.StreamResponse:
    """Show the first screen of a week."""
    whole = request.query.get("whole", "")
    found = await look(
        request, read_first_screen, viewer(request), week(request), today(request), whole
    )
    return page(
        request,
        "first_screen.html",
        screen=found,
        week=week(request),
        begins=days_of(week(request))[0],
        is_coming=days_of(week(request))[0] > today(request),
        step_words=next_steps.STEP_WORDS,
        groups=wording.GROUPS,
        missing_logs=await missing_logs(request),
        air_desk=AIR_DESK,
    )
