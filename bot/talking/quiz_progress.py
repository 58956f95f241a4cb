"""Which question of a quiz a chat is at: asked once, answered once, counted when all are answered.

A question leaves as a quiz at most once. Whether it arrived or not, its answer may be typed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update

from bot.chats.alarms import Refused
from bot.chats.links import Chat, Child
from bot.chats.reading import StudentLesson, find_lesson
from bot.sending import outbox
from bot.tables import outbox as outbox_table
from bot.tables import telegram_quiz_question
from bot.talking.desk import Desk
from bot.talking.dialogue_states import LIVES
from bot.telegram.telegram_errors import OutboxState
from bot.words import quiz
from bot.words.quiz import Asked
from jetkiz.homework.quizzes import QuizResult, record_quiz
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among_named, as_list

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
    quiz_hash: str

    @property
    def stem(self) -> str:
        """What the keys of all questions of this attempt begin with, and its result is called."""
        return self.key.rpartition(":")[0]


def forget(connection: Connection, chat: Chat) -> int:
    """Delete what was asked and answered in a chat; results belong to the student's record."""
    asked = telegram_quiz_question.delete().where(_C.chat == chat.id)
    return connection.execute(asked).rowcount


def begin(desk: Desk, child: Child, one: StudentLesson) -> None:
    """Ask the first question; where one waits, point to it instead."""
    waiting = _open(desk, (child.student, one.lesson.id))
    if waiting:
        again = update(telegram_quiz_question).where(_C.id == waiting.id)
        desk.connection.execute(again.values(asked_at=desk.now))
        _point_to(desk, waiting, one)
        return
    count = len(one.lesson.quiz)
    desk.show(quiz.begins(child.given_name, one.lesson.title, count, desk.t))
    attempt = _last_attempt(desk, child.student, one.lesson.id) + 1
    # Attempts are counted anew when a chat had its data deleted; messages and results stay.
    attempt_of = f"{child.student}:{one.lesson.id}:{attempt}"
    _ask(desk, one, f"quiz:{desk.chat.id}:{attempt_of}:{desk.update_id}", attempt, 0)


def _last_attempt(desk: Desk, student: int, lesson: int) -> int:
    query = select(func.max(_C.attempt)).where(
        _C.chat == desk.chat.id, _C.student_id == student, _C.lesson_id == lesson
    )
    return desk.connection.scalar(query) or 0


def _ask(desk: Desk, one: StudentLesson, stem: str, attempt: int, place: int) -> None:
    student, lesson = one.stands.student, one.lesson
    key = f"{stem}:{place}"
    row = {
        "chat": desk.chat.id,
        "student_id": student,
        "lesson_id": lesson.id,
        "attempt": attempt,
        "place": place,
        "key": key,
        "poll_id": "",
        "asked_at": desk.now,
        "quiz_hash": _hash(one),
    }
    if insert_new(desk.connection, telegram_quiz_question, [row], ["key"]):
        payload = {"chat_id": desk.chat.chat_id, **quiz.poll(_asked(one, place, key), desk.t)}
        desk.session.put("sendPoll", payload, subject=f"{student}:{lesson.id}", key=key)


