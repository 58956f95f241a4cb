"""Which lessons and tasks a student has, as the chat shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import TypeVar

from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import week_of
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.states import State
from jetkiz.homework.standing import Standing, read_standings
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StudentLesson:
    """A lesson of a student's week and how far it has come; ``work`` is what came back."""

    lesson: Lesson
    stands: LessonState
    work: Standing | None = None

    @property
    def once_more(self) -> bool:
        """True when the teacher wants the newest work done once more."""
        return self.work == Standing.ONCE_MORE

    @property
    def is_marked(self) -> bool:
        """True when the teacher has marked what came back last."""
        return self.work == Standing.MARKED if self.work else self.stands.state == State.MARKED

    @property
    def is_open_task(self) -> bool:
        """True when work is wanted: none has come back, or the teacher asks for it once more."""
        if self.lesson.task is None:
            return False
        return self.once_more if self.work else self.stands.state < State.RETURNED


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
    return _with_work(connection, student, [one for one in found if one.lesson.day == day])


def tasks(connection: Connection, student: int, today: date) -> list[StudentLesson]:
    """Return the tasks of this week and the last that stand open or were answered, by due date."""
    weeks = sorted({week_of(today - timedelta(days=7)), week_of(today)})
    found = [
        (one.lesson.task.due, one)
        for week in weeks
        for one in week_lessons(connection, student, week)
        if one.lesson.task and one.lesson.day <= today
    ]
    in_order = sorted(found, key=lambda item: (item[0], item[1].lesson.order))
    return _with_work(connection, student, [one for _, one in in_order])


def _with_work(
    connection: Connection, student: int, found: Iterable[StudentLesson]
) -> list[StudentLesson]:
    """Say of each lesson how its work stands; only where the ledger has heard of any is asked."""
    lessons = list(found)
    back = [one.lesson.id for one in lessons if one.stands.state >= State.RETURNED]
    works = read_standings(connection, student, back) if back else {}
    return [replace(one, work=works.get(one.lesson.id)) for one in lessons]


def open_tasks(connection: Connection, student: int, today: date) -> list[StudentLesson]:
    """Return the tasks for which work is wanted, by due date."""
    return [one for one in tasks(connection, student, today) if one.is_open_task]


def newest_first(found: Iterable[StudentLesson]) -> list[StudentLesson]:
    """Put the newest day first: it is what a family has just worked on; else nothing changes."""
    return sorted(found, key=lambda one: one.lesson.day, reverse=True)


def in_turns(of_each: Iterable[Sequence[T]]) -> list[T]:
    """Take one of each child in turn, so that a cut leaves no child without any."""
    return [one for turn in zip_longest(*of_each) for one in turn if one is not None]


def find_lesson(connection: Connection, student: int, lesson: int) -> StudentLesson | None:
    """Return one lesson if it belongs to the student's week."""
    for found in read_lessons(connection, only=[lesson]):
        for stands in lesson_states(connection, found.week, [student]):
            if stands.lesson == lesson:
                [one] = _with_work(connection, student, [StudentLesson(found, stands)])
                return one
    return None
