"""People write, press, send and block; the bot hears of it, and the ledger keeps what they saw."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jetkiz.rehearsal.bot_api.parameters import Upload
from jetkiz.rehearsal.people.ledger import full_ledger, seen_by, transcript, write_transcript
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.clock import RehearsalClock
from jetkiz.rehearsal.state.journal import Journal
from jetkiz.rehearsal.state.model import EventKind
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError
from jetkiz.rehearsal.state.world import World
from tests.rehearsal_examples import (
    BOT,
    BUTTONS,
    MONDAY,
    WIDE,
    Clock,
    act,
    call,
    chat_of,
    jpeg,
    open_stage,
    pdf,
    pending,
)


@pytest.fixture
def stage() -> Stage:
    return open_stage()


def test_a_start_carries_its_code(stage: Stage) -> None:
    act(stage, "bob", "start", payload="k1_AbC-9")
    message = pending(stage, "message")[-1]
    assert message["text"] == "/start k1_AbC-9"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": chat_of(stage, "bob"),
        "is_bot": False,
        "first_name": "Bob",
        "language_code": "ru",
    }


@pytest.mark.parametrize("payload", ["a b", "код", "a" * 65, "a.b"])
def test_a_code_that_no_link_can_carry(stage: Stage, payload: str) -> None:
    with pytest.raises(RehearsalError, match="start code"):
        act(stage, "bob", "start", payload=payload)


def test_arriving_twice_is_arriving_once(stage: Stage) -> None:
    again = stage.add_person("alice", "Alice", "en")
    assert (again["person"], again["standing"]) == ("alice", "member")
    assert len(stage.world.people) == 3
    with pytest.raises(RehearsalError, match="already here as Alice"):
        stage.add_person("alice", "Alicia", "en")


@pytest.mark.parametrize(
    ("key", "name", "language"),
    [
        ("", "A", "kk"),
        ("a b", "A", "kk"),
        ("a", " ", "kk"),
        ("a", "A" * 65, "kk"),
        ("a", "A", "de"),
    ],
)
def test_people_need_key_name_and_language(
    stage: Stage, key: str, name: str, language: str
) -> None:
    with pytest.raises(RehearsalError, match="needs a key"):
        stage.add_person(key, name, language)


def test_text_and_reply_reach_the_bot(stage: Stage) -> None:
    card = call(stage, "sendMessage", chat_id=chat_of(stage, "alice"), text="Сабақ")
    act(stage, "alice", "say", text=" Дайын! ", reply_to=card["message_id"])
    message = pending(stage, "message")[-1]
    assert (message["text"], message["reply_to_message"]["text"]) == ("Дайын!", "Сабақ")


@pytest.mark.parametrize(
    ("person", "name", "given", "words"),
    [
        ("alice", "say", {"text": " "}, "Nobody can send such a message"),
        ("alice", "say", {"text": "x" * 4097}, "Nobody can send such a message"),
        ("alice", "say", {"text": "x", "reply_to": 99}, "no message 99"),
        ("bob", "say", {"text": "x"}, "Bob does not talk with the bot"),
        ("bob", "block", {}, "Bob does not talk with the bot"),
        ("alice", "unblock", {}, "Alice has not blocked the bot"),
        ("alice", "press", {"label": "Received"}, "Alice sees no button Received"),
        ("alice", "photos", {}, "Nobody can send these files"),
        ("alice", "photos", {"uploads": {"a": jpeg()}, "caption": "x" * 1025}, "these files"),
        ("alice", "photos", {"uploads": {"a": pdf()}}, "IMAGE_PROCESS_FAILED"),
        ("alice", "dance", {}, "no act dance"),
        ("dina", "say", {"text": "x"}, "Nobody here is called dina"),
    ],
)
def test_acts_that_cannot_be(
    stage: Stage, person: str, name: str, given: dict[str, Any], words: str
) -> None:
    before = len(stage.world.lines)
    with pytest.raises((RehearsalError, ApiRefusal), match=words):
        act(stage, person, name, **given)
    assert len(stage.world.lines) == before


def test_blocking_tells_the_bot_at_once(stage: Stage) -> None:
    act(stage, "alice", "block")
    act(stage, "alice", "unblock")
    blocked, back = pending(stage, "my_chat_member")
    assert (blocked["old_chat_member"]["status"], blocked["new_chat_member"]["status"]) == (
        "member",
        "kicked",
    )
    assert back["new_chat_member"]["status"] == "member"
    assert blocked["chat"]["id"] == chat_of(stage, "alice")


def test_starting_again_after_a_block_unblocks(stage: Stage) -> None:
    act(stage, "alice", "block")
    act(stage, "alice", "start", payload="again")
    kinds = [min(set(queued.update) - {"update_id"}) for queued in stage.world.updates]
    assert kinds[-3:] == ["my_chat_member", "my_chat_member", "message"]
    act(stage, "alice", "start")
    assert len(pending(stage, "my_chat_member")) == 2


def test_an_album_comes_as_separate_updates(stage: Stage) -> None:
    pages = {f"p{n}": jpeg(colour=colour) for n, colour in enumerate(("red", "green", "blue"))}
    done = act(stage, "alice", "photos", uploads=pages, caption="3 бет")
    messages = pending(stage, "message")[-3:]
    assert [m["message_id"] for m in messages] == done["message_ids"]
    assert len({m["media_group_id"] for m in messages}) == 1
    assert [m.get("caption") for m in messages] == ["3 бет", None, None]
    assert "media_group_id" not in pending(stage, "message")[0]


@pytest.mark.parametrize(
    ("uploads", "given", "kind"),
    [
        ([jpeg()], {}, "photo"),
        ([jpeg()], {"as_document": "true"}, "document"),
        ([pdf()], {}, "document"),
        ([Upload("v.ogg", "audio/ogg", b"OggS")], {}, "voice"),
        ([jpeg(), pdf()], {}, "document"),
    ],
)
def test_a_phone_sends_each_file_as_what_it_is(
    stage: Stage, uploads: list[Upload], given: dict[str, Any], kind: str
) -> None:
    act(stage, "alice", "files", uploads=dict(enumerate(uploads)), **given)
    assert kind in pending(stage, "message")[-1]


def test_a_photo_without_a_limit_of_ours(stage: Stage) -> None:
    act(stage, "alice", "document", uploads={"f": pdf(b"x" * (51 * 1024 * 1024))})
    assert pending(stage, "message")[-1]["document"]["file_size"] == 51 * 1024 * 1024


def test_presses_find_the_newest_button(stage: Stage) -> None:
    alice = chat_of(stage, "alice")
    first, second = (
        call(stage, "sendMessage", chat_id=alice, text=text, reply_markup=BUTTONS)["message_id"]
        for text in ("one", "two")
    )
    assert act(stage, "alice", "press", label="Ask")["message_id"] == second
    assert act(stage, "alice", "press", data="1:hw:7", message_id=first)["message_id"] == first
    query = pending(stage, "callback_query")[-1]
    assert (query["data"], query["message"]["text"]) == ("1:hw:7", "one")
    call(stage, "deleteMessage", chat_id=alice, message_id=second)
    assert act(stage, "alice", "press", label="Ask")["message_id"] == first


@pytest.mark.parametrize(
    "button",
    [
        {"text": "Page", "url": "https://school.kz"},
        {"text": "Page", "callback_data": "a", "disabled": True},
    ],
)
def test_a_button_that_sends_nothing(stage: Stage, button: dict[str, Any]) -> None:
    alice = chat_of(stage, "alice")
    call(
        stage, "sendMessage", chat_id=alice, text="x", reply_markup={"inline_keyboard": [[button]]}
    )
    with pytest.raises(RehearsalError, match="sends nothing"):
        act(stage, "alice", "press", label="Page")


def test_an_act_with_a_key_happens_once(stage: Stage) -> None:
    first = act(stage, "alice", "say", text="once", key="monday-1")
    again = act(stage, "alice", "say", text="once", key="monday-1")
    assert first == again
    assert [m["text"] for m in pending(stage, "message")].count("once") == 1
    act(stage, "charlie", "say", text="own", key="monday-1")
    with pytest.raises(RehearsalError, match="used for another act"):
        act(stage, "alice", "block", key="monday-1")
    act(stage, "alice", "say", text="twice")
    act(stage, "alice", "say", text="twice")
    assert [m["text"] for m in pending(stage, "message")].count("twice") == 2


def test_the_ledger_shows_the_last_state_and_keeps_the_first() -> None:
    clock = Clock()
    stage = open_stage(clock)
    alice = chat_of(stage, "alice")
    card = call(stage, "sendMessage", chat_id=alice, text="Сабақ 1", reply_markup=BUTTONS)
    place = {"chat_id": alice, "message_id": card["message_id"]}
    clock.pass_by(3600)
    call(stage, "editMessageText", **place, text="Сабақ 1, түзетілді")
    call(stage, "setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👍"}])
    gone = call(stage, "sendDocument", {"document": pdf()}, chat_id=alice)
    call(stage, "deleteMessage", chat_id=alice, message_id=gone["message_id"])
    _start, lesson, document = seen_by(stage.world, "alice")
    assert (lesson["text"], lesson["buttons"], lesson["reaction"]) == (
        "Сабақ 1, түзетілді",
        [],
        "👍",
    )
    assert [(h["text"], h["buttons"]) for h in lesson["history"]] == [
        ("Сабақ 1", [["Received"], ["Hand in", "Ask"]]),
        ("Сабақ 1, түзетілді", []),
    ]
    assert lesson["history"][1]["at"] == "2026-01-26T04:00:00+00:00"
    assert document["deleted_at"] == "2026-01-26T04:00:00+00:00"
    assert document["media"][0]["name"] == "lesson.pdf"
    assert seen_by(stage.world, "bob") == []


def test_the_ledger_hides_the_machinery(stage: Stage) -> None:
    act(stage, "alice", "photos", uploads={"a": jpeg()}, key="k")
    ledger = full_ledger(stage.world)
    kinds = {event["kind"] for event in ledger["events"]}
    assert kinds == {"person_arrived", "standing_changed", "message_posted", "act_done"}
    last = ledger["events"][-1]["number"]
    assert full_ledger(stage.world, after=last)["events"] == []


def test_the_transcript_is_for_reading(stage: Stage, tmp_path: Path) -> None:
    alice = chat_of(stage, "alice")
    call(stage, "sendMessage", chat_id=alice, text="Сәлем", reply_markup=BUTTONS)
    act(stage, "alice", "press", label="Received", key="p1")
    write_transcript(stage.world, tmp_path / "telegram" / "transcript.json")
    text = (tmp_path / "telegram" / "transcript.json").read_text("utf-8")
    assert "Сәлем" in text
    told = json.loads(text)
    assert told == transcript(stage.world)
    seen = {person["person"]: person for person in told["people"]}
    assert [m["from"] for m in seen["alice"]["messages"]] == ["person", "bot"]
    assert [a["kind"] for a in seen["alice"]["acts"]] == [
        "standing_changed",
        "button_pressed",
        "act_done",
    ]
    assert seen["bob"]["messages"] == []


@pytest.fixture
def open_kept() -> Iterator[Callable[[Path], Stage]]:
    """Opens a rehearsal that is kept in a file, as often as a test stops and starts it."""
    journals: list[Journal] = []

    def kept(path: Path) -> Stage:
        journals.append(Journal(path))
        return Stage(World(BOT, journals[-1]), limits=WIDE, clock=RehearsalClock(lambda: MONDAY))

    yield kept
    for journal in journals:
        journal.close()


def play_a_little(stage: Stage) -> None:
    stage.add_person("alice", "Әлия", "kk")
    act(stage, "alice", "start", payload="k1")
    alice = chat_of(stage, "alice")
    card = call(stage, "sendMessage", chat_id=alice, text="Сабақ", reply_markup=BUTTONS)
    act(stage, "alice", "photos", uploads={"a": jpeg(), "b": jpeg(colour="red")}, key="photos")
    act(stage, "alice", "press", label="Received")
    query = pending(stage, "callback_query")[-1]["id"]
    call(stage, "answerCallbackQuery", callback_query_id=query, text="ok")
    call(stage, "editMessageText", chat_id=alice, message_id=card["message_id"], text="Жаңа")
    call(stage, "setMyName", name="Мектеп")


def test_a_stopped_rehearsal_goes_on_where_it_was(
    tmp_path: Path, open_kept: Callable[[Path], Stage]
) -> None:
    stage = open_kept(tmp_path / "rehearsal.jsonl")
    play_a_little(stage)
    again = open_kept(tmp_path / "rehearsal.jsonl")
    assert transcript(again.world) == transcript(stage.world)
    assert again.world.contents == stage.world.contents
    assert again.world.updates == stage.world.updates
    assert again.world.presses == stage.world.presses
    assert again.world.card == stage.world.card
    before = again.world.last_message
    act(again, "alice", "photos", uploads={"a": jpeg()}, key="photos")
    assert again.world.last_message == before


def test_a_kill_in_the_middle_of_a_line_loses_that_change_only(
    tmp_path: Path, open_kept: Callable[[Path], Stage]
) -> None:
    path = tmp_path / "rehearsal.jsonl"
    stage = open_kept(path)
    play_a_little(stage)
    act(stage, "alice", "say", text="соңғы")
    path.write_bytes(path.read_bytes()[:-7])
    again = open_kept(path)
    assert [m["text"] for m in seen_by(again.world, "alice")][-1] != "соңғы"
    act(again, "alice", "say", text="тағы")
    assert open_kept(path).world.messages == again.world.messages


@pytest.mark.parametrize(
    "line", ["not json\n", '{"at": 5}\n', '{"at": "x", "events": []}\n', "[]\n"]
)
def test_another_file_is_no_journal(
    tmp_path: Path, open_kept: Callable[[Path], Stage], line: str
) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(line)
    with pytest.raises(
        RehearsalError, match=r"Line 1 of .*notes\.jsonl is not a rehearsal's journal"
    ):
        open_kept(path)


def test_every_kind_of_event_is_applied(tmp_path: Path, open_kept: Callable[[Path], Stage]) -> None:
    stage = open_kept(tmp_path / "rehearsal.jsonl")
    play_a_little(stage)
    assert {line.kind for line in stage.world.lines} >= {
        EventKind.FILE_STORED,
        EventKind.UPDATE_QUEUED,
        EventKind.CARD_CHANGED,
        EventKind.PRESS_ANSWERED,
    }
