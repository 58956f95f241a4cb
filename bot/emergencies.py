"""When an emergency message goes out: one coordinator writes it, another confirms it in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from bot import coordinator_cards as words
from bot.chats import links, staff
from bot.chats.links import Chat
from bot.chats.staff import StaffPhone
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.staff_tables import telegram_emergency
from jetkiz.i18n import Translator, translator
from jetkiz.roster.tables import school_class, student
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Role, Viewer
from jetkiz.staff.tables import account
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.workplace import wall_clock

CONFIRM_WITHIN: Final = timedelta(minutes=30)
MOST_WORDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Scope:
    """To whom it goes: a class, a grade, or the whole school."""

    class_id: int | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a coordinator wants to send; the same ``key`` twice is one message.

    ``chat`` is where it was written; None in the console.
    """

    bot: int
    key: str
    scope: Scope
    words: str
    chat: int | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """A message that waits for a second coordinator."""

    id: int
    school: int
    scope: Scope
    words: str
    proposed_by: int
    proposed_at: datetime
    proposed_chat: int | None = None

    def is_open(self, now: datetime) -> bool:
        """True while it can be confirmed."""
        return now - self.proposed_at <= CONFIRM_WITHIN


def read_classes(connection: Connection, school: int) -> dict[int, tuple[str, int]]:
    """Return title and grade of the homerooms of a school."""
    c = school_class.c
    rows = connection.execute(
        select(c.id, c.title, c.grade)
        .where(c.school_id == school, c.active, c.is_homeroom)
        .order_by(c.grade, c.title)
    )
    return {row.id: (row.title, row.grade or 0) for row in rows}


def propose(connection: Connection, who: Viewer, new: Proposal, now: datetime) -> int | None:
    """Keep a message that a second coordinator must confirm; None for who may not write one."""
    if not who.is_coordinator or not _is_ours(connection, who.school, new.scope):
        return None
    row = {
        "key": new.key,
        "bot_id": new.bot,
        "school_id": who.school,
        "class_id": new.scope.class_id,
        "grade": new.scope.grade,
        "words": new.words[:MOST_WORDS],
        "proposed_by": who.account,
        "proposed_at": now,
        "proposed_chat": new.chat,
    }
    if insert_new(connection, telegram_emergency, [row], ["key"]):
        entry = Entry(who.login, Act.PROPOSE_EMERGENCY, who.school, detail=_detail(new.scope))
        write_down(connection, [entry], now)
    return connection.scalar(
        select(telegram_emergency.c.id).where(telegram_emergency.c.key == new.key)
    )


def _is_ours(connection: Connection, school: int, scope: Scope) -> bool:
    classes = read_classes(connection, school)
    if scope.class_id is not None:
        return scope.class_id in classes
    return scope.grade is None or scope.grade in {grade for _, grade in classes.values()}


def _detail(scope: Scope) -> str:
    if scope.class_id is not None:
        return f"class {scope.class_id}"
    return f"grade {scope.grade}" if scope.grade is not None else "school"


def read_open(connection: Connection, number: int, now: datetime) -> Emergency | None:
    """Return a message that can still be confirmed."""
    c = telegram_emergency.c
    query = select(telegram_emergency).where(c.id == number, c.confirmed_at.is_(None))
    row = connection.execute(query.with_for_update()).one_or_none()
    found = _emergency(row) if row else None
    return found if found and found.is_open(now) else None


def open_of_school(connection: Connection, school: int, now: datetime) -> list[Emergency]:
    """Return the messages of a school that wait for a second coordinator, the oldest first."""
    c = telegram_emergency.c
    query = select(telegram_emergency).where(
        c.school_id == school, c.confirmed_at.is_(None), c.proposed_at >= now - CONFIRM_WITHIN
    )
    return [_emergency(row) for row in connection.execute(query.order_by(c.id))]


def _emergency(row: Row[Any]) -> Emergency:
    return Emergency(
        row.id,
        row.school_id,
        Scope(row.class_id, row.grade),
        row.words,
        row.proposed_by,
        row.proposed_at,
        row.proposed_chat,
    )


def scope_words(connection: Connection, school: int, scope: Scope, t: Translator) -> str:
    """Say to whom a message goes."""
    title, _ = read_classes(connection, school).get(scope.class_id or 0, ("", 0))
    return words.scope_words(scope.grade, title, t)


