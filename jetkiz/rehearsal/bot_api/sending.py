"""What the bot may send and to whom: text, photos, documents, audio, voice and albums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from jetkiz.rehearsal.bot_api.json_forms import message_json
from jetkiz.rehearsal.bot_api.media import Storing
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.state.limits import Limits
from jetkiz.rehearsal.state.model import (
    Author,
    BotPlace,
    Event,
    EventKind,
    FileKind,
    GroupChat,
    Json,
    Message,
    Outcome,
    Person,
    Standing,
)
from jetkiz.rehearsal.state.refusals import ApiRefusal, bad_request, forbidden
from jetkiz.rehearsal.state.world import World
from jetkiz.rehearsal.texts.formatting import format_text
from jetkiz.rehearsal.texts.keyboards import read_markup
from jetkiz.rehearsal.texts.text_entities import FormattedText, utf16_length

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
PLACE_LIMITS = {"latitude": 90.0, "longitude": 180.0}
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
ALBUM_KINDS = {"photo", "video", "document", "audio"}
STANDING_REFUSALS = {
    Standing.STRANGER: "bot can't initiate conversation with a user",
    Standing.BLOCKED: "bot was blocked by the user",
    Standing.DEACTIVATED: "user is deactivated",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a Bot API method."""

    world: World
    parameters: Parameters
    limits: Limits
    now: int


Chat = Person | GroupChat


def known_chat(call: Call) -> Chat:
    given = call.parameters.text("chat_id")
    if not given:
        raise bad_request("chat_id is empty")
    try:
        chat = call.world.chat_of(int(given))
    except ValueError:
        chat = None
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, GroupChat) and chat.chat_id != int(given):
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise ApiRefusal(400, words, migrate_to_chat_id=chat.chat_id)
    return chat


def reachable_chat(call: Call) -> Chat:
    chat = known_chat(call)
    if isinstance(chat, GroupChat):
        if chat.bot != BotPlace.MEMBER:
            verb = "was kicked from" if chat.bot == BotPlace.KICKED else "is not a member of"
            raise forbidden(f"bot {verb} the {chat.kind.value} chat")
    elif chat.standing in STANDING_REFUSALS:
        raise forbidden(STANDING_REFUSALS[chat.standing])
    return chat


def read_text(call: Call) -> FormattedText:
    given = call.parameters.text("text")
    if given is None or not given.strip():
        raise bad_request("message text is empty")
    mode, entities = call.parameters.text("parse_mode"), call.parameters.structure("entities")
    formatted = format_text(given, mode, entities)
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return formatted


