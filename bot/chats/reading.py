"""Which lessons and tasks a student has, as the chat shows them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import week_of
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.states import State
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons


@dataclass(frozen=True, slots=True)
class StudentLesson:
    """A lesson of a student's week and how far it has come."""

    lesson: Lesson
    stands: LessonState

    @property
    def is_open_task(self) -> bool:
        """True when work is wanted and none has come back."""
        return self.lesson.task is not None and self.stands.state < State.RETURNED


def week_lessons(connection: Connection, student: int, week: str) -> list[StudentLesson]:
    """Return the lessons of a student's week by day and place."""
    stands = {one.lesson: one for one in lesson_states(connection, week, [student])}
    if not stands:
        return []
    return [
        StudentLesson(lesson, stands[lesson.id]) for lesson in read_lessons(connection, only=stands)
    ]


def day_lessons(connection: Connection, student: int, day: date) -> list[StudentLesson]:
    """Return the lessons of a student's day in their order."""
    found = week_lessons(connection, student, week_of(day))
    return [one for one in found if one.lesson.day == day]


def tasks(connection: Connection, student: int, today: date) -> list[StudentLesson]:
    """Return the tasks of this week and the last that stand open or were answered, by due date."""
    weeks = sorted({week_of(today - timedelta(days=7)), week_of(today)})
    found = [
        (one.lesson.task.due, one)
        for week in weeks
        for one in week_lessons(connection, student, week)
        if one.lesson.task and one.lesson.day <= today
    ]
    return [one for _, one in sorted(found, key=lambda item: (item[0], item[1].lesson.order))]


def open_tasks(connection: Connection, student: int, today: date) -> list[StudentLesson]:
    """Return the tasks for which work is still wanted, by due date."""
    return [one for one in tasks(connection, student, today) if one.is_open_task]


def find_lesson(connection: Connection, student: int, lesson: int) -> StudentLesson | None:
    """Return one lesson if it belongs to the student's week."""
    week = next((one.week for one in read_lessons(connection, only=[lesson])), None)
    if week is None:
        return None
    return next(
        (one for one in week_lessons(connection, student, week) if one.lesson.id == lesson), None
    )
