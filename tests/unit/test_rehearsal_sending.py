"""The bot sends text, pictures, files and albums; what Telegram would refuse is refused alike."""

import json
from typing import Any

import pytest

from jetkiz.rehearsal.bot_api.parameters import Parameters, Upload
from jetkiz.rehearsal.people.ledger import seen_by
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.rehearsal.state.refusals import ApiRefusal
from tests.rehearsal_examples import (
    BUTTONS,
    WIDE,
    Clock,
    act,
    call,
    chat_of,
    jpeg,
    open_stage,
    pdf,
    picture,
    refused,
)


@pytest.fixture
def stage() -> Stage:
    return open_stage()


@pytest.fixture
def alice(stage: Stage) -> int:
    return chat_of(stage, "alice")


def test_a_message_arrives_with_formatting_and_buttons(stage: Stage, alice: int) -> None:
    sent = call(
        stage,
        "sendMessage",
        chat_id=alice,
        text="<b>Математика</b>",
        parse_mode="HTML",
        reply_markup=BUTTONS,
    )
    assert sent["text"] == "Математика"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 10}]
    assert sent["reply_markup"] == BUTTONS
    assert sent["chat"] == {"id": alice, "type": "private", "first_name": "Alice"}
    assert sent["from"]["is_bot"] is True
    assert sent["date"] == 1769396400


def test_message_numbers_are_one_sequence_for_all_chats(stage: Stage) -> None:
    chats = [chat_of(stage, name) for name in ("alice", "charlie", "alice")]
    numbers = [call(stage, "sendMessage", chat_id=c, text="x")["message_id"] for c in chats]
    last = act(stage, "alice", "say", text="y")["message_id"]
    assert [*numbers, last] == [3, 4, 5, 6]


def test_message_numbers_may_count_in_each_chat_alone() -> None:
    stage = open_stage(message_ids=MessageIds.CHAT)
    chats = [chat_of(stage, name) for name in ("alice", "charlie", "alice")]
    sent = [call(stage, "sendMessage", chat_id=c, text=f"{n}") for n, c in enumerate(chats)]
    assert [message["message_id"] for message in sent] == [2, 2, 3]
    media = json.dumps([{"type": "photo", "media": "attach://f"}] * 2)
    groups = {
        call(stage, "sendMediaGroup", {"f": jpeg()}, chat_id=chat, media=media)[0]["media_group_id"]
        for chat in chats
    }
    assert len(groups) == 3
    call(stage, "editMessageText", chat_id=chats[0], message_id=2, text="changed")
    assert [m["text"] for m in seen_by(stage.world, "charlie")] == ["/start", "1", "", ""]
    assert [m["text"] for m in seen_by(stage.world, "alice")][:3] == ["/start", "changed", "2"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"text": "x", "chat_id": 5}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@school"}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ["a"]}, "Bad Request: parameter chat_id must be a string"),
        ({"chat_id": "ALICE"}, "Bad Request: message text is empty"),
        ({"chat_id": "ALICE", "text": " \n"}, "Bad Request: message text is empty"),
        (
            {"chat_id": "ALICE", "text": "<b> </b>", "parse_mode": "HTML"},
            "Bad Request: message text is empty",
        ),
        ({"chat_id": "ALICE", "text": "ә" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": "ALICE", "text": "🏟" * 2049}, "Bad Request: message is too long"),
        (
            {"chat_id": "ALICE", "text": "x", "reply_parameters": '{"message_id": 99}'},
            "Bad Request: message to be replied not found",
        ),
        (
            {"chat_id": "ALICE", "text": "x", "reply_parameters": {"id": 1}},
            "Bad Request: can't parse reply parameters JSON object",
        ),
        (
            {"chat_id": "ALICE", "text": "x", "reply_markup": "{not json"},
            "Bad Request: can't parse reply_markup JSON object",
        ),
        (
            {"chat_id": "ALICE", "text": "x", "reply_to_message_id": "x"},
            "Bad Request: parameter reply_to_message_id must be an integer",
        ),
    ],
)
def test_bad_messages(stage: Stage, alice: int, given: dict[str, Any], words: str) -> None:
    if given.get("chat_id") == "ALICE":
        given = given | {"chat_id": alice}
    before = len(stage.world.lines)
    assert refused(stage, "sendMessage", **given) == words
    assert len(stage.world.lines) == before


