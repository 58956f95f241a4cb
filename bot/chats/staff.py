"""Who of the school sits at a chat, and what each may see there: asked anew on every update."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from bot.chats import links
from bot.chats.links import Chat
from bot.staff_tables import telegram_staff_link
from bot.tables import bot_state, telegram_chat, telegram_link
from jetkiz.roster.register import read_zones
from jetkiz.roster.tables import student
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.tables import account
from jetkiz.staff.viewers import read_viewer, read_viewers
from jetkiz.storage.bulk_load import insert_new

OFFICE_FROM: Final = 8
OFFICE_TO: Final = 18


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the school with a linked chat; outside the office hours it stays still."""

    link: int
    viewer: Viewer
    zone: ZoneInfo
    office_from: int = OFFICE_FROM
    office_to: int = OFFICE_TO

    @property
    def is_coordinator(self) -> bool:
        """True for who answers for the whole school."""
        return self.viewer.is_coordinator

    def is_in_office(self, now: datetime) -> bool:
        """Whether a notice may come now: within the hours, on a working day."""
        here = now.astimezone(self.zone)
        return here.weekday() < 5 and self.office_from <= here.hour < self.office_to

    def next_office(self, now: datetime) -> datetime:
        """Return when the next notice may come; now, within the hours."""
        moment = now
        while not self.is_in_office(moment):
            here = moment.astimezone(self.zone)
            opening = here.replace(hour=self.office_from, minute=0, second=0, microsecond=0)
            moment = opening if opening > here else opening + timedelta(days=1)
        return moment


_LINK: Final = (
    telegram_staff_link.c.id.label("link"),
    telegram_staff_link.c.account,
    telegram_staff_link.c.office_from,
    telegram_staff_link.c.office_to,
)


@dataclass(frozen=True, slots=True)
class StaffPhone:
    """A linked chat of somebody of the school."""

    chat: Chat
    member: Member


def members(connection: Connection, chat: Chat) -> tuple[Member, ...]:
    """Return who of the school the chat belongs to, with the rights they have at this moment.

    A shut sign-in has none, and a teacher whom the roster no longer knows teaches no class.
    """
    c = telegram_staff_link.c
    rows = connection.execute(select(*_LINK).where(c.chat == chat.id).order_by(c.id)).all()
    return tuple(_members(connection, rows).values())


def who_may_link(connection: Connection, number: int) -> Viewer | None:
    """Return the person of an account, if there is anything that they may see."""
    viewer = read_viewer(connection, number)
    return viewer if viewer and _sees_anything(viewer) else None


def _sees_anything(viewer: Viewer) -> bool:
    return viewer.is_coordinator or bool(viewer.classes)


def _members(connection: Connection, rows: Sequence[Any]) -> dict[int, Member]:
    """Return whoever sees anything at all, by the number of the link, in the order of the rows."""
    viewers = read_viewers(connection, {row.account for row in rows}) if rows else {}
    zones = read_zones(connection, {one.school for one in viewers.values()}) if viewers else {}
    found = {}
    for row in rows:
        viewer = viewers.get(row.account)
        if viewer and _sees_anything(viewer):
            zone = ZoneInfo(zones[viewer.school])
            found[row.link] = Member(row.link, viewer, zone, row.office_from, row.office_to)
    return found


def is_known(connection: Connection, bot: int, chat_id: int) -> bool:
    """Whether a chat belongs to any student or to somebody of the school."""
    if links.is_family(connection, bot, chat_id):
        return True
    chat = links.find_chat(connection, bot, chat_id)
    return chat is not None and bool(members(connection, chat))


def schools_of(connection: Connection, bot: int, chat_id: int) -> set[int]:
    """Return the schools to whose students or staff a chat belongs; none for a stranger's."""
    chat = links.find_chat(connection, bot, chat_id)
    if chat is None:
        return set()
    linked, mine = telegram_link.c, telegram_staff_link.c
    of_students = select(student.c.school_id).where(
        student.c.id.in_(select(linked.student_id).where(linked.chat == chat.id))
    )
    of_staff = select(account.c.school_id).where(
        account.c.id.in_(select(mine.account).where(mine.chat == chat.id))
    )
    return {*connection.scalars(of_students), *connection.scalars(of_staff)}


def link_staff(connection: Connection, chat: Chat, number: int, now: datetime) -> bool:
    """Join a chat to somebody's account; False when they were joined already."""
    row = {"chat": chat.id, "account": number, "at": now}
    row |= {"office_from": OFFICE_FROM, "office_to": OFFICE_TO}
    is_new = insert_new(connection, telegram_staff_link, [row], ["chat", "account"]) == 1
    links.welcome_chat(connection, chat, now)
    return is_new


def staff_phones(
    connection: Connection, number: int | None = None, bot: int | None = None
) -> list[StaffPhone]:
    """Return the chats of the staff that take messages: of all, of one account or of one bot."""
    c, chats = telegram_staff_link.c, telegram_chat.c
    query = (
        links.chats()
        .add_columns(*_LINK)
        .join(telegram_staff_link, chats.id == c.chat)
        .join(bot_state, bot_state.c.bot_id == chats.bot_id)
        .where(~bot_state.c.is_retired, chats.blocked_at.is_(None))
        .order_by(c.id)
    )
    if number is not None:
        query = query.where(c.account == number)
    if bot is not None:
        query = query.where(chats.bot_id == bot)
    rows = connection.execute(query).all()
    members = _members(connection, rows)
    return [
        StaffPhone(links.chat_in(row), members[row.link]) for row in rows if row.link in members
    ]


def cut_staff(connection: Connection, number: int) -> list[Chat]:
    """Cut every chat, whatever its bot, from an account; return those chats."""
    c, chats = telegram_staff_link.c, telegram_chat.c
    rows = connection.execute(
        select(chats.bot_id, chats.chat_id)
        .join_from(telegram_staff_link, telegram_chat, chats.id == c.chat)
        .where(c.account == number)
        .order_by(c.id)
    ).all()
    known = (links.find_chat(connection, row.bot_id, row.chat_id) for row in rows)
    found = [chat for chat in known if chat]
    for chat in found:
        mine = (c.chat == chat.id) & (c.account == number)
        connection.execute(telegram_staff_link.delete().where(mine))
    return found


def leave_staff(connection: Connection, chat: Chat) -> int:
    """Cut a chat from everybody of the school; return how many links there were."""
    c = telegram_staff_link.c
    return connection.execute(telegram_staff_link.delete().where(c.chat == chat.id)).rowcount


def set_office_hours(connection: Connection, chat: Chat, begins: int, ends: int) -> None:
    """Let notices come between these hours of the day."""
    c = telegram_staff_link.c
    hours = {"office_from": begins, "office_to": ends}
    connection.execute(update(telegram_staff_link).where(c.chat == chat.id).values(hours))


def count_phones(connection: Connection) -> Counter[int]:
    """Return how many linked chats each account has."""
    return Counter(connection.scalars(select(telegram_staff_link.c.account)))
