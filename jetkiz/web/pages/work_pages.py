"""The pages of a student's work as pictures or sound, only to those who may see the work."""

import asyncio
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.homework.model import Page
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.work_desk import read_return
from jetkiz.web.pictures import SIZES, resized
from jetkiz.web.visits import WORKPLACE, look, number, viewer

# The browser may keep it, but asks each time whether it may still show it.
KEPT_BUT_ASKED: Final = "private, no-cache"
SOUNDS: Final = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/wav"})


def find_page(connection: Connection, who: Viewer, work: int, digest: str) -> Page | None:
    """Return a page of a piece of work that somebody may see, or what its teacher recorded."""
    found = read_return(connection, who, work)
    pages = found.handed.pages if found else ()
    said = [file for one in found.told for file in one.files] if found else []
    recorded = [Page(sha256, sha256, media_type, "") for sha256, media_type in said]
    return next((one for one in (*pages, *recorded) if one.sha256 == digest), None)


async def show(request: web.Request) -> web.StreamResponse:
    """Send one page in the size asked for."""
    digest, size = request.match_info["digest"], request.match_info["size"]
    found = await look(request, find_page, viewer(request), number(request, "work"), digest)
    if found is None or size not in SIZES:
        raise web.HTTPNotFound
    tag = f'"{digest}-{size}"'
    headers = {"Cache-Control": KEPT_BUT_ASKED, "ETag": tag, "Vary": "Cookie"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    files = request.app[WORKPLACE].files
    content = await asyncio.to_thread(files.get, digest)
    if found.media_type in SOUNDS:
        return web.Response(body=content, content_type=found.media_type, headers=headers)
    if not found.media_type.startswith("image/"):
        headers["Content-Disposition"] = 'attachment; filename="page"'
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)
    picture = await asyncio.to_thread(resized, content, SIZES[size])
    return web.Response(body=picture, content_type="image/jpeg", headers=headers)
