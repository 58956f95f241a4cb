"""What an answer of Telegram means, how fast messages leave, what a button and a code carry."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sending.outbox import Job
from bot.sending.pacing import weight
from bot.sending.sender import meant_for
from bot.telegram.stored_files import StoredFile, files_in, filled, numbers_in, reference
from bot.telegram.telegram_api import bot_number
from bot.telegram.telegram_errors import (
    DAY,
    MOST_UNKNOWN,
    Kind,
    OutboxState,
    Outcome,
    classify,
    next_step,
)
from bot.words.keyboards import (
    MOST_BYTES,
    Press,
    Verb,
    base62,
    button,
    from_base62,
    inline,
    read_press,
    row_of,
    shortened,
)
from jetkiz.delivery.reasons import FailureReason
from tests.factories import NOW


def refused(code: int, words: str, **parameters: int) -> Outcome:
    body = {"ok": False, "error_code": code, "description": words, "parameters": parameters}
    return classify(code, body)


@pytest.mark.parametrize(
    ("code", "words", "kind", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", Kind.UNREACHABLE, FailureReason.BLOCKED),
        (403, "Forbidden: user is deactivated", Kind.UNREACHABLE, FailureReason.CHAT_GONE),
        (400, "Bad Request: chat not found", Kind.UNREACHABLE, FailureReason.CHAT_GONE),
        (400, "Bad Request: can't parse entities", Kind.REFUSED, FailureReason.REFUSED),
        (400, "Bad Request: message is not modified: x", Kind.SENT, None),
        (400, "Bad Request: wrong file identifier/HTTP URL specified", Kind.STALE_FILE, None),
        (401, "Unauthorized", Kind.WRONG_TOKEN, None),
        (404, "Not Found", Kind.WRONG_TOKEN, None),
        (500, "Internal Server Error", Kind.UNKNOWN, None),
    ],
)
def test_refusals_are_told_apart(
    code: int, words: str, kind: Kind, reason: FailureReason | None
) -> None:
    outcome = refused(code, words)
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_an_answer_with_a_number_is_sent() -> None:
    one = classify(200, {"ok": True, "result": {"message_id": 7}})
    album = classify(200, {"ok": True, "result": [{"message_id": 8}, {"message_id": 9}]})
    plain = classify(200, {"ok": True, "result": True})
    assert [one.message_id, album.message_id, plain.message_id] == [7, 8, None]


@pytest.mark.parametrize("body", [None, [], {"html": "proxy"}])
def test_an_answer_that_cannot_be_read_is_unknown(body: object) -> None:
    assert classify(200, body).kind == Kind.UNKNOWN


def test_a_flood_names_its_seconds() -> None:
    outcome = refused(429, "Too Many Requests: retry after 33", retry_after=33)
    assert next_step(outcome, 1, 0, 60).wait == 33


def test_unknown_rests_before_it_goes_again() -> None:
    step = next_step(Outcome(Kind.UNKNOWN), 1, 0, 60)
    assert (step.state, step.wait) == (OutboxState.UNKNOWN, 60)


def test_unknown_ends_some_time() -> None:
    step = next_step(Outcome(Kind.UNKNOWN), 1, 0, 60, MOST_UNKNOWN - 1)
    assert (step.state, step.reason) == (OutboxState.REFUSED, FailureReason.NO_ANSWER)


def test_an_hour_without_a_network_does_not_use_up_the_doubts() -> None:
    step = next_step(Outcome(Kind.UNKNOWN), 100, 3600, 60, unknowns=0)
    assert (step.state, step.wait) == (OutboxState.UNKNOWN, 60)


def test_a_press_that_is_long_over_is_dropped_and_troubles_nobody() -> None:
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    step = next_step(refused(400, words), 1, 0, 60)
    assert (step.state, step.reason) == (OutboxState.DROPPED, None)


def test_a_change_of_a_deleted_message_troubles_nobody() -> None:
    gone = refused(400, "Bad Request: message to edit not found")
    assert gone.kind == Kind.MESSAGE_GONE
    assert next_step(gone, 1, 0, 60).state == OutboxState.DROPPED


def test_a_missing_chat_is_no_wrong_token_whatever_the_code() -> None:
    assert refused(404, "Not Found: chat not found").kind == Kind.UNREACHABLE


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
BODIES = ODD | st.fixed_dictionaries(
    {},
    optional={
        "ok": ODD,
        "result": ODD | st.dictionaries(st.just("message_id"), ODD),
        "error_code": ODD | st.sampled_from([400, 403, 429, 500]),
        "description": ODD,
        "parameters": ODD | st.dictionaries(st.just("retry_after"), ODD),
    },
)


@given(st.integers(100, 599), BODIES)
def test_whatever_a_proxy_answers_can_be_written_down(status: int, body: object) -> None:
    outcome = classify(status, body)
    outcome.detail.encode()
    assert "\0" not in outcome.detail
    assert outcome.message_id is None or 0 < outcome.message_id < 2**63
    timedelta(seconds=next_step(outcome, 3, 10, 60).wait)
    if outcome.kind == Kind.FLOODED:
        assert 1 <= outcome.retry_after <= 7 * DAY


STEPS = st.builds(Outcome, st.sampled_from(Kind), retry_after=st.floats(1, 7 * DAY))


@given(STEPS, st.integers(1, 500), st.floats(0, 3 * DAY), st.floats(0, 120), st.integers(0, 20))
def test_every_end_is_told_and_no_copy_is_made_without_rest(
    outcome: Outcome, tries: int, age: float, settle: float, unknowns: int
) -> None:
    step = next_step(outcome, tries, age, settle, unknowns)
    if step.state == OutboxState.UNKNOWN:
        assert outcome.kind == Kind.UNKNOWN
        assert step.wait >= settle
    if outcome.kind == Kind.UNKNOWN:
        assert step.state in {OutboxState.UNKNOWN, OutboxState.REFUSED}
    if step.state == OutboxState.RETRY and outcome.kind == Kind.FLOODED:
        assert step.wait >= outcome.retry_after
    if age > DAY:
        assert step.state in {OutboxState.SENT, OutboxState.REFUSED, OutboxState.DROPPED}


def test_a_day_without_a_network_hands_the_lesson_back() -> None:
    fresh = next_step(Outcome(Kind.NOT_SENT), 3, DAY - 1, 60)
    old = next_step(Outcome(Kind.NOT_SENT), 3, DAY + 1, 60)
    assert fresh.state == OutboxState.RETRY
    assert (old.state, old.reason) == (OutboxState.REFUSED, FailureReason.TOO_LATE)


def test_a_stale_file_number_goes_again_at_once_and_then_ever_more_slowly() -> None:
    waits = [next_step(Outcome(Kind.STALE_FILE), tries, 0, 60).wait for tries in (1, 2, 3, 50)]
    assert waits == [0, 2, 4, 60]


def test_a_file_that_goes_up_whole_and_is_refused_does_not_go_again() -> None:
    words = "Bad Request: wrong file identifier/HTTP URL specified"
    stale = refused(400, words)
    fresh = Job(1, "k", 1, "sendDocument", {"document": "x"}, 2, "", "kk", NOW)
    file = StoredFile("document", "a" * 64, "a.pdf")
    assert meant_for(replace(fresh, file_numbers={file: "gone"}), stale) == stale
    step = next_step(meant_for(fresh, stale), 2, 0, 60)
    assert (step.state, step.reason) == (OutboxState.REFUSED, FailureReason.REFUSED)
    well = Outcome(Kind.SENT, message_id=7)
    assert meant_for(fresh, well) == well


def test_answers_to_presses_cost_nothing_and_albums_each_picture() -> None:
    assert weight("answerCallbackQuery", {}) == 0
    assert weight("sendMediaGroup", {"media": [1, 2, 3]}) == 3
    assert weight("sendMessage", {}) == 1


@given(st.integers(0, 2**63 - 1))
def test_numbers_survive_a_button(number: int) -> None:
    assert from_base62(base62(number)) == number
    data = button("x", Verb.OPEN, number, number).data
    assert len(data) <= MOST_BYTES
    assert read_press(data) == Press(Verb.OPEN, (number, number))


@given(st.integers(2**63, 2**80))
def test_a_number_that_no_database_keeps_is_none_of_ours(number: int) -> None:
    with pytest.raises(ValueError):
        from_base62(base62(number))
    assert row_of(f"1:nop@{base62(number)}") is None


@given(st.text(max_size=64))
def test_a_foreign_button_is_never_an_error(data: str) -> None:
    press = read_press(data)
    assert press is None or data.startswith("1:")


@pytest.mark.parametrize(
    "data",
    [None, "", "1", "2:ack:1:2", "1:zzz:1", "1:ack:!", "1:ack:" + 12 * "z", "1:ack:" + 11 * "z"],
)
def test_old_and_foreign_buttons_are_not_understood(data: str | None) -> None:
    assert read_press(data) is None


def test_a_button_may_carry_a_word() -> None:
    assert read_press(button("x", Verb.LANGUAGE, word="kk").data) == Press(Verb.LANGUAGE, word="kk")


def test_a_button_that_carries_too_much_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        button("x", Verb.LANGUAGE, word="k" * 40)
    with pytest.raises(ValueError, match="not a number"):
        base62(-1)


def test_a_long_label_is_cut_and_an_empty_row_is_left_out() -> None:
    assert shortened("x" * 80) == "x" * 59 + "…"
    assert inline([[], [button("a", Verb.STOP)]]) == {
        "inline_keyboard": [[{"text": "a", "callback_data": "1:stp"}]]
    }


def test_files_are_named_by_hash_until_telegram_knows_them() -> None:
    one = reference("aa", "cat.jpg")
    two = reference("bb", "dog.jpg")
    payload = {"media": [{"type": "photo", "media": one}, {"type": "photo", "media": two}]}
    cat, dog = StoredFile("photo", "aa", "cat.jpg"), StoredFile("photo", "bb", "dog.jpg")
    assert files_in(payload) == [cat, dog]
    ready = filled(payload, {cat: "A", dog: "attach://file1"})
    assert [item["media"] for item in ready["media"]] == ["A", "attach://file1"]
    answer = [{"photo": [{"file_id": "small"}, {"file_id": "large"}]}, {}]
    assert numbers_in(payload, answer) == {cat: "large"}
    assert payload["media"][0]["media"] == one, "the message in the outbox stays as it was"


def test_a_single_file_is_found_in_its_field() -> None:
    payload = {"document": reference("aa", "a:b.pdf"), "caption": "x"}
    file = StoredFile("document", "aa", "a:b.pdf")
    assert files_in(payload) == [file]
    assert filled(payload, {file: "D"}) == {"document": "D", "caption": "x"}
    assert numbers_in(payload, {"document": {"file_id": "D"}}) == {file: "D"}


def test_the_number_of_a_bot_stands_in_its_token() -> None:
    assert bot_number("123:abc") == 123
    assert bot_number("") == 0


def test_waiting_grows_but_not_for_ever() -> None:
    waits = [next_step(Outcome(Kind.NOT_SENT), tries, 0, 0).wait for tries in range(1, 30)]
    assert waits == sorted(waits)
    assert timedelta(seconds=waits[-1]) <= timedelta(minutes=1)
