"""What a chat is in the middle of: kept in the database, so that it survives any restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from bot.chats import links
from bot.chats.links import Chat
from bot.tables import dialogue_state, telegram_chat
from jetkiz.storage.bulk_load import upsert

LIVES: Final = timedelta(hours=24)


class Doing(StrEnum):
    """What a chat is in the middle of."""

    NOTHING = "nothing"  # nothing at all
    DRAFT = "draft"  # pages are being collected for a task
    CHOOSING = "choosing"  # pages came, and we asked for which task
    FEEDBACK = "feedback"  # what a teacher says next belongs to a piece of work
    ANSWERING = "answering"  # what a teacher types next answers a family's question
    LINKING = "linking"  # a code was sent; whose child, or the consent, is still open
    EMERGENCY = "emergency"  # an emergency message is written; to whom it goes is asked
    ASKING = "asking"  # the next message is a question to a teacher
    NAMING = "naming"  # the next message is how this phone calls a child
    SEALED = "sealed"  # work was handed in; a late part of its album still belongs to it


# Whatever is typed now is what was asked for, also where it is called like a command or a code.
WORDS_WANTED: Final = frozenset({Doing.ASKING, Doing.ANSWERING, Doing.DRAFT})


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What a chat is doing, with the facts it needs."""

    doing: Doing = Doing.NOTHING
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_state(connection: Connection, chat: Chat, now: datetime) -> DialogueState:
    """Return what a chat is doing; nothing after a day."""
    row = connection.execute(_STATE, {"chat": chat.id, "now": now}).one_or_none()
    return DialogueState(Doing(row.state), row.facts) if row else DialogueState()


_STATE: Final = select(dialogue_state.c.state, dialogue_state.c.facts).where(
    dialogue_state.c.chat == bindparam("chat"),
    dialogue_state.c.expires_at > bindparam("now"),
)


def write_state(
    connection: Connection, chat: Chat, doing: Doing, facts: Mapping[str, Any], now: datetime
) -> None:
    """Remember what a chat is doing."""
    row = {"chat": chat.id, "state": doing.value, "facts": dict(facts), "expires_at": now + LIVES}
    upsert(connection, dialogue_state, [row], ["chat"])


def take_expired(
    connection: Connection, bot: int, now: datetime, only: Chat | None = None
) -> list[tuple[Chat, DialogueState]]:
    """Forget what chats were in the middle of a day ago; return it, for it may need a word.

    Of two that come for the same at once, one gets it.
    """
    c = dialogue_state.c
    query = (
        select(c.chat, c.state, c.facts, telegram_chat.c.chat_id)
        .join_from(dialogue_state, telegram_chat, telegram_chat.c.id == c.chat)
        .where(telegram_chat.c.bot_id == bot, c.expires_at <= now)
        .order_by(c.chat)
    )
    rows = connection.execute(query if only is None else query.where(c.chat == only.id)).all()
    found = []
    for row in rows:
        chat = links.find_chat(connection, bot, row.chat_id)
        mine = dialogue_state.delete().where(c.chat == row.chat, c.expires_at <= now)
        if connection.execute(mine).rowcount and chat:
            found.append((chat, DialogueState(Doing(row.state), row.facts)))
    return found
