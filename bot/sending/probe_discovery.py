"""A message that nobody knew of shows itself: somebody presses its button or replies to it.

The button carries the row of the outbox. What was unknown is sent then; what had gone again is
taken away where the reader does not look, and the message in use stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from bot.sending import claims, evidence, outbox
from bot.sending.outbox import UNKNOWNS, Done, Job, Outgoing
from bot.sending.probe import FOUND
from bot.tables import outbox as outbox_table
from bot.tables import outbox_attempt
from bot.telegram.telegram_errors import DUE, Kind, OutboxState, Outcome, Step
from bot.words.keyboards import row_of

# Telegram lets a bot delete its messages for two days; an hour is kept for the way there.
DELETABLE: Final = timedelta(hours=47)

# Whoever sends a message or looks for it may be dead, and once it was pressed its buttons change,
# so that nobody finds it any more.
_IN_DOUBT: Final = frozenset({*(state.value for state in DUE), OutboxState.SENDING.value})

_c = outbox_table.c


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message of ours as an update shows it: where it is, and the row that it names."""

    chat_id: int
    message_id: int
    row: int


def sighting(raw: Mapping[str, Any]) -> Sighting | None:
    """Return the message of ours that was pressed or replied to, if it names its row."""
    query = raw.get("callback_query")
    if isinstance(query, dict):
        return _sighting(query.get("message"), [query.get("data")])
    message = raw.get("message")
    replied = message.get("reply_to_message") if isinstance(message, dict) else None
    markup = replied.get("reply_markup") if isinstance(replied, dict) else None
    rows = markup.get("inline_keyboard", ()) if isinstance(markup, dict) else ()
    return _sighting(replied, [one.get("callback_data") for row in rows for one in row])


def _sighting(message: Any, said: list[Any]) -> Sighting | None:
    if not isinstance(message, dict):
        return None
    row = next((row_of(one) for one in said if isinstance(one, str) and "@" in one), None)
    chat, number = message.get("chat", {}).get("id"), message.get("message_id")
    if row is None or not isinstance(chat, int) or not isinstance(number, int):
        return None
    return Sighting(chat, number, row)


def discover(connection: Connection, bot: int, seen: Sighting, now: datetime, at: datetime) -> bool:
    """Learn of a message from a sighting; False when nothing was unknown about it.

    ``now`` is the machine's own time, ``at`` that of the ledger. Who forges a button reaches only
    rows of the own chat, and of those only what is in doubt or under way.
    """
    row = connection.execute(
        select(outbox_table, UNKNOWNS).where(
            _c.id == seen.row, _c.bot_id == bot, _c.chat_id == seen.chat_id
        )
    ).one_or_none()
    if row is None or row.message_id == seen.message_id:
        return False
    if not row.unknowns and row.state != OutboxState.SENDING.value:
        return False
    if outbox.key_of(connection, bot, seen.chat_id, seen.message_id):
        return False
    if row.state in _IN_DOUBT:
        done = Done(
            _job(row), Outcome(Kind.SENT, seen.message_id, detail=FOUND), Step(OutboxState.SENT)
        )
        claims.settle(connection, bot, [done], now)
        evidence.report(connection, bot, [done], at)
        return True
    if row.state == OutboxState.SENT.value and row.message_id:
        _keep_the_one_in_use(connection, bot, row, seen, now)
        return True
    return False


def _keep_the_one_in_use(
    connection: Connection, bot: int, row: Row[Any], seen: Sighting, now: datetime
) -> None:
    """Delete the copy that went again, if Telegram still lets us, and know the other one.

    Whoever presses both has one left: what is to be deleted already takes no other's place.
    """
    ends = f"double:{row.id}:{seen.message_id}"
    if connection.scalar(select(_c.id).where(_c.key == ends)) is not None:
        return
    a = outbox_attempt.c
    sent = connection.scalar(
        select(func.max(a.at)).where(a.outbox_id == row.id, a.event == OutboxState.SENT.value)
    )
    if sent is None or now - sent > DELETABLE:
        return
    connection.execute(
        update(outbox_table).where(_c.id == row.id).values(message_id=seen.message_id)
    )
    copy = {"chat_id": seen.chat_id, "message_id": row.message_id}
    key = f"double:{row.id}:{row.message_id}"
    outbox.put(connection, bot, [Outgoing(key, seen.chat_id, "deleteMessage", copy)], now)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        key=row.key,
        chat_id=row.chat_id,
        method=row.method,
        payload=dict(row.payload),
        tries=row.tries,
        consignment=row.consignment,
        language="",
        created_at=row.created_at,
        unknowns=row.unknowns,
        lane=row.lane,
    )
