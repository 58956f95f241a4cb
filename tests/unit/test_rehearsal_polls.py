"""Polls and quizzes: checked when sent, answered once or anew, closed for good."""

from typing import Any

import pytest

from jetkiz.rehearsal.people.ledger import seen_by
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.refusals import RehearsalError
from tests.rehearsal_examples import Clock, act, call, chat_of, open_stage, pending, refused

QUIZ = {
    "question": "2 + 2 = ?",
    "options": ["3", "4", {"text": "төрт"}],
    "type": "quiz",
    "allows_multiple_answers": True,
    "correct_option_ids": [1, 2],
    "explanation": "<b>Екі</b> мен екі",
    "explanation_parse_mode": "HTML",
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stage(clock: Clock) -> Stage:
    return open_stage(clock)


@pytest.fixture
def alice(stage: Stage) -> int:
    return chat_of(stage, "alice")


def test_a_quiz_arrives_with_its_right_answers(stage: Stage, alice: int) -> None:
    poll = call(stage, "sendPoll", chat_id=alice, **QUIZ)["poll"]
    assert [option["text"] for option in poll["options"]] == ["3", "4", "төрт"]
    assert (poll["type"], poll["correct_option_ids"], poll["explanation"]) == (
        "quiz",
        [1, 2],
        "Екі мен екі",
    )
    assert poll["explanation_entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    assert (poll["is_anonymous"], poll["allows_revoting"]) == (True, False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"question": " "}, "poll question must be non-empty"),
        ({"question": "ә" * 301}, "poll question length must not exceed 300"),
        ({"options": "[]"}, "poll must have at least 1 option"),
        ({"options": list("abcdefghijklm")}, "poll can't have more than 12 options"),
        ({"options": ["a", ""]}, "poll options must be non-empty"),
        ({"options": [{"text": 5}]}, "poll options must be non-empty"),
        ({"options": ["ә" * 101]}, "poll options length must not exceed 100"),
        ({"options": "x"}, "can't parse options JSON object"),
        ({"options": {"a": 1}}, "can't parse options JSON object: an array is expected"),
        ({"type": "exam"}, "unsupported poll type specified"),
        ({"correct_option_ids": None}, "wrong correct option ID specified"),
        ({"correct_option_ids": [2, 1]}, "wrong correct option ID specified"),
        ({"correct_option_ids": [1, 1]}, "wrong correct option ID specified"),
        ({"correct_option_ids": [3]}, "wrong correct option ID specified"),
        ({"correct_option_ids": [-1]}, "wrong correct option ID specified"),
        ({"correct_option_ids": [1, "2"]}, "wrong correct option ID specified"),
        ({"correct_option_ids": [True]}, "wrong correct option ID specified"),
        ({"allows_multiple_answers": False},
         "quiz with several correct options must allow multiple answers"),
        ({"explanation": "ә" * 201}, "poll explanation is too long"),
        ({"explanation": "a\nb\nc\nd"}, "poll explanation is too long"),
        ({"open_period": 4}, "invalid poll auto-close time specified"),
        ({"close_date": 1769396401}, "invalid poll auto-close time specified"),
    ],
)  # fmt: skip
def test_bad_polls(stage: Stage, alice: int, change: dict[str, Any], words: str) -> None:
    given = {"chat_id": alice, **QUIZ} | change
    assert refused(stage, "sendPoll", **given) == f"Bad Request: {words}"


def test_a_single_right_answer_may_be_given_the_old_way(stage: Stage, alice: int) -> None:
    given = QUIZ | {"correct_option_ids": None, "correct_option_id": 0}
    assert call(stage, "sendPoll", chat_id=alice, **given)["poll"]["correct_option_ids"] == [0]


def test_a_quiz_takes_one_answer_and_the_bot_hears_of_it(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendPoll", chat_id=alice, **QUIZ, is_anonymous=False)
    act(stage, "alice", "vote", options=[1, 2])
    (answer,) = pending(stage, "poll_answer")
    assert (answer["poll_id"], answer["option_ids"]) == (sent["poll"]["id"], [1, 2])
    assert answer["option_persistent_ids"] == ["1", "2"]
    assert answer["user"]["id"] == alice
    (state,) = pending(stage, "poll")
    assert [option["voter_count"] for option in state["options"]] == [0, 1, 1]
    with pytest.raises(RehearsalError, match="has been answered already"):
        act(stage, "alice", "vote", options=[0])


def test_a_poll_is_answered_anew_and_taken_back(stage: Stage, alice: int) -> None:
    call(stage, "sendPoll", chat_id=alice, question="?", options=["a", "b"], is_anonymous=False)
    for options, counts in (([0], [1, 0]), ("1", [0, 1]), ([], [0, 0])):
        act(stage, "alice", "vote", options=options)
        poll = seen_by(stage.world, "alice")[-1]["poll"]
        assert [option["voter_count"] for option in poll["options"]] == counts
        assert poll["total_voter_count"] == sum(counts)
    assert [a["option_ids"] for a in pending(stage, "poll_answer")] == [[0], [1], []]


def test_an_anonymous_poll_tells_no_names(stage: Stage, alice: int) -> None:
    call(stage, "sendPoll", chat_id=alice, question="?", options=["a", "b"])
    act(stage, "alice", "vote", option1="true")
    assert pending(stage, "poll_answer") == []
    assert pending(stage, "poll")[-1]["options"][1]["voter_count"] == 1


def test_a_closed_poll_is_over(stage: Stage, alice: int, clock: Clock) -> None:
    sent = call(stage, "sendPoll", chat_id=alice, **QUIZ, open_period=60)
    place = {"chat_id": alice, "message_id": sent["message_id"]}
    assert sent["poll"]["close_date"] == sent["date"] + 60
    clock.pass_by(60)
    with pytest.raises(RehearsalError, match="poll is over"):
        act(stage, "alice", "vote", options=[1])
    assert refused(stage, "stopPoll", **place) == "Bad Request: poll has already been closed"


def test_the_bot_closes_a_poll_once(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendPoll", chat_id=alice, **QUIZ)
    place = {"chat_id": alice, "message_id": sent["message_id"]}
    closed = call(stage, "stopPoll", **place)
    assert closed["is_closed"] is True
    assert pending(stage, "poll") == [closed]
    assert refused(stage, "stopPoll", **place) == "Bad Request: poll has already been closed"
    with pytest.raises(RehearsalError, match="poll is over"):
        act(stage, "alice", "vote", options=[1])


def test_only_a_poll_is_stopped(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendMessage", chat_id=alice, text="x")
    words = refused(stage, "stopPoll", chat_id=alice, message_id=sent["message_id"])
    assert words == "Bad Request: message with poll to stop not found"


@pytest.mark.parametrize("options", [[2], [0, 1], [0, 0], [], [-1], ["a"], [True], {"a": 1}])
def test_what_cannot_be_chosen(stage: Stage, alice: int, options: Any) -> None:
    call(stage, "sendPoll", chat_id=alice, question="?", options=["a", "b"])
    with pytest.raises(RehearsalError, match="cannot be chosen"):
        act(stage, "alice", "vote", options=options)


def test_nobody_answers_a_poll_of_another_chat(stage: Stage, alice: int) -> None:
    sent = call(stage, "sendPoll", chat_id=alice, question="?", options=["a", "b"])
    for number in (sent["message_id"], None):
        with pytest.raises(RehearsalError, match="sees no such poll"):
            act(stage, "charlie", "vote", options=[0], message_id=number)
