"""What teachers and coordinators are told unasked: questions, alarms, homework that waits."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import coordinator_cards
from bot.chats import staff
from bot.chats.alarms import open_alarms
from bot.chats.questions import Question, open_questions
from bot.chats.staff import StaffPhone
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.words import staff as words
from bot.words import staff_questions
from bot.words.cards import Card
from jetkiz.homework.returns import read_waiting
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_names, read_students
from jetkiz.staff.permissions import Place, Right, Viewer, may
from jetkiz.staff.viewers import places
from jetkiz.staff.work_desk import read_queue
from jetkiz.storage.workplace import wall_clock

SCHOOL_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


def tell_staff(connection: Connection, bot: int, now: datetime) -> int:
    """Write the notices that nobody has been given yet; return how many are new."""
    phones = [one for one in staff.staff_phones(connection) if one.chat.bot == bot]
    if not phones:
        return 0
    teachers = [one for one in phones if not one.member.is_coordinator]
    return (
        _tell_questions(connection, bot, phones, now)
        + _tell_alarms(connection, bot, phones, now)
        + sum(_tell_homework(connection, one, now) for one in teachers)
    )


def _tell_alarms(
    connection: Connection, bot: int, phones: Sequence[StaffPhone], now: datetime
) -> int:
    """Tell the coordinators of the student's school what they should look at, each once."""
    found = open_alarms(connection, bot)
    people = {one.id: one for one in read_students(connection, only={a.student for a in found})}
    names = read_names(connection, only=people)
    count = 0
    for one in (alarm for alarm in found if alarm.student in people):
        student = people[one.student]
        name = f"{names[one.student].given}, {student.class_title}"
        for phone in phones:
            who, key = phone.member.viewer, f"alarm:{one.id}:{phone.chat.id}"
            if who.is_coordinator and who.school == student.school:
                card = coordinator_cards.alarm(one.kind, name, translator(phone.chat.language))
                count += _write(connection, phone, key, card, now)
    return count


def _tell_questions(
    connection: Connection, bot: int, phones: Sequence[StaffPhone], now: datetime
) -> int:
    asked = open_questions(connection, bot)
    zone = phones[0].member.zone
    where = places(connection, {one.student for one in asked})
    lessons = {one.id: one for one in read_lessons(connection, only={q.lesson for q in asked})}
    count = 0
    for one in asked:
        place, lesson = where.get(one.student), lessons.get(one.lesson)
        if place and lesson:
            for phone in _who_hears(
                phones, place, lesson, is_late=answer_by(one.asked_at, zone) <= now
            ):
                count += _tell_question(connection, phone, one, lesson, now)
    return count


def answer_by(asked_at: datetime, zone: ZoneInfo) -> datetime:
    """Return until when a question should be answered: a day later, never on a free day."""
    moment = asked_at.astimezone(zone) + SCHOOL_DAY
    while moment.weekday() >= SATURDAY:
        moment += SCHOOL_DAY
    return moment


def _who_hears(
    phones: Sequence[StaffPhone], place: Place, lesson: Lesson, *, is_late: bool
) -> list[StaffPhone]:
    """The teachers hear of a question; the coordinator when it is late or has no teacher here."""
    allowed = [one for one in phones if may_answer(one.member.viewer, place, lesson)]
    teachers = [one for one in allowed if not one.member.is_coordinator]
    return allowed if is_late or not teachers else teachers


def may_answer(who: Viewer, place: Place, lesson: Lesson) -> bool:
    """Say whether somebody may read and answer a question about a lesson."""
    return may(who, Right.SEE_WORK, place, lesson.subject)


def _tell_question(
    connection: Connection, phone: StaffPhone, question: Question, lesson: Lesson, now: datetime
) -> int:
    key = f"question:{question.id}:{phone.chat.id}"
    if outbox.has_begun(connection, key):
        return 0
    name = read_names(connection, [question.student])[question.student].given
    card = staff_questions.notice(question.id, name, lesson, translator(phone.chat.language))
    return _write(connection, phone, key, card, now)


def _tell_homework(connection: Connection, phone: StaffPhone, now: datetime) -> int:
    """Once a day, within the office hours, say what waits for a mark."""
    today = now.astimezone(phone.member.zone).date()
    key = f"work-waits:{phone.chat.id}:{today.isoformat()}:"
    if not phone.member.is_in_office(now) or outbox.has_begun(connection, key):
        return 0
    if not read_waiting(connection):
        return 0
    counts = Counter(
        waiting.seen.class_title
        for task in read_queue(connection, phone.member.viewer)
        for waiting in task.waiting
    )
    if not counts:
        return 0
    card = words.new_work_notice(counts, translator(phone.chat.language))
    return _write(connection, phone, key, card, now)


def _write(connection: Connection, phone: StaffPhone, key: str, card: Card, now: datetime) -> int:
    """Write a notice; outside the office hours it waits for their beginning."""
    hold = phone.member.next_office(now) - now
    message = Outgoing(
        key=key,
        chat_id=phone.chat.chat_id,
        method="sendMessage",
        payload={"chat_id": phone.chat.chat_id, **card.payload()},
        lane=Lane.REMINDER,
        not_before=wall_clock() + hold,
        silent=phone.chat.quiet,
    )
    return outbox.put(connection, phone.chat.bot, [message], wall_clock())
