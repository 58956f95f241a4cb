"""What is taken from the post desk: a list, its labels, the inventories of its envelopes."""

from asyncio import to_thread
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.post_desk import own_list
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.security_headers import NOT_KEPT
from jetkiz.web.visits import WORKPLACE, now, number, run, week
from print_packs.post.labels import Label, Shape, draw_labels, places_on
from print_packs.post.list_form import ListForm
from print_packs.post.list_pages import draw_forms
from print_packs.post.registry_files import to_csv, to_json, workbook_of
from print_packs.runs.inventories import inventories
from print_packs.runs.list_labels import list_as_made, list_labels

_KINDS: Final[dict[str, tuple[str, Callable[[list[ListForm]], bytes]]]] = {
    "pdf": ("application/pdf", draw_forms),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook_of),
    "csv": ("text/csv", to_csv),
    "json": ("application/json", to_json),
}
_PDF: Final = "application/pdf"


class Asked:
    """Who wants what of which list, and where the files of runs lie."""

    def __init__(self, request: web.Request) -> None:
        self.who: Viewer = only_coordinators(request)
        self.week = week(request)
        self.number = number(request, "number")
        found = request.match_info
        self.what = found.get("kind") or found.get("shape") or "inventory"
        self.at: datetime = now(request)
        self.data: Path = request.app[WORKPLACE].settings.data
        start = request.query.get("start", "1")
        self.start = int(start) if start in {str(n) for n in range(1, 9)} else 1

    @property
    def name(self) -> str:
        """The file's name: no home is in it."""
        return f"list-{self.week}-{self.number}-{self.what}"


def read_list(connection: Connection, asked: Asked) -> list[ListForm]:
    """Return a list as it was made."""
    record = own_list(connection, asked.who, asked.week, asked.number)
    _write_down(connection, asked)
    return [list_as_made(connection, asked.data, asked.week, record)]


def read_labels(connection: Connection, asked: Asked) -> list[Label]:
    """Return the labels of a list."""
    record = own_list(connection, asked.who, asked.week, asked.number)
    _write_down(connection, asked)
    return list_labels(connection, asked.data, asked.week, record)


def read_inventories(connection: Connection, asked: Asked) -> list[ListForm]:
    """Return an inventory for each envelope of a list."""
    record = own_list(connection, asked.who, asked.week, asked.number)
    _write_down(connection, asked)
    return inventories(connection, asked.data, asked.week, record)


def _write_down(connection: Connection, asked: Asked) -> None:
    detail = f"{asked.week}/{asked.number} {asked.what}"
    entry = Entry(asked.who.login, Act.READ_LISTS, asked.who.school, detail=detail)
    write_down(connection, [entry], asked.at)


# Drawn outside the transaction: whoever else wants to write need not wait for a page to be drawn.
async def give_list(request: web.Request) -> web.StreamResponse:
    """Give a list as PDF, XLSX, CSV or JSON."""
    asked = Asked(request)
    kind, written = _KINDS[asked.what]
    content = await to_thread(written, await run(request, read_list, asked))
    return _file(content, kind, f"list-{asked.week}-{asked.number}.{asked.what}")


async def give_labels(request: web.Request) -> web.StreamResponse:
    """Give the labels of a list."""
    asked = Asked(request)
    found, shape = await run(request, read_labels, asked), Shape(asked.what)
    start = min(asked.start, places_on(shape))
    return _file(await to_thread(draw_labels, found, shape, start), _PDF, f"{asked.name}.pdf")


async def give_inventories(request: web.Request) -> web.StreamResponse:
    """Give the inventories of a list."""
    asked = Asked(request)
    content = await to_thread(draw_forms, await run(request, read_inventories, asked))
    return _file(content, _PDF, f"{asked.name}.pdf")


def _file(content: bytes, kind: str, name: str) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": NOT_KEPT,
    }
    return web.Response(body=content, content_type=kind, headers=headers)
