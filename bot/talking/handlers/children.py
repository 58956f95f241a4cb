"""Whose lessons come to a chat: listed, called by another name, taken out."""

import re
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.chats import links
from bot.chats.alarms import Refused
from bot.chats.links import Child
from bot.family_access import cut_phones
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers import linking
from bot.talking.handlers.filters import Amid, Asked, Pressed
from bot.words import family, talk
from bot.words.keyboards import Press, Verb

NAME: Final = re.compile(r"[^\W\d_]+([ '’-][^\W\d_]+)*")
LONGEST_NAME: Final = 20


def build_router() -> Router:
    """Return the handlers of a chat's children; guests come no further than before."""
    router = Router(name="children")
    router.message.register(children_asked, Asked("children"))
    router.message.register(named, Amid(Doing.NAMING))
    router.callback_query.register(removal_wanted, Pressed(Verb.LEAVE))
    router.callback_query.register(child_removed, Pressed(Verb.PART))
    router.callback_query.register(name_wanted, Pressed(Verb.RENAME))
    router.callback_query.register(name_kept, Pressed(Verb.NO_NAME))
    return router


async def children_asked(_message: Message, desk: Desk) -> None:
    """List whose lessons come here."""
    desk.show(family.children_card(desk.children, desk.t))


def pressed_child(desk: Desk, press: Press) -> Child | None:
    """Return the child of a button, if it is one of this chat's; else count the press."""
    child = desk.child(press.numbers[0]) if press.numbers else None
    if child is None:
        desk.refuse(Refused.FOREIGN)
    return child


async def removal_wanted(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Ask once before the link, and the consent with it, is gone."""
    child = pressed_child(desk, press)
    if child is None:
        await query.answer(desk.t("This child is not in this chat."))
        return
    desk.show(talk.leave_question(child.given_name, child.student, desk.t))


async def child_removed(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Cut the link to one student."""
    child = pressed_child(desk, press)
    if child is None:
        await query.answer(desk.t("Noted."))
        return
    cut(desk, [child.student])
    desk.change(talk.no_longer(child.given_name, desk.t))


async def name_wanted(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Ask for the name."""
    child = pressed_child(desk, press)
    if child is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    interruptions.enter(desk, Doing.NAMING, student=child.student)
    desk.show(family.ask_name(child, desk.t))


async def named(message: Message, desk: Desk) -> None:
    """Note the name; a text that is none is asked for again."""
    said = " ".join((message.text or "").split())
    child = desk.child(desk.state.facts["student"])
    if len(said) > LONGEST_NAME or not NAME.fullmatch(said):
        desk.show(family.wrong_name(desk.t))
        return
    interruptions.end(desk)
    if child is None:
        desk.show(family.no_name(desk.t))
        return
    links.rename(desk.connection, desk.chat, child.student, said)
    desk.show(family.renamed(said, desk.t))


async def name_kept(_query: CallbackQuery, desk: Desk) -> None:
    """The name stays; pressing later changes nothing else."""
    if desk.state.doing == Doing.NAMING:
        interruptions.end(desk)
    desk.change(family.no_name(desk.t))


def cut(desk: Desk, students: list[int]) -> None:
    """Cut links; a student without another phone is no longer reached by Telegram."""
    for student in students:
        cut_phones(desk.connection, student, [desk.chat], linking.cause_of(desk))
    desk.children = links.children(desk.connection, desk.chat)
    interruptions.let_go(desk)
