"""What happens to a photo that shows printed answer sheets: filed by its codes, and answered."""

from datetime import timedelta
from typing import Final

from aiogram.types import Message

from bot.chats.reading import find_lesson
from bot.sending import outbox
from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.drafts import Target
from bot.talking.lesson_view import refresh_cards
from bot.words import paper_sheets as words
from bot.words.homework import title_of
from bot.words.paper_sheets import WorkLine
from jetkiz.homework.sheets_in_chats import FoundSheets, Sending, SheetsCame, Unfiled, WorkCame

# The photos of an album come one by one, and one message says it of all of them.
REST: Final = timedelta(seconds=1.2)


def file_sheets(desk: Desk, message: Message, found: FoundSheets, stored: str) -> list[Target]:
    """File the sheets of a message and answer; return the marked works that it is new work for."""
    # Several documents sent at once are files of their own, the photos of an album are pages.
    album = (message.media_group_id or "") if message.photo else ""
    key = f"{desk.bot}:{desk.chat.chat_id}:{album or desk.update_id}"
    note = (message.caption or "").strip()
    students = frozenset(child.student for child in desk.children)
    came = found.file(desk.connection, Sending(key, students, note, stored), desk.now)
    if came.works or came.unread:
        _answer(desk, came, f"sheets:{key}")
    for why in (one for one in Unfiled if one in came.unfiled):
        desk.show(words.not_filed(why, desk.t), about=message.message_id)
    for one in came.works:
        place = drafts.target(desk, one.student, one.lesson)
        if place and not one.missing:
            refresh_cards(desk, place)
    places = (drafts.target(desk, *work) for work in came.marked)
    return [place for place in places if place]


def _answer(desk: Desk, came: SheetsCame, key: str) -> None:
    """Say what came in one message for all photos of an album."""
    lines = [line for one in came.works if (line := _line(desk, one))]
    card = words.sheets_came(lines, came, desk.t)
    if outbox.written(desk.connection, [key]):
        desk.change(card, key, rest=REST)
        return
    subject = f"{came.works[0].student}:{came.works[0].lesson}" if len(came.works) == 1 else ""
    payload = {"chat_id": desk.chat.chat_id, **card.payload()}
    desk.session.put("sendMessage", payload, subject=subject, key=key)


def _line(desk: Desk, one: WorkCame) -> WorkLine | None:
    child = desk.child(one.student)
    if child is None:
        return None
    lesson = find_lesson(desk.connection, one.student, one.lesson)
    return WorkLine(child.given_name, title_of(lesson, desk.t) if lesson else "", one)
