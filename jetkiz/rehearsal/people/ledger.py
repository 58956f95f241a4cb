"""What each person really saw, in order, with every change since: the truth to compare with."""

import json
from pathlib import Path
from typing import Any

from jetkiz.rehearsal.bot_api.json_forms import visible_rows
from jetkiz.rehearsal.people.deeds import person_facts
from jetkiz.rehearsal.people.groups import group_facts
from jetkiz.rehearsal.state.model import EventKind, FileKind, Json, LedgerLine, Message
from jetkiz.rehearsal.state.world import World

HIDDEN = {
    EventKind.UPDATE_QUEUED,
    EventKind.UPDATE_HELD,
    EventKind.UPDATES_CONFIRMED,
    EventKind.UPDATES_CHOSEN,
    EventKind.UPDATE_DELIVERED,
    EventKind.WEBHOOK_CHANGED,
    EventKind.WEBHOOK_FAILED,
    EventKind.FILE_STORED,
    EventKind.BOT_JOINED,
}
ACTS = {
    EventKind.STANDING_CHANGED,
    EventKind.BUTTON_PRESSED,
    EventKind.POLL_ANSWERED,
    EventKind.PRESS_ANSWERED,
    EventKind.ACT_DONE,
}


def seen_by(world: World, person: str) -> list[Json]:
    """The person's chat as it looks now, each message with what it was before."""
    return seen_in(world, world.people[person].chat_id)


def seen_in(world: World, chat_id: int) -> list[Json]:
    """A chat as it looks now, a person's own or a group."""
    seen: dict[int, Json] = {}
    for line in world.chat_lines.get(chat_id, ()):
        number = line.facts.get("message_id")
        if line.kind == EventKind.MESSAGE_POSTED and number is not None:
            seen[number] = first_sight(world, world.messages[chat_id, number], line)
        elif number in seen:
            add_change(seen[number], line)
    return [message | visible(world.messages[chat_id, n]) for n, message in seen.items()]


def first_sight(world: World, message: Message, line: LedgerLine) -> Json:
    return {
        "message_id": message.message_id,
        "at": line.at.isoformat(),
        "from": message.author.value,
        "sender": message.sender,
        "reply_to": message.reply_to,
        "album": message.album,
        "silent": message.silent,
        "media": [
            media_facts(world, message.content[kind])
            for kind in FileKind
            if kind.value in message.content
        ],
        "history": [{"at": line.at.isoformat(), **wording(line.facts)}],
        "deleted_at": None,
    }


def visible(message: Message) -> Json:
    content = message.content
    keyboard = (message.keyboard or {}).get("keyboard", [])
    return {
        "text": content.get("text", content.get("caption", "")),
        "entities": content.get("entities", content.get("caption_entities", [])),
        "buttons": visible_rows(message),
        "rich": content.get("rich_message"),
        "keyboard": [[button["text"] for button in row] for row in keyboard],
        "reaction": message.reaction,
        "poll": content.get("poll"),
        "location": content.get("location"),
        "pinned": message.pinned,
        "effect": message.effect,
    }


def wording(facts: Json) -> Json:
    content = facts.get("content", {})
    labels = [[button["text"] for button in row] for row in facts.get("buttons") or []]
    return {"text": content.get("text", content.get("caption", "")), "buttons": labels}


def add_change(message: Json, line: LedgerLine) -> None:
    at = line.at.isoformat()
    if line.kind == EventKind.MESSAGE_DELETED:
        message["deleted_at"] = at
    elif line.kind == EventKind.MESSAGE_EDITED:
        message["history"].append({"at": at, **wording(line.facts["changes"])})


def media_facts(world: World, media: Any) -> Json:
    """The largest size of a photo stands for it; the hash tells whether it is the same picture."""
    file = world.files[(media[-1] if isinstance(media, list) else media)["file_id"]]
    return {
        "kind": file.kind.value,
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "file_id": file.file_id,
        "path": file.path,
    }


def line_facts(line: LedgerLine) -> Json:
    return {"number": line.number, "at": line.at.isoformat(), "kind": line.kind.value} | line.facts


def people_facts(world: World) -> list[Json]:
    return [person_facts(person) for person in world.people.values()]


def groups_facts(world: World) -> list[Json]:
    return [group_facts(group) for group in world.group_chats.values()]


def full_ledger(world: World, after: int = 0) -> Json:
    """Everything visible that happened, in order."""
    lines = [line for line in world.lines[after:] if line.kind not in HIDDEN]
    return {
        "people": people_facts(world),
        "groups": groups_facts(world),
        "events": [line_facts(line) for line in lines],
    }


def transcript(world: World) -> Json:
    """For reading: people, the messages each saw, and what people and bot did besides."""
    return {
        "bot": world.bot.as_user(),
        "people": [
            person_facts(person)
            | {
                "messages": seen_by(world, person.key),
                "acts": [
                    line_facts(line)
                    for line in world.lines
                    if line.kind in ACTS and line.facts.get("person") == person.key
                ],
            }
            for person in world.people.values()
        ],
        "groups": [
            group_facts(group) | {"messages": seen_in(world, group.chat_id)}
            for group in world.group_chats.values()
        ],
    }


def write_transcript(world: World, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(transcript(world), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
