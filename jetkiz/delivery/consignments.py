"""What is handed over in one act, in which batch, and what became of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, update

from jetkiz.delivery.model import Batch, Consignment, Content, Kind
from jetkiz.delivery.tables import attempt, batch, consignment, consignment_content
from jetkiz.roster.tables import student
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


class BatchState(IntEnum):
    """Where a batch stands."""

    WAITING = 0  # not yet due, or due again after a temporary error
    QUEUED = 1  # a job for it exists
    HANDED = 2  # the channel took every consignment
    STOPPED = 3  # given up; a person has to look


class Outcome(StrEnum):
    """How an attempt to hand a batch over ended."""

    STARTED = "started"  # it has not ended, or its worker died
    HANDED = "handed"  # the channel took every consignment
    REFUSED = "refused"  # the channel could not take it this time
    STOPPED = "stopped"  # the channel will never take it
    LOST = "lost"  # the worker died over it


def save_batch(connection: Connection, one: Batch, not_before: datetime, now: datetime) -> int:
    """Keep a batch with its consignments; the same keys again change nothing. Return its number.

    A consignment that already stands in another batch stays there.
    """
    row = {
        "key": one.key,
        "channel": one.channel,
        "week": one.week,
        "not_before": not_before,
        "state": int(BatchState.WAITING),
        "created_at": now,
    }
    insert_new(connection, batch, [row], ["key"])
    number: int = connection.execute(select(batch.c.id).where(batch.c.key == one.key)).scalar_one()
    _save_consignments(connection, number, one.consignments)
    return number


def _save_consignments(
    connection: Connection, batch_number: int, consignments: Sequence[Consignment]
) -> None:
    rows = [_row(one) | {"batch_id": batch_number} for one in consignments]
    insert_new(connection, consignment, rows, ["key"])
    numbers = {
        row.key: row.id
        for row in connection.execute(
            select(consignment.c.key, consignment.c.id).where(
                consignment.c.batch_id == batch_number
            )
        )
    }
    contents = [
        {
            "consignment_id": numbers[one.key],
            "student_id": content.student,
            "attempt": content.attempt,
            "lessons": list(content.lessons),
        }
        for one in consignments
        if one.key in numbers
        for content in one.contents
    ]
    insert_new(
        connection, consignment_content, contents, ["consignment_id", "student_id", "attempt"]
    )


def _row(one: Consignment) -> dict[str, Any]:
    return {
        "key": one.key,
        "channel": one.channel,
        "kind": one.kind.value,
        "week": one.week,
        "due": one.due,
        "at": one.at,
        "household_id": one.household,
        "student_id": one.student,
        "lesson_id": one.lesson,
        "payload": dict(one.payload),
    }


def read_batch(connection: Connection, number: int) -> Batch:
    """Return a batch with its consignments in the order in which they were kept."""
    row = connection.execute(select(batch).where(batch.c.id == number)).one()
    return Batch(
        key=row.key,
        channel=row.channel,
        week=row.week,
        consignments=tuple(read_consignments(connection, batch_number=number)),
        id=row.id,
    )


def read_consignments(
    connection: Connection,
    batch_number: int | None = None,
    week: str | None = None,
    channel: str | None = None,
    keys: Iterable[str] | None = None,
    students: Iterable[int] | None = None,
) -> list[Consignment]:
    """Return consignments by batch, week, channel or key, with what they contain.

    With ``students`` only those for them, for their homes, or for no home at all.
    """
    c = consignment.c
    query = select(consignment).order_by(c.id)
    for column, value in ((c.batch_id, batch_number), (c.week, week), (c.channel, channel)):
        if value is not None:
            query = query.where(column == value)
    if keys is not None:
        query = query.where(among(c.key, keys))
    if students is not None:
        query = query.where(_concerns(list(students)))
    found = {row.id: _consignment(row) for row in connection.execute(query)}
    contents: dict[int, list[Content]] = {}
    part = query.with_only_columns(c.id).order_by(None)
    for row in connection.execute(
        select(consignment_content)
        .where(consignment_content.c.consignment_id.in_(part))
        .order_by(consignment_content.c.student_id, consignment_content.c.attempt)
    ):
        content = Content(row.student_id, tuple(row.lessons), row.attempt)
        contents.setdefault(row.consignment_id, []).append(content)
    return [replace(one, contents=tuple(contents.get(number, ()))) for number, one in found.items()]


def _concerns(students: Sequence[int]) -> ColumnElement[bool]:
    c, inside = consignment.c, consignment_content.c
    homes = select(student.c.household_id).where(among(student.c.id, students))
    # They may have moved since: what was packed for them at the old home is theirs too.
    theirs = exists().where(inside.consignment_id == c.id, among(inside.student_id, students))
    return or_(c.household_id.is_(None), c.household_id.in_(homes), theirs)


def _consignment(row: Any) -> Consignment:
    return Consignment(
        key=row.key,
        channel=row.channel,
        kind=Kind(row.kind),
        week=row.week,
        due=row.due,
        at=row.at,
        household=row.household_id,
        student=row.student_id,
        lesson=row.lesson_id,
        payload=row.payload,
        id=row.id,
    )


def move_batch(
    connection: Connection, number: int, before: BatchState, after: BatchState, **values: Any
) -> bool:
    """Move a batch on if it still stands where the caller saw it; return whether it did."""
    c = batch.c
    result = connection.execute(
        update(batch).where(c.id == number, c.state == before).values(state=after, **values)
    )
    return result.rowcount == 1


def settle_batches(connection: Connection, keys: Iterable[str], now: datetime) -> int:
    """Write down that a person brought batches on their way; return how many were not yet.

    A batch that was given up counts as handed over from then on, and one that still waits is not
    made again over what has left the house.
    """
    c = batch.c
    left = c.state != BatchState.HANDED
    done = update(batch).where(among(c.key, keys), left)
    values = {"state": int(BatchState.HANDED), "handed_at": now, "last_error": ""}
    return connection.execute(done.values(values)).rowcount


def begin_attempt(connection: Connection, number: int, now: datetime) -> int:
    """Write down that a batch is about to be handed over; return the attempt's number."""
    last = connection.scalar(select(func.max(attempt.c.number)).where(attempt.c.batch_id == number))
    count = (last or 0) + 1
    connection.execute(attempt.insert().values(batch_id=number, number=count, started_at=now))
    connection.execute(update(batch).where(batch.c.id == number).values(tries=count))
    return count


