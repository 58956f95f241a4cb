"""Since when a bot heard nothing of Telegram, and what families are told when that was too long.

Telegram keeps what people send for a day and then forgets it. Nobody can know what was in it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot import bots
from bot.chats import links
from bot.chats.preferences import read_all_preferences
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.tables import bot_state
from bot.words import notices
from jetkiz.i18n import translator
from jetkiz.storage.bulk_load import upsert

# Four hours before Telegram begins to forget: its clock and ours need not agree.
LONGEST: Final = timedelta(hours=20)
# After the summer, or with a clock that was wrong by a year, nobody has anything to send again.
TOO_LONG_AGO: Final = timedelta(days=45)
NOTE_EVERY: Final = 60.0


def time_awake_or_asleep() -> float:
    """Return seconds that no change of the clock moves, with time asleep where that is known."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Attendance:
    """When one bot last heard Telegram; a clock that jumps makes no absence."""

    def __init__(
        self, bot: int, zone: str, elapsed: Callable[[], float] = time_awake_or_asleep
    ) -> None:
        self._bot = bot
        self._zone = zone
        self._elapsed = elapsed
        self._last: float | None = None

    @property
    def is_due(self) -> bool:
        """Whether hearing Telegram is worth writing down again."""
        return self._last is None or self._elapsed() - self._last >= NOTE_EVERY

    def moment(self) -> float:
        """Return the moment of hearing by a watch of our own; ``kept`` takes it afterwards."""
        return self._elapsed()

    def kept(self, moment: float) -> None:
        """Remember a hearing, now that it is in the database: else its gap would be forgotten."""
        self._last = moment if self._last is None else max(self._last, moment)

    def heard(self, connection: Connection, now: datetime) -> int:
        """Write down that Telegram was heard; return how many families were asked."""
        since = last_heard(connection, self._bot)
        row = {"bot_id": self._bot, "fetched_at": now}
        upsert(connection, bot_state, [row], ["bot_id"])
        away = now - since if since else timedelta()
        if self._last is not None:
            # This program knows better than the calendar how long it heard nothing.
            away = min(away, timedelta(seconds=self._elapsed() - self._last))
        if since is None or not LONGEST < away < TOO_LONG_AGO:
            return 0
        gap = {"bot_id": self._bot, "gap_since": since, "gap_until": now}
        upsert(connection, bot_state, [gap], ["bot_id"])
        return self._ask_families(connection, since, now)

    def _ask_families(self, connection: Connection, since: datetime, now: datetime) -> int:
        zone = ZoneInfo(bots.zone_of(connection, self._bot) or self._zone)
        chats = links.family_chats(connection, self._bot)
        chosen = read_all_preferences(connection, [chat.id for chat in chats])
        messages = []
        for chat in chats:
            card = notices.send_again(since.astimezone(zone), translator(chat.language))
            messages.append(
                Outgoing(
                    key=f"gap:{self._bot}:{since.astimezone(UTC):%Y%m%dT%H%M%S}:{chat.id}",
                    chat_id=chat.chat_id,
                    method="sendMessage",
                    payload={"chat_id": chat.chat_id, **card.payload()},
                    lane=Lane.REMINDER,
                    not_before=chosen[chat.id].not_before(now, zone),
                    silent=chat.quiet,
                )
            )
        return outbox.put(connection, self._bot, messages, now)


def last_heard(connection: Connection, bot: int) -> datetime | None:
    """Return when Telegram was last heard; None before the very first time."""
    return connection.scalar(select(bot_state.c.fetched_at).where(bot_state.c.bot_id == bot))


def last_gap(connection: Connection, bot: int) -> tuple[datetime, datetime] | None:
    """Return from when to when messages may have been lost the last time."""
    c = bot_state.c
    query = select(c.gap_since, c.gap_until).where(c.bot_id == bot, c.gap_since.is_not(None))
    row = connection.execute(query).one_or_none()
    return (row.gap_since, row.gap_until) if row else None
