"""Updates handled together leave the same database as one by one, whatever fails or is cut off."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from bot.chats import links, staff
from bot.receiving import inbox
from bot.sending import evidence
from bot.staff_tables import telegram_staff_link
from bot.tables import (
    dialogue_state,
    outbox,
    telegram_alarm,
    telegram_chat,
    telegram_inbox,
    telegram_link,
    telegram_preferences,
    telegram_refusals,
)
from bot.talking import worker
from bot.talking.dialogue import Dialogue
from bot.talking.worker import Worker
from bot.words.keyboards import Verb, button
from jetkiz.config import Settings
from jetkiz.delivery.tables import receipt, student_week
from jetkiz.roster.tables import access_fact
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_staff import add_everybody, number_of
from tests.factories import NOW, People

BOT = 1
MOTHER, FATHER, OTHER_MOTHER, TEACHER, STRANGER = 11, 12, 13, 21, 99
CHATS = (MOTHER, FATHER, OTHER_MOTHER, TEACHER, STRANGER)
TABLES: Sequence[Table] = (
    telegram_chat,
    telegram_link,
    telegram_staff_link,
    telegram_preferences,
    telegram_alarm,
    telegram_refusals,
    dialogue_state,
    outbox,
    telegram_inbox,
    receipt,
    student_week,
    access_fact,
)
# Numbers of rows have gaps after a failure; these times are those of the machine.
PASSING = {"id", "received_at", "created_at", "not_before", "done_at", "recorded_at"}
WORDS = ("/today", "/help", "/homework", "/ask", "/children", "/stop", "/mydata", "hello", "ABCD")
PRESSES = ("received", "cut", "day", "stop", "language", "ask", "quiet", "foreign", "nonsense")
KINDS = (*WORDS, *PRESSES, "kicked", "broken")
WAVES = st.lists(
    st.dictionaries(st.sampled_from(CHATS), st.sampled_from(KINDS), min_size=1),
    min_size=1,
    max_size=3,
)
Dump = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed update is tried again at once."""
    monkeypatch.setattr(inbox, "REST", timedelta(0))


def prepare(database: Database) -> People:
    with database.write() as connection:
        people = add_everybody(connection)
        for chat_id, child in ((MOTHER, people.alice), (FATHER, people.alice)):
            chat = links.open_chat(connection, BOT, chat_id, "kk")
            links.link(connection, chat, child, "guardian", NOW)
            evidence.learn_telegram(connection, child, evidence.LINKED, NOW)
        chat = links.open_chat(connection, BOT, OTHER_MOTHER, "ru")
        links.link(connection, chat, people.bob, "guardian", NOW)
        chat = links.open_chat(connection, BOT, TEACHER, "en")
        staff.link_staff(connection, chat, number_of(connection, "tamara"), NOW)
    return people


@pytest.fixture
def prepared(sqlite_database: Database, tmp_path: Path) -> tuple[Path, People]:
    people = prepare(sqlite_database)
    sqlite_database.close()
    return tmp_path / "jetkiz.sqlite3", people


