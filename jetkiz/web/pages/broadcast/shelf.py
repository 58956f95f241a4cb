"""How millions look at one timetable: each page is made once and kept until the timetable changes.

Nothing that is kept here is about a person: it is the same for everybody who asks.
"""

import asyncio
import gzip
import hashlib
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from broadcast.export.rows import ExportRow, export_rows
from broadcast.plan.model import PlannedAiring
from broadcast.revisions import Kept, read_announced, read_published
from broadcast.standing import Standing, read_standing
from jetkiz.calendar.school_weeks import week_of
from jetkiz.errors import JetkizError
from jetkiz.storage.workplace import Workplace
from jetkiz.web.visits import WORKPLACE

FRESH: Final = timedelta(seconds=5)
"""So long after a timetable is published by another process, the old one may still be shown."""
MOST_ANSWERS: Final = 1_000
MOST_WEEKS: Final = 8
_SMALL: Final = 1_000
_BINARY: Final = frozenset({"application/pdf"})
_LOOKED_BACK: Final = timedelta(days=7)
V = TypeVar("V")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AirWeek:
    """The published timetable of a week, and a line for each airing of it.

    Whatever was made of it holds as long as ``mark`` is the same. ``announced`` are airings as the
    first timetable of the week had them, where another is in force by now.
    """

    week: str
    mark: Standing
    kept: Kept
    rows: tuple[ExportRow, ...] = field(repr=False)
    feeds: Mapping[tuple[str, int], Sequence[ExportRow]] = field(default_factory=dict, repr=False)
    announced: Mapping[str, PlannedAiring] = field(default_factory=dict, repr=False)

    def of(self, language: str, grade: int) -> Sequence[ExportRow]:
        """Return the airings for a grade in a language: looked up, for a crowd asks this first."""
        return self.feeds.get((language, grade), ())

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
        self._looking = asyncio.Lock()
        self._weeks: OrderedDict[Hashable, AirWeek | None] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Any]] = {}

    def forget(self) -> None:
        """Look again at the next request: something was published here."""
        self._looked = None

    async def standing(self, now: datetime) -> Mapping[str, Standing]:
        """Return the weeks that are published, and how each stands.

        While the database does not answer, what was known last is what is told.
        """
        if not self._is_fresh(now):
            async with self._looking:
                if not self._is_fresh(now):
                    await self._look(now)
        return self._standing

    def _is_fresh(self, now: datetime) -> bool:
        return self._looked is not None and timedelta() <= now - self._looked < FRESH

    async def _look(self, now: datetime) -> None:
        since = week_of((now - _LOOKED_BACK).date())
        try:
            self._standing = await self._workplace.database.look(read_standing, since)
        except (SQLAlchemyError, OSError, JetkizError):
            if not self._standing:
                raise
            log.exception("The database does not answer; the last known timetable is shown.")
        self._looked = now

    async def week(self, week: str, mark: Standing) -> AirWeek | None:
        """Return a published week; None when nothing of it is published any more."""
        read = partial(self._workplace.database.look, _read_week, week, mark)
        return await self._once(self._weeks, (week, mark), read, MOST_WEEKS)

    async def answer(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return what ``key`` names, made now if it was not before; a crowd waits for one making.

        ``key`` has to name everything that the answer is made from.
        """
        return await self._once(self._answers, key, partial(asyncio.to_thread, make), MOST_ANSWERS)

    async def _once(
        self,
        where: OrderedDict[Hashable, V],
        key: Hashable,
        make: Callable[[], Coroutine[Any, Any, V]],
        most: int,
    ) -> V:
        """What takes long holds up nobody who asks for something else."""
        if key in where:
            where.move_to_end(key)
            return where[key]
        if key not in self._making:
            self._making[key] = asyncio.create_task(make())
            self._making[key].add_done_callback(lambda _: self._making.pop(key, None))
        # A reader who goes away does not take it from those who wait.
        found: V = await asyncio.shield(self._making[key])
        where[key] = found
        while len(where) > most:
            where.popitem(last=False)
        return found


def _read_week(connection: Connection, week: str, mark: Standing) -> AirWeek | None:
    kept = read_published(connection, week)
    if kept is None:
        return None
    feeds: dict[tuple[str, int], list[ExportRow]] = defaultdict(list)
    rows = export_rows(kept.problem, kept.plan)
    for row in rows:
        for grade in row.stream.grades:
            feeds[row.language, grade].append(row)
    announced = {one.id: one for one in read_announced(connection, week, kept.revision)}
    return AirWeek(week, mark, kept, tuple(rows), feeds, announced)


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
    response.content_type = found.kind
    if found.kind not in _BINARY:
        response.charset = "utf-8"
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
