"""What a quiz on paper is worth: proposed by the reading, decided by the teacher, told once."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from jetkiz.homework.quizzes import QuizResult, record_quiz
from jetkiz.lessons.model import Lesson
from jetkiz.storage.bulk_load import insert_new, upsert
from jetkiz.storage.many_values import among
from print_packs.quizzes.geometry import LAYOUT
from print_packs.quizzes.tables import printed_quiz, quiz_reading, quiz_sheet
from print_packs.tables import sheet

Answers = tuple[tuple[int, ...], ...]
"""The chosen options of each question, counted from 0."""
KEY: Final = "paper-quiz"


@dataclass(frozen=True, slots=True)
class PrintedQuiz:
    """A quiz as it stands on a sheet: how many options each question has, and which are right."""

    options: tuple[int, ...]
    right: Answers

    @property
    def several(self) -> tuple[bool, ...]:
        """Of which questions more than one answer is right."""
        return tuple(len(one) > 1 for one in self.right)

    def count_right(self, answers: Sequence[Sequence[int]]) -> int:
        """Count the questions whose right options were chosen, and no other."""
        pairs = zip(self.right, answers, strict=True)
        return sum(set(right) == set(said) for right, said in pairs)

    @classmethod
    def of(cls, lesson: Lesson) -> "PrintedQuiz":
        """Return the quiz of a lesson as it would be printed now."""
        return cls(
            tuple(len(one.options) for one in lesson.quiz),
            tuple(tuple(one.right) for one in lesson.quiz),
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was read of a sheet, and what a person decided; ``decided`` is None while nobody did.

    ``doubts`` names of each question why a person must look, or is empty. ``corners`` are those
    of the block on the page, as shares of its width and height; none when it was not found.
    """

    sheet: int
    student: int
    lesson: int
    page: int
    page_sha256: str
    quiz: PrintedQuiz
    answers: Answers
    doubts: tuple[str, ...]
    corners: tuple[tuple[float, float], ...]
    confidence: float
    decided: Answers | None
    by: str
    decided_at: datetime | None

    @property
    def shown(self) -> Answers:
        """The answers that count, or those that are proposed."""
        return self.answers if self.decided is None else self.decided

    @property
    def right(self) -> int:
        """How many of the shown answers are right."""
        return self.quiz.count_right(self.shown)

    @property
    def in_doubt(self) -> int:
        """How many answers a person must look at."""
        return sum(map(bool, self.doubts)) if self.decided is None else 0


def keep_printed(connection: Connection, quizzes: Mapping[int, Lesson]) -> None:
    """Keep which quiz stands on each sheet; ``quizzes`` gives the lesson by the sheet's number.

    A run that is made again prints the questions of today, and so they are those that count.
    """
    lessons = {one.id: one for one in quizzes.values()}
    rows = {number: _row(one) for number, one in lessons.items()}
    insert_new(connection, printed_quiz, list(rows.values()), ["key"])
    c = printed_quiz.c
    keys = [row["key"] for row in rows.values()]
    known = {
        row.key: row.id for row in connection.execute(select(c.key, c.id).where(among(c.key, keys)))
    }
    placed = [
        {"sheet_id": number, "quiz_id": known[rows[one.id]["key"]]}
        for number, one in quizzes.items()
    ]
    upsert(connection, quiz_sheet, placed, ["sheet_id"])


def _row(lesson: Lesson) -> dict[str, Any]:
    quiz = PrintedQuiz.of(lesson)
    said = [lesson.id, LAYOUT, quiz.options, quiz.right]
    return {
        "key": hashlib.sha256(json.dumps(said).encode()).hexdigest(),
        "lesson_id": lesson.id,
        "layout": LAYOUT,
        "options": list(quiz.options),
        "right_options": [list(one) for one in quiz.right],
    }


def propose(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Keep what was read of a sheet, over what was read of another picture of it.

    False when another round was quicker, or somebody has decided.
    """
    if insert_new(connection, quiz_reading, [row], ["sheet_id"]):
        return True
    c = quiz_reading.c
    other = c.sheet_id == row["sheet_id"], c.page_sha256 != row["page_sha256"]
    change = update(quiz_reading).where(*other, c.decided_at.is_(None))
    return connection.execute(change.values(dict(row))).rowcount == 1


def read_proposals(
    connection: Connection,
    works: Iterable[tuple[int, int]] | None = None,
    sheets: Iterable[int] | None = None,
) -> list[Proposal]:
    """Return proposals by student and lesson, or by the number of the sheet."""
    query = (
        select(quiz_reading, sheet.c.student_id, sheet.c.lesson_id, sheet.c.page, printed_quiz)
        .join_from(quiz_reading, sheet, sheet.c.id == quiz_reading.c.sheet_id)
        .join(quiz_sheet, quiz_sheet.c.sheet_id == sheet.c.id)
        .join(printed_quiz, printed_quiz.c.id == quiz_sheet.c.quiz_id)
        .order_by(sheet.c.id)
    )
    wanted = set(works or ())
    if works is not None:
        query = query.where(among(sheet.c.student_id, {student for student, _ in wanted}))
    if sheets is not None:
        query = query.where(among(sheet.c.id, sheets))
    found = [_proposal(row) for row in connection.execute(query)]
    return [one for one in found if works is None or (one.student, one.lesson) in wanted]


def _proposal(row: Any) -> Proposal:
    return Proposal(
        sheet=row.sheet_id,
        student=row.student_id,
        lesson=row.lesson_id,
        page=row.page,
        page_sha256=row.page_sha256,
        quiz=PrintedQuiz(tuple(row.options), _answers(row.right_options)),
        answers=_answers(row.answers),
        doubts=tuple(row.doubts),
        corners=tuple((x, y) for x, y in row.corners),
        confidence=row.confidence,
        decided=None if row.decided is None else _answers(row.decided),
        by=row.by,
        decided_at=row.decided_at,
    )


def _answers(said: Sequence[Sequence[int]]) -> Answers:
    return tuple(tuple(one) for one in said)


def decide(connection: Connection, one: Proposal, answers: Answers, by: str, now: datetime) -> bool:
    """Keep the answers that count and tell the ledger, once; False when somebody had decided."""
    c = quiz_reading.c
    values = {"decided": [list(said) for said in answers], "by": by, "decided_at": now}
    done = connection.execute(
        update(quiz_reading)
        .where(c.sheet_id == one.sheet, c.decided_at.is_(None))
        .values(right_answers=one.quiz.count_right(answers), **values)
    )
    if done.rowcount != 1:
        return False
    result = QuizResult(
        key=f"{KEY}:{one.sheet}",
        student=one.student,
        lesson=one.lesson,
        right=one.quiz.count_right(answers),
        questions=len(one.quiz.options),
        answers=answers,
        at=now,
    )
    return record_quiz(connection, result, now)
