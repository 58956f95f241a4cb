"""How families link a phone, choose a language, and leave; what strangers learn: nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chats import links
from bot.receiving import inbox
from bot.sending import evidence
from bot.tables import telegram_inbox
from jetkiz.roster.link_codes import link_code, revoke_codes, typed_form
from jetkiz.roster.tables import student
from tests.bot_school import BOT, open_stage, picture, running_bot
from tests.bot_talk import Talk, labels, press_of
from tests.factories import NOW


@pytest.fixture
def talk(sqlite_url: str, tmp_path: Path) -> Iterator[Talk]:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        yield Talk(stage, bot)


def test_the_printed_code_links_a_phone_once_a_guardian_agrees(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    text = talk.last("mother")["text"]
    assert "Alice" in text
    assert "/privacy" in text
    assert "Test" not in text
    assert talk.fact(alice) == "linked"


def test_the_typed_code_does_the_same(talk: Talk) -> None:
    code = talk.code(talk.stage.people.alice)
    talk.stage.players.person("mother", "Mother", "en")
    talk.stage.players.start("mother")
    talk.settle()
    assert "code" in talk.last("mother")["text"]
    talk.says("mother", typed_form(code).lower())
    assert talk.fact(talk.stage.people.alice) == "unknown"
    talk.agrees("mother", talk.stage.people.alice)
    assert talk.fact(talk.stage.people.alice) == "linked"


def test_a_wrong_code_is_refused_in_words(talk: Talk) -> None:
    talk.stage.players.person("stranger", "Stranger", "en")
    talk.stage.players.start("stranger", "k1_wrong")
    talk.settle()
    said = talk.last("stranger")["text"]
    assert "code is wrong" in said
    assert "4 more tries" in said


def test_guessing_codes_is_stopped(talk: Talk) -> None:
    talk.stage.players.person("stranger", "Stranger", "en")
    for number in range(6):
        talk.stage.players.start("stranger", f"k1_wrong{number}")
    talk.stage.players.start("stranger", talk.code(talk.stage.people.alice))
    talk.settle()
    assert "an hour" in talk.last("stranger")["text"]
    assert talk.fact(talk.stage.people.alice) == "unknown"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"uses_left": 0}, "on as many phones"),
        ({"expires_at": NOW - timedelta(days=1)}, "too old"),
    ],
)
def test_a_code_that_no_longer_holds_says_why(
    talk: Talk, spoil: dict[str, Any], words: str
) -> None:
    code = talk.code(talk.stage.people.alice)
    with talk.stage.workplace.database.write() as connection:
        connection.execute(update(link_code).values(spoil))
    talk.stage.players.person("mother", "Mother", "en")
    talk.stage.players.start("mother", code)
    talk.settle()
    assert words in talk.last("mother")["text"]


def test_a_revoked_code_says_so(talk: Talk) -> None:
    code = talk.code(talk.stage.people.alice)
    with talk.stage.workplace.database.write() as connection:
        revoke_codes(connection, talk.stage.people.alice, NOW)
    talk.stage.players.person("mother", "Mother", "en")
    talk.stage.players.start("mother", code)
    talk.settle()
    assert "cancelled" in talk.last("mother")["text"]


def test_the_first_phone_hears_of_the_second(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    talk.linked("finder", alice)
    assert "One more phone" in talk.last("mother")["text"]
    assert "One more phone" not in talk.last("finder")["text"]


def test_linking_twice_changes_nothing(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice, alice)
    assert "бұрыннан қосылған" in talk.last("mother")["text"]


def test_the_language_of_the_home_is_spoken_first(talk: Talk) -> None:
    talk.stage.players.person("mother", "Mother", "ru")
    talk.stage.players.start("mother", talk.code(talk.stage.people.alice))
    talk.settle()
    assert "сіздің балаңыз ба" in talk.last("mother")["text"]
    talk.agrees("mother", talk.stage.people.alice)
    assert "сабақтары" in talk.last("mother")["text"]


def test_a_guest_learns_nothing_and_leaves_no_file(talk: Talk) -> None:
    talk.stage.players.person("stranger", "Stranger", "en")
    talk.stage.players.start("stranger")
    talk.stage.players.photos("stranger", [picture()])
    said = talk.says("stranger", "/today")
    assert "code" in said[-1]["text"]
    assert not list((talk.stage.workplace.settings.data / "files").rglob("*"))


def test_help_privacy_and_language_answer_everybody(talk: Talk) -> None:
    talk.stage.players.person("stranger", "Stranger", "en")
    talk.stage.players.start("stranger")
    talk.settle()
    assert "/today" in talk.says("stranger", "/help")[0]["text"]
    assert "/stop" in talk.says("stranger", "/privacy")[0]["text"]
    talk.presses("stranger", "Русский")
    assert "код" in talk.stage.seen("stranger")[0]["text"]


def test_a_linked_chat_chooses_its_language_and_its_sound(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/language")
    talk.presses("mother", "Messages without a sound")
    assert labels(talk.last("mother"))[-2] == "Messages with a sound"
    talk.presses("mother", "Қазақша")
    assert talk.last("mother")["text"] == "Мен қай тілде сөйлейін?"
    talk.stage.hand_over()
    talk.settle()
    assert talk.last("mother")["silent"]


def test_children_are_listed_and_removed(talk: Talk) -> None:
    alice, bob = talk.stage.people.alice, talk.stage.people.bob
    talk.linked("mother", alice, bob)
    talk.says("mother", "/children")
    talk.presses("mother", "Remove Bob")
    assert talk.fact(bob) == "linked", "asked once, as before /stop"
    assert "stop sending the lessons of Bob" in talk.last("mother")["text"]
    talk.presses("mother", "Yes, remove Bob")
    assert "Bob no longer" in talk.last("mother")["text"]
    assert (talk.fact(alice), talk.fact(bob)) == ("linked", "never")


def test_stop_asks_once_and_then_ends_everything(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/stop")
    assert talk.fact(talk.stage.people.alice) == "linked"
    talk.presses("mother", "Yes, stop")
    assert talk.fact(talk.stage.people.alice) == "never"
    assert "code" in talk.says("mother", "/today")[0]["text"]


def test_blocking_and_coming_back_changes_the_profile(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    talk.stage.players.block("mother")
    talk.settle()
    assert talk.fact(alice) == "blocked"
    talk.stage.players.unblock("mother")
    talk.settle()
    assert talk.fact(alice) == "linked"


def test_words_and_old_buttons_get_an_answer(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    assert "/help" in talk.says("mother", "when is school?")[0]["text"]
    talk.says("mother", "/today")
    raw = press_of(talk.chat_id("mother"), talk.last("mother")["message_id"], "0:old:1")
    with talk.stage.workplace.database.write() as connection:
        inbox.store(connection, BOT, [raw], NOW)
    talk.settle()
    with talk.stage.workplace.database.read() as connection:
        assert not connection.scalars(
            select(telegram_inbox.c.error).where(telegram_inbox.c.error != "")
        ).all()


@pytest.mark.parametrize(
    ("data", "language"),
    [("1:ln:xx", "en"), ("1:ln:kk", "kk"), ("1:lv:99", "en"), ("1:prt:99", "en"), ("1:lv", "en")],
)
def test_a_button_that_says_nonsense_changes_nothing(talk: Talk, data: str, language: str) -> None:
    talk.linked("mother", talk.stage.people.alice)
    raw = press_of(talk.chat_id("mother"), talk.last("mother")["message_id"], data)
    with talk.stage.workplace.database.write() as connection:
        inbox.store(connection, BOT, [raw], NOW)
    talk.settle()
    with talk.stage.workplace.database.read() as connection:
        chat = links.find_chat(connection, BOT, talk.chat_id("mother"))
        assert chat
        assert chat.language == language
        assert len(links.children(connection, chat)) == 1


def test_an_old_button_of_somebody_who_left_asks_for_the_code(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/today")
    talk.says("mother", "/stop")
    talk.presses("mother", "Yes, stop")
    said = talk.presses("mother", "1. Lesson w05-0")
    assert "code" in said[-1]["text"]


def test_leaving_on_one_phone_leaves_the_other(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    talk.linked("father", alice)
    talk.says("mother", "/stop")
    talk.presses("mother", "Yes, stop")
    assert talk.fact(alice) == "linked"


def test_stop_without_a_link_has_nothing_to_stop(talk: Talk) -> None:
    talk.stage.players.person("stranger", "Stranger", "en")
    talk.stage.players.start("stranger")
    talk.settle()
    assert "stopped" in talk.says("stranger", "/stop")[-1]["text"]


def test_the_code_of_a_student_who_left_the_school_opens_nothing(talk: Talk) -> None:
    code = talk.code(talk.stage.people.alice)
    with talk.stage.workplace.database.write() as connection:
        gone = update(student).where(student.c.id == talk.stage.people.alice)
        connection.execute(gone.values(active=False))
    talk.stage.players.person("mother", "Mother", "en")
    talk.stage.players.start("mother", code)
    talk.settle()
    assert "cancelled" in talk.last("mother")["text"]


def test_start_again_shows_what_can_be_done(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    assert "/today" in talk.says("mother", "/start")[0]["text"]


def test_writing_from_a_blocked_chat_means_coming_back(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    with talk.stage.workplace.database.write() as connection:
        evidence.lose_chat(connection, BOT, talk.chat_id("mother"), NOW + timedelta(seconds=30))
    assert talk.fact(alice) == "blocked"
    talk.says("mother", "/today")
    assert talk.fact(alice) == "linked"
