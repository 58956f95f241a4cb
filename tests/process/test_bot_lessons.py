"""What lessons a family reads in the chat, and what the ledger learns from "Received"."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update

from bot.chats import links
from bot.talking.lesson_pictures import fit_for_phone
from jetkiz.delivery.states import State
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.lessons.tables import lesson_file
from tests.bot_lessons import QUIZ, enrich
from tests.bot_school import BOT, open_stage, picture, running_bot
from tests.bot_talk import Talk, labels
from tests.factories import NOW


@pytest.fixture
def talk(sqlite_url: str, tmp_path: Path) -> Iterator[Talk]:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        yield Talk(stage, bot)


def test_a_digest_is_opened_read_and_received(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    talk.stage.hand_over()
    talk.settle()
    digest = talk.last("mother")
    assert labels(digest)[-1] == "Received"
    [card] = talk.presses("mother", labels(digest)[0])
    assert "Read this." in card["text"]
    assert "CC0" in card["text"]
    assert labels(card) == ["Received", "Hand in", "Ask the teacher", "Remind me later"]
    talk.presses("mother", "Received")
    assert labels(talk.last("mother"))[0] == "Received 08:00"
    assert talk.stage.states(alice) == [State.ACKNOWLEDGED, State.DISPATCHED, State.DISPATCHED]


def test_received_under_the_digest_covers_the_day(talk: Talk) -> None:
    alice = talk.stage.people.alice
    talk.linked("mother", alice)
    talk.stage.hand_over()
    talk.settle()
    talk.presses("mother", "Received")
    assert talk.stage.states(alice) == [State.ACKNOWLEDGED] * 3
    assert labels(talk.last("mother"))[-1] == "Received 08:00"
    talk.presses("mother", "Received 08:00")
    assert talk.answers("mother") == ["Thank you!", "This is noted already. Thank you!"]


def test_the_lessons_of_today_and_of_the_week(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    [today] = talk.says("mother", "/today")
    [week] = talk.says("mother", "/week")
    assert len(labels(today)) == 4
    assert "Monday, 26 January" in week["text"]


def test_a_child_without_lessons_is_named(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.charlie)
    assert "Charlie has no lessons" in talk.says("mother", "/today")[0]["text"]
    assert "no lessons this week" in talk.says("mother", "/week")[0]["text"]


def test_pictures_follow_the_words_as_large_as_a_phone_shows_them(talk: Talk) -> None:
    pictures = [picture(colour=colour) for colour in ("red", "green", "blue")]
    with talk.stage.workplace.database.write() as connection:
        first = talk.stage.people.lessons[0]
        names = [f"img/{n}.jpg" for n in range(3)]
        text = "\n\n".join(f"![picture {n}]({name})" for n, name in enumerate(names))
        values = {"text": text}
        connection.execute(update(lesson_table).where(lesson_table.c.id == first).values(values))
        for name, content in zip(names, pictures, strict=True):
            sha256 = talk.stage.workplace.files.put(content)
            row = {"lesson_id": first, "name": name, "sha256": sha256, "size": len(content)}
            connection.execute(lesson_file.insert().values(row))
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/today")
    said = talk.presses("mother", "1. Lesson w05-0")
    assert "The pictures come" in said[0]["text"]
    files = [m["media"][0]["size"] for m in said[1:]]
    stored = [talk.stage.workplace.files.put(fit_for_phone(content)) for content in pictures]
    fitted = [talk.stage.workplace.files.get(digest) for digest in stored]
    assert files == [len(content) for content in fitted]
    assert {max(Image.open(io.BytesIO(content)).size) for content in fitted} == {1280}
    assert [m["text"] for m in said[1:]] == ["[1] picture 0", "[2] picture 1", "[3] picture 2"]
    assert all(f"[{number}]" in said[0]["text"] for number in (1, 2, 3))


def test_another_familys_lesson_stays_closed(talk: Talk) -> None:
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/today")
    old = talk.last("mother")["buttons"][0][0]["callback_data"]
    with talk.stage.workplace.database.write() as connection:
        chat = links.find_chat(connection, BOT, talk.chat_id("mother"))
        assert chat
        links.unlink(connection, chat, [talk.stage.people.alice])
        links.link(connection, chat, talk.stage.people.bob, "guardian", NOW)
    talk.stage.players.press_data("mother", old)
    talk.settle()
    assert talk.answers("mother") == ["This lesson is not in this chat."]


def test_a_quiz_is_answered_by_tapping_and_told_in_words(talk: Talk) -> None:
    first = talk.stage.people.lessons[0]
    with talk.stage.workplace.database.write() as connection:
        enrich(connection, talk.stage.workplace.files, first, QUIZ, task_text=None)
    talk.linked("mother", talk.stage.people.alice)
    talk.says("mother", "/today")
    came = talk.presses("mother", "1. Lesson w05-0")
    assert [kind_of(one) for one in came] == [
        "text",
        "photo",
        "photo",
        "video",
        "voice",
        "document",
        "text",
    ]
    talk.presses("mother", "Quiz, 2 questions")
    for _ in QUIZ:
        poll = talk.last("mother")["poll"]
        talk.stage.players.vote("mother", poll["correct_option_ids"])
        talk.settle()
    assert talk.last("mother")["text"].startswith("Alice: 2 of 2 are right.")
    assert talk.stage.states(talk.stage.people.alice)[0] == State.MARKED


def kind_of(message: dict[str, Any]) -> str:
    return message["media"][0]["kind"] if message["media"] else "text"
