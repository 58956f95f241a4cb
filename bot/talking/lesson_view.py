"""How a lesson is shown in a chat: its words, then what the chat wants with it by itself.

What a chat did not ask for costs nothing: it stands under a button, with its size.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from bot.chats.alarms import Refused
from bot.chats.links import Child
from bot.chats.preferences import Media, Preferences, read_preferences
from bot.chats.reading import StudentLesson, find_lesson
from bot.sending import outbox
from bot.sending.fallbacks import with_fallback
from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.drafts import Target
from bot.talking.lesson_pictures import ReadyPicture, large_pictures, ready_pictures
from bot.telegram.stored_files import reference
from bot.words.dates import time_words
from bot.words.keyboards import Press, Verb, inline, read_press
from bot.words.lesson_card import (
    Extras,
    Handed,
    LessonCard,
    attachments,
    extras_card,
    lesson_cards,
    lesson_rows,
)
from bot.words.rich_lesson import rich_lesson
from jetkiz.delivery.heard import receipt_lessons
from jetkiz.delivery.states import State
from jetkiz.homework.returns import newest_handed_in, read_returns
from jetkiz.lessons.model import FileKind, Lesson, LessonFile

MOST_IN_ALBUM: Final = 10
LONGEST_CAPTION: Final = 200
MOST_REFRESHED: Final = 20
# What a chat that takes everything still gets only on a tap.
LARGEST_BY_ITSELF: Final = 10_000_000
_SOUNDS: Final = frozenset({FileKind.VOICE, FileKind.AUDIO})
_METHODS: Final = {
    FileKind.VOICE: ("sendVoice", "voice"),
    FileKind.AUDIO: ("sendAudio", "audio"),
    FileKind.VIDEO: ("sendVideo", "video"),
}


def show_lesson(desk: Desk, child: Child, one: StudentLesson) -> None:
    """Show the words of a lesson, then what comes by itself, then buttons for the rest."""
    wants = read_preferences(desk.connection, desk.chat)
    pictures = ready_pictures(desk.connection, one.lesson, desk.files)
    extras = Extras(
        files=attachments(one.lesson.files),
        pictures=len(pictures),
        bytes_of_pictures=sum(picture.size for picture in pictures),
        large_letters=not wants.larger_text,
    )
    at_once = bool(pictures) and wants.media != Media.TEXT
    card = replace(lesson_card(desk, child, one), has_pictures=at_once, extras=extras)
    _show_words(desk, card, pictures if at_once else [])
    if wants.larger_text:
        send_large(desk, one.lesson)
    by_itself = [file for file in extras.files if _comes_by_itself(file, wants)]
    for file in by_itself:
        send_file(desk, file, one.lesson)
    rest = extras_card(card, [file for file in extras.files if file not in by_itself], desk.t)
    if rest:
        desk.show(rest)


def _show_words(desk: Desk, card: LessonCard, pictures: Sequence[ReadyPicture]) -> None:
    """Show text and pictures: as one rich message where the school wants it, else as cards."""
    subject = f"{card.student}:{card.lesson.id}"
    cards = lesson_cards(card, desk.t)
    by_source = {one.source: reference(one.sha256, one.name) for one in pictures if one.source}
    blocks = rich_lesson(card, by_source, desk.t) if desk.rich else None
    if blocks is None:
        desk.show(*cards, subject=subject)
        send_pictures(desk, pictures)
        return
    chat = {"chat_id": desk.chat.chat_id}
    plain = [("sendMessage", chat | one.payload()) for one in cards]
    plain += [(method, chat | payload) for method, payload in picture_messages(pictures)]
    rich = {"rich_message": {"blocks": blocks}, "reply_markup": inline(cards[-1].rows)}
    payload = with_fallback(chat | rich, plain, subject)
    desk.session.put("sendRichMessage", payload, subject=subject)


def _comes_by_itself(file: LessonFile, wants: Preferences) -> bool:
    if wants.voice and file.kind in _SOUNDS:
        return True
    return wants.media == Media.ALL and file.size <= LARGEST_BY_ITSELF


def send_pictures(desk: Desk, pictures: Sequence[ReadyPicture]) -> None:
    """Send pictures, several as albums; each says what is to be seen on it."""
    for method, payload in picture_messages(pictures):
        desk.send(method, payload)


def picture_messages(pictures: Sequence[ReadyPicture]) -> list[tuple[str, dict[str, Any]]]:
    """Return the requests that send pictures, at most ten in an album."""
    found: list[tuple[str, dict[str, Any]]] = []
    for start in range(0, len(pictures), MOST_IN_ALBUM):
        media = [
            {
                "type": "photo",
                "media": reference(one.sha256, one.name),
                "caption": one.caption[:LONGEST_CAPTION],
            }
            for one in pictures[start : start + MOST_IN_ALBUM]
        ]
        if len(media) > 1:
            found.append(("sendMediaGroup", {"media": media}))
        else:
            alone = {"photo": media[0]["media"], "caption": media[0]["caption"]}
            found.append(("sendPhoto", alone))
    return found


def send_large(desk: Desk, lesson: Lesson) -> bool:
    """Send a lesson in large letters; False when it cannot be drawn."""
    pages = large_pictures(desk.connection, lesson, desk.files)
    send_pictures(desk, pages)
    return bool(pages)


def send_file(desk: Desk, file: LessonFile, lesson: Lesson) -> None:
    """Send a sound, a film or a sheet in the form in which phones play it."""
    method, field = _METHODS.get(file.kind, ("sendDocument", "document"))
    name = PurePosixPath(file.name).name
    payload: dict[str, Any] = {field: reference(file.sha256, name)}
    desk.send(method, {**payload, "caption": lesson.title[:LONGEST_CAPTION]})


def pressed_lesson(desk: Desk, press: Press) -> tuple[Child, StudentLesson] | None:
    """Return the lesson of a button; one to which this chat has no right is counted."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    one = find_lesson(desk.connection, *press.numbers) if child else None
    if child is None or one is None:
        desk.refuse(Refused.FOREIGN)
        return None
    return child, one


