"""What is kept about a chat, as its people may see it: of a child no more than the rights give."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from bot.chats import consents, links, questions
from bot.chats.links import Chat, Child
from bot.chats.preferences import read_preferences
from bot.chats.rights import may_see_data
from bot.tables import outbox, telegram_chat, telegram_inbox, telegram_link
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.quizzes import read_quizzes
from jetkiz.homework.returns import read_returns


def all_about(connection: Connection, chat: Chat) -> dict[str, Any]:
    """Return everything kept about a chat, and about those children whose data it may see."""
    return {
        "chat": _chat(connection, chat),
        "settings": _settings(connection, chat),
        "children": [_child(connection, chat, one) for one in links.children(connection, chat)],
        "own_phone_of": links.own_phone_of(connection, chat),
        "consents": [
            {
                "child": one.student,
                "text": one.text_version,
                "given": _said(one.given_at),
                "withdrawn": _said(one.withdrawn_at),
            }
            for one in consents.consents_of(connection, chat)
        ],
        "questions": [_question(one) for one in questions.of_chat(connection, chat)],
        "homework": _homework(connection, chat),
        "quizzes": _quizzes(connection, chat),
        "messages": _messages(connection, chat),
    }


def _said(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _chat(connection: Connection, chat: Chat) -> dict[str, Any]:
    c = telegram_chat.c
    row = connection.execute(select(telegram_chat).where(c.id == chat.id)).one()
    return {
        "number": chat.chat_id,
        "linked": _said(row.linked_at),
        "blocked": _said(row.blocked_at),
        "wrong_codes": row.wrong_codes,
    }


def _settings(connection: Connection, chat: Chat) -> dict[str, Any]:
    chosen = read_preferences(connection, chat)
    return {
        "language": chosen.language,
        "sound": chosen.sound,
        "quiet_from": f"{chosen.quiet_from:%H:%M}",
        "quiet_until": f"{chosen.quiet_until:%H:%M}",
        "reminders": chosen.reminders,
        "reminder_hour": chosen.reminder_hour,
        "media": chosen.media.value,
        "voice": chosen.voice,
        "larger_text": chosen.larger_text,
        "copies": chosen.copies,
        "one_message_for_all": chosen.together,
        "marks": chosen.marks,
    }


def _child(connection: Connection, chat: Chat, child: Child) -> dict[str, Any]:
    c = telegram_link.c
    mine = (c.chat == chat.id, c.student_id == child.student)
    at = connection.execute(select(c.at).where(*mine)).scalar_one()
    return {
        "child": child.student,
        "name": child.given_name,
        "class": child.class_title,
        "as": child.role,
        "linked": _said(at),
    }


def _question(one: questions.Question) -> dict[str, Any]:
    return {
        "asked": _said(one.asked_at),
        "words": [part.words for part in one.parts],
        "files": sum(bool(part.sha256) for part in one.parts),
        "answered": _said(one.answered_at),
        "answer": one.answer,
    }


def _seen(connection: Connection, chat: Chat) -> list[int]:
    """Return the children whose work this chat may see."""
    children = links.children(connection, chat)
    roles = [one.role for one in children]
    return [one.student for one in children if may_see_data(one.role, roles)]


def _quizzes(connection: Connection, chat: Chat) -> list[dict[str, Any]]:
    seen = _seen(connection, chat)
    return [
        {
            "child": one.student,
            "lesson": one.lesson,
            "right": one.right,
            "questions": one.questions,
            "answered": _said(one.at),
        }
        for one in (read_quizzes(connection, seen) if seen else ())
    ]


def _homework(connection: Connection, chat: Chat) -> list[dict[str, Any]]:
    seen = _seen(connection, chat)
    works = _sorted(read_returns(connection, students=seen)) if seen else []
    said: dict[int, list[str]] = {}
    for one in read_feedback(connection, [work.id for work in works]):
        said.setdefault(one.homework_return, []).append(one.words)
    return [_work(one, said.get(one.id, [])) for one in works]


def _sorted(works: Iterable[HomeworkReturn]) -> list[HomeworkReturn]:
    return sorted(works, key=lambda one: (one.student, one.lesson, one.version))


def _work(one: HomeworkReturn, answers: list[str]) -> dict[str, Any]:
    return {
        "child": one.student,
        "lesson": one.lesson,
        "version": one.version,
        "pages": len(one.pages),
        "notes": [page.note for page in one.pages if page.note],
        "teacher": [words for words in reversed(answers) if words],
        "handed_in": _said(one.handed_in_at),
    }


def _messages(connection: Connection, chat: Chat) -> dict[str, list[dict[str, str]]]:
    """Return what was said here and its moment, as far as the words are still kept."""
    i, o = telegram_inbox.c, outbox.c
    heard = select(i.received_at, i.raw).where(i.bot_id == chat.bot, i.chat_id == chat.chat_id)
    said = select(o.created_at, o.payload).where(o.bot_id == chat.bot, o.chat_id == chat.chat_id)
    return {
        "received": _lines((at, _person_words(raw)) for at, raw in _in_order(connection, heard)),
        "sent": _lines((at, _words(payload)) for at, payload in _in_order(connection, said)),
    }


def _in_order(connection: Connection, query: Select[tuple[datetime, Any]]) -> list[Any]:
    return [tuple(row) for row in connection.execute(query.order_by(query.selected_columns[0]))]


def _lines(said: Iterable[tuple[datetime, str]]) -> list[dict[str, str]]:
    return [{"at": _said(at), "words": words} for at, words in said if words]


def _person_words(raw: Mapping[str, Any]) -> str:
    """Return what a person wrote with an update; empty for a press."""
    return _words(raw.get("message") or raw.get("edited_message") or {})


def _words(message: Mapping[str, Any]) -> str:
    """Return the words of a message, or what stands under its file."""
    return str(message.get("text") or message.get("caption") or "")
