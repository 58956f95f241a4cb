"""Which places are given away to messages: kept in the rows of the bot and its chats.

All senders of a bot lock its row before they claim anything. So they share one rate, one silence
and one message at a time for each chat, however many processes they are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Double, and_, bindparam, case, or_, select

from bot.sending.pacing import GROUP, Places, Rates, Slowed
from bot.tables import bot_state, outbox, telegram_pace
from jetkiz.storage.bulk_load import insert_new, upsert

_FOR_EVER: Final = 1e12

_b: Final = bot_state.c
_ROW: Final = select(
    _b.frozen_since, _b.frozen_until, _b.booked_until, _b.slowed_to, _b.slowed_since
).where(_b.bot_id == bindparam("bot"))
_LOCKED_ROW: Final = _ROW.with_for_update()


@dataclass(frozen=True, slots=True)
class BotRow:
    """What all senders of a bot share."""

    frozen_since: datetime | None = None
    frozen_until: datetime | None = None
    booked_until: float | None = None
    slowed: Slowed | None = None

    def silence(self, now: datetime) -> float:
        """Return for how many seconds nothing may be sent."""
        if self.frozen_until is None:
            return 0.0
        return max(0.0, (self.frozen_until - now).total_seconds())


def read_row(connection: Connection, bot: int) -> BotRow:
    """Return what the senders of a bot share, without keeping anybody from it."""
    return _read(connection, bot, locked=False)


def lock_row(connection: Connection, bot: int, now: datetime) -> BotRow:
    """Return what the senders share, and keep the others waiting until this transaction ends.

    A silence that begins in the future was written before the clock was put back: it is moved
    along, for it would last as much longer.
    """
    row = _read(connection, bot, locked=True)
    if row.frozen_since is None or row.frozen_until is None or row.frozen_since <= now:
        return row
    until = now + (row.frozen_until - row.frozen_since)
    values = {"frozen_since": now, "frozen_until": until}
    slowed = row.slowed and Slowed(row.slowed.rate, until.timestamp())
    if slowed:
        values |= {"slowed_since": slowed.since}  # type: ignore[dict-item]
    write_row(connection, bot, values)
    return BotRow(now, until, row.booked_until, slowed)


def _read(connection: Connection, bot: int, *, locked: bool) -> BotRow:
    query = _LOCKED_ROW if locked else _ROW
    found = connection.execute(query, {"bot": bot}).one_or_none()
    if found is None:
        return BotRow()
    slowed = None
    if found.slowed_to is not None and found.slowed_since is not None:
        slowed = Slowed(found.slowed_to, found.slowed_since)
    return BotRow(found.frozen_since, found.frozen_until, found.booked_until, slowed)


def make_row(connection: Connection, bot: int) -> None:
    """Make the row that all senders of a bot lock, if it is not there yet."""
    insert_new(connection, bot_state, [{"bot_id": bot}], ["bot_id"])


def write_row(connection: Connection, bot: int, values: dict[str, Any]) -> None:
    """Change what the senders of a bot share."""
    upsert(connection, bot_state, [{"bot_id": bot, **values}], ["bot_id"])


def _has_room() -> ColumnElement[bool]:
    booked, frozen = telegram_pace.c.booked_until, telegram_pace.c.frozen_until
    is_group = outbox.c.chat_id < 0
    rested, put_back = (
        case(
            (is_group, bindparam(f"group_{name}", type_=Double)),
            else_=bindparam(f"chat_{name}", type_=Double),
        )
        for name in ("rested", "put_back")
    )
    return and_(
        or_(booked.is_(None), booked <= rested, booked > put_back),
        or_(frozen.is_(None), frozen <= bindparam("moment", type_=Double)),
    )


# Whether the chat of an outbox row, joined to its pace, takes a message now.
HAS_ROOM: Final = _has_room()


def room_facts(rates: Rates | None, now: float) -> dict[str, float]:
    """Return what ``HAS_ROOM`` must be told; without rates every chat has room."""
    facts = {"moment": now}
    for name, rate in (("group", GROUP), ("chat", rates.chat if rates else GROUP)):
        facts[f"{name}_rested"] = now - 1 / rate.per_second + 1e-6 if rates else _FOR_EVER
        facts[f"{name}_put_back"] = now + rate.furthest
    return facts


def write_places(connection: Connection, bot: int, places: Places, given: Collection[int]) -> None:
    """Write down which places were given away, in the transaction that claims the messages."""
    if not given:
        return
    write_row(connection, bot, {"booked_until": places.booked})
    rows = [
        {"bot_id": bot, "chat_id": chat, "booked_until": places.chats[chat]}
        for chat in sorted(given)
    ]
    upsert(connection, telegram_pace, rows, ["bot_id", "chat_id"])


def freeze_chat(connection: Connection, bot: int, chat_id: int, since: float, until: float) -> None:
    """Let a chat that Telegram refused rest until a moment, whoever sends."""
    row = {"bot_id": bot, "chat_id": chat_id, "booked_until": 0.0}
    row |= {"frozen_since": since, "frozen_until": until}
    upsert(connection, telegram_pace, [row], ["bot_id", "chat_id"])
