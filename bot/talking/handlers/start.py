"""How a chat is linked: by the printed code, in one step, seen by the other phones of the student.

Also what happens when a person blocks the bot and comes back.
"""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot import bots
from bot.chats import links
from bot.chats.links import Child
from bot.sending import evidence, outbox
from bot.sending.outbox import Outgoing
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Guest, MistypedCode, TypedCode
from bot.talking.handlers.staff import link_staff, show_help, show_menu
from bot.words import notices, talk
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import CodeRefusal, FoundCode, LinkRole, find_code, use_code
from jetkiz.roster.register import read_households, read_students
from jetkiz.storage.workplace import wall_clock


def build_router() -> Router:
    """Return the handlers of linking; guests come no further than here."""
    router = Router(name="start")
    router.my_chat_member.register(standing_changed)
    router.message.register(started, CommandStart())
    router.message.register(code_typed, TypedCode())
    router.message.register(code_mistyped, MistypedCode())
    router.message.register(guest_wrote, Guest())
    router.callback_query.register(guest_pressed, Guest())
    return router


async def started(_message: Message, desk: Desk, command: CommandObject) -> None:
    """Link by the code of the deep link, or show what can be done."""
    if command.args:
        link_by_code(desk, command.args)
    elif not desk.is_guest:
        show_help(desk)
    else:
        desk.show(talk.guest(desk.t))


async def code_typed(message: Message, desk: Desk) -> None:
    """Link by a typed code."""
    link_by_code(desk, message.text or "")


async def code_mistyped(_message: Message, desk: Desk) -> None:
    """Say so; a code whose letters do not fit together was never given out, so no count is kept."""
    desk.show(talk.wrong_code(CodeRefusal.UNKNOWN, desk.t))


async def guest_wrote(_message: Message, desk: Desk) -> None:
    """Ask for the code; a guest's words and files are not kept."""
    desk.show(talk.guest(desk.t))


async def guest_pressed(_query: CallbackQuery, desk: Desk) -> None:
    """An old button of somebody who has left."""
    desk.show(talk.guest(desk.t))


def link_by_code(desk: Desk, text: str) -> None:
    """Link the chat to the code's student, or say why not."""
    if links.must_pause(desk.connection, desk.chat, desk.now):
        desk.show(talk.pause(desk.t))
        return
    found = find_code(desk.connection, text, desk.now)
    if isinstance(found, FoundCode):
        if not _belongs_elsewhere(desk, found):
            _link(desk, found)
        return
    if found == CodeRefusal.UNKNOWN:
        refusal = link_staff(desk, text)
        if refusal is None:
            return
        found = refusal
    tries = None
    if found == CodeRefusal.UNKNOWN:
        tries = links.count_wrong_code(desk.connection, desk.chat, desk.now)
    desk.show(talk.wrong_code(found, desk.t, tries))


def _belongs_elsewhere(desk: Desk, code: FoundCode) -> bool:
    """Show the way to the school's own bot; here the code links nothing and is not used up."""
    for student in read_students(desk.connection, only=[code.student]):
        right = bots.bot_of_school(desk.connection, student.school)
        if right and right.number != desk.bot:
            desk.show(notices.other_bot(right.name, desk.t))
            return True
    return False


def _link(desk: Desk, code: FoundCode) -> None:
    student = next(iter(read_students(desk.connection, only=[code.student])), None)
    if student is None:
        desk.show(talk.wrong_code(CodeRefusal.REVOKED, desk.t))
        return
    if desk.is_guest:
        homes = read_households(desk.connection, only=[student.household])
        home = homes.get(student.household)
        # A student's phone speaks the student's language, a guardian's that of the home.
        is_own = code.role == LinkRole.STUDENT or home is None
        desk.speak(student.language if is_own or home is None else home.language)
    others = links.all_phones(desk.connection, code.student)
    is_new = links.link(desk.connection, desk.chat, code.student, code.role.value, desk.now)
    linked = links.children(desk.connection, desk.chat)
    child = next(one for one in linked if one.student == code.student)
    if not is_new:
        desk.show(talk.linked_before(child, desk.t))
        return
    use_code(desk.connection, code.id)
    evidence.learn_telegram(desk.connection, code.student, evidence.LINKED, desk.now)
    desk.show(talk.welcome(child, desk.t))
    desk.children = linked
    if desk.staff:
        show_menu(desk)
    _announce(desk, child, [phone for phone in others if phone.id != desk.chat.id])


def _announce(desk: Desk, child: Child, phones: list[links.Chat]) -> None:
    """Tell the phones that were linked before; somebody may have found a lost paper."""
    for phone in phones:
        card = talk.another_phone(child, translator(phone.language))
        message = Outgoing(
            key=f"linked:{desk.bot}:{desk.update_id}:{phone.id}",
            chat_id=phone.chat_id,
            method="sendMessage",
            payload={"chat_id": phone.chat_id, **card.payload()},
        )
        outbox.put(desk.connection, phone.bot, [message], wall_clock())


async def standing_changed(event: ChatMemberUpdated, desk: Desk) -> None:
    """A person blocked the bot, or came back."""
    if event.new_chat_member.status == ChatMemberStatus.KICKED:
        evidence.lose_chat(desk.connection, desk.bot, desk.chat.chat_id, desk.now)
    elif desk.chat.is_blocked:
        came_back(desk)


def came_back(desk: Desk) -> None:
    """The chat takes messages again."""
    links.set_blocked(desk.connection, desk.chat, None)
    for child in desk.children:
        evidence.learn_telegram(desk.connection, child.student, evidence.LINKED, desk.now)
