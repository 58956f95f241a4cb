"""What people sent: kept before Telegram forgets it, each once, handled in order for each chat.

An update is confirmed to Telegram only after it is in the database. What cannot be handled three
times is put aside where a coordinator sees it, and holds nobody up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from bot.receiving.updates import chat_of, kind_of
from bot.tables import bot_state, telegram_inbox
from jetkiz.storage.bulk_load import insert_new, upsert

MOST_TRIES: Final = 3
REST: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update that waits to be handled."""

    id: int
    update_id: int
    chat_id: int
    raw: Mapping[str, Any]
    tries: int


def keep(
    connection: Connection, bot: int, updates: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Keep updates and move the confirmation on, in one transaction; return how many were new."""
    if not updates:
        return 0
    following = max(raw["update_id"] for raw in updates) + 1
    confirm_below(connection, bot, following)
    return store(connection, bot, updates, now)


def store(
    connection: Connection, bot: int, updates: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Keep updates that need no confirmation; return how many were new.

    Known is what has a known number: numbers may begin anew anywhere after a silent week.
    """
    rows = [
        {
            "bot_id": bot,
            "update_id": raw["update_id"],
            "chat_id": chat_of(raw),
            "raw": dict(raw),
            "received_at": now,
            "not_before": now,
            "tries": 0,
            "error": "",
            "is_dead": False,
        }
        for raw in sorted(updates, key=lambda one: one["update_id"])
    ]
    return insert_new(connection, telegram_inbox, rows, ["bot_id", "update_id"])


def confirm_below(connection: Connection, bot: int, number: int) -> None:
    """Let the next question confirm everything below a number; it may be lower than the last."""
    upsert(connection, bot_state, [{"bot_id": bot, "next_update": number}], ["bot_id"])


def confirmed(connection: Connection, bot: int, number: int) -> None:
    """Note that Telegram has heard the confirmation: it is never said again.

    After a silent week it could otherwise confirm new updates that nobody has seen.
    """
    c = bot_state.c
    mine = (c.bot_id == bot, c.next_update == number)
    connection.execute(update(bot_state).where(*mine).values(next_update=0))


def next_update(connection: Connection, bot: int) -> int:
    """Return the number below which Telegram may forget everything; 0 when it has heard it."""
    query = select(bot_state.c.next_update).where(bot_state.c.bot_id == bot)
    return connection.scalar(query) or 0


def waiting(
    connection: Connection,
    bot: int,
    now: datetime,
    busy: Collection[int] = (),
    most: int | None = None,
) -> list[Arrived]:
    """Return the first update of each chat that is not being handled already, oldest first."""
    c = telegram_inbox.c
    first = (
        select(func.min(c.id))
        .where(c.bot_id == bot, c.done_at.is_(None), ~c.is_dead)
        .group_by(c.chat_id)
    )
    if busy:
        first = first.where(c.chat_id.not_in(list(busy)))
    query = select(c.id, c.update_id, c.chat_id, c.raw, c.tries)
    query = query.where(c.id.in_(first), c.not_before <= now).order_by(c.id).limit(most)
    return [Arrived(*row) for row in connection.execute(query)]


def is_open(connection: Connection, number: int) -> bool:
    """Say whether an update still waits, and hold it for the transaction that handles it."""
    return connection.scalar(_OPEN, {"number": number}) is not None


_OPEN: Final = (
    select(telegram_inbox.c.id)
    .where(
        telegram_inbox.c.id == bindparam("number"),
        telegram_inbox.c.done_at.is_(None),
        ~telegram_inbox.c.is_dead,
    )
    .with_for_update()
)


def mark_done(connection: Connection, number: int, now: datetime, *, keep_words: bool) -> None:
    """Write down that an update was handled; in the same transaction as what it changed."""
    c = telegram_inbox.c
    values: dict[str, Any] = {"done_at": now} | ({} if keep_words else {"raw": {}})
    connection.execute(update(telegram_inbox).where(c.id == number).values(values))


def mark_failed(connection: Connection, one: Arrived, error: str, now: datetime) -> bool:
    """Count a failure; return True when the update is put aside for good."""
    tries = one.tries + 1
    c = telegram_inbox.c
    connection.execute(
        update(telegram_inbox)
        .where(c.id == one.id)
        .values(
            tries=tries,
            error=error[:500],
            not_before=now + tries * REST,
            is_dead=tries >= MOST_TRIES,
        )
    )
    return tries >= MOST_TRIES


def postpone(connection: Connection, number: int, until: datetime) -> None:
    """Let an update wait without counting a failure: the network was at fault."""
    c = telegram_inbox.c
    connection.execute(update(telegram_inbox).where(c.id == number).values(not_before=until))


def count_waiting(connection: Connection, bot: int) -> int:
    """Return how many updates have not been handled."""
    c = telegram_inbox.c
    query = select(func.count()).where(c.bot_id == bot, c.done_at.is_(None), ~c.is_dead)
    return connection.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class PutAside:
    """An update that could not be handled; its words are not told to anybody."""

    id: int
    update_id: int
    chat_id: int
    kind: str
    at: datetime
    error: str
    can_be_tried: bool


def dead_letters(connection: Connection, bot: int) -> list[PutAside]:
    """Return what could not be handled and what nobody has closed, oldest first."""
    c = telegram_inbox.c
    rows = connection.execute(
        select(telegram_inbox).where(c.bot_id == bot, c.is_dead, c.done_at.is_(None)).order_by(c.id)
    )
    return [
        PutAside(
            id=row.id,
            update_id=row.update_id,
            chat_id=row.chat_id,
            kind=kind_of(row.raw),
            at=row.received_at,
            error=row.error,
            can_be_tried=bool(row.raw),
        )
        for row in rows
    ]


def put_aside(connection: Connection, bot: int) -> list[tuple[int, datetime, str]]:
    """Return what could not be handled: number, arrival, error."""
    return [(one.update_id, one.at, one.error) for one in dead_letters(connection, bot)]


def try_again(connection: Connection, number: int, now: datetime) -> bool:
    """Let an update that was put aside be handled anew, before what its chat said later.

    False when it is none, or when its words were blanked meanwhile.
    """
    c = telegram_inbox.c
    row = connection.execute(select(c.raw).where(*_is_aside(number)).with_for_update()).first()
    if row is None or not row.raw:
        return False
    values = {"is_dead": False, "tries": 0, "not_before": now}
    connection.execute(update(telegram_inbox).where(c.id == number).values(values))
    return True


def close(connection: Connection, number: int, now: datetime) -> bool:
    """Close an update that was put aside: somebody has seen to it. False when it is none."""
    done = update(telegram_inbox).where(*_is_aside(number)).values(done_at=now)
    return connection.execute(done).rowcount == 1


def _is_aside(number: int) -> tuple[ColumnElement[bool], ...]:
    c = telegram_inbox.c
    return (c.id == number, c.is_dead, c.done_at.is_(None))


def chats_of(connection: Connection, bot: int, numbers: Collection[int]) -> set[int]:
    """Return from which chats these updates came."""
    c = telegram_inbox.c
    query = select(c.chat_id).where(c.bot_id == bot, c.update_id.in_(numbers))
    return set(connection.scalars(query))
