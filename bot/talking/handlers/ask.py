"""How a family asks the teacher of a lesson: one message or album, kept once, bound to it."""

from datetime import timedelta
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.chats import questions
from bot.chats.alarms import Refused
from bot.chats.links import Child
from bot.chats.questions import MOST_WORDS, Part, Place
from bot.chats.reading import (
    StudentLesson,
    find_lesson,
    in_turns,
    newest_first,
    week_lessons,
)
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import FILES, AlbumOfQuestion, Amid, Asked, Pressed
from bot.words import family
from bot.words.cards import Card
from bot.words.homework import too_long
from bot.words.keyboards import Press, Verb
from jetkiz.calendar.school_weeks import week_of

LAST_DAYS: Final = 3


def build_router() -> Router:
    """Return the handlers of questions; they come before those of homework."""
    router = Router(name="ask")
    router.message.register(asked_for, Asked("ask"))
    router.message.register(more_of_album, AlbumOfQuestion(), FILES)
    router.message.register(question_came, Amid(Doing.ASKING), FILES | F.text)
    router.message.register(no_question, Amid(Doing.ASKING))
    router.callback_query.register(lesson_chosen, Pressed(Verb.ASK))
    router.callback_query.register(cancelled, Pressed(Verb.NO_QUESTION))
    return router


async def asked_for(_message: Message, desk: Desk) -> None:
    """Ask about which lesson: those of the last days, the newest first."""
    desk.show(family.ask_about(_lessons(desk), desk.t))


def _lessons(desk: Desk) -> list[tuple[Child, StudentLesson]]:
    """Return the lessons of the last days, child by child in turns."""
    first = desk.today - timedelta(days=LAST_DAYS)
    weeks = sorted({week_of(first), week_of(desk.today)})
    return in_turns(
        [
            (child, one)
            for one in newest_first(
                one
                for week in weeks
                for one in week_lessons(desk.connection, child.student, week)
                if first <= one.lesson.day <= desk.today
            )
        ]
        for child in desk.children
    )


async def lesson_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Wait for the question about a lesson of one of this chat's children."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    one = find_lesson(desk.connection, *press.numbers) if child else None
    if child is None or one is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    interruptions.enter(desk, Doing.ASKING, student=child.student, lesson=one.lesson.id)
    desk.show(family.ask_now(child, one, desk.t))


async def question_came(message: Message, desk: Desk) -> None:
    """Keep the question and say so; its answer will hang on this message."""
    facts = desk.state.facts
    part = _part(message, desk)
    if isinstance(part, Card):
        desk.show(part, about=message.message_id)
        return
    _keep(message, desk, part, facts["student"], facts["lesson"])
    interruptions.end(desk)
    desk.show(family.asked(desk.t), about=message.message_id)


def _part(message: Message, desk: Desk) -> Part | Card:
    """Return what a message says, whole, or why it cannot be part of a question."""
    key = f"{desk.bot}:{desk.update_id}"
    words = message.text or message.caption or ""
    if len(words) > MOST_WORDS:
        return too_long(len(words), MOST_WORDS, desk.t)
    if message.text:
        return Part(key, words)
    file = desk.file
    if file is None or file.trouble is not None:
        return family.cannot_ask(desk.t)
    return Part(key, words, file.sha256, file.media_type)


def _keep(message: Message, desk: Desk, part: Part, student: int, lesson: int) -> None:
    album = message.media_group_id or ""
    place = Place(desk.bot, desk.chat, student, lesson, message.message_id, album)
    questions.ask(desk.connection, place, part, desk.now)


async def more_of_album(message: Message, desk: Desk) -> None:
    """A later part belongs to the question that its album began; nothing more is said."""
    known = questions.of_album(desk.connection, desk.chat, message.media_group_id or "")
    part = _part(message, desk)
    if isinstance(part, Card):
        desk.show(part, about=message.message_id)
    elif known and desk.child(known.student):
        _keep(message, desk, part, known.student, known.lesson)


async def no_question(message: Message, desk: Desk) -> None:
    """Say what a question can be: a place or a sticker is none."""
    desk.show(family.cannot_ask(desk.t), about=message.message_id)


async def cancelled(_query: CallbackQuery, desk: Desk) -> None:
    """Ask nothing; pressing later changes nothing else."""
    if desk.state.doing == Doing.ASKING:
        interruptions.end(desk)
    desk.change(family.not_asked(desk.t))
