"""A program plays the people, sets the clock, and takes home what everybody saw."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jetkiz.rehearsal import Options, RehearsalError, RehearsalServer, RehearsedPeople
from tests.rehearsal_examples import WIDE, picture

TOKEN = "42:secret"


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


def test_people_act_from_a_program(people: RehearsedPeople, server: RehearsalServer) -> None:
    people.say("alice", "Сәлем", key="s1")
    assert people.say("alice", "Сәлем", key="s1") == people.say("alice", "Сәлем", key="s1")
    people.photos("alice", [picture(), picture(colour="red")], "2 бет")
    people.document("alice", 'a "b".pdf', b"%PDF", reply_to=1)
    people.voice("alice", b"OggS")
    people.block("alice")
    people.unblock("alice")
    people.start("bob")
    people.deactivate("bob")
    seen = people.chat("alice")
    kinds = [[media["kind"] for media in message["media"]] for message in seen]
    assert kinds == [[], [], ["photo"], ["photo"], ["document"], ["voice"]]
    assert (seen[4]["reply_to"], seen[4]["media"][0]["name"]) == (1, "a _b_.pdf")
    assert [p["standing"] for p in people.people()] == ["member", "deactivated"]
    assert people.ledger()["events"][0]["kind"] == "person_arrived"
    assert server.url in people.url


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("people", {"key": "x"}, "needs a key"),
        ("people", {"key": ["x"]}, "must be a string"),
        ("people/alice/dance", {}, "no act dance"),
        ("people/dina/say", {"text": "x"}, "Nobody here is called dina"),
        ("people/alice/say", {"text": "x", "reply_to": "y"}, "must be an integer"),
        ("clock", {"now": "tomorrow"}, "no point in time"),
        ("clock", {"now": "2026-01-26T08:00:00"}, "no point in time"),
    ],
)
def test_bad_orders_are_refused_with_a_remedy(
    people: RehearsedPeople, path: str, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(RehearsalError, match=words) as caught:
        people.post(path, body)
    assert caught.value.status in {400, 404}
    assert len(str(caught.value).split(". ")) > 1


def test_waiting_for_what_never_comes(people: RehearsedPeople) -> None:
    with pytest.raises(RehearsalError, match="alice did not get the expected message"):
        people.wait_for("alice", lambda message: message["from"] == "bot", seconds=0.1)


def test_the_clock_can_be_set(people: RehearsedPeople, server: RehearsalServer) -> None:
    people.stop_clock()
    people.clock("2026-01-26T08:00:00+05:00")
    people.say("alice", "дүйсенбі")
    assert people.chat("alice")[-1]["at"].startswith("2026-01-26T03:00:00")
    assert people.get("clock")["now"].startswith("2026-01-26T03:00:00")
    assert server.port > 0


def test_transcripts_from_both_sides_are_the_same(
    people: RehearsedPeople, server: RehearsalServer, tmp_path: Path
) -> None:
    people.write_transcript(tmp_path / "by" / "client.json")
    server.write_transcript(tmp_path / "running.json")
    server.stop()
    server.write_transcript(tmp_path / "after.json")
    texts = {
        json.dumps(json.loads((tmp_path / name).read_text("utf-8")))
        for name in ("by/client.json", "running.json", "after.json")
    }
    assert len(texts) == 1
    with pytest.raises(RehearsalError, match="has not begun"):
        RehearsalServer().write_transcript(tmp_path / "never.json")


def test_a_rehearsal_that_is_not_there(people: RehearsedPeople, server: RehearsalServer) -> None:
    server.stop()
    with pytest.raises(RehearsalError, match="does not answer"):
        people.people()


def test_an_answer_that_is_no_answer(people: RehearsedPeople) -> None:
    with pytest.raises(RehearsalError, match="404") as caught:
        people.get("nothing")
    assert caught.value.status == 404


def test_a_port_in_use_and_a_bad_token_are_said_in_words(server: RehearsalServer) -> None:
    with pytest.raises(RehearsalError, match=f"port {server.port}. Choose another port"):
        RehearsalServer(Options(port=server.port)).start()
    for token in ("secret", "x:secret", "42:"):
        with pytest.raises(RehearsalError, match="is no bot token"):
            RehearsalServer(Options(token=token)).start()


def test_a_rehearsal_with_a_journal_goes_on(tmp_path: Path) -> None:
    options = Options(token=TOKEN, journal=tmp_path / "kept" / "rehearsal.jsonl")
    for _ in range(2):
        with RehearsalServer(options) as server:
            played = RehearsedPeople(server.url)
            played.person("alice", "Alice", "en")
            played.start("alice", key="start")
            assert len(played.chat("alice")) == 1


def test_a_group_over_http() -> None:
    with RehearsalServer() as server:
        people = RehearsedPeople(server.url)
        for key in ("alice", "bob"):
            people.person(key, key.capitalize())
        old = people.group("class3", "3-сынып", ["alice", "bob"], privacy=False)["chat_id"]
        people.say_in_group("bob", "class3", "Сәлем")
        assert [m["sender"] for m in people.group_chat("class3")] == ["bob"]
        moved = people.change_group("class3", "migrate")["chat_id"]
        assert people.change_group("class3", "remove", "bob")["members"] == ["alice"]
        assert [group["chat_id"] for group in people.get("groups")] == [moved] != [old]
        with pytest.raises(RehearsalError, match="no act celebrate"):
            people.change_group("class3", "celebrate")
        with pytest.raises(RehearsalError, match="Nobody here is called"):
            people.post("groups", {"key": "g", "title": "x", "members": 5})


def test_parts_of_an_album_come_one_by_one() -> None:
    with RehearsalServer() as server:
        people = RehearsedPeople(server.url)
        people.person("alice", "Alice")
        people.start("alice")
        people.photos("alice", [picture(60, 60)] * 3, pace=(7, 0.05))
        for _ in range(100):
            body = json.dumps({"offset": 0}).encode()
            request = urllib.request.Request(  # noqa: S310 - our own server
                f"{server.url}/bot1:test/getUpdates", body, {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
                heard = [u["message"] for u in json.load(answer)["result"]]
            pages = [m["message_id"] for m in heard if "photo" in m]
            if len(pages) == 3:
                break
            time.sleep(0.01)
        assert sorted(pages) == [2, 3, 4]


def test_a_stopped_clock_over_http() -> None:
    with RehearsalServer() as server:
        people = RehearsedPeople(server.url)
        people.clock("2026-01-26T08:00:00+05:00")
        stood = people.stop_clock()["now"]
        assert people.get("clock")["now"] == stood
        assert people.advance(60)["now"] != stood
        assert people.stop_clock(stopped=False)["now"] > stood
