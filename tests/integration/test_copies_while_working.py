"""A copy made while others write is one moment of the school: every step whole or not in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.storage.backup import back_up, restore
from jetkiz.storage.database import Database
from jetkiz.storage.health import faults_of
from jetkiz.storage.schema import version
from tests.factories import NOW, WEEK, People, add_people, publish_week

MORNING = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)


def tell(database: Database, people: People, number: int) -> None:
    """One step of a worker: a receipt for Alice and one for Bob, never one without the other."""
    states = list(State)[3:]
    receipts = [
        Receipt(
            key=f"{number}:{who}",
            week=WEEK,
            student=who,
            lessons=(people.lessons[number % len(people.lessons)],),
            state=states[number % len(states)],
            channel="telegram",
            at=NOW,
        )
        for who in (people.alice, people.bob)
    ]
    with database.write() as connection:
        record_receipts(connection, receipts, NOW)


@contextmanager
def someone_writing(database: Database, people: People) -> Iterator[list[int]]:
    """Let a worker go on and on, and end when the test does."""
    done: list[int] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            tell(database, people, len(done))
            done.append(len(done))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


def wait_for(done: list[int], count: int) -> None:
    while len(done) < count:
        threading.Event().wait(0.005)


def receipts_in(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(receipt)) or 0)


def test_every_copy_is_sound_and_holds_whole_steps(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    copies = []
    with someone_writing(sqlite_database, people) as done:
        for number in range(4):
            wait_for(done, len(done) + 3)
            finished = len(done)
            moment = MORNING + timedelta(minutes=number)
            copies.append((back_up(sqlite_database, tmp_path / "copies", moment), finished))
    for file, finished in copies:
        copy = Database(f"sqlite:///{file}")
        assert faults_of(copy) == []
        assert version(copy) == version(sqlite_database)
        count = receipts_in(copy)
        assert count % 2 == 0, "no half step"
        assert count >= 2 * finished, "what was finished before the copy is in it"
        with copy.read() as connection:
            assert ledger.differences(connection, WEEK) == []
        copy.close()
    assert receipts_in(sqlite_database) == 2 * len(done), "the worker lost nothing"


def test_a_copy_put_back_goes_on_from_its_moment(sqlite_database: Database, tmp_path: Path) -> None:
    """What the carriers say again after the restore fills the gap; nothing counts twice."""
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    for number in range(6):
        tell(sqlite_database, people, number)
    copy = back_up(sqlite_database, tmp_path / "copies", MORNING)
    for number in range(6, 12):
        tell(sqlite_database, people, number)
    with sqlite_database.read() as connection:
        before = ledger.lesson_states(connection, WEEK)
    aside = restore(sqlite_database, copy, MORNING)
    assert receipts_in(sqlite_database) == 12
    for number in range(3, 12):
        tell(sqlite_database, people, number)
    assert receipts_in(sqlite_database) == 24
    with sqlite_database.read() as connection:
        assert ledger.lesson_states(connection, WEEK) == before
        assert ledger.differences(connection, WEEK) == []
    assert aside is not None
    laid_aside = Database(f"sqlite:///{aside}")
    assert receipts_in(laid_aside) == 24, "the old database is kept whole, its log included"
    laid_aside.close()


def test_a_copy_can_be_put_back_twice_and_over_itself(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    copy = back_up(sqlite_database, tmp_path / "copies", MORNING)
    for minute in range(2):
        kept = restore(sqlite_database, copy, MORNING + timedelta(minutes=minute))
        assert kept is not None
        assert kept.exists()
        assert faults_of(sqlite_database) == []
    assert copy.exists()
    assert len(list(tmp_path.glob("*.before-*"))) >= 2
