"""What the bot may pass on, pin and remove several at a time."""

from dataclasses import replace

from jetkiz.rehearsal.bot_api.editing import DELETABLE_FOR, changed, deletion
from jetkiz.rehearsal.bot_api.json_forms import message_json
from jetkiz.rehearsal.bot_api.polls import asked_anew
from jetkiz.rehearsal.bot_api.sending import Call, new_message, reachable_chat, read_caption, sent
from jetkiz.rehearsal.state.model import EventKind, Json, Message, Outcome
from jetkiz.rehearsal.state.refusals import bad_request

MOST_AT_ONCE = 100


def source_message(call: Call, purpose: str) -> Message:
    """The message to pass on, from a chat that the bot knows."""
    given = call.parameters.text("from_chat_id") or ""
    number = call.parameters.integer("message_id") or 0
    try:
        message = call.world.message_in(int(given), number)
    except ValueError:
        message = None
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message


def copy_message(call: Call) -> Outcome:
    chat = reachable_chat(call)
    source = source_message(call, "copy")
    content = {name: part for name, part in source.content.items() if name != "forward_origin"}
    if "poll" in content:
        content["poll"] = asked_anew(call.world, content["poll"])
    if source.media is not None and call.parameters.text("caption") is not None:
        content = {source.media.value: content[source.media.value], **read_caption(call)}
    outcome = sent(call, new_message(call, chat, content))
    return replace(outcome, result={"message_id": outcome.result["message_id"]})


def forward_message(call: Call) -> Outcome:
    chat = reachable_chat(call)
    source = source_message(call, "forward")
    told = message_json(call.world, source)
    origin: Json = {"type": "user", "date": source.date, "sender_user": told["from"]}
    content = {"forward_origin": origin} | source.content
    message = new_message(call, chat, content)
    return sent(call, replace(message, buttons=None, keyboard=None, reply_to=None))


def delete_messages(call: Call) -> Outcome:
    """Those that are there and young enough go; the others are passed over in silence."""
    chat = reachable_chat(call)
    numbers = call.parameters.structure("message_ids")
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        raise bad_request("can't parse message identifiers JSON object")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > MOST_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    found = [call.world.message_in(chat.chat_id, number) for number in dict.fromkeys(numbers)]
    gone = [deletion(m) for m in found if m and call.now - m.date <= DELETABLE_FOR]
    return Outcome(tuple(gone), True)


def pin_message(call: Call) -> Outcome:
    chat = reachable_chat(call)
    message = call.world.message_in(chat.chat_id, call.parameters.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    outcome = changed(call, message, EventKind.MESSAGE_PINNED, {"pinned": True})
    return replace(outcome, result=True)


def unpin_message(call: Call) -> Outcome:
    """The one named, otherwise the newest that is pinned."""
    chat = reachable_chat(call)
    number = call.parameters.integer("message_id")
    pinned = [m for m in call.world.messages_of(chat.chat_id) if m.pinned and not m.deleted]
    wanted = [m for m in pinned if number in {None, m.message_id}]
    if not wanted:
        raise bad_request("message to unpin not found")
    outcome = changed(call, wanted[-1], EventKind.MESSAGE_PINNED, {"pinned": False})
    return replace(outcome, result=True)
