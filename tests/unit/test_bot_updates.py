"""What is kept of all that arrives: updates whole, anything else refused, nothing an error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.alarms import Refused
from bot.receiving.updates import (
    LARGEST,
    WANTED,
    chat_of,
    fault_of,
    is_private,
    kind_of,
    person_of,
    sift,
)

GROUP = {"id": -100, "type": "supergroup"}
HOME = {"id": 7, "type": "private"}
PERSON = {"id": 7, "language_code": "kk"}


def said(text: str = "hello", number: int = 1, **more: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": HOME, "from": PERSON, "text": text, **more}}


EVERY_KIND = {
    "message": {"chat": HOME, "from": PERSON},
    "edited_message": {"chat": HOME, "from": PERSON},
    "callback_query": {"from": PERSON, "message": {"chat": HOME}},
    "my_chat_member": {"chat": HOME, "from": PERSON},
    "poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [0]},
}


def test_every_wanted_kind_belongs_to_its_persons_own_chat() -> None:
    assert set(EVERY_KIND) == set(WANTED)
    for kind, body in EVERY_KIND.items():
        raw = {"update_id": 1, kind: body}
        assert (kind_of(raw), chat_of(raw), fault_of(raw)) == (kind, 7, None)
        assert is_private(raw)
        assert person_of(raw) == PERSON


def test_what_a_group_says_is_not_private() -> None:
    for kind in ("message", "edited_message", "my_chat_member"):
        assert not is_private({"update_id": 1, kind: {"chat": GROUP, "from": PERSON}})
    pressed = {"update_id": 1, "callback_query": {"from": PERSON, "message": {"chat": GROUP}}}
    assert not is_private(pressed)
    assert not is_private({"update_id": 1, "poll_answer": {"voter_chat": GROUP}})
    assert not is_private({"update_id": 1, "message_reaction": {"chat": HOME}})


def test_an_old_press_without_its_message_is_its_persons() -> None:
    raw = {"update_id": 1, "callback_query": {"from": PERSON}}
    assert (chat_of(raw), is_private(raw)) == (7, True)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        7,
        {},
        {"message": {"chat": HOME}},
        {"update_id": "5", "message": {"chat": HOME}},
        {"update_id": True, "message": {"chat": HOME}},
        {"update_id": -1, "message": {"chat": HOME}},
        {"update_id": 2**63, "message": {"chat": HOME}},
        {"update_id": 1.5, "message": {"chat": HOME}},
        {"update_id": 1, "message": "hello"},
        {"update_id": 1, "message": {"chat": "home"}},
        {"update_id": 1, "message": {"chat": {"id": "7"}}},
        {"update_id": 1, "message": {"chat": {"id": 2**63}}},
        {"update_id": 1, "message": {"text": "from nobody"}},
        said("\0"),
        said("\ud83d"),
        said(more=float("nan")),
    ],
)
def test_what_is_no_update_is_refused(raw: Any) -> None:
    assert fault_of(raw) == Refused.MALFORMED


def test_a_child_may_type_a_backslash() -> None:
    for text in ("\\u0000", "\\\\u0000", "a\\\\\\u0000b", "\\ud83d", "😀"):
        assert fault_of(said(text)) is None


def test_an_endless_update_is_refused_and_a_long_message_is_not() -> None:
    assert fault_of(said("ң" * 4096, entities=[{"type": "bold"}] * 400)) is None
    assert fault_of(said("ң" * LARGEST)) == Refused.OVERSIZED
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert fault_of(said(more=deep)) == Refused.MALFORMED


def test_what_is_refused_is_confirmed_with_the_rest_and_counted() -> None:
    unasked = {"update_id": 9, "message_reaction": {"chat": HOME}}
    broken = {"update_id": 12, "message": 7}
    found = sift([said(number=8), unasked, broken, {"no": "number"}, said("x" * LARGEST, 10)])
    assert [one["update_id"] for one in found.kept] == [8]
    assert found.following == 13
    assert found.refused == {Refused.MALFORMED: 2, Refused.OVERSIZED: 1}
    assert sift([]).following == 0


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*WANTED, "update_id", "chat", "from", "user", "id", "type", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(ANY_JSON, max_size=4))
def test_whatever_comes_is_kept_whole_or_refused(delivered: list[Any]) -> None:
    found = sift(delivered)
    for raw in found.kept:
        assert chat_of(raw)
        assert json.loads(json.dumps(raw)) == raw
        assert raw["update_id"] < found.following
        is_private(raw)
        person_of(raw)
    assert len(found.kept) + found.refused.total() <= len(delivered)
