"""What somebody does at the print desk: take a file, count the shelf, print a pack once more."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.print_desk import files_of, only_coordinators, own_runs
from jetkiz.web.visits import WORKPLACE, form, now, run, week
from print_packs.runs.joining import joined
from print_packs.runs.paper_stock import KINDS, keep_count
from print_packs.runs.reprinting import reprint
from print_packs.runs.run_files import run_folder

_KIND_OF: Final = {".pdf": "application/pdf", ".json": "application/json", ".csv": "text/csv"}
_OTHER: Final = "application/octet-stream"


def find_file(
    connection: Connection, who: Viewer, place: tuple[str, int, str], data: Path, at: datetime
) -> Path | None:
    """Return a file of one of the school's runs; whoever takes it is written down."""
    shown, number, name = place
    for one in own_runs(connection, shown, who.school, data):
        folder = run_folder(data, one.run)
        if one.run.number == number and name in files_of(folder):
            entry = Entry(who.login, Act.TAKE_PACKS, who.school, None, f"{shown}, {name}")
            write_down(connection, [entry], at)
            return folder / name
    return None


async def take_file(request: web.Request) -> web.StreamResponse:
    """Send a file of a run."""
    who, data = only_coordinators(request), request.app[WORKPLACE].settings.data
    place = (week(request), int(request.match_info["run"]), request.match_info["name"])
    found = await run(request, find_file, who, place, data, now(request))
    if found is None:
        raise web.HTTPNotFound
    return await _sent([found])


async def _sent(files: Sequence[Path]) -> web.Response:
    file = files[0]
    content = await asyncio.to_thread(
        file.read_bytes if len(files) == 1 else partial(joined, files)
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "private, no-store",
    }
    kind = _KIND_OF.get(file.suffix, _OTHER)
    return web.Response(body=content, content_type=kind, headers=headers)


async def count_stock(request: web.Request) -> web.StreamResponse:
    """Keep what somebody counted on the shelf."""
    who, fields = only_coordinators(request), await form(request)
    await run(request, keep_count, who.school, counts_in(fields), who.login, now(request))
    return web.Response(status=303, headers={"Location": "/paper?saved=stock#stock"})


def counts_in(fields: Mapping[str, str]) -> dict[str, int]:
    """Read the numbers of a form; an empty field says nothing of its kind."""
    given = {kind: fields.get(kind, "").strip() for kind in KINDS}
    for text in given.values():
        if text and not (text.isascii() and text.isdecimal() and len(text) < 9):
            raise JetkizError(
                N_("{text} is not a number of sheets or envelopes."),
                N_("Write whole numbers, or leave the field empty."),
                text=text,
            )
    return {kind: int(text) for kind, text in given.items() if text}


async def print_again(request: web.Request) -> web.StreamResponse:
    """Make packs of the school, or a page of one, again and send them as one file."""
    who, fields = only_coordinators(request), await form(request)
    said, shown = fields.get("said", "").strip(), fields.get("week", "").strip()
    if not said:
        return web.Response(status=303, headers={"Location": "/paper#again"})
    parse_week(shown)
    again = partial(reprint, request.app[WORKPLACE], said, shown, page_in(fields), who.school)
    files = await asyncio.to_thread(again)
    return await _sent(files)


def page_in(fields: Mapping[str, str]) -> int:
    """Read which page is wanted, counted from 1; 0 where nothing is typed."""
    text = fields.get("page", "").strip()
    if text and not (text.isascii() and text.isdecimal() and 0 < int(text) < 1000):
        raise JetkizError(
            N_("{text} is not the number of a page."),
            N_("Write the number at the foot of the page, or leave the field empty."),
            text=text,
        )
    return int(text or 0)