def update(number: int, chat: int, kind: str, people: People) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "kk"}
    place = {"id": chat, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": place, "from": person}
    if kind == "broken":
        return {"update_id": number, "message": message | {"text": "a", "message_id": "none"}}
    if kind == "kicked":
        standing = {"user": person, "status": "kicked", "until_date": 0}
        before = {"user": person, "status": "member"}
        event = {"date": 1, "chat": place, "from": person}
        body = event | {"old_chat_member": before, "new_chat_member": standing}
        return {"update_id": number, "my_chat_member": body}
    if kind in WORDS:
        return {"update_id": number, "message": message | {"text": kind}}
    query = {"id": str(number), "from": person, "chat_instance": "1", "message": message}
    return {"update_id": number, "callback_query": query | {"data": pressed(kind, people)}}


def pressed(kind: str, people: People) -> str:
    lesson = people.lessons[0]
    found = {
        "received": button("x", Verb.RECEIVED, people.alice, lesson),
        "day": button("x", Verb.RECEIVED, people.bob, people.lessons[1]),
        "foreign": button("x", Verb.RECEIVED, people.charlie, lesson),
        # The second chat of ``prepare``, which is the father's.
        "cut": button("x", Verb.NOT_US, people.alice, 2),
        "stop": button("x", Verb.STOP),
        "language": button("x", Verb.LANGUAGE, word="ru"),
        "ask": button("x", Verb.ASK, people.alice, lesson),
        "quiet": button("x", Verb.QUIET, word="sound"),
    }
    return found[kind].data if kind in found else kind


def place_of(database: Database, folder: Path) -> Workplace:
    made = Settings(telegram_token="1:test", zone="Asia/Qostanay")
    return Workplace(made, database, FileStore(folder), lambda: NOW)


def handle(place: Workplace, waves: Sequence[Mapping[int, str]], people: People, cut: int) -> None:
    """Let a worker handle wave after wave; before each the power fails after ``cut`` updates."""
    number = 100
    for wave in waves:
        raws = []
        for chat, kind in wave.items():
            number += 1
            raws.append(update(number, chat, kind, people))
        with place.database.write() as connection:
            inbox.store(connection, BOT, raws, wall_clock())
        power_cut(place, cut)
        asyncio.run(until_empty(place))


def power_cut(place: Workplace, cut: int) -> None:
    class PowerCutError(Exception):
        pass

    def work() -> None:
        with place.database.write() as connection:
            ready = inbox.waiting(connection, BOT, wall_clock())
            Dialogue(place).handle_all(connection, ready[:cut], None)
            raise PowerCutError

    # A broken update ends it sooner, which is the same to the database.
    with pytest.raises(Exception):  # noqa: B017 - whatever it was, nothing stands
        work()


async def until_empty(place: Workplace) -> None:
    stop, no_network = asyncio.Event(), None
    api: Any = no_network
    task = asyncio.create_task(Worker(place, api, asyncio.Event(), lambda: None).run(stop))
    async with asyncio.timeout(60):
        while await place.database.look(inbox.count_waiting, BOT):
            await asyncio.wait([task], timeout=0.005)
    stop.set()
    await task


def dump(database: Database) -> Dump:
    """All that updates change, without what differs from machine to machine."""
    found: Dump = {}
    with database.read() as connection:
        for table in TABLES:
            columns = [one for one in table.c if one.name not in PASSING]
            rows = connection.execute(select(*columns).order_by(*table.primary_key)).all()
            found[table.name] = [tuple(map(plain, row)) for row in rows]
    return found


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def outcome(
    file: Path, name: str, waves: Sequence[Mapping[int, str]], people: People, cut: int = 0
) -> Dump:
    copy = file.with_name(name)
    shutil.copy(file, copy)
    database = Database(f"sqlite:///{copy}")
    handle(place_of(database, file.parent / name.partition(".")[0]), waves, people, cut)
    found = dump(database)
    database.close()
    return found


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(WAVES, st.integers(0, 5))
def test_together_is_the_same_as_one_by_one(
    prepared: tuple[Path, People], waves: list[dict[int, str]], cut: int
) -> None:
    file, people = prepared
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "TOGETHER", 1)
        alone = outcome(file, "alone.sqlite3", waves, people)
    assert outcome(file, "together.sqlite3", waves, people, cut) == alone


EVERYBODY: Sequence[Mapping[int, str]] = (
    {MOTHER: "cut", FATHER: "/today", OTHER_MOTHER: "/today"},
    {MOTHER: "received", FATHER: "/help", OTHER_MOTHER: "broken", TEACHER: "/today", STRANGER: "a"},
    {MOTHER: "/ask", FATHER: "/stop", OTHER_MOTHER: "day", TEACHER: "hello", STRANGER: "ABCD"},
    {MOTHER: "ask", FATHER: "kicked", OTHER_MOTHER: "language", STRANGER: "broken"},
    {MOTHER: "hello", FATHER: "/help", OTHER_MOTHER: "/today", TEACHER: "foreign"},
)


def test_both_databases_end_alike(prepared: tuple[Path, People], database: Database) -> None:
    file, people = prepared
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "TOGETHER", 1)
        alone = outcome(file, "alone.sqlite3", EVERYBODY, people)
    if database.is_sqlite:
        assert outcome(file, "together.sqlite3", EVERYBODY, people, 3) == alone
        return
    assert prepare(database) == people
    handle(place_of(database, file.parent / "files"), EVERYBODY, people, 3)
    assert dump(database) == alone
