"""Who an update comes from: the chat, its children, their school's zone, what it is amid.

All of it is asked anew for every update, for a right holds only at this moment; and all in one
question, for this is what each update costs before anybody has answered it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, exists

from bot.chats import links
from bot.chats.links import Chat, Child
from bot.staff_tables import telegram_staff_link
from bot.tables import dialogue_state, telegram_chat, telegram_link
from bot.talking.dialogue_states import DialogueState, Doing
from jetkiz.roster.tables import school, school_class, student, student_identity


@dataclass(frozen=True, slots=True)
class Caller:
    """Who wrote or pressed, and when; ``zone`` is that of the first child's school, or empty.

    What it was amid ``has_expired`` where nobody has said so yet.
    """

    chat: Chat
    children: list[Child]
    zone: str
    may_be_staff: bool
    state: DialogueState
    has_expired: bool
    at: datetime


def read_caller(
    connection: Connection, bot: int, chat_id: int, language: str, now: datetime
) -> Caller:
    """Return who a chat is, making it when the bot meets it for the first time."""
    rows = connection.execute(_CALLER, {"bot": bot, "chat_id": chat_id}).all()
    if not rows:
        links.open_chat(connection, bot, chat_id, language)
        return read_caller(connection, bot, chat_id, language, now)
    first, own = rows[0], [row for row in rows if row.given_name is not None]
    has_expired = first.expires_at is not None and first.expires_at <= now
    is_amid = first.state is not None and not has_expired
    return Caller(
        chat=links.chat_in(first),
        children=[links.child_in(row) for row in own],
        zone=own[0].zone if own else "",
        may_be_staff=first.may_be_staff,
        state=DialogueState(Doing(first.state), first.facts) if is_amid else DialogueState(),
        has_expired=has_expired,
        at=now,
    )


def _caller() -> Select[Any]:
    chat, link, child, amid = telegram_chat.c, telegram_link.c, student.c, dialogue_state.c
    may_be_staff = exists().where(telegram_staff_link.c.chat == chat.id).label("may_be_staff")
    of_child = (*links.CHILD_COLUMNS, school.c.zone)
    return (
        links.chats()
        .add_columns(*of_child, amid.state, amid.facts, amid.expires_at, may_be_staff)
        .outerjoin(dialogue_state, amid.chat == chat.id)
        .outerjoin(telegram_link, (link.chat == chat.id) & ~link.waits)
        .outerjoin(student, (child.id == link.student_id) & child.active)
        .outerjoin(student_identity, student_identity.c.student_id == child.id)
        .outerjoin(school_class, school_class.c.id == child.class_id)
        .outerjoin(school, school.c.id == child.school_id)
        .where(chat.bot_id == bindparam("bot"), chat.chat_id == bindparam("chat_id"))
        .order_by(link.id)
    )


_CALLER: Final = _caller()
