"""What typed words mean: a command, a button of some message, or nothing but themselves.

Nobody has to press anything or know a slash. Yet where we have asked for words, they are the
answer; and a reply is about the message it hangs on.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from bot.chats.links import Chat
from bot.tables import outbox
from bot.talking.dialogue_states import (
    WORDS_WANTED,
    DialogueState,
    Doing,
)
from bot.talking.session import TYPED
from bot.telegram.telegram_errors import OutboxState
from bot.words.keyboards import Press, Verb, read_press
from bot.words.typed_words import as_command, plain

NEWEST: Final = 30
_SHOWN: Final = ("sendMessage", "editMessageText", "editMessageReplyMarkup")
# Amid this only such a button is meant, and only by its whole name; an emergency goes to nobody by
# a word that somebody happened to type.
_BUTTONS_AMID: Final[Mapping[Doing, frozenset[Verb]]] = {
    Doing.ASKING: frozenset({Verb.NO_QUESTION}),
    Doing.NAMING: frozenset({Verb.NO_NAME}),
    Doing.FEEDBACK: frozenset({Verb.NO_FEEDBACK}),
    Doing.ANSWERING: frozenset({Verb.NO_ANSWER}),
    Doing.DRAFT: frozenset(
        {
            *(Verb.FINISH, Verb.ADD, Verb.REMOVE, Verb.MOVE),
            *(Verb.ORDER, Verb.UP, Verb.CANCEL, Verb.CHOOSE_TASK),
        }
    ),
    Doing.EMERGENCY: frozenset({Verb.EMERGENCY_NO}),
}


def as_meant(
    connection: Connection, update: Mapping[str, Any], chat: Chat, state: DialogueState
) -> dict[str, Any]:
    """Return an update in which typed words are the command they mean, or the button, pressed."""
    message = update.get("message") or {}
    words = plain(str(message.get("text") or ""))
    if not words or words.startswith("/"):
        return dict(update)
    reply = message.get("reply_to_message") or {}
    if not reply and state.doing not in WORDS_WANTED:
        command = as_command(update)
        if command != update:
            return command
    shown = _shown(connection, chat, reply.get("message_id"))
    found = _called(shown, words, state)
    return _pressed(update, *found) if found else dict(update)


def _pressed(update: Mapping[str, Any], number: int, data: str) -> dict[str, Any]:
    message = update["message"]
    about = {"message_id": number, "date": message["date"], "chat": message["chat"]}
    query = {"id": TYPED, "from": message["from"], "chat_instance": TYPED}
    press = query | {"data": data, "message": about}
    return {"update_id": update["update_id"], "callback_query": press}


def _shown(
    connection: Connection, chat: Chat, only: int | None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Return messages as they look now, the newest first; with ``only`` that one alone."""
    here = {"bot": chat.bot, "chat": chat.chat_id, "only": only}
    seen: set[int] = set()
    for row in connection.execute(_NEWEST if only is None else _ONE, here):
        number = row.message_id or row.payload.get("message_id")
        if number is not None and number not in seen:
            seen.add(number)
            yield int(number), row.payload


_NEWEST: Final = (
    select(outbox.c.message_id, outbox.c.payload)
    .where(
        outbox.c.bot_id == bindparam("bot"),
        outbox.c.chat_id == bindparam("chat"),
        outbox.c.method.in_(_SHOWN),
        outbox.c.state == OutboxState.SENT.value,
    )
    .order_by(outbox.c.id.desc())
    .limit(NEWEST)
)
_ONE: Final = _NEWEST.where(outbox.c.message_id == bindparam("only"))


def _called(
    shown: Iterator[tuple[int, Mapping[str, Any]]], words: str, state: DialogueState
) -> tuple[int, str] | None:
    """Return message and data of the newest button that is called so and may be meant."""
    allowed = _BUTTONS_AMID.get(state.doing)
    for number, payload in shown:
        for one in _buttons(payload):
            data = str(one.get("callback_data", ""))
            press = read_press(data)
            name = plain(one.get("text", ""))
            if press is None or not _is_called(name, words, by_number=allowed is None):
                continue
            if allowed is None or (press.verb in allowed and _is_about(press, state)):
                return number, data
    return None


def _is_about(press: Press, state: DialogueState) -> bool:
    """Whether a button belongs to the draft that is open, where one is."""
    place = (state.facts.get("student"), state.facts.get("lesson"))
    return state.doing != Doing.DRAFT or press.numbers[:2] == place


def _buttons(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    markup = payload.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


def _is_called(name: str, words: str, *, by_number: bool) -> bool:
    return name == words or (by_number and words.isdecimal() and name.startswith(f"{words}. "))