def lesson_card(desk: Desk, child: Child, one: StudentLesson) -> LessonCard:
    """Return what is known of a student's lesson."""
    handed = _handed(desk, one)
    return LessonCard(
        student=child.student,
        given_name=child.given_name,
        lesson=one.lesson,
        received=received_time(desk, one),
        can_hand_in=handed is not None or not drafts.is_closed(desk, Target(child, one)),
        handed=handed,
        zone=desk.zone,
    )


def refresh_cards(desk: Desk, place: Target) -> None:
    """Let the cards of a lesson that the chat still sees say how its work stands now."""
    student, lesson = place.child.student, place.lesson.lesson.id
    one = find_lesson(desk.connection, student, lesson)
    where = (desk.connection, desk.bot, desk.chat.chat_id, f"{student}:{lesson}")
    for message_id, carried in outbox.messages_about(*where, MOST_REFRESHED).items():
        if one and any(press and press.verb == Verb.ASK for press in map(read_press, carried)):
            rows = lesson_rows(lesson_card(desk, place.child, one), desk.t)
            desk.change_buttons(rows, message_id)


def _handed(desk: Desk, one: StudentLesson) -> Handed | None:
    """Return what was handed in last, by whatever way."""
    works = read_returns(desk.connection, students=[one.stands.student])
    last = newest_handed_in(works, one.lesson.id)
    if last is None:
        return None
    return Handed(
        version=last.version,
        pages=len(last.pages),
        time=time_words(last.handed_in_at or desk.now, desk.zone),
        is_marked=one.is_marked,
        once_more=one.once_more,
    )


def received_time(desk: Desk, one: StudentLesson) -> str:
    """Return when somebody of the home first said or showed that the lesson arrived."""
    [moments] = heard(desk, [one])
    return time_words(min(moments), desk.zone) if moments else ""


def heard(desk: Desk, lessons: Sequence[StudentLesson]) -> list[list[datetime]]:
    """Return of each lesson when somebody of the home said or showed that it arrived."""
    places = [(one.lesson.week, one.stands.student) for one in lessons]
    told = {place: receipt_lessons(desk.connection, *place) for place in dict.fromkeys(places)}
    return [
        [
            receipt.at
            for receipt, numbers in told[place]
            if receipt.state >= State.ACKNOWLEDGED and one.lesson.id in numbers
        ]
        for place, one in zip(places, lessons, strict=True)
    ]
