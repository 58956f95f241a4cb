"""What people sent: kept before Telegram forgets it, each once, handled in order for each chat.

An update is confirmed to Telegram only after it is in the database. What cannot be handled three
times is put aside where a coordinator sees it, and holds nobody up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.chats.links import is_of_student
from bot.receiving.updates import chat_of, kind_of
from bot.tables import bot_state, telegram_inbox
from jetkiz.storage.bulk_load import insert_new, upsert
from jetkiz.storage.many_values import among_named, as_list

MOST_TRIES: Final = 3
REST: Final = timedelta(seconds=1)
# No update rests longer, so one that is to rest longer was written before a clock was put back.
LONGEST_REST: Final = timedelta(minutes=10)
_FURTHEST: Final = LONGEST_REST + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update that waits to be handled."""

    id: int
    update_id: int
    chat_id: int
    raw: Mapping[str, Any]
    tries: int


def store(
    connection: Connection, bot: int, updates: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Keep updates; return how many were new. Only then they may be confirmed.

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
    asked = {
        "bot": bot,
        "now": now,
        "put_back": now + _FURTHEST,
        "busy": as_list(busy),
        "most": _ALL if most is None else most,
    }
    return [Arrived(*row) for row in connection.execute(_WAITING, asked)]


_ALL: Final = 2**31 - 1
_MINE: Final = telegram_inbox.c
_OPEN: Final = _MINE.done_at.is_(None) & ~_MINE.is_dead


def _waiting() -> Select[Any]:
    """A Monday's backlog is long: it is read from its old end, and only as far as is wanted."""
    older = telegram_inbox.alias("older").c
    is_first = ~exists().where(
        older.bot_id == _MINE.bot_id,
        older.chat_id == _MINE.chat_id,
        older.done_at.is_(None),
        ~older.is_dead,
        older.id < _MINE.id,
    )
    has_rested = or_(_MINE.not_before <= bindparam("now"), _MINE.not_before > bindparam("put_back"))
    return (
        select(_MINE.id, _MINE.update_id, _MINE.chat_id, _MINE.raw, _MINE.tries)
        .where(_MINE.bot_id == bindparam("bot"), _OPEN, is_first)
        .where(has_rested, ~among_named(_MINE.chat_id, "busy"))
        .order_by(_MINE.id)
        .limit(bindparam("most"))
    )


_WAITING: Final = _waiting()


def hold(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return which updates still wait, and hold them for the transaction that handles them."""
    return set(connection.scalars(_STILL_OPEN, {"numbers": as_list(numbers)}))


_STILL_OPEN: Final = (
    select(_MINE.id)
    .where(among_named(_MINE.id, "numbers"), _OPEN)
    .order_by(_MINE.id)
    .with_for_update()
)


def mark_family_done(connection: Connection, number: int, now: datetime) -> bool:
    """Write down that an update was handled, if it is a family's; else return False.

    Most are: for those it takes one statement to know it and to write it down.
    """
    return connection.execute(_FAMILY_DONE, {"number": number, "now": now}).rowcount == 1


_FAMILY_DONE: Final = (
    update(telegram_inbox)
    .where(_MINE.id == bindparam("number"), is_of_student(_MINE.bot_id, _MINE.chat_id))
    .values(done_at=bindparam("now"))
)


def mark_done(connection: Connection, number: int, now: datetime, *, keep_words: bool) -> None:
    """Write down that an update was handled; in the same transaction as what it changed."""
    values: dict[str, Any] = {"done_at": now} | ({} if keep_words else {"raw": {}})
    connection.execute(update(telegram_inbox).where(_MINE.id == number).values(values))


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
