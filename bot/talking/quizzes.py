"""Which question of a quiz a chat is at: asked once, answered once, counted when all are answered.

A question leaves as a quiz at most once. Whether it arrived or not, its answer may be typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.chats.links import Chat, Child
from bot.chats.reading import StudentLesson, find_lesson
from bot.tables import outbox as outbox_table
from bot.tables import telegram_quiz_question
from bot.talking.desk import Desk
from bot.telegram.telegram_errors import OutboxState
from bot.words import quiz
from bot.words.quiz import Asked
from jetkiz.homework.quizzes import QuizResult, record_quiz
from jetkiz.storage.bulk_load import insert_new

_C = telegram_quiz_question.c


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of a chat that waits for its answer."""

    id: int
    student: int
    lesson: int
    attempt: int
    place: int
    key: str


def forget(connection: Connection, chat: Chat) -> int:
    """Delete what was asked and answered in a chat; results belong to the student's record."""
    asked = telegram_quiz_question.delete().where(_C.chat == chat.id)
    return connection.execute(asked).rowcount


def begin(desk: Desk, child: Child, one: StudentLesson) -> None:
    """Ask the first question; where one waits, point to it instead."""
    waiting = _open(desk.connection, desk.chat, child.student, one.lesson.id)
    if waiting:
        _point_to(desk, waiting, one)
        return
    count = len(one.lesson.quiz)
    desk.show(quiz.begins(child.given_name, one.lesson.title, count, desk.t))
    attempt = _last_attempt(desk, child.student, one.lesson.id) + 1
    _ask(desk, one, attempt, 0)


def _last_attempt(desk: Desk, student: int, lesson: int) -> int:
    query = select(func.max(_C.attempt)).where(
        _C.chat == desk.chat.id, _C.student_id == student, _C.lesson_id == lesson
    )
    return desk.connection.scalar(query) or 0


def _ask(desk: Desk, one: StudentLesson, attempt: int, place: int) -> None:
    student, lesson = one.stands.student, one.lesson
    key = f"quiz:{desk.chat.id}:{student}:{lesson.id}:{attempt}:{place}"
    row = {
        "chat": desk.chat.id,
        "student_id": student,
        "lesson_id": lesson.id,
        "attempt": attempt,
        "place": place,
        "key": key,
        "poll_id": "",
        "asked_at": desk.now,
    }
    if insert_new(desk.connection, telegram_quiz_question, [row], ["key"]):
        payload = {"chat_id": desk.chat.chat_id, **quiz.poll(_asked(one, place, key), desk.t)}
        desk.session.put("sendPoll", payload, subject=f"{student}:{lesson.id}", key=key)


def _asked(one: StudentLesson, place: int, key: str) -> Asked:
    question = one.lesson.quiz[place]
    return Asked(question, place, len(one.lesson.quiz), quiz.shown_order(question, key))


def _point_to(desk: Desk, waiting: OpenQuestion, one: StudentLesson) -> None:
    """Show where the question stands; where it may not have arrived, say it in words."""
    if waiting.place >= len(one.lesson.quiz):
        _drop(desk, waiting)
        desk.show(quiz.changed(waiting.student, waiting.lesson, desk.t))
        return
    number = _message_of(desk.connection, waiting.key)
    if number:
        desk.show(quiz.waits(desk.t), about=number)
    else:
        desk.show(quiz.in_words(_asked(one, waiting.place, waiting.key), desk.t))


def _message_of(connection: Connection, key: str) -> int:
    c = outbox_table.c
    found = select(c.message_id).where(c.key == key, c.state == OutboxState.SENT.value)
    return connection.scalar(found) or 0


def _drop(desk: Desk, waiting: OpenQuestion) -> None:
    """Close an attempt whose questions are no more."""
    where = (_C.chat == desk.chat.id, _C.student_id == waiting.student)
    same = (_C.lesson_id == waiting.lesson, _C.attempt == waiting.attempt)
    closed = update(telegram_quiz_question).where(*where, *same, _C.answered_at.is_(None))
    desk.connection.execute(closed.values(answered_at=desk.now, answer=[]))