def caption_content(caption: Any, mode: Any, entities: Any) -> Json:
    if not isinstance(caption, str) or not caption.strip():
        return {}
    formatted = format_text(caption, mode, entities)
    if utf16_length(formatted.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return {"caption": formatted.text, "caption_entities": formatted.entities}


def read_caption(call: Call) -> Json:
    given = call.parameters
    entities = given.structure("caption_entities")
    return caption_content(given.text("caption"), given.text("parse_mode"), entities)


def replied_message(call: Call, chat: Chat) -> int | None:
    given = call.parameters.structure("reply_parameters")
    if given is None:
        number = call.parameters.integer("reply_to_message_id")
        optional = call.parameters.flag("allow_sending_without_reply")
    elif isinstance(given, dict) and isinstance(given.get("message_id"), int):
        number = given["message_id"]
        optional = bool(given.get("allow_sending_without_reply"))
    else:
        raise bad_request("can't parse reply parameters JSON object")
    if number is None or call.world.message_in(chat.chat_id, number) is not None:
        return number
    if not optional:
        raise bad_request("message to be replied not found")
    return None


def posted(message: Message) -> Event:
    return Event(EventKind.MESSAGE_POSTED, message.as_facts())


def new_message(call: Call, chat: Chat, content: Json) -> Message:
    buttons, keyboard = read_markup(call.parameters.structure("reply_markup"))
    return Message(
        message_id=call.world.next_message(chat.chat_id),
        chat_id=chat.chat_id,
        author=Author.BOT,
        date=call.now,
        content=content,
        buttons=buttons,
        keyboard=keyboard,
        reply_to=replied_message(call, chat),
        silent=call.parameters.flag("disable_notification"),
        effect=call.parameters.text("message_effect_id"),
    )


def sent(call: Call, message: Message, files: Sequence[Event] = ()) -> Outcome:
    return Outcome((*files, posted(message)), message_json(call.world, message))


def send_message(call: Call) -> Outcome:
    chat = reachable_chat(call)
    formatted = read_text(call)
    content = {"text": formatted.text, "entities": formatted.entities}
    return sent(call, new_message(call, chat, content))


def send_file(call: Call, kind: FileKind, **said: Any) -> Outcome:
    chat = reachable_chat(call)
    caption = read_caption(call)
    given = call.parameters.text(kind.value)
    upload = call.parameters.upload(kind.value, given)
    storing = Storing(call.world, call.limits)
    media = storing.reference(kind, given, upload, without_nothing(said))
    return sent(call, new_message(call, chat, media | caption), storing.events)


def without_nothing(said: Json) -> Json:
    return {name: value for name, value in said.items() if value is not None}


def send_photo(call: Call) -> Outcome:
    return send_file(call, FileKind.PHOTO)


def send_document(call: Call) -> Outcome:
    return send_file(call, FileKind.DOCUMENT)


def send_audio(call: Call) -> Outcome:
    given = call.parameters
    return send_file(
        call,
        FileKind.AUDIO,
        duration=duration(given),
        title=given.text("title"),
        performer=given.text("performer"),
    )


def send_video(call: Call) -> Outcome:
    return send_file(call, FileKind.VIDEO, **moving_sizes(call.parameters))


def send_animation(call: Call) -> Outcome:
    return send_file(call, FileKind.ANIMATION, **moving_sizes(call.parameters))


def moving_sizes(given: Parameters) -> Json:
    """Telegram looks into the film itself; here what the bot says is believed."""
    sides = {"width": given.integer("width") or 320, "height": given.integer("height") or 240}
    return sides | {"duration": duration(given)}


def send_video_note(call: Call) -> Outcome:
    length = call.parameters.integer("length") or 240
    return send_file(call, FileKind.VIDEO_NOTE, length=length, duration=duration(call.parameters))


def send_location(call: Call) -> Outcome:
    chat = reachable_chat(call)
    place = {name: degrees(call, name, most) for name, most in PLACE_LIMITS.items()}
    return sent(call, new_message(call, chat, {"location": place}))


def degrees(call: Call, name: str, most: float) -> float:
    try:
        value = float(call.parameters.text(name) or "")
    except ValueError:
        value = most + 1
    if not -most <= value <= most:
        raise bad_request(f"{name} is {'invalid' if call.parameters.text(name) else 'empty'}")
    return value


def send_voice(call: Call) -> Outcome:
    return send_file(call, FileKind.VOICE, duration=duration(call.parameters))


def duration(parameters: Parameters) -> int:
    return min(max(parameters.integer("duration") or 0, 0), 86_400)


def send_media_group(call: Call) -> Outcome:
    """An album: one message for each item, all with one media_group_id."""
    chat = reachable_chat(call)
    items = read_album(call.parameters.structure("media"))
    storing = Storing(call.world, call.limits)
    contents = [album_content(call, storing, item) for item in items]
    first = replace(new_message(call, chat, {}), buttons=None, keyboard=None)
    album = call.world.next_album if len(items) > 1 else None
    messages = [
        replace(first, message_id=first.message_id + step, content=content, album=album)
        for step, content in enumerate(contents)
    ]
    events = (*storing.events, *(posted(message) for message in messages))
    return Outcome(events, [message_json(call.world, message) for message in messages])


def read_album(items: Any) -> list[Json]:
    if items is None or items == []:
        raise bad_request("there are no messages to send")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request("can't parse media JSON object")
    if len(items) > 10:
        raise bad_request("too many messages to send as an album")
    kinds = [str(item.get("type")) for item in items]
    for kind in kinds:
        if kind not in ALBUM_KINDS:
            raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    alone = next((kind for kind in kinds if kind not in {"photo", "video"}), None)
    if alone is not None and len(set(kinds)) > 1:
        raise bad_request(f"{alone} can't be mixed with other media types")
    return items


def album_content(call: Call, storing: Storing, item: Json) -> Json:
    given = item.get("media")
    upload = call.parameters.upload("", given)
    if not isinstance(given, str) or (given.startswith("attach://") and upload is None):
        raise bad_request("can't parse InputMedia: media not found")
    kind = FileKind(item["type"])
    media = storing.reference(kind, given, upload, said_of(kind, item))
    return media | caption_content(
        item.get("caption"), item.get("parse_mode"), item.get("caption_entities")
    )


def said_of(kind: FileKind, item: Json) -> Json:
    given = Parameters(item)
    if kind in {FileKind.VIDEO, FileKind.ANIMATION}:
        return moving_sizes(given)
    return {"duration": duration(given)} if kind == FileKind.AUDIO else {}


def send_chat_action(call: Call) -> Outcome:
    chat = reachable_chat(call)
    action = call.parameters.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    facts = {"chat_id": chat.chat_id, "action": action}
    return Outcome((Event(EventKind.ACTION_SHOWN, facts),), True)
