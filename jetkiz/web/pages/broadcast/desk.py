"""The air desk: the timetable of a week as a grid, before families see it and after.

A broadcaster bound to channels sees those; the coordinator sees all and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from broadcast.capacity.report import capacity_report
from broadcast.export.rows import ExportRow, export_rows
from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.problem.model import Channel
from broadcast.problem.moments import day_of
from broadcast.revisions import Kept, Revision, RevisionState, read_kept, read_revisions
from broadcast.standing import weeks_with_timetables
from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.i18n import N_
from jetkiz.staff.permissions import AIR_DESK, Viewer, may_change_air, may_see_air
from jetkiz.web.pages.broadcast.grid import Column, by_channel, by_day, clock, counts, grid
from jetkiz.web.pages.broadcast.public_pages import KIND_WORDS, today_of
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, viewer, week

FEW: Final = 5
"""A count below this tells who is meant: it is said to be small, and no more."""
STATUS_WORDS: Final = {
    AiringStatus.PLANNED: N_("in a draft"),
    AiringStatus.PUBLISHED: N_("published"),
    AiringStatus.AIRED: N_("aired"),
    AiringStatus.SHORT: N_("cut short"),
    AiringStatus.MISSED: N_("not aired"),
    AiringStatus.MOVED: N_("moved"),
    AiringStatus.CANCELLED: N_("called off"),
}
REVISION_WORDS: Final = {
    RevisionState.DRAFT: N_("draft"),
    RevisionState.PUBLISHED: N_("in force"),
    RevisionState.SUPERSEDED: N_("replaced"),
}
DESK_KINDS: Final = {**KIND_WORDS, AiringKind.MAKEUP: N_("make-up airing")}
KIND_SIGNS: Final = {AiringKind.FIRST: "●", AiringKind.REPEAT: "↻", AiringKind.MAKEUP: "⤴"}


@dataclass(frozen=True, slots=True)
class DeskWeek:
    """A revision of a week with its lines, the weeks beside it, and the one that is in force."""

    week: str
    weeks: Sequence[str]
    kept: Kept
    revisions: Sequence[Revision]
    channels: Sequence[Channel]
    rows: Sequence[ExportRow] = field(repr=False)
    may_change: bool = False

    @property
    def in_force(self) -> Revision | None:
        """The revision that families have, if any."""
        return next((one for one in self.revisions if one.state == RevisionState.PUBLISHED), None)

    @property
    def is_newest(self) -> bool:
        """True when nobody has kept another revision since."""
        return self.kept.revision == self.revisions[-1].revision

    @property
    def days(self) -> list[tuple[int, date]]:
        """The planned days with their dates."""
        problem = self.kept.problem
        return [(number, day_of(problem, number)) for number in range(problem.meta.days)]


def only_air(request: web.Request) -> Viewer:
    """Return who asks; for everybody else there is no such page."""
    who = viewer(request)
    if not may_see_air(who):
        raise web.HTTPNotFound
    return who


def own_channels(who: Viewer, channels: Sequence[Channel]) -> list[Channel]:
    """Return the channels that somebody is shown: a bound broadcaster their own."""
    return [one for one in channels if not who.channels or one.id in who.channels]


def read_week(
    connection: Connection, who: Viewer, week: str, revision: int | None = None
) -> DeskWeek:
    """Return a revision of a week, the newest unless one is asked for; none is refused."""
    kept = read_kept(connection, week, revision)
    channels = own_channels(who, kept.problem.channels)
    shown = {one.id for one in channels}
    rows = [one for one in export_rows(kept.problem, kept.plan) if one.channel.id in shown]
    return DeskWeek(
        week=week,
        weeks=weeks_with_timetables(connection),
        kept=kept,
        revisions=read_revisions(connection, week),
        channels=channels,
        rows=rows,
        may_change=bool(channels) and may_change_air(who, shown),
    )


def few(count: int) -> bool:
    """Return whether a count is too small to be told."""
    return count < FEW


def asked_revision(request: web.Request) -> int | None:
    """Return the revision of the address; None means the newest."""
    text = request.query.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


async def go_to_week(request: web.Request) -> web.StreamResponse:
    """Open the week that matters now: this one, the next with a timetable, or the last."""
    only_air(request)
    asked = request.query.get("week", "")
    if asked:
        parse_week(asked)
    weeks = await look(request, weeks_with_timetables)
    current = week_of(today_of(request))
    coming = [one for one in weeks if one >= current]
    chosen = asked or (min(coming) if coming else max(weeks, default=""))
    if not chosen:
        return page(request, "air_desk_empty.html")
    return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{chosen}"})


def shown_columns(found: DeskWeek, day: str, channel: str, today: date) -> list[Column]:
    """Return the columns somebody asked for: days of one channel, or all channels on a day."""
    one = next((one for one in found.channels if one.id == channel), None)
    if one is not None:
        return by_channel(found.kept.problem, one)
    numbers = {str(number): number for number, _ in found.days}
    of_today = next((number for number, date_ in found.days if date_ == today), 0)
    return by_day(found.channels, numbers.get(day, of_today))


async def show(request: web.Request) -> web.StreamResponse:
    """Show the grid."""
    who = only_air(request)
    found = await look(request, read_week, who, week(request), asked_revision(request))
    today = today_of(request)
    channel = request.query.get("channel", "")
    columns = shown_columns(found, request.query.get("day", ""), channel, today)
    return page(
        request,
        "air_desk.html",
        found=found,
        table=grid(found.kept.problem, found.rows, columns),
        by_channel=bool(channel) and bool(columns) and columns[0].channel.id == channel,
        capacity=capacity_report(found.kept.problem),
        shown={one.id for one in found.channels},
        counts=counts(found.rows),
        day_of=day_of,
        clock=clock,
        kind_words=DESK_KINDS,
        kind_signs=KIND_SIGNS,
        status_words=STATUS_WORDS,
        revision_words=REVISION_WORDS,
    )
