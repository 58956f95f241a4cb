"""What a coordinator does at the chat: sees how the bot stands, sends again, sends emergencies."""

from datetime import datetime, time

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot import coordinator_cards as words
from bot import emergencies
from bot.chats import staff
from bot.chats.staff import Member
from bot.emergencies import Emergency, Proposal, Scope
from bot.resending import can_resend, send_again
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.sending.undelivered import undelivered
from bot.standing import read_standing
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import Coordinator, Pressed
from bot.words.cards import day_of_number
from bot.words.keyboards import Press, Verb
from jetkiz.calendar.school_weeks import week_of
from jetkiz.i18n import Translator, translator
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.viewers import visible_numbers
from jetkiz.storage.workplace import wall_clock


def build_router() -> Router:
    """Return the handlers of coordinators; to anybody else these commands do not exist."""
    router = Router(name="coordinator")
    router.message.register(status, Command("status"), Coordinator())
    router.message.register(list_undelivered, Command("undelivered"), Coordinator())
    router.message.register(ask_resend, Command("resend"), Coordinator())
    router.message.register(write_emergency, Command("emergency"), Coordinator())
    router.callback_query.register(resend, Pressed(Verb.RESEND), Coordinator())
    router.callback_query.register(scope_chosen, Pressed(Verb.EMERGENCY_TO), Coordinator())
    router.callback_query.register(confirmed, Pressed(Verb.EMERGENCY_YES), Coordinator())
    router.callback_query.register(dropped, Pressed(Verb.EMERGENCY_NO), Coordinator())
    return router


async def status(_message: Message, desk: Desk) -> None:
    """Say how this bot stands."""
    begin = datetime.combine(wall_clock().astimezone(desk.zone).date(), time(), desk.zone)
    standing = read_standing(desk.connection, desk.bot, begin, wall_clock())
    desk.show(words.status(standing, desk.zone, desk.t))


async def list_undelivered(_message: Message, desk: Desk) -> None:
    """List what did not arrive this week; who was shown is written down."""
    week = week_of(desk.today)
    for member in desk.coordinators:
        who = member.viewer
        found = undelivered(desk.connection, visible_numbers(desk.connection, who), week)
        entries = [
            Entry(who.login, Act.READ_UNDELIVERED, who.school, one.student, week) for one in found
        ]
        write_down(desk.connection, entries, desk.now)
        desk.show(*words.undelivered(found, week, desk.t))


async def ask_resend(_message: Message, desk: Desk) -> None:
    """Say to how many the refused messages of this week would go, and ask."""
    week = week_of(desk.today)
    for member in desk.coordinators:
        found = can_resend(desk.connection, member.viewer, week)
        desk.show(words.resend_question(found, week, desk.t))


async def resend(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Send again what was refused in a week, to all or to one student."""
    day = day_of_number(press.numbers[0]) if press.numbers else None
    if day is None:
        await query.answer(desk.t("This button no longer works. /help shows what I can do."))
        return
    students = press.numbers[1:] or None
    count = sum(
        send_again(desk.connection, member.viewer, week_of(day), students, desk.now)
        for member in desk.coordinators
    )
    desk.show(words.resent(count, desk.t))


async def write_emergency(_message: Message, desk: Desk, command: CommandObject) -> None:
    """Take the words of an emergency message and ask to whom they go."""
    text = (command.args or "").strip()[: emergencies.MOST_WORDS]
    who = desk.coordinators[0]
    if not text:
        desk.show(words.how_to_emergency(desk.t))
        return
    if not _others(desk, who):
        desk.show(words.nobody_to_confirm(desk.t))
        return
    key = f"emergency:{desk.bot}:{desk.update_id}"
    desk.enter(Doing.EMERGENCY, words=text, key=key)
    classes = emergencies.read_classes(desk.connection, who.viewer.school)
    grades = sorted({grade for _, grade in classes.values() if grade})
    titles = {number: title for number, (title, _) in classes.items()}
    desk.show(words.to_whom(text, grades, titles, desk.t))


def _others(desk: Desk, who: Member) -> list[staff.StaffPhone]:
    """Return the phones of the other coordinators of the school."""
    return [
        phone
        for phone in staff.staff_phones(desk.connection)
        if phone.member.is_coordinator
        and phone.member.viewer.school == who.viewer.school
        and phone.member.viewer.account != who.viewer.account
    ]


async def scope_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Keep the message and ask the other coordinators."""
    state = desk.state
    scope = _scope(press)
    if state.doing != Doing.EMERGENCY or scope is None:
        desk.change(words.emergency_over(desk.t))
        return
    who = desk.coordinators[0]
    text, key = state.facts["words"], state.facts["key"]
    new = Proposal(desk.bot, key, scope, text)
    number = emergencies.propose(desk.connection, who.viewer, new, desk.now)
    one = emergencies.read_open(desk.connection, number, desk.now) if number else None
    if one is None:
        await query.answer(desk.t("This button no longer works. /help shows what I can do."))
        return
    desk.leave()
    _ask_the_others(desk, who, one)
    minutes = int(emergencies.CONFIRM_WITHIN.total_seconds() // 60)
    desk.change(words.proposed(_scope_words(desk, one, desk.t), minutes, desk.t))


def _scope(press: Press) -> Scope | None:
    match press.numbers:
        case (words.SCHOOL, _):
            return Scope()
        case (words.GRADE, grade):
            return Scope(grade=grade)
        case (words.CLASS, number):
            return Scope(class_id=number)
    return None


def _scope_words(desk: Desk, one: Emergency, t: Translator) -> str:
    classes = emergencies.read_classes(desk.connection, one.school)
    title, _ = classes.get(one.scope.class_id or 0, ("", 0))
    return words.scope_words(one.scope.grade, title, t)


def _ask_the_others(desk: Desk, who: Member, one: Emergency) -> None:
    phones = len(emergencies.phones_of(desk.connection, one.school, one.scope))
    for phone in _others(desk, who):
        chat = phone.chat
        t = translator(chat.language)
        card = words.confirm(one.id, one.words, _scope_words(desk, one, t), phones, t)
        message = Outgoing(
            key=f"emergency-ask:{one.id}:{chat.id}",
            chat_id=chat.chat_id,
            method="sendMessage",
            payload={"chat_id": chat.chat_id, **card.payload()},
        )
        outbox.put(desk.connection, chat.bot, [message], wall_clock())


async def confirmed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The second coordinator lets it go out."""
    one = _open(desk, press)
    if one is None:
        desk.change(words.emergency_over(desk.t))
        return
    second = [each for each in desk.coordinators if emergencies.may_confirm(each.viewer, one)]
    if not second:
        await query.answer(words.needs_another(desk.t))
        return
    phones = emergencies.confirm(desk.connection, second[0].viewer, one, desk.now)
    desk.change(words.emergency_sent(len(phones), desk.t))


def _open(desk: Desk, press: Press) -> Emergency | None:
    """Return the message of a button, if it is of a school that the chat coordinates."""
    number = press.numbers[0] if press.numbers else 0
    one = emergencies.read_open(desk.connection, number, desk.now)
    mine = {member.viewer.school for member in desk.coordinators}
    return one if one and one.school in mine else None


async def dropped(_query: CallbackQuery, desk: Desk, press: Press) -> None:
    """It does not go out."""
    if desk.state.doing == Doing.EMERGENCY:
        desk.leave()
    one = _open(desk, press)
    if one is not None:
        emergencies.drop(desk.connection, desk.coordinators[0].viewer, one, desk.now)
    desk.change(words.emergency_dropped(desk.t))