@pytest.mark.parametrize("length", [1, 4096])
def test_the_longest_and_the_shortest_text(stage: Stage, alice: int, length: int) -> None:
    assert len(call(stage, "sendMessage", chat_id=str(alice), text="ә" * length)["text"]) == length


@pytest.mark.parametrize(
    ("person", "before", "words"),
    [
        ("bob", (), "Forbidden: bot can't initiate conversation with a user"),
        ("alice", ("block",), "Forbidden: bot was blocked by the user"),
        ("alice", ("deactivate",), "Forbidden: user is deactivated"),
    ],
)
def test_people_who_cannot_be_reached(
    stage: Stage, person: str, before: tuple[str, ...], words: str
) -> None:
    for name in before:
        act(stage, person, name)
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendMessage", chat_id=chat_of(stage, person), text="x")
    assert (caught.value.code, caught.value.description) == (403, words)


def test_a_person_who_came_back_is_reached_again(stage: Stage, alice: int) -> None:
    act(stage, "alice", "block")
    act(stage, "alice", "unblock")
    assert call(stage, "sendMessage", chat_id=alice, text="x")["message_id"]


def test_replies(stage: Stage, alice: int) -> None:
    said = act(stage, "alice", "say", text="сұрақ")["message_id"]
    reply = {"message_id": said}
    sent = call(stage, "sendMessage", chat_id=alice, text="жауап", reply_parameters=reply)
    assert sent["reply_to_message"]["text"] == "сұрақ"
    old_style = call(stage, "sendMessage", chat_id=alice, text="x", reply_to_message_id=said)
    assert "reply_to_message" in old_style
    lost = json.dumps({"message_id": 999, "allow_sending_without_reply": True})
    alone = call(stage, "sendMessage", chat_id=alice, text="x", reply_parameters=lost)
    assert "reply_to_message" not in alone


def test_nobody_replies_into_another_chat(stage: Stage, alice: int) -> None:
    said = act(stage, "charlie", "say", text="x")["message_id"]
    words = refused(stage, "sendMessage", chat_id=alice, text="y", reply_to_message_id=said)
    assert words == "Bad Request: message to be replied not found"


def test_a_photo_comes_in_several_sizes_and_the_largest_is_the_original(
    stage: Stage, alice: int
) -> None:
    original = jpeg(1600, 1200)
    sent = call(stage, "sendPhoto", {"photo": original}, chat_id=alice, caption="бет 1")
    sizes = [(size["width"], size["height"]) for size in sent["photo"]]
    assert sizes == [(90, 68), (320, 240), (800, 600), (1280, 960), (1600, 1200)]
    largest = stage.world.files[sent["photo"][-1]["file_id"]]
    assert stage.world.contents[largest.sha256] == original.content
    assert sent["caption"] == "бет 1"
    assert len({size["file_unique_id"] for size in sent["photo"]}) == 5


