"""What the bot says about itself: name, descriptions, commands; and what it may learn of a chat."""

import re
from typing import Any

from jetkiz.rehearsal.bot_api.sending import Call, known_chat
from jetkiz.rehearsal.state.model import Event, EventKind, Json, Outcome
from jetkiz.rehearsal.state.refusals import bad_request

LONGEST = {"name": 64, "description": 512, "short_description": 120}
LANGUAGE = re.compile(r"([a-z]{2})?")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(call: Call) -> Outcome:
    powers = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return Outcome((), call.world.bot.as_user() | powers)


def language(call: Call) -> str:
    code = call.parameters.text("language_code") or ""
    if not LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def set_words(call: Call, field: str) -> Outcome:
    words = call.parameters.text(field) or ""
    if len(words) > LONGEST[field]:
        raise bad_request(f"{field.upper()}_TOO_LONG")
    return card_change(field, language(call), words)


def card_change(field: str, code: str, value: Any) -> Outcome:
    facts = {"field": field, "language": code, "value": value}
    return Outcome((Event(EventKind.CARD_CHANGED, facts),), True)


def get_words(call: Call, field: str) -> Outcome:
    said = call.world.card.get(field, {})
    default = call.world.bot.name if field == "name" else ""
    return Outcome((), {field: said.get(language(call)) or said.get("") or default})


def set_my_name(call: Call) -> Outcome:
    return set_words(call, "name")


def set_my_description(call: Call) -> Outcome:
    return set_words(call, "description")


def set_my_short_description(call: Call) -> Outcome:
    return set_words(call, "short_description")


def get_my_name(call: Call) -> Outcome:
    return get_words(call, "name")


def get_my_description(call: Call) -> Outcome:
    return get_words(call, "description")


def get_my_short_description(call: Call) -> Outcome:
    return get_words(call, "short_description")


def set_my_commands(call: Call) -> Outcome:
    commands = call.parameters.structure("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("can't parse commands JSON array")
    return card_change(commands_field(call), language(call), [command(c) for c in commands])


def command(given: Any) -> Json:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: an object is expected")
    name = str(given.get("command", "")).removeprefix("/")
    words = str(given.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(words) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": words}


def get_my_commands(call: Call) -> Outcome:
    said = call.world.card.get(commands_field(call), {})
    return Outcome((), said.get(language(call), []))


def delete_my_commands(call: Call) -> Outcome:
    return card_change(commands_field(call), language(call), [])


def commands_field(call: Call) -> str:
    scope = call.parameters.structure("scope") or {"type": "default"}
    if not isinstance(scope, dict) or not isinstance(scope.get("type"), str):
        raise bad_request("can't parse BotCommandScope")
    return f"commands {scope['type']} {scope.get('chat_id', '')}".strip()


def get_chat(call: Call) -> Outcome:
    details = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    return Outcome((), known_chat(call).as_chat() | details)


def get_file(call: Call) -> Outcome:
    file = call.world.files.get(call.parameters.text("file_id") or "")
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > call.limits.download_bytes:
        raise bad_request("file is too big")
    answer: Json = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }
    return Outcome((), answer)
