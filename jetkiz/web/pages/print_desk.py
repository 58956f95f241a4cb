"""What the school prints today: which week, until when, and how far its packs are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.school_weeks import week_of
from jetkiz.roster.register import read_households
from jetkiz.staff.permissions import Viewer, may_see_school
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, look, today, viewer
from print_packs.model import STATE_WORDS, PackState
from print_packs.records import RunRow, read_packs, read_runs


@dataclass(frozen=True, slots=True)
class RunOnDesk:
    """A print run and what of it is the school's."""

    run: RunRow
    packs: int
    sheets: int
    states: Mapping[PackState, int]


@dataclass(frozen=True, slots=True)
class DeskWeek:
    """A week on the print desk: when its paper closes, and its runs."""

    week: str
    closes: tuple[date, time]
    runs: Sequence[RunOnDesk]


def read_desk(
    connection: Connection, who: Viewer, setting: str, today: date
) -> tuple[DeskWeek, ...]:
    """Return this week and those after it that the school has a plan for, oldest first."""
    current = week_of(today)
    weeks = [one for one in read_weeks(connection, who.school, {current}) if one >= current]
    homes = frozenset(read_households(connection, schools=[who.school]))
    return tuple(
        DeskWeek(one, print_cutoff(one, setting), _runs(connection, one, homes)) for one in weeks
    )


def _runs(connection: Connection, week: str, homes: frozenset[int]) -> list[RunOnDesk]:
    packs = [one for one in read_packs(connection, week) if one.household in homes]
    found = []
    for run in read_runs(connection, week):
        own = [one for one in packs if one.run == run.id]
        if own:
            states = Counter(one.state for one in own)
            found.append(RunOnDesk(run, len(own), sum(one.sheets for one in own), states))
    return found


def only_coordinators(request: web.Request) -> Viewer:
    """Return who asks; for anybody who may not see the whole school there is no paper page."""
    who = viewer(request)
    if not may_see_school(who):
        raise web.HTTPNotFound
    return who


async def show(request: web.Request) -> web.StreamResponse:
    """Show what is to be printed."""
    who = only_coordinators(request)
    setting = request.app[WORKPLACE].settings.print_cutoff
    weeks = await look(request, read_desk, who, setting, today(request))
    moments = {one.week: datetime.combine(*one.closes) for one in weeks}
    return page(request, "print_desk.html", weeks=weeks, moments=moments, pack_words=STATE_WORDS)
