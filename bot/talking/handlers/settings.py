"""Language, sound, children, help, privacy, the way out: everybody gets an answer, guests too."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.chats import links
from bot.chats.consents import withdraw_consent
from bot.sending import evidence
from bot.talking.desk import Desk
from bot.talking.handlers import linking
from bot.talking.handlers.filters import Pressed
from bot.talking.handlers.staff import show_help, show_menu, show_office_hours, stop_staff
from bot.words import linking as words
from bot.words import talk
from bot.words.keyboards import Press, Verb
from jetkiz.i18n import LANGUAGES


def build_router() -> Router:
    """Return the handlers that come before linking: guests may use them."""
    router = Router(name="settings")
    router.message.register(help_asked, Command("help"))
    router.message.register(privacy_asked, Command("privacy"))
    router.message.register(settings_asked, Command("language", "settings"))
    router.message.register(stop_asked, Command("stop"))
    router.callback_query.register(language_chosen, Pressed(Verb.LANGUAGE))
    router.callback_query.register(sound_chosen, Pressed(Verb.QUIET))
    router.callback_query.register(stopped, Pressed(Verb.STOP))
    return router


def build_last_router() -> Router:
    """Return the handlers of linked chats, and those for what nobody else understood."""
    router = Router(name="last")
    router.message.register(children_asked, Command("children"))
    router.callback_query.register(child_removed, Pressed(Verb.LEAVE))
    router.message.register(not_understood)
    router.callback_query.register(old_button)
    return router


async def help_asked(_message: Message, desk: Desk) -> None:
    """Say what can be done."""
    show_help(desk)


async def privacy_asked(_message: Message, desk: Desk) -> None:
    """Say what is kept."""
    desk.show(talk.privacy(desk.t))


async def settings_asked(_message: Message, desk: Desk) -> None:
    """Offer languages and sound."""
    desk.show(talk.settings(quiet=desk.chat.quiet, t=desk.t))
    show_office_hours(desk)


async def language_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Speak another language from now on."""
    if press.word not in LANGUAGES:
        await old_button(query, desk)
        return
    desk.speak(press.word)
    await query.answer(desk.t("I speak English now."))
    again = talk.settings(quiet=desk.chat.quiet, t=desk.t)
    desk.change(words.guest(desk.t) if desk.is_guest else again)
    if desk.staff:
        show_menu(desk)


async def sound_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Let messages come with or without a sound."""
    quiet = press.word == "1"
    links.set_quiet(desk.connection, desk.chat, quiet=quiet)
    await query.answer(desk.t("Noted."))
    desk.change(talk.settings(quiet=quiet, t=desk.t))


async def children_asked(_message: Message, desk: Desk) -> None:
    """List whose lessons come here."""
    desk.show(talk.children_card(desk.children, desk.t))


async def child_removed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Cut the link to one student."""
    child = desk.child(press.numbers[0]) if press.numbers else None
    if child is None:
        await query.answer(desk.t("Noted."))
        return
    cut(desk, [child.student])
    desk.change(talk.no_longer(child.given_name, desk.t))


async def stop_asked(_message: Message, desk: Desk) -> None:
    """Ask once more, or say that there is nothing to stop."""
    is_linked = not desk.is_guest or links.linked_students(desk.connection, desk.chat)
    desk.show(talk.stop_question(desk.t) if is_linked else talk.stopped(desk.t))


async def stopped(_query: CallbackQuery, desk: Desk) -> None:
    """Cut every link of the chat."""
    cut(desk, links.linked_students(desk.connection, desk.chat))
    stop_staff(desk)
    desk.change(talk.stopped(desk.t))


def cut(desk: Desk, students: list[int]) -> None:
    """Cut links; a student without another phone is no longer reached by Telegram."""
    for student in students:
        withdraw_consent(desk.connection, desk.chat, student, desk.now)
    links.unlink(desk.connection, desk.chat, students)
    is_empty = not links.children(desk.connection, desk.chat)
    if is_empty or desk.state.facts.get("student") in students:
        desk.leave()
    for student in students:
        linking.hold_back(desk, student)
        if not links.all_phones(desk.connection, student):
            evidence.learn_telegram(desk.connection, student, evidence.NEVER, desk.now)


async def not_understood(_message: Message, desk: Desk) -> None:
    """Answer what is no command."""
    desk.show(talk.not_understood(desk.t))


async def old_button(query: CallbackQuery, desk: Desk) -> None:
    """Answer a button that this program does not know."""
    await query.answer(desk.t("This button no longer works. /help shows what I can do."))
