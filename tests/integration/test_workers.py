"""Who lives and who does not: names taken once, silence noticed, leases held by one."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from jetkiz.engine.tables import lease, worker
from jetkiz.engine.workers import (
    SILENT_AFTER,
    Boot,
    Heart,
    beat,
    claim,
    database_now,
    hold_lease,
    leave,
    living_workers,
    new_boot,
    reap_silent,
    silent_workers,
)
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database

ELSEWHERE = "another-computer"


class Graveyard:
    """An engine that writes down whose jobs were given away."""

    def __init__(self) -> None:
        self.reaped: list[str] = []

    def reap(self, dead_worker: str) -> int:
        self.reaped.append(dead_worker)
        return 1


def far_boot(name: str = "school") -> Boot:
    return Boot(name, "first-life", ELSEWHERE, 1)


def fall_silent(database: Database, name: str = "school") -> None:
    with database.write() as connection:
        moment = database_now(connection) - SILENT_AFTER - timedelta(seconds=1)
        connection.execute(update(worker).where(worker.c.worker_id == name).values(beat_at=moment))


def take(database: Database, boot: Boot) -> None:
    with database.write() as connection:
        claim(connection, boot)


def living(database: Database) -> list[str]:
    with database.read() as connection:
        return living_workers(connection)


def test_a_name_in_use_on_another_computer_is_refused(database: Database) -> None:
    take(database, far_boot())
    assert living(database) == ["school"]
    with pytest.raises(JetkizError, match="Another process already runs here as 'school'"):
        take(database, new_boot("school"))
    take(database, new_boot("second"))


def test_a_name_in_use_by_a_live_process_of_this_computer_is_refused(database: Database) -> None:
    me = new_boot("school")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        take(database, Boot("school", "first-life", me.host, other.pid))
        with pytest.raises(JetkizError, match="Another process"):
            take(database, me)
        assert living(database) == ["school"]
        other.kill()
    assert living(database) == []
    take(database, me)


def test_a_process_of_somebody_else_counts_as_alive(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_process: int, _signal: int) -> None:
        raise PermissionError

    me = new_boot("school")
    take(database, Boot("school", "first-life", me.host, 1))
    monkeypatch.setattr(os, "kill", forbidden)
    with pytest.raises(JetkizError, match="Another process"):
        take(database, me)


def test_where_processes_cannot_be_asked_half_a_minute_decides(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = new_boot("school")
    take(database, Boot("school", "first-life", me.host, 999_999_999))
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        assert living(database) == ["school"]
    assert living(database) == []
    take(database, me)


def test_the_name_of_an_own_earlier_life_is_free(database: Database) -> None:
    me = new_boot("school")
    take(database, Boot("school", "first-life", me.host, os.getpid()))
    take(database, me)
    with database.write() as connection:
        assert beat(connection, me), "the name is not ours"


def test_a_silent_worker_loses_its_name_and_learns_it(database: Database) -> None:
    first, second = far_boot(), new_boot("school")
    take(database, first)
    fall_silent(database)
    take(database, second)
    with database.write() as connection:
        assert not beat(connection, first)
        assert beat(connection, second)


def test_who_leaves_gives_the_name_back_at_once(database: Database) -> None:
    take(database, far_boot())
    with database.write() as connection:
        leave(connection, far_boot())
    assert living(database) == []
    take(database, new_boot("school"))


def test_only_others_that_fell_silent_are_found(database: Database) -> None:
    for name in ("quiet", "loud", "me"):
        take(database, far_boot(name))
    fall_silent(database, "quiet")
    fall_silent(database, "me")
    with database.read() as connection:
        assert silent_workers(connection, ["me"]) == ["quiet"]


def test_a_lease_has_one_holder_until_it_runs_out(database: Database) -> None:
    with database.write() as connection:
        assert hold_lease(connection, "reaper", "a", SILENT_AFTER)
        assert hold_lease(connection, "reaper", "a", SILENT_AFTER)
        assert not hold_lease(connection, "reaper", "b", SILENT_AFTER)
        past = database_now(connection) - timedelta(seconds=1)
        connection.execute(update(lease).values(until=past))
        assert hold_lease(connection, "reaper", "b", SILENT_AFTER)
        assert connection.scalar(select(lease.c.owner)) == "b"


def test_the_leader_reaps_silent_workers_again_and_again(database: Database) -> None:
    engine, me = Graveyard(), new_boot("me")
    take(database, me)
    take(database, far_boot("quiet"))
    fall_silent(database, "quiet")
    assert reap_silent(database, engine, me) == 1
    assert reap_silent(database, engine, me) == 1
    assert engine.reaped == ["quiet", "quiet"]
    assert reap_silent(database, engine, new_boot("other")) == 0


def test_nobody_silent_nothing_reaped(database: Database) -> None:
    engine, me = Graveyard(), new_boot("me")
    take(database, me)
    assert reap_silent(database, engine, me) == 0
    assert engine.reaped == []


def test_a_heart_beats_reaps_and_gives_the_name_back(sqlite_database: Database) -> None:
    database, engine = sqlite_database, Graveyard()
    take(database, far_boot("quiet"))
    fall_silent(database, "quiet")
    heart = Heart(database, [new_boot("me"), new_boot("me:bot")], engine, pytest.fail, 0.02)
    heart.start()
    while not engine.reaped:
        threading.Event().wait(0.02)
    assert living(database) == []  # this very process: it could only be an earlier life
    with database.read() as connection:
        assert set(connection.scalars(select(worker.c.worker_id))) == {"me", "me:bot", "quiet"}
    heart.stop()
    with database.read() as connection:
        mine = select(worker.c.boot_id).where(worker.c.worker_id.startswith("me"))
        assert set(connection.scalars(mine)) == {""}


def test_a_heart_whose_name_was_taken_says_so_and_stops(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    lost = threading.Event()
    heart = Heart(sqlite_database, [new_boot("me")], Graveyard(), lost.set, 0.02)
    heart.start()
    with sqlite_database.write() as connection:
        connection.execute(update(worker).values(boot_id="usurper"))
    assert lost.wait(60)
    heart.stop()
    assert "worker_name_lost names=me" in caplog.messages


def test_a_heart_outlives_a_database_that_is_away(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Graveyard()
    take(sqlite_database, far_boot("quiet"))
    fall_silent(sqlite_database, "quiet")
    heart = Heart(sqlite_database, [new_boot("me")], engine, pytest.fail, 0.02)
    with sqlite_database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE lease RENAME TO gone")
    heart.start()
    while "heart_missed_a_beat" not in caplog.messages:
        threading.Event().wait(0.02)
    with sqlite_database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO lease")
    while not engine.reaped:
        threading.Event().wait(0.02)
    heart.stop()
    assert set(engine.reaped) == {"quiet"}
