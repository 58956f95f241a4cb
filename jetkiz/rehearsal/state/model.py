"""What the rehearsal Telegram remembers: people, messages, files and what happened, in order."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Standing(StrEnum):
    """How a person stands to the bot."""

    STRANGER = "stranger"  # has never pressed Start
    MEMBER = "member"  # talks with the bot
    BLOCKED = "blocked"  # has blocked the bot
    DEACTIVATED = "deactivated"  # has deleted the Telegram account


class GroupKind(StrEnum):
    """What kind of group; a basic one can become a supergroup, with another number."""

    GROUP = "group"  # counts its messages with the private chats
    SUPERGROUP = "supergroup"  # counts its own messages


class BotPlace(StrEnum):
    """How the bot stands to a group."""

    MEMBER = "member"  # may write
    LEFT = "left"  # was never there, or went
    KICKED = "kicked"  # was thrown out


class Author(StrEnum):
    """Who wrote a message."""

    BOT = "bot"  # the school's bot
    PERSON = "person"  # the person the chat belongs to


class FileKind(StrEnum):
    """What Telegram takes a file for."""

    PHOTO = "photo"  # a picture, kept in several sizes
    DOCUMENT = "document"  # any file, kept as it is
    AUDIO = "audio"  # music or a spoken lesson
    VOICE = "voice"  # a voice note
    VIDEO = "video"  # a short film
    ANIMATION = "animation"  # a film without sound that runs in a circle
    VIDEO_NOTE = "video_note"  # a round film of a face


class MessageIds(StrEnum):
    """How private chats number their messages; nobody outside Telegram promises either."""

    ACCOUNT = "account"  # one sequence for all chats of the bot, as MTProto accounts have
    CHAT = "chat"  # every chat counts for itself


class EventKind(StrEnum):
    """One kind of thing that can happen; nothing else changes the rehearsal's state."""

    PERSON_ARRIVED = "person_arrived"  # a person exists from now on
    GROUP_MADE = "group_made"  # a group exists from now on
    GROUP_CHANGED = "group_changed"  # somebody came in or went
    GROUP_MOVED = "group_moved"  # the group became a supergroup with another number
    BOT_PLACED = "bot_placed"  # the bot came into a group or was thrown out
    STANDING_CHANGED = "standing_changed"  # pressed Start, blocked, came back, left
    MESSAGE_POSTED = "message_posted"  # somebody sees a new message
    MESSAGE_EDITED = "message_edited"  # the bot changed text, caption or buttons
    MESSAGE_DELETED = "message_deleted"  # the bot took a message away
    MESSAGE_PINNED = "message_pinned"  # the bot fastened a message, or let it go
    POLL_ANSWERED = "poll_answered"  # a person chose in a poll
    ACTION_SHOWN = "action_shown"  # the bot is typing or sending a file
    REACTION_SET = "reaction_set"  # the bot put a sign on a message
    BUTTON_PRESSED = "button_pressed"  # a person pressed an inline button
    PRESS_ANSWERED = "press_answered"  # the bot answered the press
    UPDATE_QUEUED = "update_queued"  # the bot has something to fetch
    UPDATE_HELD = "update_held"  # the bot will have it to fetch in a while
    UPDATES_CONFIRMED = "updates_confirmed"  # the bot will not see these again
    UPDATES_CHOSEN = "updates_chosen"  # the bot said which kinds of update it wants
    UPDATE_DELIVERED = "update_delivered"  # the webhook took this one
    WEBHOOK_CHANGED = "webhook_changed"  # the bot wants its updates brought, or no more
    WEBHOOK_FAILED = "webhook_failed"  # the webhook did not take an update
    FILE_STORED = "file_stored"  # a file has an id from now on
    ACT_DONE = "act_done"  # an act of a person is complete and must not be done again
    BOT_JOINED = "bot_joined"  # one more bot, with its token
    CARD_CHANGED = "card_changed"  # the bot's name, description or commands


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is about to be true; facts are plain JSON."""

    kind: EventKind
    facts: Json


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An event that happened, with its number and time."""

    number: int
    at: datetime
    kind: EventKind
    facts: Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call or an act leads to: events to record and the answer to give."""

    events: tuple[Event, ...]
    result: Any


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot of this rehearsal."""

    token: str
    name: str
    username: str

    @property
    def user_id(self) -> int:
        return int(self.token.split(":", 1)[0])

    def as_user(self) -> Json:
        return {
            "id": self.user_id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """A student, guardian or teacher who plays along; the chat has the person's number."""

    key: str
    chat_id: int
    name: str
    language: str
    standing: Standing = Standing.STRANGER
    room: int | None = None  # the group in which the person speaks just now

    @property
    def place(self) -> int:
        return self.chat_id if self.room is None else self.room

    def as_user(self) -> Json:
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    def as_chat(self) -> Json:
        return {"id": self.chat_id, "type": "private", "first_name": self.name}


NAMELESS = {FileKind.VOICE, FileKind.VIDEO_NOTE}
UNTYPED = {FileKind.PHOTO, FileKind.VIDEO_NOTE}


@dataclass(frozen=True, slots=True)
class GroupChat:
    """A group in which the bot is or was; several people see the same messages."""

    key: str
    chat_id: int
    title: str
    members: tuple[str, ...] = ()
    privacy: bool = True
    kind: GroupKind = GroupKind.GROUP
    bot: BotPlace = BotPlace.MEMBER

    def as_chat(self) -> Json:
        return {"id": self.chat_id, "type": self.kind.value, "title": self.title}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file under its id; all sizes of one photo share a group."""

    file_id: str
    kind: FileKind
    number: int
    group: int
    sha256: str
    size: int
    mime: str
    name: str | None = None
    extra: Json = field(default_factory=dict)

    @property
    def unique_id(self) -> str:
        return f"U{self.kind[0]}{self.sha256[:20]}"

    @property
    def path(self) -> str:
        folder, ending = {
            FileKind.PHOTO: ("photos", "jpg"),
            FileKind.DOCUMENT: ("documents", ending_of(self.name) or "bin"),
            FileKind.AUDIO: ("music", ending_of(self.name) or "mp3"),
            FileKind.VOICE: ("voice", "oga"),
            FileKind.VIDEO: ("videos", ending_of(self.name) or "mp4"),
            FileKind.ANIMATION: ("animations", ending_of(self.name) or "mp4"),
            FileKind.VIDEO_NOTE: ("video_notes", "mp4"),
        }[self.kind]
        return f"{folder}/file_{self.number}.{ending}"

    def as_reference(self) -> Json:
        """The form in which messages carry a file."""
        named = {"file_name": self.name} if self.name and self.kind not in NAMELESS else {}
        typed = {} if self.kind in UNTYPED else {"mime_type": self.mime, **named}
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
            **typed,
            **self.extra,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now; content holds text or media in Bot API form."""

    message_id: int
    chat_id: int
    author: Author
    date: int
    content: Json
    buttons: list[list[Json]] | None = None
    keyboard: Json | None = None
    reply_to: int | None = None
    album: str | None = None
    silent: bool = False
    edited: int | None = None
    reaction: str | None = None
    deleted: bool = False
    pinned: bool = False
    sender: str | None = None  # in a group: which person
    effect: str | None = None

    @property
    def media(self) -> FileKind | None:
        return next((kind for kind in FileKind if kind.value in self.content), None)

    def as_facts(self) -> Json:
        """All fields by name; the parts are shared, as nothing changes them in place."""
        return {name: getattr(self, name) for name in self.__slots__}


def ending_of(name: str | None) -> str | None:
    """The ending of a file name when it is a plain one: pdf, jpg, docx."""
    ending = (name or "").rpartition(".")[2]
    return (
        ending.lower() if name and "." in name and ending.isascii() and ending.isalnum() else None
    )
