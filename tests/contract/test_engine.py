"""What every engine of jobs promises, on both databases: asked for is done, asked twice is one."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from jetkiz.engine.dbos_adapter import DbosEngine
from jetkiz.engine.port import Job, Stats
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests import engine_child
from tests.engine_child import told

PATIENCE = 60.0


@pytest.fixture
def engine(database: Database) -> Iterator[DbosEngine]:
    """An engine that is stopped in the end whatever happens."""
    made = DbosEngine(database, "worker", poll_seconds=0.02)
    yield made
    made.stop()


@pytest.fixture
def done(engine: DbosEngine) -> list[str]:
    """What the handler of the kind "note" was called with."""
    found: list[str] = []
    engine.handler("note", found.append)
    return found


def ask(engine: DbosEngine, database: Database, *jobs: Job) -> None:
    with database.write() as connection:
        for job in jobs:
            engine.enqueue(connection, job)


def note(ref: str, partition: str = "p", key: str = "") -> Job:
    return Job("note", key or f"note-{ref}", partition, ref)


def test_a_committed_job_runs_once(database: Database, engine: DbosEngine, done: list[str]) -> None:
    ask(engine, database, note("1"))
    assert engine.stats() == Stats(waiting=1, running=0, failed=0)
    engine.start()
    assert engine.wait_idle(PATIENCE)
    assert done == ["1"]
    assert engine.stats() == Stats(waiting=0, running=0, failed=0)


def test_a_job_of_a_transaction_that_rolled_back_never_runs(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    engine.start()
    with database.write() as connection:
        engine.enqueue(connection, note("lost"))
        connection.rollback()
    ask(engine, database, note("kept"))
    assert engine.wait_idle(PATIENCE)
    assert done == ["kept"]


def test_the_same_key_again_is_no_second_job(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    engine.start()
    ask(engine, database, note("1", key="k"), note("2", key="k"))
    assert engine.wait_idle(PATIENCE)
    ask(engine, database, note("3", key="k"))
    assert engine.wait_idle(PATIENCE)
    assert done == ["1"]


def test_a_partition_keeps_its_order(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    for number in range(5):
        ask(engine, database, note(str(number)))
    engine.start()
    assert engine.wait_idle(PATIENCE)
    assert done == ["0", "1", "2", "3", "4"]


def test_one_job_of_a_partition_runs_at_a_time_and_partitions_run_beside_each_other(
    database: Database, engine: DbosEngine
) -> None:
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()
    # Jobs of three partitions meet in the middle; alone none goes on.
    meeting = threading.Barrier(3, timeout=PATIENCE)

    def work(ref: str) -> None:
        for name in (ref, "all"):
            with lock:
                running[name] += 1
                most[name] = max(most[name], running[name])
        meeting.wait()
        for name in (ref, "all"):
            with lock:
                running[name] -= 1

    engine.handler("work", work)
    ask(engine, database, *(Job("work", f"{p}{n}", p, p) for n in range(4) for p in "abc"))
    engine.start()
    assert engine.wait_idle(PATIENCE)
    assert {most[name] for name in "abc"} == {1}
    assert most["all"] == 3
    assert engine.stats().failed == 0


def test_a_job_waits_for_its_moment(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    engine.start()
    # Idle is what waits for an hour, however slowly all else is done; a second ends in the test.
    far, past = (wall_clock() + timedelta(hours=hours) for hours in (1, -24))
    ask(engine, database, Job("note", "far", "p", "far", not_before=far), note("now"))
    ask(engine, database, Job("note", "past", "q", "past", not_before=past))
    assert engine.wait_idle(PATIENCE)
    assert sorted(done) == ["now", "past"]
    assert engine.stats().waiting == 1
    moment = wall_clock() + timedelta(seconds=1)
    ask(engine, database, Job("note", "later", "p", "later", not_before=moment))
    wait_until(lambda: "later" in done)
    assert wall_clock() >= moment
    assert engine.stats().waiting == 1


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_failing_job_is_counted_and_the_next_one_runs(
    database: Database, engine: DbosEngine, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(ref: str) -> None:
        raise ValueError(ref)

    engine.handler("fail", fail)
    engine.start()
    ask(engine, database, Job("fail", "f", "p", "1"), Job("unknown", "u", "p", "1"), note("2"))
    assert engine.wait_idle(PATIENCE)
    assert done == ["2"]
    assert engine.stats().failed == 2
    assert [record.getMessage() for record in caplog.records] == [
        "job_failed kind=fail ref=1",
        "job_failed kind=unknown ref=1",
    ]
    whys = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert whys == [ValueError, KeyError]


def test_waiting_for_idleness_ends_when_time_is_out(database: Database, engine: DbosEngine) -> None:
    gate = threading.Event()
    engine.handler("gate", lambda _ref: gate.wait(PATIENCE) and None)
    engine.start()
    ask(engine, database, Job("gate", "g", "p", "1"))
    assert not engine.wait_idle(0.2)
    gate.set()
    assert engine.wait_idle(PATIENCE)


def test_unfinished_tells_which_jobs_have_not_ended(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    ask(engine, database, note("1"), note("2"))
    assert engine.unfinished(["note-1", "note-2", "never"]) == {"note-1", "note-2"}
    assert engine.unfinished([]) == frozenset()
    engine.start()
    assert engine.wait_idle(PATIENCE)
    assert engine.unfinished(["note-1", "note-2"]) == frozenset()
    assert len(done) == 2


@pytest.mark.usefixtures("done")
def test_purge_forgets_ended_jobs_only(database: Database, engine: DbosEngine) -> None:
    engine.start()
    ask(engine, database, note("1"), note("2"))
    assert engine.wait_idle(PATIENCE)
    engine.stop()
    ask(engine, database, note("3"))
    assert engine.purge(wall_clock() - timedelta(hours=1)) == 0
    assert engine.purge(wall_clock() + timedelta(seconds=1)) == 2
    assert engine.purge(wall_clock() + timedelta(seconds=1)) == 0
    assert engine.stats() == Stats(waiting=1, running=0, failed=0)


def test_an_engine_starts_and_stops_again_and_again(
    database: Database, engine: DbosEngine, done: list[str]
) -> None:
    for cycle in range(3):
        engine.start()
        ask(engine, database, note(str(cycle)))
        assert engine.wait_idle(PATIENCE)
        engine.stop()
    engine.stop()
    assert done == ["0", "1", "2"]


def test_a_process_has_one_running_engine(database: Database, engine: DbosEngine) -> None:
    engine.start()
    other = DbosEngine(database, "other")
    with pytest.raises(JetkizError, match="already runs"):
        other.start()
    other.stop()
    assert engine.wait_idle(PATIENCE)


def test_stopping_lets_the_job_in_hand_end(database: Database, engine: DbosEngine) -> None:
    begun: list[str] = []
    ended: list[str] = []

    def work(ref: str) -> None:
        begun.append(ref)
        time.sleep(0.5)
        ended.append(ref)

    engine.handler("work", work)
    engine.start()
    ask(engine, database, Job("work", "w", "p", "1"))
    wait_until(lambda: begun == ["1"])
    engine.stop(PATIENCE)
    assert ended == ["1"]
    assert engine.stats() == Stats(waiting=0, running=0, failed=0)


@pytest.fixture
def history(database: Database) -> Database:
    with database.write() as connection:
        engine_child.metadata.create_all(connection)
    return database


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Child processes, killed in the end."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for child in started:
        child.kill()
        child.wait()


def start_child(url: str, worker: str, seconds: float) -> subprocess.Popen[bytes]:
    words = ["-m", "tests.engine_child", url, worker, str(seconds)]
    return subprocess.Popen([sys.executable, *words])


def work(ref: str) -> Job:
    return Job("work", f"work-{ref}", ref, ref)


@pytest.mark.process
def test_a_worker_killed_in_the_middle_goes_on_when_it_starts_again(
    database_url: str, history: Database, children: list[subprocess.Popen[bytes]]
) -> None:
    engine = engine_child.engine_of(history, "same", 0.0)
    ask(engine, history, *(work(str(number)) for number in range(12)))
    children.append(start_child(database_url, "same", 3600.0))
    wait_until(lambda: len(told(history, "begin")) >= 3)
    children[0].kill()
    children[0].wait()
    assert told(history, "end") == []
    engine.start()
    assert engine.wait_idle(PATIENCE)
    engine.stop()
    assert sorted(told(history, "end"), key=int) == [str(number) for number in range(12)]


@pytest.mark.process
def test_the_jobs_of_a_dead_worker_are_given_to_the_living_once(
    database_url: str, history: Database, children: list[subprocess.Popen[bytes]]
) -> None:
    engine = engine_child.engine_of(history, "survivor", 0.0)
    ask(engine, history, *(work(str(number)) for number in range(4)))
    children.append(start_child(database_url, "victim", 3600.0))
    wait_until(lambda: len(told(history, "begin")) == 4)
    children[0].kill()
    children[0].wait()
    engine.start()
    assert not engine.wait_idle(0.3)
    assert engine.reap("survivor") == 0
    assert engine.reap("victim") == 4
    assert engine.wait_idle(PATIENCE)
    assert engine.reap("victim") == 0
    engine.stop()
    assert sorted(told(history, "end")) == ["0", "1", "2", "3"]
