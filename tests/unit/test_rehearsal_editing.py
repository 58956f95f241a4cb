"""The bot changes, removes and answers; what cannot be changed is refused in Telegram's words."""

from typing import Any

import pytest

from jetkiz.rehearsal.running.stage import Stage
from tests.rehearsal_examples import (
    BUTTONS,
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

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
FEWER = {"inline_keyboard": [[{"text": "Received 12:40", "callback_data": "1:ack:7"}]]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stage(clock: Clock) -> Stage:
    return open_stage(clock)


@pytest.fixture
def card(stage: Stage) -> dict[str, Any]:
    """The place of a lesson card in Alice's chat."""
    alice = chat_of(stage, "alice")
    sent = call(stage, "sendMessage", chat_id=alice, text="Сабақ", reply_markup=BUTTONS)
    return {"chat_id": alice, "message_id": sent["message_id"]}


def test_text_and_buttons_change(stage: Stage, card: dict[str, Any], clock: Clock) -> None:
    clock.pass_by(60)
    edited = call(stage, "editMessageText", **card, text="<b>Жаңа</b>", parse_mode="HTML")
    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("Жаңа", 60)
    assert "reply_markup" not in edited


def test_only_buttons_change(stage: Stage, card: dict[str, Any]) -> None:
    edited = call(stage, "editMessageReplyMarkup", **card, reply_markup=FEWER)
    assert (edited["text"], edited["reply_markup"]) == ("Сабақ", FEWER)


def test_the_same_again_is_refused(stage: Stage, card: dict[str, Any]) -> None:
    """The sender's probe rests on this answer: it proves which message a number is."""
    same = {**card, "reply_markup": BUTTONS}
    assert refused(stage, "editMessageReplyMarkup", **same) == NOT_MODIFIED
    assert refused(stage, "editMessageText", **same, text="Сабақ") == NOT_MODIFIED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"message_id": 99}, "Bad Request: message to edit not found"),
        ({"message_id": 1}, "Bad Request: message can't be edited"),
        ({"message_id": None}, "Bad Request: message identifier is not specified"),
        ({"chat_id": 5}, "Bad Request: chat not found"),
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "<b>", "parse_mode": "HTML"},
         'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
    ],
)  # fmt: skip
def test_bad_edits(stage: Stage, card: dict[str, Any], change: dict[str, Any], words: str) -> None:
    assert refused(stage, "editMessageText", **(card | {"text": "x"} | change)) == words


def test_a_message_of_another_chat_is_not_found(stage: Stage, card: dict[str, Any]) -> None:
    charlie = {**card, "chat_id": chat_of(stage, "charlie")}
    assert refused(stage, "editMessageText", **charlie, text="x").endswith("to edit not found")
    assert refused(stage, "deleteMessage", **charlie).endswith("to delete not found")


def test_the_probe_finds_a_message_only_in_its_own_chat(stage: Stage, card: dict[str, Any]) -> None:
    """Same number and same buttons: not found elsewhere, not modified at home, nothing changed."""
    charlie = {**card, "chat_id": chat_of(stage, "charlie"), "reply_markup": BUTTONS}
    before = len(stage.world.lines)
    words = refused(stage, "editMessageReplyMarkup", **charlie)
    assert words == "Bad Request: message to edit not found"
    assert refused(stage, "editMessageReplyMarkup", **card, reply_markup=BUTTONS) == NOT_MODIFIED
    assert len(stage.world.lines) == before


def test_captions_and_texts_are_not_mixed_up(stage: Stage, card: dict[str, Any]) -> None:
    alice = card["chat_id"]
    sent = call(stage, "sendPhoto", {"photo": jpeg()}, chat_id=alice, caption="бір")
    photo = {"chat_id": alice, "message_id": sent["message_id"]}
    edited = call(stage, "editMessageCaption", **photo, caption="екі")
    assert (edited["caption"], edited["photo"]) == ("екі", sent["photo"])
    assert "caption" not in call(stage, "editMessageCaption", **photo)
    assert refused(stage, "editMessageText", **photo, text="x") == (
        "Bad Request: there is no text in the message to edit"
    )
    assert refused(stage, "editMessageCaption", **card, caption="x") == (
        "Bad Request: there is no caption in the message to edit"
    )


def test_a_deleted_message_is_gone(stage: Stage, card: dict[str, Any]) -> None:
    assert call(stage, "deleteMessage", **card) is True
    assert refused(stage, "deleteMessage", **card) == "Bad Request: message to delete not found"
    assert refused(stage, "editMessageText", **card, text="x").endswith("message to edit not found")


def test_after_two_days_a_message_stays(stage: Stage, card: dict[str, Any], clock: Clock) -> None:
    clock.pass_by(48 * 3600 + 1)
    words = refused(stage, "deleteMessage", **card)
    assert words == "Bad Request: message can't be deleted for everyone"


def test_a_sign_on_a_message(stage: Stage, card: dict[str, Any]) -> None:
    said = act(stage, "alice", "say", text="тапсырма")["message_id"]
    place = {**card, "message_id": said}
    assert call(stage, "setMessageReaction", **place, reaction='[{"type":"emoji","emoji":"👀"}]')
    assert stage.world.messages[place["chat_id"], said].reaction == "👀"
    assert call(stage, "setMessageReaction", **place) is True
    assert stage.world.messages[place["chat_id"], said].reaction is None


