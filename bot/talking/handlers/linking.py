"""How a phone is linked: code, whose child it is, a guardian's consent; other phones hear of it.

The answers to both questions hold only for the child of the code that this chat sent itself: a
forged button links nothing.
"""

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot import bots
from bot.chats import links
from bot.chats.alarms import AlarmKind, Refused, raise_alarm
from bot.chats.consents import give_consent, is_agreed
from bot.chats.links import Chat, Child
from bot.chats.rights import Right, may
from bot.family_access import Cause, cut_phones
from bot.sending import evidence
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import AnyWordsWanted, MistypedCode, Pressed, TypedCode
from bot.talking.handlers.staff import link_staff, show_menu
from bot.telling import News, tell
from bot.words import linking, notices, talk
from bot.words.cards import Card
from bot.words.keyboards import Press, Verb
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import (
    CodeRefusal,
    FoundCode,
    LinkRole,
    check_code,
    find_code,
    revoke_codes,
    use_code,
)
from jetkiz.roster.register import read_households, read_names, read_students

ASKED: Final = "child"
AGREES: Final = "consent"


def build_router() -> Router:
    """Return the handlers of linking: guests may use them."""
    router = Router(name="linking")
    router.message.register(code_typed, TypedCode())
    router.message.register(code_mistyped, MistypedCode(), ~AnyWordsWanted())
    router.callback_query.register(confirmed, Pressed(Verb.CONFIRM))
    router.callback_query.register(agreed, Pressed(Verb.AGREE))
    router.callback_query.register(refused, Pressed(Verb.REFUSE))
    router.callback_query.register(not_ours, Pressed(Verb.NOT_US))
    return router


async def code_typed(message: Message, desk: Desk) -> None:
    """Begin to link by a typed code."""
    begin(desk, message.text or "")


async def code_mistyped(_message: Message, desk: Desk) -> None:
    """Say so; a code whose letters do not fit together was never given out, so no count is kept."""
    desk.show(linking.wrong_code(CodeRefusal.UNKNOWN, desk.t))


def begin(desk: Desk, text: str) -> None:
    """Ask whether the code's child is the right one, or say why the code opens nothing."""
    if links.must_pause(desk.connection, desk.chat, desk.now):
        desk.refuse(Refused.CODE)
        desk.show(linking.pause(desk.t))
        return
    found = find_code(desk.connection, text, desk.now, desk.files.hash_of_code)
    child = _child_of(desk, found) if isinstance(found, FoundCode) else None
    if isinstance(found, FoundCode) and child:
        if not _belongs_elsewhere(desk, found):
            _ask(desk, found, child)
        return
    tries, why = None, found if isinstance(found, CodeRefusal) else CodeRefusal.REVOKED
    if why == CodeRefusal.UNKNOWN:
        said = link_staff(desk, text)
        if said is None:
            return
        why = said
    if why == CodeRefusal.UNKNOWN:
        tries = links.count_wrong_code(desk.connection, desk.chat, desk.now)
    desk.refuse(Refused.CODE)
    desk.show(linking.wrong_code(why, desk.t, tries))


def _belongs_elsewhere(desk: Desk, code: FoundCode) -> bool:
    """Show the way to the school's own bot; here the code links nothing and is not used up."""
    for student in read_students(desk.connection, only=[code.student]):
        right = bots.bot_of_school(desk.connection, student.school)
        if right and right.number != desk.bot:
            desk.show(notices.other_bot(right.name, desk.t))
            return True
    return False


def _child_of(desk: Desk, code: FoundCode) -> Child | None:
    """Return the code's child as the card names them; None when they left the school."""
    for student in read_students(desk.connection, only=[code.student]):
        name = read_names(desk.connection, only=[student.id])[student.id].given
        return Child(student.id, name, student.class_title, code.role.value)
    return None


def _ask(desk: Desk, code: FoundCode, child: Child) -> None:
    role = links.role_of(desk.connection, desk.chat, child.student)
    if role in {LinkRole.GUARDIAN, code.role}:
        desk.show(linking.linked_before(child, desk.t))
        return
    if _agrees_for_itself(desk, code, child):
        return
    if desk.is_guest:
        _speak_as_at_home(desk, code)
    interruptions.enter(desk, Doing.LINKING, student=child.student, code=code.id, step=ASKED)
    desk.show(linking.whose(child, desk.t))


def _agrees_for_itself(desk: Desk, code: FoundCode, child: Child) -> bool:
    """A student's own phone does not become a guardian's; the school hears that somebody tried."""
    is_own = links.was_own_phone(desk.connection, desk.chat, child.student)
    if code.role != LinkRole.GUARDIAN or not is_own:
        return False
    key = f"self_consent:{desk.bot}:{desk.chat.id}:{child.student}:{desk.today}"
    raise_alarm(desk.connection, desk.bot, AlarmKind.SELF_CONSENT, child.student, key, desk.now)
    desk.refuse(Refused.FORBIDDEN)
    desk.show(linking.own_phone(child.given_name, desk.t))
    return True


def _speak_as_at_home(desk: Desk, code: FoundCode) -> None:
    """A student's phone speaks the student's language, a guardian's that of the home."""
    [student] = read_students(desk.connection, only=[code.student])
    home = read_households(desk.connection, only=[student.household]).get(student.household)
    is_own = code.role == LinkRole.STUDENT or home is None
    desk.speak(student.language if is_own or home is None else home.language)


