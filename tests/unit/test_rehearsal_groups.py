"""Groups: the bot hears what it may, is thrown out, follows a new number, and keeps its rate."""

from typing import Any

import pytest

from jetkiz.rehearsal.people.groups import GroupAct, NewGroup
from jetkiz.rehearsal.people.ledger import full_ledger, seen_in, transcript
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError
from tests.rehearsal_examples import (
    BUTTONS,
    Clock,
    act,
    call,
    jpeg,
    open_stage,
    pending,
    refused,
)


def with_group(stage: Stage, *, privacy: bool = True) -> int:
    """Class 3: Alice and Bob, who has never pressed Start."""
    asked = NewGroup("class3", "3-сынып", ("alice", "bob"), privacy)
    return int(stage.make_group(asked)["chat_id"])


@pytest.fixture
def stage() -> Stage:
    return open_stage()


@pytest.fixture
def group(stage: Stage) -> int:
    return with_group(stage)


def test_the_bot_comes_in_and_writes_to_all(stage: Stage, group: int) -> None:
    sent = call(stage, "sendMessage", chat_id=group, text="Сәлем, сынып")
    assert sent["chat"] == {"id": group, "type": "group", "title": "3-сынып"}
    assert call(stage, "getChat", chat_id=group)["title"] == "3-сынып"
    joined = pending(stage, "my_chat_member")[-1]
    places = [joined[when]["status"] for when in ("old_chat_member", "new_chat_member")]
    assert (places, joined["chat"]["id"]) == (["left", "member"], group)
    assert [m["text"] for m in seen_in(stage.world, group)] == ["Сәлем, сынып"]
    assert transcript(stage.world)["groups"][0]["messages"][0]["text"] == "Сәлем, сынып"
    assert full_ledger(stage.world)["groups"][0]["members"] == ["alice", "bob"]


def test_with_privacy_the_bot_hears_commands_and_answers_only(stage: Stage, group: int) -> None:
    sent = call(stage, "sendMessage", chat_id=group, text="x")["message_id"]
    before = len(stage.world.updates)
    act(stage, "alice", "say", text="өзара сөз", group="class3")
    assert len(stage.world.updates) == before
    act(stage, "bob", "say", text="/today", group="class3")
    act(stage, "alice", "say", text="жауап", group="class3", reply_to=sent)
    heard = pending(stage, "message")[-2:]
    assert [(m["text"], m["from"]["first_name"], m["chat"]["id"]) for m in heard] == [
        ("/today", "Bob", group),
        ("жауап", "Alice", group),
    ]
    assert [m["sender"] for m in seen_in(stage.world, group)] == [None, "alice", "bob", "alice"]


def test_without_privacy_the_bot_hears_all_of_it() -> None:
    stage = open_stage()
    with_group(stage, privacy=False)
    act(stage, "bob", "photos", uploads={"a": jpeg(), "b": jpeg()}, group="class3")
    assert len(pending(stage, "message")[-1]["photo"]) > 1
    assert pending(stage, "message")[-1]["from"]["first_name"] == "Bob"


def test_a_member_presses_and_votes_in_the_group(stage: Stage, group: int) -> None:
    call(stage, "sendMessage", chat_id=group, text="x", reply_markup=BUTTONS)
    call(stage, "sendPoll", chat_id=group, question="?", options=["a", "b"], is_anonymous=False)
    act(stage, "bob", "press", label="Ask", group="class3")
    act(stage, "bob", "vote", options=[1], group="class3")
    (press,) = pending(stage, "callback_query")
    assert (press["from"]["first_name"], press["message"]["chat"]["id"]) == ("Bob", group)
    assert pending(stage, "poll_answer")[0]["user"]["first_name"] == "Bob"


def test_the_bot_is_thrown_out_and_comes_back(stage: Stage, group: int) -> None:
    stage.change_group("class3", GroupAct.EXPEL, "")
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendMessage", chat_id=group, text="x")
    told = (caught.value.code, caught.value.description)
    assert told == (403, "Forbidden: bot was kicked from the group chat")
    before = len(stage.world.updates)
    act(stage, "alice", "say", text="/today", group="class3")
    stage.change_group("class3", GroupAct.EXPEL, "")
    assert len(stage.world.updates) == before
    stage.change_group("class3", GroupAct.INVITE, "")
    assert call(stage, "sendMessage", chat_id=group, text="x")
    statuses = [n["new_chat_member"]["status"] for n in pending(stage, "my_chat_member")]
    assert statuses[-3:] == ["member", "kicked", "member"]


