"""Updates of several chats share a transaction; a failure, a slow file, a stop harm none."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chats import links
from bot.receiving import inbox
from bot.tables import outbox, telegram_inbox
from bot.talking.dialogue import Dialogue
from bot.talking.worker import MOST_AT_ONCE, Worker
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.bot_school import BOT, PATIENCE, Stage, open_stage, picture, running_bot
from tests.factories import NOW, add_people
from tests.waiting import waits_for

HOUR = 3600.0


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as found:
        yield found


def asks_for_help(number: int, chat: int) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    command = [{"type": "bot_command", "offset": 0, "length": 5}]
    place = {"id": chat, "type": "private"}
    body = {"message_id": number, "date": 1, "chat": place, "from": person}
    return {"update_id": number, "message": body | {"text": "/help", "entities": command}}


def answers_to(database: Database) -> list[int]:
    with database.read() as connection:
        return sorted(connection.scalars(select(outbox.c.chat_id)))


def waiting(database: Database) -> int:
    with database.read() as connection:
        return inbox.count_waiting(connection, BOT)


async def work(stage: Stage, until: Callable[[], bool]) -> None:
    """Let a worker without a network handle what is in the inbox."""
    stop, no_network = asyncio.Event(), None
    api: Any = no_network
    worker = Worker(stage.workplace, api, asyncio.Event(), lambda: None)
    task = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(until) and not task.done():
            await asyncio.wait([task], timeout=0.01)
    stop.set()
    await task


async def test_one_that_fails_spoils_nothing_for_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "REST", timedelta(0))
    database = stage.workplace.database
    broken = asks_for_help(12, 12)
    broken["message"]["message_id"] = "no number"
    raws = [asks_for_help(n, n) if n != 12 else broken for n in range(10, 15)]
    with database.write() as connection:
        inbox.store(connection, BOT, [*raws, asks_for_help(20, 12)], NOW)
    await work(stage, lambda: waiting(database) == 0)
    assert answers_to(database) == [10, 11, 12, 13, 14], "each once, chat 12 by its later update"
    with database.read() as connection:
        assert [one.update_id for one in inbox.dead_letters(connection, BOT)] == [12]


async def test_what_is_handled_together_is_one_transaction(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = stage.workplace.database
    with database.write() as connection:
        inbox.store(connection, BOT, [asks_for_help(n, n) for n in range(10, 40)], NOW)
        ready = inbox.waiting(connection, BOT, wall_clock(), most=16)
    assert len(ready) == 16
    dialogue = Dialogue(stage.workplace)

    def power_cut() -> None:
        with database.write() as connection:
            dialogue.handle_all(connection, ready, None)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        power_cut()
    assert answers_to(database) == []
    assert waiting(database) == 30
    groups: list[int] = []
    handle_all = Dialogue.handle_all

    def counted(self: Dialogue, connection: Any, group: Any, file: Any) -> None:
        groups.append(len(group))
        handle_all(self, connection, group, file)

    monkeypatch.setattr(Dialogue, "handle_all", counted)
    await work(stage, lambda: waiting(database) == 0)
    assert answers_to(database) == list(range(10, 40))
    assert groups == [16, 14]


def test_a_press_is_answered_while_four_files_are_on_their_way(stage: Stage) -> None:
    senders = [f"p{n}" for n in range(MOST_AT_ONCE + 2)]
    for key in senders:
        stage.link(key, stage.people.alice)
    stage.link("mother", stage.people.alice)
    with running_bot(stage) as bot:
        stage.players.say("mother", "/settings")
        assert bot.drain(PATIENCE)
        label = stage.seen("mother")[-1]["buttons"][0][0]["text"]
        # No file comes before this test lets an hour pass: whatever waited for one would wait on.
        stage.players.faults(
            [{"kind": "slow", "seconds": HOUR, "method": "getFile", "times": None}]
        )
        for key in senders:
            stage.players.photos(key, [picture(200, 200)])
        waits_for(lambda: files_asked_for(stage) >= MOST_AT_ONCE)
        stage.players.press("mother", label)
        waits_for(lambda: stage.players.get("people/mother/chat")["answers"])
        assert waiting(stage.workplace.database) == len(senders), "none of them has come"
        stage.players.faults([])
        stage.players.advance(HOUR, limits=True)
        assert bot.drain(PATIENCE)


def files_asked_for(stage: Stage) -> int:
    """How many files the slow line was asked for."""
    return int(stage.players.get("faults")["rules"][0]["struck"])


def test_a_stop_lets_what_has_begun_come_to_its_end(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    with running_bot(stage) as bot:
        assert bot.drain(PATIENCE)
        slow = {"kind": "slow", "seconds": 0.5, "method": "getFile"}
        stage.players.faults([slow])
        stage.players.photos("mother", [picture(200, 200)])
        waits_for(lambda: files_asked_for(stage))
        bot.stop()
    database = stage.workplace.database
    assert waiting(database) == 0
    with database.read() as connection:
        errors = connection.scalars(select(telegram_inbox.c.error).distinct()).all()
    assert errors == [""]


def test_a_stranger_is_no_family_and_a_student_who_left_makes_none(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        chat = links.open_chat(connection, BOT, 5, "kk")
        assert links.open_chat(connection, BOT, 5, "ru") == chat, "the language stays"
        assert not links.is_family(connection, BOT, 5)
        links.link(connection, chat, people.alice, "guardian", NOW)
        assert links.is_family(connection, BOT, 5)
        assert not links.is_family(connection, 2, 5)
        connection.execute(student.update().values(active=False))
        assert not links.is_family(connection, BOT, 5)