def test_a_small_photo_has_one_size(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendPhoto", {"photo": jpeg(80, 60)}, chat_id=alice)
    assert [size["width"] for size in sent["photo"]] == [80]


def test_another_picture_format_becomes_a_jpeg(stage: Stage, alice: int) -> None:
    upload = Upload("page.png", "image/png", picture(form="PNG"))
    sent = call(stage, "sendPhoto", {"photo": upload}, chat_id=alice)
    largest = stage.world.files[sent["photo"][-1]["file_id"]]
    assert stage.world.contents[largest.sha256].startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (Upload("x.jpg", "image/jpeg", b"not a picture"), "Bad Request: IMAGE_PROCESS_FAILED"),
        (Upload("x.jpg", "image/jpeg", picture()[:300]), "Bad Request: IMAGE_PROCESS_FAILED"),
        (Upload("x.jpg", "image/jpeg", b""), "Bad Request: file must be non-empty"),
        (jpeg(2100, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (jpeg(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    ],
)
def test_bad_photos(stage: Stage, alice: int, upload: Upload, words: str) -> None:
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendPhoto", {"photo": upload}, chat_id=alice)
    assert caught.value.description == words


def test_sizes_of_uploads() -> None:
    small = Limits(bot=WIDE.bot, chat=WIDE.chat, upload_bytes=50_000, photo_bytes=1000)
    stage = open_stage(limits=small)
    alice = chat_of(stage, "alice")
    with pytest.raises(ApiRefusal, match="is too big for a photo; the maximum size is 1000 bytes"):
        call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice)
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendDocument", {"document": pdf(b"x" * 50_001)}, chat_id=alice)
    assert (caught.value.code, caught.value.description) == (413, "Request Entity Too Large")
    assert call(stage, "sendDocument", {"document": pdf(b"x" * 50_000)}, chat_id=alice)


def test_a_document_keeps_name_and_kind_and_is_sent_again_by_its_id(
    stage: Stage, alice: int
) -> None:
    first = call(stage, "sendDocument", {"document": pdf(name="сабақ.pdf")}, chat_id=alice)
    document = first["document"]
    assert (document["file_name"], document["mime_type"]) == ("сабақ.pdf", "application/pdf")
    again = call(stage, "sendDocument", chat_id=alice, document=document["file_id"])
    assert again["document"] == document
    assert len(stage.world.files) == 1


def test_a_photo_is_sent_again_by_any_of_its_sizes(stage: Stage, alice: int) -> None:
    first = call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice)["photo"]
    again = call(stage, "sendPhoto", chat_id=alice, photo=first[0]["file_id"])
    assert again["photo"] == first


def test_the_same_bytes_are_kept_once(stage: Stage, alice: int) -> None:
    ids = [
        call(stage, "sendDocument", {"document": pdf()}, chat_id=alice)["document"]["file_id"]
        for _ in range(2)
    ]
    assert ids[0] != ids[1]
    assert len(stage.world.contents) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "Bad Request: there is no document in the request"),
        ("AAA", "Bad Request: wrong file identifier/HTTP URL specified"),
        ("attach://nowhere", "Bad Request: wrong file identifier/HTTP URL specified"),
        ("https://school.kz/a.pdf", "Bad Request: failed to get HTTP URL content"),
        ("PHOTO", "Bad Request: can't use file of type Photo as Document"),
    ],
)
def test_bad_file_references(stage: Stage, alice: int, given: str | None, words: str) -> None:
    photo = call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice)["photo"]
    document = photo[-1]["file_id"] if given == "PHOTO" else given
    assert refused(stage, "sendDocument", chat_id=alice, document=document) == words


def test_a_file_may_come_in_a_part_of_another_name(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendDocument", {"part": pdf()}, chat_id=alice, document="attach://part")
    assert sent["document"]["file_name"] == "lesson.pdf"


def test_audio_and_voice(stage: Stage, alice: int) -> None:
    song = Upload("lesson.mp3", "audio/mpeg", b"ID3...")
    audio = call(
        stage, "sendAudio", {"audio": song}, chat_id=alice, title="Тыңдалым", duration="75"
    )["audio"]
    assert (audio["title"], audio["duration"], audio["file_name"]) == ("Тыңдалым", 75, "lesson.mp3")
    again = call(stage, "sendAudio", chat_id=alice, audio=audio["file_id"], title="other")
    assert again["audio"] == audio
    spoken = Upload("voice.ogg", "audio/ogg", b"OggS")
    voice = call(stage, "sendVoice", {"voice": spoken}, chat_id=alice)["voice"]
    assert (voice["mime_type"], voice["duration"], "file_name" in voice) == ("audio/ogg", 0, False)


def test_captions(stage: Stage, alice: int) -> None:
    sent = call(
        stage,
        "sendPhoto",
        {"photo": jpeg()},
        chat_id=alice,
        caption="<i>бет</i>",
        parse_mode="HTML",
    )
    assert sent["caption_entities"] == [{"type": "italic", "offset": 0, "length": 3}]
    with pytest.raises(ApiRefusal, match="message caption is too long"):
        call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice, caption="ә" * 1025)
    assert call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice, caption="ә" * 1024)


