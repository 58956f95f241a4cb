"""Between which numbers a message must lie, read from the story of all attempts.

Attempts are numbered in the order in which they were written down, whatever the clock says: what
had its number before this request was written down lies below it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, exists, func, select

from bot.sending.outbox import Job
from bot.sending.probe import FOUND, Window, expected
from bot.tables import outbox, outbox_attempt, telegram_inbox
from bot.telegram.telegram_errors import OutboxState

# The highest of the last so many numbers is the highest of all: they come in order, almost.
RECENT: Final = 64
MOST_RECEIVED: Final = 500

_try = outbox_attempt.c
_row = outbox.c


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is known about where a message may be.

    ``is_soon_bounded`` is true when other messages wait to go, whose numbers would be a bound.
    """

    window: Window
    known: frozenset[int]
    unknown_since: datetime | None
    is_soon_bounded: bool


def survey(connection: Connection, bot: int, job: Job, settle: float, now: datetime) -> Ground:
    """Read where a message may be; its own claim stands already."""
    begun = _begun(connection, job)
    unknown = _last_unknown(connection, job)
    at = unknown.at if unknown else None
    floor = _highest(connection, bot, begun)
    highest = max(floor, _highest(connection, bot, None))
    upper = _upper(connection, bot, unknown, settle)
    received = _received(connection, bot)
    window = Window(
        floor=floor,
        upper=upper,
        highest=max(highest, *received, 0) if received else highest,
        expected=expected(*_neighbours(connection, bot, begun)),
    )
    end = window.end
    ours = connection.scalars(
        select(_row.message_id).where(
            _row.bot_id == bot, _row.message_id > floor, _row.message_id < end
        )
    )
    return Ground(window, frozenset({*ours, *received}), at, _others_wait(connection, bot, now))


def _begun(connection: Connection, job: Job) -> int:
    """Return the attempt that first ended in the dark: any later one lies above it too."""
    mine = _try.outbox_id == job.id
    dark = connection.scalar(
        select(func.min(_try.number)).where(mine, _try.event == OutboxState.UNKNOWN.value)
    )
    query = select(func.min(_try.id)).where(
        mine, _try.event == OutboxState.SENDING.value, _try.number == (dark or job.tries)
    )
    return connection.scalar(query) or 0


def _last_unknown(connection: Connection, job: Job) -> Any:
    query = (
        select(_try.id, _try.at)
        .where(_try.outbox_id == job.id, _try.event == OutboxState.UNKNOWN.value)
        .order_by(_try.id.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def _sent(bot: int) -> Select[Any]:
    """Messages, not edits, whose number an answer gave; one found late is older than that."""
    late = outbox_attempt.alias("late")
    found_late = exists().where(late.c.outbox_id == _row.id, late.c.detail == FOUND)
    return (
        select(_row.message_id, _try.id)
        .join_from(outbox_attempt, outbox, _try.outbox_id == _row.id)
        .where(
            _row.bot_id == bot,
            _row.state == OutboxState.SENT.value,
            _row.method.startswith("send"),
            _row.message_id.is_not(None),
            ~found_late,
        )
    )


def _highest(connection: Connection, bot: int, before: int | None) -> int:
    """Return the highest number known, at the end or before an attempt began."""
    query = (
        select(_row.message_id)
        .join_from(outbox_attempt, outbox, _try.outbox_id == _row.id)
        .where(
            _row.bot_id == bot,
            _row.message_id.is_not(None),
            _try.event == OutboxState.SENT.value,
        )
        .order_by(_try.id.desc())
        .limit(RECENT)
    )
    if before is not None:
        # A number found late is written late, so it may only be too low here, never too high.
        query = query.where(_try.id < before)
    return max(connection.scalars(query), default=0)


def _upper(connection: Connection, bot: int, unknown: Any, settle: float) -> int | None:
    """Return the lowest number of what was surely sent after the message had come to rest."""
    if unknown is None:
        return None
    rested = unknown.at + timedelta(seconds=settle)
    query = (
        _sent(bot)
        .where(_try.id > unknown.id, _try.event == OutboxState.SENDING.value, _try.at >= rested)
        .order_by(_try.id)
        .limit(RECENT)
    )
    return min((row.message_id for row in connection.execute(query)), default=None)


def _neighbours(
    connection: Connection, bot: int, begun: int
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return the nearest sent before and after: the number and how many requests lie between."""
    sending = _sent(bot).where(_try.event == OutboxState.SENDING.value)
    before = connection.execute(
        sending.where(_try.id < begun).order_by(_try.id.desc()).limit(1)
    ).first()
    after = connection.execute(sending.where(_try.id > begun).order_by(_try.id).limit(1)).first()
    return (
        (before.message_id, _between(connection, before.id, begun)) if before else None,
        (after.message_id, _between(connection, begun, after.id)) if after else None,
    )


def _between(connection: Connection, first: int, last: int) -> int:
    query = select(func.count()).where(
        _try.event == OutboxState.SENDING.value, _try.id > first, _try.id <= last
    )
    return connection.scalar(query) or 0


def _received(connection: Connection, bot: int) -> set[int]:
    """Return the numbers of what people wrote lately: those are no messages of ours.

    Lately is counted and not timed: a clock that was put forward would hide them all.
    """
    query = (
        select(telegram_inbox.c.raw)
        .where(telegram_inbox.c.bot_id == bot)
        .order_by(telegram_inbox.c.id.desc())
        .limit(MOST_RECEIVED)
    )
    messages = (raw.get("message") for raw in connection.scalars(query))
    numbers = (one.get("message_id") for one in messages if isinstance(one, dict))
    return {number for number in numbers if isinstance(number, int)}


def _others_wait(connection: Connection, bot: int, now: datetime) -> bool:
    query = select(_row.id).where(
        _row.bot_id == bot,
        _row.state == OutboxState.QUEUED.value,
        ~_row.is_held,
        _row.method.startswith("send"),
        _row.not_before <= now,
    )
    return connection.scalar(query.limit(1)) is not None
