"""Whose refusal a 429 is, the bot's or one chat's, and how long who is silent and slower.

Telegram does not say it. The whole bot is silent at once; only when others are served all the same,
and the chat gave cause by itself, the silence shrinks to this chat.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.sending import booking
from bot.sending.booking import BotRow
from bot.sending.outbox import Done
from bot.sending.pacing import Slowed, slow_down
from bot.telegram.telegram_errors import Kind

# So many other chats must be served for a refusal to be one chat's own.
WITNESSES: Final = 2
# A chat that just got so many messages may have run into its own limit.
CROWD: Final = 2
CROWD_SECONDS: Final = 5.0
REMEMBERED: Final = 128


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: to which chat, when its request left, and whether Telegram refused for speed."""

    chat: int
    began: float
    is_flood: bool


def is_the_chats_own(flood: Heard, heard: Sequence[Heard], last_refused: int | None) -> bool:
    """Decide whether a refusal is meant for the chat alone: others must still be served.

    Only what left after the refused request tells anything: a limit reached later touches nothing
    that left before. And the chat needs a cause of its own: it is a group, it has just got several
    messages, or it alone was refused before.
    """
    later = [one for one in heard if one.began > flood.began and one.chat != flood.chat]
    if any(one.is_flood for one in later):
        return False
    crowd = [
        one
        for one in heard
        if one.chat == flood.chat and flood.began - CROWD_SECONDS < one.began < flood.began
    ]
    has_cause = flood.chat < 0 or last_refused == flood.chat or len(crowd) >= CROWD
    return has_cause and len({one.chat for one in later}) >= WITNESSES


@dataclass(slots=True)
class Suspicion:
    """A refusal that silenced the bot: until when, and what was before."""

    flood: Heard
    until: datetime
    before: BotRow


@dataclass(slots=True)
class Floods:
    """What one sender remembers of the last answers, to tell a chat's refusal from the bot's."""

    bot: int
    heard: deque[Heard] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    open: Suspicion | None = None
    last_refused: int | None = None

    def copy(self) -> "Floods":
        """Return the same memory for a transaction that may yet fail."""
        return Floods(self.bot, self.heard.copy(), self.open, self.last_refused)

    def judge(
        self, connection: Connection, done: Iterable[Done], row: BotRow, now: datetime, top: float
    ) -> BotRow:
        """Silence the bot after a refusal; return what the senders share from now on."""
        answers = [one for one in done if one.began]
        for one in answers:
            if one.outcome.kind in {Kind.SENT, Kind.FLOODED}:
                is_flood = one.outcome.kind == Kind.FLOODED
                self.heard.append(Heard(one.job.chat_id, one.began, is_flood))
        floods = [one for one in answers if one.outcome.kind == Kind.FLOODED]
        if floods:
            row = self._silence(connection, floods, row, now, top)
        elif self.open and self.open.until <= now:
            self.last_refused, self.open = self.open.flood.chat, None
        if self.open and is_the_chats_own(self.open.flood, self.heard, self.last_refused):
            row = self._shrink(connection, self.open, row, now)
        return row

    def _silence(
        self,
        connection: Connection,
        floods: Sequence[Done],
        row: BotRow,
        now: datetime,
        top: float,
    ) -> BotRow:
        longest = max(floods, key=lambda one: one.outcome.retry_after)
        until = now + timedelta(seconds=longest.outcome.retry_after)
        is_first = row.frozen_until is None or row.frozen_until <= now
        if is_first and len({one.job.chat_id for one in floods}) == 1:
            flood = Heard(longest.job.chat_id, longest.began, is_flood=True)
            self.open = Suspicion(flood, until, row)
        else:
            # Several were refused, or another sender was: the whole bot is meant.
            self.open = None
        return freeze(connection, self.bot, row, until, now, top)

    def _shrink(
        self, connection: Connection, found: Suspicion, row: BotRow, now: datetime
    ) -> BotRow:
        """Let all others go on, unless another refusal came meanwhile."""
        self.open = None
        if row.frozen_until != found.until:
            return row
        moments = now.timestamp(), found.until.timestamp()
        booking.freeze_chat(connection, self.bot, found.flood.chat, *moments)
        return _write(connection, self.bot, row, since=None, until=None, slowed=found.before.slowed)


def freeze(
    connection: Connection, bot: int, row: BotRow, until: datetime, now: datetime, top: float
) -> BotRow:
    """Be silent until a moment, of several answers the sternest; then begin at half the rate."""
    if row.frozen_until is not None and row.frozen_until > until:
        until = row.frozen_until
    slowed = slow_down(top, row.slowed, now.timestamp(), until.timestamp())
    return _write(connection, bot, row, since=now, until=until, slowed=slowed)


def _write(
    connection: Connection,
    bot: int,
    row: BotRow,
    *,
    since: datetime | None,
    until: datetime | None,
    slowed: Slowed | None,
) -> BotRow:
    values = {
        "frozen_since": since,
        "frozen_until": until,
        "slowed_to": slowed and slowed.rate,
        "slowed_since": slowed and slowed.since,
    }
    booking.write_row(connection, bot, values)
    return BotRow(since, until, row.booked_until, slowed)
