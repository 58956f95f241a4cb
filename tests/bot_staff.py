"""A school whose teachers and coordinators have linked their chats, for the tests of the bot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.staff.permissions import Role
from jetkiz.staff.staff_codes import make_staff_code
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import Family, family_of
from tests.console import add_staff, quick_hash
from tests.factories import MONDAY, NOW, People, add_people, publish_week

MOTHER, FATHER, STRANGER = 11, 12, 99
TAMARA, BOLAT, AIGUL, OUTSIDER, SECOND = 21, 22, 23, 24, 25
CHATS = {
    "tamara": TAMARA,
    "bolat": BOLAT,
    "aigul": AIGUL,
    "outsider": OUTSIDER,
    "second": SECOND,
}


def add_everybody(connection: Connection) -> People:
    """Alice and Bob with a published week, their teachers, and two coordinators."""
    people = add_people(connection)
    publish_week(connection, people)
    add_staff(connection, people)
    row = {"login": "second", "password_hash": quick_hash(), "role": Role.COORDINATOR.value}
    row |= {"school_id": people.school, "language": "en", "active": True, "created_at": NOW}
    connection.execute(account.insert().values(row))
    return people


@contextmanager
def linked_staff(
    database: Database, folder: Path, people: People, **changes: Any
) -> Iterator[Family]:
    """Chats of the mother of Alice and of everybody who works at the school."""
    with family_of(database, FileStore(folder), **changes) as opened:
        opened.link(MOTHER, people.alice)
        for login, chat_id in CHATS.items():
            link_by_code(opened, chat_id, login)
        yield opened


def number_of(connection: Connection, login: str) -> int:
    """Return the number of an account."""
    return int(connection.scalars(select(account.c.id).where(account.c.login == login)).one())


def link_by_code(school: Family, chat_id: int, login: str) -> None:
    """Let somebody of the school link a chat, as they do by the code of the console."""
    number = number_of(school.connection, login)
    code = make_staff_code(
        school.connection, number, school.now, school.workplace.files.hash_of_code
    )
    school.says(chat_id, f"/start {code}")


def bring(school: Family, student: int, lesson: int, *pages: str) -> int:
    """Hand work in, a page of each media type, and return its number."""
    for place, kind in enumerate(pages or ("image/jpeg",)):
        page = Page(f"{student}:{lesson}:{place}", f"{place}" * 64, kind, "telegram")
        add_page(school.connection, student, lesson, page, NOW)
    handed = hand_in(school.connection, student, lesson, MONDAY, NOW, "test")
    assert handed
    return handed.id
