"""Updates are brought to a webhook: with the secret, in order for each chat, until it says yes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from jetkiz.rehearsal import Options, RehearsalServer, RehearsedPeople
from tests.rehearsal_examples import WIDE
from tests.waiting import until

TOKEN = "42:secret"
PATIENCE = 60
Answer = Callable[[str], web.Response]


@dataclass
class Hook:
    """A bot's own web server; `answer` decides on each text."""

    url: str = ""
    heard: list[tuple[int, str]] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    answer: Answer = lambda _text: web.Response()
    open: int = 0
    most_open: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        message = update.get("message") or update["my_chat_member"]
        self.heard.append((message["chat"]["id"], message.get("text", "standing")))
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await self.gate.wait()
        self.open -= 1
        return self.answer(message.get("text", ""))

    def texts(self) -> list[str]:
        return [text for _, text in self.heard]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    served = Hook()
    served.gate.set()
    app = web.Application()
    app.router.add_post("/hook", served.take)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield served
    served.gate.set()
    await runner.cleanup()


class Play:
    """A rehearsal and its director, called from the loop in which the hook answers."""

    def __init__(self, server: RehearsalServer) -> None:
        self.server = server
        self.people = RehearsedPeople(server.url)

    async def do(self, act: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.to_thread(act, *given)

    async def call(self, method: str, **given: Any) -> Any:
        async with (
            aiohttp.ClientSession(base_url=self.server.url) as http,
            http.post(f"/bot{TOKEN}/{method}", json=given) as answer,
        ):
            return await answer.json()

    async def info(self, fits: Callable[[Any], bool]) -> Any:
        """What is known of the webhook, as soon as it fits."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not fits(known := (await self.call("getWebhookInfo"))["result"]):
            assert asyncio.get_running_loop().time() < end, known
            await asyncio.sleep(0.005)
        return known


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    server = await asyncio.to_thread(RehearsalServer(Options(token=TOKEN, limits=WIDE)).start)
    played = Play(server)
    for key in ("alice", "bob"):
        await played.do(played.people.person, key, key.capitalize())
        await played.do(played.people.start, key)
    yield played
    await asyncio.to_thread(server.stop)


async def test_updates_are_brought_with_the_secret_and_then_done_with(
    play: Play, hook: Hook
) -> None:
    assert (await play.call("setWebhook", url=hook.url, secret_token="S-1_x"))["ok"]
    await until(lambda: len(hook.heard) == 2)
    await play.do(play.people.say, "alice", "бір")
    await play.do(play.people.say, "alice", "екі")
    await until(lambda: len(hook.heard) == 4)
    assert hook.texts()[2:] == ["бір", "екі"]
    assert hook.secrets == {"S-1_x"}
    info = await play.info(lambda known: known["pending_update_count"] == 0)
    assert "last_error_message" not in info
    assert (await play.call("deleteWebhook"))["ok"]
    assert (await play.call("getUpdates")) == {"ok": True, "result": []}


async def test_a_webhook_that_fails_is_asked_again_and_its_chat_keeps_its_order(
    play: Play, hook: Hook
) -> None:
    failures: dict[str, int] = defaultdict(int)

    def answer(text: str) -> web.Response:
        failures[text] += text == "one"
        return web.Response(status=500 if failures[text] in {1, 2} else 204)

    hook.answer = answer
    # Each try waits for the moment that the clock is put forward to.
    await play.do(play.people.stop_clock)
    await play.call("setWebhook", url=hook.url, drop_pending_updates=True)
    for text in ("one", "two"):
        await play.do(play.people.say, "alice", text)
    await play.do(play.people.say, "bob", "other")
    info = await play.info(
        lambda known: known["pending_update_count"] == 2 and "last_error_message" in known
    )
    assert (
        info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    )
    assert set(hook.texts()) == {"one", "other"}
    failed = info["last_error_date"]
    await play.do(play.people.advance, 1.0, True)
    await play.info(lambda known: known["last_error_date"] == failed + 1)
    await play.do(play.people.advance, 1.0, True)
    await asyncio.sleep(0.05)
    assert hook.texts().count("one") == 2  # the second wait is longer
    await play.do(play.people.advance, 1.0, True)
    await until(lambda: hook.texts()[-1] == "two")
    alice = (await play.do(play.people.people))[0]["chat_id"]
    assert [text for chat, text in hook.heard if chat == alice] == ["one", "one", "one", "two"]


async def test_get_updates_and_a_webhook_exclude_each_other(play: Play, hook: Hook) -> None:
    pending = (await play.call("getUpdates"))["result"]
    waiting = asyncio.create_task(
        play.call("getUpdates", offset=pending[-1]["update_id"] + 1, timeout=20)
    )
    # It is counted in the step in which it begins to wait.
    await until(lambda: play.server.stage.polls == 2)
    await play.call("setWebhook", url=hook.url)
    told = await waiting
    assert (told["error_code"], told["description"]) == (
        409,
        "Conflict: terminated by setWebhook request",
    )
    refused = await play.call("getUpdates")
    assert refused["error_code"] == 409
    assert "can't use getUpdates method while webhook is active" in refused["description"]


async def test_connections_are_counted(play: Play, hook: Hook) -> None:
    hook.gate.clear()
    for number in range(5):
        await play.do(play.people.person, f"p{number}", "Оқушы")
        await play.do(play.people.start, f"p{number}")
    await play.call("setWebhook", url=hook.url, max_connections=3)
    await until(lambda: hook.open == 3)
    hook.gate.set()
    await until(lambda: len(hook.heard) == 7)
    assert hook.most_open == 3


@pytest.mark.parametrize(
    ("trouble", "words"),
    [("gone", "Connection refused"), ("302", "Wrong response from the webhook: 302 Found")],
)
async def test_troubles_are_told(play: Play, hook: Hook, trouble: str, words: str) -> None:
    hook.answer = lambda _text: web.Response(status=302, headers={"Location": "/elsewhere"})
    url = "http://127.0.0.1:1/hook" if trouble == "gone" else hook.url
    await play.call("setWebhook", url=url)
    info = await play.info(lambda known: "last_error_message" in known)
    assert (info["last_error_message"], info["pending_update_count"]) == (words, 2)


async def test_updates_older_than_a_day_are_brought_to_nobody(play: Play, hook: Hook) -> None:
    await play.do(play.people.advance, 24 * 3600.0 + 1)
    await play.do(play.people.say, "bob", "fresh")
    await play.call("setWebhook", url=hook.url)
    await until(lambda: bool(hook.heard))
    await asyncio.sleep(0.05)
    assert hook.texts() == ["fresh"]


async def test_a_webhook_may_answer_with_a_method(play: Play, hook: Hook) -> None:
    alice = (await play.do(play.people.people))[0]["chat_id"]
    said = {"one": b"{", "two": b'{"method": "noSuch"}', "three": b'{"method": "sendMessage"}'}

    def answer(text: str) -> web.Response:
        if text in said:
            return web.Response(body=said[text])
        return web.json_response({"method": "SendMessage", "chat_id": alice, "text": f"re {text}"})

    hook.answer = answer
    await play.call("setWebhook", url=hook.url, drop_pending_updates=True)
    for text in (*said, "four"):
        await play.do(play.people.say, "alice", text)
    replied = await play.do(play.people.wait_for, "alice", lambda m: m["from"] == "bot")
    assert replied["text"] == "re four"


async def test_a_webhook_is_kept_over_a_stop(tmp_path: Path, hook: Hook) -> None:
    options = Options(token=TOKEN, journal=tmp_path / "week.jsonl")
    server = await asyncio.to_thread(RehearsalServer(options).start)
    play = Play(server)
    await play.call("setWebhook", url="http://127.0.0.1:1/", secret_token="old")
    await play.call("setWebhook", url=hook.url, secret_token="new")
    hook.gate.clear()
    await play.do(play.people.person, "alice", "Alice")
    await play.do(play.people.start, "alice")
    await until(lambda: hook.open == 1)
    await asyncio.to_thread(server.stop)
    hook.gate.set()
    again = await asyncio.to_thread(RehearsalServer(options).start)
    await until(lambda: len(hook.heard) == 2)
    assert hook.texts() == ["/start", "/start"]
    assert hook.secrets == {"new"}
    await asyncio.to_thread(again.stop)
