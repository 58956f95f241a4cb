"""A school with accounts, and a browser without scripts that talks HTTP to the real console."""

import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from html import unescape
from pathlib import Path

import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from sqlalchemy import Connection, select

from jetkiz.config import Settings
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import (
    school,
    school_class,
    student,
    student_identity,
    teacher,
    teaching,
)
from jetkiz.staff.permissions import Role
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from jetkiz.web import accounts
from jetkiz.web.app import make_app
from jetkiz.web.passwords import hashed
from tests.factories import MONDAY, NOW, People, add_people, publish_week

PASSWORD = "correct horse"
# For tests of the console in which no statement differs from one kind of database to the other.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOGINS = ("aigul", "tamara", "bolat", "outsider")


def add_staff(connection: Connection, people: People) -> None:
    """Give the school a coordinator (aigul), Alice's teacher (tamara) and Bob's (bolat).

    The coordinator of the other school is the outsider.
    """
    tamara = _add_teacher(connection, people.school, "tamara", people.alice)
    bolat = _add_teacher(connection, people.school, "bolat", people.bob)
    for login, place, number in (
        ("aigul", people.school, None),
        ("outsider", people.other_school, None),
        ("tamara", people.school, tamara),
        ("bolat", people.school, bolat),
    ):
        role = Role.TEACHER if number else Role.COORDINATOR
        row = {"login": login, "password_hash": quick_hash(), "role": role.value}
        row |= {"school_id": place, "teacher_id": number, "language": "en"}
        connection.execute(account.insert().values(row | {"active": True, "created_at": NOW}))


def add_broadcaster(connection: Connection, login: str, *channels: str) -> int:
    """Give a broadcaster a sign-in, bound to these channels of the air; without any, to none."""
    home = connection.scalars(select(school.c.id).order_by(school.c.id)).first()
    row = {"login": login, "password_hash": quick_hash(), "role": Role.BROADCASTER.value}
    row |= {"school_id": home, "teacher_id": None, "language": "en"}
    kept = connection.execute(account.insert().values(row | {"active": True, "created_at": NOW}))
    number = int(kept.inserted_primary_key[0])
    accounts.bind_channels(connection, number, channels)
    return number


