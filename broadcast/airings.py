"""How airings are kept and read, with the lessons they show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from broadcast.model import Airing, Programme, Status, Timetable
from broadcast.tables import airing
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


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
    query = select(airing).where(airing.c.status != Status.DROPPED)
    if week is not None:
        query = query.where(airing.c.week == week)
    return [
        Airing(row.lesson_id, row.channel, row.start, row.minutes, Status(row.status), row.id)
        for row in connection.execute(query.order_by(airing.c.channel, airing.c.start))
    ]


def keep_timetable(connection: Connection, timetable: Timetable, now: datetime) -> int:
    """Keep a timetable; an airing keeps its number while it moves. Return how many changed."""
    stands = {
        row.lesson_id: row
        for row in connection.execute(select(airing).where(airing.c.week == timetable.week))
    }
    wanted = {one.lesson: one for one in timetable.airings}
    fresh = [one for lesson, one in wanted.items() if lesson not in stands]
    insert_new(connection, airing, _rows(timetable.week, fresh, now), ["week", "lesson_id"])
    changed = len(fresh)
    for lesson, row in stands.items():
        one = wanted.get(lesson)
        if one is None and row.status in {Status.PLANNED, Status.CONFIRMED}:
            _change(connection, row.id, row.revision, now, status=int(Status.DROPPED))
            changed += 1
        elif one and (row.status == Status.DROPPED or _place(row) != _place(one)):
            values = {"channel": one.channel, "start": one.start, "minutes": one.minutes}
            _change(connection, row.id, row.revision, now, status=int(Status.PLANNED), **values)
            changed += 1
    return changed


def _place(one: Any) -> tuple[str, datetime, int]:
    return one.channel, one.start, one.minutes


def _rows(week: str, fresh: Sequence[Airing], now: datetime) -> list[dict[str, object]]:
    return [
        {
            "week": week,
            "lesson_id": one.lesson,
            "channel": one.channel,
            "start": one.start,
            "minutes": one.minutes,
            "status": int(Status.PLANNED),
            "revision": 0,
            "changed_at": now,
        }
        for one in fresh
    ]


def _change(
    connection: Connection, number: int, revision: int, now: datetime, **values: object
) -> None:
    connection.execute(
        update(airing)
        .where(airing.c.id == number)
        .values(revision=revision + 1, changed_at=now, **values)
    )


def mark_airings(
    connection: Connection, numbers: Sequence[int], status: Status, now: datetime
) -> None:
    """Set the status of airings."""
    connection.execute(
        update(airing).where(among(airing.c.id, numbers)).values(status=int(status), changed_at=now)
    )


def revisions(connection: Connection, week: str) -> dict[int, int]:
    """Return how often each airing of a week was changed."""
    rows = connection.execute(select(airing.c.id, airing.c.revision).where(airing.c.week == week))
    return {row.id: row.revision for row in rows}
