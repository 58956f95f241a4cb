"""Pages are deleted so many days after marking, never before, and never those somebody needs."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback, read_feedback
from jetkiz.homework.forgetting import forget_marked
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in, read_returns
from jetkiz.homework.tables import return_page
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.factories import MONDAY, NOW, People, add_people, publish_week

DAYS = 30


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
            return forget_marked(connection, self.files, before)

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
