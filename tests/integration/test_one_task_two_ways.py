"""Work that comes through a chat and on paper: versions of one work, one place, one mark."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.words.keyboards import Verb
from jetkiz.homework.feedback import Marking, give_feedback, unsent_feedback
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import (
    add_page,
    hand_in,
    join_earlier,
    read_returns,
    read_waiting,
    remove_last_page,
)
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.bot_family import family_of
from tests.factories import MONDAY, NOW, People, add_people, publish_week
from tests.scan_desk import PrintedSchool, as_bytes, scan

MOTHER = 11


def photo(connection: Connection, people: People, key: str) -> None:
    page = Page(f"telegram:{key}:1", "a" * 64, "image/jpeg", "telegram")
    add_page(connection, people.alice, people.lessons[0], page, NOW)


def sheet(connection: Connection, people: People, number: int, key: str = "") -> None:
    """Let a scanned sheet arrive as the scanner files it."""
    name = f"scan:{key or number}"
    page = Page(name, "b" * 64, "image/jpeg", "post", number)
    join_earlier(connection, people.alice, people.lessons[0], NOW)
    add_page(connection, people.alice, people.lessons[0], page, NOW)


def seal(connection: Connection, people: People, source: str) -> int:
    work = hand_in(connection, people.alice, people.lessons[0], MONDAY, NOW, source)
    assert work is not None
    return work.id


def mark(connection: Connection, work: int, given: str) -> None:
    give_feedback(connection, Marking(work, given, "", "teacher", f"m{work}"), NOW)


def queue(connection: Connection) -> list[list[str]]:
    """The works that wait for a mark, each as the ways by which its pages came."""
    return [sorted(page.channel for page in one.pages) for one in read_waiting(connection)]


def versions(connection: Connection, people: People) -> list[int]:
    return sorted(one.version for one in read_returns(connection, students=[people.alice]))


def test_paper_after_unmarked_photos_lies_with_them(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        photo(connection, people, "p")
        seal(connection, people, "telegram")
        sheet(connection, people, 1)
        sheet(connection, people, 2)
        seal(connection, people, "scan")
        assert queue(connection) == [["post", "post", "telegram"]]
        assert versions(connection, people) == [1, 2]


def test_photos_after_unmarked_paper_take_its_place(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        sheet(connection, people, 1)
        seal(connection, people, "scan")
        photo(connection, people, "p")
        seal(connection, people, "telegram")
        assert queue(connection) == [["telegram"]]
        assert versions(connection, people) == [1, 2]


def test_paper_after_the_mark_asks_for_no_second_one(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        photo(connection, people, "p")
        mark(connection, seal(connection, people, "telegram"), "5")
        sheet(connection, people, 1)
        # The second sheet comes a day later, when silence has sealed the first.
        later = NOW + timedelta(days=1)
        [half] = seal_silent_drafts(connection, NOW, ZoneInfo("UTC"), later)
        assert half.state == ReturnState.MARKED
        sheet(connection, people, 2)
        seal(connection, people, "scan")
        assert queue(connection) == []
        assert len(unsent_feedback(connection)) == 1
        kept = read_returns(connection, students=[people.alice])
    newest = max(kept, key=lambda one: one.version)
    assert [one.number for one in newest.pages] == [1, 2]


def test_paper_that_was_asked_for_again_waits_for_its_mark(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        photo(connection, people, "p")
        mark(connection, seal(connection, people, "telegram"), "again")
        sheet(connection, people, 1)
        seal(connection, people, "scan")
        assert queue(connection) == [["post"]]


@pytest.mark.parametrize(("given", "pages"), [("", 2), ("4", 2), ("again", 1)])
def test_a_sheet_found_later_lies_with_the_other_sheets(
    database: Database, given: str, pages: int
) -> None:
    """Silence or a teacher was faster than the second sheet; done anew, the old sheet stays out."""
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        sheet(connection, people, 1)
        first = seal(connection, people, "silence")
        if given:
            mark(connection, first, given)
        sheet(connection, people, 2)
        seal(connection, people, "scan")
        assert queue(connection) == [["post"] * pages]


def test_photos_sent_once_more_after_a_mark_wait_with_the_paper_behind_them(
    database: Database,
) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        photo(connection, people, "p")
        mark(connection, seal(connection, people, "telegram"), "3")
        photo(connection, people, "q")
        seal(connection, people, "telegram")
        sheet(connection, people, 1)
        seal(connection, people, "scan")
        assert queue(connection) == [["post", "telegram"]]


def test_a_family_takes_out_its_photos_and_never_the_paper(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        place = (connection, people.alice, people.lessons[0])
        photo(connection, people, "p")
        sheet(connection, people, 1)
        assert remove_last_page(*place, "telegram")
        assert not remove_last_page(*place, "telegram")
        seal(connection, people, "scan")
        assert queue(connection) == [["post"]]


def test_throwing_pages_away_in_the_chat_leaves_the_scanned_sheet(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        family.link(MOTHER, people.alice)
        sheet(family.connection, people, 1)
        family.says(MOTHER, "/homework")
        family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
        screen = family.sends(MOTHER, "1" * 64)
        assert "1 page" in screen.last["text"]
        family.press_verb(MOTHER, Verb.MOVE, people.alice)
        family.press_verb(MOTHER, Verb.DROP)
        [draft] = read_returns(family.connection, students=[people.alice])
    assert [page.key for page in draft.pages] == ["scan:1"]


def test_the_scanner_joins_paper_to_photos(
    printed_school: PrintedSchool, scan_desk: Workplace
) -> None:
    people = printed_school.people
    with scan_desk.database.write() as connection:
        photo(connection, people, "p")
        seal(connection, people, "telegram")
    files = {f"s{n}__jpg": as_bytes(one) for n, one in enumerate(printed_school.sheets[:2])}
    scan(scan_desk, **files)
    with scan_desk.database.read() as connection:
        [work] = read_waiting(connection)
    assert (work.lesson, work.version, len(work.pages)) == (people.lessons[0], 2, 3)