def end_attempt(
    connection: Connection, number: int, count: int, outcome: str, detail: str, now: datetime
) -> None:
    """Write down how handing over ended."""
    c = attempt.c
    connection.execute(
        update(attempt)
        .where(c.batch_id == number, c.number == count)
        .values(outcome=outcome, detail=detail, ended_at=now)
    )


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What the dispatcher must know of a batch without opening it."""

    id: int
    channel: str
    state: BatchState
    not_before: datetime
    refused: int
    """How often the channel could not take it."""
    lost: int
    """How often the worker died over it."""


def read_heads(
    connection: Connection, state: BatchState, until: datetime | None = None
) -> list[BatchHead]:
    """Return the batches in a state, oldest moment first; only those due by ``until`` if given."""
    query = _heads().where(batch.c.state == state)
    if until is not None:
        query = query.where(batch.c.not_before <= until)
    return [_head(row) for row in connection.execute(query)]


def read_head(connection: Connection, number: int) -> BatchHead | None:
    """Return one batch, or None if there is no such number."""
    row = connection.execute(_heads().where(batch.c.id == number)).first()
    return _head(row) if row else None


def _heads() -> Select[Any]:
    def ended(outcome: Outcome) -> Any:
        c = attempt.c
        return (
            select(func.count())
            .where(c.batch_id == batch.c.id, c.outcome == outcome.value)
            .scalar_subquery()
        )

    c = batch.c
    columns = (c.id, c.channel, c.state, c.not_before)
    return select(*columns, ended(Outcome.REFUSED), ended(Outcome.LOST)).order_by(
        c.not_before, c.id
    )


def _head(row: Any) -> BatchHead:
    number, channel, state, not_before, refused, lost = row
    return BatchHead(number, channel, BatchState(state), not_before, refused, lost)


def close_lost_attempts(connection: Connection, number: int, now: datetime) -> int:
    """Write down that attempts which never ended died with their worker; return how many."""
    c = attempt.c
    result = connection.execute(
        update(attempt)
        .where(c.batch_id == number, c.outcome == Outcome.STARTED.value)
        .values(outcome=Outcome.LOST.value, ended_at=now)
    )
    return result.rowcount
