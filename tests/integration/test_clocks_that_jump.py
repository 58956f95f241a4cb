"""A computer's clock may be an hour or ten years wrong for a while: nothing stops, nothing doubles.

A school computer with an empty battery begins each day in another year, until the network tells it.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from jetkiz.config import Settings
from jetkiz.engine import workers
from jetkiz.engine.port import Job
from jetkiz.engine.tables import lease, tick, worker
from jetkiz.engine.workers import (
    SILENT_AFTER,
    Boot,
    claim,
    hold_lease,
    living_workers,
    silent_workers,
)
from jetkiz.storage.backup import back_up, forget_old
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, use_shipped_zones
from scheduler.catching_up import catch_up
from scheduler.schedules import HORIZON, Timed, due_slots, week_days

NOW = datetime(2026, 1, 26, 3, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
NIGHTLY = Timed("nightly", "mon-sun", time(2, 30), only_newest=True)
ZONES = ("Asia/Qostanay", "Asia/Almaty", "Asia/Urumqi", "Europe/Berlin", "America/St_Johns", "UTC")


class Notebook:
    """An engine that only writes down what it was asked for; a known key is no second job."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def enqueue(self, tx: Connection, job: Job) -> None:
        if job.key not in self.keys:
            self.keys.append(job.key)


def workplace(database: Database, zone: str = "Asia/Qostanay") -> Workplace:
    folder = Path("nowhere")
    return Workplace(Settings(data=folder, zone=zone), database, FileStore(folder))


@pytest.fixture(scope="module")
def shared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("clocks") / "jetkiz.sqlite3"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.mark.parametrize("wrong_by", [timedelta(hours=7), 3 * DAY, 3 * YEAR])
def test_backups_go_on_after_the_clock_was_ahead(database: Database, wrong_by: timedelta) -> None:
    place, engine = workplace(database), Notebook()
    catch_up(place, engine, NOW, (), (NIGHTLY,))
    catch_up(place, engine, NOW + wrong_by, (), (NIGHTLY,))
    back = NOW + timedelta(minutes=5)
    catch_up(place, engine, back, (), (NIGHTLY,))
    before = len(engine.keys)
    for night in range(1, 4):
        catch_up(place, engine, back + night * DAY, (), (NIGHTLY,))
    nights = {f"nightly@2026-01-{day}T21:30:00+00:00" for day in (26, 27, 28)}
    assert set(engine.keys[before:]) == nights - set(engine.keys[:before])


def test_a_clock_put_back_an_hour_over_a_slot_does_not_repeat_it(database: Database) -> None:
    place, engine = workplace(database), Notebook()
    just_after = datetime(2026, 1, 26, 21, 31, tzinfo=UTC)
    catch_up(place, engine, NOW, (), (NIGHTLY,))
    for moment in (just_after, just_after - timedelta(hours=1), just_after):
        catch_up(place, engine, moment, (), (NIGHTLY,))
    assert engine.keys == ["nightly@2026-01-26T21:30:00+00:00"]