def _open_link(desk: Desk, press: Press, *steps: str) -> tuple[FoundCode, Child] | None:
    """Return the code and child of the question that stands, if the button answers it."""
    facts = desk.state.facts if desk.state.doing == Doing.LINKING else {}
    if press.numbers != (facts.get("student"),) or facts.get("step") not in steps:
        return None
    code = check_code(desk.connection, facts["code"], desk.now)
    child = _child_of(desk, code) if isinstance(code, FoundCode) else None
    return (code, child) if isinstance(code, FoundCode) and child else None


async def confirmed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """It is the right child: a guardian is asked to agree, a student's phone is linked."""
    found = _open_link(desk, press, ASKED, AGREES)
    if found is None:
        await _no_question(query, desk, press)
        return
    code, child = found
    if code.role == LinkRole.GUARDIAN:
        interruptions.enter(desk, Doing.LINKING, student=child.student, code=code.id, step=AGREES)
        desk.change(linking.consent(child, desk.t))
        return
    _link(desk, code, child)


async def agreed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """A guardian agrees: the consent is recorded and the phone linked."""
    found = _open_link(desk, press, AGREES)
    if found is None or not may(found[0].role, Right.GIVE_CONSENT):
        await _no_question(query, desk, press)
        return
    code, child = found
    if _link(desk, code, child):
        give_consent(desk.connection, desk.chat, child.student, desk.now)
        release(desk, child.student)


async def refused(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Link nothing."""
    if _open_link(desk, press, ASKED, AGREES) is None:
        await _no_question(query, desk, press)
        return
    interruptions.end(desk)
    desk.change(linking.not_linked(desk.t))


async def _no_question(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """A question that was answered, has expired, or was never asked here."""
    child = desk.child(press.numbers[0]) if press.numbers else None
    if child:
        await query.answer(desk.t("This is noted already. Thank you!"))
        return
    desk.refuse(Refused.FOREIGN)
    desk.change(linking.link_broken_off(desk.t))


def _link(desk: Desk, code: FoundCode, child: Child) -> bool:
    """Link the chat; False when other phones used the code up since the question was asked."""
    if not use_code(desk.connection, code.id):
        interruptions.end(desk)
        desk.change(linking.wrong_code(CodeRefusal.USED_UP, desk.t))
        return False
    others = links.all_phones(desk.connection, child.student)
    is_student = code.role == LinkRole.STUDENT
    waits = is_student and desk.needs_consent and not is_agreed(desk.connection, child.student)
    # A code for another role takes the place of the link that stands.
    links.unlink(desk.connection, desk.chat, [child.student])
    links.link(desk.connection, desk.chat, child.student, code.role.value, desk.now, waits=waits)
    interruptions.end(desk)
    if waits:
        desk.change(linking.waits_for_guardian(child.given_name, desk.t))
        return True
    evidence.learn_telegram(desk.connection, child.student, evidence.LINKED, desk.now)
    desk.change(linking.welcome(child, desk.t))
    desk.children = links.children(desk.connection, desk.chat)
    if desk.staff:
        show_menu(desk)
    _announce(desk, child, [phone for phone in others if phone.id != desk.chat.id])
    return True


def release(desk: Desk, student: int) -> None:
    """Let the student's own phones get lessons, now that a guardian has agreed."""
    phones = links.waiting_phones(desk.connection, student)
    links.set_waiting(desk.connection, student, waits=False, chats=phones)
    for phone in phones:
        children = links.children(desk.connection, phone)
        child = next(one for one in children if one.student == student)
        say_to(desk, phone, linking.welcome(child, translator(phone.language)), "released")


def cause_of(desk: Desk) -> Cause:
    """Return what cuts phones just now: the update of this desk."""
    return Cause(desk.bot, f"{desk.bot}:{desk.update_id}", desk.now, desk.needs_consent)


def _announce(desk: Desk, child: Child, phones: list[Chat]) -> None:
    """Tell the phones that were linked before; somebody may have found a lost paper."""
    for phone in phones:
        named = _as_called_there(desk, phone, child)
        words = translator(phone.language)
        card = linking.another_phone(named, child.role, desk.chat.id, words)
        say_to(desk, phone, card, "linked")


def _as_called_there(desk: Desk, phone: Chat, child: Child) -> Child:
    there = links.children(desk.connection, phone)
    return next((one for one in there if one.student == child.student), child)


def say_to(desk: Desk, phone: Chat, card: Card, what: str) -> None:
    """Write to another phone than the one that is talking."""
    news = News(f"{what}:{desk.bot}:{desk.update_id}:{phone.id}", card)
    tell(desk.connection, phone, news, desk.now, desk.zone)


async def not_ours(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """A family does not know a phone: the school hears of it, and a guardian cuts the phone."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    if child is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    other = links.newer_phone(desk.connection, desk.chat, child.student, press.numbers[1])
    if other is None and press not in desk.pressed_buttons():
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This is noted already. Thank you!"))
        return
    is_cut = other is not None and may(child.role, Right.CUT_PHONE)
    if other and is_cut:
        _cut(desk, other, child)
    key = f"not_us:{desk.bot}:{desk.chat.id}:{child.student}:{press.numbers[1]}:{desk.today}"
    raise_alarm(desk.connection, desk.bot, AlarmKind.FOREIGN_PHONE, child.student, key, desk.now)
    desk.change(linking.not_us(child.given_name, desk.t, is_cut=is_cut))


def _cut(desk: Desk, other: Chat, child: Child) -> None:
    revoke_codes(desk.connection, child.student, desk.now)
    cut_phones(desk.connection, child.student, [other], cause_of(desk))
    card = talk.no_longer(child.given_name, translator(other.language))
    say_to(desk, other, card, "cut")
