"""Which lessons stand on the shelf for a week, and how they are read from it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from jetkiz.lessons.model import Lesson, LessonFile, LessonKind, Licence, Question, Task
from jetkiz.lessons.tables import lesson, lesson_file, lesson_grade
from jetkiz.storage.many_values import among


def read_lessons(
    connection: Connection, week: str | None = None, only: Iterable[int] | None = None
) -> list[Lesson]:
    """Return the lessons of a week, or those with the given numbers, by day and place."""
    query = select(lesson).order_by(lesson.c.day, lesson.c.place, lesson.c.code, lesson.c.language)
    if week is not None:
        query = query.where(lesson.c.week == week)
    if only is not None:
        query = query.where(among(lesson.c.id, only))
    wanted = query.with_only_columns(lesson.c.id).order_by(None)
    grades: dict[int, list[int]] = defaultdict(list)
    of_these = lesson_grade.c.lesson_id.in_(wanted)
    for row in connection.execute(
        select(lesson_grade).where(of_these).order_by(lesson_grade.c.grade)
    ):
        grades[row.lesson_id].append(row.grade)
    files: dict[int, list[LessonFile]] = defaultdict(list)
    of_these = lesson_file.c.lesson_id.in_(wanted)
    for row in connection.execute(select(lesson_file).where(of_these).order_by(lesson_file.c.name)):
        files[row.lesson_id].append(LessonFile(row.name, row.sha256, row.size))
    return [
        _lesson(row, tuple(grades[row.id]), tuple(files[row.id]))
        for row in connection.execute(query)
    ]


def _question(said: dict[str, Any]) -> Question:
    options, right = tuple(said["options"]), tuple(said["right"])
    return Question(said["text"], options, right, said["explanation"])


def _lesson(row: Any, grades: tuple[int, ...], files: tuple[LessonFile, ...]) -> Lesson:
    task = (
        Task(row.task_text, row.task_due, row.task_pages, row.task_marks)
        if row.task_text is not None
        else None
    )
    return Lesson(
        id=row.id,
        code=row.code,
        language=row.language,
        week=row.week,
        day=row.day,
        order=row.place,
        subject=row.subject,
        grades=grades,
        title=row.title,
        kind=LessonKind(row.kind),
        minutes=row.minutes,
        needs_picture=row.needs_picture,
        weight=row.weight,
        text=row.text,
        licence=Licence(**row.licence),
        task=task,
        files=files,
        content_hash=row.content_hash,
        goal=row.goal,
        quiz=tuple(map(_question, row.quiz or ())),
    )
