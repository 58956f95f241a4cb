"""How airings are kept and read, with the lessons they show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from broadcast.model import Airing, Programme, Timetable
from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.tables import airing
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among

_AWAY = (AiringStatus.CANCELLED, AiringStatus.MOVED)
_AHEAD = frozenset({AiringStatus.PLANNED, AiringStatus.PUBLISHED})


def read_programmes(connection: Connection, week: str) -> list[Programme]:
    """Return the lessons of a week as the timetable sees them."""
    return [
        Programme(
            lesson=one.id,
            code=one.code,
            title=one.title,
            subject=one.subject,
            language=one.language,
            grades=one.grades,
            day=one.day,
            order=one.order,
            minutes=one.minutes,
            weight=one.weight,
        )
        for one in read_lessons(connection, week)
    ]


def read_airings(connection: Connection, week: str | None = None) -> list[Airing]:
    """Return the airings that stand, in the order of channel and time."""
    query = select(airing).where(airing.c.status.not_in(_AWAY))
    if week is not None:
        query = query.where(airing.c.week == week)
    return [
        _airing(row) for row in connection.execute(query.order_by(airing.c.channel, airing.c.start))
    ]


def _airing(row: Any) -> Airing:
    return Airing(
        lesson=row.lesson_id,
        channel=row.channel,
        start=row.start,
        minutes=row.minutes,
        status=AiringStatus(row.status),
        id=row.id,
        code=row.code,
        kind=AiringKind(row.kind),
    )


def keep_timetable(connection: Connection, timetable: Timetable, now: datetime) -> int:
    """Keep a timetable; an airing keeps its number while it moves. Return how many changed."""
    stands = {
        row.lesson_id: row
        for row in connection.execute(select(airing).where(airing.c.week == timetable.week))
    }
    wanted = {one.lesson: one for one in timetable.airings}
    fresh = [one for lesson, one in wanted.items() if lesson not in stands]
    insert_new(connection, airing, _rows(timetable.week, fresh, now), ["week", "code"])
    changed = len(fresh)
    for lesson, row in stands.items():
        one = wanted.get(lesson)
        if one is None and row.status in _AHEAD:
            _change(connection, row.id, row.sequence, now, status=AiringStatus.CANCELLED)
            changed += 1
        elif one and (row.status == AiringStatus.CANCELLED or _place(row) != _place(one)):
            values = {"channel": one.channel, "start": one.start, "minutes": one.minutes}
            _change(connection, row.id, row.sequence, now, status=AiringStatus.PLANNED, **values)
            changed += 1
    return changed


def _place(one: Any) -> tuple[str, datetime, int]:
    return one.channel, one.start, one.minutes


def _rows(week: str, fresh: Sequence[Airing], now: datetime) -> list[dict[str, object]]:
    return [
        {
            "week": week,
            "code": f"l{one.lesson}",
            "lesson_id": one.lesson,
            "channel": one.channel,
            "start": one.start,
            "minutes": one.minutes,
            "kind": AiringKind.FIRST,
            "status": AiringStatus.PLANNED,
            "sequence": 0,
            "changed_at": now,
        }
        for one in fresh
    ]


def _change(
    connection: Connection, number: int, sequence: int, now: datetime, **values: object
) -> None:
    connection.execute(
        update(airing)
        .where(airing.c.id == number)
        .values(sequence=sequence + 1, changed_at=now, **values)
    )


def mark_airings(
    connection: Connection, numbers: Sequence[int], status: AiringStatus, now: datetime
) -> None:
    """Set the status of airings."""
    connection.execute(
        update(airing).where(among(airing.c.id, numbers)).values(status=status, changed_at=now)
    )


def revisions(connection: Connection, week: str) -> dict[int, int]:
    """Return how often each airing of a week was changed."""
    rows = connection.execute(select(airing.c.id, airing.c.sequence).where(airing.c.week == week))
    return {row.id: row.sequence for row in rows}
