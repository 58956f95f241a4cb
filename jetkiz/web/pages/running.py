"""Whether everything runs: what waits, what was given up, and when the clock last looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from jetkiz import __version__
from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.tables import attempt, batch
from jetkiz.engine.tables import pulse
from jetkiz.engine.workers import living_workers
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.permissions import may_see_school
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, now, viewer

BATCH_WORDS: Final = {
    BatchState.WAITING: N_("waiting for its hour"),
    BatchState.QUEUED: N_("being handed over"),
    BatchState.HANDED: N_("handed over"),
    BatchState.STOPPED: N_("given up"),
}
# The clock looks every few minutes; later than this it stands still.
STILL: Final = timedelta(minutes=20)
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Stopped:
    """A batch that was given up: a person has to look."""

    number: int
    channel: str
    week: str
    tries: int
    detail: str


@dataclass(frozen=True, slots=True)
class Running:
    """What the page shows."""

    counts: dict[str, dict[BatchState, int]]
    stopped: Sequence[Stopped]
    next_moment: datetime | None
    last_pulse: datetime | None
    workers: Sequence[str]

    def clock_stands(self, at: datetime) -> bool:
        """True when the clock has not looked for too long."""
        return self.last_pulse is None or at - self.last_pulse > STILL


def read_running(connection: Connection) -> Running:
    """Return the batches by channel and state, and the signs of life."""
    c = batch.c
    counts: dict[str, dict[BatchState, int]] = {}
    grouped = select(c.channel, c.state, func.count()).group_by(c.channel, c.state)
    for channel, state, count in connection.execute(grouped.order_by(c.channel)):
        counts.setdefault(channel, {})[BatchState(state)] = count
    waiting = select(func.min(c.not_before)).where(c.state == BatchState.WAITING)
    return Running(
        counts=counts,
        stopped=_stopped(connection),
        next_moment=connection.scalar(waiting),
        last_pulse=connection.scalar(select(func.max(pulse.c.slot_utc))),
        workers=living_workers(connection),
    )


def _stopped(connection: Connection) -> list[Stopped]:
    c, a = batch.c, attempt.c
    last = (
        select(a.detail)
        .where(a.batch_id == c.id)
        .order_by(a.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(c.id, c.channel, c.week, c.tries, c.last_error, last.label("detail"))
        .where(c.state == BatchState.STOPPED)
        .order_by(c.id.desc())
        .limit(MOST)
    )
    return [
        Stopped(row.id, row.channel, row.week, row.tries, row.last_error or row.detail or "")
        for row in rows
    ]


async def show(request: web.Request) -> web.StreamResponse:
    """Show whether everything runs."""
    if not may_see_school(viewer(request)):
        raise web.HTTPNotFound
    found = await look(request, read_running)
    return page(
        request,
        "running.html",
        found=found,
        stands=found.clock_stands(now(request)),
        is_overdue=found.next_moment is not None and found.next_moment < now(request),
        batch_words=BATCH_WORDS,
        version=__version__,
    )


async def health(request: web.Request) -> web.StreamResponse:
    """Answer a machine: 200 when the database does, without names or numbers of students."""
    try:
        found = await look(request, read_running)
    except (SQLAlchemyError, JetkizError):
        return _health(503, database="no answer")
    stopped = sum(states.get(BatchState.STOPPED, 0) for states in found.counts.values())
    clock = "still" if found.clock_stands(now(request)) else "runs"
    return _health(200, database="ok", clock=clock, stopped=stopped, workers=len(found.workers))


def _health(status: int, **facts: Any) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.json_response({"version": __version__, **facts}, status=status, headers=headers)