def _hash(one: StudentLesson) -> str:
    """Return what tells a quiz from what the school made of it later."""
    said = json.dumps([asdict(question) for question in one.lesson.quiz], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _is_another(waiting: OpenQuestion, one: StudentLesson) -> bool:
    """Whether the school changed the quiz since the question was asked."""
    if waiting.place >= len(one.lesson.quiz):
        return True
    return waiting.quiz_hash not in {"", _hash(one)}


def _asked(one: StudentLesson, place: int, key: str) -> Asked:
    question = one.lesson.quiz[place]
    return Asked(question, place, len(one.lesson.quiz), quiz.shown_order(question, key))


def _point_to(desk: Desk, waiting: OpenQuestion, one: StudentLesson) -> None:
    """Show where the question stands; where it may not have arrived, say it in words."""
    if _is_another(waiting, one):
        _begin_anew(desk, waiting)
        return
    number = _message_of(desk.connection, waiting.key)
    subject = f"{waiting.student}:{waiting.lesson}"
    if number:
        desk.show(quiz.waits(desk.t), subject=subject, about=number)
    else:
        card = quiz.in_words(_asked(one, waiting.place, waiting.key), desk.t)
        desk.show(card, subject=subject)


def _begin_anew(desk: Desk, waiting: OpenQuestion) -> None:
    _drop(desk, waiting)
    desk.show(quiz.changed(waiting.student, waiting.lesson, desk.t))


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


def _open(desk: Desk, place: tuple[int, int] | None = None) -> OpenQuestion | None:
    """Return the newest question of this chat's children that waits: of this day, or of a place.

    A place is a student and a lesson. Whoever types a letter weeks later answers no quiz.
    """
    mine = as_list(child.student for child in desk.children)
    asked: dict[str, Any] = {"chat": desk.chat.id, "mine": mine}
    if place is None:
        found = desk.connection.execute(_TODAYS, asked | {"since": desk.now - LIVES})
    else:
        found = desk.connection.execute(_OF_PLACE, asked | {"one": place[0], "lesson": place[1]})
    row = found.first()
    return _question(row) if row else None


_WAITING: Final = (
    select(telegram_quiz_question)
    .where(_C.chat == bindparam("chat"), _C.answered_at.is_(None))
    .where(among_named(_C.student_id, "mine"))
    .order_by(_C.id.desc())
    .limit(1)
)
_TODAYS: Final = _WAITING.where(_C.asked_at > bindparam("since"))
_OF_PLACE: Final = _WAITING.where(
    _C.student_id == bindparam("one"), _C.lesson_id == bindparam("lesson")
)


def _question(row: Row[Any]) -> OpenQuestion:
    return OpenQuestion(
        row.id, row.student_id, row.lesson_id, row.attempt, row.place, row.key, row.quiz_hash
    )


def typed_question(
    desk: Desk, text: str, replied_to: int = 0
) -> tuple[OpenQuestion, tuple[int, ...]] | None:
    """Return the question that typed words answer, and the options as shown; None for neither.

    A reply answers the quiz that its message is about, however old, and no other.
    """
    waiting = _replied(desk, replied_to) if replied_to else _open(desk)
    one = find_lesson(desk.connection, waiting.student, waiting.lesson) if waiting else None
    if waiting is None or one is None or waiting.place >= len(one.lesson.quiz):
        return None
    asked = _asked(one, waiting.place, waiting.key)
    shown = quiz.read_typed(text, asked, desk.chat.language)
    return (waiting, shown) if shown else None


def _replied(desk: Desk, message_id: int) -> OpenQuestion | None:
    about = outbox.subject_of(desk.connection, desk.bot, desk.chat.chat_id, message_id)
    student, _, lesson = about.partition(":")
    is_lesson = student.isdecimal() and lesson.isdecimal()
    return _open(desk, (int(student), int(lesson))) if is_lesson else None


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
    waiting = _open(desk)
    if waiting is None or _message_of(desk.connection, waiting.key):
        return None
    return waiting


def answer(desk: Desk, waiting: OpenQuestion, shown: Sequence[int]) -> None:
    """Keep an answer once, then ask the next question or say the result."""
    child = desk.child(waiting.student)
    one = find_lesson(desk.connection, waiting.student, waiting.lesson) if child else None
    if child is None or one is None:
        desk.refuse(Refused.FOREIGN)
        desk.show(quiz.not_here(desk.t))
        return
    if _is_another(waiting, one):
        _begin_anew(desk, waiting)
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
        _ask(desk, one, waiting.stem, waiting.attempt, waiting.place + 1)
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
    if len(answers) != len(questions):
        _begin_anew(desk, waiting)
        return
    right = sum(q.is_answered_by(said) for q, said in zip(questions, answers, strict=True))
    kept = QuizResult(
        waiting.stem, waiting.student, waiting.lesson, right, len(questions), answers, desk.now
    )
    record_quiz(desk.connection, kept, desk.now)
    desk.show(*quiz.result(child.given_name, questions, answers, desk.t))
