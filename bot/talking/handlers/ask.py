"""How a family asks the teacher of a lesson: one message or album, kept once, bound to it."""

from datetime import timedelta
from typing import Final

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.chats import questions
from bot.chats.alarms import Refused
from bot.chats.links import Child
from bot.chats.questions import Part, Place
from bot.chats.reading import StudentLesson, find_lesson, week_lessons
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import AlbumOfQuestion, Amid, Pressed
from bot.words import family
from bot.words.keyboards import Press, Verb
from jetkiz.calendar.school_weeks import week_of

MOST_LESSONS: Final = 8
FILES: Final = F.photo | F.document | F.voice | F.audio | F.video | F.video_note


def build_router() -> Router:
    """Return the handlers of questions; they come before those of homework."""
    router = Router(name="ask")
    router.message.register(asked_for, Command("ask"))
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
    weeks = sorted({week_of(desk.today - timedelta(days=3)), week_of(desk.today)})
    found = [
        (child, one)
        for child in desk.children
        for week in weeks
        for one in week_lessons(desk.connection, child.student, week)
        if desk.today - timedelta(days=3) <= one.lesson.day <= desk.today
    ]
    return sorted(found, key=lambda item: item[1].lesson.day, reverse=True)[:MOST_LESSONS]


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
    if part is None or desk.child(facts["student"]) is None:
        desk.show(family.cannot_ask(desk.t), about=message.message_id)
        return
    _keep(message, desk, part, facts["student"], facts["lesson"])
    interruptions.end(desk)
    desk.show(family.asked(desk.t), about=message.message_id)


def _part(message: Message, desk: Desk) -> Part | None:
    """Return what a message says; None when its file cannot be read."""
    key = f"{desk.bot}:{desk.update_id}"
    if message.text:
        return Part(key, message.text)
    file = desk.file
    if file is None or file.trouble is not None:
        return None
    return Part(key, message.caption or "", file.sha256, file.media_type)


def _keep(message: Message, desk: Desk, part: Part, student: int, lesson: int) -> None:
    album = message.media_group_id or ""
    place = Place(desk.bot, desk.chat, student, lesson, message.message_id, album)
    questions.ask(desk.connection, place, part, desk.now)


async def more_of_album(message: Message, desk: Desk) -> None:
    """A later part belongs to the question that its album began; nothing more is said."""
    known = questions.of_album(desk.connection, desk.chat, message.media_group_id or "")
    part = _part(message, desk)
    if known and part and desk.child(known.student):
        _keep(message, desk, part, known.student, known.lesson)


async def no_question(message: Message, desk: Desk) -> None:
    """Say what a question can be: a place or a sticker is none."""
    desk.show(family.cannot_ask(desk.t), about=message.message_id)


async def cancelled(_query: CallbackQuery, desk: Desk) -> None:
    """Ask nothing; pressing later changes nothing else."""
    if desk.state.doing == Doing.ASKING:
        interruptions.end(desk)
    desk.change(family.not_asked(desk.t))
