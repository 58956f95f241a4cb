"""Which handler a pressed button, a command or a code belongs to."""

from typing import Any, Final

from aiogram import F
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from bot.chats.questions import of_album
from bot.sending import outbox
from bot.talking.desk import Desk
from bot.talking.dialogue_states import WORDS_WANTED, Doing
from bot.words.keyboards import Verb, read_press
from jetkiz.homework.feedback import answered_return
from jetkiz.roster.link_codes import is_link_code, is_nearly_code

FILES: Final = F.photo | F.document | F.voice | F.audio | F.video | F.video_note


class Asked(Command):
    """A command, in letters of any size; the bot's name behind it says nothing in a chat of two."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ignore_case=True, ignore_mention=True)


class Pressed(Filter):
    """A button of this version with one of these verbs; gives the handler the ``press``."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = frozenset(map(str, verbs))

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = read_press(query.data)
        return {"press": press} if press and press.verb in self.verbs else False


class Guest(Filter):
    """Somebody to whose chat neither a student nor the school is linked."""

    async def __call__(self, _event: Message | CallbackQuery, desk: Desk) -> bool:
        return desk.is_guest


class Staff(Filter):
    """Somebody of the school."""

    async def __call__(self, _event: Message | CallbackQuery, desk: Desk) -> bool:
        return bool(desk.staff)


class Coordinator(Filter):
    """Somebody who answers for the whole school."""

    async def __call__(self, _event: Message | CallbackQuery, desk: Desk) -> bool:
        return bool(desk.coordinators)


class TypedCode(Filter):
    """A message that has the form of a link code."""

    async def __call__(self, message: Message) -> bool:
        return bool(message.text and is_link_code(message.text.strip()))


class MistypedCode(Filter):
    """A message that was meant as a link code."""

    async def __call__(self, message: Message) -> bool:
        return bool(message.text and is_nearly_code(message.text.strip()))


class AnyWordsWanted(Filter):
    """A chat in which whatever is typed is what was asked for."""

    async def __call__(self, _message: Message, desk: Desk) -> bool:
        return desk.state.doing in WORDS_WANTED


class Collecting(Filter):
    """A message while pages are being collected for a task."""

    async def __call__(self, _message: Message, desk: Desk) -> bool:
        return desk.amid.doing == Doing.DRAFT


class AboutWork(Filter):
    """What somebody of the school says to a piece of work; gives the handler its ``work``."""

    async def __call__(self, message: Message, desk: Desk) -> bool | dict[str, Any]:
        work = _work_meant(message, desk) if desk.staff else 0
        return {"work": work} if work else False


def _work_meant(message: Message, desk: Desk) -> int:
    """Return the work whose message was replied to, or to which an answer was announced."""
    if message.reply_to_message is None:
        state = desk.amid
        act = act_of_album(desk, message.media_group_id or "")
        if act and (work := answered_return(desk.connection, act)):
            return work
        return int(state.facts["work"]) if state.doing == Doing.FEEDBACK else 0
    return _replied_to("work", message, desk)


def act_of_album(desk: Desk, album: str) -> str:
    """Return as what act the album of a teacher is kept, all its parts together."""
    return f"telegram:{desk.bot}:album:{desk.chat.id}:{album}" if album else ""


def _replied_to(kind: str, message: Message, desk: Desk) -> int:
    """Return the number of what a message of ours was about; 0 for a reply to anything else."""
    if message.reply_to_message is None:
        return 0
    where = (desk.connection, desk.bot, desk.chat.chat_id, message.reply_to_message.message_id)
    found, _, number = outbox.subject_of(*where).partition(":")
    return int(number) if found == kind and number.isdecimal() else 0


class AboutQuestion(Filter):
    """What somebody of the school says to a family's question; gives its ``question``."""

    async def __call__(self, message: Message, desk: Desk) -> bool | dict[str, Any]:
        question = _question_meant(message, desk) if desk.staff else 0
        return {"question": question} if question else False


def _question_meant(message: Message, desk: Desk) -> int:
    """Return the question whose message was replied to, or to which an answer was announced."""
    if message.reply_to_message is None:
        state = desk.amid
        return int(state.facts["question"]) if state.doing == Doing.ANSWERING else 0
    return _replied_to("question", message, desk)


class Amid(Filter):
    """A chat in the middle of this; a slash is always a command."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    async def __call__(self, message: Message, desk: Desk) -> bool:
        is_command = (message.text or "").startswith("/")
        return not is_command and desk.amid.doing == self._doing


class AlbumOfQuestion(Filter):
    """A further part of an album that was a question."""

    async def __call__(self, message: Message, desk: Desk) -> bool:
        album = message.media_group_id or ""
        return of_album(desk.connection, desk.chat, album) is not None
