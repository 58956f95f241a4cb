"""What a coordinator does at the chat: sees how the bot stands, sends again, sends emergencies."""

from datetime import datetime, time

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot import coordinator_cards as words
from bot import emergencies
from bot.chats.alarms import Refused
from bot.emergencies import Emergency, Proposal, Scope
from bot.resending import can_resend, send_again
from bot.sending.undelivered import undelivered
from bot.standing import read_standing
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import Asked, Coordinator, Pressed
from bot.words.cards import day_of_number
from bot.words.homework import too_long
from bot.words.keyboards import Press, Verb
from jetkiz.calendar.school_weeks import week_of
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.viewers import visible_numbers
from jetkiz.storage.workplace import wall_clock


def build_router() -> Router:
    """Return the handlers of coordinators; to anybody else these commands do not exist."""
    router = Router(name="coordinator")
    router.message.register(status, Asked("status"), Coordinator())
    router.message.register(list_undelivered, Asked("undelivered"), Coordinator())
    router.message.register(ask_resend, Asked("resend"), Coordinator())
    router.message.register(write_emergency, Asked("emergency"), Coordinator())
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
        desk.refuse(Refused.UNKNOWN)
        await query.answer(desk.t("This button no longer works. /help shows what I can do."))
        return
    students = press.numbers[1:] or None
    seen = [visible_numbers(desk.connection, member.viewer) for member in desk.coordinators]
    if students and not set(students) <= set().union(*seen):
        desk.refuse(Refused.FOREIGN)
    count = sum(
        send_again(desk.connection, member.viewer, week_of(day), students, desk.now)
        for member in desk.coordinators
    )
    desk.show(words.resent(count, desk.t))


async def write_emergency(_message: Message, desk: Desk, command: CommandObject) -> None:
    """Take the words of an emergency message and ask to whom they go."""
    text = (command.args or "").strip()
    who = desk.coordinators[0]
    if not text:
        desk.show(words.how_to_emergency(desk.t))
        return
    if len(text) > emergencies.MOST_WORDS:
        desk.show(too_long(len(text), emergencies.MOST_WORDS, desk.t))
        return
    if not emergencies.other_coordinators(desk.connection, who.viewer, desk.chat):
        desk.show(words.nobody_to_confirm(desk.t))
        return
    key = f"emergency:{desk.bot}:{desk.update_id}"
    interruptions.enter(desk, Doing.EMERGENCY, words=text, key=key)
    classes = emergencies.read_classes(desk.connection, who.viewer.school)
    grades = sorted({grade for _, grade in classes.values() if grade})
    titles = {number: title for number, (title, _) in classes.items()}
    desk.show(words.to_whom(text, grades, titles, desk.t))


async def scope_chosen(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Keep the message and ask the other coordinators."""
    state = desk.state
    scope = _scope(press)
    if scope is None:
        desk.refuse(Refused.UNKNOWN)
    if state.doing != Doing.EMERGENCY or scope is None:
        desk.change(words.emergency_over(desk.t))
        return
    who = desk.coordinators[0]
    text, key = state.facts["words"], state.facts["key"]
    new = Proposal(desk.bot, key, scope, text, desk.chat.id)
    number = emergencies.propose(desk.connection, who.viewer, new, desk.now)
    one = emergencies.read_open(desk.connection, number, desk.now) if number else None
    if one is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This button no longer works. /help shows what I can do."))
        return
    interruptions.end(desk)
    others = emergencies.other_coordinators(desk.connection, who.viewer, desk.chat)
    emergencies.ask_to_confirm(desk.connection, one, others)
    to_whom = emergencies.scope_words(desk.connection, one.school, one.scope, desk.t)
    minutes = int(emergencies.CONFIRM_WITHIN.total_seconds() // 60)
    desk.change(words.proposed(to_whom, minutes, desk.t))


def _scope(press: Press) -> Scope | None:
    match press.numbers:
        case (words.SCHOOL, _):
            return Scope()
        case (words.GRADE, grade):
            return Scope(grade=grade)
        case (words.CLASS, number):
            return Scope(class_id=number)
    return None


async def confirmed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The second coordinator lets it go out."""
    one = _open(desk, press)
    if one is None:
        desk.change(words.emergency_over(desk.t))
        return
    here = [member.viewer for member in desk.coordinators]
    second = emergencies.second_coordinator(here, one, desk.chat.id)
    if second is None:
        desk.refuse(Refused.FORBIDDEN)
        await query.answer(words.needs_another(desk.t))
        return
    phones = emergencies.confirm(desk.connection, second, one, desk.now)
    desk.change(words.emergency_sent(len(phones), desk.t))


def _open(desk: Desk, press: Press) -> Emergency | None:
    """Return the message of a button, if it is of a school that the chat coordinates."""
    number = press.numbers[0] if press.numbers else 0
    one = emergencies.read_open(desk.connection, number, desk.now)
    mine = {member.viewer.school for member in desk.coordinators}
    if one and one.school not in mine:
        desk.refuse(Refused.FOREIGN)
    return one if one and one.school in mine else None


async def dropped(_query: CallbackQuery, desk: Desk, press: Press) -> None:
    """It does not go out."""
    if desk.state.doing == Doing.EMERGENCY:
        interruptions.end(desk)
    one = _open(desk, press)
    if one is not None:
        emergencies.drop(desk.connection, desk.coordinators[0].viewer, one, desk.now)
    desk.change(words.emergency_dropped(desk.t))
