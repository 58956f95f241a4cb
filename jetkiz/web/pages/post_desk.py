"""The lists that go to the post office or are signed, and which of them were taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import week_of
from jetkiz.roster.register import read_households
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, today
from print_packs.records import read_packs
from print_packs.runs.lists import ListRecord, read_lists


@dataclass(frozen=True, slots=True)
class PostDesk:
    """What the page shows."""

    lists: Sequence[ListRecord]


def read_post_desk(connection: Connection, who: Viewer, today: date) -> PostDesk:
    """Return the lists of this week and later ones on which packs of the school stand."""
    current = week_of(today)
    homes = read_households(connection, schools=[who.school])
    found = []
    for week in read_weeks(connection, who.school, {current}):
        if week >= current:
            packs = read_packs(connection, week)
            own = {one.consignment for one in packs if one.household in homes}
            found += [one for one in read_lists(connection, week) if own.intersection(one.packs)]
    return PostDesk(found)


async def show(request: web.Request) -> web.StreamResponse:
    """Show the lists."""
    who = only_coordinators(request)
    found = await look(request, read_post_desk, who, today(request))
    return page(request, "post_desk.html", found=found)
