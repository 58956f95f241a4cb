"""How somebody of the school is linked to a chat, which menu it gets, and its office hours."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot import bots
from bot.chats import staff
from bot.chats.alarms import Refused
from bot.chats.staff import StaffPhone
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Pressed, Staff
from bot.words import notices, talk
from bot.words import staff as words
from bot.words.keyboards import Press, Verb
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import CodeRefusal
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.staff_codes import use_staff_code, whose_staff_code
from jetkiz.storage.workplace import wall_clock


def build_router() -> Router:
    """Return the handlers of every member of the staff."""
    router = Router(name="staff")
    router.callback_query.register(hours_chosen, Pressed(Verb.OFFICE), Staff())
    return router


def link_staff(desk: Desk, text: str) -> CodeRefusal | None:
    """Link the chat to the person of a staff code, or return why not.

    In the bot of another school the code links nothing and is not used up.
    """
    sent = (desk.connection, text, desk.now, desk.files.hash_of_code)
    number = whose_staff_code(*sent)
    if isinstance(number, CodeRefusal):
        return number
    who = staff.who_may_link(desk.connection, number)
    if who is None:
        return CodeRefusal.REVOKED
    right = bots.bot_of_school(desk.connection, who.school)
    if right and right.number != desk.bot:
        desk.show(notices.other_bot(right.name, desk.t))
        return None
    if isinstance(use_staff_code(*sent), CodeRefusal):
        return CodeRefusal.USED_UP
    _link(desk, who)
    return None


def _link(desk: Desk, who: Viewer) -> None:
    number = who.account
    others = staff.staff_phones(desk.connection, number)
    is_new = staff.link_staff(desk.connection, desk.chat, number, desk.now)
    if not desk.children and not desk.staff:
        desk.speak(who.language)
    desk.staff = staff.members(desk.connection, desk.chat)
    if is_new:
        write_down(desk.connection, [Entry(who.login, Act.LINK_PHONE, who.school)], desk.now)
        desk.show(
            words.staff_welcome(
                is_coordinator=who.is_coordinator, marks_allowed=desk.marks_allowed, t=desk.t
            )
        )
        _announce(desk, others)
    else:
        desk.show(words.staff_linked_before(desk.t))
    show_menu(desk)


def _announce(desk: Desk, others: list[StaffPhone]) -> None:
    """Tell the phones that were linked before: somebody may have found the code."""
    for phone in others:
        chat = phone.chat
        card = words.another_staff_phone(translator(chat.language))
        message = Outgoing(
            key=f"staff-linked:{desk.bot}:{desk.update_id}:{chat.id}",
            chat_id=chat.chat_id,
            method="sendMessage",
            payload={"chat_id": chat.chat_id, **card.payload()},
        )
        outbox.put(desk.connection, chat.bot, [message], wall_clock())


def show_menu(desk: Desk) -> None:
    """Give the chat the commands of the roles it holds, in its language."""
    roles = words.Roles(bool(desk.children), bool(desk.staff), bool(desk.coordinators))
    desk.session.put("setMyCommands", words.chat_menu(desk.chat, roles))


async def hours_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Let notices come between other hours."""
    hours = tuple(press.numbers)
    if hours not in words.OFFICE_HOURS:
        desk.refuse(Refused.UNKNOWN)
        await query.answer(desk.t("This button no longer works. /help shows what I can do."))
        return
    staff.set_office_hours(desk.connection, desk.chat, *hours)
    await query.answer(desk.t("Noted."))
    desk.change(words.office_question(*hours, t=desk.t))


def show_help(desk: Desk) -> None:
    """Say what can be done, to each role of the chat."""
    if desk.staff:
        desk.show(words.staff_help(is_coordinator=bool(desk.coordinators), t=desk.t))
    if desk.children or not desk.staff:
        desk.show(talk.help_card(desk.t))


def show_office_hours(desk: Desk) -> None:
    """Show the office hours below the settings that everybody has."""
    for one in desk.staff[:1]:
        desk.show(words.office_question(one.office_from, one.office_to, desk.t))


def stop_staff(desk: Desk) -> None:
    """Cut the chat from everybody of the school."""
    if staff.leave_staff(desk.connection, desk.chat):
        desk.staff, desk.children = (), []
        interruptions.let_go(desk)
        show_menu(desk)
