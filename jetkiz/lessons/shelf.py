"""Which lessons stand on the shelf for a week, and how they are read from it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, null, select, union_all

from jetkiz.lessons.model import Lesson, LessonFile, LessonKind, Licence, Question, Task
from jetkiz.lessons.tables import lesson, lesson_file, lesson_grade
from jetkiz.storage.many_values import among_named, as_list


def read_lessons(
    connection: Connection, week: str | None = None, only: Iterable[int] | None = None
) -> list[Lesson]:
    """Return the lessons of a week, or those with the given numbers, by day and place."""
    lessons, parts = _questions(by_week=week is not None, by_number=only is not None)
    asked = {} if week is None else {"week": week}
    asked |= {} if only is None else {"numbers": as_list(only)}
    grades: dict[int, list[int]] = defaultdict(list)
    files: dict[int, list[LessonFile]] = defaultdict(list)
    for row in connection.execute(parts, asked):
        if row.name is None:
            grades[row.lesson_id].append(row.grade)
        else:
            files[row.lesson_id].append(LessonFile(row.name, row.sha256, row.size, row.pages))
    return [
        _lesson(row, tuple(sorted(grades[row.id])), tuple(sorted(files[row.id], key=_name_of)))
        for row in connection.execute(lessons, asked)
    ]


def _name_of(file: LessonFile) -> str:
    return file.name


@cache
def _questions(*, by_week: bool, by_number: bool) -> tuple[Select[Any], CompoundSelect[Any]]:
    """Return what asks for lessons, and for their grades and files together.

    Chats ask for lessons with each update: putting a question together costs more than asking it.
    """
    of_week = (lesson.c.week == bindparam("week"),) if by_week else ()
    of_number = (among_named(lesson.c.id, "numbers"),) if by_number else ()
    lessons = select(lesson).where(*of_week, *of_number)
    wanted = lessons.with_only_columns(lesson.c.id)
    grade, file = lesson_grade.c, lesson_file.c
    nothing = tuple(null().label(name) for name in ("name", "sha256", "size", "pages"))
    parts = union_all(
        select(grade.lesson_id, grade.grade, *nothing).where(grade.lesson_id.in_(wanted)),
        select(file.lesson_id, null(), file.name, file.sha256, file.size, file.pages).where(
            file.lesson_id.in_(wanted)
        ),
    )
    c = lesson.c
    return lessons.order_by(c.day, c.place, c.code, c.language), parts


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
        sign_language=row.sign_language,
    )
