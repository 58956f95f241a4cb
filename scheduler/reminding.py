"""Which children are reminded now: their open tasks, what they were told, the family's hour.

A reminder is written down before any channel hears of it, so that a crash or a second clock
reminds nobody twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jetkiz.calendar.school_weeks import week_of
from jetkiz.channel import Channel, Reminder, Reminds
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from scheduler.rules.reminders import OpenTask, Told, next_reminder
from scheduler.tables import reminder

LOOK_BACK: Final = timedelta(days=14)
LAST_HOUR: Final = 20
HANDED_IN: Final = (ReturnState.HANDED_IN, ReturnState.MARKED)


def remind(
    connection: Connection, channels: Mapping[str, Channel], zone: ZoneInfo, now: datetime
) -> int:
    """Let every channel that can remind children do so whose family's hour has come."""
    here = now.astimezone(zone)
    count = 0
    for channel in channels.values():
        if not isinstance(channel, Reminds):
            continue
        hours = channel.reminder_hours(connection)
        ready = {one for one, hour in hours.items() if hour <= here.hour <= LAST_HOUR}
        waiting = set(channel.waiting_reminders(connection))
        done = waiting & _handed_in(connection, {student for student, _ in waiting})
        channel.forget_reminders(connection, done)
        if ready:
            count += channel.remind(connection, _of_today(connection, ready, here.date(), now), now)
    return count


def _of_today(
    connection: Connection, students: Collection[int], today: date, now: datetime
) -> list[Reminder]:
    """Write down the reminders of today, and return those whose task is still open."""
    tasks = _open_tasks(connection, students, today)
    told = _told(connection, tasks, today)
    for student, mine in tasks.items():
        new = next_reminder(mine, told[student], today)
        if new and insert_new(connection, reminder, [_row(student, new, now)]):
            told[student].append(new)
    return [
        Reminder(student, one.lesson, one.number, one.wording)
        for student, mine in tasks.items()
        for one in told[student]
        if one.day == today and one.lesson in {task.lesson for task in mine}
    ]


def _row(student: int, one: Told, now: datetime) -> dict[str, object]:
    return {
        "student_id": student,
        "lesson_id": one.lesson,
        "number": one.number,
        "day": one.day,
        "wording": one.wording,
        "at": now,
    }


def _told(connection: Connection, students: Iterable[int], today: date) -> dict[int, list[Told]]:
    c = reminder.c
    rows = connection.execute(
        select(reminder)
        .where(c.student_id.in_(list(students)), c.day >= today - LOOK_BACK)
        .order_by(c.id)
    )
    found: dict[int, list[Told]] = defaultdict(list)
    for row in rows:
        found[row.student_id].append(Told(row.lesson_id, row.number, row.day, row.wording))
    return found


def _open_tasks(
    connection: Connection, students: Collection[int], today: date
) -> dict[int, list[OpenTask]]:
    """Return the tasks that came to each student and were not handed in by any channel."""
    weeks = sorted({week_of(today - timedelta(days=7)), week_of(today)})
    lessons = {
        one.id: one
        for week in weeks
        for one in read_lessons(connection, week)
        if one.task and one.day <= today
    }
    handed = _handed_in(connection, students)
    found: dict[int, list[OpenTask]] = defaultdict(list)
    for week in weeks:
        for one in lesson_states(connection, week, students):
            lesson = lessons.get(one.lesson)
            came = State.DISPATCHED <= one.state < State.RETURNED and one.state != State.FAILED
            if lesson and lesson.task and came and (one.student, lesson.id) not in handed:
                found[one.student].append(OpenTask(lesson.id, lesson.day, lesson.task.due))
    return found


def _handed_in(connection: Connection, students: Collection[int]) -> set[tuple[int, int]]:
    works = read_returns(connection, states=HANDED_IN, students=students)
    return {(one.student, one.lesson) for one in works}
