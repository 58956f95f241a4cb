"""Who of the school gets a code for a chat, and whose chats are cut; both are written down."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot import bots
from bot.chats import links, staff
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.words import staff as words
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import CodeHash, deep_link, read_link_address, typed_form
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Role
from jetkiz.staff.staff_codes import make_staff_code, revoke_staff_codes
from jetkiz.staff.tables import account
from jetkiz.storage.workplace import wall_clock


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a sign-in, and how many chats they have linked."""

    account: int
    login: str
    role: Role
    school: int
    phones: int


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it is shown once: to type, and as a link where the bot's name is known."""

    person: Person
    typed: str
    link: str


def read_people(connection: Connection, school: int | None = None) -> list[Person]:
    """Return who has a sign-in that may be used, of one school or of all, by login."""
    c = account.c
    # A broadcaster has nothing to see in the chat, so there is no code to make.
    query = select(c.id, c.login, c.role, c.school_id).where(
        c.active, c.role != Role.BROADCASTER.value
    )
    query = query.order_by(c.login)
    if school is not None:
        query = query.where(c.school_id == school)
    phones = staff.count_phones(connection)
    return [
        Person(row.id, row.login, Role(row.role), row.school_id, phones[row.id])
        for row in connection.execute(query)
    ]


def give_code(
    connection: Connection, person: Person, by: str, now: datetime, hashed: CodeHash
) -> NewCode:
    """Make a code for somebody; the answer is the only copy of it, earlier codes open nothing."""
    code = make_staff_code(connection, person.account, now, hashed)
    address = read_link_address(connection, bots.CHANNEL, person.school)
    entry = Entry(by, Act.STAFF_CODE, person.school, detail=person.login)
    write_down(connection, [entry], now)
    return NewCode(person, typed_form(code), deep_link(address, code) if address else "")


def cut_person(connection: Connection, person: Person, by: str, now: datetime) -> int:
    """Cut every chat and code of somebody and tell the chats; return how many chats."""
    revoke_staff_codes(connection, person.account, now)
    chats = staff.cut_staff(connection, person.account)
    for chat in chats:
        _tell(connection, chat, now)
    entry = Entry(by, Act.CUT_PHONE, person.school, detail=person.login)
    write_down(connection, [entry], now)
    return len(chats)


def _tell(connection: Connection, chat: links.Chat, now: datetime) -> None:
    """Say that the link has ended, and take the staff's commands out of the menu."""
    card = words.staff_cut(translator(chat.language))
    left = staff.members(connection, chat)
    is_family = bool(links.children(connection, chat))
    roles = words.Roles(is_family, bool(left), any(one.is_coordinator for one in left))
    requests = {
        "sendMessage": {"chat_id": chat.chat_id, **card.payload()},
        "setMyCommands": words.chat_menu(chat, roles),
    }
    messages = [
        Outgoing(f"staff-cut:{chat.id}:{method}:{now.isoformat()}", chat.chat_id, method, payload)
        for method, payload in requests.items()
    ]
    if not chat.is_blocked:
        outbox.put(connection, chat.bot, messages, wall_clock())
