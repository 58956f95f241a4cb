"""How one bot stands, as its coordinator sees it: what waits, what went out, what is stuck."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.chats import links
from bot.receiving import inbox
from bot.sending import bot_health
from bot.sending.outbox import Lane
from bot.tables import outbox
from bot.telegram.telegram_errors import OPEN, OutboxState


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that could not be handled three times."""

    number: int
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one bot stands; ``frozen_until`` only while it is not over."""

    bot: int
    problem: str
    frozen_until: datetime | None
    waiting: dict[Lane, int]
    sent: int
    unknown: int
    refused: list[tuple[str, int]]
    phones: int
    blocked: int
    unread: int
    dead: list[DeadLetter]
    gap: tuple[datetime, datetime] | None = None

    @property
    def is_well(self) -> bool:
        """True when nobody has to look."""
        return not (self.problem or self.frozen_until or self.refused or self.dead)


def read_standing(connection: Connection, bot: int, since: datetime, now: datetime) -> Standing:
    """Return how a bot stands; what was sent and refused is counted since a moment."""
    frozen = bot_health.frozen_until(connection, bot)
    phones, blocked = links.count_phones(connection, bot)
    return Standing(
        bot=bot,
        problem=bot_health.read_problem(connection, bot),
        frozen_until=frozen if frozen and frozen > now else None,
        waiting=_waiting(connection, bot),
        sent=_count(connection, bot, OutboxState.SENT, since),
        unknown=_count(connection, bot, OutboxState.UNKNOWN, now - timedelta(days=30)),
        refused=_refused(connection, bot, since),
        phones=phones,
        blocked=blocked,
        unread=inbox.count_waiting(connection, bot),
        dead=[DeadLetter(*one) for one in inbox.put_aside(connection, bot)],
    )


def _waiting(connection: Connection, bot: int) -> dict[Lane, int]:
    c = outbox.c
    rows = connection.execute(
        select(c.lane, func.count().label("n"))
        .where(c.bot_id == bot, c.state.in_([state.value for state in OPEN]))
        .group_by(c.lane)
        .order_by(c.lane)
    )
    return {Lane(row.lane): row.n for row in rows}


def _count(connection: Connection, bot: int, state: OutboxState, since: datetime) -> int:
    c = outbox.c
    query = select(func.count()).where(
        c.bot_id == bot, c.state == state.value, c.created_at >= since
    )
    return connection.scalar(query) or 0


def _refused(connection: Connection, bot: int, since: datetime) -> list[tuple[str, int]]:
    """Return in Telegram's words why messages were refused, and how many each time."""
    c = outbox.c
    rows = connection.execute(
        select(c.last_error, func.count().label("n"))
        .where(c.bot_id == bot, c.state == OutboxState.REFUSED.value, c.created_at >= since)
        .group_by(c.last_error)
        .order_by(func.count().desc())
    )
    return [(row.last_error, row.n) for row in rows]
