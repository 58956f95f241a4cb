"""Which chat belongs to which students: linked by a code, seen by the other phones, cut at will."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select, update

from bot.tables import bot_state, dialogue_state, telegram_chat, telegram_link, telegram_own_phone
from jetkiz.roster.link_codes import LinkRole
from jetkiz.roster.model import Student
from jetkiz.roster.register import read_zones
from jetkiz.roster.tables import school_class, student_identity
from jetkiz.roster.tables import student as student_table
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

WRONG_CODES: Final = 5
PAUSE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chat:
    """A private chat with the bot."""

    id: int
    chat_id: int
    language: str
    quiet: bool = False
    is_blocked: bool = False
    bot: int = 0


@dataclass(frozen=True, slots=True)
class Child:
    """A student as the linked chat sees them: a given name, a class, no more.

    The name is the one that this phone chose, if it chose one.
    """

    student: int
    given_name: str
    class_title: str
    role: str


def find_chat(connection: Connection, bot: int, chat_id: int) -> Chat | None:
    """Return a chat that the bot knows."""
    row = connection.execute(_THIS_CHAT, {"bot": bot, "chat_id": chat_id}).one_or_none()
    return chat_in(row) if row else None


def chats() -> Select[Any]:
    """Return the question for chats; each row of it is read by ``chat_in``."""
    c = telegram_chat.c
    return select(c.id, c.bot_id, c.chat_id, c.language, c.quiet, c.blocked_at)


# Asked for every update: what is put into words once costs half of what is put together anew.
_THIS_CHAT: Final = chats().where(
    telegram_chat.c.bot_id == bindparam("bot"), telegram_chat.c.chat_id == bindparam("chat_id")
)


def chat_in(row: Row[Any]) -> Chat:
    """Read a row of ``chats``."""
    return Chat(
        row.id, row.chat_id, row.language, row.quiet, row.blocked_at is not None, row.bot_id
    )


def open_chat(connection: Connection, bot: int, chat_id: int, language: str) -> Chat:
    """Return the chat, making it when the bot meets it for the first time."""
    known = find_chat(connection, bot, chat_id)
    if known:
        return known
    row = {"bot_id": bot, "chat_id": chat_id, "language": language, "quiet": False}
    insert_new(connection, telegram_chat, [row], ["bot_id", "chat_id"])
    found = find_chat(connection, bot, chat_id)
    if found is None:
        raise LookupError(chat_id)
    return found


def children(connection: Connection, chat: Chat) -> list[Child]:
    """Return the students whose lessons come to this chat, in the order of linking."""
    return [child_in(row) for row in connection.execute(_CHILDREN, {"chat": chat.id})]


def child_in(row: Row[Any]) -> Child:
    """Read a row of ``CHILD_COLUMNS``."""
    called, title = row.called or row.given_name, row.class_title or ""
    return Child(row.student_id, called, title, row.role)


CHILD_COLUMNS: Final = (
    telegram_link.c.student_id,
    telegram_link.c.role,
    telegram_link.c.called,
    student_identity.c.given_name,
    school_class.c.title.label("class_title"),
)
_CHILDREN: Final[Select[Any]] = (
    select(*CHILD_COLUMNS)
    .join_from(telegram_link, student_table, student_table.c.id == telegram_link.c.student_id)
    .join(student_identity, student_identity.c.student_id == student_table.c.id)
    .outerjoin(school_class, school_class.c.id == student_table.c.class_id)
    .where(telegram_link.c.chat == bindparam("chat"), ~telegram_link.c.waits)
    .where(student_table.c.active)
    .order_by(telegram_link.c.id)
)


def linked_students(connection: Connection, chat: Chat) -> list[int]:
    """Return every student that a chat was linked to: who left the school and who waits too."""
    c = telegram_link.c
    return list(connection.scalars(select(c.student_id).where(c.chat == chat.id)))


def waits_for_consent(connection: Connection, chat: Chat) -> bool:
    """Whether this is a student's phone that a guardian has not agreed to yet."""
    c = telegram_link.c
    query = select(c.id).where(c.chat == chat.id, c.waits).limit(1)
    return connection.scalar(query) is not None


def is_family(connection: Connection, bot: int, chat_id: int) -> bool:
    """Whether a chat belongs to any student: whoever else writes is a guest."""
    return bool(connection.scalar(_IS_FAMILY, {"bot": bot, "chat_id": chat_id}))