@pytest.mark.parametrize(
    ("message_id", "reaction", "words"),
    [
        (1, [{"type": "emoji", "emoji": "🥸"}], "REACTION_INVALID"),
        (1, ["👍"], "REACTION_INVALID"),
        (1, [{"type": "emoji", "emoji": "👍"}] * 2, "REACTIONS_TOO_MANY"),
        (77, [], "message to react not found"),
    ],
)
def test_bad_signs(stage: Stage, message_id: int, reaction: Any, words: str) -> None:
    place = {"chat_id": chat_of(stage, "alice"), "message_id": message_id}
    words_given = refused(stage, "setMessageReaction", **place, reaction=reaction)
    assert words_given == f"Bad Request: {words}"


def press(stage: Stage) -> str:
    act(stage, "alice", "press", label="Received")
    return str(pending(stage, "callback_query")[-1]["id"])


@pytest.mark.usefixtures("card")
def test_a_press_is_answered_once(stage: Stage) -> None:
    query = press(stage)
    assert call(stage, "answerCallbackQuery", callback_query_id=query, text="Рақмет!") is True
    assert stage.world.presses[query]["answer"]["text"] == "Рақмет!"
    again = refused(stage, "answerCallbackQuery", callback_query_id=query)
    assert again.startswith("Bad Request: query is too old")


@pytest.mark.usefixtures("card")
def test_presses_that_cannot_be_answered(stage: Stage, clock: Clock) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert refused(stage, "answerCallbackQuery", callback_query_id="1") == too_old
    assert refused(stage, "answerCallbackQuery") == too_old
    query = press(stage)
    assert refused(stage, "answerCallbackQuery", callback_query_id=query, text="x" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    clock.pass_by(15 * 60 + 1)
    assert refused(stage, "answerCallbackQuery", callback_query_id=query) == too_old


def test_the_bot_introduces_itself_in_each_language(stage: Stage) -> None:
    assert call(stage, "getMe")["username"] == "jetkiz_42_bot"
    assert call(stage, "getMyName") == {"name": "Jetkiz"}
    call(stage, "setMyName", name="Мектеп", language_code="kk")
    call(stage, "setMyDescription", description="Lessons")
    call(stage, "setMyShortDescription", short_description="L")
    assert call(stage, "getMyName", language_code="kk") == {"name": "Мектеп"}
    assert call(stage, "getMyName", language_code="ru") == {"name": "Jetkiz"}
    assert call(stage, "getMyDescription", language_code="ru") == {"description": "Lessons"}
    assert call(stage, "getMyShortDescription") == {"short_description": "L"}


def test_commands_by_language_and_scope(stage: Stage) -> None:
    week = [{"command": "week", "description": "Lessons of the week"}]
    alice = {"type": "chat", "chat_id": chat_of(stage, "alice")}
    assert call(stage, "setMyCommands", commands=week, language_code="kk") is True
    assert call(stage, "setMyCommands", commands=week * 2, scope=alice) is True
    assert call(stage, "getMyCommands", language_code="kk") == week
    assert call(stage, "getMyCommands") == []
    assert len(call(stage, "getMyCommands", scope=alice)) == 2
    assert call(stage, "deleteMyCommands", language_code="kk") is True
    assert call(stage, "getMyCommands", language_code="kk") == []


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("setMyName", {"name": "x" * 65}, "NAME_TOO_LONG"),
        ("setMyDescription", {"description": "x" * 513}, "DESCRIPTION_TOO_LONG"),
        ("setMyName", {"name": "x", "language_code": "kaz"}, "invalid language code specified"),
        ("setMyCommands", {"commands": "{}"}, "can't parse commands JSON array"),
        ("setMyCommands", {"commands": ["week"]},
         "can't parse BotCommand: an object is expected"),
        ("setMyCommands", {"commands": [{"command": "апта", "description": "x"}]},
         "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "week", "description": ""}]},
         "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [], "scope": {"x": 1}}, "can't parse BotCommandScope"),
    ],
)  # fmt: skip
def test_bad_introductions(stage: Stage, method: str, given: dict[str, Any], words: str) -> None:
    assert refused(stage, method, **given) == f"Bad Request: {words}"


def test_chats_and_files_by_number(stage: Stage) -> None:
    alice = chat_of(stage, "alice")
    assert call(stage, "getChat", chat_id=alice)["first_name"] == "Alice"
    assert refused(stage, "getChat", chat_id=1) == "Bad Request: chat not found"
    sent = call(stage, "sendDocument", {"document": pdf()}, chat_id=alice)["document"]
    file = call(stage, "getFile", file_id=sent["file_id"])
    assert file["file_path"] == "documents/file_1.pdf"
    assert file["file_unique_id"] == sent["file_unique_id"]
    assert refused(stage, "getFile", file_id="AAA") == "Bad Request: invalid file_id"


def test_too_large_a_file_cannot_be_fetched(stage: Stage) -> None:
    big = pdf(b"x" * (20 * 1024 * 1024 + 1))
    sent = call(stage, "sendDocument", {"document": big}, chat_id=chat_of(stage, "alice"))
    words = refused(stage, "getFile", file_id=sent["document"]["file_id"])
    assert words == "Bad Request: file is too big"
