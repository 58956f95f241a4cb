"""What families ask the teacher of a lesson, and what the teacher answered: each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from bot.chats.links import Chat, find_chat
from bot.tables import telegram_chat, telegram_question, telegram_question_part
from jetkiz.storage.bulk_load import insert_new

MOST_WORDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a question: words, a file, or both. ``key`` names the message."""

    key: str
    words: str = ""
    sha256: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a family asked; the answer hangs on the message ``message_id`` of ``chat_id``.

    ``answered_at`` is None while it waits.
    """

    id: int
    chat: int
    chat_id: int
    language: str
    student: int
    lesson: int
    message_id: int
    asked_at: datetime
    parts: tuple[Part, ...]
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What a question is about and where its answer goes."""

    bot: int
    chat: Chat
    student: int
    lesson: int
    message_id: int
    album: str = ""


def ask(connection: Connection, place: Place, part: Part, now: datetime) -> int:
    """Keep a question and return its number; the parts of one album are one question.

    The same part twice is one part.
    """
    row = {
        "key": _key(place, part),
        "bot_id": place.bot,
        "chat": place.chat.id,
        "student_id": place.student,
        "lesson_id": place.lesson,
        "album": place.album,
        "message_id": place.message_id,
        "asked_at": now,
    }
    insert_new(connection, telegram_question, [row], ["key"])
    c = telegram_question.c
    number = connection.execute(select(c.id).where(c.key == row["key"])).scalar_one()
    kept = {
        "key": part.key,
        "question": number,
        "words": part.words[:MOST_WORDS],
        "sha256": part.sha256,
        "media_type": part.media_type,
    }
    insert_new(connection, telegram_question_part, [kept], ["key"])
    return int(number)


def _key(place: Place, part: Part) -> str:
    album = f"album:{place.chat.id}:{place.album}"
    return f"question:{place.bot}:" + (album if place.album else part.key)


def of_album(connection: Connection, chat: Chat, album: str) -> Question | None:
    """Return the question of which an album is part, if it is one."""
    c = telegram_question.c
    found = _read(connection, c.chat == chat.id, c.album == album) if album else []
    return found[-1] if found else None


def read_question(connection: Connection, number: int) -> Question | None:
    """Return one question."""
    found = _read(connection, telegram_question.c.id == number)
    return found[0] if found else None


def open_questions(
    connection: Connection, bot: int, lessons: Iterable[int] | None = None
) -> list[Question]:
    """Return what waits for an answer, oldest first; all, or about some lessons only."""
    c = telegram_question.c
    wanted = [] if lessons is None else [c.lesson_id.in_(list(lessons))]
    return _read(connection, c.bot_id == bot, c.answered_at.is_(None), *wanted)


def chat_of(connection: Connection, question: Question) -> Chat | None:
    """Return the chat in which a question was asked."""
    c = telegram_chat.c
    bot = connection.scalar(select(c.bot_id).where(c.id == question.chat))
    return find_chat(connection, bot, question.chat_id) if bot is not None else None


def of_chat(connection: Connection, chat: Chat) -> list[Question]:
    """Return everything a chat asked."""
    return _read(connection, telegram_question.c.chat == chat.id)


def answer(connection: Connection, number: int, words: str, by: str, now: datetime) -> bool:
    """Keep a teacher's answer; False when the question was answered before or is gone."""
    c = telegram_question.c
    values = {"answer": words, "answered_by": by, "answered_at": now}
    result = connection.execute(
        update(telegram_question).where(c.id == number, c.answered_at.is_(None)).values(values)
    )
    return result.rowcount == 1


def change(connection: Connection, chat: Chat, message_id: int, words: str) -> bool:
    """Keep what a chat wrote anew while nobody has answered; False when it asked nothing so."""
    q, p = telegram_question.c, telegram_question_part.c
    asked = select(q.id).where(
        q.chat == chat.id, q.message_id == message_id, q.album == "", q.answered_at.is_(None)
    )
    changed = update(telegram_question_part).where(p.question.in_(asked), p.sha256 == "")
    return connection.execute(changed.values(words=words)).rowcount > 0


def forget(connection: Connection, chats: Sequence[int]) -> int:
    """Delete what these chats asked, and the answers; return how many questions."""
    c = telegram_question.c
    numbers = select(c.id).where(c.chat.in_(chats))
    parts = telegram_question_part.delete()
    connection.execute(parts.where(telegram_question_part.c.question.in_(numbers)))
    return connection.execute(telegram_question.delete().where(c.chat.in_(chats))).rowcount


def _read(connection: Connection, *where: Any) -> list[Question]:
    q, chat = telegram_question, telegram_chat
    rows = connection.execute(
        select(q, chat.c.chat_id, chat.c.language)
        .join_from(q, chat, chat.c.id == q.c.chat)
        .where(*where)
        .order_by(q.c.id)
    ).all()
    parts = _parts(connection, [row.id for row in rows])
    return [_question(row, parts.get(row.id, ())) for row in rows]


def _parts(connection: Connection, questions: Sequence[int]) -> dict[int, tuple[Part, ...]]:
    p = telegram_question_part.c
    found: dict[int, tuple[Part, ...]] = {}
    rows = select(telegram_question_part).where(p.question.in_(questions)).order_by(p.id)
    for row in connection.execute(rows):
        part = Part(row.key, row.words, row.sha256, row.media_type)
        found[row.question] = (*found.get(row.question, ()), part)
    return found


def _question(row: Row[Any], parts: tuple[Part, ...]) -> Question:
    return Question(
        id=row.id,
        chat=row.chat,
        chat_id=row.chat_id,
        language=row.language,
        student=row.student_id,
        lesson=row.lesson_id,
        message_id=row.message_id,
        asked_at=row.asked_at,
        parts=parts,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
