"""Whoever brings an update is answered, whatever breaks while it is written; no task is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.receiving import inbox
from bot.receiving.webhook import HEADER, Webhook, build_app
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.factories import NOW

BOT = 1
# All that is waited for comes at once, but on a busy machine not soon.
PATIENCE = 60


class Line:
    """A line to Telegram on which all goes well; it remembers the secret it was told."""

    def __init__(self) -> None:
        self.secret = ""
        self.is_told = asyncio.Event()

    async def ask(self, method: str, asked: dict[str, Any], **_: Any) -> Outcome:
        if method == "setWebhook":
            self.secret = asked["secret_token"]
            self.is_told.set()
        empty = {"pending_update_count": 0}
        return Outcome(Kind.SENT, result=empty if method == "getWebhookInfo" else True)


class Telegram:
    """Brings updates to a webhook that runs."""

    def __init__(self, webhook: Webhook, line: Line, client: "TestClient[Any, Any]") -> None:
        self.webhook, self.line, self.client = webhook, line, client
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(webhook.run(self.stop))

    async def brings(self, *numbers: int) -> list[int]:
        """Bring updates at once; return the answers, which must come of themselves."""
        asked = [self._bring(number) for number in numbers]
        return sorted(await asyncio.wait_for(asyncio.gather(*asked), PATIENCE))

    async def _bring(self, number: int) -> int:
        headers, address = {HEADER: self.line.secret}, f"/{self.webhook.path}"
        async with self.client.post(address, json=update(number), headers=headers) as answer:
            return answer.status


def update(number: int) -> dict[str, Any]:
    person = {"id": 5, "is_bot": False, "first_name": "M"}
    message = {"message_id": number, "date": 1, "chat": {"id": 5, "type": "private"}}
    return {"update_id": number, "message": message | {"from": person, "text": "hi"}}


@asynccontextmanager
async def telegram(database: Database, folder: Path) -> AsyncIterator[Telegram]:
    settings = Settings(
        data=folder, telegram_token=f"{BOT}:test", telegram_webhook="https://school.example"
    )
    place = Workplace(settings, database, FileStore(folder), lambda: NOW)
    line: Any = Line()
    webhook = Webhook(place, line, asyncio.Event())
    async with TestClient(TestServer(build_app(lambda: [webhook]))) as client:
        before = asyncio.all_tasks()
        made = Telegram(webhook, line, client)
        await asyncio.wait_for(line.is_told.wait(), PATIENCE)
        yield made
        made.stop.set()
        await asyncio.wait([made.running], timeout=PATIENCE)
        left = {one for one in asyncio.all_tasks() - before if "web_protocol" not in repr(one)}
        assert left == set(), "whatever it began has ended with it"


def kept(database: Database) -> int:
    with database.read() as connection:
        return inbox.count_waiting(connection, BOT)


async def test_updates_that_come_at_once_are_kept_and_answered(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with telegram(sqlite_database, tmp_path) as sender:
        assert await sender.brings(1, 2, 3) == [200, 200, 200]
        assert kept(sqlite_database) == 3
        sender.stop.set()
        await asyncio.wait_for(sender.running, PATIENCE)
        assert await sender.brings(4) == [503], "to be brought again"


async def test_a_disk_without_room_is_said_and_the_next_is_taken(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise JetkizError("The disk is full.", "Make room.")

    async with telegram(sqlite_database, tmp_path) as sender:
        with monkeypatch.context() as broken:
            broken.setattr(inbox, "store", full)
            assert await sender.brings(1, 2) == [503, 503]
        assert await sender.brings(1, 2) == [200, 200]
        assert kept(sqlite_database) == 2


async def test_a_fault_of_our_own_leaves_nobody_waiting_and_no_task_behind(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "store", breaks)
    async with telegram(sqlite_database, tmp_path) as sender:
        assert await sender.brings(1, 2) == [503, 503]
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(sender.running, PATIENCE)
        assert await sender.brings(3) == [503], "until it is begun again"
    assert kept(sqlite_database) == 0


async def test_a_webhook_that_is_cut_off_leaves_no_task_behind(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with telegram(sqlite_database, tmp_path) as sender:
        sender.running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sender.running
