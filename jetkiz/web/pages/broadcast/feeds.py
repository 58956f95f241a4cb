"""What phones and set-top boxes fetch by themselves: a calendar for each grade, and one guide.

The addresses stay from week to week. A feed holds every published week from the last one on, and
what was called off in it, so that a phone takes it away.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.feeds import feed_name, feed_rows
from broadcast.export.places import Place, places_of, rows_at
from broadcast.export.rows import ExportRow, withdrawn_rows
from jetkiz.calendar.school_weeks import week_of
from jetkiz.web.pages.broadcast.public_pages import today_of
from jetkiz.web.pages.broadcast.shelf import SHELF, AirWeek, Ready, answered, ready
from jetkiz.web.visits import now

SECONDS: Final = 300
_BACK: Final = timedelta(days=7)


async def live_weeks(request: web.Request) -> list[AirWeek]:
    """Return the published weeks from the last one on, in their order."""
    shelf = request.app[SHELF]
    standing = await shelf.standing(now(request))
    since = week_of(today_of(request) - _BACK)
    found = [await shelf.week(one, standing[one]) for one in sorted(standing) if one >= since]
    return [one for one in found if one]


async def calendar(request: web.Request) -> web.StreamResponse:
    """Send the calendar of a grade; without any published lesson there is none."""
    language, grade = request.match_info["language"], int(request.match_info["grade"])
    weeks = await live_weeks(request)
    if not any(one.of(language, grade) for one in weeks):
        raise web.HTTPNotFound
    # Any other word in the address makes no calendar of its own.
    asked = request.query.get("place", "")
    region = asked if any(asked in one.kept.problem.regions for one in weeks) else ""
    whose = (language, grade, region)
    key = ("calendar", tuple((one.week, one.mark) for one in weeks), whose)
    make = partial(make_calendar, weeks, whose, feed_name(language, grade))
    return answered(request, await request.app[SHELF].answer(key, make), SECONDS)


def make_calendar(weeks: Sequence[AirWeek], whose: tuple[str, int, str], name: str) -> Ready:
    """Write the calendar of a grade as one place sees it."""
    # It comes with the extra for TV and radio; the other pages do without.
    from broadcast.export.as_calendar import as_calendar  # noqa: PLC0415

    changed = max(one.changed for one in weeks)
    rows = [row for one in weeks for row in rows_seen(one, *whose)]
    return ready(as_calendar(rows, changed, name), "text/calendar", changed)


def rows_seen(week: AirWeek, language: str, grade: int, region: str) -> list[ExportRow]:
    """Return what stands and what was called off for a grade in the place of a region."""
    problem, plan = week.kept.problem, week.kept.plan
    standing = week.of(language, grade)
    place = _place(places_of(problem, standing), region)
    called_off = feed_rows(withdrawn_rows(problem, plan), language, grade)
    return rows_at(place, (*standing, *called_off))


def _place(places: Sequence[Place], region: str) -> Place:
    return next((one for one in places if region in one.regions), places[0])


async def guide(request: web.Request) -> web.StreamResponse:
    """Send the guide of all channels."""
    weeks = await live_weeks(request)
    key = ("guide", tuple((one.week, one.mark) for one in weeks))
    return answered(request, await request.app[SHELF].answer(key, partial(_guide, weeks)), SECONDS)


def _guide(weeks: Sequence[AirWeek]) -> Ready:
    changed = max((one.changed for one in weeks), default=None)
    rows = [row for one in weeks for row in one.rows]
    return ready(as_xmltv(rows), "application/xml", changed)
