"""What a chat chose and what it asked is kept as it was said, for this chat alone."""

from datetime import time, timedelta

import pytest

from bot.chats import links, questions
from bot.chats.links import Chat
from bot.chats.preferences import (
    Media,
    Preferences,
    change_preferences,
    read_all_preferences,
    read_preferences,
)
from bot.chats.questions import Part, Place
from jetkiz.storage.database import Database
from tests.factories import NOW

BOT = 1


@pytest.fixture
def chats(database: Database) -> tuple[Database, Chat, Chat]:
    with database.write() as connection:
        one, other = (links.open_chat(connection, BOT, n, "kk") for n in (500, 501))
    return database, one, other


def test_a_chat_that_chose_nothing_has_the_defaults(chats: tuple[Database, Chat, Chat]) -> None:
    database, one, _ = chats
    with database.read() as connection:
        assert read_preferences(connection, one) == Preferences(language="kk")


def test_each_choice_is_kept_and_changes_nothing_else(chats: tuple[Database, Chat, Chat]) -> None:
    database, one, other = chats
    chosen = {
        "language": "ru",
        "sound": False,
        "quiet_from": time(20, 15),
        "quiet_until": time(6, 45),
        "reminder_hour": 19,
        "reminders": False,
        "media": Media.TEXT,
        "voice": True,
        "larger_text": True,
        "copies": False,
        "together": False,
        "marks": True,
    }
    expected = Preferences(language="kk")
    with database.write() as connection:
        for name, value in chosen.items():
            before, expected = expected, change_preferences(connection, one, **{name: value})
            assert getattr(expected, name) == value != getattr(before, name)
        assert expected == Preferences(**chosen)
        assert read_preferences(connection, other) == Preferences(language="kk")
        both = read_all_preferences(connection, [one.id, other.id])
        assert both[one.id] == expected


def _place(chat: Chat, lesson: int = 7, message: int = 44, album: str = "") -> Place:
    return Place(BOT, chat, 5, lesson, message, album)


def test_a_question_asked_twice_is_one_and_is_answered_once(
    chats: tuple[Database, Chat, Chat],
) -> None:
    database, one, _ = chats
    with database.write() as connection:
        first = questions.ask(connection, _place(one), Part("k", "Why?"), NOW)
        assert questions.ask(connection, _place(one), Part("k", "Why?"), NOW) == first
        later = questions.ask(connection, _place(one, 8), Part("l", "x" * 5_000), NOW)
        assert [q.id for q in questions.open_questions(connection, BOT)] == [first, later]
        assert [q.id for q in questions.open_questions(connection, BOT, [8])] == [later]
        assert questions.open_questions(connection, BOT + 1) == []
        assert questions.answer(connection, first, "Because.", "teacher", NOW)
        assert not questions.answer(connection, first, "No.", "other", NOW + timedelta(1))
        kept = questions.read_question(connection, first)
        assert kept
        assert (kept.answer, kept.answered_by, kept.answered_at) == ("Because.", "teacher", NOW)
        assert (kept.chat_id, kept.message_id, kept.language) == (500, 44, "kk")
        assert [q.id for q in questions.open_questions(connection, BOT)] == [later]
        [long] = questions.open_questions(connection, BOT)
        assert len(long.parts[0].words) == questions.MOST_WORDS


def test_an_album_is_one_question_of_one_chat(chats: tuple[Database, Chat, Chat]) -> None:
    database, one, other = chats
    with database.write() as connection:
        for number in (1, 2, 1):
            part = Part(f"p{number}", sha256="a" * 64, media_type="image/jpeg")
            questions.ask(connection, _place(one, album="al"), part, NOW)
        questions.ask(connection, _place(other, album="al"), Part("p3"), NOW)
        found = questions.of_album(connection, one, "al")
        assert found
        assert [part.key for part in found.parts] == ["p1", "p2"]
        assert questions.of_album(connection, one, "") is None
        assert questions.of_album(connection, one, "else") is None
        assert questions.read_question(connection, 99) is None


def test_what_is_forgotten_is_gone_for_this_chat_only(chats: tuple[Database, Chat, Chat]) -> None:
    database, one, other = chats
    with database.write() as connection:
        for chat in (one, other):
            questions.ask(connection, _place(chat), Part(f"k{chat.id}", "Why?"), NOW)
        assert questions.forget(connection, [one.id]) == 1
        assert questions.of_chat(connection, one) == []
        assert len(questions.of_chat(connection, other)) == 1
