"""Films, places, copies, pins and changed messages: done as Telegram does, or refused alike."""

from typing import Any

import pytest

from jetkiz.rehearsal.bot_api.parameters import Upload
from jetkiz.rehearsal.people.ledger import seen_by
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.refusals import RehearsalError
from tests.rehearsal_examples import (
    Clock,
    act,
    call,
    chat_of,
    jpeg,
    open_stage,
    pdf,
    pending,
    refused,
)

FILM = Upload("lesson.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stage(clock: Clock) -> Stage:
    return open_stage(clock)


@pytest.fixture
def alice(stage: Stage) -> int:
    return chat_of(stage, "alice")


@pytest.mark.parametrize(
    ("method", "kind", "sizes"),
    [
        ("sendVideo", "video", {"width": 640, "height": 240, "duration": 9}),
        ("sendAnimation", "animation", {"width": 640, "height": 240, "duration": 9}),
        ("sendVideoNote", "video_note", {"length": 240, "duration": 9}),
    ],
)
def test_films(stage: Stage, alice: int, method: str, kind: str, sizes: dict[str, int]) -> None:
    sent = call(stage, method, {kind: FILM}, chat_id=alice, width=640, duration=9)[kind]
    assert sizes.items() <= sent.items()
    again = call(stage, method, chat_id=alice, **{kind: sent["file_id"]})
    assert again[kind] == sent
    words = refused(stage, "sendDocument", chat_id=alice, document=sent["file_id"])
    name = {"video_note": "VideoNote"}.get(kind, kind.capitalize())
    assert words == f"Bad Request: can't use file of type {name} as Document"


def test_photos_and_films_share_an_album(stage: Stage, alice: int) -> None:
    media = [
        {"type": "photo", "media": "attach://p"},
        {"type": "video", "media": "attach://v", "duration": 3},
    ]
    sent = call(stage, "sendMediaGroup", {"p": jpeg(), "v": FILM}, chat_id=alice, media=media)
    assert [message["video"]["duration"] for message in sent[1:]] == [3]
    assert len({message["media_group_id"] for message in sent}) == 1


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"latitude": 53.2, "longitude": "63.6"}, None),
        ({"latitude": 91, "longitude": 0}, "latitude is invalid"),
        ({"latitude": 0}, "longitude is empty"),
        ({"latitude": "nan", "longitude": 0}, "latitude is invalid"),
    ],
)
def test_places(stage: Stage, alice: int, place: dict[str, Any], words: str | None) -> None:
    if words is not None:
        assert refused(stage, "sendLocation", chat_id=alice, **place) == f"Bad Request: {words}"
    else:
        sent = call(stage, "sendLocation", chat_id=alice, **place)
        assert sent["location"] == {"latitude": 53.2, "longitude": 63.6}


def test_a_copy_is_a_message_of_its_own(stage: Stage, alice: int) -> None:
    charlie = chat_of(stage, "charlie")
    source = call(stage, "sendDocument", {"document": pdf()}, chat_id=alice, caption="бір")
    given = {"from_chat_id": alice, "message_id": source["message_id"], "chat_id": charlie}
    plain = call(stage, "copyMessage", **given)
    assert list(plain) == ["message_id"]
    call(stage, "copyMessage", **given, caption="<b>екі</b>", parse_mode="HTML")
    call(stage, "copyMessage", **given, caption="")
    seen = seen_by(stage.world, "charlie")[1:]
    assert [message["text"] for message in seen] == ["бір", "екі", ""]
    assert len({message["media"][0]["file_id"] for message in seen}) == 1


def test_the_copy_of_a_poll_is_asked_anew_and_a_forward_is_the_same_poll(
    stage: Stage, alice: int
) -> None:
    sent = call(stage, "sendPoll", chat_id=alice, question="?", options=["a", "b"])
    act(stage, "alice", "vote", options=[0])
    place = {"from_chat_id": alice, "message_id": sent["message_id"], "chat_id": alice}
    call(stage, "copyMessage", **place)
    call(stage, "forwardMessage", **place)
    asked, copied, forwarded = (m["poll"] for m in seen_by(stage.world, "alice")[1:])
    assert copied["id"] != asked["id"] == forwarded["id"]
    assert (asked["total_voter_count"], copied["total_voter_count"]) == (1, 0)
    act(stage, "alice", "vote", options=[1], message_id=sent["message_id"] + 1)
    assert seen_by(stage.world, "alice")[1]["poll"]["options"][1]["voter_count"] == 0


def test_a_forward_names_its_origin(stage: Stage, alice: int) -> None:
    said = act(stage, "charlie", "say", text="тапсырма")["message_id"]
    source = {"from_chat_id": chat_of(stage, "charlie"), "message_id": said}
    sent = call(stage, "forwardMessage", chat_id=alice, **source)
    assert (sent["text"], sent["forward_origin"]["sender_user"]["first_name"]) == (
        "тапсырма",
        "Charlie",
    )


