"""What of a lesson comes by itself and what on a tap, in every mode, and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chats import links
from bot.chats.alarms import Refused
from bot.chats.preferences import Media, change_preferences
from bot.tables import telegram_refusals
from bot.words.keyboards import Verb, button
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.lessons.tables import lesson_file
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, family_of
from tests.bot_lessons import enrich
from tests.factories import People

MOTHER, FATHER = 11, 12


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    files = FileStore(tmp_path)
    with family_of(sqlite_database, files) as opened:
        opened.link(MOTHER, people.alice)
        opened.link(FATHER, people.bob)
        enrich(opened.connection, files, people.lessons[0], goal="Count.")
        opened.says(MOTHER, "/today")
        yield opened


def wants(family: Family, **choice: Any) -> None:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    change_preferences(family.connection, chat, **choice)


def opens(family: Family) -> list[dict[str, Any]]:
    """Open the lesson that has everything, and return what came."""
    return after(family, Verb.OPEN, *family.screens[MOTHER].buttons()[0][2].numbers)


def after(family: Family, verb: Verb, *numbers: int) -> list[dict[str, Any]]:
    """Press a button and return what came."""
    before = set(family.screens[MOTHER].messages)
    screen = family.press_verb(MOTHER, verb, *numbers)
    return [one for number, one in screen.messages.items() if number not in before]


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    known = ("media", "photo", "voice", "audio", "video", "document", "text")
    return [next(kind for kind in known if kind in one) for one in messages]


def labels(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return [one["text"] for row in rows for one in row]


def test_a_chat_that_takes_everything_gets_everything(family: Family) -> None:
    came = opens(family)
    assert kinds(came) == ["text", "media", "video", "voice", "document"]
    assert "Goal: Count." in came[0]["text"]
    assert "x²" in came[0]["text"]
    assert "<i> [1]</i>" in came[0]["text"]
    assert "A red ball" not in came[0]["text"]
    assert [one["caption"] for one in came[1]["media"]] == ["[1] ∑ᵢ₌₁ⁿ i", "[2] A red ball"]
    assert came[3]["caption"].startswith("Lesson")


def test_a_chat_that_saves_gets_words_and_sizes(family: Family) -> None:
    wants(family, media=Media.TEXT)
    words, extras = opens(family)
    assert "film, 1 kB, read aloud, 1 kB, sheet to print, 1 kB, 2 pictures" in words["text"]
    assert "<i>[2] A red ball</i>" in words["text"]
    assert labels(extras)[:3] == ["Film, 1 kB", "Read aloud, 1 kB", "Sheet to print, 1 kB"]
    assert labels(extras)[3].startswith("2 pictures, ")
    assert labels(extras)[4:] == ["Show in large letters"]
    assert kinds(after(family, Verb.PICTURES)) == ["media"]
    assert [kinds(after(family, Verb.FILE, *press)) for press in _files(family)] == [
        ["video"],
        ["voice"],
        ["document"],
    ]
    assert kinds(after(family, Verb.LARGE)) == ["photo"]


def _files(family: Family) -> list[tuple[int, ...]]:
    shown = family.screens[MOTHER].buttons()
    return [press.numbers for _, _, press in shown if press.verb == Verb.FILE]


def test_pictures_alone_or_the_voice_alone(family: Family) -> None:
    wants(family, media=Media.PHOTOS)
    assert kinds(opens(family)) == ["text", "media", "text"]
    wants(family, media=Media.TEXT, voice=True)
    assert kinds(opens(family)) == ["text", "voice", "text"]


def test_large_letters_come_by_themselves_where_somebody_chose_them(family: Family) -> None:
    wants(family, media=Media.TEXT, larger_text=True)
    came = opens(family)
    assert kinds(came) == ["text", "photo", "text"]
    assert "Show in large letters" not in labels(came[-1])


def test_a_large_film_waits_for_a_tap(family: Family) -> None:
    large = update(lesson_file).where(lesson_file.c.name == "film.mp4")
    family.connection.execute(large.values(size=12_345_678))
    came = opens(family)
    assert "video" not in kinds(came)
    assert labels(came[-1]) == ["Film, 12.3 MB", "Show in large letters"]


def test_another_familys_files_stay_closed(family: Family, people: People) -> None:
    lesson = people.lessons[0]
    for verb in (Verb.FILE, Verb.PICTURES, Verb.LARGE):
        data = button("x", verb, people.alice, lesson, 1).data
        screen = family.presses(FATHER, 1, data)
        assert screen.answers[-1] == "This lesson is not in this chat."
        assert screen.messages == {}
    c = telegram_refusals.c
    counted = select(c.n).where(c.reason == Refused.FOREIGN.value)
    assert family.connection.scalar(counted) == 3


@pytest.mark.parametrize("numbers", [(9,), (), (1, 1)])
def test_a_file_that_is_gone_is_said(
    family: Family, people: People, numbers: tuple[int, ...]
) -> None:
    data = button("x", Verb.FILE, people.alice, people.lessons[0], *numbers).data
    screen = family.presses(MOTHER, 1, data)
    assert "not in the lesson any more" in screen.last["text"]


def test_a_picture_that_is_lost_or_broken_takes_nothing_else_with_it(
    family: Family, people: People
) -> None:
    lost = update(lesson_file).where(lesson_file.c.name == "img/01.jpg")
    family.connection.execute(lost.values(sha256="0" * 64))
    wants(family, media=Media.PHOTOS)
    assert kinds(opens(family))[:2] == ["text", "photo"]
    assert "cannot show this lesson" in after(family, Verb.LARGE)[0]["text"]
    bare = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
    family.connection.execute(bare.values(text="Only words."))
    data = button("x", Verb.PICTURES, people.alice, people.lessons[0]).data
    assert "no pictures any more" in family.presses(MOTHER, 1, data).last["text"]


def test_buttons_work_after_a_restart(family: Family) -> None:
    wants(family, media=Media.TEXT)
    opens(family)
    family.restart()
    assert kinds(after(family, Verb.LARGE)) == ["photo"]