def test_a_group_becomes_a_supergroup_with_another_number(stage: Stage, group: int) -> None:
    call(stage, "sendMessage", chat_id=group, text="before")
    moved = stage.change_group("class3", GroupAct.MIGRATE, "")["chat_id"]
    assert moved < -(10**12)
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendMessage", chat_id=group, text="x")
    assert caught.value.envelope() == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": moved},
    }
    told = pending(stage, "message")[-2:]
    assert (told[0]["migrate_to_chat_id"], told[0]["chat"]["type"]) == (moved, "group")
    assert (told[1]["migrate_from_chat_id"], told[1]["chat"]["id"]) == (group, moved)
    sent = call(stage, "sendMessage", chat_id=moved, text="after")
    assert (sent["message_id"], sent["chat"]["type"]) == (2, "supergroup")
    act(stage, "alice", "say", text="/today", group="class3")
    assert pending(stage, "message")[-1]["chat"]["id"] == moved
    stage.change_group("class3", GroupAct.EXPEL, "")
    words = refused(stage, "sendMessage", chat_id=moved, text="x")
    assert words == "Forbidden: bot was kicked from the supergroup chat"
    with pytest.raises(RehearsalError, match="supergroup already"):
        stage.change_group("class3", GroupAct.MIGRATE, "")


@pytest.mark.parametrize("ids", list(MessageIds))
def test_numbers_of_messages(ids: MessageIds) -> None:
    """A basic group counts with the account as private chats do, a supergroup for itself."""
    stage = open_stage(message_ids=ids)
    group = with_group(stage)
    private = stage.world.people["alice"].chat_id
    numbers = [
        call(stage, "sendMessage", chat_id=chat, text="x")["message_id"]
        for chat in (private, group, private)
    ]
    assert numbers == ([3, 4, 5] if ids == MessageIds.ACCOUNT else [2, 1, 3])


def test_members_come_and_go(stage: Stage, group: int) -> None:
    with pytest.raises(RehearsalError, match="Charlie is not in the group"):
        act(stage, "charlie", "say", text="x", group="class3")
    stage.change_group("class3", GroupAct.ADD, "charlie")
    act(stage, "charlie", "say", text="/week", group="class3")
    assert stage.change_group("class3", GroupAct.REMOVE, "charlie")["members"] == ["alice", "bob"]
    with pytest.raises(RehearsalError, match="not in the group"):
        act(stage, "charlie", "say", text="x", group="class3")
    assert len(seen_in(stage.world, group)) == 1


@pytest.mark.parametrize(
    ("key", "title", "members", "words"),
    [
        ("alice", "x", (), "a key of its own"),
        ("a b", "x", (), "a key of its own"),
        ("g", " ", (), "a key of its own"),
        ("g", "x", ("nobody",), "Nobody here is called nobody"),
    ],
)
def test_groups_that_cannot_be(
    stage: Stage, key: str, title: str, members: tuple[str, ...], words: str
) -> None:
    with pytest.raises(RehearsalError, match=words):
        stage.make_group(NewGroup(key, title, members))


def test_the_same_group_again_changes_nothing(stage: Stage, group: int) -> None:
    lines = len(stage.world.lines)
    assert with_group(stage) == group
    assert len(stage.world.lines) == lines


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("start", {"group": "class3"}, "not done in a group"),
        ("say", {"group": "class4", "text": "x"}, "no group class4"),
        ("photos", {"gap": "soon"}, "cannot be soon seconds apart"),
        ("photos", {"gap": "9999"}, "cannot be 9999 seconds apart"),
    ],
)
def test_acts_that_do_not_fit(
    stage: Stage, group: int, name: str, given: dict[str, Any], words: str
) -> None:
    assert group
    with pytest.raises(RehearsalError, match=words):
        act(stage, "alice", name, **given)


def test_twenty_messages_a_minute_and_no_more() -> None:
    clock = Clock()
    stage = open_stage(clock, Limits(bot=Rate(1e6, 1e6)))
    group = with_group(stage)
    for number in range(20):
        call(stage, "sendMessage", chat_id=group, text=f"{number}")
    words = refused(stage, "sendMessage", chat_id=group, text="x")
    assert words == "Too Many Requests: retry after 3"
    clock.pass_by(3)
    assert call(stage, "sendMessage", chat_id=group, text="x")


def test_an_album_comes_in_parts_in_an_order_by_the_seed() -> None:
    def played(seed: int) -> list[tuple[int, float]]:
        clock = Clock()
        stage = open_stage(clock)
        pages = {name: jpeg(60, 60) for name in "abcd"}
        act(stage, "alice", "photos", uploads=pages, gap=8, seed=seed)
        heard: list[tuple[int, float]] = []
        for step in range(250):
            stage.release()
            new = [m["message_id"] for m in pending(stage, "message") if "photo" in m]
            heard += [(number, step / 10) for number in new[len(heard) :]]
            clock.pass_by(0.1)
        return heard

    first = played(1)
    assert first == played(1) != played(2)
    assert sorted(number for number, _ in first) == [3, 4, 5, 6]
    assert first[0][1] == 0
    assert 0 < first[-1][1] <= 24
    orders = {tuple(number for number, _ in played(seed)) for seed in range(6)}
    assert len(orders) > 1