def _open(
    connection: Connection, chat: Chat, student: int = 0, lesson: int = 0
) -> OpenQuestion | None:
    """Return the question that waits in a chat, the newest first; of one lesson if it is named."""
    query = select(telegram_quiz_question).where(_C.chat == chat.id, _C.answered_at.is_(None))
    if student:
        query = query.where(_C.student_id == student, _C.lesson_id == lesson)
    row = connection.execute(query.order_by(_C.id.desc()).limit(1)).first()
    return _question(row) if row else None


def _question(row: Row[Any]) -> OpenQuestion:
    return OpenQuestion(row.id, row.student_id, row.lesson_id, row.attempt, row.place, row.key)


def typed_question(desk: Desk, text: str) -> tuple[OpenQuestion, tuple[int, ...]] | None:
    """Return the question that typed words answer, and the options as shown; None for neither."""
    waiting = _open(desk.connection, desk.chat)
    one = find_lesson(desk.connection, waiting.student, waiting.lesson) if waiting else None
    if waiting is None or one is None or waiting.place >= len(one.lesson.quiz):
        return None
    asked = _asked(one, waiting.place, waiting.key)
    shown = quiz.read_typed(text, asked, desk.chat.language)
    return (waiting, shown) if shown else None


def polled_question(desk: Desk, poll_id: str) -> OpenQuestion | None:
    """Return the question of a poll that waits in this chat.

    A poll whose sending nobody could follow has no number with us: its answer belongs to the
    question that waits here and may have arrived. A poll that was passed on has another chat.
    """
    known = desk.connection.execute(
        select(telegram_quiz_question).where(_C.poll_id == poll_id)
    ).first()
    if known:
        is_open = known.chat == desk.chat.id and known.answered_at is None
        return _question(known) if is_open else None
    waiting = _open(desk.connection, desk.chat)
    if waiting is None or _message_of(desk.connection, waiting.key):
        return None
    return waiting


def answer(desk: Desk, waiting: OpenQuestion, shown: Sequence[int]) -> None:
    """Keep an answer once, then ask the next question or say the result."""
    child = desk.child(waiting.student)
    one = find_lesson(desk.connection, waiting.student, waiting.lesson) if child else None
    if child is None or one is None:
        return
    if waiting.place >= len(one.lesson.quiz):
        _point_to(desk, waiting, one)
        return
    asked = _asked(one, waiting.place, waiting.key)
    chosen = sorted(asked.order[place] for place in shown if 0 <= place < len(asked.order))
    kept = desk.connection.execute(
        update(telegram_quiz_question)
        .where(_C.id == waiting.id, _C.answered_at.is_(None))
        .values(answer=chosen, answered_at=desk.now)
    )
    if kept.rowcount != 1 or not chosen:
        return
    if waiting.place + 1 < len(one.lesson.quiz):
        _ask(desk, one, waiting.attempt, waiting.place + 1)
    else:
        _finish(desk, child, one, waiting)


def _finish(desk: Desk, child: Child, one: StudentLesson, waiting: OpenQuestion) -> None:
    rows = desk.connection.execute(
        select(_C.place, _C.answer)
        .where(_C.chat == desk.chat.id, _C.student_id == waiting.student)
        .where(_C.lesson_id == waiting.lesson, _C.attempt == waiting.attempt)
        .order_by(_C.place)
    )
    answers = tuple(tuple(row.answer or ()) for row in rows)
    questions = one.lesson.quiz
    right = sum(q.is_answered_by(said) for q, said in zip(questions, answers, strict=True))
    key = f"quiz:{desk.chat.id}:{waiting.student}:{waiting.lesson}:{waiting.attempt}"
    kept = QuizResult(
        key, waiting.student, waiting.lesson, right, len(questions), answers, desk.now
    )
    record_quiz(desk.connection, kept, desk.now)
    desk.show(*quiz.result(child.given_name, questions, answers, desk.t))
