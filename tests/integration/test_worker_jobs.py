"""What the worker does with each kind of job, on a real engine and both databases."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.engine.dbos_adapter import DbosEngine
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from jetkiz.wiring import App
from scheduler.catching_up import catch_up
from scheduler.dispatch import prepare_week
from scheduler.worker import Worker
from tests.counting_channel import CountingChannel
from tests.factories import MONDAY, WEEK, People, add_people, publish_week

SUNDAY = datetime(2026, 1, 25, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)


@dataclass
class Village:
    """A school with a running worker; the test moves its clock."""

    app: App
    people: People
    now: list[datetime]

    def goes_on(self, to: datetime) -> None:
        """Let the clock come to a moment and everything that is due be done."""
        self.now[0] = to
        catch_up(self.app.workplace, self.app.engine, to)
        assert self.app.engine.wait_idle(120)

    @property
    def channel(self) -> CountingChannel:
        channel = self.app.channels["telegram"]
        assert isinstance(channel, CountingChannel)
        return channel

    def states(self, student: int) -> list[State]:
        with self.app.workplace.database.read() as connection:
            return [one.state for one in lesson_states(connection, WEEK, [student])]


@pytest.fixture
def village(database: Database, tmp_path: Path) -> Iterator[Village]:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    now = [SUNDAY]
    settings = Settings(data=tmp_path, zone="Asia/Qostanay")
    workplace = Workplace(settings, database, FileStore(tmp_path / "files"), lambda: now[0])
    engine = DbosEngine(database, "test", workplace.clock, poll_seconds=0.02)
    app = App(workplace, engine, {name: CountingChannel(name) for name in ("telegram", "post")})
    app.start()
    yield Village(app, people, now)
    app.stop()


def test_the_clock_carries_a_week_out_without_a_hand(village: Village) -> None:
    with village.app.workplace.database.write() as connection:
        prepare_week(connection, village.app.channels, WEEK, SUNDAY)
    village.goes_on(SUNDAY)
    assert not village.channel.handed
    village.goes_on(MORNING)
    assert len(village.channel.handed) == 2
    assert set(village.states(village.people.bob)) == {State.DISPATCHED}
    village.goes_on(MORNING + timedelta(hours=1))
    assert set(village.channel.handed.values()) == {1}


def test_marks_go_home_within_a_minute(village: Village) -> None:
    people, lesson = village.people, village.people.lessons[0]
    village.goes_on(MORNING)
    with village.app.workplace.database.write() as connection:
        add_page(
            connection, people.alice, lesson, Page("p", "a" * 64, "image/png", "post"), MORNING
        )
        work = hand_in(connection, people.alice, lesson, MONDAY, MORNING, "teacher")
        assert work is not None
        give_feedback(connection, Marking(work.id, "4", "Good.", "t", "k"), MORNING)
    village.goes_on(MORNING + timedelta(minutes=1))
    with village.app.workplace.database.read() as connection:
        assert [one.key for one in read_consignments(connection)] == ["feedback:1"]
    post = village.app.channels["post"]
    assert isinstance(post, CountingChannel)
    assert dict(post.handed) == {"feedback:1": 1}


def test_pages_left_alone_for_half_an_hour_count_as_handed_in(village: Village) -> None:
    people, lesson = village.people, village.people.lessons[0]
    with village.app.workplace.database.write() as connection:
        page = Page("p", "a" * 64, "image/png", "telegram")
        add_page(connection, people.alice, lesson, page, MORNING)
    village.goes_on(MORNING + timedelta(minutes=29))
    assert village.states(people.alice)[0] == State.PLANNED
    village.goes_on(MORNING + timedelta(minutes=35))
    assert village.states(people.alice)[0] == State.RETURNED


def test_the_night_also_copies_homework_to_another_disk(village: Village, tmp_path: Path) -> None:
    place = village.app.workplace
    disk = tmp_path / "disk"
    worker = Worker(
        replace(place, settings=replace(place.settings, backup_folder=str(disk))),
        village.app.engine,
        {},
    )
    photo = place.files.put(b"a photo of homework")
    write_whole(tmp_path / "keys" / "sheet_codes.json", b"{}")
    # A disk that is not plugged in is no reason to fill the one below its place.
    with pytest.raises(JetkizError, match="is not there"):
        worker.nightly("")
    assert not disk.exists()
    disk.mkdir()
    for _ in range(2):
        worker.nightly("")
        village.now[0] += timedelta(days=1)
    assert FileStore(disk / "files").get(photo) == b"a photo of homework"
    assert (disk / "keys" / "sheet_codes.json").read_bytes() == b"{}"
    assert len(list(disk.glob("*.sqlite3"))) == (2 if place.database.is_sqlite else 0)


def test_the_night_deletes_what_nothing_shows_unless_a_copy_was_put_back(
    village: Village, tmp_path: Path
) -> None:
    files = village.app.workplace.files
    name = files.put_sealed(b"the data of a family, sent long ago")
    place = files.sealed_path(name)
    half = place.with_name("tmpabc")
    half.write_bytes(b"half")
    for one in (place, half):
        os.utime(one, (0, 0))
    fresh = files.put_sealed(b"on its way")
    aside = tmp_path / "jetkiz.sqlite3.before-2026-01-25-080000"
    aside.write_bytes(b"")
    worker = Worker(village.app.workplace, village.app.engine, {})
    worker.nightly("")
    assert (place.exists(), half.exists()) == (True, False), "the old database may show it"
    aside.unlink()
    worker.nightly("")
    assert not place.exists()
    assert files.has(fresh)


def test_the_night_makes_a_backup_where_it_can(village: Village, tmp_path: Path) -> None:
    village.goes_on(SUNDAY)
    village.goes_on(SUNDAY + timedelta(days=1))
    copies = [file.name for file in (tmp_path / "backups").glob("*")]
    expected = ["jetkiz-2026-01-26-170000.sqlite3"]
    assert copies == (expected if village.app.workplace.database.is_sqlite else [])
