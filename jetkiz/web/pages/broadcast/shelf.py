"""How millions look at one timetable: each page is made once and kept until the timetable changes.

Nothing that is kept here is about a person: it is the same for everybody who asks.
"""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from broadcast.export.rows import ExportRow, export_rows
from broadcast.revisions import Kept, read_published
from broadcast.standing import Standing, read_standing
from jetkiz.calendar.school_weeks import week_of
from jetkiz.storage.workplace import Workplace
from jetkiz.web.visits import WORKPLACE

FRESH: Final = timedelta(seconds=5)
"""So long after a timetable is published by another process, the old one may still be shown."""
MOST_PAGES: Final = 1_000
MOST_WEEKS: Final = 8
_SMALL: Final = 1_000
_LOOKED_BACK: Final = timedelta(days=7)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class AirWeek:
    """The published timetable of a week, and a line for each airing of it.

    Whatever was made of it holds as long as ``mark`` is the same.
    """

    week: str
    mark: Standing
    kept: Kept
    rows: tuple[ExportRow, ...] = field(repr=False)

    @property
    def changed(self) -> datetime:
        """When something of it was last published or known anew."""
        moments = (self.mark.known_at, self.kept.head.published_at, self.kept.head.made_at)
        return max(one for one in moments if one)


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer as it goes out, whole and packed; ``changed`` is when its timetable was."""

    body: bytes
    packed: bytes
    etag: str
    kind: str
    changed: datetime | None = None
    name: str = ""


def ready(body: bytes, kind: str, changed: datetime | None = None, name: str = "") -> Ready:
    """Pack an answer, but for small ones and files to be saved; ``name`` is that of such a file."""
    packed = gzip.compress(body, 6, mtime=0) if len(body) > _SMALL and not name else b""
    etag = hashlib.sha256(body).hexdigest()[:32]
    return Ready(body, packed, f'W/"{etag}"', kind, changed, name)


class Shelf:
    """The published weeks that were read, and the answers that were made of them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._standing: dict[str, Standing] = {}
        self._looked: datetime | None = None
        self._weeks: OrderedDict[tuple[str, Standing], AirWeek] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    def forget(self) -> None:
        """Look again at the next request: something was published here."""
        self._looked = None

    async def standing(self, now: datetime) -> Mapping[str, Standing]:
        """Return the weeks that are published, and how each stands."""
        if not self._is_fresh(now):
            async with self._one_at_a_time:
                if not self._is_fresh(now):
                    since = week_of((now - _LOOKED_BACK).date())
                    self._standing = await self._workplace.database.look(read_standing, since)
                    self._looked = now
        return self._standing

    def _is_fresh(self, now: datetime) -> bool:
        return self._looked is not None and timedelta() <= now - self._looked < FRESH

    async def week(self, week: str, mark: Standing) -> AirWeek | None:
        """Return a published week; None when nothing of it is published any more."""
        key = (week, mark)
        if key not in self._weeks:
            async with self._one_at_a_time:
                if key not in self._weeks:
                    found = await self._workplace.database.look(_read_week, week, mark)
                    if found is None:
                        return None
                    _keep(self._weeks, key, found, MOST_WEEKS)
        return self._weeks[key]

    async def answer(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return what ``key`` names, made now if it was not before; a crowd waits for one making.

        ``key`` has to name everything that the answer is made from.
        """
        found: V | None = self._answers.get(key)
        if found is None:
            async with self._one_at_a_time:
                found = self._answers.get(key)
                if found is None:
                    found = await asyncio.to_thread(make)
                    _keep(self._answers, key, found, MOST_PAGES)
        return found


def _keep(where: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    where[key] = value
    while len(where) > most:
        where.popitem(last=False)


def _read_week(connection: Connection, week: str, mark: Standing) -> AirWeek | None:
    kept = read_published(connection, week)
    if kept is None:
        return None
    return AirWeek(week, mark, kept, tuple(export_rows(kept.problem, kept.plan)))


SHELF: Final = web.AppKey("shelf", Shelf)


def furnish(app: web.Application) -> None:
    """Give the console its shelf."""
    app[SHELF] = Shelf(app[WORKPLACE])


def answered(request: web.Request, found: Ready, seconds: int) -> web.Response:
    """Answer everybody alike: anything between us and the reader may keep it so many seconds."""
    headers = {
        "Cache-Control": f"public, max-age={seconds}",
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
    }
    response = web.Response(headers=headers)
    if found.changed:
        response.last_modified = found.changed
    if _is_known(request, found):
        response.set_status(304)
        return response
    response.content_type, response.charset = found.kind, "utf-8"
    if found.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
        response.body = found.packed
    else:
        response.body = found.body
    return response


def _is_known(request: web.Request, found: Ready) -> bool:
    """What the reader has by its mark decides; its day only where no mark came along."""
    said = request.headers.get("If-None-Match")
    if said is not None:
        return found.etag in said or said.strip() == "*"
    since = request.if_modified_since
    changed = found.changed.replace(microsecond=0) if found.changed else None
    return bool(changed and since and changed <= since)
