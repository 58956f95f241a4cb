"""How one bot stands, as its coordinator sees it, and how fast it may send just now."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from bot.chats import links
from bot.chats.alarms import refused_since
from bot.receiving import inbox
from bot.receiving.absence import last_gap
from bot.sending import bot_health
from bot.sending.outbox import Lane
from bot.sending.pacing import Rates, Slowed
from bot.sending.standing_model import Standing
from bot.tables import bot_state, outbox
from bot.telegram.telegram_errors import OPEN, OutboxState

A_WEEK: Final = timedelta(days=7)


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
        dead=len(inbox.dead_letters(connection, bot)),
        turned_away=sum(refused_since(connection, bot, (now - A_WEEK).date()).values()),
        gap=last_gap(connection, bot),
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


def rate_in_force(
    connection: Connection, bot: int, per_second: float, chat: float, now: datetime
) -> float:
    """Return how many messages a second may leave now: fewer while it climbs after a silence."""
    c = bot_state.c
    query = select(c.slowed_to, c.slowed_since).where(c.bot_id == bot, c.slowed_to.is_not(None))
    row = connection.execute(query).one_or_none()
    slowed = Slowed(row.slowed_to, row.slowed_since or 0.0) if row else None
    return Rates.of(per_second, chat).slowed(slowed, now.timestamp()).bot.per_second
