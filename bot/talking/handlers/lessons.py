"""What lessons a person sees, and what "Received" means: evidence in the ledger, once."""

from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Final

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.chats.links import Child
from bot.chats.reading import StudentLesson, day_lessons, find_lesson, week_lessons
from bot.sending import evidence
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Pressed
from bot.telegram.stored_files import reference
from bot.words import talk
from bot.words.cards import (
    Card,
    Day,
    LessonCard,
    day_of_number,
    digest,
    digest_rows,
    escaped,
    lesson_cards,
    lesson_rows,
)
from bot.words.dates import time_words
from bot.words.keyboards import Press, Verb
from bot.words.markdown import pictures_of
from jetkiz.calendar.school_weeks import week_of
from jetkiz.channel import channel_words
from jetkiz.delivery.heard import receipt_lessons
from jetkiz.delivery.states import State
from jetkiz.lessons.model import Lesson, LessonFile

MOST_IN_ALBUM: Final = 10
LONGEST_CAPTION: Final = 200
PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def build_router() -> Router:
    """Return the handlers of lessons."""
    router = Router(name="lessons")
    router.message.register(today, Command("today"))
    router.message.register(week, Command("week"))
    router.callback_query.register(opened, Pressed(Verb.OPEN))
    router.callback_query.register(received, Pressed(Verb.RECEIVED))
    router.callback_query.register(day_received, Pressed(Verb.DAY_RECEIVED))
    router.callback_query.register(nothing, Pressed(Verb.NOTHING))
    return router


async def today(_message: Message, desk: Desk) -> None:
    """Show the lessons of today, child by child."""
    for child in desk.children:
        lessons = day_lessons(desk.connection, child.student, desk.today)
        if lessons:
            desk.show(*digest(_day(desk, child, lessons), desk.t, _day_time(desk, lessons)))
        else:
            name = escaped(child.given_name)
            desk.show(Card(desk.t("{name} has no lessons today.", name=name)))


def _day(desk: Desk, child: Child, lessons: list[StudentLesson]) -> Day:
    return Day(
        student=child.student,
        given_name=child.given_name,
        day=lessons[0].lesson.day,
        lessons=tuple(one.lesson for one in lessons),
        ways={
            one.lesson.id: desk.t(channel_words(one.stands.channel))
            for one in lessons
            if one.stands.channel and not _is_ours(one)
        },
        can_receive=any(map(_is_ours, lessons)),
    )


def _is_ours(one: StudentLesson) -> bool:
    return one.stands.channel == evidence.NAME


async def week(_message: Message, desk: Desk) -> None:
    """Show the lessons of the week as plain lines."""
    now = week_of(desk.today)
    found = [(child, week_lessons(desk.connection, child.student, now)) for child in desk.children]
    desk.show(*talk.week(found, desk.t))