def is_of_student(bot: ColumnElement[int], chat_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a chat belongs to any student of now."""
    return (
        select(telegram_link.c.id)
        .join_from(telegram_link, telegram_chat, telegram_chat.c.id == telegram_link.c.chat)
        .join(student_table, student_table.c.id == telegram_link.c.student_id)
        .where(telegram_chat.c.bot_id == bot, telegram_chat.c.chat_id == chat_id)
        .where(~telegram_link.c.waits, student_table.c.active)
        .exists()
    )


_IS_FAMILY: Final = select(is_of_student(bindparam("bot"), bindparam("chat_id")))


def phones(connection: Connection, bot: int, student: int) -> list[Chat]:
    """Return the chats of one bot that take this student's lessons."""
    return [one for one in all_phones(connection, student) if one.bot == bot]


def all_phones(connection: Connection, student: int) -> list[Chat]:
    """Return the chats that take this student's lessons, each with the bot it was linked with.

    A bot that the settings no longer name reaches nobody.
    """
    return phones_of(connection, [student])[student]


def phones_of(connection: Connection, students: Iterable[int]) -> dict[int, list[Chat]]:
    """Return of each of these students the chats that take their lessons.

    Who left the school has none: the links stay for the day on which they come back.
    """
    wanted = list(students)
    retired = select(bot_state.c.bot_id).where(bot_state.c.is_retired)
    query = (
        chats()
        .add_columns(telegram_link.c.student_id)
        .join_from(telegram_chat, telegram_link, telegram_link.c.chat == telegram_chat.c.id)
        .join(student_table, student_table.c.id == telegram_link.c.student_id)
        .where(
            student_table.c.active,
            telegram_chat.c.bot_id.not_in(retired),
            telegram_chat.c.blocked_at.is_(None),
            among(telegram_link.c.student_id, wanted),
            ~telegram_link.c.waits,
        )
        .order_by(telegram_chat.c.id)
    )
    found: dict[int, list[Chat]] = {one: [] for one in wanted}
    for row in connection.execute(query):
        found[row.student_id].append(chat_in(row))
    return found


def family_chats(connection: Connection, bot: int) -> list[Chat]:
    """Return every chat of a bot that takes the lessons of any student."""
    c = telegram_chat.c
    linked = select(telegram_link.c.chat).where(~telegram_link.c.waits)
    query = chats().where(c.bot_id == bot, c.blocked_at.is_(None), c.id.in_(linked))
    return [chat_in(row) for row in connection.execute(query.order_by(c.id))]


def count_phones(connection: Connection, bot: int) -> tuple[int, int]:
    """Return how many linked chats take messages, and how many have blocked the bot."""
    c = telegram_chat.c
    linked = select(telegram_link.c.chat).where(~telegram_link.c.waits).distinct()
    rows = connection.scalars(
        select(c.blocked_at.is_not(None)).where(c.bot_id == bot, c.id.in_(linked))
    ).all()
    return rows.count(False), rows.count(True)


def was_linked(connection: Connection, student: int) -> bool:
    """Whether any chat, blocked ones too, is linked to this student."""
    c = telegram_link.c
    query = select(c.id).where(c.student_id == student, ~c.waits).limit(1)
    return connection.scalar(query) is not None


def link(
    connection: Connection,
    chat: Chat,
    student: int,
    role: str,
    now: datetime,
    *,
    waits: bool = False,
) -> bool:
    """Join a chat to a student; False when they were joined already.

    A phone that ``waits`` gets nothing until a guardian has agreed.
    """
    if role == LinkRole.STUDENT:
        own = {"chat": chat.id, "student_id": student}
        insert_new(connection, telegram_own_phone, [own], ["chat", "student_id"])
    row = {"chat": chat.id, "student_id": student, "role": role, "at": now, "waits": waits}
    is_new = insert_new(connection, telegram_link, [row], ["chat", "student_id"]) == 1
    welcome_chat(connection, chat, now)
    return is_new


def was_own_phone(connection: Connection, chat: Chat, student: int) -> bool:
    """Whether a chat was ever linked as the student's own, since the school last cut them all."""
    c = telegram_own_phone.c
    query = select(c.chat).where(c.chat == chat.id, c.student_id == student)
    return connection.scalar(query) is not None


def own_phone_of(connection: Connection, chat: Chat) -> list[int]:
    """Return of which students a chat was ever the own phone."""
    c = telegram_own_phone.c
    query = select(c.student_id).where(c.chat == chat.id)
    return list(connection.scalars(query.order_by(c.student_id)))


def forget_own_phones(connection: Connection, student: int) -> None:
    """Let any phone be a guardian's again: whose it is, the school has found out."""
    c = telegram_own_phone.c
    connection.execute(telegram_own_phone.delete().where(c.student_id == student))


def waiting_phones(connection: Connection, student: int) -> list[Chat]:
    """Return the student's own phones that wait for a guardian's consent."""
    query = (
        chats()
        .join_from(telegram_chat, telegram_link, telegram_link.c.chat == telegram_chat.c.id)
        .where(
            telegram_link.c.student_id == student,
            telegram_link.c.waits,
        )
        .order_by(telegram_chat.c.id)
    )
    return [chat_in(row) for row in connection.execute(query)]


def set_waiting(
    connection: Connection, student: int, *, waits: bool, chats: Iterable[Chat]
) -> None:
    """Let phones of a student wait for consent, or wait no longer."""
    c = telegram_link.c
    mine = (c.student_id == student, c.chat.in_([one.id for one in chats]))
    connection.execute(update(telegram_link).where(*mine).values(waits=waits))


def role_of(connection: Connection, chat: Chat, student: int) -> str:
    """Return as what a chat is linked to a student; empty when it is not."""
    c = telegram_link.c
    query = select(c.role).where(c.chat == chat.id, c.student_id == student, ~c.waits)
    return connection.scalar(query) or ""


def newer_phone(connection: Connection, chat: Chat, student: int, other: int) -> Chat | None:
    """Return another chat of the student, if it was linked after this one."""
    c = telegram_link.c
    mine = select(c.id).where(c.chat == chat.id, c.student_id == student).scalar_subquery()
    query = (
        chats()
        .join_from(telegram_chat, telegram_link, telegram_link.c.chat == telegram_chat.c.id)
        .where(c.chat == other, c.student_id == student, c.id > mine)
    )
    row = connection.execute(query).one_or_none()
    return chat_in(row) if row else None


def rename(connection: Connection, chat: Chat, student: int, called: str) -> None:
    """Let this phone call a child by another name."""
    c = telegram_link.c
    mine = (c.chat == chat.id, c.student_id == student)
    connection.execute(update(telegram_link).where(*mine).values(called=called))


def welcome_chat(connection: Connection, chat: Chat, now: datetime) -> None:
    """Remember that a right code came from this chat: it takes messages, no wrong try counts."""
    c = telegram_chat.c
    fresh = {"linked_at": now, "blocked_at": None, "wrong_codes": 0, "wrong_since": None}
    connection.execute(update(telegram_chat).where(c.id == chat.id).values(fresh))


def unlink(connection: Connection, chat: Chat, students: Iterable[int]) -> int:
    """Cut a chat from students; return how many links there were."""
    c = telegram_link.c
    result = connection.execute(
        telegram_link.delete().where(c.chat == chat.id, c.student_id.in_(list(students)))
    )
    return result.rowcount


def chats_of(connection: Connection, student: int, role: str | None = None) -> list[Chat]:
    """Return every chat that was linked to a student, blocked ones and those that wait too."""
    c = telegram_link.c
    query = chats().join_from(telegram_chat, telegram_link, c.chat == telegram_chat.c.id)
    query = query.where(c.student_id == student).order_by(telegram_chat.c.id)
    if role is not None:
        query = query.where(c.role == role)
    return [chat_in(row) for row in connection.execute(query)]


def forget_dialogue(connection: Connection, chat: Chat) -> None:
    """Drop what the bot was in the middle of asking."""
    connection.execute(dialogue_state.delete().where(dialogue_state.c.chat == chat.id))


def set_blocked(connection: Connection, chat: Chat, at: datetime | None) -> None:
    """Remember since when a chat takes nothing; None when it takes messages again."""
    c = telegram_chat.c
    connection.execute(update(telegram_chat).where(c.id == chat.id).values(blocked_at=at))


def set_language(connection: Connection, chat: Chat, language: str) -> None:
    """Speak this language in the chat from now on."""
    c = telegram_chat.c
    connection.execute(update(telegram_chat).where(c.id == chat.id).values(language=language))


def must_pause(connection: Connection, chat: Chat, now: datetime) -> bool:
    """Whether this chat has tried too many wrong codes within the hour."""
    c = telegram_chat.c
    row = connection.execute(select(c.wrong_codes, c.wrong_since).where(c.id == chat.id)).one()
    fresh = row.wrong_since is not None and now - row.wrong_since < PAUSE
    return bool(fresh and row.wrong_codes >= WRONG_CODES)


def count_wrong_code(connection: Connection, chat: Chat, now: datetime) -> int:
    """Count a wrong code and return how many more may be tried; after an hour it begins anew."""
    c = telegram_chat.c
    row = connection.execute(select(c.wrong_codes, c.wrong_since).where(c.id == chat.id)).one()
    fresh = row.wrong_since is not None and now - row.wrong_since < PAUSE
    count = row.wrong_codes + 1 if fresh else 1
    since = {} if fresh else {"wrong_since": now}
    values = {"wrong_codes": count, **since}
    connection.execute(update(telegram_chat).where(c.id == chat.id).values(values))
    return max(WRONG_CODES - count, 0)


def zone_of(connection: Connection, student: Student | None, otherwise: str = "UTC") -> ZoneInfo:
    """Return the time zone of the student's school."""
    zones = read_zones(connection, [student.school]) if student else {}
    return ZoneInfo(next(iter(zones.values()), otherwise))


def local_day(connection: Connection, student: Student, at: datetime) -> date:
    """Return the date at the student's school."""
    return at.astimezone(UTC).astimezone(zone_of(connection, student)).date()
