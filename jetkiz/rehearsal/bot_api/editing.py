"""What the bot may change afterwards: text, caption, buttons, a sign on a message, or all of it."""

from dataclasses import replace
from typing import Any

from jetkiz.rehearsal.bot_api.json_forms import message_json
from jetkiz.rehearsal.bot_api.media import Storing
from jetkiz.rehearsal.bot_api.rich_messages import rich_content
from jetkiz.rehearsal.bot_api.sending import (
    Call,
    album_content,
    known_chat,
    reachable_chat,
    read_caption,
    read_text,
)
from jetkiz.rehearsal.state.model import Author, Event, EventKind, Json, Message, Outcome
from jetkiz.rehearsal.state.refusals import bad_request
from jetkiz.rehearsal.texts.keyboards import inline_only

MEDIA_KINDS = ("photo", "video", "animation", "document", "audio")
DELETABLE_FOR = 48 * 3600
PRESS_LIVES = 15 * 60  # the real server forgets a press about then
LONGEST_ANSWER = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
REACTIONS = set("👍👎❤🔥🥰👏😁🤔🎉🤩🙏👌💯⚡🏆👀🎓😇🤝✍🫡🆒") | {"❤️", "✍️"}


def own_message(call: Call) -> Message:
    chat = reachable_chat(call)
    number = call.parameters.integer("message_id")
    if number is None:
        raise bad_request("message identifier is not specified")
    message = call.world.message_in(chat.chat_id, number)
    if message is None:
        raise bad_request("message to edit not found")
    if message.author != Author.BOT:
        raise bad_request("message can't be edited")
    return message


def edited(call: Call, message: Message, content: Json) -> Outcome:
    buttons = inline_only(call.parameters.structure("reply_markup"))
    if (content, buttons) == (message.content, message.buttons):
        raise bad_request(NOT_MODIFIED)
    changes: Json = {"content": content, "buttons": buttons, "edited": call.now}
    return changed(call, message, EventKind.MESSAGE_EDITED, changes)


def changed(call: Call, message: Message, kind: EventKind, changes: Json) -> Outcome:
    facts = {"message_id": message.message_id, "chat_id": message.chat_id, "changes": changes}
    after = replace(message, **changes)
    return Outcome((Event(kind, facts),), message_json(call.world, after))


def edit_message_text(call: Call) -> Outcome:
    message = own_message(call)
    storing = Storing(call.world, call.limits)
    content = text_or_rich(call, storing)
    if not {"text", "rich_message"} & set(message.content):
        raise bad_request("there is no text in the message to edit")
    outcome = edited(call, message, content)
    return replace(outcome, events=(*storing.events, *outcome.events))


def text_or_rich(call: Call, storing: Storing) -> Json:
    if call.parameters.values.get("rich_message") is not None:
        return rich_content(call, storing)
    formatted = read_text(call)
    return {"text": formatted.text, "entities": formatted.entities}


def edit_message_caption(call: Call) -> Outcome:
    message = own_message(call)
    caption = read_caption(call)
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    return edited(call, message, {message.media.value: message.content[message.media], **caption})


def edit_message_reply_markup(call: Call) -> Outcome:
    message = own_message(call)
    return edited(call, message, message.content)


def delete_message(call: Call) -> Outcome:
    chat = known_chat(call)
    message = call.world.message_in(chat.chat_id, call.parameters.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to delete not found")
    if call.now - message.date > DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    return Outcome((deletion(message),), True)


def deletion(message: Message) -> Event:
    facts = {"message_id": message.message_id, "chat_id": message.chat_id}
    return Event(EventKind.MESSAGE_DELETED, facts | {"changes": {"deleted": True}})


def edit_message_media(call: Call) -> Outcome:
    """Another file in the place of this one; an album's part keeps to the album's kinds."""
    message = own_message(call)
    item = call.parameters.structure("media")
    if not isinstance(item, dict) or item.get("type") not in MEDIA_KINDS:
        raise bad_request("can't parse InputMedia: media not found")
    if message.media is None and "text" not in message.content:
        raise bad_request("there is no media in the message to edit")
    storing = Storing(call.world, call.limits)
    outcome = edited(call, message, album_content(call, storing, item))
    return replace(outcome, events=(*storing.events, *outcome.events))


def set_message_reaction(call: Call) -> Outcome:
    chat = reachable_chat(call)
    message = call.world.message_in(chat.chat_id, call.parameters.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    sign = read_reaction(call.parameters.structure("reaction"))
    return replace(changed(call, message, EventKind.REACTION_SET, {"reaction": sign}), result=True)


def read_reaction(given: Any) -> str | None:
    if not given:
        return None
    if not isinstance(given, list) or len(given) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    sign = given[0].get("emoji") if isinstance(given[0], dict) else None
    if str(sign) not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return str(sign)


def answer_callback_query(call: Call) -> Outcome:
    query = call.parameters.text("callback_query_id") or ""
    press = call.world.presses.get(query)
    text = call.parameters.text("text") or ""
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    too_old = press is not None and call.now - press["at"].timestamp() > PRESS_LIVES
    if press is None or "answer" in press or too_old:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    alert = call.parameters.flag("show_alert")
    facts = {"query_id": query, "person": press["person"], "text": text, "alert": alert}
    return Outcome((Event(EventKind.PRESS_ANSWERED, facts),), True)
