"""What else a family asks of a lesson: its pictures, a file, large letters."""

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.chats.reading import StudentLesson
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Pressed
from bot.talking.lesson_pictures import ready_pictures
from bot.talking.lesson_view import pressed_lesson, send_file, send_large, send_pictures
from bot.words.cards import Card
from bot.words.keyboards import Press, Verb

Extra = Callable[[Desk, StudentLesson, Press], str]
OnPress = Callable[[CallbackQuery, Desk, Press], Awaitable[None]]


def build_router() -> Router:
    """Return the handlers of what belongs to a lesson."""
    router = Router(name="lesson_extras")
    for verb, extra in ((Verb.FILE, file), (Verb.PICTURES, pictures), (Verb.LARGE, large)):
        router.callback_query.register(_for_lesson(extra), Pressed(verb))
    return router


def _for_lesson(extra: Extra) -> OnPress:
    """Check that the chat has a right to the lesson; what is asked for comes as a message."""

    async def checked(query: CallbackQuery, desk: Desk, press: Press) -> None:
        found = pressed_lesson(desk, Press(press.verb, press.numbers[:2]))
        if found is None:
            await query.answer(desk.t("This lesson is not in this chat."))
            return
        words = extra(desk, found[1], press)
        if words:
            desk.show(Card(words))

    return checked


def pictures(desk: Desk, one: StudentLesson, _press: Press) -> str:
    """Send the pictures of a lesson."""
    ready = ready_pictures(desk.connection, one.lesson, desk.files)
    send_pictures(desk, ready)
    return "" if ready else desk.t("This lesson has no pictures any more.")


def large(desk: Desk, one: StudentLesson, _press: Press) -> str:
    """Send the lesson in large letters."""
    if send_large(desk, one.lesson):
        return ""
    return desk.t("I cannot show this lesson in large letters. Its words stand above.")


def file(desk: Desk, one: StudentLesson, press: Press) -> str:
    """Send a file of a lesson by its place among them."""
    place = press.numbers[2] if len(press.numbers) == 3 else len(one.lesson.files)
    if place >= len(one.lesson.files):
        return desk.t("This file is not in the lesson any more. Please open the lesson again.")
    send_file(desk, one.lesson.files[place], one.lesson)
    return ""
