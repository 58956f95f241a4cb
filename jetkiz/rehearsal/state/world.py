"""The state of the rehearsal: what is true after everything that has happened so far."""

import base64
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jetkiz.rehearsal.state.journal import Journal
from jetkiz.rehearsal.state.model import (
    Author,
    Bot,
    BotPlace,
    Event,
    EventKind,
    FileKind,
    GroupChat,
    GroupKind,
    Json,
    LedgerLine,
    Message,
    MessageIds,
    Person,
    Standing,
    StoredFile,
)

FIRST_CHAT = 7_000_000_001  # beyond 32 bits, as today's Telegram numbers are
SUPERGROUPS_BELOW = -(10**12)
FIRST_UPDATE = 500_000_001


@dataclass(frozen=True, slots=True)
class QueuedUpdate:
    """An update that waits for the bot, with the time it came."""

    at: datetime
    update: Json

    @property
    def number(self) -> int:
        return int(self.update["update_id"])


@dataclass(frozen=True, slots=True)
class HeldUpdate:
    """An update on its way: the part of an album that a slow phone has not sent yet."""

    due: datetime
    kind: str
    body: Json


@dataclass(slots=True)
class World:
    """Read it freely; it changes only through commit()."""

    bot: Bot
    journal: Journal | None = None
    message_ids: MessageIds = MessageIds.ACCOUNT
    people: dict[str, Person] = field(default_factory=dict)
    chats: dict[int, str] = field(default_factory=dict)
    group_chats: dict[str, GroupChat] = field(default_factory=dict)
    group_numbers: dict[int, str] = field(default_factory=dict)
    messages: dict[tuple[int, int], Message] = field(default_factory=dict)
    chat_messages: dict[int, list[int]] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    paths: dict[str, StoredFile] = field(default_factory=dict)
    groups: dict[int, list[str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    updates: deque[QueuedUpdate] = field(default_factory=deque)
    held: list[HeldUpdate] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    webhook: Json | None = None
    webhook_trouble: Json = field(default_factory=dict)
    actions: dict[int, datetime] = field(default_factory=dict)
    votes: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    presses: dict[str, Json] = field(default_factory=dict)
    acts: dict[str, Json] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    card: dict[str, Json] = field(default_factory=dict)
    lines: list[LedgerLine] = field(default_factory=list)
    chat_lines: dict[int, list[LedgerLine]] = field(default_factory=dict)
    last_message: dict[int, int] = field(default_factory=dict)
    last_update: int = FIRST_UPDATE - 1

    def __post_init__(self) -> None:
        for at, events in self.journal.changes() if self.journal else ():
            self.apply(events, at)

    def commit(self, events: Sequence[Event], at: datetime) -> None:
        if not events:
            return
        if self.journal is not None:
            self.journal.write(at, list(events))
        self.apply(events, at)

    def apply(self, events: Sequence[Event], at: datetime) -> None:
        for event in events:
            APPLY[event.kind](self, event.facts, at)
            self.remember(event, at)

    def remember(self, event: Event, at: datetime) -> None:
        facts = event.facts
        if event.kind == EventKind.FILE_STORED:
            facts = {"file": facts["file"]}  # the bytes are in contents once, not here again
        line = LedgerLine(len(self.lines) + 1, at, event.kind, facts)
        self.lines.append(line)
        if "chat_id" in facts:
            self.chat_lines.setdefault(facts["chat_id"], []).append(line)

    def person_of_chat(self, chat_id: int) -> Person | None:
        key = self.chats.get(chat_id)
        return self.people[key] if key is not None else None

    def chat_of(self, chat_id: int) -> Person | GroupChat | None:
        """The person or group that a number means; a group's old number still means it."""
        key = self.group_numbers.get(chat_id)
        return self.person_of_chat(chat_id) if key is None else self.group_chats[key]

    def message_in(self, chat_id: int, message_id: int) -> Message | None:
        """A message that is there to be seen in that chat."""
        message = self.messages.get((chat_id, message_id))
        return message if message and not message.deleted else None

    def messages_of(self, chat_id: int) -> list[Message]:
        return [self.messages[chat_id, n] for n in self.chat_messages.get(chat_id, ())]

    def sizes_of(self, file: StoredFile) -> list[StoredFile]:
        return [self.files[file_id] for file_id in self.groups[file.group]]

    def sequence_of(self, chat_id: int) -> int:
        """The chat itself where it counts its own messages, 0 for the account's one sequence."""
        own = self.message_ids == MessageIds.CHAT or chat_id < SUPERGROUPS_BELOW
        return chat_id if own else 0

    def next_message(self, chat_id: int) -> int:
        return self.last_message.get(self.sequence_of(chat_id), 0) + 1

    @property
    def next_album(self) -> str:
        return str(10**16 + len(self.messages))

    @property
    def next_update(self) -> int:
        return self.last_update + 1

    @property
    def next_chat(self) -> int:
        return FIRST_CHAT + len(self.people)


def person_arrived(world: World, facts: Json, _at: datetime) -> None:
    person = Person(facts["person"], facts["chat_id"], facts["name"], facts["language"])
    world.people[person.key] = person
    world.chats[person.chat_id] = person.key


def group_made(world: World, facts: Json, _at: datetime) -> None:
    members, title = tuple(facts["members"]), facts["title"]
    group = GroupChat(facts["group"], facts["chat_id"], title, members, facts["privacy"])
    world.group_chats[group.key] = group
    world.group_numbers[group.chat_id] = group.key


def group_changed(world: World, facts: Json, _at: datetime) -> None:
    group = world.group_chats[facts["group"]]
    world.group_chats[group.key] = replace(group, members=tuple(facts["members"]))


def group_moved(world: World, facts: Json, _at: datetime) -> None:
    group = world.group_chats[facts["group"]]
    moved = replace(group, chat_id=facts["chat_id"], kind=GroupKind.SUPERGROUP)
    world.group_chats[group.key] = moved
    world.group_numbers[moved.chat_id] = group.key


def bot_placed(world: World, facts: Json, _at: datetime) -> None:
    group = world.group_chats[facts["group"]]
    world.group_chats[group.key] = replace(group, bot=BotPlace(facts["bot"]))


def standing_changed(world: World, facts: Json, _at: datetime) -> None:
    person = world.people[facts["person"]]
    world.people[person.key] = replace(person, standing=Standing(facts["standing"]))


def message_posted(world: World, facts: Json, _at: datetime) -> None:
    message = Message(**(facts | {"author": Author(facts["author"])}))
    world.messages[message.chat_id, message.message_id] = message
    world.actions.pop(message.chat_id, None)
    world.chat_messages.setdefault(message.chat_id, []).append(message.message_id)
    sequence = world.sequence_of(message.chat_id)
    world.last_message[sequence] = max(world.last_message.get(sequence, 0), message.message_id)


def message_changed(world: World, facts: Json, _at: datetime) -> None:
    place = facts["chat_id"], facts["message_id"]
    world.messages[place] = replace(world.messages[place], **facts["changes"])


def action_shown(world: World, facts: Json, at: datetime) -> None:
    world.actions[facts["chat_id"]] = at


def poll_answered(world: World, facts: Json, at: datetime) -> None:
    message_changed(world, facts, at)
    world.votes.setdefault(facts["poll_id"], {})[facts["person"]] = facts["option_ids"]


def button_pressed(world: World, facts: Json, at: datetime) -> None:
    world.presses[facts["query_id"]] = facts | {"at": at}


def press_answered(world: World, facts: Json, _at: datetime) -> None:
    world.presses[facts["query_id"]] |= {"answer": facts}


def update_queued(world: World, facts: Json, at: datetime) -> None:
    if facts.get("held"):
        world.held.pop(0)
    update = QueuedUpdate(at, facts["update"])
    world.updates.append(update)
    world.last_update = update.number


def update_held(world: World, facts: Json, _at: datetime) -> None:
    due = datetime.fromisoformat(facts["due"])
    world.held.append(HeldUpdate(due, facts["kind"], facts["body"]))
    world.held.sort(key=lambda held: held.due)


def updates_confirmed(world: World, facts: Json, _at: datetime) -> None:
    while world.updates and world.updates[0].number < facts["below"]:
        world.updates.popleft()


def update_delivered(world: World, facts: Json, _at: datetime) -> None:
    done = next(queued for queued in world.updates if queued.number == facts["update_id"])
    world.updates.remove(done)


def webhook_changed(world: World, facts: Json, _at: datetime) -> None:
    world.webhook, world.webhook_trouble = facts["webhook"], {}


def webhook_failed(world: World, facts: Json, _at: datetime) -> None:
    world.webhook_trouble = {
        "last_error_date": facts["date"],
        "last_error_message": facts["words"],
    }


def updates_chosen(world: World, facts: Json, _at: datetime) -> None:
    world.wanted = list(facts["kinds"])


def file_stored(world: World, facts: Json, _at: datetime) -> None:
    file = StoredFile(**(facts["file"] | {"kind": FileKind(facts["file"]["kind"])}))
    world.files[file.file_id] = file
    world.paths[file.path] = file
    world.groups.setdefault(file.group, []).append(file.file_id)
    if facts["content"] is not None:
        world.contents[file.sha256] = base64.b64decode(facts["content"])


def act_done(world: World, facts: Json, _at: datetime) -> None:
    world.acts[f"{facts['person']} {facts['key']}"] = facts


def bot_joined(world: World, facts: Json, _at: datetime) -> None:
    world.joined[facts["token"]] = facts["name"]


def card_changed(world: World, facts: Json, _at: datetime) -> None:
    world.card.setdefault(facts["field"], {})[facts["language"]] = facts["value"]


APPLY: dict[EventKind, Callable[[World, Json, datetime], None]] = {
    EventKind.PERSON_ARRIVED: person_arrived,
    EventKind.GROUP_MADE: group_made,
    EventKind.GROUP_CHANGED: group_changed,
    EventKind.GROUP_MOVED: group_moved,
    EventKind.BOT_PLACED: bot_placed,
    EventKind.STANDING_CHANGED: standing_changed,
    EventKind.MESSAGE_POSTED: message_posted,
    EventKind.MESSAGE_EDITED: message_changed,
    EventKind.MESSAGE_DELETED: message_changed,
    EventKind.REACTION_SET: message_changed,
    EventKind.MESSAGE_PINNED: message_changed,
    EventKind.ACTION_SHOWN: action_shown,
    EventKind.POLL_ANSWERED: poll_answered,
    EventKind.BUTTON_PRESSED: button_pressed,
    EventKind.PRESS_ANSWERED: press_answered,
    EventKind.UPDATE_QUEUED: update_queued,
    EventKind.UPDATE_HELD: update_held,
    EventKind.UPDATES_CONFIRMED: updates_confirmed,
    EventKind.UPDATES_CHOSEN: updates_chosen,
    EventKind.UPDATE_DELIVERED: update_delivered,
    EventKind.WEBHOOK_CHANGED: webhook_changed,
    EventKind.WEBHOOK_FAILED: webhook_failed,
    EventKind.FILE_STORED: file_stored,
    EventKind.ACT_DONE: act_done,
    EventKind.BOT_JOINED: bot_joined,
    EventKind.CARD_CHANGED: card_changed,
}
