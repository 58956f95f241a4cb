"""What follows when somebody writes a message anew: the note, the page or the question does.

What was answered, marked or never kept as words stays as it is, and that is said.
"""

from aiogram import Router
from aiogram.types import Message

from bot.chats import questions
from bot.receiving.attachments import ArrivedFile, attachment_of
from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.draft_words import LONGEST_NOTE, LONGEST_WORDS, beginning_of, name_of
from bot.talking.handlers.homework import TROUBLE
from bot.talking.paper_sheets import file_sheets
from bot.words import homework
from jetkiz.homework.page_order import change_note


def build_router() -> Router:
    """Return the handlers of what was written anew; a guest's words are not kept at all."""
    router = Router(name="edited")
    router.edited_message.register(caption_changed, _brings_file)
    router.edited_message.register(words_changed, _brings_words)
    return router


def _brings_file(message: Message, desk: Desk) -> bool:
    return not desk.is_guest and attachment_of(message.model_dump(exclude_none=True)) is not None


def _brings_words(message: Message, desk: Desk) -> bool:
    return not desk.is_guest and message.text is not None


async def caption_changed(message: Message, desk: Desk) -> None:
    """Words under a photo were written anew: the note to the page follows, until it is marked."""
    if desk.file:
        _photo_changed(message, desk, desk.file)
        return
    found = attachment_of(message.model_dump(exclude_none=True))
    name = found.unique_id if found else ""
    _change_page(message, desk, name, (message.caption or "").strip(), LONGEST_NOTE)


def _photo_changed(message: Message, desk: Desk, file: ArrivedFile) -> None:
    """Another photo stands where one was: it is the page from now on, while the draft is open."""
    words = (message.caption or "").strip()
    if file.trouble:
        desk.show(TROUBLE[file.trouble](desk.t), about=message.message_id)
    elif len(words) > LONGEST_NOTE:
        desk.show(homework.too_long(len(words), LONGEST_NOTE, desk.t), about=message.message_id)
    elif file.paper and not file_sheets(desk, message, file.paper, file.sha256):
        return
    else:
        page = drafts.page_of(desk, file, words, "", message.message_id)
        place = drafts.replace_sent(desk, message.message_id, page)
        if place:
            drafts.show_draft(desk, place, desk.state.facts.get("album", ""))
        else:
            desk.show(homework.not_changed(desk.t), about=message.message_id)


async def words_changed(message: Message, desk: Desk) -> None:
    """Words that are a question or a page of their own were written anew."""
    words = (message.text or "").strip()
    if len(words) <= questions.MOST_WORDS and questions.change(
        desk.connection, desk.chat, message.message_id, words
    ):
        desk.show(homework.changed(desk.t), about=message.message_id)
        return
    _change_page(message, desk, name_of(desk, message.message_id), words, LONGEST_WORDS)


def _change_page(message: Message, desk: Desk, name: str, words: str, most: int) -> None:
    if len(words) > most:
        desk.show(homework.too_long(len(words), most, desk.t), about=message.message_id)
        return
    sha256 = desk.files.put_sealed(words.encode()) if message.text else ""
    students = [child.student for child in desk.children]
    key = f"{drafts.CHANNEL}:{name}:"
    changed = change_note(desk.connection, students, key, beginning_of(words), desk.now, sha256)
    if changed is None:
        desk.show(homework.not_changed(desk.t), about=message.message_id)
        return
    place = drafts.target(desk, *changed)
    if place and drafts.draft_pages(desk, place):
        drafts.show_draft(desk, place)
