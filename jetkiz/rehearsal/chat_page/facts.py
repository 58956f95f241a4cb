"""What the chat page shows: one chat as its person sees it, and the list of all chats beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from jetkiz.rehearsal.people import ledger
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.model import GroupChat, Json, Person
from jetkiz.rehearsal.state.world import World

LONGEST_SIGHT = 200
TYPING_LASTS = 5.0
SCOPES = ("all_private_chats", "default")


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at which chat, in which language; `bot` is empty when there is only one."""

    stage: Stage
    person: Person
    group: GroupChat | None
    language: str
    bot: str = ""

    @property
    def chat_id(self) -> int:
        return self.group.chat_id if self.group else self.person.chat_id

    @property
    def query(self) -> str:
        """What every address of this chat carries along."""
        given = {"lang": self.language, "bot": self.bot, "group": self.group and self.group.key}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    @property
    def list_query(self) -> str:
        given = {"lang": self.language, "bot": self.bot}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def chat_facts(sight: Sight, reply_to: str) -> Json:
    world = sight.stage.world
    seen = [m for m in ledger.seen_in(world, sight.chat_id) if not m["deleted_at"]]
    by_number = {each["message_id"]: each | {"gist": gist_of(each)} for each in seen}
    keyboard = world.messages[sight.chat_id, seen[-1]["message_id"]].keyboard if seen else None
    return {
        "person": sight.person,
        "group": sight.group,
        "bot": world.bot,
        "messages": with_albums([shown(sight, each) for each in seen[-LONGEST_SIGHT:]]),
        "paths": paths_of(sight),
        "votes": {poll: cast.get(sight.person.key, []) for poll, cast in world.votes.items()},
        "by_number": by_number,
        "answer": last_answer(world, sight.person),
        "keyboard": (keyboard or {}).get("keyboard", []),
        "pinned": next((m for m in reversed(by_number.values()) if m["pinned"]), None),
        "typing": is_typing(sight),
        "commands": commands_of(world, sight),
        "reply": by_number.get(int(reply_to)) if reply_to.isdecimal() else None,
        "zone": sight.stage.zone,
        "version": version_of(sight),
        "can_write": sight.group is not None or sight.person.standing == "member",
        "query": sight.query,
        "list_query": sight.list_query,
        "file_query": f"?bot={sight.bot}" if sight.bot else "",
    }


def shown(sight: Sight, message: Json) -> Json:
    at = datetime.fromisoformat(message["at"]).astimezone(sight.stage.zone)
    sender = sight.stage.world.people.get(message["sender"] or "", sight.person)
    own = message["from"] == "person" and sender.key == sight.person.key
    return message | {
        "clock": at.strftime("%H:%M"),
        "day": at.strftime("%d.%m"),
        "new": len(message["history"]) > 1,
        "own": own,
        "name": sight.stage.world.bot.name if message["from"] == "bot" else sender.name,
    }


def with_albums(messages: Sequence[Json]) -> list[Json]:
    """Parts of an album that follow each other are one thing to look at."""
    shown_so_far: list[Json] = []
    for message in messages:
        last = shown_so_far[-1] if shown_so_far else None
        if last and message["album"] and last["album"] == message["album"]:
            words = text_of(message) if not last["text"] else {}
            media = [*last["media"], *message["media"]]
            sign = {"reaction": last["reaction"] or message["reaction"]}
            shown_so_far[-1] = last | words | sign | {"media": media}
        else:
            shown_so_far.append(message)
    return shown_so_far


def text_of(message: Json) -> Json:
    return {"text": message["text"], "entities": message["entities"]}


def gist_of(message: Json) -> str:
    """A few words that stand for a message elsewhere: in a quotation, above the chat."""
    if message["poll"]:
        return str(message["poll"]["question"])
    blocks = message["rich"]["blocks"] if message["rich"] else []
    words = [plain_words(block["text"]) for block in blocks if "text" in block]
    return str(message["text"]) or next(iter(words), "")


def plain_words(text: Any) -> str:
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(map(plain_words, text))
    return plain_words(text.get("text") or text.get("expression") or "")


def paths_of(sight: Sight) -> dict[str, str]:
    ending = f"?bot={sight.bot}" if sight.bot else ""
    files = sight.stage.world.files.values()
    return {file.file_id: f"/rehearsal/files/{file.path}{ending}" for file in files}


def last_answer(world: World, person: Person) -> Json:
    """What the bot answered to the person's last press, shown under that message."""
    own = [p for p in world.presses.values() if p["person"] == person.key]
    answer = own[-1].get("answer") if own else None
    return {"message_id": own[-1]["message_id"], **answer} if answer and answer["text"] else {}


def is_typing(sight: Sight) -> bool:
    """For some seconds after the bot said so, and not after its next message."""
    said = sight.stage.world.actions.get(sight.chat_id)
    return said is not None and (sight.stage.now() - said).total_seconds() < TYPING_LASTS


def commands_of(world: World, sight: Sight) -> list[Json]:
    """The narrowest scope that has commands counts, in the person's language if it has them."""
    for scope in (f"chat {sight.chat_id}", *SCOPES):
        said = world.card.get(f"commands {scope}", {})
        found: list[Json] = said.get(sight.person.language) or said.get("") or []
        if found:
            return found
    return []


def version_of(sight: Sight) -> str:
    """Changes whenever the person would see something new."""
    lines = sight.stage.world.chat_lines.get(sight.chat_id, ())
    answers = sum("answer" in press for press in sight.stage.world.presses.values())
    return f"{len(lines)}-{answers}-{sight.person.standing}-{int(is_typing(sight))}"


def list_entries(stage: Stage, list_query: str) -> list[Json]:
    """Every chat there is with this bot: people first, then each group as its members see it."""
    world = stage.world
    return [
        {
            "person": person,
            "count": sum(not m.deleted for m in world.messages_of(person.chat_id)),
            "address": f"/chat/{person.key}{list_query}",
        }
        for person in world.people.values()
    ]


def group_entries(stage: Stage, list_query: str) -> list[Json]:
    joint = "&" if list_query else "?"
    return [
        {
            "group": group,
            "members": [
                {
                    "name": stage.world.people[key].name,
                    "address": f"/chat/{key}{list_query}{joint}{urlencode({'group': group.key})}",
                }
                for key in group.members
            ],
        }
        for group in stage.world.group_chats.values()
    ]
