"""The clock on both databases: each slot once, whoever asks, however late, however often."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import get_ident
from time import sleep

import pytest
from sqlalchemy import Connection, select, update

from jetkiz.config import Settings
from jetkiz.engine.port import Job
from jetkiz.engine.tables import pulse, tick
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from scheduler.catching_up import PULSES, TIMED, TickState, catch_up
from scheduler.clock import Clockwork
from scheduler.schedules import Pulse, Timed

NOW = datetime(2026, 1, 26, 3, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFTEN = (Pulse("often", MINUTE),)
MORNING = (Timed("morning", "mon-fri", time(7, 0)),)


class Notebook:
    """An engine that only writes down what it was asked for."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.fails = False

    def enqueue(self, tx: Connection, job: Job) -> None:
        if self.fails:
            raise RuntimeError("no engine")
        self.keys.append(job.key)


@pytest.fixture
def engine() -> Notebook:
    return Notebook()


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Iterator[Workplace]:
    return Workplace(
        Settings(data=tmp_path, zone="Asia/Qostanay"), database, FileStore(tmp_path / "files")
    )


def slots(workplace: Workplace, state: TickState) -> list[datetime]:
    with workplace.database.read() as connection:
        query = select(tick.c.slot_utc).where(tick.c.state == state).order_by(tick.c.slot_utc)
        return list(connection.scalars(query))


def test_a_pulse_is_queued_once_a_slot_and_keeps_one_row(
    workplace: Workplace, engine: Notebook
) -> None:
    assert catch_up(workplace, engine, NOW, OFTEN, ()).queued == (
        "often@2026-01-26T03:00:00+00:00",
    )
    assert catch_up(workplace, engine, NOW + timedelta(seconds=20), OFTEN, ()).queued == ()
    catch_up(workplace, engine, NOW + MINUTE, OFTEN, ())
    catch_up(workplace, engine, NOW + timedelta(days=3), OFTEN, ())
    assert len(engine.keys) == 3
    with workplace.database.read() as connection:
        assert len(connection.execute(select(pulse)).all()) == 1


def test_a_clock_put_back_stops_nothing(workplace: Workplace, engine: Notebook) -> None:
    catch_up(workplace, engine, NOW, OFTEN, ())
    catch_up(workplace, engine, NOW - timedelta(days=1), OFTEN, ())
    catch_up(workplace, engine, NOW, OFTEN, ())
    assert len(set(engine.keys)) == 3


def test_a_schedule_owes_nothing_from_before_it_was_first_seen(
    workplace: Workplace, engine: Notebook
) -> None:
    assert catch_up(workplace, engine, NOW, (), MORNING).queued == ()
    assert slots(workplace, TickState.BEGUN) == [NOW]
    found = catch_up(workplace, engine, NOW + timedelta(days=1), (), MORNING)
    assert found.queued == ("morning@2026-01-27T02:00:00+00:00",)
    assert engine.keys == list(found.queued)


def test_every_missed_slot_is_made_up_for_and_older_ones_are_stored_as_skipped(
    workplace: Workplace, engine: Notebook
) -> None:
    catch_up(workplace, engine, NOW, (), MORNING)
    later = NOW + timedelta(days=14)
    found = catch_up(workplace, engine, later, (), MORNING)
    assert (len(found.queued), found.skipped) == (5, 5)
    assert len(slots(workplace, TickState.QUEUED)) == 5
    assert max(slots(workplace, TickState.SKIPPED)) < min(slots(workplace, TickState.QUEUED))
    assert catch_up(workplace, engine, later, (), MORNING).queued == ()


def test_a_slot_without_its_job_is_not_stored(workplace: Workplace, engine: Notebook) -> None:
    catch_up(workplace, engine, NOW, OFTEN, MORNING)
    engine.fails = True
    with pytest.raises(RuntimeError):
        catch_up(workplace, engine, NOW + timedelta(days=1), OFTEN, MORNING)
    assert slots(workplace, TickState.QUEUED) == []
    engine.fails = False
    found = catch_up(workplace, engine, NOW + timedelta(days=1), OFTEN, MORNING)
    assert len(found.queued) == 2


def test_a_second_clock_that_looked_at_the_same_time_queues_nothing(
    workplace: Workplace, engine: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(workplace, engine, NOW, OFTEN, MORNING)
    later = NOW + timedelta(days=1)
    write = workplace.database.write

    def overtaken() -> object:
        monkeypatch.undo()
        catch_up(workplace, engine, later, OFTEN, MORNING)
        return write()

    monkeypatch.setattr(workplace.database, "write", overtaken)
    assert catch_up(workplace, engine, later, OFTEN, MORNING).queued == ()
    assert len(engine.keys) == len(set(engine.keys)) == 3


def test_a_second_clock_at_the_very_first_look_queues_nothing(
    workplace: Workplace, engine: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = workplace.database.write

    def overtaken() -> object:
        monkeypatch.undo()
        catch_up(workplace, engine, NOW, OFTEN, ())
        return write()

    monkeypatch.setattr(workplace.database, "write", overtaken)
    assert catch_up(workplace, engine, NOW, OFTEN, ()).queued == ()
    assert len(engine.keys) == 1


def test_a_pulse_that_another_clock_moves_between_reading_and_writing_is_left(
    workplace: Workplace, engine: Notebook
) -> None:
    catch_up(workplace, engine, NOW, OFTEN, ())
    with workplace.database.write() as connection:
        connection.execute(update(pulse).values(slot_utc=OFTEN[0].slot(NOW + MINUTE)))
    assert catch_up(workplace, engine, NOW + MINUTE, OFTEN, ()).queued == ()


def test_the_schedules_of_a_school_are_what_the_worker_knows(
    workplace: Workplace, engine: Notebook
) -> None:
    found = catch_up(workplace, engine, NOW)
    names = {key.partition("@")[0] for key in found.queued}
    assert (
        names
        == {one.name for one in PULSES}
        == {"hand_over_due", "send_feedback", "seal_drafts", "fall_back", "send_reminders"}
    )
    assert [one.name for one in TIMED] == ["nightly"]


def test_the_clockwork_nudges_at_once_and_then_regularly() -> None:
    calls: list[int] = []
    clockwork = Clockwork(lambda: calls.append(get_ident()), seconds=0.05)
    clockwork.start()
    # Who starts it nudges once; by now its own thread may have done so too.
    assert calls[0] == get_ident()
    while len(calls) < 3:
        sleep(0.02)
    clockwork.stop()
    assert calls.count(get_ident()) == 1
    count = len(calls)
    sleep(0.15)
    assert len(calls) == count
