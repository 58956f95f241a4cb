"""Pictures of lessons are drawn once, for everybody, and never while the database waits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.chats import links
from bot.chats.preferences import Media, change_preferences
from bot.tables import drawn_picture
from bot.talking.drawings import Drawing, NotDrawnError, draw_all, drawn, not_drawn, remember
from bot.words.keyboards import Verb
from jetkiz.lessons.markup.page_pictures import PictureError
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.lessons.tables import lesson_file
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import UnwritableError
from tests.bot_family import BOT, Family, family_of
from tests.bot_lessons import enrich
from tests.factories import People
from tests.full_disks import full_disk

MOTHER, FATHER = 11, 12


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    files = FileStore(tmp_path)
    with family_of(sqlite_database, files) as opened:
        for phone in (MOTHER, FATHER):
            opened.link(phone, people.alice)
        enrich(opened.connection, files, people.lessons[0])
        for phone in (MOTHER, FATHER):
            opened.says(phone, "/today")
        yield opened


def opens(family: Family, chat: int, verb: Verb = Verb.OPEN) -> int:
    """Open the first lesson; return how many drawings it took."""
    before = len(family.drawings)
    numbers = family.screens[chat].buttons()[0][2].numbers[:2]
    family.press_verb(chat, verb, *numbers)
    return len(family.drawings) - before


def wants(family: Family, chat_id: int, **choice: Any) -> None:
    chat = links.find_chat(family.connection, BOT, chat_id)
    assert chat
    change_preferences(family.connection, chat, **choice)


def test_a_lesson_is_drawn_once_for_all_and_for_every_life_of_the_bot(family: Family) -> None:
    assert opens(family, MOTHER) == 2, "a formula and a picture"
    assert opens(family, MOTHER) == 0
    assert opens(family, FATHER) == 0
    wants(family, FATHER, media=Media.TEXT)
    assert opens(family, FATHER) == 0
    assert opens(family, FATHER, Verb.LARGE) == 1
    family.restart()
    assert opens(family, FATHER, Verb.PICTURES) == 0
    assert opens(family, FATHER, Verb.LARGE) == 0


def test_an_answer_that_was_broken_off_leaves_nothing_twice(family: Family) -> None:
    before = set(family.screens[MOTHER].messages)
    assert opens(family, MOTHER) == 2
    came = [one for n, one in family.screens[MOTHER].messages.items() if n not in before]
    assert sum("text" in one for one in came) == 1
    assert sum("media" in one for one in came) == 1


def test_a_changed_lesson_is_drawn_anew_and_only_what_changed(
    family: Family, people: People
) -> None:
    opens(family, MOTHER)
    c = lesson_table.c
    text = family.connection.scalar(select(c.text).where(c.id == people.lessons[0])) or ""
    anew = update(lesson_table).where(c.id == people.lessons[0])
    family.connection.execute(anew.values(text=f"{text}\n\n$$\\sum_{{i=1}}^m i$$"))
    assert opens(family, MOTHER) == 1


def test_a_broken_picture_is_tried_once_and_the_words_stand_for_it(family: Family) -> None:
    broken = family.workplace.files.put(b"\x89PNG\r\n\x1a\n broken")
    pictures = lesson_file.c.name.endswith(".png") | lesson_file.c.name.endswith(".jpg")
    family.connection.execute(update(lesson_file).where(pictures).values(sha256=broken))
    assert opens(family, MOTHER) == 2
    assert opens(family, MOTHER) == 0
    sent = [one for one in family.screens[MOTHER].messages.values() if "photo" in one]
    assert [one["caption"][:3] for one in sent] == ["[1]", "[1]"], "the formula alone, twice"


def test_pictures_that_were_lost_with_their_disk_are_drawn_anew(family: Family) -> None:
    opens(family, MOTHER)
    c = drawn_picture.c
    [lost, *_] = family.connection.scalars(select(c.sha256).order_by(c.sha256)).all()
    family.workplace.files.path(lost).unlink()
    assert opens(family, MOTHER) == 1
    assert family.workplace.files.path(lost).exists()


@pytest.mark.parametrize("fault", ["away", "unreadable"])
def test_a_picture_whose_file_comes_back_is_drawn_then(family: Family, fault: str) -> None:
    c = lesson_file.c
    [name] = family.connection.scalars(select(c.sha256).where(c.name.endswith(".jpg"))).all()
    place = family.workplace.files.path(name)
    away = place.rename(place.with_suffix(".away"))
    if fault == "unreadable":
        place.mkdir()
    wants(family, MOTHER, larger_text=True)
    assert opens(family, MOTHER) == 3
    assert opens(family, MOTHER) == 0, "nobody waits: the words stand for it meanwhile"
    assert photos(family, MOTHER) == 2, "the formula alone, twice"
    if fault == "unreadable":
        place.rmdir()
    away.rename(place)
    assert opens(family, FATHER) == 1
    assert photos(family, FATHER) == 2
    assert opens(family, MOTHER) == 1, "its page in large letters"


def photos(family: Family, chat: int) -> int:
    messages = family.screens[chat].messages.values()
    return sum(len(one.get("media", ())) or "photo" in one for one in messages)


def test_larger_text_by_itself_needs_its_pages_too(family: Family) -> None:
    wants(family, MOTHER, larger_text=True)
    assert opens(family, MOTHER) == 3
    assert opens(family, MOTHER) == 0


def page(number: int, calls: list[int]) -> Drawing:
    def draw(_files: FileStore) -> list[bytes]:
        calls.append(number)
        if number < 0:
            raise PictureError("no")
        return [bytes([number, place]) for place in range(number)]

    return Drawing(f"{number:064d}", draw)


def test_what_is_drawn_is_remembered_page_by_page(database: Database, tmp_path: Path) -> None:
    files, calls = FileStore(tmp_path), list[int]()
    three, two, never = page(3, calls), page(2, calls), page(-1, calls)
    with database.write() as connection:
        with pytest.raises(NotDrawnError) as wanted:
            drawn(connection, files, [three, never, three])
        assert wanted.value.drawings == (three, never)
        made = draw_all(files, wanted.value.drawings)
        for _ in range(2):
            remember(connection, made)
        found = drawn(connection, files, [three, never])
        assert [files.get(one.sha256) for one in found[three.source]] == [
            b"\3\0",
            b"\3\1",
            b"\3\2",
        ]
        assert found[never.source] == ()
        assert not_drawn(connection, files, [two, three]) == [two]
        assert drawn(connection, files, []) == {}
        assert connection.scalar(select(func.count()).select_from(drawn_picture)) == 4
    assert calls == [3, -1]


def test_a_full_disk_is_no_reason_to_give_a_picture_up(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    with full_disk(), pytest.raises(UnwritableError):
        draw_all(files, [page(1, [])])
