"""What the tests of the sender put into the outbox, and what they read from it."""

from sqlalchemy import select

from bot.sending import outbox
from bot.tables import outbox as outbox_table
from bot.tables import outbox_attempt
from jetkiz.storage.workplace import wall_clock
from tests.bot_school import BOT, Stage

REPEAT = "Perhaps you have this message already"


def put(
    stage: Stage,
    chat_id: int,
    *texts: str,
    method: str = "sendMessage",
    lane: outbox.Lane = outbox.Lane.ANSWER,
    **more: object,
) -> None:
    """Write messages to one chat into the outbox; each is its own key."""
    with stage.workplace.database.write() as connection:
        messages = [
            outbox.Outgoing(text, chat_id, method, {"chat_id": chat_id, "text": text, **more}, lane)
            for text in texts
        ]
        outbox.put(connection, BOT, messages, wall_clock())


def rows(stage: Stage) -> dict[str, str]:
    """Where each message stands, by its key."""
    with stage.workplace.database.read() as connection:
        c = outbox_table.c
        return {row.key: row.state for row in connection.execute(select(c.key, c.state))}


def attempts(stage: Stage) -> list[str]:
    """The story of all attempts, the oldest first."""
    with stage.workplace.database.read() as connection:
        c = outbox_attempt.c
        return list(connection.scalars(select(c.event).order_by(c.id)))
