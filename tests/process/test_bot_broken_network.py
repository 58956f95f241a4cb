"""Whatever the network or the database does in the middle, nothing is lost and nothing hidden."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select, text

from bot.receiving import inbox, poller
from bot.receiving.poller import Poller
from bot.sending import claims, outbox
from bot.sending.claims import Claim
from bot.sending.sender import Sender
from bot.tables import outbox as outbox_table
from bot.tables import telegram_inbox
from bot.talking.worker import MOST_BROKEN_OFF, Worker
from bot.telegram.telegram_api import TelegramApi
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_school import (
    BOT,
    PATIENCE,
    TOKEN,
    Stage,
    open_stage,
    picture,
    running_bot,
    send_all,
)
from tests.bot_talk import Talk
from tests.factories import NOW

REPEAT = "Perhaps you have this message already"
Answer = Callable[[str], Awaitable[web.Response]]


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def on_both(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(database_url, tmp_path) as opened:
        yield opened


def put(stage: Stage, chat_id: int, *texts: str) -> None:
    with stage.workplace.database.write() as connection:
        messages = [
            outbox.Outgoing(one, chat_id, "sendMessage", {"chat_id": chat_id, "text": one})
            for one in texts
        ]
        outbox.put(connection, BOT, messages, wall_clock())


def begin(stage: Stage, worker: str) -> list[outbox.Job]:
    """Claim as a sender does, and go no further."""
    with stage.workplace.database.write() as connection:
        return claims.claim(connection, Claim(BOT, worker, 9), wall_clock())


def states(stage: Stage) -> dict[str, str]:
    with stage.workplace.database.read() as connection:
        c = outbox_table.c
        return {row.key: row.state for row in connection.execute(select(c.key, c.state))}


async def ask(stage: Stage, job: outbox.Job) -> None:
    settings = stage.workplace.settings
    async with TelegramApi(settings.telegram_api, settings.telegram_token) as api:
        await api.ask(job.method, job.payload)


def test_killed_between_the_claim_and_the_request(on_both: Stage) -> None:
    chat = on_both.link("mother", on_both.people.alice)
    put(on_both, chat, "hello", "again")
    begin(on_both, on_both.workplace.settings.worker)
    send_all(on_both)
    first, second = (m["text"] for m in on_both.seen("mother"))
    assert first.startswith("hello")
    assert REPEAT in first, "nobody can know that it never left: the doubt is said"
    assert second == "again"


def test_killed_between_the_answer_and_the_record(on_both: Stage) -> None:
    chat = on_both.link("mother", on_both.people.alice)
    put(on_both, chat, "hello", "again")
    [job] = begin(on_both, on_both.workplace.settings.worker)
    asyncio.run(ask(on_both, job))
    send_all(on_both)
    words = [m["text"] for m in on_both.seen("mother")]
    assert [one.partition("\n")[0] for one in words] == ["hello", "hello", "again"]
    assert [REPEAT in one for one in words] == [False, True, False]


def test_killed_after_the_record_nothing_is_repeated(on_both: Stage) -> None:
    chat = on_both.link("mother", on_both.people.alice)
    put(on_both, chat, "hello")
    send_all(on_both)
    send_all(on_both)
    assert [m["text"] for m in on_both.seen("mother")] == ["hello"]


def test_the_claims_of_another_living_sender_are_left_to_it(on_both: Stage) -> None:
    chat = on_both.link("mother", on_both.people.alice)
    put(on_both, chat, "hello")
    begin(on_both, "somebody else")
    send_all(on_both, until=lambda: True)
    assert states(on_both) == {"hello": "sending"}
    assert on_both.seen("mother") == []


def test_two_senders_send_each_message_once(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        chats = [stage.link(f"p{n}", stage.people.alice) for n in range(12)]
        for chat in chats:
            put(stage, chat, f"a {chat}", f"b {chat}")
        place = stage.workplace
        other = Workplace(replace(place.settings, worker="other"), place.database, place.files)

        async def run() -> None:
            stop = asyncio.Event()
            senders = [Sender(one, settle=0.0) for one in (place, other)]
            tasks = [asyncio.create_task(one.run(stop)) for one in senders]
            async with asyncio.timeout(PATIENCE):
                while await asyncio.to_thread(stage.open_messages):
                    await asyncio.wait(tasks, timeout=0.05)
            stop.set()
            await asyncio.gather(*tasks)

        asyncio.run(run())
        for number, chat in enumerate(chats):
            assert [m["text"] for m in stage.seen(f"p{number}")] == [f"a {chat}", f"b {chat}"]


@asynccontextmanager
async def telegram_that(answer: Answer) -> AsyncIterator[str]:
    """A server in the place of Telegram's."""

    async def handle(request: web.Request) -> web.Response:
        return await answer(f"{request.path}?{(await request.text())}")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


