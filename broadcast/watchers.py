"""Who gets which lesson from the air, as it was handed over: read student by student, in parts.

A nation has millions of them, and a part is in memory at a time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.delivery.tables import consignment, consignment_content
from jetkiz.storage.many_values import among

AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Watcher:
    """A try to bring a lesson to a student by air, and the key of what was handed over."""

    student: int
    attempt: int
    lesson: int
    consignment: str


def watchers(
    connection: Connection, week: str, lessons: Collection[int], at_once: int = AT_ONCE
) -> Iterator[Sequence[Watcher]]:
    """Give who watches these lessons of a week, in the order of students.

    The lessons of one student stand together, so that what is kept of the student changes once.
    """
    parcels = _parcels(connection, week, lessons)
    c = consignment_content.c
    query = (
        select(c.student_id, c.attempt, c.consignment_id)
        .where(among(c.consignment_id, parcels))
        .order_by(c.student_id, c.consignment_id, c.attempt)
        .execution_options(yield_per=at_once)
    )
    with connection.execute(query) as rows:
        for part in rows.partitions(at_once):
            yield [Watcher(who, attempt, *parcels[number]) for who, attempt, number in part]


def _parcels(
    connection: Connection, week: str, lessons: Iterable[int]
) -> dict[int, tuple[int, str]]:
    """Return lesson and key of each consignment, by its number."""
    c = consignment.c
    query = select(c.id, c.lesson_id, c.key).where(c.week == week, c.channel == "broadcast")
    rows = connection.execute(query.where(among(c.lesson_id, lessons)))
    return {row.id: (row.lesson_id, row.key) for row in rows}