@pytest.mark.parametrize(
    ("method", "verb"), [("copyMessage", "copy"), ("forwardMessage", "forward")]
)
@pytest.mark.parametrize("source", [{}, {"from_chat_id": "@x"}, {"from_chat_id": 5}])
def test_what_is_not_there_is_not_passed_on(
    stage: Stage, alice: int, method: str, verb: str, source: dict[str, Any]
) -> None:
    words = refused(stage, method, chat_id=alice, message_id=1, **source)
    assert words == f"Bad Request: message to {verb} not found"


def test_several_messages_go_at_once(stage: Stage, alice: int, clock: Clock) -> None:
    old = call(stage, "sendMessage", chat_id=alice, text="old")["message_id"]
    clock.pass_by(48 * 3600 + 1)
    new = [call(stage, "sendMessage", chat_id=alice, text=f"{n}")["message_id"] for n in range(2)]
    elsewhere = call(stage, "sendMessage", chat_id=chat_of(stage, "charlie"), text="other")
    numbers = [old, *new, new[0], 999, elsewhere["message_id"]]
    assert call(stage, "deleteMessages", chat_id=alice, message_ids=numbers) is True
    left = [m["text"] for m in seen_by(stage.world, "alice") if not m["deleted_at"]]
    assert left == ["/start", "old"]
    assert seen_by(stage.world, "charlie")[-1]["deleted_at"] is None


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], "message identifiers are not specified"),
        (list(range(101)), "too many message identifiers specified"),
        (["1"], "can't parse message identifiers JSON object"),
        (None, "can't parse message identifiers JSON object"),
    ],
)
def test_bad_lists_of_messages(stage: Stage, alice: int, numbers: Any, words: str) -> None:
    told = refused(stage, "deleteMessages", chat_id=alice, message_ids=numbers)
    assert told == f"Bad Request: {words}"


def test_pins(stage: Stage, alice: int) -> None:
    numbers = [
        call(stage, "sendMessage", chat_id=alice, text=f"{n}")["message_id"] for n in range(2)
    ]
    for number in numbers:
        assert call(stage, "pinChatMessage", chat_id=alice, message_id=number) is True
    assert call(stage, "unpinChatMessage", chat_id=alice) is True
    assert [m["pinned"] for m in seen_by(stage.world, "alice")[1:]] == [True, False]
    assert call(stage, "unpinChatMessage", chat_id=alice, message_id=numbers[0]) is True
    gone = refused(stage, "unpinChatMessage", chat_id=alice)
    assert gone == "Bad Request: message to unpin not found"
    lost = refused(stage, "pinChatMessage", chat_id=alice, message_id=99)
    assert lost == "Bad Request: message to pin not found"


def test_another_picture_takes_the_place(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice, caption="бір")
    place = {"chat_id": alice, "message_id": sent["message_id"]}
    media = {"type": "document", "media": "attach://d", "caption": "екі"}
    edited = call(stage, "editMessageMedia", {"d": pdf()}, **place, media=media)
    assert (edited["caption"], edited["document"]["file_name"], "photo" in edited) == (
        "екі",
        "lesson.pdf",
        False,
    )
    words = refused(stage, "editMessageMedia", **place, media={"type": "poll"})
    assert words == "Bad Request: can't parse InputMedia: media not found"
    poll = call(stage, "sendPoll", chat_id=alice, question="?", options=["a"])
    lost = {"chat_id": alice, "message_id": poll["message_id"], "media": {"type": "photo"}}
    words = refused(stage, "editMessageMedia", **lost)
    assert words == "Bad Request: there is no media in the message to edit"


def test_a_message_has_an_effect(stage: Stage, alice: int) -> None:
    sent = call(
        stage, "sendMessage", chat_id=alice, text="5", message_effect_id="5046509860389126442"
    )
    assert sent["effect_id"] == seen_by(stage.world, "alice")[-1]["effect"]


def test_a_person_changes_own_words_and_the_bot_hears_of_it(stage: Stage, clock: Clock) -> None:
    said = act(stage, "alice", "say", text="жазу")["message_id"]
    photo = act(stage, "alice", "photos", uploads={"a": jpeg()}, caption="1-бет")["message_id"]
    clock.pass_by(60)
    act(stage, "alice", "edit", message_id=said, text="түзету")
    act(stage, "alice", "edit", message_id=photo, text="")
    words, caption = pending(stage, "edited_message")
    assert (words["text"], words["edit_date"] - words["date"]) == ("түзету", 60)
    assert caption.get("caption") == ""


@pytest.mark.parametrize(
    ("number", "text", "words"),
    [
        (1, " ", "Nobody can send such a message"),
        (1, "ә" * 4097, "Nobody can send such a message"),
        (3, "x", "no own message 3"),
        (99, "x", "no own message 99"),
        (None, "x", "no own message"),
    ],
)
def test_what_a_person_cannot_change(
    stage: Stage, alice: int, number: int | None, text: str, words: str
) -> None:
    call(stage, "sendMessage", chat_id=alice, text="x")
    with pytest.raises(RehearsalError, match=words) as caught:
        act(stage, "alice", "edit", message_id=number, text=text)
    assert caught.value.status in {400, 404}
