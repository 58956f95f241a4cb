"""What a family chose for its chat: when it stays silent, what comes and in which form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select, update

from bot.chats.links import Chat
from bot.tables import telegram_chat, telegram_preferences
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

QUIET_FROM: Final = time(21, 0)
QUIET_UNTIL: Final = time(7, 30)
REMINDER_HOURS: Final = range(15, 21)
REMINDER_HOUR: Final = 17


class Media(StrEnum):
    """What a chat takes besides text; the rest is named with its size and comes on request."""

    TEXT = "text"  # nothing but text
    PHOTOS = "photos"  # text and pictures
    ALL = "all"  # everything, sound and film too


@dataclass(frozen=True, slots=True)
class Preferences:
    """All that a chat chose.

    ``quiet_from`` and ``quiet_until`` are local times of day; equal ones mean never quiet.
    ``copies`` is asked of a guardian's chat only: whether it also gets what goes to the student's
    own phone. ``together`` joins the children of a chat into one message a day. ``marks`` is asked
    of a guardian's chat too: whether a teacher's answer tells the mark there.
    """

    language: str = "en"
    sound: bool = True
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    reminder_hour: int = REMINDER_HOUR
    reminders: bool = True
    media: Media = Media.ALL
    voice: bool = False
    larger_text: bool = False
    copies: bool = True
    together: bool = True
    marks: bool = False

    def is_quiet(self, local: time) -> bool:
        """Whether nothing but answers and emergencies may come at this local time."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= local < self.quiet_until
        return local >= self.quiet_from or local < self.quiet_until

    def not_before(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment, from this one on, at which a message may come by itself."""
        local = moment.astimezone(zone)
        if not self.is_quiet(local.time()):
            return moment
        is_evening = local.time() >= self.quiet_until
        day = local.date() + timedelta(days=1) if is_evening else local.date()
        return datetime.combine(day, self.quiet_until, zone).astimezone(moment.tzinfo)


_OF_CHAT: Final = frozenset({"language", "sound"})
_TIMES: Final = frozenset({"quiet_from", "quiet_until"})
_COLUMNS: Final = tuple(one.name for one in fields(Preferences) if one.name not in _OF_CHAT)


def read_preferences(connection: Connection, chat: Chat) -> Preferences:
    """Return what a chat chose; the defaults where it chose nothing."""
    return read_all_preferences(connection, [chat.id])[chat.id]


def read_all_preferences(connection: Connection, chats: Iterable[int]) -> dict[int, Preferences]:
    """Return what each of these chats chose, by the number of the chat."""
    chat, kept = telegram_chat, telegram_preferences
    rows = connection.execute(
        select(chat.c.id, chat.c.language, chat.c.quiet, kept)
        .outerjoin_from(chat, kept, kept.c.chat == chat.c.id)
        .where(among(chat.c.id, chats))
    )
    return {row.id: _preferences(row) for row in rows}


def _preferences(row: Row[Any]) -> Preferences:
    said = {"language": row.language, "sound": not row.quiet}
    if row.chat is None:
        return Preferences(**said)
    values = {name: getattr(row, name) for name in _COLUMNS}
    hours = {name: time(*divmod(values[name], 60)) for name in _TIMES}
    return Preferences(**said, **{**values, **hours, "media": Media(row.media)})


def change_preferences(connection: Connection, chat: Chat, **changes: Any) -> Preferences:
    """Change what a chat chose and return all of it; what is not named stays."""
    of_chat = _chat_values({name: changes[name] for name in changes if name in _OF_CHAT})
    if of_chat:
        connection.execute(
            update(telegram_chat).where(telegram_chat.c.id == chat.id).values(of_chat)
        )
    others = {name: _stored(value) for name, value in changes.items() if name not in _OF_CHAT}
    if others:
        _keep(connection, chat, others)
    return read_preferences(connection, chat)


def _chat_values(changes: Mapping[str, Any]) -> dict[str, Any]:
    names = {"language": "language", "sound": "quiet"}
    return {names[name]: not v if name == "sound" else v for name, v in changes.items()}


def _keep(connection: Connection, chat: Chat, changes: Mapping[str, Any]) -> None:
    """Two presses at once change two things, never one back."""
    defaults = {name: _stored(getattr(Preferences(), name)) for name in _COLUMNS}
    insert_new(connection, telegram_preferences, [{"chat": chat.id, **defaults}], ["chat"])
    c = telegram_preferences.c
    connection.execute(update(telegram_preferences).where(c.chat == chat.id).values(changes))


def _stored(value: Any) -> Any:
    return value.hour * 60 + value.minute if isinstance(value, time) else value


def forget_preferences(connection: Connection, chat: Chat) -> None:
    """Forget what a chat chose; the defaults hold again."""
    c = telegram_preferences.c
    connection.execute(telegram_preferences.delete().where(c.chat == chat.id))