def has_second(connection: Connection, who: Viewer) -> bool:
    """Whether anybody else coordinates the school, with a phone or without."""
    c = account.c
    others = select(c.id).where(
        c.active, c.school_id == who.school, c.role == Role.COORDINATOR.value, c.id != who.account
    )
    return connection.scalar(others.limit(1)) is not None


def other_coordinators(
    connection: Connection, who: Viewer, chat: Chat | None = None
) -> list[StaffPhone]:
    """Return the phones of the other coordinators of a school; a phone of both is nobody's."""
    mine = staff.staff_phones(connection, who.account)
    places = {phone.chat.id for phone in mine} | ({chat.id} if chat else set())
    return [
        phone
        for phone in staff.staff_phones(connection)
        if phone.member.is_coordinator
        and phone.member.viewer.school == who.school
        and phone.chat.id not in places
    ]


def ask_to_confirm(connection: Connection, one: Emergency, asked: Sequence[StaffPhone]) -> None:
    """Ask the other coordinators at their phones; each is asked once."""
    reached = len(phones_of(connection, one.school, one.scope))
    for phone in asked:
        t = translator(phone.chat.language)
        to_whom = scope_words(connection, one.school, one.scope, t)
        card = words.confirm(one.id, one.words, to_whom, reached, t)
        message = Outgoing(
            key=f"emergency-ask:{one.id}:{phone.chat.id}",
            chat_id=phone.chat.chat_id,
            method="sendMessage",
            payload={"chat_id": phone.chat.chat_id, **card.payload()},
        )
        outbox.put(connection, phone.chat.bot, [message], wall_clock())


def phones_of(connection: Connection, school: int, scope: Scope) -> list[Chat]:
    """Return every linked phone of the students that a message is for, each once."""
    c = student.c
    query = select(c.id).where(c.active, c.school_id == school).order_by(c.id)
    if scope.class_id is not None:
        query = query.where(c.class_id == scope.class_id)
    if scope.grade is not None:
        query = query.where(c.grade == scope.grade)
    students = connection.scalars(query).all()
    by_student = links.phones_of(connection, students)
    found = {chat.id: chat for chats in by_student.values() for chat in chats}
    return list(found.values())


def confirm(connection: Connection, who: Viewer, one: Emergency, now: datetime) -> list[Chat]:
    """Send a message to every phone; return the phones. The caller asked ``second_coordinator``."""
    c = telegram_emergency.c
    values = {"confirmed_by": who.account, "confirmed_at": now}
    connection.execute(update(telegram_emergency).where(c.id == one.id).values(values))
    phones = phones_of(connection, one.school, one.scope)
    _send(connection, one, phones)
    detail = f"{_detail(one.scope)}, {len(phones)}"
    write_down(
        connection, [Entry(who.login, Act.CONFIRM_EMERGENCY, who.school, detail=detail)], now
    )
    return phones


def _send(connection: Connection, one: Emergency, phones: Sequence[Chat]) -> None:
    """Write a message to each phone: no quiet hour holds it, and it comes with a sound."""
    for phone in phones:
        card = words.emergency(one.words, translator(phone.language))
        message = Outgoing(
            key=f"emergency:{one.id}:{phone.id}",
            chat_id=phone.chat_id,
            method="sendMessage",
            payload={"chat_id": phone.chat_id, **card.payload()},
            lane=Lane.EMERGENCY,
        )
        outbox.put(connection, phone.bot, [message], wall_clock())


def second_coordinator(
    people: Sequence[Viewer], one: Emergency, chat: int | None = None
) -> Viewer | None:
    """Return who of those at a chat, or at the console, may confirm a message.

    It takes another person at another place: where its writer sits too, nobody may.
    """
    is_same_place = chat is not None and chat == one.proposed_chat
    if is_same_place or any(who.account == one.proposed_by for who in people):
        return None
    return next((who for who in people if who.is_coordinator and who.school == one.school), None)


def drop(connection: Connection, who: Viewer, one: Emergency, now: datetime) -> bool:
    """Let a message never go out; whoever coordinates the school may say so, its writer too."""
    if not who.is_coordinator or who.school != one.school:
        return False
    past = now - 2 * CONFIRM_WITHIN
    c = telegram_emergency.c
    mine = update(telegram_emergency).where(c.id == one.id)
    connection.execute(mine.values(proposed_at=past))
    return True