@cache
def quick_hash() -> str:
    """Return a hash of the password that takes no time: the real one takes 64 MB and 50 ms."""
    return hashed(PASSWORD, passes=1, memory=64)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new passwords be hashed as quickly, where the strength of the hash is not looked at."""
    monkeypatch.setattr(accounts, "hashed", partial(hashed, passes=1, memory=64))


def _add_teacher(connection: Connection, at_school: int, name: str, of_student: int) -> int:
    row = {"school_id": at_school, "sourced_id": name, "family_name": "Test", "given_name": name}
    row |= {"role": "teacher", "active": True}
    number = int(connection.execute(teacher.insert().values(row)).inserted_primary_key[0])
    room = class_of(connection, of_student)
    place = {"class_id": room, "teacher_id": number, "active": True}
    connection.execute(teaching.insert().values(place))
    return number


def class_of(connection: Connection, number: int) -> int:
    """Return the class of a student."""
    return int(connection.scalars(select(student.c.class_id).where(student.c.id == number)).one())


def add_subject_class(connection: Connection, at_school: int, subject: str) -> int:
    """Write a class of one subject and return its number."""
    row = {"school_id": at_school, "sourced_id": f"class-{subject}", "title": subject, "grade": 2}
    row |= {"subject": subject, "is_homeroom": False, "active": True, "language": "kk"}
    return int(connection.execute(school_class.insert().values(row)).inserted_primary_key[0])


@dataclass
class Hands:
    """The clock of a test, moved by hand."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Browser:
    """Somebody at a browser without scripts: forms are sent with the fields the page had."""

    client: TestClient  # type: ignore[type-arg]
    clock: Hands
    text: str = ""
    status: int = 0
    response: ClientResponse | None = field(default=None, repr=False)

    async def open(self, address: str, **headers: str) -> "Browser":
        """Open a page and follow where it leads."""
        return await self._keep(await self.client.get(address, headers=headers))

    async def send(self, address: str, **fields: str) -> "Browser":
        """Send a form with the token of the page that is open."""
        token = re.search(r'name="csrf" value="(\w+)"', self.text)
        data = {"csrf": token[1] if token else "", **fields}
        return await self._keep(await self.client.post(address, data=data))

    async def _keep(self, response: ClientResponse) -> "Browser":
        kind = response.content_type
        self.text = unescape(await response.text()) if kind.startswith("text") else ""
        self.status, self.response = response.status, response
        return self

    async def sign_in(self, login: str, password: str = PASSWORD) -> "Browser":
        """Sign in as somebody."""
        await self.open("/sign-in")
        return await self.send("/sign-in", login=login, password=password)

    async def sign_out_and_in(self, login: str) -> "Browser":
        """Let somebody else sit down."""
        await self.send("/sign-out")
        return await self.sign_in(login)

    def value(self, name: str) -> str:
        """Return the value of a hidden field of the open page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name}"
        return found[1]

    def cookie(self, name: str) -> str:
        """Return the value of a cookie that the browser keeps."""
        jar = self.client.session.cookie_jar.filter_cookies(self.client.make_url("/"))
        return jar[name].value

    @property
    def path(self) -> str:
        """Where the browser ended."""
        assert self.response
        return self.response.url.path_qs


def workplace_for(
    url: str, folder: Path, clock: Callable[[], datetime], **options: object
) -> Workplace:
    """Build a workplace on a migrated database."""
    settings = replace(Settings(), data=folder, database_url=url, console_port=0, **options)  # type: ignore[arg-type]
    return Workplace(settings, Database(url), FileStore(folder / "files"), clock)


@pytest.fixture
def web_clock() -> Hands:
    """The clock of the console."""
    return Hands()


@pytest.fixture
def web_workplace(database_url: str, tmp_path: Path, web_clock: Hands) -> Iterator[Workplace]:
    """A workplace on each kind of database, with two schools, a published week and accounts."""
    place = workplace_for(database_url, tmp_path, web_clock)
    with place.database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        add_staff(connection, people)
    yield place
    place.database.close()


@pytest.fixture
def web_school(sqlite_database: Database) -> Database:
    """A SQLite database with that school, for tests of commands."""
    with sqlite_database.write() as connection:
        add_staff(connection, add_people(connection))
    return sqlite_database


@pytest.fixture
def web_people(web_workplace: Workplace) -> People:
    """The numbers of the people of that school."""
    with web_workplace.database.read() as connection:
        c = student_identity.c
        rows = connection.execute(select(c.given_name, c.student_id))
        named = {row.given_name: row.student_id for row in rows}
        here, there = connection.scalars(select(school.c.id).order_by(school.c.sourced_id))
        lessons = tuple(connection.scalars(select(lesson.c.id).order_by(lesson.c.id)))
    return People(here, there, named["Alice"], named["Bob"], named["Charlie"], lessons)


@pytest.fixture
async def visitor(web_workplace: Workplace, web_clock: Hands) -> AsyncIterator[Browser]:
    """A browser on the console, not signed in."""
    async with open_browser(web_workplace, web_clock) as opened:
        yield opened


@asynccontextmanager
async def open_browser(workplace: Workplace, clock: Hands) -> AsyncIterator[Browser]:
    """Start the console and give a browser on it."""
    server = TestServer(make_app(workplace))
    jar = CookieJar(unsafe=True)
    async with TestClient(server, cookie_jar=jar) as client:
        yield Browser(client, clock)


def photo(colour: str = "white") -> bytes:
    """Return a photo as a phone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(out, "JPEG")
    return out.getvalue()


def bring_work(
    place: Workplace, student: int, number: int, *kinds: str, after: int = 0
) -> tuple[int, list[str]]:
    """Hand work in: a page of each media type; return its number and the hashes of the pages."""
    now = NOW + timedelta(hours=after)
    digests = []
    with place.database.write() as connection:
        for count, kind in enumerate(kinds or ("image/jpeg",)):
            content = photo() if kind == "image/jpeg" else f"{kind}{count}".encode()
            digests.append(place.files.put_sealed(content))
            key = f"{student}:{number}:{after}:{count}"
            page = Page(key, digests[-1], kind, "telegram")
            add_page(connection, student, number, page, now)
        handed = hand_in(connection, student, number, MONDAY + timedelta(days=after), now, "test")
    assert handed
    return handed.id, digests
