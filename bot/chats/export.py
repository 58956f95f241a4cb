"""What is kept about a chat, as its people may see it: of a child no more than the rights give."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.chats import consents, links, questions
from bot.chats.links import Chat, Child
from bot.chats.preferences import read_preferences
from bot.chats.rights import may_see_data
from bot.tables import outbox, telegram_chat, telegram_inbox, telegram_link
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.quizzes import read_quizzes
from jetkiz.homework.returns import read_returns


def all_about(connection: Connection, chat: Chat) -> dict[str, Any]:
    """Return everything kept about a chat, and about those children whose data it may see."""
    return {
        "chat": _chat(connection, chat),
        "settings": _settings(connection, chat),
        "children": [_child(connection, chat, one) for one in links.children(connection, chat)],
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
    return [_work(one) for one in _sorted(read_returns(connection, students=seen))] if seen else []


def _sorted(works: Iterable[HomeworkReturn]) -> list[HomeworkReturn]:
    return sorted(works, key=lambda one: (one.student, one.lesson, one.version))


def _work(one: HomeworkReturn) -> dict[str, Any]:
    return {
        "child": one.student,
        "lesson": one.lesson,
        "version": one.version,
        "pages": len(one.pages),
        "handed_in": _said(one.handed_in_at),
    }


def _messages(connection: Connection, chat: Chat) -> dict[str, int]:
    """Return how many messages lie here whose words are still kept."""
    here = {"received": telegram_inbox, "sent": outbox}
    return {
        name: connection.scalar(
            select(func.count()).where(table.c.bot_id == chat.bot, table.c.chat_id == chat.chat_id)
        )
        or 0
        for name, table in here.items()
    }