def album(*kinds: str) -> str:
    return json.dumps([{"type": kind, "media": f"attach://f{n}"} for n, kind in enumerate(kinds)])


def test_an_album_is_several_messages_with_one_group(stage: Stage, alice: int) -> None:
    uploads = {"f0": jpeg(), "f1": jpeg(colour="red")}
    sent = call(stage, "sendMediaGroup", uploads, chat_id=alice, media=album("photo", "photo"))
    assert [m["message_id"] for m in sent] == [3, 4]
    assert len({m["media_group_id"] for m in sent}) == 1
    alone = call(stage, "sendMediaGroup", uploads, chat_id=alice, media=album("photo"))
    assert "media_group_id" not in alone[0]


def test_an_album_of_audio_with_captions(stage: Stage, alice: int) -> None:
    song = Upload("a.mp3", "audio/mpeg", b"ID3")
    media = [
        {"type": "audio", "media": "attach://f0", "duration": 9, "caption": "<b>1</b>",
         "parse_mode": "HTML"},
        {"type": "audio", "media": "attach://f0"},
    ]  # fmt: skip
    sent = call(stage, "sendMediaGroup", {"f0": song}, chat_id=alice, media=media)
    assert [m["audio"]["duration"] for m in sent] == [9, 0]
    assert sent[0]["caption"] == "1"


@pytest.mark.parametrize(
    ("media", "words"),
    [
        (None, "there are no messages to send"),
        ("[]", "there are no messages to send"),
        ('["x"]', "can't parse media JSON object"),
        (album(*["photo"] * 11), "too many messages to send as an album"),
        (album("photo", "document"), "document can't be mixed with other media types"),
        (album("audio", "photo"), "audio can't be mixed with other media types"),
        (album("voice"), 'can\'t parse InputMedia: type "voice" is unsupported'),
        ('[{"type": "photo"}]', "can't parse InputMedia: media not found"),
        ('[{"type": "photo", "media": "attach://f9"}]', "can't parse InputMedia: media not found"),
    ],
)
def test_bad_albums_send_nothing(stage: Stage, alice: int, media: str | None, words: str) -> None:
    before = len(stage.world.lines)
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendMediaGroup", {"f0": jpeg(), "f1": pdf()}, chat_id=alice, media=media)
    assert caught.value.description == f"Bad Request: {words}"
    assert len(stage.world.lines) == before


def test_chat_actions(stage: Stage, alice: int) -> None:
    assert call(stage, "sendChatAction", chat_id=alice, action="upload_document") is True
    words = refused(stage, "sendChatAction", chat_id=alice, action="dance")
    assert words == "Bad Request: wrong parameter action in request"


def test_too_many_messages_are_told_to_wait_and_are_not_sent() -> None:
    clock = Clock()
    stage = open_stage(clock, Limits(chat=Rate(1, 2)))
    alice = chat_of(stage, "alice")
    for _ in range(2):
        call(stage, "sendMessage", chat_id=alice, text="x")
    with pytest.raises(ApiRefusal) as caught:
        call(stage, "sendMessage", chat_id=alice, text="lost?")
    assert caught.value.envelope() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert all(m.content["text"] != "lost?" for m in stage.world.messages_of(alice))
    clock.pass_by(1)
    assert call(stage, "sendMessage", chat_id=alice, text="x")


def test_what_is_wrong_anyway_costs_no_message() -> None:
    stage = open_stage(limits=Limits(chat=Rate(1, 1)))
    alice = chat_of(stage, "alice")
    for _ in range(5):
        assert refused(stage, "sendMessage", chat_id=alice) == "Bad Request: message text is empty"
    assert call(stage, "sendMessage", chat_id=alice, text="x")


def test_parameters_may_be_given_as_text_or_as_values() -> None:
    given = Parameters({"a": 1.5, "b": True, "c": "YES", "d": "", "e": {"x": 1}})
    assert [given.text("a"), given.text("b"), given.text("z")] == ["1.5", "true", None]
    assert [given.flag("b"), given.flag("c"), given.flag("d")] == [True, True, False]
    assert [given.integer("d"), given.structure("d"), given.structure("e")] == [
        None,
        None,
        {"x": 1},
    ]
