"""How long what was written in a chat is kept: a month; a stranger's words not even that."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, String, cast, or_, update

from bot.tables import outbox, telegram_inbox
from bot.telegram.telegram_errors import OPEN

KEEP_WORDS: Final = timedelta(days=30)


def forget_words(connection: Connection, bot: int, now: datetime) -> int:
    """Blank what was said and sent long ago; numbers, states and handed-in work stay."""
    before = now - KEEP_WORDS
    i, o = telegram_inbox.c, outbox.c
    ended = or_(i.done_at.is_not(None), i.is_dead)
    heard = (i.bot_id == bot, ended, i.received_at < before)
    is_open = o.state.in_([state.value for state in OPEN])
    said = (o.bot_id == bot, ~is_open, o.created_at < before)
    inbox_words = update(telegram_inbox).where(*heard, _holds_words(i.raw)).values(raw={})
    outbox_words = update(outbox).where(*said, _holds_words(o.payload)).values(payload={})
    return sum(connection.execute(one).rowcount for one in (inbox_words, outbox_words))


def erase_words(connection: Connection, bot: int, chat_id: int) -> None:
    """Blank what was said and sent in one chat at once, but for what is still on its way."""
    i, o = telegram_inbox.c, outbox.c
    is_open = o.state.in_([state.value for state in OPEN])
    ended = or_(i.done_at.is_not(None), i.is_dead)
    heard = (i.bot_id == bot, i.chat_id == chat_id, ended)
    said = (o.bot_id == bot, o.chat_id == chat_id, ~is_open)
    connection.execute(update(telegram_inbox).where(*heard).values(raw={}))
    connection.execute(update(outbox).where(*said).values(payload={}))


def _holds_words(document: ColumnElement[Any]) -> ColumnElement[bool]:
    return cast(document, String) != "{}"
