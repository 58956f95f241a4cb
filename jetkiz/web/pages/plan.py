"""The plan of a week in numbers: which channel, for which reason, and what has no channel."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.tallies import count_choices
from jetkiz.reports.progress import LessonWithoutChannel, read_week_report
from jetkiz.roster.register import read_names
from jetkiz.staff.permissions import Viewer, may_see_school
from jetkiz.staff.viewers import Seen, visible_numbers, visible_students
from jetkiz.web.pages.first_screen import newest_week, read_weeks
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, today, viewer, week

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A student some of whose lessons have no channel."""

    seen: Seen
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the page shows."""

    chosen: Mapping[tuple[str, ChoiceReason], int]
    without: Mapping[ChoiceReason, int]
    left_out: Mapping[ChoiceReason, list[LeftOut]]
    students: int
    lessons: int
    weeks: tuple[str, ...]


def read_plan(connection: Connection, who: Viewer, shown: str) -> PlanPage:
    """Count the plan of somebody's school."""
    students = visible_numbers(connection, who)
    counted = count_choices(connection, shown, students)
    report = read_week_report(connection, shown, students)
    chosen = {key: n for key, n in counted.items() if key[0]}
    return PlanPage(
        chosen={
            (name or "", reason): n for (name, reason), n in sorted(chosen.items(), key=_order)
        },
        without=report.without_channel_by_reason,
        left_out=_left_out(connection, who, report.without_channel),
        students=report.students,
        lessons=report.lessons,
        weeks=read_weeks(connection, who.school, {shown}),
    )


def _order(item: tuple[tuple[str | None, ChoiceReason], int]) -> tuple[str, int]:
    return item[0][0] or "", -item[1]


def _left_out(
    connection: Connection, who: Viewer, lessons: tuple[LessonWithoutChannel, ...]
) -> dict[ChoiceReason, list[LeftOut]]:
    counts = Counter((one.reason, one.student) for one in lessons)
    shown = counts.most_common(AT_ONCE)
    listed = {student for (_, student), _ in shown}
    seen = visible_students(connection, who, listed)
    names = read_names(connection, listed)
    found: dict[ChoiceReason, list[LeftOut]] = defaultdict(list)
    for (reason, student), count in shown:
        found[reason].append(LeftOut(seen[student], names[student].short, count))
    return found


async def go_to_week(request: web.Request) -> web.StreamResponse:
    """Open the plan of the newest week."""
    shown = await look(request, newest_week, viewer(request).school, today(request))
    return web.Response(status=303, headers={"Location": f"/plan/{shown}"})


async def show(request: web.Request) -> web.StreamResponse:
    """Show the plan of a week."""
    if not may_see_school(viewer(request)):
        raise web.HTTPNotFound
    found = await look(request, read_plan, viewer(request), week(request))
    return page(request, "plan.html", found=found, week=week(request))
