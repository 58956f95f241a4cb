"""In which order pages stand, whatever is done with them, and what keeps a draft open."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.talking import draft_news
from bot.words.keyboards import Verb, button
from jetkiz.homework.model import SILENCE, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, family_of
from tests.drafts_by_phone import begin, pages_of, photo, send, work_of
from tests.factories import MONDAY, People
from tests.home_phones import MOTHER

ZONE = ZoneInfo("Asia/Qostanay")


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_an_album_stands_as_it_was_taken_however_it_comes(
    family: Family, people: People, order: tuple[str, ...]
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("0"), 500)
    for name in order:
        send(family, photo(name), 900 + ord(name), media_group_id="album")
    send(family, photo("9"), 400, media_group_id="another")
    assert pages_of(family, people.alice) == "0abc9"


def test_pages_are_moved_and_the_last_of_the_new_order_is_taken_out(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    for number, name in enumerate("abc"):
        send(family, photo(name), 900 + number)
    screen = family.press_verb(MOTHER, Verb.ORDER)
    assert "1. photo\n2. photo\n3. photo" in screen.texts[-1]
    family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 3)
    assert pages_of(family, people.alice) == "acb"
    family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 2)
    assert pages_of(family, people.alice) == "cab"
    screen = family.press_verb(MOTHER, Verb.ADD)
    assert screen.answers[-1] == "Send more pages, or hand in."
    family.press_verb(MOTHER, Verb.REMOVE)
    assert pages_of(family, people.alice) == "ca"


@pytest.mark.parametrize("album", ["", "album"])
def test_a_new_order_goes_with_the_pages_to_the_other_child(
    family: Family, people: People, album: str
) -> None:
    begin(family, people.alice, people.lessons[0])
    more = {"media_group_id": album} if album else {}
    for number, name in enumerate("abc"):
        send(family, photo(name), 900 + number, **more)
    family.press_verb(MOTHER, Verb.ORDER)
    family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 3)
    family.press_verb(MOTHER, Verb.ADD)
    family.press_verb(MOTHER, Verb.MOVE)
    family.press_verb(MOTHER, Verb.CHOOSE_CHILD, people.bob)
    family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.bob, people.lessons[0])
    assert pages_of(family, people.bob) == "acb"
    send(family, photo("d"), 903, **more)
    assert pages_of(family, people.bob) == "acbd"


def test_a_late_part_of_an_album_leaves_the_new_order_as_it_is(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    for number, name in enumerate("abc"):
        send(family, photo(name), 900 + number, media_group_id="album")
    family.press_verb(MOTHER, Verb.ORDER)
    family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 2)
    family.press_verb(MOTHER, Verb.FINISH)
    assert pages_of(family, people.alice) == "bac"
    send(family, photo("d"), 903, media_group_id="album")
    newest = max(read_returns(family.connection), key=lambda one: one.version)
    assert "".join(page.sha256[0] for page in newest.pages) == "bacd"


def test_a_note_and_a_new_order_keep_a_draft_open(family: Family, people: People) -> None:
    begin(family, people.alice, people.lessons[0])
    for number, name in enumerate("ab"):
        send(family, photo(name), 900 + number)
    for act in (
        lambda: family.says(MOTHER, "The second one is the back."),
        lambda: family.press_verb(MOTHER, Verb.ORDER),
        lambda: family.press_verb(MOTHER, Verb.UP, people.alice, people.lessons[0], 2),
    ):
        family.now += SILENCE * 0.9
        act()
        draft_news.seal_silent(family.connection, BOT, ZONE, family.now)
    assert work_of(family, people.alice).state == ReturnState.DRAFT
    family.press_verb(MOTHER, Verb.FINISH, people.alice, people.lessons[0])
    assert work_of(family, people.alice).state == ReturnState.HANDED_IN
    family.now += timedelta(minutes=1)
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 0, "it was an act"


def test_without_a_further_sign_of_life_a_draft_is_sealed_after_all(
    family: Family, people: People
) -> None:
    begin(family, people.alice, people.lessons[0])
    send(family, photo("a"), 900)
    family.now += SILENCE * 0.9
    family.says(MOTHER, "A note.")
    family.now += SILENCE
    draft_news.seal_silent(family.connection, BOT, ZONE, family.now)
    assert work_of(family, people.alice).state == ReturnState.HANDED_IN


@pytest.mark.parametrize("numbers", ["", ":1", ":1:1", ":1:1:1", ":1:1:4", ":2:1:2", ":99:1:2"])
def test_a_page_that_is_not_there_or_not_ones_own_moves_nothing(
    family: Family, people: People, numbers: str
) -> None:
    begin(family, people.alice, people.lessons[0])
    for number, name in enumerate("abc"):
        send(family, photo(name), 900 + number)
    family.presses(MOTHER, 1, f"1:up{numbers}")
    assert pages_of(family, people.alice) == "abc"


def test_pages_for_a_closed_task_go_on_waiting_for_another_one(
    sqlite_database: Database, people: People, tmp_path: Path
) -> None:
    with family_of(sqlite_database, FileStore(tmp_path), late_work="closed") as family:
        family.link(MOTHER, people.alice)
        family.says(MOTHER, "/today")
        screen = send(family, photo("a"), 900)
        assert Verb.CHOOSE_TASK in [press.verb for _, _, press in screen.buttons()]
        over = update(lesson_table).where(lesson_table.c.id == people.lessons[0])
        family.connection.execute(over.values(task_due=MONDAY - timedelta(days=3)))
        data = button("x", Verb.CHOOSE_TASK, people.alice, people.lessons[0]).data
        assert "could be handed in until" in family.presses(MOTHER, 1, data).last["text"]
        family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.alice, people.lessons[1])
        assert pages_of(family, people.alice) == "a"
        assert work_of(family, people.alice).lesson == people.lessons[1]
