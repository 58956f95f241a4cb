"""A copy of what is kept about a chat, and its deletion: all of it, and nothing of others."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.chats import links
from bot.chats.forgetting import forget_words
from bot.chats.links import Chat
from bot.chats.preferences import read_preferences
from bot.chats.questions import Question, of_chat
from bot.sending import outbox as rows
from bot.tables import outbox, telegram_inbox
from bot.words.keyboards import Verb, button
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.returns import read_returns
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, Screen
from tests.factories import NOW, People

MOTHER, CHILD, STRANGER = 11, 13, 14
ONE = "1" * 64


def chat_of(family: Family, phone: int) -> Chat:
    chat = links.find_chat(family.connection, BOT, phone)
    assert chat
    return chat


def asked(family: Family) -> list[Question]:
    return of_chat(family.connection, chat_of(family, MOTHER))


def ask(family: Family, people: People) -> None:
    family.says(MOTHER, "/ask")
    family.press_verb(MOTHER, Verb.ASK, people.alice)


def forged(family: Family, phone: int, verb: Verb, *numbers: int, word: str = "") -> Screen:
    return family.presses(phone, 1, button("", verb, *numbers, word=word).data)


def exported(family: Family, phone: int) -> dict[str, Any]:
    family.says(phone, "/mydata")
    document = family.press_verb(phone, Verb.MY_DATA).last["document"]
    name = document.split(":")[1]
    found: dict[str, Any] = json.loads(family.workplace.files.get(name))
    return found


def test_a_copy_holds_what_is_kept_and_no_surname(family: Family, people: People) -> None:
    ask(family, people)
    family.says(MOTHER, "Why?")
    found = exported(family, MOTHER)
    assert found["chat"]["number"] == MOTHER
    assert [one["name"] for one in found["children"]] == ["Alice", "Bob"]
    assert found["questions"][0]["words"] == ["Why?"]
    assert found["settings"]["quiet_from"] == "21:00"
    assert "Test" not in json.dumps(found)


def test_a_copy_holds_the_words_of_both_sides_notes_and_answers_but_no_mark(
    family: Family, people: People
) -> None:
    family.says(MOTHER, "Thank you for the lessons")
    forged(family, MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE, caption="It was hard")
    family.press_verb(MOTHER, Verb.FINISH)
    [work] = read_returns(family.connection, students=[people.alice])
    give_feedback(family.connection, Marking(work.id, "4", "Well done", "t", "m"), family.now)
    family.says(CHILD, "a stranger's words")

    found = exported(family, MOTHER)
    received = [one["words"] for one in found["messages"]["received"]]
    sent = [one["words"] for one in found["messages"]["sent"]]
    assert received[0] == "Thank you for the lessons"
    assert "It was hard" in received
    assert all(text in sent for text in family.screens[MOTHER].texts[:1])
    assert found["homework"][0]["notes"] == ["It was hard"]
    assert found["homework"][0]["teacher"] == ["Well done"]
    assert "mark" not in found["homework"][0]
    assert "stranger" not in json.dumps(found)


def test_words_that_were_forgotten_are_in_no_copy(family: Family) -> None:
    family.says(MOTHER, "long ago")
    forget_words(family.connection, BOT, wall_clock() + timedelta(days=31))
    found = exported(family, MOTHER)["messages"]
    assert "long ago" not in [one["words"] for one in found["received"]]


@pytest.mark.parametrize(("siblings", "works"), [(False, 1), (True, 0)])
def test_a_phone_that_students_share_shows_nobodys_work(
    family: Family, people: People, works: int, *, siblings: bool
) -> None:
    chat = links.open_chat(family.connection, BOT, CHILD, "en")
    for student in (people.alice, people.bob)[: 1 + siblings]:
        links.link(family.connection, chat, student, "student", NOW)
    family.screens[CHILD] = Screen()
    forged(family, CHILD, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(CHILD, ONE)
    assert len(exported(family, CHILD)["homework"]) == works
    assert len(exported(family, MOTHER)["homework"]) == 1


def test_a_guest_sees_that_nothing_is_known(family: Family) -> None:
    found = exported(family, STRANGER)
    assert found["children"] == found["homework"] == found["questions"] == []


def test_deleting_cuts_forgets_and_blanks_at_once(family: Family, people: People) -> None:
    family.link(CHILD, people.bob)
    family.says(CHILD, "hello there")
    ask(family, people)
    family.says(MOTHER, "a secret")
    forged(family, MOTHER, Verb.QUIET, word="big-1")
    family.says(MOTHER, "/mydata")
    family.press_verb(MOTHER, Verb.DELETE)
    family.press_verb(MOTHER, Verb.KEEP)
    assert asked(family)
    family.says(MOTHER, "/mydata")
    family.press_verb(MOTHER, Verb.DELETE)
    number, data, _ = next(b for b in family.screens[MOTHER].buttons() if b[2].verb == Verb.ERASE)
    family.presses(MOTHER, number, data)
    family.presses(MOTHER, number, data)
    assert links.children(family.connection, chat_of(family, MOTHER)) == []
    assert asked(family) == []
    assert not read_preferences(family.connection, chat_of(family, MOTHER)).larger_text
    kept = family.connection.execute(telegram_inbox.select()).all()
    sent = family.connection.execute(outbox.select()).all()
    assert "a secret" not in str(kept)
    assert [row.payload for row in sent if row.chat_id == MOTHER][:-4].count({}) > 3
    assert "hello there" in str(kept), "other chats keep their words"
    assert rows.count_open(family.connection, BOT) == 0