UPDATE = {"update_id": 77, "message": {"chat": {"id": 5, "type": "private"}, "text": "hi"}}
NONSENSE = [
    b"<html>502 Bad Gateway</html>",
    b'{"ok": true}',
    b'{"ok": true, "result": {"update_id": 5}}',
    b'{"ok": true, "result": [{"message": {}}]}',
    b'{"ok": true, "result": [{"update_id": "77"}]}',
    b'{"ok": true, "result": [7]}',
    b'{"ok": "yes", "result": []}',
    b'{"ok": false, "error_code": 502, "description": "Bad Gateway"}',
    b'{"ok": true, "resu',
]


async def test_nonsense_instead_of_updates_is_not_confirmed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "FIRST_REST", 0.001)
    monkeypatch.setattr(poller, "LONGEST_REST", 0.002)
    told = [*NONSENSE, json.dumps({"ok": True, "result": [UPDATE, UPDATE]}).encode()]
    offsets: list[int] = []
    stop = asyncio.Event()

    async def answer(request: str) -> web.Response:
        offsets.append(json.loads(request.partition("?")[2])["offset"])
        if not told:
            stop.set()
        body = told.pop(0) if told else b'{"ok": true, "result": []}'
        return web.Response(body=body, content_type="application/json")

    async with telegram_that(answer) as url, TelegramApi(url, TOKEN) as api:
        fetching = Poller(stage.workplace, api, asyncio.Event())
        async with asyncio.timeout(PATIENCE):
            await fetching.run(stop)
    assert offsets[: len(NONSENSE) + 1] == [0] * (len(NONSENSE) + 1)
    assert offsets[len(NONSENSE) + 1] == 78
    with stage.workplace.database.read() as connection:
        assert [one.update_id for one in inbox.waiting(connection, BOT, wall_clock())] == [77]


async def run_worker(place: Workplace, url: str, until: Callable[[], bool]) -> None:
    stop = asyncio.Event()
    async with TelegramApi(url, TOKEN) as api:
        worker = Worker(place, api, asyncio.Event(), lambda: None)
        task = asyncio.create_task(worker.run(stop))
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(until) and not task.done():
                await asyncio.wait([task], timeout=0.02)
        stop.set()
        await task


def keep_photo(stage: Stage, chat: int) -> None:
    size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}
    person = {"id": chat, "is_bot": False, "first_name": "M"}
    place = {"id": chat, "type": "private"}
    message = {"message_id": 5, "date": 1, "from": person, "chat": place, "photo": [size]}
    with stage.workplace.database.write() as connection:
        inbox.store(connection, BOT, [{"update_id": 77, "message": message}], NOW)


def waiting(stage: Stage) -> int:
    with stage.workplace.database.read() as connection:
        return inbox.count_waiting(connection, BOT)


def said(stage: Stage) -> list[str]:
    with stage.workplace.database.read() as connection:
        return [row.payload["text"] for row in connection.execute(select(outbox_table))]


FOUND = {"file_id": "f", "file_path": "photos/1.jpg", "file_size": 1000}
GONE = [
    {"ok": False, "error_code": 400, "description": "Bad Request: wrong file_id or the file"},
    {"ok": False, "error_code": 400, "description": "Bad Request: invalid file_id"},
    {"ok": True, "result": {"file_id": "f"}},
    {"ok": True, "result": True},
]


@pytest.mark.parametrize("facts", [*GONE, {"ok": True, "result": FOUND}])
async def test_a_file_that_telegram_lost_holds_no_family_up(
    stage: Stage, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "REST", timedelta(0))
    chat = stage.link("mother", stage.people.alice)
    keep_photo(stage, chat)

    async def answer(request: str) -> web.Response:
        if "/getFile" in request:
            return web.json_response(facts)
        return web.json_response({"ok": False}, status=404)

    async with telegram_that(answer) as url:
        await run_worker(stage.workplace, url, lambda: not waiting(stage))
    assert said(stage) == ["Telegram did not hand this file to me.\nPlease send it once more."]
    with stage.workplace.database.read() as connection:
        assert inbox.put_aside(connection, BOT) == []


