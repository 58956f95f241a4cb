"""What a handler is given: the chat, its children, the words, the clock, and how to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.alarms import Refused, count_refused
from bot.chats.links import Chat, Child
from bot.chats.staff import Member
from bot.receiving.attachments import ArrivedFile
from bot.sending import outbox
from bot.talking import dialogue_states
from bot.talking.dialogue_states import DialogueState, Doing
from bot.talking.session import OutboxSession
from bot.words.cards import Card
from bot.words.keyboards import Button, Press, inline, read_press
from jetkiz.i18n import Translator, translator
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock


def no_channel(_name: str) -> object:
    """A school whose other channels nobody can ask."""
    return None


def flag_all(_class_title: str) -> str:
    """A school that says of late work in every class how late it is."""
    return "flag"


@dataclass(slots=True)
class Desk:
    """One update's desk; everything it does belongs to the update's transaction."""

    connection: Connection
    bot: int
    update_id: int
    chat: Chat
    children: list[Child]
    now: datetime
    zone: ZoneInfo
    session: OutboxSession
    files: FileStore
    # What the chat was in the middle of before any handler did anything.
    amid: DialogueState
    file: ArrivedFile | None = None
    pressed_message: int = 0
    late_rule: Callable[[str], str] = flag_all
    staff: tuple[Member, ...] = ()
    marks_allowed: bool = False
    rich: bool = False
    needs_consent: bool = False
    channel: Callable[[str], object] = no_channel

    @property
    def is_guest(self) -> bool:
        """True for a chat that belongs to nobody we know."""
        return not self.children and not self.staff

    @property
    def coordinators(self) -> tuple[Member, ...]:
        """Who of the chat answers for the whole school."""
        return tuple(one for one in self.staff if one.is_coordinator)

    def refuse(self, why: Refused) -> None:
        """Count a press that leads to nothing, on the day on which the bot met it."""
        count_refused(self.connection, self.bot, why, wall_clock().date())

    @property
    def t(self) -> Translator:
        """The words of the chat's language."""
        return translator(self.chat.language)

    @property
    def today(self) -> date:
        """The date at school."""
        return self.now.astimezone(self.zone).date()

    @property
    def state(self) -> DialogueState:
        """What the chat is in the middle of."""
        return dialogue_states.read_state(self.connection, self.chat, self.now)

    def child(self, student: int) -> Child | None:
        """Return a linked student; None when the chat has no right to them."""
        return next((one for one in self.children if one.student == student), None)

    def enter(self, doing: Doing, **facts: Any) -> None:
        """Remember what the chat is in the middle of."""
        dialogue_states.write_state(self.connection, self.chat, doing, facts, self.now)

    def leave(self) -> None:
        """Forget what the chat was in the middle of."""
        links.forget_dialogue(self.connection, self.chat)

    def speak(self, language: str) -> None:
        """Change the chat's language; the answer to this update speaks it already."""
        links.set_language(self.connection, self.chat, language)
        self.chat = replace(self.chat, language=language)

    def show(self, *cards: Card, subject: str = "", about: int = 0) -> str:
        """Send messages, as replies to the message ``about``; return the key of the last."""
        key = ""
        reply = {"message_id": about, "allow_sending_without_reply": True}
        hung = {"reply_parameters": reply} if about else {}
        for card in cards:
            payload = {"chat_id": self.chat.chat_id, **card.payload(), **hung}
            key = self.session.put("sendMessage", payload, subject=subject)
        return key

    def react(self, message_id: int, emoji: str) -> None:
        """Hang a small sign to what a person sent; it never stands in the place of words."""
        reaction = [{"type": "emoji", "emoji": emoji}]
        self.send("setMessageReaction", {"message_id": message_id, "reaction": reaction})

    def send(self, method: str, payload: dict[str, Any]) -> None:
        """Send something else than text."""
        self.session.put(method, {"chat_id": self.chat.chat_id, **payload})

    def change(self, card: Card, key: str = "", rest: timedelta = timedelta(0)) -> None:
        """Rewrite an earlier message: that with this key, or that whose button was pressed.

        It waits for ``rest``; what is rewritten again meanwhile leaves once.
        """
        payload = {"chat_id": self.chat.chat_id, **card.payload()}
        payload.setdefault("reply_markup", {"inline_keyboard": []})
        if key:
            self.session.put("editMessageText", payload, edits=key, rest=rest)
        else:
            payload["message_id"] = self.pressed_message
            self.session.put("editMessageText", payload)

    def change_buttons(self, rows: Sequence[Sequence[Button]], message_id: int = 0) -> None:
        """Rewrite the buttons of a message of ours: else of that whose button was pressed."""
        payload = {
            "chat_id": self.chat.chat_id,
            "message_id": message_id or self.pressed_message,
            "reply_markup": inline(rows),
        }
        self.session.put("editMessageReplyMarkup", payload)

    def pressed_buttons(self) -> list[Press]:
        """Return what the buttons of the pressed message said when it was sent, in their order."""
        where = (self.connection, self.bot, self.chat.chat_id, self.pressed_message)
        found = map(read_press, outbox.buttons_of(*where)) if self.pressed_message else ()
        return [one for one in found if one]

    def pressed_key(self) -> str:
        """Return the key of the message whose button was pressed."""
        found = outbox.key_of(self.connection, self.bot, self.chat.chat_id, self.pressed_message)
        return found if self.pressed_message else ""
