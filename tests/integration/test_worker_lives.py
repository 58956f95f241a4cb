"""Workers that start, fall silent, wake up and leave in any order: one name, one life, no job lost.

The clock of the database is turned by hand: a busy machine lets no time pass beside it.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)
from sqlalchemy import Connection, delete, select, update

from jetkiz.engine.tables import lease, worker
from jetkiz.engine.workers import (
    REAPER,
    SILENT_AFTER,
    Boot,
    beat,
    claim,
    leave,
    living_workers,
    reap_silent,
    silent_workers,
)
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from tests.factories import NOW
from tests.lives import truths_that_held

NAMES = ("school", "second", "third")
names = st.sampled_from(NAMES)
# Twelves never make just half a minute, when a worker may lose its name and still lives.
passing = st.sampled_from([12, 24, 48])


class Hands:
    """The clock of the database, which only the test turns."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self, _connection: Connection) -> datetime:
        return self.moment


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr("jetkiz.engine.workers.database_now", made)
    return made


class Engine:
    """Jobs of each worker: reaping gives them to whoever takes the next."""

    def __init__(self) -> None:
        self.running: dict[str, int] = dict.fromkeys(NAMES, 0)
        self.given_away = 0

    def reap(self, dead_worker: str) -> int:
        count = self.running[dead_worker]
        self.running[dead_worker] = 0
        self.given_away += count
        return count


class Lives(RuleBasedStateMachine):
    """Three names on other computers, whose processes nobody can ask."""

    database: Database
    hands: Hands

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as connection:
            connection.execute(delete(worker))
            connection.execute(delete(lease))
        self.engine = Engine()
        self.started = 0
        self.jobs = 0
        self.now = 0
        # The life that a process believes in, by name; several may believe in one name.
        self.believers: dict[str, list[Boot]] = {name: [] for name in NAMES}
        self.owner: dict[str, Boot] = {}
        self.beaten: dict[str, int] = {}
        self.reaper: tuple[str, int] | None = None

    @rule(name=names)
    def start(self, name: str) -> None:
        self.started += 1
        boot = Boot(name, f"life-{self.started}", "far-away", 1)
        is_free = name not in self.owner or self.silence(name) >= SILENT_AFTER.seconds
        try:
            with self.database.write() as connection:
                claim(connection, boot)
        except JetkizError:
            assert not is_free, "a name that is free was refused"
            return
        assert is_free, "a name was taken from a living worker"
        self.owner[name] = boot
        self.beaten[name] = self.now
        self.believers[name].append(boot)

    def silence(self, name: str) -> int:
        return self.now - self.beaten[name]

    @rule(name=names)
    def take_a_job(self, name: str) -> None:
        if name in self.owner:
            self.engine.running[name] += 1
            self.jobs += 1

    @rule(name=names)
    def one_more_beat(self, name: str) -> None:
        """Every process that believes in a life beats for it; only the owner's is accepted."""
        for boot in list(self.believers[name]):
            with self.database.write() as connection:
                accepted = beat(connection, boot)
            assert accepted == (self.owner.get(name) == boot)
            if accepted:
                self.beaten[name] = self.now
            else:
                self.believers[name].remove(boot)

    @rule(name=names)
    def stop(self, name: str) -> None:
        for boot in self.believers[name]:
            with self.database.write() as connection:
                leave(connection, boot)
            if self.owner.get(name) == boot:
                del self.owner[name]
        self.believers[name].clear()

    @rule(seconds=passing)
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.hands.moment += timedelta(seconds=seconds)

    @rule(name=names)
    def reap(self, name: str) -> None:
        if name not in self.owner:
            return
        me = self.owner[name]
        if self.silence(name) >= SILENT_AFTER.seconds:
            return
        before = self.engine.running.copy()
        reap_silent(self.database, self.engine, me)  # type: ignore[arg-type]
        is_my_turn = (
            self.reaper is None
            or self.reaper[0] == me.id
            or self.now - self.reaper[1] > SILENT_AFTER.seconds
        )
        if is_my_turn:
            self.reaper = (me.id, self.now)
        for other in NAMES:
            is_silent = (
                other != name
                and other in self.beaten
                and self.silence(other) > SILENT_AFTER.seconds
            )
            expected = 0 if is_my_turn and is_silent else before[other]
            assert self.engine.running[other] == expected, other

    @invariant()
    def no_job_is_lost_or_doubled(self) -> None:
        assert sum(self.engine.running.values()) + self.engine.given_away == self.jobs

    @invariant()
    def the_living_are_those_who_beat(self) -> None:
        limit = SILENT_AFTER.seconds
        with self.database.read() as connection:
            living = set(living_workers(connection))
            silent = set(silent_workers(connection))
        fresh = {name for name in self.owner if self.silence(name) < limit}
        assert fresh <= living <= {n for n in self.owner if self.silence(n) <= limit}
        gone = {name for name in self.beaten if self.silence(name) > limit}
        assert gone <= silent
        assert not silent & fresh
        assert not silent & living


@pytest.fixture(scope="module")
def shared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("lives") / "jetkiz.sqlite3"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def test_names_and_jobs_survive_any_lives(shared: Database, hands: Hands) -> None:
    assert truths_that_held(Lives, lives=20, steps=20, database=shared, hands=hands) == {
        "no_job_is_lost_or_doubled",
        "the_living_are_those_who_beat",
    }


@pytest.mark.parametrize("moment", ["before the lease", "after the lease", "after some jobs"])
def test_a_reaper_that_dies_itself_is_followed_by_another(database: Database, moment: str) -> None:
    """Wherever the first reaper is cut off, the second finishes once the lease has run out."""
    engine = Engine()
    engine.running |= {"second": 2, "third": 1}
    boots = {name: Boot(name, f"life of {name}", "far-away", 1) for name in (*NAMES, "fourth")}
    with database.write() as connection:
        for boot in boots.values():
            claim(connection, boot)
    _silence(database, "second", "third")

    class Dying(Engine):
        def reap(self, dead_worker: str) -> int:
            if moment == "after some jobs" and dead_worker == "second":
                return engine.reap(dead_worker)
            raise ConnectionError

    if moment == "before the lease":
        with pytest.raises(ConnectionError), database.write():
            raise ConnectionError
    else:
        with pytest.raises(ConnectionError):
            reap_silent(database, Dying(), boots["school"])  # type: ignore[arg-type]
        assert reap_silent(database, engine, boots["fourth"]) == 0  # type: ignore[arg-type]
        with database.write() as connection:
            until = connection.execute(select(lease.c.until)).scalar_one() - 2 * SILENT_AFTER
            connection.execute(update(lease).values(until=until))
    _silence(database, "school", "second", "third")
    reap_silent(database, engine, boots["fourth"])  # type: ignore[arg-type]
    assert engine.given_away == 3
    assert set(engine.running.values()) == {0}
    with database.read() as connection:
        assert connection.scalar(select(lease.c.owner).where(lease.c.name == REAPER)) == (
            "life of fourth"
        )


def _silence(database: Database, *those: str) -> None:
    with database.write() as connection:
        rows = connection.execute(select(worker).where(worker.c.worker_id.in_(those))).all()
        for row in rows:
            own = worker.c.worker_id == row.worker_id
            earlier = row.beat_at - 2 * SILENT_AFTER
            connection.execute(update(worker).where(own).values(beat_at=earlier))
