"""What a family asks for by button, command or word is done, in every language, after a restart."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chats import links, questions
from bot.chats.alarms import Refused, refused_since
from bot.chats.links import Chat
from bot.chats.preferences import Media, Preferences, read_preferences
from bot.receiving.attachments import ArrivedFile, Trouble
from bot.tables import outbox
from bot.talking import draft_news
from bot.talking.dialogue_states import LIVES, Doing, read_state
from bot.words.keyboards import Verb, button, read_press
from bot.words.settings import Page, page_card, read_wish
from bot.words.talk import COMMANDS
from bot.words.typed_words import COMMAND_OF, as_command, command_of
from jetkiz.i18n import LANGUAGES, translator
from tests.bot_family import BOT, Family, Screen
from tests.factories import MONDAY, NOW, People

MOTHER, CHILD, STRANGER = 11, 13, 14
ONE, TWO = "1" * 64, "2" * 64


def chat_of(family: Family, phone: int) -> Chat:
    chat = links.find_chat(family.connection, BOT, phone)
    assert chat
    return chat


def wishes(family: Family, phone: int = MOTHER) -> Preferences:
    return read_preferences(family.connection, chat_of(family, phone))


def doing(family: Family, phone: int = MOTHER) -> Doing:
    return read_state(family.connection, chat_of(family, phone), family.now).doing


def asked(family: Family) -> list[questions.Question]:
    return questions.of_chat(family.connection, chat_of(family, MOTHER))


def forged(family: Family, phone: int, verb: Verb, *numbers: int, word: str = "") -> Screen:
    return family.presses(phone, 1, button("", verb, *numbers, word=word).data)


# Typed words


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("kk", 1), ("ru", -1)])
def test_every_command_answers_by_slash_and_by_word_in_every_language(
    family: Family, language: str, place: int
) -> None:
    family.link(CHILD, family_child(family), language=language)
    for command in COMMANDS:
        words = [word for word, name in COMMAND_OF.items() if name == command]
        by_slash = family.says(CHILD, f"/{command}").last["text"]
        family.restart()
        by_word = family.says(CHILD, words[place].upper() + "!").last["text"]
        assert by_slash == by_word
        assert by_slash


def family_child(family: Family) -> int:
    return links.children(family.connection, chat_of(family, MOTHER))[0].student


@given(st.text(max_size=40))
def test_no_other_words_become_a_command(text: str) -> None:
    update = {"message": {"text": text}}
    if command_of(text):
        assert as_command(update)["message"]["text"] == f"/{command_of(text)}"
    else:
        assert as_command(update) == update


@pytest.mark.parametrize("update", [{}, {"message": {}}, {"callback_query": {"data": "x"}}])
def test_an_update_without_words_stays_as_it_is(update: dict[str, Any]) -> None:
    assert as_command(update) == update


def test_the_words_of_a_button_press_it(family: Family, people: People) -> None:
    family.says(MOTHER, "/children")
    family.says(MOTHER, "remove bob")
    family.says(MOTHER, "yes, remove bob")
    assert [one.student for one in links.children(family.connection, chat_of(family, MOTHER))] == [
        people.alice
    ]
    family.says(MOTHER, "/today")
    assert "Read this." in family.says(MOTHER, "2").last["text"]
    assert "not understood" in family.says(MOTHER, "remove nobody").last["text"]


def test_a_question_may_be_called_like_a_button(family: Family, people: People) -> None:
    ask(family, people)
    family.says(MOTHER, "Received")
    assert [one.parts[0].words for one in asked(family)] == ["Received"]
    ask(family, people)
    family.says(MOTHER, "cancel")
    assert doing(family) == Doing.NOTHING
    assert len(asked(family)) == 1


# Settings


def test_every_button_of_every_page_does_what_it_says(family: Family) -> None:
    family.says(MOTHER, "/settings")
    number = max(family.screens[MOTHER].messages)
    waiting, seen = ["menu"], set()
    while waiting:
        word = waiting.pop()
        seen.add(word)
        family.presses(MOTHER, number, f"1:set:{word}")
        wish = read_wish(word)
        assert wish
        for name, value in wish.changes.items():
            assert getattr(wishes(family), name) == value
        shown = [press for _, _, press in family.screens[MOTHER].buttons()]
        found = {press.word for press in shown if press.verb == Verb.QUIET}
        times = ("qf-", "qu-", "rh-")
        known = {one[:3] for one in seen}
        new = {w for w in found - seen if not (w.startswith(times) and w[:3] in known)}
        waiting += sorted(new - set(waiting))
    assert {word.split("-")[0] for word in seen} == {
        "menu", "lang", "quiet", "rem", "form", "kids", "0", "1", "qf", "qu", "r", "rh", "m", "v",
        "big", "tog", "cp", "mk",
    }  # fmt: skip


@given(
    st.builds(
        Preferences,
        language=st.sampled_from(LANGUAGES),
        sound=st.booleans(),
        quiet_from=st.integers(0, 47).map(lambda n: time(*divmod(n * 30, 60))),
        quiet_until=st.integers(0, 47).map(lambda n: time(*divmod(n * 30, 60))),
        reminder_hour=st.integers(15, 20),
        reminders=st.booleans(),
        media=st.sampled_from(Media),
        voice=st.booleans(),
        larger_text=st.booleans(),
        copies=st.booleans(),
        together=st.booleans(),
        marks=st.booleans(),
    ),
    st.sampled_from(Page),
    st.booleans(),
)
def test_whatever_was_chosen_each_page_offers_only_changes(
    chosen: Preferences, page: Page, is_guardian: bool
) -> None:
    card = page_card(page, chosen, translator(chosen.language), is_guardian=is_guardian)
    assert len(card.rows) <= 6
    for row in card.rows:
        for one in row:
            press = read_press(one.data)
            assert press
            if press.verb == Verb.LANGUAGE:
                continue
            wish = read_wish(press.word)
            assert wish
            changed = {n: v for n, v in wish.changes.items() if getattr(chosen, n) != v}
            assert changed == dict(wish.changes), "a button changes something"
            assert is_guardian or not {"copies", "marks"} & set(changed)


def test_a_forged_setting_changes_nothing_and_is_counted(family: Family) -> None:
    before, words = (
        wishes(family),
        ["", "x", "qf-1440", "qf--1", "qf-", "rh-3", "m-all2", "v-2", "r"],
    )
    for word in words:
        family.presses(MOTHER, 1, f"1:set:{word}")
    assert wishes(family) == before
    assert refused_since(family.connection, BOT, MONDAY) == {Refused.UNKNOWN: len(words)}


@pytest.mark.parametrize(("word", "name"), [("cp-0", "copies"), ("mk-1", "marks")])
def test_a_students_phone_cannot_change_who_gets_copies_or_marks(
    family: Family, people: People, word: str, name: str
) -> None:
    before = getattr(Preferences(), name)
    chat = links.open_chat(family.connection, BOT, CHILD, "en")
    links.link(family.connection, chat, people.alice, "student", NOW)
    family.screens[CHILD] = Screen()
    forged(family, CHILD, Verb.QUIET, word=word)
    assert getattr(wishes(family, CHILD), name) == before
    assert refused_since(family.connection, BOT, MONDAY) == {Refused.FORBIDDEN: 1}
    forged(family, MOTHER, Verb.QUIET, word=word)
    assert getattr(wishes(family), name) != before


# Children


@pytest.mark.parametrize("name", ["Әли", "O'Brien", "Анна-Мария", "Ұл бала"])
def test_a_phone_calls_a_child_as_it_likes(family: Family, people: People, name: str) -> None:
    family.says(MOTHER, "/children")
    family.press_verb(MOTHER, Verb.RENAME, people.bob)
    family.restart()
    family.says(MOTHER, f"  {name} ")
    assert any(name in text for text in family.says(MOTHER, "/today").texts)
    family.link(CHILD, people.bob)
    assert [c.given_name for c in links.children(family.connection, chat_of(family, CHILD))] == [
        "Bob"
    ]


def test_what_is_no_name_is_asked_for_again(family: Family, people: People) -> None:
    family.says(MOTHER, "/children")
    family.press_verb(MOTHER, Verb.RENAME, people.bob)
    for name in ("x" * 21, "Bob2", "<b>", "a  b_", "8-900-1", "\N{GRINNING FACE}"):
        family.says(MOTHER, name)
        assert doing(family) == Doing.NAMING
    family.press_verb(MOTHER, Verb.NO_NAME)
    assert doing(family) == Doing.NOTHING
    names = [c.given_name for c in links.children(family.connection, chat_of(family, MOTHER))]
    assert names == ["Alice", "Bob"]


# Questions


def ask(family: Family, people: People, student: int = 0) -> None:
    family.says(MOTHER, "/ask")
    family.press_verb(MOTHER, Verb.ASK, student or people.alice)


def test_a_question_is_kept_once_and_bound_to_its_lesson(family: Family, people: People) -> None:
    ask(family, people, people.bob)
    family.restart()
    screen = family.says(MOTHER, "Why is it <so>?")
    [one] = asked(family)
    assert (one.student, one.lesson) == (people.bob, people.lessons[-1])
    assert one.parts[0].words == "Why is it <so>?"
    assert screen.last["reply_parameters"]["message_id"] == one.message_id
    assert doing(family) == Doing.NOTHING
    family.says(MOTHER, "And this?")
    assert len(asked(family)) == 1


def test_an_album_is_one_question_whenever_its_parts_come(family: Family, people: People) -> None:
    ask(family, people)
    family.sends(MOTHER, ONE, album="al", caption="Look")
    family.restart()
    family.sends(MOTHER, TWO, album="al")
    [one] = asked(family)
    assert [(part.words, part.sha256) for part in one.parts] == [("Look", ONE), ("", TWO)]


def test_what_cannot_be_a_question_is_said(family: Family, people: People) -> None:
    ask(family, people)
    family.hears(MOTHER, {"location": {"latitude": 1.0, "longitude": 1.0}})
    size = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
    family.hears(MOTHER, {"photo": size}, ArrivedFile("u", trouble=Trouble.TOO_LARGE))
    assert asked(family) == []
    assert doing(family) == Doing.ASKING
    assert family.screens[MOTHER].last["text"].startswith("A question is")


def test_pages_that_wait_survive_a_question(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE)
    ask(family, people)
    family.says(MOTHER, "Why?")
    state = read_state(family.connection, chat_of(family, MOTHER), family.now)
    assert [page["sha256"] for page in state.facts["pages"]] == [ONE]


@pytest.mark.parametrize("numbers", [(), (1,), (99, 1), (3, 1)])
def test_nobody_asks_about_a_strangers_lesson(family: Family, numbers: tuple[int, ...]) -> None:
    forged(family, MOTHER, Verb.ASK, *numbers)
    assert doing(family) == Doing.NOTHING
    assert refused_since(family.connection, BOT, MONDAY) == {Refused.FOREIGN: 1}


@pytest.mark.parametrize(
    ("verb", "command"), [(Verb.ASK, "/today"), (Verb.RENAME, "/today"), (Verb.RENAME, "today")]
)
def test_a_command_ends_what_was_asked_and_says_so(
    family: Family, verb: Verb, command: str
) -> None:
    family.says(MOTHER, "/ask" if verb == Verb.ASK else "/children")
    family.press_verb(MOTHER, verb)
    before = len(family.screens[MOTHER].texts)
    family.says(MOTHER, command)
    assert doing(family) == Doing.NOTHING
    said = family.screens[MOTHER].texts[before]
    assert said.startswith("Nothing was asked" if verb == Verb.ASK else "The name stays")


def test_a_question_never_asked_ends_after_a_day_with_a_word(
    family: Family, people: People
) -> None:
    ask(family, people)
    family.now += LIVES
    assert draft_news.tell_ended(family.connection, BOT, ZoneInfo("Asia/Qostanay"), family.now) == 1
    assert draft_news.tell_ended(family.connection, BOT, ZoneInfo("Asia/Qostanay"), family.now) == 0
    family.deliver()
    assert family.screens[MOTHER].last["text"].startswith("Nothing was asked")


def test_what_a_button_says_in_passing_is_a_message_to_whoever_typed_it(family: Family) -> None:
    family.says(MOTHER, "/language")
    screen = family.says(MOTHER, "Русский")
    assert any("по-русски" in text for text in screen.texts)
    assert screen.answers == []
    payloads = family.connection.scalars(select(outbox.c.payload)).all()
    assert not [one for one in payloads if "callback_query_id" in one]
