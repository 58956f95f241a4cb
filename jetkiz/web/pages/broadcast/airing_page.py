"""One airing at the air desk: what it is, whom it concerns, and what follows if it is moved."""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel
from broadcast.problem.moments import local_place
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.permissions import AIR_DESK
from jetkiz.web.pages.broadcast.change_words import ChangeLine, change_lines, named
from jetkiz.web.pages.broadcast.desk import (
    DESK_KINDS,
    REVISION_WORDS,
    STATUS_WORDS,
    DeskWeek,
    asked_revision,
    few,
    only_air,
    read_week,
)
from jetkiz.web.pages.broadcast.grid import clock
from jetkiz.web.pages.broadcast.moves import Consequences, Wish, consequences, keep_move
from jetkiz.web.rendering import page
from jetkiz.web.visits import form, look, now, run, visit, week

_LAST_HOUR: Final = 29
"""What is aired at half past one at night is called 25:30 by some, and stands at the day's end."""
_LAST_MINUTE: Final = 59


@dataclass(frozen=True, slots=True)
class Shown:
    """What a wish would bring about, or why it cannot be."""

    wish: Wish
    found: Consequences | None = None
    lines: tuple[ChangeLine, ...] = ()
    refusal: JetkizError | None = None


def find_row(found: DeskWeek, airing: str) -> ExportRow:
    """Return the line of an airing on the channels that somebody is shown."""
    row = next((one for one in found.rows if one.airing.id == airing), None)
    if row is None:
        raise web.HTTPNotFound
    return row


def places_for(found: DeskWeek, row: ExportRow) -> list[Channel]:
    """Return the channels on which the lesson could be aired."""
    stream = row.stream
    return [
        one
        for one in found.channels
        if one.medium == stream.medium and stream.language in one.languages
    ]


def read_wish(airing: str, fields: dict[str, str]) -> Wish:
    """Read channel, day and time of a form."""
    day, (hour, colon, minute) = fields.get("day", ""), fields.get("at", "").strip().partition(":")
    numbers = (day, hour, minute)
    is_written = all(one.isascii() and one.isdecimal() and len(one) < 3 for one in numbers)
    if not (colon and is_written) or int(hour) > _LAST_HOUR or int(minute) > _LAST_MINUTE:
        raise JetkizError(
            N_("{at} is no time."),
            N_("Write hours and minutes, such as 18:15."),
            at=fields.get("at", ""),
        )
    return Wish(airing, fields.get("channel", ""), int(day), int(hour) * 60 + int(minute))


def after_midnight(found: DeskWeek, wish: Wish) -> Wish:
    """Return a wish by the day of its channel: one o'clock is at the end of it, not before it."""
    channel = next((one for one in found.channels if one.id == wish.channel), None)
    if channel is None or wish.minute >= channel.day_start:
        return wish
    return Wish(wish.airing, wish.channel, wish.day, wish.minute + 24 * 60)


async def show(request: web.Request) -> web.StreamResponse:
    """Show an airing; with a channel, day and time in the address also what a move would change."""
    who = only_air(request)
    found = await look(request, read_week, who, week(request), asked_revision(request))
    row = find_row(found, request.match_info["airing"])
    shown = await _shown(request, found, row) if "at" in request.query else None
    day, minute = local_place(found.kept.problem, row.channel, row.airing.start)
    return page(
        request,
        "air_airing.html",
        found=found,
        row=row,
        shown=shown,
        wish=shown.wish if shown else Wish(row.airing.id, row.channel.id, day, minute),
        places=places_for(found, row),
        clock=clock,
        few=few,
        kind_words=DESK_KINDS,
        status_words=STATUS_WORDS,
        revision_words=REVISION_WORDS,
    )


async def _shown(request: web.Request, found: DeskWeek, row: ExportRow) -> Shown:
    try:
        wish = after_midnight(found, read_wish(row.airing.id, dict(request.query)))
    except JetkizError as error:
        return Shown(Wish(row.airing.id, row.channel.id, 0, 0), refusal=error)
    try:
        told = await asyncio.to_thread(consequences, found.kept, wish, now(request))
    except JetkizError as error:
        return Shown(wish, refusal=named(error, found.kept.problem, visit(request).t))
    lines = change_lines(found.kept.problem, told.changes, visit(request).t)
    return Shown(wish, told, tuple(lines))


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep a move that was looked at as a draft."""
    who, fields, shown = only_air(request), await form(request), week(request)
    airing = request.match_info["airing"]
    found = await look(request, read_week, who, shown)
    if not found.may_change:
        raise web.HTTPNotFound
    find_row(found, airing)
    wish = after_midnight(found, read_wish(airing, fields))
    seen = fields.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else 0
    try:
        await run(request, keep_move, who, shown, wish, number, now(request))
    except JetkizError as error:
        raise named(error, found.kept.problem, visit(request).t) from error
    return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{shown}/changes?kept=1"})
