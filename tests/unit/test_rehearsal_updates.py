"""An update comes again until the bot confirms it; offsets mean what Telegram means by them."""

from collections import deque
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.bot_api.updates import confirmation, read_poll, take_updates
from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.state.world import QueuedUpdate
from tests.rehearsal_examples import MONDAY, act, call, open_stage, pending, refused

FIRST = 100


def queue(count: int) -> deque[QueuedUpdate]:
    return deque(QueuedUpdate(MONDAY, {"update_id": FIRST + n}) for n in range(count))


def ids(count: int, offset: int, limit: int = 100) -> list[int]:
    taken = take_updates(queue(count), offset, limit, MONDAY)
    return [update["update_id"] for update in taken.updates]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, [100, 101, 102]),
        (99, [100, 101, 102]),
        (101, [101, 102]),
        (103, []),
        (113, []),
        (114, [100, 101, 102]),  # too far ahead to be meant
        (-1, [102]),
        (-2, [101, 102]),
        (-9, [100, 101, 102]),
    ],
)
def test_offsets(offset: int, expected: list[int]) -> None:
    assert ids(3, offset) == expected


def test_limit_leaves_the_rest_for_later() -> None:
    assert ids(5, 101, limit=2) == [101, 102]


@pytest.mark.parametrize("offset", [0, 5, -5])
def test_an_empty_queue_gives_nothing(offset: int) -> None:
    assert take_updates(deque(), offset, 100, MONDAY).updates == ()


def test_an_update_is_forgotten_after_a_day() -> None:
    day_later = MONDAY + timedelta(hours=24)
    assert len(take_updates(queue(2), 0, 100, day_later).updates) == 2
    taken = take_updates(queue(2), 0, 100, day_later + timedelta(seconds=1))
    assert (taken.updates, taken.confirmed_below) == ((), FIRST + 2)


@given(
    count=st.integers(0, 12),
    limit=st.integers(1, 5),
    confirms=st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_a_careful_bot_gets_everything_in_order(
    count: int, limit: int, confirms: list[bool]
) -> None:
    """Whether a crash comes before the confirmation or after it, nothing is lost or out of turn."""
    waiting, offset, seen = queue(count), 0, []
    for confirmed in confirms:
        taken = take_updates(waiting, offset, limit, MONDAY)
        while waiting and waiting[0].number < taken.confirmed_below:
            waiting.popleft()
        got = [update["update_id"] for update in taken.updates]
        if confirmed and got:
            seen += got
            offset = got[-1] + 1
    assert seen == list(range(FIRST, FIRST + len(seen)))
    assert sum(confirms) < count or len(seen) == count


@pytest.mark.parametrize(
    ("given_limit", "limit"), [("5", 5), ("0", 100), ("101", 100), ("", 100), (7, 7)]
)
def test_a_strange_limit_is_the_default(given_limit: object, limit: int) -> None:
    assert read_poll(Parameters({"limit": given_limit})).limit == limit


def test_a_hold_is_never_longer_than_the_servers() -> None:
    assert read_poll(Parameters({"timeout": 3600})).hold == 50
    assert read_poll(Parameters({"timeout": -3})).hold == 0


@pytest.mark.parametrize("wanted", ["message", '"message"', "[1]", {"a": 1}])
def test_wanted_kinds_must_be_a_list_of_names(wanted: object) -> None:
    with pytest.raises(ApiRefusal, match="allowed_updates"):
        read_poll(Parameters({"allowed_updates": wanted}))


async def test_only_wanted_kinds_come_until_the_bot_says_otherwise() -> None:
    stage = open_stage()
    act(stage, "alice", "say", text="one")
    await stage.get_updates(Parameters({"allowed_updates": '["my_chat_member"]'}))
    act(stage, "alice", "say", text="two")
    await stage.get_updates(Parameters({}))  # saying nothing keeps the choice
    act(stage, "alice", "say", text="three")
    act(stage, "alice", "block")
    assert [m["text"] for m in pending(stage, "message")] == ["/start", "/start", "one"]
    assert len(pending(stage, "my_chat_member")) == 1
    await stage.get_updates(Parameters({"allowed_updates": []}))
    act(stage, "charlie", "say", text="four")
    assert pending(stage, "message")[-1]["text"] == "four"


def test_nothing_is_recorded_when_nothing_is_confirmed() -> None:
    stage = open_stage()
    first = stage.world.updates[0].number
    assert confirmation(stage.world, take_updates(stage.world.updates, 0, 9, MONDAY)) == ()
    (event,) = confirmation(stage.world, take_updates(stage.world.updates, first + 1, 9, MONDAY))
    assert event.facts == {"below": first + 1}


@pytest.mark.parametrize(
    "url", ["https://school.kz/hook", "http://school.kz/", "https://127.0.0.1/", "ftp://localhost/",
            "http://127.0.0.1:99999/", "http://127.0.0.1.school.kz/", "hook", "http://[::1"]
)  # fmt: skip
def test_a_webhook_elsewhere_is_refused_not_pretended(url: str) -> None:
    stage = open_stage()
    words = refused(stage, "setWebhook", url=url)
    assert words.startswith("Bad Request: bad webhook: the rehearsal delivers only to")
    assert call(stage, "getWebhookInfo")["url"] == ""


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("k" * 257, "Bad Request: secret token is too long"),
        ("құпия", "Bad Request: secret token contains unallowed characters"),
        ("a b", "Bad Request: secret token contains unallowed characters"),
    ],
)
def test_secrets_that_fit_in_no_header(secret: str, words: str) -> None:
    stage = open_stage()
    assert refused(stage, "setWebhook", url="http://127.0.0.1/", secret_token=secret) == words


def test_a_webhook_is_set_told_of_and_taken_away() -> None:
    stage = open_stage()
    given = {"url": "http://127.0.0.1:9/hook", "max_connections": 500, "secret_token": "k" * 256}
    assert call(stage, "setWebhook", **given, allowed_updates=["message"]) is True
    info = call(stage, "getWebhookInfo")
    assert info == {
        "url": "http://127.0.0.1:9/hook",
        "has_custom_certificate": False,
        "pending_update_count": 2,
        "max_connections": 100,
        "ip_address": "127.0.0.1",
        "allowed_updates": ["message"],
    }
    assert call(stage, "setWebhook", url="http://localhost/", drop_pending_updates=True) is True
    info = call(stage, "getWebhookInfo")
    assert (info["pending_update_count"], info["max_connections"]) == (0, 40)
    assert call(stage, "setWebhook", url="") is True
    assert call(stage, "getWebhookInfo")["url"] == ""


def test_dropping_pending_updates() -> None:
    stage = open_stage()
    assert call(stage, "deleteWebhook") is True
    assert len(stage.world.updates) == 2
    assert call(stage, "deleteWebhook", drop_pending_updates=True) is True
    assert call(stage, "getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
    }
