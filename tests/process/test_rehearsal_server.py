"""Any program that speaks the Bot API speaks to the rehearsal: three encodings, polls, faults."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from jetkiz.rehearsal import Limits, Options, Rate, RehearsalError, RehearsalServer, RehearsedPeople
from tests.rehearsal_examples import WIDE
from tests.waiting import until

TOKEN = "42:secret"
PATIENCE = 60


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    with RehearsalServer(Options(token=TOKEN, limits=WIDE)) as running:
        yield running


@pytest.fixture
def people(server: RehearsalServer) -> RehearsedPeople:
    played = RehearsedPeople(server.url)
    played.person("alice", "Alice", "en")
    played.person("bob", "Bob", "ru")
    played.start("alice", "k1")
    return played


@pytest.fixture
def alice(people: RehearsedPeople) -> int:
    return int(people.people()[0]["chat_id"])


@pytest.fixture
async def http(server: RehearsalServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=server.url) as session:
        yield session


async def ask(http: aiohttp.ClientSession, method: str, **given: Any) -> tuple[int, Any]:
    async with http.post(f"/bot{TOKEN}/{method}", json=given) as answer:
        return answer.status, await answer.json()


def form(**fields: str | bytes) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value in fields.items():
        if isinstance(value, bytes):
            data.add_field(
                name, io.BytesIO(value), filename=f"{name}.pdf", content_type="application/pdf"
            )
        else:
            data.add_field(name, value)
    return data


async def test_three_encodings_and_a_query_say_the_same(
    http: aiohttp.ClientSession, alice: int
) -> None:
    path = f"/bot{TOKEN}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Алдым", "callback_data": "1:ack:7"}]]}
    as_text = {"chat_id": str(alice), "text": "Сәлем", "reply_markup": json.dumps(markup)}
    multipart = form(**as_text, spare=b"x")
    answers = []
    for request in (
        http.post(path, json={"chat_id": alice, "text": "Сәлем", "reply_markup": markup}),
        http.post(path, json=as_text),
        http.post(path, data=as_text),
        http.post(path, data=multipart),
        http.get(path, params=as_text),
    ):
        async with request as answer:
            answers.append((await answer.json())["result"])
    seen = {(m["text"], json.dumps(m["reply_markup"]), m["chat"]["id"]) for m in answers}
    assert seen == {("Сәлем", json.dumps(markup), alice)}
    assert [m["message_id"] for m in answers] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"{", "application/json", "Bad Request: can't parse JSON object"),
        (b"[1]", "application/json", "Bad Request: can't parse JSON object: an object is expected"),
        (b"\xff\xfe", "application/json", "Bad Request: can't parse JSON object"),
        (
            b'{"text": "half \\ud83d"}',
            "application/json",
            "Bad Request: strings must be encoded in UTF-8",
        ),
        (b"x", "multipart/form-data", "Bad Request: can't parse the request body"),
        (b"a=1", "application/x-www-form-urlencoded; charset=nonsense",
         "Bad Request: can't parse the request body"),
    ],
)  # fmt: skip
async def test_bodies_that_cannot_be_read(
    http: aiohttp.ClientSession, body: bytes, content_type: str, words: str
) -> None:
    headers = {"Content-Type": content_type}
    async with http.post(f"/bot{TOKEN}/sendMessage", data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["description"]) == (400, words)


async def test_an_empty_body_is_a_call_without_parameters(http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(f"/bot{TOKEN}/GETME", data=b"", headers=headers) as answer:
        assert (await answer.json())["result"]["id"] == 42


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/bot42:wrong/getMe", 401, "Unauthorized"),
        ("/botқате/getMe", 401, "Unauthorized"),
        (f"/bot{TOKEN}/sendDice", 404, "Not Found"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        (f"/bot{TOKEN}/rehearsal/ledger", 404, "Not Found"),
        ("/file/bot42:wrong/documents/file_1.pdf", 401, "Unauthorized"),
        (f"/file/bot{TOKEN}/documents/file_1.pdf", 404, "Not Found"),
    ],
)
async def test_doors_that_stay_shut(
    http: aiohttp.ClientSession, path: str, status: int, words: str
) -> None:
    async with http.get(path) as answer:
        assert answer.status == status
        assert await answer.json() == {"ok": False, "error_code": status, "description": words}


async def test_files_go_up_and_come_down(
    http: aiohttp.ClientSession, people: RehearsedPeople, alice: int
) -> None:
    body = form(chat_id=str(alice), document=b"%PDF-1.7 lesson")
    async with http.post(f"/bot{TOKEN}/sendDocument", data=body) as answer:
        document = (await answer.json())["result"]["document"]
    _, got = await ask(http, "getFile", file_id=document["file_id"])
    async with http.get(f"/file/bot{TOKEN}/{got['result']['file_path']}") as answer:
        assert await answer.read() == b"%PDF-1.7 lesson"
    _, again = await ask(http, "sendDocument", chat_id=alice, document=document["file_id"])
    assert again["result"]["document"] == document
    media = (await asyncio.to_thread(people.chat, "alice"))[-1]["media"]
    assert media[0]["name"] == "document.pdf"


async def test_an_upload_beyond_the_limit_is_refused_by_its_size(people: RehearsedPeople) -> None:
    small = Options(token=TOKEN, limits=Limits(upload_bytes=10_000, download_bytes=10))
    with RehearsalServer(small) as server:
        played = RehearsedPeople(server.url)
        chat = played.person("alice", "Alice", "en")["chat_id"]
        await asyncio.to_thread(played.start, "alice")
        async with aiohttp.ClientSession(base_url=server.url) as http:
            for size, status in ((2_000_000, 413), (10_001, 413), (10_000, 200)):
                body = form(chat_id=str(chat), document=b"x" * size)
                async with http.post(f"/bot{TOKEN}/sendDocument", data=body) as answer:
                    told = await answer.json()
                    assert (answer.status, told["ok"]) == (status, status == 200)
            _, refused = await ask(http, "getFile", file_id=told["result"]["document"]["file_id"])
            assert refused["description"] == "Bad Request: file is too big"
            async with http.get(f"/file/bot{TOKEN}/documents/file_1.pdf") as answer:
                assert answer.status == 404
    assert people.people()[0]["person"] == "alice"


async def test_updates_come_again_until_confirmed(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.say, "alice", "бір")
    _, first = await ask(http, "getUpdates")
    _, again = await ask(http, "getUpdates")
    assert first == again
    numbers = [update["update_id"] for update in first["result"]]
    assert len(numbers) == 2
    _, rest = await ask(http, "getUpdates", offset=numbers[0] + 1)
    assert [update["update_id"] for update in rest["result"]] == numbers[1:]
    _, gone = await ask(http, "getUpdates", offset=numbers[1] + 1)
    assert gone["result"] == []
    assert (await ask(http, "getUpdates"))[1]["result"] == []


async def waiting(server: RehearsalServer, polls: int) -> None:
    """Come back when so many polls came: each is counted in the step in which it begins to wait."""
    await until(lambda: server.stage.polls == polls)


async def test_a_waiting_poll_gets_news_at_once(
    server: RehearsalServer, http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    _, old = await ask(http, "getUpdates")
    offset = old["result"][-1]["update_id"] + 1
    poll = asyncio.create_task(ask(http, "getUpdates", offset=offset, timeout=50))
    await waiting(server, 2)
    await asyncio.to_thread(people.say, "alice", "жаңалық")
    _, news = await asyncio.wait_for(poll, 40)
    assert [update["message"]["text"] for update in news["result"]] == ["жаңалық"]


async def test_a_poll_without_news_ends_in_time(http: aiohttp.ClientSession) -> None:
    began = time.monotonic()
    assert (await ask(http, "getUpdates", timeout=1)) == (200, {"ok": True, "result": []})
    assert 0.9 < time.monotonic() - began < PATIENCE


async def test_of_two_pollers_the_older_is_sent_away(
    server: RehearsalServer, http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    _, old = await ask(http, "getUpdates")
    offset = old["result"][-1]["update_id"] + 1
    first = asyncio.create_task(ask(http, "getUpdates", offset=offset, timeout=20))
    await waiting(server, 2)
    second = asyncio.create_task(ask(http, "getUpdates", offset=offset, timeout=20))
    status, told = await first
    assert (status, told["error_code"]) == (409, 409)
    assert told["description"].startswith("Conflict: terminated by other getUpdates request")
    await asyncio.to_thread(people.say, "alice", "x")
    assert (await second)[0] == 200


async def test_stopping_lets_a_waiting_poll_go() -> None:
    server = RehearsalServer(Options(token=TOKEN)).start()
    async with aiohttp.ClientSession(base_url=server.url) as http:
        poll = asyncio.create_task(ask(http, "getUpdates", timeout=50))
        await waiting(server, 1)
        await asyncio.to_thread(server.stop)
        assert await asyncio.wait_for(poll, 40) == (200, {"ok": True, "result": []})
    server.stop()


def rule(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "method": "sendMessage", **more}


@pytest.mark.parametrize(
    ("fault", "status", "arrived"),
    [
        (rule("refuse", code=400, description="Bad Request: oops"), 400, 0),
        (rule("flood", retry_after=30), 429, 0),
        (rule("error"), 500, 0),
        (rule("error", moment="after"), 500, 1),
        (rule("slow", seconds=0.2), 200, 1),
        (rule("slow", seconds=0.2, moment="after"), 200, 1),
        (rule("error", person="bob"), 200, 1),
        (rule("error", text="басқа"), 200, 1),
    ],
)
async def test_faults_with_an_answer(
    http: aiohttp.ClientSession,
    people: RehearsedPeople,
    alice: int,
    fault: dict[str, Any],
    status: int,
    arrived: int,
) -> None:
    await asyncio.to_thread(people.faults, [fault])
    answered, told = await ask(http, "sendMessage", chat_id=alice, text="сабақ")
    assert (answered, told["ok"]) == (status, status == 200)
    assert told.get("parameters") == ({"retry_after": 30} if status == 429 else None)
    seen = await asyncio.to_thread(people.chat, "alice")
    assert [m["text"] for m in seen if m["from"] == "bot"] == ["сабақ"] * arrived
    assert (await ask(http, "sendMessage", chat_id=alice, text="сабақ"))[0] == 200


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (rule("reset"), 0),
        (rule("reset", moment="after"), 1),
        (rule("hang", seconds=0.2), 0),
        (rule("hang", seconds=0.2, moment="after"), 1),
    ],
)
async def test_faults_that_cut_the_line(
    http: aiohttp.ClientSession,
    people: RehearsedPeople,
    alice: int,
    fault: dict[str, Any],
    arrived: int,
) -> None:
    await asyncio.to_thread(people.faults, [fault])
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http, "sendMessage", chat_id=alice, text="сабақ")
    seen = await asyncio.to_thread(people.chat, "alice")
    assert sum(m["from"] == "bot" for m in seen) == arrived


async def test_a_late_acceptance_happens_after_the_client_gave_up(
    server: RehearsalServer, http: aiohttp.ClientSession, people: RehearsedPeople, alice: int
) -> None:
    """The case that doubles messages: the bot's patience ends before Telegram's slowness."""
    await asyncio.to_thread(people.faults, [rule("slow", seconds=3600)])
    asking = asyncio.create_task(ask(http, "sendMessage", chat_id=alice, text="x"))
    await until(lambda: server.stage.faults.struck == [1])
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(await asyncio.to_thread(people.chat, "alice")) == 1
    await asyncio.to_thread(people.advance, 3600.0, True)
    late = await asyncio.to_thread(people.wait_for, "alice", lambda m: m["from"] == "bot")
    assert late["text"] == "x"


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_call_whose_line_was_cut_is_accepted_late(
    http: aiohttp.ClientSession, people: RehearsedPeople, alice: int, moment: str
) -> None:
    fault = rule("late", seconds=3600, hold=0.05, moment=moment)
    await asyncio.to_thread(people.faults, [fault])
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http, "sendMessage", chat_id=alice, text="late")
    assert (await ask(http, "sendMessage", chat_id=alice, text="soon"))[0] == 200
    await asyncio.to_thread(people.advance, 3600.0, True)
    await asyncio.to_thread(people.wait_for, "alice", lambda m: m["text"] == "late")
    seen = await asyncio.to_thread(people.chat, "alice")
    assert [m["text"] for m in seen if m["from"] == "bot"] == ["soon", "late"]


async def test_what_telegram_refuses_late_nobody_hears_of(
    http: aiohttp.ClientSession, people: RehearsedPeople, alice: int
) -> None:
    await asyncio.to_thread(people.faults, [rule("late", seconds=60)])
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http, "sendMessage", chat_id=alice, text="late")
    await asyncio.to_thread(people.block, "alice")
    await asyncio.to_thread(people.advance, 61.0, True)
    assert [m["from"] for m in await asyncio.to_thread(people.chat, "alice")] == ["person"]


async def test_a_storm_ends_when_the_clock_has_gone_on(
    http: aiohttp.ClientSession, people: RehearsedPeople, alice: int
) -> None:
    await asyncio.to_thread(people.stop_clock)
    await asyncio.to_thread(people.faults, [rule("flood", span=600, retry_after=0)])
    for _ in range(2):
        status, told = await ask(http, "sendMessage", chat_id=alice, text="x")
        assert (status, told["parameters"]["retry_after"]) == (429, 600)
    await asyncio.to_thread(people.advance, 601.0, True)
    assert (await ask(http, "sendMessage", chat_id=alice, text="x"))[0] == 200


@pytest.mark.parametrize("seconds", ["0", "-5", "soon", "nan", "1e99"])
async def test_a_clock_goes_on_by_real_seconds_only(
    http: aiohttp.ClientSession, seconds: str
) -> None:
    async with http.post("/rehearsal/clock", json={"advance": seconds}) as answer:
        assert (answer.status, "seconds" in (await answer.json())["error"]) == (400, True)


async def test_faults_can_be_read_and_cleared(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.faults, [rule("error", times=None)], 5)
    async with http.get("/rehearsal/faults") as answer:
        assert (await answer.json())["seed"] == 5
    async with http.delete("/rehearsal/faults") as answer:
        assert (await answer.json())["rules"] == []
    with pytest.raises(RehearsalError, match=r"This rule .* cannot be read"):
        await asyncio.to_thread(people.faults, [{"kind": "explode"}])


async def test_the_flood_limit_holds_over_http() -> None:
    with RehearsalServer(Options(token=TOKEN, limits=Limits(chat=Rate(1, 2)))) as server:
        played = RehearsedPeople(server.url)
        chat = played.person("alice", "Alice")["chat_id"]
        played.start("alice")
        played.stop_clock()  # no bucket fills up between two calls
        async with aiohttp.ClientSession(base_url=server.url) as http:
            sent = [await ask(http, "sendMessage", chat_id=chat, text="x") for _ in range(3)]
        assert [status for status, _ in sent] == [200, 200, 429]
        assert sent[-1][1]["parameters"]["retry_after"] == 1


async def test_presses_from_a_program(
    http: aiohttp.ClientSession, people: RehearsedPeople, alice: int
) -> None:
    markup = {"inline_keyboard": [[{"text": "Алдым", "callback_data": "1:ack:7"}]]}
    await ask(http, "sendMessage", chat_id=alice, text="x", reply_markup=markup)
    first = await asyncio.to_thread(people.press, "alice", "Алдым", key="p1")
    second = await asyncio.to_thread(people.press_data, "alice", "1:ack:7", 2)
    assert first["message_id"] == second["message_id"] == 2
    _, updates = await ask(http, "getUpdates")
    data = [u["callback_query"]["data"] for u in updates["result"] if "callback_query" in u]
    assert data == ["1:ack:7"] * 2
