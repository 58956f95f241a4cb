"""How long what was written in a chat is kept: a month; a stranger's words not even that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.tables import outbox, telegram_inbox
from bot.telegram.kept_buttons import BUTTONS, without_words
from bot.telegram.telegram_errors import OPEN

KEEP_WORDS: Final = timedelta(days=30)
AT_ONCE: Final = 500


def forget_words(connection: Connection, bot: int, now: datetime) -> int:
    """Blank what was said and sent long ago; numbers, states and handed-in work stay.

    So does what buttons carry, which is no word: they answer for good.
    """
    before = now - KEEP_WORDS
    i, o = telegram_inbox.c, outbox.c
    ended = or_(i.done_at.is_not(None), i.is_dead)
    heard = (i.bot_id == bot, ended, i.received_at < before, _text(i.raw) != _NO_WORDS)
    is_open = o.state.in_([state.value for state in OPEN])
    said = (o.bot_id == bot, ~is_open, o.created_at < before, *_HOLDS_WORDS)
    inbox_words = update(telegram_inbox).where(*heard).values(raw={})
    reduced = _keep_buttons_alone(connection, said)
    outbox_words = update(outbox).where(*said).values(payload={})
    blanked = sum(connection.execute(one).rowcount for one in (inbox_words, outbox_words))
    return blanked + reduced


def _keep_buttons_alone(connection: Connection, said: Sequence[ColumnElement[bool]]) -> int:
    o = outbox.c
    query = select(o.id, o.payload).where(*said, _text(o.payload).like("%inline_keyboard%"))
    shown = query.where(o.id > bindparam("seen")).order_by(o.id).limit(AT_ONCE)
    reduced = update(outbox).where(o.id == bindparam("row")).values(payload=bindparam("kept"))
    count = seen = 0
    while rows := connection.execute(shown, {"seen": seen}).all():
        kept = [{"row": row.id, "kept": without_words(row.payload)} for row in rows]
        connection.execute(reduced, kept)
        # Each row is looked at once, however many there are.
        count, seen = count + len(rows), rows[-1].id
    return count


def erase_words(connection: Connection, bot: int, chat_id: int) -> None:
    """Blank what was said and sent in one chat at once, but for what is still on its way."""
    i, o = telegram_inbox.c, outbox.c
    is_open = o.state.in_([state.value for state in OPEN])
    ended = or_(i.done_at.is_not(None), i.is_dead)
    heard = (i.bot_id == bot, i.chat_id == chat_id, ended)
    said = (o.bot_id == bot, o.chat_id == chat_id, ~is_open)
    connection.execute(update(telegram_inbox).where(*heard).values(raw={}))
    connection.execute(update(outbox).where(*said).values(payload={}))


def _text(document: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(document, String)


# Written out, as in the indexes of what holds words: a parameter might keep them from being used.
_NO_WORDS: Final[ColumnElement[str]] = literal_column("'{}'")
_BEGINS: Final = f'{{"{BUTTONS}"'
_HOLDS_WORDS: Final = (
    _text(outbox.c.payload) != _NO_WORDS,
    func.substr(_text(outbox.c.payload), literal_column("1"), literal_column(f"{len(_BEGINS)}"))
    != literal_column(f"'{_BEGINS}'"),
)
