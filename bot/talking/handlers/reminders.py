"""What "later" means: the lesson is called to mind in an hour, this evening or tomorrow."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.chats.alarms import Refused
from bot.chats.preferences import read_preferences
from bot.chats.reading import find_lesson
from bot.handing_over import Receiver
from bot.reminding import EVENING, later, remind_later
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Pressed
from bot.words.dates import day_words, time_words
from bot.words.keyboards import Press, Verb
from bot.words.reminders import put_off, when_later


def build_router() -> Router:
    """Return the handlers of putting off."""
    router = Router(name="reminders")
    router.callback_query.register(later_pressed, Pressed(Verb.LATER))
    return router


async def later_pressed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Ask when, or note when; what falls into quiet hours comes after them."""
    student, lesson, *choice = (*press.numbers, 0, 0)
    child = desk.child(student)
    found = find_lesson(desk.connection, student, lesson) if child else None
    if child is None or found is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    local = desk.now.astimezone(desk.zone)
    wishes = read_preferences(desk.connection, desk.chat)
    moment = later(choice[0], local, wishes)
    if moment is None:
        is_over = local.hour >= EVENING
        desk.show(when_later(student, lesson, desk.t, is_evening_over=is_over))
        return
    ready = wishes.not_before(moment, desk.zone)
    receiver = Receiver(desk.chat, wishes, tuple(desk.children), desk.zone)
    remind_later(desk.connection, receiver, (student, found.lesson), ready, ready - desk.now)
    here = ready.astimezone(desk.zone)
    desk.change(put_off(time_words(ready, desk.zone), day_words(here.date(), desk.t), desk.t))
