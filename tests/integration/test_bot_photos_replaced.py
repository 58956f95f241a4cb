"""A photo that a family puts in the place of another is the page, while the draft is open."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.receiving.attachments import ArrivedFile, Attachment, Trouble
from bot.receiving.inbox import Arrived
from bot.talking import drafts
from bot.talking.worker import brings_file
from bot.words.keyboards import Verb
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.quality import Hint
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import Family, Screen, family_of
from tests.factories import People, add_people, publish_week

MOTHER, FATHER = 11, 12


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
    return people


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path / "files")) as opened:
        for phone in (MOTHER, FATHER):
            opened.link(phone, people.alice)
        yield opened


def photo(name: str, *hints: Hint, trouble: Trouble | None = None) -> ArrivedFile:
    return ArrivedFile(name, "" if trouble else name * 64, "image/jpeg", trouble, hints=hints)


def body(name: str, message_id: int, chat: int) -> dict[str, object]:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    size = {"file_id": "f", "file_unique_id": name, "width": 9, "height": 9}
    head = {"message_id": message_id, "date": 1, "from": person}
    return head | {"chat": {"id": chat, "type": "private"}, "photo": [size]}


def sends(family: Family, name: str, message_id: int, chat: int = MOTHER) -> Screen:
    return family.takes(chat, {"message": body(name, message_id, chat)}, photo(name))


def puts(
    family: Family, file: ArrivedFile, message_id: int, chat: int = MOTHER, caption: str = ""
) -> Screen:
    """Put another photo in the place of the one of a message."""
    edited = body(file.unique_id, message_id, chat) | {"edit_date": 2, "caption": caption}
    return family.takes(chat, {"edited_message": edited}, file)


def work(family: Family) -> HomeworkReturn:
    return max(read_returns(family.connection), key=lambda one: one.version)


def pages(family: Family) -> str:
    return "".join(page.sha256[0] for page in work(family).pages)


def test_another_photo_takes_the_place_of_the_first_one(family: Family) -> None:
    for number, name in enumerate("abc"):
        sends(family, name, 900 + number)
    screen = puts(family, photo("d", Hint.DARK), 901, caption="better")
    assert pages(family) == "adc"
    assert [page.note for page in work(family).pages] == ["", "better", ""]
    assert "Page 2 is dark" in screen.texts[-1]
    puts(family, photo("e"), 901)
    assert pages(family) == "aec", "and once more"


def test_words_under_the_new_photo_find_it(family: Family) -> None:
    sends(family, "a", 900)
    puts(family, photo("d"), 900)
    edited = body("d", 900, MOTHER) | {"edit_date": 3, "caption": "the back"}
    family.takes(MOTHER, {"edited_message": edited})
    assert [page.note for page in work(family).pages] == ["the back"]
    assert pages(family) == "d"


def test_the_message_of_another_phone_with_the_same_number_is_another(family: Family) -> None:
    sends(family, "a", 900)
    sends(family, "b", 900, FATHER)
    assert pages(family) == "ab"
    puts(family, photo("c"), 900)
    assert pages(family) == "cb"
    puts(family, photo("d"), 900, FATHER)
    assert pages(family) == "cd"


def test_what_was_handed_in_or_is_no_page_stays_and_that_is_said(family: Family) -> None:
    sends(family, "a", 900)
    assert "cannot change this" in puts(family, photo("d"), 777).last["text"]
    family.press_verb(MOTHER, Verb.FINISH)
    assert "cannot change this" in puts(family, photo("d"), 900).last["text"]
    assert pages(family) == "a"


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_file_that_cannot_be_taken_leaves_the_page(family: Family, trouble: Trouble) -> None:
    sends(family, "a", 900)
    before = set(family.screens[MOTHER].messages)
    screen = puts(family, photo("d", trouble=trouble), 900)
    assert set(screen.messages) > before
    assert pages(family) == "a"


def test_words_too_long_for_a_note_are_said(family: Family) -> None:
    sends(family, "a", 900)
    assert "501" in puts(family, photo("d"), 900, caption="a" * 501).last["text"]
    assert pages(family) == "a"


def test_only_a_file_that_is_new_is_fetched(family: Family) -> None:
    sends(family, "a", 900)
    for name, is_kept in (("a", True), ("d", False), ("a%", False), ("", False)):
        assert drafts.is_kept(family.connection, Attachment("f", name, 9)) is is_kept
    raw = {"edited_message": body("d", 900, MOTHER)}
    assert brings_file(Arrived(1, 1, MOTHER, raw, 0))
    assert not brings_file(Arrived(1, 1, MOTHER, {"edited_message": {"text": "a"}}, 0))
