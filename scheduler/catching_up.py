"""Which recurring work is due now: asked as often as anyone likes, each slot is queued once.

A slot and its job are written in one transaction. Late calls, missed calls, two clocks at
once and a restart in between all end the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, exists, func, select, update

from jetkiz.engine.port import Engine, Job
from jetkiz.engine.tables import pulse, tick
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.workplace import Workplace
from scheduler.schedules import DueSlots, Pulse, Timed, due_slots

PULSES: Final = (
    Pulse("hand_over_due", timedelta(minutes=1)),
    Pulse("send_feedback", timedelta(minutes=1)),
    Pulse("seal_drafts", timedelta(minutes=5)),
    Pulse("fall_back", timedelta(minutes=5)),
    Pulse("send_reminders", timedelta(minutes=15)),
)
TIMED: Final = (Timed("nightly", "mon-sun", time(2, 30), only_newest=True),)


class TickState(IntEnum):
    """What became of a slot."""

    BEGUN = 0  # the schedule was first seen here: nothing before this is owed
    QUEUED = 1  # its job exists
    SKIPPED = 2  # missed for too long, or overtaken by a newer slot


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What one call queued, as "schedule@slot", and how many slots it gave up."""

    queued: tuple[str, ...] = ()
    skipped: int = 0


def catch_up(
    workplace: Workplace,
    engine: Engine,
    now: datetime,
    pulses: Sequence[Pulse] = PULSES,
    timed: Sequence[Timed] = TIMED,
) -> CaughtUp:
    """Queue the work of every slot that has come since the last call."""
    zone = ZoneInfo(workplace.settings.zone)
    # Most calls find nothing: they must not take the write lock.
    with workplace.database.read() as connection:
        beating = [one for one in pulses if _last_pulse(connection, one)[0] != one.slot(now)]
        owed = {one: _owed(connection, one, zone, now) for one in timed}
        is_ahead = connection.scalar(select(exists().where(tick.c.slot_utc > now)))
    is_owed = any(slots is None or slots.due or slots.skipped for slots in owed.values())
    if not beating and not is_owed and not is_ahead:
        return CaughtUp()
    queued: list[str] = []
    skipped = 0
    with workplace.database.write() as connection:
        # What was stored while the computer's clock ran ahead is owed anew when its time comes, or
        # one wrong year would stop the backups of the next. The engine knows a job that it ran.
        connection.execute(delete(tick).where(tick.c.slot_utc > now))
        for one in beating:
            queued += _beat(connection, engine, one, now)
        for schedule, slots in owed.items():
            if slots is None:
                _store(connection, schedule.name, [now], TickState.BEGUN, now)
                continue
            skipped += _store(connection, schedule.name, slots.skipped, TickState.SKIPPED, now)
            queued += _queue(connection, engine, schedule.name, slots, now)
    return CaughtUp(tuple(queued), skipped)


def _last_pulse(connection: Connection, one: Pulse) -> tuple[datetime | None, int]:
    c = pulse.c
    row = connection.execute(select(c.slot_utc, c.beats).where(c.schedule == one.name)).first()
    return (row.slot_utc, row.beats) if row else (None, 0)


def _beat(connection: Connection, engine: Engine, one: Pulse, now: datetime) -> list[str]:
    """Move a pulse to its present slot; the count makes the job's key new even if time ran back."""
    slot = one.slot(now)
    last, beats = _last_pulse(connection, one)
    if last is None:
        row = {"schedule": one.name, "slot_utc": slot, "beats": 1}
        moved = insert_new(connection, pulse, [row], ["schedule"])
    else:
        c = pulse.c
        seen = (c.schedule == one.name, c.beats == beats, c.slot_utc != slot)
        values = {"slot_utc": slot, "beats": beats + 1}
        moved = connection.execute(update(pulse).where(*seen).values(values)).rowcount
    if not moved:
        return []
    key = f"{one.name}@{slot.isoformat()}#{beats + 1}"
    engine.enqueue(connection, Job(one.name, key, one.name, slot.isoformat()))
    return [f"{one.name}@{slot.isoformat()}"]


def _owed(connection: Connection, one: Timed, zone: ZoneInfo, now: datetime) -> DueSlots | None:
    """Return the slots that have come, or None when the schedule was never seen here."""
    c = tick.c
    past = (c.schedule == one.name, c.slot_utc <= now)
    last: Any = connection.scalar(select(func.max(c.slot_utc, type_=c.slot_utc.type)).where(*past))
    return None if last is None else due_slots(one, zone, last, now)


def _queue(
    connection: Connection, engine: Engine, name: str, slots: DueSlots, now: datetime
) -> list[str]:
    queued = []
    for slot in slots.due:
        if _store(connection, name, [slot], TickState.QUEUED, now):
            key = f"{name}@{slot.isoformat()}"
            engine.enqueue(connection, Job(name, key, name, slot.isoformat()))
            queued.append(key)
    return queued


def _store(
    connection: Connection, name: str, slots: Sequence[datetime], state: TickState, now: datetime
) -> int:
    rows = [
        {"schedule": name, "slot_utc": slot, "state": int(state), "stored_at": now}
        for slot in slots
    ]
    return insert_new(connection, tick, rows, ["schedule", "slot_utc"])