async def opened(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Show a lesson: words and task first, the pictures after."""
    found = _pressed_lesson(desk, press)
    if found is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    child, one = found
    pictures = pictures_in_order(one.lesson)
    card = _lesson_card(desk, child, one, has_pictures=bool(pictures))
    desk.show(*lesson_cards(card, desk.t), subject=f"{child.student}:{one.lesson.id}")
    for start in range(0, len(pictures), MOST_IN_ALBUM):
        send_pictures(desk, pictures[start : start + MOST_IN_ALBUM])


def _pressed_lesson(desk: Desk, press: Press) -> tuple[Child, StudentLesson] | None:
    """Return the lesson of a button, if this chat has a right to it."""
    if len(press.numbers) != 2:
        return None
    child = desk.child(press.numbers[0])
    one = find_lesson(desk.connection, *press.numbers) if child else None
    return (child, one) if child and one else None


def _lesson_card(
    desk: Desk, child: Child, one: StudentLesson, *, has_pictures: bool = False
) -> LessonCard:
    return LessonCard(
        student=child.student,
        given_name=child.given_name,
        lesson=one.lesson,
        received=_received_time(desk, one),
        has_pictures=has_pictures,
    )


def pictures_in_order(lesson: Lesson) -> list[tuple[LessonFile, str]]:
    """Return a lesson's pictures, each with its number in the text and what is to be seen on it."""
    by_name = {PurePosixPath(file.name).name: file for file in lesson.files}
    named = [(PurePosixPath(one.source), one.description) for one in pictures_of(lesson.text)]
    return [
        (by_name[source.name], f"[{number}] {description}".strip())
        for number, (source, description) in enumerate(named, 1)
        if source.name in by_name and source.suffix.lower() in PICTURES
    ]


def send_pictures(desk: Desk, pictures: list[tuple[LessonFile, str]]) -> None:
    """Send one picture, or several as an album; each says what is to be seen on it."""
    media = [
        {
            "type": "photo",
            "media": reference(file.sha256, PurePosixPath(file.name).name),
            "caption": description[:LONGEST_CAPTION],
        }
        for file, description in pictures
    ]
    if len(media) > 1:
        desk.send("sendMediaGroup", {"media": media})
    else:
        desk.send("sendPhoto", {"photo": media[0]["media"], "caption": media[0]["caption"]})


async def received(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Record that a lesson has arrived, and say when on the button."""
    found = _pressed_lesson(desk, press)
    if found is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    child, one = found
    _acknowledge(desk, child, [one])
    desk.change_buttons(lesson_rows(_lesson_card(desk, child, one), desk.t))
    await query.answer(desk.t("Thank you!"))


async def day_received(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Record that all lessons of a day's message have arrived."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    day = day_of_number(press.numbers[1]) if child else None
    lessons = _shown_lessons(desk, child, day) if child and day else []
    if child is None or not any(map(_is_ours, lessons)):
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    _acknowledge(desk, child, [one for one in lessons if _is_ours(one)])
    desk.change_buttons(digest_rows(_day(desk, child, lessons), desk.t, _day_time(desk, lessons)))
    await query.answer(desk.t("Thank you!"))


def _shown_lessons(desk: Desk, child: Child, day: date) -> list[StudentLesson]:
    """Return the lessons that the pressed message named, numbered as there.

    A day's message names what came by Telegram, the answer to /today names every lesson; what came
    on paper must not turn up among the buttons of the first.
    """
    lessons = day_lessons(desk.connection, child.student, day)
    opens = [one.numbers[-1] for one in desk.pressed_buttons() if one.verb == Verb.OPEN]
    places = {lesson: place for place, lesson in enumerate(opens)}
    if not places:
        return [one for one in lessons if _is_ours(one)]
    shown = [one for one in lessons if one.lesson.id in places]
    return sorted(shown, key=lambda one: places[one.lesson.id])


def _acknowledge(desk: Desk, child: Child, lessons: list[StudentLesson]) -> None:
    numbers = [one.lesson.id for one in lessons]
    told = (child.student, lessons[0].lesson.week, numbers, str(desk.chat.id))
    evidence.acknowledge(desk.connection, *told, desk.now)


async def nothing(query: CallbackQuery, desk: Desk) -> None:
    """A button that only says something."""
    await query.answer(desk.t("This is noted already. Thank you!"))


def _received_time(desk: Desk, one: StudentLesson) -> str:
    """Return when somebody of the home first said or showed that the lesson arrived."""
    moments = _heard(desk, one)
    return time_words(min(moments), desk.zone) if moments else ""


def _heard(desk: Desk, one: StudentLesson) -> list[datetime]:
    told = receipt_lessons(desk.connection, one.lesson.week, one.stands.student)
    return [
        receipt.at
        for receipt, lessons in told
        if receipt.state >= State.ACKNOWLEDGED and one.lesson.id in lessons
    ]


def _day_time(desk: Desk, lessons: list[StudentLesson]) -> str:
    """Return when the last of the day's lessons was received; empty while one is missing."""
    ours = [_heard(desk, one) for one in lessons if _is_ours(one)]
    if not ours or not all(ours):
        return ""
    return time_words(max(min(moments) for moments in ours), desk.zone)
