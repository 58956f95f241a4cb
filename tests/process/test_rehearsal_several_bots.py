"""Several bots play in one rehearsal: the same people, but every bot sees and counts its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from jetkiz.rehearsal import Limits, Options, Rate, RehearsalError, RehearsalServer, RehearsedPeople

FIRST, SECOND = "42:secret", "43:other"


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    options = Options(token=FIRST, more_bots=((SECOND, "Mektep"),), limits=Limits(chat=Rate(1, 2)))
    with RehearsalServer(options) as running:
        yield running


@pytest.fixture
def people(server: RehearsalServer) -> RehearsedPeople:
    played = RehearsedPeople(server.url)
    played.person("alice", "Alice", "en")
    played.person("bob", "Bob", "ru")
    return played


def call(server: RehearsalServer, token: str, method: str, **given: Any) -> Any:
    async def asked() -> Any:
        async with (
            aiohttp.ClientSession(base_url=server.url) as http,
            http.post(f"/bot{token}/{method}", json=given) as answer,
        ):
            return await answer.json()

    return asyncio.run(asked())


def chat_of(people: RehearsedPeople, key: str) -> int:
    return next(int(p["chat_id"]) for p in people.people() if p["person"] == key)


def test_every_bot_has_its_own_chats_updates_numbers_and_limits(
    server: RehearsalServer, people: RehearsedPeople
) -> None:
    second = RehearsedPeople(server.url, bot=43)
    alice = chat_of(people, "alice")
    people.stop_clock()  # no bucket fills up between two calls
    assert chat_of(second, "alice") == alice
    people.start("alice", "k1")
    assert call(server, SECOND, "sendMessage", chat_id=alice, text="x")["error_code"] == 403
    second.start("alice", "k2")
    for _ in range(2):
        assert call(server, FIRST, "sendMessage", chat_id=alice, text="first")["ok"]
    assert call(server, FIRST, "sendMessage", chat_id=alice, text="first")["error_code"] == 429
    sent = call(server, SECOND, "sendMessage", chat_id=alice, text="second")["result"]
    assert (sent["message_id"], sent["from"]["id"], sent["from"]["first_name"]) == (2, 43, "Mektep")
    heard = [
        [update["message"]["text"] for update in call(server, token, "getUpdates")["result"]]
        for token in (FIRST, SECOND)
    ]
    assert heard == [["/start k1"], ["/start k2"]]
    assert [m["text"] for m in people.chat("alice")] == ["/start k1", "first", "first"]
    assert [m["text"] for m in second.chat("alice")] == ["/start k2", "second"]
    second.block("alice")
    assert people.people()[0]["standing"] == "member"


def test_a_file_of_one_bot_is_no_file_of_another(
    server: RehearsalServer, people: RehearsedPeople
) -> None:
    people.start("alice")
    RehearsedPeople(server.url, bot=43).start("alice")
    alice = chat_of(people, "alice")
    people.document("alice", "page.pdf", b"%PDF-1.7")
    file_id = call(server, FIRST, "getUpdates")["result"][-1]["message"]["document"]["file_id"]
    assert call(server, FIRST, "getFile", file_id=file_id)["ok"]
    told = call(server, SECOND, "sendDocument", chat_id=alice, document=file_id)
    assert told["description"] == "Bad Request: wrong file identifier/HTTP URL specified"
    assert call(server, SECOND, "getFile", file_id=file_id)["error_code"] == 400


def test_a_deleted_account_is_gone_for_every_bot(
    server: RehearsalServer, people: RehearsedPeople
) -> None:
    second = RehearsedPeople(server.url, bot=43)
    second.start("bob")
    people.deactivate("bob")
    for token in (FIRST, SECOND):
        told = call(server, token, "sendMessage", chat_id=chat_of(people, "bob"), text="x")
        assert told["description"] == "Forbidden: user is deactivated"


def test_a_bot_may_join_while_the_rehearsal_runs_and_comes_back_after_a_stop(
    tmp_path: Path,
) -> None:
    options = Options(token=FIRST, journal=tmp_path / "week.jsonl")
    with RehearsalServer(options) as server:
        people = RehearsedPeople(server.url)
        people.person("alice", "Alice")
        assert people.add_bot("44:late", "Кейінгі")["id"] == 44
        assert people.add_bot("44:late", "Кейінгі")["id"] == 44
        late = RehearsedPeople(server.url, bot=44)
        late.start("alice", "k9")
        people.person("bob", "Bob")
        late.start("bob")
        told = late.chat("alice")
    with RehearsalServer(options) as server:
        late = RehearsedPeople(server.url, bot=44)
        assert late.chat("alice") == told
        assert [bot["first_name"] for bot in late.get("bots")] == ["Jetkiz", "Кейінгі"]
        chats = [p["chat_id"] for p in late.people()]
        assert chats == [p["chat_id"] for p in RehearsedPeople(server.url).people()]


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("42:another", "A bot with the number 42 is here already"),
        ("secret", "secret is no bot token"),
        ("007:bond", "007:bond is no bot token"),
        ("٤:x", "is no bot token"),
        ("", "is no bot token"),
    ],
)
def test_bots_that_cannot_join(people: RehearsedPeople, token: str, words: str) -> None:
    with pytest.raises(RehearsalError, match=words):
        people.add_bot(token)


def test_nobody_plays_with_a_bot_that_is_not_there(server: RehearsalServer) -> None:
    with pytest.raises(RehearsalError, match="There is no bot with the number 99"):
        RehearsedPeople(server.url, bot=99).people()


@pytest.mark.parametrize("token", ["42:other", "43:secret", "43", "44:x", ":", "x:y"])
def test_a_token_opens_only_its_own_bot(server: RehearsalServer, token: str) -> None:
    assert call(server, token, "getMe")["error_code"] == 401
