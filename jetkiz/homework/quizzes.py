"""What an answered quiz is worth: kept once, told to the ledger, shown to the teacher.

A quiz marks itself. Where a lesson has a task besides, the quiz shows only that the lesson was
read: the task is still to be handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from jetkiz.delivery.states import State
from jetkiz.homework.returns import Sign, tell_ledger
from jetkiz.homework.tables import quiz_result
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

SOURCE: Final = "quiz"


@dataclass(frozen=True, slots=True)
class QuizResult:
    """How a student answered the quiz of a lesson; ``answers`` holds the chosen places."""

    key: str
    student: int
    lesson: int
    right: int
    questions: int
    answers: tuple[tuple[int, ...], ...]
    at: datetime


def record_quiz(connection: Connection, result: QuizResult, now: datetime) -> bool:
    """Keep a result and tell the ledger what it shows; False when its key was known."""
    row = {
        "key": result.key,
        "student_id": result.student,
        "lesson_id": result.lesson,
        "right_answers": result.right,
        "questions": result.questions,
        "answers": [list(one) for one in result.answers],
        "at": result.at,
    }
    if not insert_new(connection, quiz_result, [row], ["key"]):
        return False
    has_task = any(one.task for one in read_lessons(connection, only=[result.lesson]))
    states = [State.ACKNOWLEDGED] if has_task else [State.RETURNED, State.MARKED]
    for state in states:
        key = f"{result.key}:{state.name.lower()}"
        sign = Sign(result.student, result.lesson, state, key, SOURCE)
        tell_ledger(connection, sign, now)
    return True


def read_quizzes(
    connection: Connection, students: Iterable[int], most: int | None = None
) -> list[QuizResult]:
    """Return the answered quizzes of some students, newest first."""
    c = quiz_result.c
    query = select(quiz_result).where(among(c.student_id, students))
    query = query.order_by(c.at.desc(), c.id.desc())
    return [_result(row) for row in connection.execute(query.limit(most) if most else query)]


def _result(row: Any) -> QuizResult:
    return QuizResult(
        key=row.key,
        student=row.student_id,
        lesson=row.lesson_id,
        right=row.right_answers,
        questions=row.questions,
        answers=tuple(tuple(one) for one in row.answers),
        at=row.at,
    )