async def test_half_a_file_is_fetched_again_until_it_is_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.talking.worker.NETWORK_REST", timedelta(0))
    chat = stage.link("mother", stage.people.alice)
    keep_photo(stage, chat)
    photo = picture()
    bodies = [photo[:100], b"", photo]

    async def answer(request: str) -> web.Response:
        if "/getFile" in request:
            return web.json_response({"ok": True, "result": FOUND | {"file_size": len(photo)}})
        return web.Response(body=bodies.pop(0))

    async with telegram_that(answer) as url:
        await run_worker(stage.workplace, url, lambda: not waiting(stage))
    assert bodies == []
    with stage.workplace.database.read() as connection:
        [pages] = connection.scalars(text("select facts from telegram_dialogue_state"))
    assert json.loads(pages)["pages"][0]["media_type"] == "image/jpeg"


@pytest.mark.parametrize("fails", ["getFile", "/file/"])
async def test_a_file_that_never_comes_through_ends_in_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    monkeypatch.setattr("bot.talking.worker.NETWORK_REST", timedelta(0))
    chat = stage.link("mother", stage.people.alice)
    keep_photo(stage, chat)
    asked = []

    async def answer(request: str) -> web.Response:
        asked.append(request)
        if fails in request:
            return web.Response(status=502)
        return web.json_response({"ok": True, "result": FOUND})

    async with telegram_that(answer) as url:
        await run_worker(stage.workplace, url, lambda: not waiting(stage))
    assert said(stage) == ["Telegram did not hand this file to me.\nPlease send it once more."]
    assert sum(fails in one for one in asked) == MOST_BROKEN_OFF


async def test_without_a_network_a_file_waits_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A school without its internet for a day loses no picture that Telegram keeps."""
    monkeypatch.setattr("bot.talking.worker.NETWORK_REST", timedelta(0))
    keep_photo(stage, stage.link("mother", stage.people.alice))
    tried: list[int] = []
    kept = inbox.postpone

    def counted(*given: Any) -> None:
        tried.append(1)
        kept(*given)

    monkeypatch.setattr(inbox, "postpone", counted)
    enough = MOST_BROKEN_OFF + 2
    await run_worker(stage.workplace, "http://127.0.0.1:9", lambda: len(tried) > enough)
    assert waiting(stage) == 1
    assert said(stage) == []


@pytest.mark.parametrize("what", ["an update", "a duty"])
async def test_a_busy_database_uses_up_no_try(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("bot.talking.worker.DATABASE_REST", 0.01)
    chat = stage.link("mother", stage.people.alice)
    with stage.workplace.database.write() as connection:
        person = {"id": chat, "is_bot": False, "first_name": "M"}
        place = {"id": chat, "type": "private"}
        message = {"message_id": 5, "date": 1, "from": person, "chat": place, "text": "hi"}
        inbox.store(connection, BOT, [{"update_id": 77, "message": message}], NOW)
    kept, faults = Database.run, [1] * 8
    # Beside an update a duty is done; two that hold this loop's only thread would never end.
    duties = {"_seal", "_tell_ended", "_keep_late_reminders", "_tell_staff"}
    duties |= {"_tell_of_logs", "_forget_words"}

    async def busy(database: Database, function: Any, *given: Any, **more: Any) -> Any:
        is_duty = function.__name__ in duties
        if faults and what == ("a duty" if is_duty else "an update"):
            faults.pop()
            with database.write():
                return await asyncio.to_thread(want_to_write, database.url)
        return await kept(database, function, *given, **more)

    monkeypatch.setattr(Database, "run", busy)
    monkeypatch.setattr("bot.talking.duties.AGAIN_AFTER", 0.0)
    async with telegram_that(lambda _: asyncio.sleep(0, web.Response())) as url:
        await run_worker(stage.workplace, url, lambda: not faults and not waiting(stage))
    with stage.workplace.database.read() as connection:
        [row] = connection.execute(select(telegram_inbox)).all()
    assert (row.tries, row.is_dead, row.error) == (0, False, "")
    assert len(said(stage)) == 1


def want_to_write(url: str) -> None:
    """Want to write while somebody else does, and not wait half a minute for it."""
    impatient = Database(url)
    try:
        with impatient.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with impatient.write():
            pytest.fail("two cannot write at once")
    finally:
        impatient.close()


def test_an_error_that_no_database_can_hold_is_put_aside_all_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise ValueError("half a letter \ud800 and a NUL \0")

    monkeypatch.setattr("bot.talking.dialogue.Dialogue._handle", breaks)
    monkeypatch.setattr(inbox, "REST", timedelta(0))
    stage.link("mother", stage.people.alice)
    with running_bot(stage) as bot:
        Talk(stage, bot).settle()
    with stage.workplace.database.read() as connection:
        [(_, _, error)] = inbox.put_aside(connection, BOT)
    # Nothing of what it says is kept, for it may be what somebody wrote.
    assert re.fullmatch(r"ValueError in bot/talking/dialogue.py:\d+", error)
