"""Settings, help, privacy, the way out: everybody gets an answer, guests too."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.chats import links
from bot.chats.alarms import Refused
from bot.chats.preferences import change_preferences, read_preferences
from bot.chats.rights import Right, may
from bot.holding_back import take_marks_out
from bot.talking.desk import Desk
from bot.talking.handlers.children import cut
from bot.talking.handlers.filters import Asked, Pressed
from bot.talking.handlers.staff import show_help, show_menu, show_office_hours, stop_staff
from bot.words import linking as words
from bot.words import privacy, talk
from bot.words.cards import Card
from bot.words.keyboards import Press, Verb
from bot.words.settings import GUARDIANS_ONLY, Page, page_card, read_wish
from jetkiz.i18n import LANGUAGES


def build_router() -> Router:
    """Return the handlers that come before linking: guests may use them."""
    router = Router(name="settings")
    router.message.register(help_asked, Asked("help"))
    router.message.register(privacy_asked, Asked("privacy"))
    router.message.register(language_asked, Asked("language"))
    router.message.register(settings_asked, Asked("settings"))
    router.message.register(stop_asked, Asked("stop"))
    router.callback_query.register(language_chosen, Pressed(Verb.LANGUAGE))
    router.callback_query.register(setting_pressed, Pressed(Verb.QUIET))
    router.callback_query.register(stopped, Pressed(Verb.STOP))
    return router


def build_last_router() -> Router:
    """Return the handlers of linked chats, and those for what nobody else understood."""
    router = Router(name="last")
    router.message.register(not_understood)
    router.callback_query.register(old_button)
    return router


async def help_asked(_message: Message, desk: Desk) -> None:
    """Say what can be done."""
    show_help(desk)


async def privacy_asked(_message: Message, desk: Desk) -> None:
    """Say what is kept."""
    desk.show(privacy.privacy(desk.t, marks_allowed=desk.marks_allowed))


async def language_asked(_message: Message, desk: Desk) -> None:
    """Offer languages and sound."""
    desk.show(_page(desk, Page.LANGUAGE))


async def settings_asked(_message: Message, desk: Desk) -> None:
    """Show all that can be changed."""
    desk.show(_page(desk, Page.MENU))
    show_office_hours(desk)


def _page(desk: Desk, page: Page) -> Card:
    chosen = read_preferences(desk.connection, desk.chat)
    is_guardian = any(may(one.role, Right.SET_COPIES) for one in desk.children)
    # Who has no children here chooses a language and nothing else.
    page = page if desk.children else Page.LANGUAGE
    return page_card(page, chosen, desk.t, is_guardian=is_guardian)


async def language_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Speak another language from now on."""
    if press.word not in LANGUAGES:
        await old_button(query, desk)
        return
    desk.speak(press.word)
    await query.answer(desk.t("I speak English now."))
    desk.change(words.guest(desk.t) if desk.is_guest else _page(desk, Page.LANGUAGE))
    if desk.staff:
        show_menu(desk)


async def setting_pressed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Change what the button says, and show how it stands now."""
    wish = read_wish(press.word)
    if wish is None:
        await old_button(query, desk)
        return
    if GUARDIANS_ONLY & set(wish.changes) and not any(
        may(one.role, Right.SET_COPIES) for one in desk.children
    ):
        desk.refuse(Refused.FORBIDDEN)
        await query.answer(desk.t("Only a guardian's phone can change this."))
        return
    if wish.changes:
        chosen = change_preferences(desk.connection, desk.chat, **wish.changes)
        if "marks" in wish.changes and not chosen.marks:
            take_marks_out(desk.connection, desk.chat, desk.now)
        await query.answer(desk.t("Noted."))
    desk.change(_page(desk, wish.page))


async def stop_asked(_message: Message, desk: Desk) -> None:
    """Ask once more, or say that there is nothing to stop."""
    is_linked = not desk.is_guest or links.linked_students(desk.connection, desk.chat)
    desk.show(talk.stop_question(desk.t) if is_linked else talk.stopped(desk.t))


async def stopped(_query: CallbackQuery, desk: Desk) -> None:
    """Cut every link of the chat."""
    cut(desk, links.linked_students(desk.connection, desk.chat))
    stop_staff(desk)
    desk.change(talk.stopped(desk.t))


async def not_understood(_message: Message, desk: Desk) -> None:
    """Answer what is no command."""
    desk.show(talk.not_understood(desk.t))


async def old_button(query: CallbackQuery, desk: Desk) -> None:
    """Answer a button that this program does not know."""
    desk.refuse(Refused.UNKNOWN)
    await query.answer(desk.t("This button no longer works. /help shows what I can do."))
