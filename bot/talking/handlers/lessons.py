"""What lessons a person sees, and what "Received" means: evidence in the ledger, once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.chats.alarms import Refused
from bot.chats.links import Child
from bot.chats.reading import StudentLesson, day_lessons, week_lessons
from bot.sending import evidence
from bot.talking.desk import Desk
from bot.talking.handlers.filters import Asked, Pressed
from bot.talking.lesson_view import heard, lesson_card, pressed_lesson, show_lesson
from bot.words import homework, talk
from bot.words.cards import (
    Card,
    Day,
    day_of_number,
    digest,
    digest_rows,
    escaped,
    shared_rows,
)
from bot.words.dates import short_day_words, time_words
from bot.words.keyboards import Button, Press, Verb
from bot.words.lesson_card import lesson_rows
from jetkiz.calendar.school_weeks import week_of
from jetkiz.channel import NumbersPacks, Showing, Shows, channel_words

# More would hide the hour that matters among others.
_MOST_TOLD: Final = 3


def build_router() -> Router:
    """Return the handlers of lessons."""
    router = Router(name="lessons")
    router.message.register(today, Asked("today"))
    router.message.register(week, Asked("week"))
    router.callback_query.register(day_shown, Pressed(Verb.SHOW_DAY))
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
        ways=ways(desk, lessons),
        answered={
            one.lesson.id: homework.answered(one, desk.t) for one in lessons if one.lesson.task
        },
        can_receive=any(map(_is_ours, lessons)),
    )


def ways(desk: Desk, lessons: Sequence[StudentLesson]) -> dict[int, str]:
    """Say in words how each of a student's lessons comes that does not come here."""
    others: dict[tuple[str, str], list[StudentLesson]] = defaultdict(list)
    for one in lessons:
        if one.stands.channel and not _is_ours(one):
            others[one.stands.channel, one.lesson.week].append(one)
    return {n: way for group in others.items() for n, way in _ways_by(desk, *group).items()}


def _ways_by(
    desk: Desk, place: tuple[str, str], lessons: Sequence[StudentLesson]
) -> dict[int, str]:
    """Of television say also when, of paper in which pack, as soon as that is known."""
    name, week = place
    channel, way = desk.channel(name), desk.t(channel_words(name))
    told = dict.fromkeys([one.lesson.id for one in lessons], way)
    if isinstance(channel, Shows):
        student = lessons[0].stands.student
        shown = channel.showings(desk.connection, week, [student]).get(student, {})
        told |= {n: _on_air(desk, shown[n]) for n in told if n in shown}
    if isinstance(channel, NumbersPacks):
        numbers = channel.pack_numbers(desk.connection, week, lessons[0].stands.student)
        for one in lessons:
            number = numbers.get((one.lesson.id, one.stands.attempt))
            if number:
                words = desk.t("{way}, pack no. {number}", way=way, number=number)
                told[one.lesson.id] = words
    return told


def _on_air(desk: Desk, one: Showing) -> str:
    """Say when and where to switch on, and when the lesson comes again."""
    time, station = time_words(one.at, desk.zone), one.place
    if one.is_radio:
        first = desk.t("radio {time}, {station}", time=time, station=station)
    else:
        first = desk.t("TV {time}, {station}", time=time, station=station)
    if not one.again:
        return first
    others = ", ".join(_once_more(desk, one, other) for other in one.again[:_MOST_TOLD])
    return desk.t("{first}; again {others}", first=first, others=others)


def _once_more(desk: Desk, first: Showing, other: Showing) -> str:
    """Name the day and the station only where they are others than before."""
    zone = desk.zone
    at = other.at.astimezone(zone)
    same_day = at.date() == first.at.astimezone(zone).date()
    said = [] if same_day else [short_day_words(at.date(), desk.t)]
    said.append(time_words(other.at, zone))
    said += [] if other.place == first.place else [other.place]
    return " ".join(said)


def _is_ours(one: StudentLesson) -> bool:
    return one.stands.channel == evidence.NAME


async def day_shown(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Show one child's lessons of a day, out of the message of several children."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    day = day_of_number(press.numbers[1]) if child else None
    lessons = day_lessons(desk.connection, child.student, day) if child and day else []
    if child is None or not lessons:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    desk.show(*digest(_day(desk, child, lessons), desk.t, _day_time(desk, lessons)))


async def week(_message: Message, desk: Desk) -> None:
    """Show the lessons of the week as plain lines."""
    now = week_of(desk.today)
    found = [(child, week_lessons(desk.connection, child.student, now)) for child in desk.children]
    said = {(c.student, n): way for c, some in found for n, way in ways(desk, some).items()}
    desk.show(*talk.week(found, said, desk.t))


async def opened(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Show a lesson: words and task first, then what the chat wants with it."""
    found = pressed_lesson(desk, press)
    if found is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    child, one = found
    show_lesson(desk, child, one)


async def received(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Record that a lesson has arrived, and say when on the button."""
    found = pressed_lesson(desk, press)
    if found is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    child, one = found
    _acknowledge(desk, child, [one])
    desk.change_buttons(lesson_rows(lesson_card(desk, child, one), desk.t))
    await query.answer(desk.t("Thank you!"))


async def day_received(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Record that all lessons of a day's message have arrived."""
    child = desk.child(press.numbers[0]) if len(press.numbers) == 2 else None
    day = day_of_number(press.numbers[1]) if child else None
    lessons = _shown_lessons(desk, child, day) if child and day else []
    if child is None or not any(map(_is_ours, lessons)):
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    _acknowledge(desk, child, [one for one in lessons if _is_ours(one)])
    desk.change_buttons(_rows_of_day(desk, child, lessons))
    await query.answer(desk.t("Thank you!"))


def _rows_of_day(
    desk: Desk, child: Child, lessons: list[StudentLesson]
) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of the pressed message as they are now: of one child, or of several."""
    shown = [one.numbers for one in desk.pressed_buttons() if one.verb == Verb.SHOW_DAY]
    if not shown:
        return digest_rows(_day(desk, child, lessons), desk.t, _day_time(desk, lessons))
    rows: list[tuple[Button, ...]] = []
    for student, number in shown:
        one, day = desk.child(student), day_of_number(number)
        ours = [
            found
            for found in (day_lessons(desk.connection, student, day) if one and day else [])
            if _is_ours(found)
        ]
        if one and ours:
            rows += shared_rows(_day(desk, one, ours), desk.t, _day_time(desk, ours))
    return tuple(rows)


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


def _day_time(desk: Desk, lessons: list[StudentLesson]) -> str:
    """Return when the last of the day's lessons was received; empty while one is missing."""
    ours = heard(desk, [one for one in lessons if _is_ours(one)])
    if not ours or not all(ours):
        return ""
    return time_words(max(min(moments) for moments in ours), desk.zone)
