"""What anybody can ask of the data kept about a chat: a copy, or to have it deleted at once."""

import json

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.chats import export, links, questions
from bot.chats.forgetting import erase_words
from bot.chats.preferences import forget_preferences
from bot.talking import drafts, interruptions, quiz_progress
from bot.talking.desk import Desk
from bot.talking.handlers.children import cut
from bot.talking.handlers.filters import Asked, Pressed
from bot.talking.handlers.staff import stop_staff
from bot.telegram.stored_files import reference
from bot.words import privacy
from bot.words.keyboards import Verb


def build_router() -> Router:
    """Return the handlers of one's own data: guests may use them."""
    router = Router(name="mydata")
    router.message.register(asked_for, Asked("mydata"))
    router.callback_query.register(copy_wanted, Pressed(Verb.MY_DATA))
    router.callback_query.register(delete_wanted, Pressed(Verb.DELETE))
    router.callback_query.register(erased, Pressed(Verb.ERASE))
    router.callback_query.register(kept, Pressed(Verb.KEEP))
    return router


async def asked_for(_message: Message, desk: Desk) -> None:
    """Offer a copy, and to delete."""
    desk.show(privacy.mydata(desk.t))


async def copy_wanted(_query: CallbackQuery, desk: Desk) -> None:
    """Send a file that a person can read and a program too."""
    found = export.all_about(desk.connection, desk.chat)
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    name = desk.files.put_sealed(content)
    document = {"document": reference(name, "mydata.json"), "caption": privacy.data_file(desk.t)}
    desk.send("sendDocument", document)


async def delete_wanted(_query: CallbackQuery, desk: Desk) -> None:
    """Ask once more."""
    desk.change(privacy.delete_question(desk.t))


async def kept(_query: CallbackQuery, desk: Desk) -> None:
    """Delete nothing."""
    desk.change(privacy.kept(desk.t))


async def erased(_query: CallbackQuery, desk: Desk) -> None:
    """Cut the links, forget pages, choices and questions, blank every word; twice does no harm."""
    t = desk.t
    _throw_pages_away(desk)
    cut(desk, links.linked_students(desk.connection, desk.chat))
    stop_staff(desk)
    questions.forget(desk.connection, [desk.chat.id])
    quiz_progress.forget(desk.connection, desk.chat)
    forget_preferences(desk.connection, desk.chat)
    erase_words(desk.connection, desk.bot, desk.chat.chat_id)
    desk.change(privacy.deleted(t))


def _throw_pages_away(desk: Desk) -> None:
    """Throw away what was not handed in; a draft that another phone may have begun stays."""
    for place in drafts.open_drafts(desk):
        phones = links.chats_of(desk.connection, place.child.student)
        if [one.id for one in phones] == [desk.chat.id]:
            drafts.throw_away(desk, place)
    interruptions.drop_waiting(desk)
    interruptions.end(desk)
