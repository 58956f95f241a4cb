"""When a question of a quiz no longer waits: with its day, with its child, in another's reply."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chats import links
from bot.tables import telegram_quiz_question
from bot.talking.dialogue_states import LIVES
from bot.words.keyboards import Verb, button
from jetkiz.homework.quizzes import read_quizzes
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, family_of
from tests.bot_lessons import QUIZ, enrich
from tests.factories import People

MOTHER = 11


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        for lesson in people.lessons[:2]:
            enrich(opened.connection, opened.workplace.files, lesson, QUIZ, task_text=None)
        yield opened


def begins(family: Family, people: People, place: int = 0) -> dict[str, Any]:
    data = button("x", Verb.QUIZ, people.alice, people.lessons[place]).data
    return family.presses(MOTHER, 1, data).last


def number(family: Family, poll_id: str) -> None:
    """Let Telegram tell the number of the first poll."""
    named = update(telegram_quiz_question).where(telegram_quiz_question.c.place == 0)
    family.connection.execute(named.values(poll_id=poll_id))


def taps(family: Family, poll_id: str, shown: list[int]) -> dict[str, Any]:
    person = {"id": MOTHER, "is_bot": False, "first_name": "A"}
    said = {"poll_id": poll_id, "user": person, "option_ids": shown, "option_persistent_ids": []}
    return family.takes(MOTHER, {"poll_answer": said}).last


def right_of(message: dict[str, Any]) -> list[int]:
    return list(message["correct_option_ids"])


def test_a_letter_of_another_day_answers_no_quiz(family: Family, people: People) -> None:
    begins(family, people)
    family.now += LIVES + timedelta(seconds=1)
    assert "not understood" in family.says(MOTHER, "A").last["text"]
    assert taps(family, "unknown", [0]) == family.screens[MOTHER].last
    assert begins(family, people)["text"].startswith("Your question is here")
    assert family.says(MOTHER, "A").last["question"].startswith("2/2.")


def test_a_tap_of_another_month_still_answers(family: Family, people: People) -> None:
    first = begins(family, people)
    number(family, "p1")
    family.now += timedelta(days=90)
    assert taps(family, "p1", right_of(first))["question"].startswith("2/2.")


def test_a_reply_answers_the_quiz_it_hangs_on_and_no_other(family: Family, people: People) -> None:
    begins(family, people)
    old = max(family.screens[MOTHER].messages)
    begins(family, people, 1)
    place = {"id": MOTHER, "type": "private"}

    def replies(number: int) -> dict[str, Any]:
        reply = {"message_id": number, "date": 1, "chat": place}
        return family.says(MOTHER, "A", reply_to_message=reply).last

    assert "not understood" in replies(10_000)["text"]
    assert "not understood" in replies(1)["text"]
    family.now += timedelta(days=30)
    assert replies(old)["question"].startswith("2/2.")
    kept = family.connection.execute(
        select(telegram_quiz_question.c.lesson_id, telegram_quiz_question.c.place).where(
            telegram_quiz_question.c.answered_at.is_not(None)
        )
    ).all()
    assert [tuple(row) for row in kept] == [(people.lessons[0], 0)]


def test_a_quiz_ends_with_the_link_to_its_child(family: Family, people: People) -> None:
    first = begins(family, people)
    number(family, "p1")
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    links.unlink(family.connection, chat, [people.alice])
    links.link(family.connection, chat, people.bob, "guardian", family.now)
    assert "not understood" in family.says(MOTHER, "A").last["text"]
    assert "not in this chat" in taps(family, "p1", right_of(first))["text"]
    assert taps(family, "unknown", [0])["text"] == family.screens[MOTHER].last["text"]
    assert read_quizzes(family.connection, [people.alice]) == []
