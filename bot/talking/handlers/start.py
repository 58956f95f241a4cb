"""What happens when a person presses Start, is nobody's guardian, blocks the bot or comes back."""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.chats import links
from bot.chats.alarms import Refused
from bot.sending import evidence
from bot.talking.desk import Desk
from bot.talking.handlers import linking
from bot.talking.handlers.filters import Asked, Guest
from bot.talking.handlers.staff import show_help
from bot.words import linking as words
from bot.words.cards import Card


def build_router() -> Router:
    """Return the handlers of linking; guests come no further than here."""
    router = Router(name="start")
    router.my_chat_member.register(standing_changed)
    router.message.register(started, Asked("start"))
    router.message.register(guest_wrote, Guest())
    router.callback_query.register(guest_pressed, Guest())
    return router


async def started(_message: Message, desk: Desk, command: CommandObject) -> None:
    """Link by the code of the deep link, or show what can be done."""
    if command.args:
        linking.begin(desk, command.args)
    elif not desk.is_guest:
        show_help(desk)
    else:
        desk.show(_guest_card(desk))


async def guest_wrote(_message: Message, desk: Desk) -> None:
    """Ask for the code, or for the guardian's; a guest's words and files are not kept."""
    desk.show(_guest_card(desk))


async def guest_pressed(_query: CallbackQuery, desk: Desk) -> None:
    """An old button of somebody who has left, or one that was never shown here."""
    desk.refuse(Refused.FOREIGN)
    desk.show(_guest_card(desk))


def _guest_card(desk: Desk) -> Card:
    waits = links.waits_for_consent(desk.connection, desk.chat)
    return words.still_waits(desk.t) if waits else words.guest(desk.t)


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
