"""Which files a broadcaster takes from the desk: always those of the timetable in force.

They are made when they are asked for, checked before, and kept until the timetable changes.
"""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from broadcast.columns.layout import profile_texts
from broadcast.confirming import confirm_week, read_confirmations
from broadcast.export.playlist import playlist_profiles
from broadcast.revisions import require_published
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import AIR_DESK, Viewer
from jetkiz.web.pages.broadcast.desk import (
    REVISION_WORDS,
    only_air,
    own_channels,
    read_week,
)
from jetkiz.web.pages.broadcast.moves import refuse_stale
from jetkiz.web.pages.broadcast.shelf import SHELF, AirWeek, Ready, ready
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, look, now, run, viewer, week

FORMAT_WORDS: Final = {
    "playlist": N_("Playlist for the traffic desk, in every profile (CSV, XLSX)"),
    "workbook": N_("The whole timetable as a table (XLSX)"),
    "xmltv": N_("Programme guide (XMLTV)"),
    "ffplayout": N_("Days for ffplayout, filled to their exact length (JSON)"),
    "pages": N_("Pages to print for each grade and channel (PDF)"),
    "calendar": N_("Calendars for each grade (iCalendar)"),
    "json-ld": N_("Events for search engines (schema.org)"),
}
ALL: Final = "all"
# A zip of the same files is the same bytes: the time of making is nobody's business.
_FIRST_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_KINDS: Final = {
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".jsonld": "application/ld+json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


async def show(request: web.Request) -> web.StreamResponse:
    """Show which files there are."""
    who = only_air(request)
    found = await look(request, read_week, who, week(request))
    taken = await look(request, read_confirmations, week(request))
    in_force = found.in_force.revision if found.in_force else 0
    return page(
        request,
        "air_files.html",
        found=found,
        taken={one.id: taken.get((in_force, one.id)) for one in found.channels},
        formats=FORMAT_WORDS,
        bound=bool(who.channels),
        revision_words=REVISION_WORDS,
    )


async def accept(request: web.Request) -> web.StreamResponse:
    """Note that the timetable in force is in the playout of the own channels."""
    who, shown = only_air(request), week(request)
    if not who.is_broadcaster:
        raise web.HTTPNotFound
    seen = (await form(request)).get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else 0
    await run(request, accept_seen, who, shown, number, now(request))
    return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{shown}/files"})


def accept_seen(connection: Connection, who: Viewer, week: str, seen: int, at: datetime) -> None:
    """Confirm the own channels that air anything; what was replaced meanwhile is refused."""
    kept = require_published(connection, week)
    refuse_stale(kept, seen)
    on_air = {one.channel for one in kept.plan.airings if one.stands}
    own = {one.id for one in own_channels(who, kept.problem.channels)} & on_air
    if own:
        confirm_week(connection, week, who.login, at, own)
    detail = f"{week}, revision {seen}: {', '.join(sorted(own))}"
    entry = Entry(who.login, Act.ACCEPT_AIR, who.school, detail=detail)
    write_down(connection, [entry], at)


async def take(request: web.Request) -> web.StreamResponse:
    """Send the files of a format, as one; who takes them is written down."""
    who, shown = only_air(request), week(request)
    wanted = request.match_info["format"]
    if wanted not in {ALL, *FORMAT_WORDS}:
        raise web.HTTPNotFound
    shelf = request.app[SHELF]
    standing = await shelf.standing(now(request))
    found = await shelf.week(shown, standing[shown]) if shown in standing else None
    if found is None:
        raise JetkizError(
            N_("Nothing of week {week} is published, so there are no files yet."),
            N_("Publish its timetable first: behind Changes."),
            week=shown,
        )
    settings = request.app[WORKPLACE].settings
    profiles = await asyncio.to_thread(profile_texts, settings.data)
    key = ("files", found.week, found.mark, wanted, who.channels, profiles)
    answer = await shelf.answer(key, partial(make_file, found, wanted, who, settings))
    await run(request, _note, viewer(request), f"{shown}, {wanted}", now(request))
    return _sent(answer, f"{shown}-{answer.name}")


def make_file(found: AirWeek, wanted: str, who: Viewer, settings: Settings) -> Ready:
    """Make the files of a format, or of all, and put several into one.

    Who is bound to channels gets those, and what families have of all.
    """
    # It comes with the extra for TV and radio; the pages do without.
    from broadcast.export.as_ffplayout import Media  # noqa: PLC0415
    from broadcast.export.writing import Wishes, export_files  # noqa: PLC0415

    problem, plan = found.kept.problem, found.kept.plan
    formats = () if wanted == ALL else (wanted,)
    own = frozenset(one.id for one in own_channels(who, problem.channels))
    if not own:
        raise JetkizError(
            N_("None of your channels is in the timetable of this week."),
            N_("Ask the coordinator which channels you answer for."),
        )
    wishes = Wishes(
        profiles=tuple(playlist_profiles(settings.data)),
        folder=settings.data,
        media=Media(settings.playout_folder, settings.playout_ending),
        channels=own if who.channels else frozenset(),
    )
    files = export_files(problem, plan, found.changed, wishes, formats)
    if not files:
        raise JetkizError(
            N_("There is no file of this kind for this week."),
            N_("A playout by days needs a channel that names fillers."),
        )
    return _one(files, wanted)


def _one(files: Mapping[str, bytes], wanted: str) -> Ready:
    if len(files) == 1:
        ((name, content),) = files.items()
        kind = _KINDS.get(Path(name).suffix, "application/octet-stream")
        return ready(content, kind, name=Path(name).name)
    return ready(zipped(files), _KINDS[".zip"], name=f"{wanted}.zip")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Put files into one, in their order; the same files are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_MOMENT), content)
    return out.getvalue()


def _note(connection: Connection, who: Viewer, detail: str, at: datetime) -> None:
    entry = Entry(who.login, Act.TAKE_AIR_FILES, who.school, detail=detail)
    write_down(connection, [entry], at)


def _sent(found: Ready, name: str) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=found.body, content_type=found.kind, headers=headers)
