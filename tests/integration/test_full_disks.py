"""A full disk stops a step with a sentence and loses nothing that was there before it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.storage.backup import back_up, restore
from jetkiz.storage.database import Database
from jetkiz.storage.file_copies import copy_files
from jetkiz.storage.files import FileStore
from jetkiz.storage.health import faults_of
from scheduler.plan_store import read_runs
from scheduler.planning import make_and_save
from tests.factories import NOW, WEEK, People, add_people, publish_week
from tests.full_disks import full_disk
from tests.plain_channels import plain_channels

BEFORE = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class School:
    """A published week on a disk that can be filled."""

    database: Database
    folder: Path
    people: People

    def deliver(self) -> None:
        receipt = Receipt(
            key="all of them",
            week=WEEK,
            student=self.people.alice,
            lessons=self.people.lessons,
            state=State.DELIVERED,
            channel="telegram",
            at=NOW,
        )
        with self.database.write() as connection:
            record_receipts(connection, [receipt], NOW)

    def plan(self) -> None:
        settings = Settings(data=self.folder / "data", zone="Asia/Qostanay")
        make_and_save(self.database, plain_channels(), WEEK, settings, BEFORE)

    def back_up(self) -> None:
        back_up(self.database, self.folder / "copies", NOW)

    def keep_a_photo(self) -> None:
        FileStore(self.folder / "files").put(b"photo" * 1000)

    def copy_files(self) -> None:
        copy_files(FileStore(self.folder / "old"), self.folder / "stick")

    def restore(self) -> None:
        restore(self.database, self.folder / "old.sqlite3", NOW)

    def half_written(self) -> list[Path]:
        names = ("*.half", "tmp*")
        return [one for name in names for one in self.folder.rglob(name)]


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> School:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    back_up(sqlite_database, tmp_path, NOW).rename(tmp_path / "old.sqlite3")
    FileStore(tmp_path / "old").put(b"an older photo")
    return School(sqlite_database, tmp_path, people)


STEPS: dict[str, Callable[[School], None]] = {
    "deliver": School.deliver,
    "plan": School.plan,
    "back_up": School.back_up,
    "keep_a_photo": School.keep_a_photo,
    "copy_files": School.copy_files,
    "restore": School.restore,
}


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_full_disk_stops_a_step_in_words_and_the_step_can_be_repeated(
    school: School, step: str
) -> None:
    with full_disk(), pytest.raises(JetkizError) as refusal:
        STEPS[step](school)
    said = f"{refusal.value.sentence} {refusal.value.remedy}".lower()
    assert "free some space" in said
    assert school.half_written() == []
    assert faults_of(school.database) == []
    with school.database.read() as connection:
        states = {one.state for one in ledger.lesson_states(connection, WEEK)}
        assert states == {State.PLANNED}
        assert read_runs(connection, WEEK) == []
    STEPS[step](school)


@pytest.mark.parametrize("room", [4096, 20_000, 100_000])
def test_a_disk_that_fills_in_the_middle_leaves_the_old_or_the_new(
    school: School, room: int
) -> None:
    """The write-ahead log grows until it may not: what was committed before stays readable."""
    before = 0
    with full_disk(room):
        for number in range(200):
            try:
                with school.database.write() as connection:
                    connection.exec_driver_sql("UPDATE school SET name = ?", (f"{number}" * 500,))
            except JetkizError:
                break
            before = number
        else:
            pytest.fail("the disk never filled")
        with school.database.read() as connection:
            name = connection.exec_driver_sql("SELECT name FROM school").scalars().first()
    assert name in {f"{before}" * 500, "Village school", "Another school"}
    assert faults_of(school.database) == []
    school.deliver()


def test_a_database_that_may_only_be_read_says_what_to_check(school: School) -> None:
    def write() -> None:
        with school.database.write() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("UPDATE school SET name = 'no'")

    with pytest.raises(JetkizError, match="cannot be opened or written") as refusal:
        write()
    assert "write-protected" in refusal.value.remedy
    assert "password" not in refusal.value.remedy
    school.database.engine.dispose()
    school.deliver()
