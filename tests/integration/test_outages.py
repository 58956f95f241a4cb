"""A database that is away for a while: the clock and the heart go on, and say it in one line."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, select

from jetkiz.engine.tables import worker
from jetkiz.engine.workers import Heart, living_workers, new_boot
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from scheduler.clock import Clockwork
from tests.postgres_server import Server

# Whoever waits so goes on at once when it happens, but on a busy machine it may take long.
PATIENCE = 60.0


class NoJobs:
    """An engine without anything to give away."""

    def reap(self, _dead_worker: str) -> int:
        return 0


class Gone(Database):
    """A database whose address can stop to answer, as when a cable is pulled out."""

    is_away = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self.is_away:
            raise JetkizError("The database cannot be reached.", "Check that it runs.")
        with super().write() as connection:
            yield connection


def wait_until_said(log: pytest.LogCaptureFixture, words: str) -> None:
    end = time.monotonic() + PATIENCE
    while words not in log.text:
        assert time.monotonic() < end, f"nobody said: {words}"
        time.sleep(0.01)


def test_a_heart_outlives_an_outage_and_says_so_in_a_line(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    database = Gone(sqlite_url)
    lost = threading.Event()
    heart = Heart(database, [new_boot("school")], NoJobs(), lost.set, seconds=0.02)  # type: ignore[arg-type]
    heart.start()
    database.is_away = True
    wait_until_said(caplog, "heart_missed_a_beat reason=The database cannot be reached")
    assert "Traceback" not in caplog.text
    database.is_away = False
    with database.read() as connection:
        owner = connection.scalar(select(worker.c.boot_id))
    assert owner, "the name was kept through the outage"
    assert not lost.is_set()
    heart.stop()
    with database.read() as connection:
        assert living_workers(connection) == []
    database.close()


def test_a_worker_that_stops_during_an_outage_still_stops(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    database = Gone(sqlite_url)
    heart = Heart(database, [new_boot("school")], NoJobs(), lambda: None, seconds=0.02)  # type: ignore[arg-type]
    heart.start()
    database.is_away = True
    heart.stop()
    assert "names_not_given_back" in caplog.text
    database.is_away = False
    again = Heart(database, [new_boot("school")], NoJobs(), lambda: None, seconds=0.02)  # type: ignore[arg-type]
    again.start()
    again.stop()
    database.close()


def test_a_clock_outlives_an_outage_but_does_not_begin_in_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    calls: list[str] = []
    faults = [JetkizError("The disk is full.", "Free some space.")]

    def nudge() -> None:
        calls.append("nudge")
        if len(calls) > 1 and faults:
            raise faults.pop()

    clockwork = Clockwork(nudge, seconds=0.02)
    clockwork.start()
    wait_until_said(caplog, "clock_missed_a_nudge reason=The disk is full. Free some space.")
    count = len(calls)
    end = time.monotonic() + PATIENCE
    while len(calls) < count + 2:
        assert time.monotonic() < end, "the clock stopped"
        time.sleep(0.01)
    clockwork.stop()
    assert "Traceback" not in caplog.text

    def away() -> None:
        raise JetkizError("The database cannot be reached.", "Check that it runs.")

    with pytest.raises(JetkizError, match="cannot be reached"):
        Clockwork(away).start()


def test_a_connection_cut_in_the_middle_loses_the_step_and_no_more(
    postgres_server: Server, migrated_postgres_url: str
) -> None:
    """The server throws everybody out, as when it is restarted: the next step works again."""
    database = Database(migrated_postgres_url)
    name = database.engine.url.database

    def cut_off() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO pulse VALUES ('half', now(), 1)")
            postgres_server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"  # noqa: S608 - our name
                f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )
            connection.exec_driver_sql("INSERT INTO pulse VALUES ('other', now(), 1)")

    with pytest.raises(JetkizError, match="cannot be reached") as refusal:
        cut_off()
    assert refusal.value.remedy
    for _ in range(3):
        with database.write() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM pulse").scalar_one() == 0
    database.close()
