"""Where a lost message is looked for, and what an answer of Telegram says about one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sending import probe
from bot.sending.probe import (
    MOST_CANDIDATES,
    TAIL,
    Reading,
    Window,
    candidates,
    expected,
    is_probeable,
    owner,
    read,
    with_number,
)
from bot.telegram.telegram_errors import Kind, Outcome, classify
from bot.words.keyboards import MOST_BYTES, Verb, button, inline, numbered, read_press, row_of

KEYBOARD = inline([[button("Received", Verb.DAY_RECEIVED, 7, 20260126)]])
numbers = st.integers(0, 10_000)


@given(
    floor=numbers,
    width=st.integers(0, MOST_CANDIDATES),
    known=st.frozensets(numbers),
    guess=st.floats(0, 20_000),
)
def test_every_number_that_it_may_be_is_tried_once(
    floor: int, width: int, known: frozenset[int], guess: float
) -> None:
    window = Window(floor, floor + width, floor, guess)
    found = candidates(window, known)
    assert found is not None
    assert sorted(found) == [n for n in range(floor + 1, floor + width) if n not in known]
    distances = [abs(number - guess) for number in found]
    assert distances == sorted(distances), "the likeliest first"


@given(floor=numbers, highest=numbers, known=st.frozensets(numbers), guess=st.floats(0, 20_000))
def test_without_a_bound_a_little_is_looked_at_beyond_the_highest(
    floor: int, highest: int, known: frozenset[int], guess: float
) -> None:
    highest = max(floor, highest)
    window = Window(floor, None, highest, guess)
    found = candidates(window, known)
    wanted = [n for n in range(floor + 1, highest + TAIL + 1) if n not in known]
    if len(wanted) > MOST_CANDIDATES:
        assert found is None, "too many to try is not the same as nowhere"
    else:
        assert found is not None
        assert sorted(found) == wanted
        assert all(window.is_blind(n) == (n > highest) for n in found)


@given(
    ours=st.integers(2, 3000),
    others=st.frozensets(st.integers(1, 3000)),
    floor_of=st.integers(0, 3000),
    later=st.integers(1, 100),
)
def test_a_message_between_its_bounds_is_never_missed(
    ours: int, others: frozenset[int], floor_of: int, later: int
) -> None:
    window = Window(min(floor_of, ours - 1), ours + later, ours, float(ours))
    found = candidates(window, others - {ours})
    assert found is None or ours in found


def test_a_number_guessed_well_is_the_first() -> None:
    assert (candidates(Window(100, 140, 140, 117.2), {116, 118}) or [0])[:2] == [117, 119]


@pytest.mark.parametrize(
    ("before", "after", "guess"),
    [
        ((100, 3), None, 103.0),
        (None, (100, 3), 97.0),
        ((100, 1), (104, 3), 101.0),
        ((100, 2), (90, 2), 102.0),
    ],
)
def test_the_guess_from_neighbours(
    before: tuple[int, int] | None, after: tuple[int, int] | None, guess: float
) -> None:
    assert expected(before, after) == guess


NOT_MODIFIED = "Bad Request: message is not modified: specified new message content and reply"


@pytest.mark.parametrize(
    ("status", "body", "reading"),
    [
        (400, NOT_MODIFIED, Reading.HERE),
        (400, "Bad Request: message to edit not found", Reading.ELSEWHERE),
        (400, "Bad Request: message can't be edited", Reading.ELSEWHERE),
        (400, "Bad Request: MESSAGE_ID_INVALID", Reading.ELSEWHERE),
        (400, "Bad Request: BUTTON_DATA_INVALID", Reading.UNCLEAR),
        (403, "Forbidden: bot was blocked by the user", Reading.UNCLEAR),
        (429, "Too Many Requests: retry after 5", Reading.LATER),
        (401, "Unauthorized", Reading.LATER),
        (500, "Internal Server Error", Reading.LATER),
        (502, "Bad Gateway: message to edit not found", Reading.LATER),
    ],
)
def test_what_an_answer_says(status: int, body: str, reading: Reading) -> None:
    answer = {"ok": False, "error_code": status, "description": body}
    if status == 502:
        assert read(classify(status, None)) == reading, "an error page is no answer"
    else:
        assert read(classify(status, answer)) == reading


def test_an_edit_that_was_taken_hit_another_message() -> None:
    answer = {"ok": True, "result": {"message_id": 5, "text": "x"}}
    assert read(classify(200, answer)) == Reading.ANOTHER


@pytest.mark.parametrize("kind", [Kind.UNKNOWN, Kind.NOT_SENT, Kind.FLOODED, Kind.HELD])
def test_a_lost_question_says_nothing(kind: Kind) -> None:
    assert read(Outcome(kind, detail="TimeoutError")) == Reading.LATER


@given(row=st.integers(0, 2**63 - 1), student=st.integers(0, 2**40))
def test_a_button_carries_its_row_and_still_means_the_same(row: int, student: int) -> None:
    made = button("Received", Verb.DAY_RECEIVED, student, 20260126)
    longer = numbered(made.data, row)
    assert row_of(longer) == row
    assert read_press(longer) == read_press(made.data)
    assert len(longer.encode()) <= 64
    assert numbered(longer, row) == longer, "twice is once"


def test_a_word_in_a_button_is_not_taken_for_the_row() -> None:
    longer = numbered(button("kk", Verb.LANGUAGE, word="kk").data, 99)
    assert read_press(longer) == read_press("1:ln:kk")


@pytest.mark.parametrize("data", [None, "", "1:ack:1", "1:ack:1@", "1:ack:1@!", "@" + "z" * 12])
def test_a_button_without_a_row_has_none(data: str | None) -> None:
    assert row_of(data) is None


def test_where_there_is_no_room_a_button_stays_as_it_is() -> None:
    full = "x" * (64 - 2)
    assert numbered(full, 62**3) == full
    assert MOST_BYTES + 12 <= 64, "ours always have room"


def test_only_new_messages_with_buttons_to_one_person_can_be_looked_for() -> None:
    with_buttons = {"text": "a", "reply_markup": KEYBOARD}
    assert is_probeable("sendMessage", 7, with_buttons)
    assert not is_probeable("sendMessage", 7, {"text": "a"})
    assert not is_probeable("sendMessage", -7, with_buttons), "groups count for themselves"
    assert not is_probeable("editMessageText", 7, with_buttons)
    assert not is_probeable("sendMediaGroup", 7, {"media": []})
    links = {"inline_keyboard": [[{"text": "a", "url": "https://a.kz"}]]}
    assert not is_probeable("sendMessage", 7, {"text": "a", "reply_markup": links})


def test_links_stay_and_the_payload_of_the_outbox_is_not_touched() -> None:
    link = {"text": "a", "url": "https://a.kz"}
    keyboard = {"inline_keyboard": [[link, {"text": "b", "callback_data": "1:nop"}]]}
    payload = {"text": "x", "reply_markup": keyboard}
    sent = with_number(payload, 5)
    assert sent["reply_markup"]["inline_keyboard"][0] == [
        link,
        {"text": "b", "callback_data": "1:nop@5"},
    ]
    assert keyboard["inline_keyboard"][0][1]["callback_data"] == "1:nop"
    assert with_number({"text": "x"}, 5) == {"text": "x"}


def test_buttons_go_back_only_to_a_message_that_can_be_told() -> None:
    one = {"text": "<b>Lessons</b> for A &amp; B", "parse_mode": "HTML"}
    other = {"text": "Your answer is here"}
    assert owner({"text": "Lessons for A & B\n\nPerhaps you have it"}, [other, one]) == 1
    assert owner({"text": "Lessons for A & B"}, [one, one]) is None
    assert owner({"text": "something else"}, [one, other]) is None
    assert owner({}, [one]) is None


def test_the_policy_has_the_words_of_the_setting() -> None:
    assert {one.value for one in probe.Policy} == {"resend", "probe"}
