"""How scans are uploaded: written to the disk as they come, one file after the other."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from aiohttp import BodyPartReader, web

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.permissions import Viewer
from jetkiz.storage.whole_files import UnwritableError
from jetkiz.storage.workplace import Workplace
from jetkiz.web import csrf
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.visits import WORKPLACE, require_ours
from print_packs.scans.intake import LARGEST_UPLOAD, ScanIntake, bring_upload, spool

INTAKE: Final = web.AppKey("scan_intake", ScanIntake)
UPLOAD: Final = "/paper/scans/upload"
_PIECE: Final = 256 * 1024
_MOST_FILES: Final = 200
_LONGEST_FIELD: Final = 200


async def scan_intake(app: web.Application) -> AsyncIterator[None]:
    """Read what comes in for as long as the console runs."""
    intake = ScanIntake(app[WORKPLACE])
    app[INTAKE] = intake
    intake.start()
    yield
    await asyncio.to_thread(intake.stop)


def streams(request: web.Request) -> bool:
    """Whether the form is too large to be read whole: it proves at its beginning to be ours."""
    return request.path == UPLOAD and request.content_type == "multipart/form-data"


async def upload(request: web.Request) -> web.StreamResponse:
    """Take scans in; they are read one after the other while the page shows how far."""
    who = only_coordinators(request)
    try:
        count, left = await _received(request, who) if streams(request) else (0, 0)
    finally:
        # What came in before a file that was refused is read nevertheless.
        request.app[INTAKE].call()
    raise web.HTTPSeeOther(f"/paper/scans?brought={count}&left={left}#brought")


async def _received(request: web.Request, who: Viewer) -> tuple[int, int]:
    """Take in the files of a form; return how many came in, and how many were too many."""
    reader = await request.multipart()
    token = await reader.next()
    is_token = isinstance(token, BodyPartReader) and token.name == csrf.FIELD
    require_ours(request, await _words(token) if is_token else "")
    is_turned_over, count, left = False, 0, 0
    workplace = request.app[WORKPLACE]
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        if part.name == "turned" and await _words(part):
            is_turned_over = True
        elif part.filename and count == _MOST_FILES:
            left += 1
        elif part.filename:
            await _file(workplace, part, who, is_turned_over=is_turned_over)
            count += 1
    return count, left


async def _words(part: object) -> str:
    if not isinstance(part, BodyPartReader):
        return ""
    content = await part.read_chunk(_LONGEST_FIELD)
    return content.decode("ascii", "replace").strip()


async def _file(
    workplace: Workplace, part: BodyPartReader, who: Viewer, *, is_turned_over: bool
) -> None:
    folder = spool(workplace)
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        with ExitStack() as stack:
            file = tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False)  # noqa: SIM115 - closed by the stack
            stack.enter_context(file)
            place = Path(file.name)
            stack.callback(place.unlink, missing_ok=True)
            size = await _written(part, file)
            await asyncio.to_thread(_lay_down, file)
            if size:
                name = Path((part.filename or "").replace("\\", "/")).name[:120] or "scan"
                await asyncio.to_thread(
                    bring_upload,
                    workplace,
                    place,
                    name,
                    who.school,
                    who.login,
                    is_turned_over=is_turned_over,
                )
    except OSError as error:
        raise UnwritableError(folder, error) from error


def _lay_down(file: IO[bytes]) -> None:
    """Let a file lie on the disk before a row says that it waits."""
    file.flush()
    os.fsync(file.fileno())
    file.close()


async def _written(part: BodyPartReader, file: IO[bytes]) -> int:
    size = 0
    while piece := await part.read_chunk(_PIECE):
        size += len(piece)
        if size > LARGEST_UPLOAD:
            raise JetkizError(
                N_("The file is larger than {n} MB."),
                N_("Scan fewer sheets at once, or with 200 dpi and grey, or use the folder."),
                n=LARGEST_UPLOAD // 1_000_000,
            )
        await asyncio.to_thread(file.write, piece)
    return size
