"""A quiz in the chat: asked once, answered once by tap or letter, counted once, never doubled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.chats import links
from bot.chats.export import all_about
from bot.sending import claims, outbox, polls, recovery
from bot.sending.outbox import Done
from bot.tables import outbox as outbox_table
from bot.tables import telegram_quiz_question
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step, once_only
from bot.words.keyboards import Verb, button
from bot.words.quiz import Asked, poll, read_typed, shown_order
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.homework.quizzes import read_quizzes
from jetkiz.i18n import translator
from jetkiz.lessons.model import Question
from jetkiz.lessons.option_letters import option_letters
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, Screen, family_of
from tests.bot_lessons import QUIZ, enrich
from tests.factories import WEEK, People

MOTHER, FATHER = 11, 12


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    files = FileStore(tmp_path)
    with family_of(sqlite_database, files) as opened:
        opened.link(MOTHER, people.alice)
        opened.link(FATHER, people.alice)
        enrich(opened.connection, files, people.lessons[0], QUIZ, task_text=None)
        yield opened


def begins(family: Family, people: People, chat: int = MOTHER) -> dict[str, Any]:
    data = button("x", Verb.QUIZ, people.alice, people.lessons[0]).data
    return family.presses(chat, 1, data).last


def number(family: Family, poll_id: str, place: int = 0, chat: int = MOTHER) -> None:
    """Let Telegram tell the number of a poll, as the sender hears it."""
    rows = family.connection.execute(
        select(telegram_quiz_question).order_by(telegram_quiz_question.c.id)
    ).all()
    key = [
        row.key for row in rows if row.place == place and f"quiz:{_chat(family, chat)}:" in row.key
    ][-1]
    job = next(one for one in _jobs(family) if one.key == key)
    result = {"message_id": 5, "poll": {"id": poll_id}}
    done = Done(job, Outcome(Kind.SENT, result=result), Step(OutboxState.SENT))
    polls.note_polls(family.connection, [done])


def _chat(family: Family, chat: int) -> int:
    found = links.find_chat(family.connection, BOT, chat)
    assert found
    return found.id


def _jobs(family: Family) -> list[outbox.Job]:
    rows = family.connection.execute(select(outbox_table))
    return [
        outbox.Job(row.id, row.key, row.chat_id, row.method, row.payload, 1, "", "en", wall_clock())
        for row in rows
    ]


def taps(family: Family, poll_id: str, shown: list[int], chat: int = MOTHER) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    said = {"poll_id": poll_id, "user": person, "option_ids": shown, "option_persistent_ids": []}
    return family.takes(chat, {"poll_answer": said}).last


def right_of(message: dict[str, Any]) -> list[int]:
    return list(message["correct_option_ids"])


def results(family: Family, people: People) -> list[tuple[int, int]]:
    found = read_quizzes(family.connection, [people.alice])
    return [(one.right, one.questions) for one in found]


def state(family: Family, people: People) -> State:
    [one] = [
        one
        for one in lesson_states(family.connection, WEEK, [people.alice])
        if one.lesson == people.lessons[0]
    ]
    return one.state


def test_a_quiz_is_asked_question_by_question_and_marks_itself(
    family: Family, people: People
) -> None:
    first = begins(family, people)
    assert first["question"] == "1/2. 2³ нешеге тең?"
    assert (first["type"], first["is_anonymous"]) == ("quiz", False)
    assert "open_period" not in first
    number(family, "p1")
    second = taps(family, "p1", right_of(first))
    assert second["question"].startswith("2/2.")
    assert second["allows_multiple_answers"]
    number(family, "p2", 1)
    end = taps(family, "p2", right_of(second))
    assert "Alice: 2 of 2 are right.\nWell done!" in end["text"]
    assert results(family, people) == [(2, 2)]
    assert state(family, people) == State.MARKED


def test_a_wrong_answer_is_explained_and_a_task_stays_open(family: Family, people: People) -> None:
    task = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
    family.connection.execute(task.values(task_text="Write."))
    first = begins(family, people)
    wrong = next(n for n in range(3) if n not in right_of(first))
    number(family, "p1")
    taps(family, "p1", [wrong])
    end = family.says(MOTHER, "A B C").last
    assert "0 of 2 are right" in end["text"]
    assert "1. 2³ нешеге тең? Right is: 8.\n2 · 2 · 2 = 8." in end["text"]
    assert state(family, people) == State.ACKNOWLEDGED


def test_an_answer_counts_once_whoever_repeats_it(family: Family, people: People) -> None:
    first = begins(family, people)
    number(family, "p1")
    second = taps(family, "p1", right_of(first))
    for again in ([0], [1], [2], []):
        assert taps(family, "p1", again) == second
    assert begins(family, people)["text"].startswith("Your question is here")
    assert results(family, people) == []


def test_another_chat_or_a_taken_back_answer_answers_nothing(
    family: Family, people: People
) -> None:
    first = begins(family, people)
    number(family, "p1")
    theirs = begins(family, people, FATHER)
    number(family, "p2", chat=FATHER)
    assert taps(family, "p1", right_of(first), FATHER) == theirs
    assert taps(family, "p2", [], FATHER) == theirs
    assert taps(family, "p2", right_of(theirs), FATHER)["question"].startswith("2/2.")


def test_an_answer_to_a_poll_that_nobody_could_follow_still_counts(
    family: Family, people: People
) -> None:
    first = begins(family, people)
    lost = update(outbox_table).where(outbox_table.c.method == "sendPoll")
    family.connection.execute(lost.values(state=OutboxState.REFUSED.value, message_id=None))
    assert taps(family, "unknown", right_of(first))["question"].startswith("2/2.")


def test_a_question_that_did_not_arrive_is_had_in_words(family: Family, people: People) -> None:
    begins(family, people)
    lost = update(outbox_table).where(outbox_table.c.method == "sendPoll")
    family.connection.execute(lost.values(state=OutboxState.REFUSED.value, message_id=None))
    before = len(_polls(family))
    words = begins(family, people)["text"]
    assert "A) " in words
    assert "Type the letter" in words
    assert len(_polls(family)) == before, "a quiz is never sent twice"
    family.restart()
    assert family.says(MOTHER, "b").last["question"].startswith("2/2.")


def _polls(family: Family) -> list[outbox.Job]:
    return [one for one in _jobs(family) if one.method == "sendPoll"]


def test_words_that_are_no_answer_go_where_they_always_went(family: Family, people: People) -> None:
    assert "not understood" in family.says(MOTHER, "A").last["text"]
    begins(family, people)
    for words in ("Z", "9", "hello", "A or B", "?"):
        assert "not understood" in family.says(MOTHER, words).last["text"]


def test_a_question_to_the_teacher_is_no_answer_to_a_quiz(family: Family, people: People) -> None:
    begins(family, people)
    data = button("x", Verb.ASK, people.alice, people.lessons[0]).data
    family.presses(MOTHER, 1, data)
    family.says(MOTHER, "A")
    assert len(_polls(family)) == 1
    assert family.says(MOTHER, "A").last["question"].startswith("2/2.")


def test_a_quiz_that_the_school_changed_begins_anew(family: Family, people: People) -> None:
    begins(family, people)
    family.says(MOTHER, "A")
    one_only = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
    left = [{"text": "?", "options": ["a", "b"], "right": [0], "explanation": ""}]
    family.connection.execute(one_only.values(quiz=left))
    number(family, "p2", 1)
    assert "changed this quiz" in taps(family, "p2", [0])["text"]
    again = family.press_verb(MOTHER, Verb.QUIZ).last
    assert again["question"] == "1/1. ?"


def test_an_answer_to_a_question_that_the_school_changed_counts_for_neither(
    family: Family, people: People
) -> None:
    first = begins(family, people)
    number(family, "p1")
    anew = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
    other = [
        {"text": "?", "options": ["a", "b", "c"], "right": [n], "explanation": ""} for n in (0, 1)
    ]
    family.connection.execute(anew.values(quiz=other))
    assert "changed this quiz" in taps(family, "p1", right_of(first))["text"]
    assert "not understood" in family.says(MOTHER, "A").last["text"]
    assert results(family, people) == []
    assert family.press_verb(MOTHER, Verb.QUIZ).last["question"] == "1/2. ?"


def test_a_changed_quiz_is_noticed_by_letter_and_by_button_too(
    family: Family, people: People
) -> None:
    anew = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
    for place, act in enumerate((lambda: family.says(MOTHER, "A"), lambda: begin(family, people))):
        begin(family, people)
        said = {"text": f"{place}?", "options": ["a", "b"], "right": [0], "explanation": ""}
        family.connection.execute(anew.values(quiz=[said, said]))
        assert "changed this quiz" in act().last["text"]


def begin(family: Family, people: People) -> Screen:
    data = button("x", Verb.QUIZ, people.alice, people.lessons[0]).data
    return family.presses(MOTHER, 1, data)


def test_after_data_was_deleted_a_quiz_is_asked_and_counted_again(
    family: Family, people: People
) -> None:
    for whole in (True, False):
        begins(family, people)
        family.says(MOTHER, "1")
        if whole:
            family.says(MOTHER, "1, 2")
        family.presses(MOTHER, 1, button("x", Verb.ERASE).data)
        family.link(MOTHER, people.alice)
        sent = len(_polls(family))
        assert begins(family, people)["question"].startswith("1/2.")
        assert len(_polls(family)) == sent + 1
        family.says(MOTHER, "1")
        family.says(MOTHER, "1, 2")
    assert len(results(family, people)) == 3


def test_a_second_attempt_is_another_one(family: Family, people: People) -> None:
    for _ in range(2):
        begins(family, people)
        family.says(MOTHER, "1")
        family.says(MOTHER, "1, 2")
    assert len(results(family, people)) == 2


def test_what_was_answered_is_told_to_who_asks_and_forgotten_with_the_chat(
    family: Family, people: People
) -> None:
    begins(family, people)
    family.says(MOTHER, "1")
    family.says(MOTHER, "1, 2")
    begins(family, people)
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    told = all_about(family.connection, chat)["quizzes"]
    assert [(one["child"], one["lesson"], one["questions"]) for one in told] == [
        (people.alice, people.lessons[0], 2)
    ]
    family.presses(MOTHER, 1, button("x", Verb.ERASE).data)
    left = select(telegram_quiz_question).where(telegram_quiz_question.c.chat == chat.id)
    assert family.connection.execute(left).all() == []
    assert len(results(family, people)) == 1


def test_a_lesson_without_a_quiz_or_of_another_family_asks_nothing(
    family: Family, people: People
) -> None:
    for student, lesson in ((people.alice, people.lessons[1]), (people.bob, people.lessons[0])):
        data = button("x", Verb.QUIZ, student, lesson).data
        assert family.presses(MOTHER, 1, data).answers[-1] == "This quiz is not in this chat."
    assert _polls(family) == []


def test_a_killed_sender_sends_no_quiz_again(family: Family, people: People) -> None:
    begins(family, people)
    sending = update(outbox_table).where(outbox_table.c.method == "sendPoll")
    family.connection.execute(sending.values(state=OutboxState.SENDING.value, claimed_by="w"))
    later = wall_clock() + timedelta(hours=1)
    recovery.recover(family.connection, BOT, "w", later)
    wanted = claims.Claim(BOT, "w", 9)
    assert claims.claim(family.connection, wanted, later) == []
    unknown = Step(OutboxState.UNKNOWN)
    assert once_only("sendPoll", unknown).state == OutboxState.REFUSED
    assert once_only("sendMessage", unknown) is unknown


QUESTIONS = st.integers(2, 10).flatmap(
    lambda n: st.builds(
        Question,
        st.just("?"),
        st.just(tuple(f"option {k}" for k in range(n))),
        st.sets(st.integers(0, n - 1), min_size=1).map(lambda s: tuple(sorted(s))),
    )
)


@given(QUESTIONS, st.text(max_size=5), st.sampled_from(["kk", "ru", "en"]))
def test_whatever_the_order_what_is_shown_as_right_is_right(
    question: Question, key: str, language: str
) -> None:
    asked = Asked(question, 0, 1, shown_order(question, key))
    shown = poll(asked, translator(language))
    words = [one["text"].split(") ", 1)[1] for one in shown["options"]]
    assert sorted(words) == sorted(question.options)
    right = {words[place] for place in shown["correct_option_ids"]}
    assert right == {question.options[place] for place in question.right}
    typed = " ".join(option_letters(language)[place] for place in shown["correct_option_ids"])
    assert read_typed(typed.lower(), asked, language) == tuple(shown["correct_option_ids"])


@given(st.text(max_size=20))
def test_any_typing_is_an_answer_or_none(text: str) -> None:
    asked = Asked(QUIZ[0], 0, 1, (0, 1, 2))
    found = read_typed(text, asked, "kk")
    assert found is None or set(found) <= {0, 1, 2}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1", "kk", (0,)),
        ("А", "kk", (0,)),
        ("в)", "kk", (1,)),
        ("С.", "kk", (2,)),
        ("б", "ru", (1,)),
        ("В", "ru", (2,)),
        ("1, 3", "ru", (0, 2)),
        ("а в", "kk", (0, 1)),
        ("4", "kk", None),
        ("0", "kk", None),
        ("b", "ru", None),
    ],
)
def test_letters_and_numbers_of_either_keyboard(
    text: str, language: str, expected: tuple[int, ...] | None
) -> None:
    assert read_typed(text, Asked(QUIZ[0], 0, 1, (0, 1, 2)), language) == expected
