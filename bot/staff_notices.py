"""What teachers and coordinators are told unasked: questions, alarms, homework, missing logs."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
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
from jetkiz.channel import AwaitsLogs, MissingLog
from jetkiz.homework.returns import is_any_waiting
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
    phones = staff.staff_phones(connection, bot=bot)
    if not phones:
        return 0
    teachers = [one for one in phones if not one.member.is_coordinator]
    return (
        _tell_questions(connection, bot, phones, now)
        + _tell_alarms(connection, bot, phones, now)
        + _tell_homework(connection, teachers, now)
    )


def tell_of_logs(connection: Connection, bot: int, air: Callable[[], object], now: datetime) -> int:
    """Tell each coordinator once in the evening whose log has not come; return how many are new.

    It comes at once, for tomorrow is too late to telephone; outside the office hours it makes no
    sound. ``air`` is asked for only where a coordinator has linked a phone.
    """
    phones = [one for one in staff.staff_phones(connection, bot=bot) if one.member.is_coordinator]
    channel = air() if phones else None
    if not isinstance(channel, AwaitsLogs):
        return 0
    evenings: dict[datetime, list[MissingLog]] = defaultdict(list)
    for one in channel.missing_logs(connection, now):
        evenings[one.since].append(one)
    return sum(
        _tell_logs(connection, phone, since, some, now)
        for since, some in sorted(evenings.items())
        for phone in phones
    )


def _tell_logs(
    connection: Connection,
    phone: StaffPhone,
    since: datetime,
    missing: Sequence[MissingLog],
    now: datetime,
) -> int:
    zone, t = phone.member.zone, translator(phone.chat.language)
    card = coordinator_cards.logs_missing(missing, zone, t)
    message = Outgoing(
        key=f"logs:{phone.chat.id}:{since.isoformat()}",
        chat_id=phone.chat.chat_id,
        method="sendMessage",
        payload={"chat_id": phone.chat.chat_id, **card.payload()},
        lane=Lane.REMINDER,
        silent=phone.chat.quiet or not phone.member.is_in_office(now),
    )
    return outbox.put(connection, phone.chat.bot, [message], wall_clock())


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
    hear = [
        (phone, one, lesson)
        for one in asked
        if (place := where.get(one.student)) and (lesson := lessons.get(one.lesson))
        for phone in _who_hears(phones, place, lesson, is_late=answer_by(one.asked_at, zone) <= now)
    ]
    told = outbox.written(connection, {_question_key(one, phone) for phone, one, _ in hear})
    return sum(
        _tell_question(connection, phone, one, lesson, now)
        for phone, one, lesson in hear
        if _question_key(one, phone) not in told
    )


def _question_key(question: Question, phone: StaffPhone) -> str:
    return f"question:{question.id}:{phone.chat.id}"


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
    name = read_names(connection, [question.student])[question.student].given
    card = staff_questions.notice(question.id, name, lesson, translator(phone.chat.language))
    return _write(connection, phone, _question_key(question, phone), card, now)


def _tell_homework(connection: Connection, teachers: Sequence[StaffPhone], now: datetime) -> int:
    """Once a day, within the office hours, say what waits for a mark."""
    keys = {_work_key(one, now): one for one in teachers if one.member.is_in_office(now)}
    untold = keys.keys() - outbox.written(connection, keys)
    if not untold or not is_any_waiting(connection):
        return 0
    return sum(_tell_work(connection, keys[key], key, now) for key in keys if key in untold)


def _work_key(phone: StaffPhone, now: datetime) -> str:
    today = now.astimezone(phone.member.zone).date()
    return f"work-waits:{phone.chat.id}:{today.isoformat()}:"


def _tell_work(connection: Connection, phone: StaffPhone, key: str, now: datetime) -> int:
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
