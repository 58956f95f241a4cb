"""Until when a bot must be silent, and what stops it, in words that survive a restart."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.tables import bot_state
from jetkiz.storage.bulk_load import upsert


def frozen_until(connection: Connection, bot: int) -> datetime | None:
    """Return until when nothing may be sent."""
    return connection.scalar(select(bot_state.c.frozen_until).where(bot_state.c.bot_id == bot))


def set_problem(connection: Connection, bot: int, problem: str) -> None:
    """Keep in words what stops the bot; empty when all is well."""
    upsert(connection, bot_state, [{"bot_id": bot, "problem": problem}], ["bot_id"])


def solved(connection: Connection, bot: int, problem: str) -> None:
    """Forget this problem, if it is the one that stops the bot."""
    c = bot_state.c
    connection.execute(
        update(bot_state).where(c.bot_id == bot, c.problem == problem).values(problem="")
    )


def read_problem(connection: Connection, bot: int) -> str:
    """Return in words what stops the bot; empty when all is well."""
    query = select(bot_state.c.problem).where(bot_state.c.bot_id == bot)
    return connection.scalar(query) or ""