moves = st.lists(
    st.one_of(
        st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
        st.timedeltas(timedelta(days=6), timedelta(days=20)),
        st.timedeltas(-timedelta(days=15), -timedelta(minutes=1)),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=20)
@given(
    moves=moves,
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - given a zone
    at=st.times(),
    newest=st.booleans(),
)
def test_however_the_clock_moves_no_slot_is_missing(
    shared: Database,
    moves: list[timedelta],
    zone: str,
    start: datetime,
    at: time,
    *,
    newest: bool,
) -> None:
    with shared.write() as connection:
        connection.execute(delete(tick))
    engine = Notebook()
    schedule = Timed("work", "mon-fri", at.replace(second=0, microsecond=0), only_newest=newest)
    first = now = start.replace(tzinfo=UTC)
    catch_up(workplace(shared, zone), engine, now, (), (schedule,))
    for move in moves:
        now += move
        catch_up(workplace(shared, zone), engine, now, (), (schedule,))
        with shared.read() as connection:
            told = set(connection.scalars(select(tick.c.slot_utc).where(tick.c.slot_utc > first)))
        wanted = set(_slots(schedule, zone, first, now))
        assert wanted <= told, "no slot is missing up to now"
        assert all(slot <= now for slot in told), "nothing is known of what has not come"


def _slots(schedule: Timed, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """Every day, by the calendar on the wall, without any cleverness."""
    place = ZoneInfo(zone)
    days = (until.date() - after.date()).days + 3
    found = []
    for number in range(-1, days):
        day: date = after.date() + number * DAY
        slot = datetime.combine(day, schedule.at, place).astimezone(UTC)
        if day.weekday() in week_days(schedule.days) and after < slot <= until:
            found.append(slot)
    return found


@given(
    zone=st.sampled_from(ZONES),
    last=st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - given a zone
    gap=st.timedeltas(timedelta(0), timedelta(days=40)),
    at=st.times(),
    newest=st.booleans(),
)
def test_a_gap_is_cut_into_what_is_owed_and_what_is_let_go(
    zone: str, last: datetime, gap: timedelta, at: time, *, newest: bool
) -> None:
    use_shipped_zones()
    schedule = Timed("work", "mon,wed,sat", at.replace(microsecond=0), only_newest=newest)
    begin = last.replace(tzinfo=UTC)
    now = begin + gap
    found = due_slots(schedule, ZoneInfo(zone), begin, now)
    assert sorted([*found.due, *found.skipped]) == _slots(schedule, zone, begin, now)
    assert list(found.due) == sorted(found.due)
    assert all(now - slot <= HORIZON for slot in found.due)
    recent = [slot for slot in found.skipped if now - slot <= HORIZON]
    if newest:
        assert len(found.due) <= 1
        assert all(slot < found.due[0] for slot in recent)
    else:
        assert recent == []


def _shift_beat(database: Database, name: str, by: timedelta) -> None:
    with database.write() as connection:
        moment = workers.database_now(connection) + by
        connection.execute(update(worker).where(worker.c.worker_id == name).values(beat_at=moment))


def test_a_worker_that_died_before_the_clock_was_put_back_is_not_taken_for_alive(
    database: Database,
) -> None:
    """Else its name would be taken and its jobs lie still until the old time comes again."""
    far = Boot("school", "first-life", "another-computer", 1)
    with database.write() as connection:
        claim(connection, far)
    _shift_beat(database, "school", YEAR)
    with database.write() as connection:
        assert living_workers(connection) == []
        assert silent_workers(connection) == ["school"]
        claim(connection, Boot("school", "second-life", "another-computer", 1))
        assert living_workers(connection) == ["school"]
        assert silent_workers(connection) == []


@pytest.mark.parametrize("seconds", [-20, -1, 0, 1, 20])
def test_a_few_seconds_either_way_are_no_death(
    database: Database, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else the seconds that a busy machine loses would be added to them.
    monkeypatch.setattr(workers, "database_now", lambda _: NOW)
    with database.write() as connection:
        claim(connection, Boot("school", "first-life", "another-computer", 1))
    _shift_beat(database, "school", timedelta(seconds=seconds))
    with database.read() as connection:
        assert living_workers(connection) == ["school"]
        assert silent_workers(connection) == []


def test_a_lease_from_the_future_holds_nobody_up(database: Database) -> None:
    with database.write() as connection:
        assert hold_lease(connection, "reaper", "first", SILENT_AFTER)
        assert not hold_lease(connection, "reaper", "second", SILENT_AFTER)
        ahead = workers.database_now(connection) + YEAR
        connection.execute(update(lease).values(until=ahead))
        assert hold_lease(connection, "reaper", "second", SILENT_AFTER)
        assert not hold_lease(connection, "reaper", "first", SILENT_AFTER)
        assert hold_lease(connection, "reaper", "second", SILENT_AFTER), "its owner may prolong it"


def test_the_copy_of_tonight_is_kept_even_if_it_seems_the_oldest(
    sqlite_database: Database, tmp_path: Path
) -> None:
    older = [back_up(sqlite_database, tmp_path, NOW + YEAR + n * DAY) for n in range(3)]
    fresh = back_up(sqlite_database, tmp_path, NOW)
    assert forget_old(tmp_path, 3, fresh) == []
    assert fresh.exists()
    later = back_up(sqlite_database, tmp_path, NOW + DAY)
    assert forget_old(tmp_path, 3, later) == [fresh]
    assert all(one.exists() for one in (*older, later))
