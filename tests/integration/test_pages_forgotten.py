"""Pages are deleted so many days after marking, never before, and never those somebody needs."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot import tables as bot_tables
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.telegram.stored_files import reference
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback, read_feedback
from jetkiz.homework.forgetting import (
    Deleted,
    delete_work,
    forget_marked,
    forget_taken_out,
    forget_unnamed,
)
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in, read_returns, remove_last_page
from jetkiz.homework.tables import return_page
from jetkiz.storage import named_files
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.forgotten_files import forgotten
from jetkiz.storage.metadata import metadata
from jetkiz.storage.workplace import wall_clock
from tests.factories import MONDAY, NOW, People, add_people, publish_week

DAYS = 30
# When everything that the tests bring came long ago.
LATER = datetime(2200, 1, 1, tzinfo=UTC)


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    return people


class Desk:
    """Work of two children on one task."""

    def __init__(self, database: Database, people: People, folder: Path) -> None:
        self.database, self.files, self.people = database, FileStore(folder), people
        self.count = 0

    def bring(self, student: int, content: bytes, *, sealed: bool = True) -> str:
        self.count += 1
        name = self.files.put_sealed(content)
        with self.database.write() as connection:
            lesson = self.people.lessons[0]
            page = Page(f"k{self.count}", name, "image/jpeg", "telegram", note="mine")
            add_page(connection, student, lesson, page, NOW)
            if sealed:
                hand_in(connection, student, lesson, MONDAY, NOW, "test")
        return name

    def mark(self, student: int, at: datetime = NOW) -> None:
        with self.database.write() as connection:
            work = read_returns(connection, students=[student])[-1]
            act = Marking(work.id, "5", "good", "tamara", f"m{student}{at}")
            give_feedback(connection, act, at)

    def forget(self, days: float) -> int:
        with self.database.write() as connection:
            before = NOW + timedelta(days=days) - timedelta(days=DAYS)
            return forget_marked(connection, self.files, before, MONDAY, LATER)

    def sweep(self, days: float = 3, *, only: set[str] | None = None) -> int:
        """Delete what nothing shows, as it is done a while after everything was sent."""
        before = wall_clock() + timedelta(days=days - 2)
        there = only if only is not None else self.files.sealed_before(before)
        with self.database.write() as connection:
            return forget_unnamed(connection, self.files, there, before, MONDAY)

    def is_kept(self, name: str) -> bool:
        try:
            return bool(self.files.get(name))
        except JetkizError:
            return False


@pytest.fixture
def desk(database: Database, people: People, tmp_path: Path) -> Desk:
    return Desk(database, people, tmp_path / "files")


def test_pages_go_when_their_time_is_over_and_marks_stay(desk: Desk) -> None:
    name = desk.bring(desk.people.alice, b"a")
    desk.mark(desk.people.alice)
    assert desk.forget(DAYS) == 0
    assert desk.is_kept(name)
    assert desk.forget(DAYS + 1) == 1
    assert not desk.is_kept(name)
    assert desk.forget(DAYS + 2) == 0
    with desk.database.read() as connection:
        [work] = read_returns(connection)
        assert work.pages == ()
        assert [one.words for one in read_feedback(connection, [work.id])] == ["good"]
        row = connection.execute(select(return_page.c.sha256, return_page.c.note)).one()
        assert tuple(row) == ("", "")


def test_a_familys_wish_takes_the_pages_of_one_child_and_nothing_else(desk: Desk) -> None:
    alice, bob = desk.people.alice, desk.people.bob
    mine, shared, open_page = desk.bring(alice, b"a"), desk.bring(alice, b"s"), b"draft"
    desk.bring(bob, b"s")
    draft = desk.bring(alice, open_page, sealed=False)
    desk.mark(bob)
    with desk.database.write() as connection:
        assert delete_work(connection, desk.files, alice, MONDAY, LATER) == Deleted(2, 0)
        assert delete_work(connection, desk.files, alice, MONDAY, LATER) == Deleted(0, 0)
        works = read_returns(connection, students=[alice, bob])
    assert {(one.student, one.version): len(one.pages) for one in works} == {
        (alice, 1): 0,
        (alice, 2): 0,
        (alice, 3): 1,
        (bob, 1): 1,
    }
    assert not desk.is_kept(mine)
    assert desk.is_kept(shared), "Bob's page has the same content"
    assert desk.is_kept(draft), "what was not handed in is not the school's yet"
    assert mine in forgotten(desk.files.folder)


def test_work_that_nobody_marked_is_never_forgotten(desk: Desk) -> None:
    names = [desk.bring(desk.people.alice, b"a"), desk.bring(desk.people.bob, b"b", sealed=False)]
    assert desk.forget(10_000) == 0
    assert all(map(desk.is_kept, names))


def test_a_new_version_that_waits_keeps_the_old_one_too(desk: Desk) -> None:
    old = desk.bring(desk.people.alice, b"old")
    desk.mark(desk.people.alice)
    new = desk.bring(desk.people.alice, b"new")
    assert desk.forget(10_000) == 0
    desk.mark(desk.people.alice, NOW + timedelta(days=100))
    assert desk.forget(100 + DAYS) == 0
    assert desk.forget(101 + DAYS) == 2
    assert not any(map(desk.is_kept, (old, new)))


def test_an_earlier_version_that_was_replaced_unmarked_goes_with_the_marked_one(
    desk: Desk,
) -> None:
    names = [desk.bring(desk.people.alice, b"first"), desk.bring(desk.people.alice, b"second")]
    desk.mark(desk.people.alice)
    desk.forget(DAYS + 1)
    assert not any(map(desk.is_kept, names))


def test_a_picture_that_two_children_sent_stays_for_the_other(desk: Desk) -> None:
    name = desk.bring(desk.people.alice, b"the same")
    assert desk.bring(desk.people.bob, b"the same") == name
    desk.mark(desk.people.alice)
    assert desk.forget(DAYS + 1) == 1
    assert desk.is_kept(name)
    desk.mark(desk.people.bob)
    assert desk.forget(DAYS + 1) == 1
    assert not desk.is_kept(name)


def test_a_page_that_was_taken_out_goes_after_a_month_and_the_others_stay(desk: Desk) -> None:
    alice, lesson = desk.people.alice, desk.people.lessons[0]
    kept = desk.bring(alice, b"kept", sealed=False)
    wrong = desk.bring(alice, b"the wrong photo", sealed=False)
    shared = desk.bring(desk.people.bob, b"the wrong photo of both", sealed=False)
    assert desk.bring(alice, b"the wrong photo of both", sealed=False) == shared
    with desk.database.write() as connection:
        for _ in range(2):
            remove_last_page(connection, alice, lesson)
        assert forget_taken_out(connection, desk.files, NOW, MONDAY, LATER) == 0
        assert forget_taken_out(connection, desk.files, NOW + timedelta(1), MONDAY, LATER) == 2
        assert forget_taken_out(connection, desk.files, NOW + timedelta(1), MONDAY, LATER) == 0
        works = read_returns(connection, students=[alice])
    assert [page.sha256 for page in works[0].pages] == [kept]
    assert [desk.is_kept(name) for name in (kept, wrong, shared)] == [True, False, True]


def in_dialogue(connection: Connection, name: str) -> None:
    add_chat(connection)
    facts = {"pages": [{"key": "k", "sha256": name}]}
    row = {"chat": 1, "state": "choosing", "facts": facts, "expires_at": NOW}
    connection.execute(bot_tables.dialogue_state.insert().values(row))


def in_question(connection: Connection, name: str) -> None:
    add_chat(connection)
    question = {"id": 1, "key": "q", "bot_id": 1, "chat": 1, "student_id": 1, "lesson_id": 1}
    connection.execute(
        bot_tables.telegram_question.insert().values(**question, message_id=1, asked_at=NOW)
    )
    part = {"key": "p", "question": 1, "words": "", "sha256": name}
    connection.execute(bot_tables.telegram_question_part.insert().values(part))


def in_outbox(connection: Connection, name: str) -> None:
    payload = {"document": reference(name, "mydata.json")}
    message = Outgoing("k", 7, "sendDocument", payload)
    outbox.put(connection, 1, [message], NOW)


def in_feedback(connection: Connection, name: str) -> None:
    [work] = read_returns(connection)
    act = Marking(work.id, "", "listen", "tamara", "voice", files=((name, "audio/ogg"),))
    give_feedback(connection, act, NOW)


def add_chat(connection: Connection) -> None:
    row = {"id": 1, "bot_id": 1, "chat_id": 7, "language": "kk", "quiet": False}
    connection.execute(bot_tables.telegram_chat.insert().values(row))


@pytest.mark.parametrize("show", [in_dialogue, in_question, in_outbox, in_feedback])
def test_a_page_that_anything_else_shows_stays(
    desk: Desk, show: Callable[[Connection, str], None]
) -> None:
    name = desk.bring(desk.people.alice, b"a")
    with desk.database.write() as connection:
        show(connection, name)
    desk.mark(desk.people.alice)
    assert desk.forget(DAYS + 1) == 1
    assert desk.sweep() == 0
    assert desk.is_kept(name)


def test_what_nothing_shows_any_more_goes_and_is_remembered(desk: Desk) -> None:
    shown, alone = desk.bring(desk.people.alice, b"a"), desk.files.put_sealed(b"mydata.json")
    assert desk.sweep(days=1.9) == 0, "it may be on its way"
    assert desk.sweep() == 1
    assert (desk.is_kept(shown), desk.is_kept(alone)) == (True, False)
    assert forgotten(desk.files.folder) == {alone}
    assert desk.sweep() == 0


def test_what_was_sent_again_a_moment_ago_is_not_swept(desk: Desk) -> None:
    alone = desk.files.put_sealed(b"sent long ago, and again just now")
    os.utime(desk.files.sealed_path(alone), (0, 0))
    old = desk.files.sealed_before(NOW)
    assert old == {alone}
    assert desk.files.put_sealed(b"sent long ago, and again just now") == alone
    assert desk.sweep(days=0, only=old) == 0
    assert desk.is_kept(alone)


def wish(desk: Desk, connection: Connection, since: datetime) -> int:
    return delete_work(connection, desk.files, desk.people.alice, MONDAY, since).pages


def month_after_marking(desk: Desk, connection: Connection, since: datetime) -> int:
    return forget_marked(connection, desk.files, NOW + timedelta(1), MONDAY, since)


@pytest.mark.parametrize("delete", [wish, month_after_marking])
def test_a_page_that_somebody_brings_again_meanwhile_is_not_lost(
    desk: Desk, delete: Callable[[Desk, Connection, datetime], int]
) -> None:
    old, again = (desk.bring(desk.people.alice, one) for one in (b"old", b"copied by Bob"))
    desk.mark(desk.people.alice)
    for name in (old, again):
        os.utime(desk.files.sealed_path(name), (0, 0))
    since = wall_clock() - timedelta(hours=1)
    # Its file is there before its row is.
    assert desk.files.put_sealed(b"copied by Bob") == again
    with desk.database.write() as connection:
        assert delete(desk, connection, since) == 2
    assert (desk.is_kept(old), desk.is_kept(again)) == (False, True)
    assert forgotten(desk.files.folder) == {old}
    assert desk.bring(desk.people.bob, b"copied by Bob") == again
    assert desk.sweep() == 0
    assert desk.is_kept(again)


def test_a_page_that_came_just_before_its_deletion_goes_a_night_later(desk: Desk) -> None:
    fresh = desk.bring(desk.people.alice, b"a")
    since = wall_clock() - timedelta(hours=1)
    with desk.database.write() as connection:
        deleted = delete_work(connection, desk.files, desk.people.alice, MONDAY, since)
    assert deleted == Deleted(1, 1)
    assert desk.sweep(days=1.9) == 0
    assert desk.sweep() == 1
    assert not desk.is_kept(fresh)


def test_a_page_whose_file_is_away_is_deleted_from_copies_all_the_same(desk: Desk) -> None:
    name = desk.bring(desk.people.alice, b"a")
    desk.files.sealed_path(name).unlink()
    with desk.database.write() as connection:
        assert wish(desk, connection, wall_clock() - timedelta(hours=1)) == 1
    assert forgotten(desk.files.folder) == {name}


def test_another_schools_database_deletes_nothing(desk: Desk) -> None:
    for number in range(30):
        desk.files.put_sealed(bytes([number]))
    assert desk.sweep() == 0
    assert len(desk.files.sealed_before(wall_clock() + timedelta(days=1))) == 30


def test_every_column_that_names_a_file_is_asked() -> None:
    """A new table whose files nobody asks for would lose them on the third night."""
    lie_open = {"drawn_picture", "lesson_file", "pack", "import_run", "telegram_file"}
    name_no_file = {
        ("scan_page", "sha256"),
        ("postal_sign_off", "sha256"),
        ("quiz_reading", "page_sha256"),
        ("timetable", "input_sha256"),
        ("timetable_input", "sha256"),
        ("as_run_file", "sha256"),
    }
    columns = {
        (one.name, column.name)
        for one in metadata.sorted_tables
        for column in one.columns
        if column.name.endswith(("sha256", "stored", "label"))
    }
    asked = set(named_files.NAMING)
    assert asked <= columns
    assert name_no_file <= columns
    assert {where for where, _ in columns - asked - name_no_file} <= lie_open
    for where, what, _ in named_files.TELLING:
        assert what in metadata.tables[where].c


def test_a_page_is_named_anew_in_every_table(desk: Desk) -> None:
    name = desk.bring(desk.people.alice, b"a")
    with desk.database.write() as connection:
        in_question(connection, name)
        named_files.rename(connection, name, "f" * 64)
        assert named_files.named(connection, [name, "f" * 64]) == {"f" * 64}
