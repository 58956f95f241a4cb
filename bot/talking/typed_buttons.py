"""Which button typed words mean: the words on it, or its number. Nobody has to press anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.chats import links
from bot.tables import outbox
from bot.talking.dialogue_states import Doing, read_state
from bot.talking.session import TYPED
from bot.telegram.telegram_errors import OutboxState
from bot.words.keyboards import Verb, read_press
from bot.words.typed_words import plain

NEWEST: Final = 30
_SHOWN: Final = ("sendMessage", "editMessageText", "editMessageReplyMarkup")
# Here any words may be the answer itself; only a way out is taken for a button.
_FREE: Final = frozenset({Doing.ASKING, Doing.NAMING, Doing.FEEDBACK, Doing.EMERGENCY})
_WAYS_OUT: Final = frozenset({Verb.NO_QUESTION, Verb.NO_NAME, Verb.NO_FEEDBACK, Verb.EMERGENCY_NO})


def as_press(
    connection: Connection, bot: int, update: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return an update in which the words of a button are that button, pressed."""
    message = update.get("message") or {}
    words = plain(str(message.get("text") or ""))
    if not words or words.startswith("/"):
        return dict(update)
    chat_id = message["chat"]["id"]
    found = _called(connection, bot, chat_id, words)
    if found is None or not _may_be_meant(connection, bot, chat_id, found[1], now):
        return dict(update)
    number, data = found
    pressed = {"message_id": number, "date": message["date"], "chat": message["chat"]}
    query = {"id": TYPED, "from": message["from"], "chat_instance": TYPED}
    press = query | {"data": data, "message": pressed}
    return {"update_id": update["update_id"], "callback_query": press}


def _may_be_meant(connection: Connection, bot: int, chat_id: int, data: str, now: datetime) -> bool:
    chat = links.find_chat(connection, bot, chat_id)
    press = read_press(data)
    if chat is None or press is None:
        return False
    is_free = read_state(connection, chat, now).doing in _FREE
    return press.verb in _WAYS_OUT if is_free else True


def _called(connection: Connection, bot: int, chat_id: int, words: str) -> tuple[int, str] | None:
    """Return message and data of the newest button that is called so."""
    c = outbox.c
    rows = connection.execute(
        select(c.message_id, c.payload)
        .where(
            c.bot_id == bot,
            c.chat_id == chat_id,
            c.method.in_(_SHOWN),
            c.state == OutboxState.SENT.value,
        )
        .order_by(c.id.desc())
        .limit(NEWEST)
    )
    seen: set[int] = set()
    for row in rows:
        number = row.message_id or row.payload.get("message_id")
        if number is None or number in seen:
            continue
        seen.add(number)
        for button in _buttons(row.payload):
            if _is_called(button.get("text", ""), words):
                return int(number), str(button.get("callback_data", ""))
    return None


def _buttons(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    markup = payload.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


def _is_called(label: str, words: str) -> bool:
    name = plain(label)
    return name == words or (words.isdecimal() and name.startswith(f"{words}. "))
