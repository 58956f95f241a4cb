"""What can still be taken back of a batch: lessons that nobody has begun to hand over."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from jetkiz.delivery.consignments import BatchState, Outcome
from jetkiz.delivery.model import WITH_LESSONS, Kind
from jetkiz.delivery.tables import attempt, batch, consignment, consignment_content
from jetkiz.storage.many_values import among


@dataclass(frozen=True, slots=True)
class Held:
    """Lessons of one student inside a consignment, and where its batch stands."""

    consignment: int
    key: str
    kind: Kind
    channel: str
    batch: int
    state: BatchState
    tries: int
    prepared_at: datetime
    student: int
    attempt: int
    lessons: tuple[int, ...]


def read_held(connection: Connection, week: str, students: Iterable[int]) -> list[Held]:
    """Return what stands in consignments for some students, by batch and consignment."""
    c, b, inside = consignment.c, batch.c, consignment_content.c
    rows = connection.execute(
        select(
            c.id,
            c.key,
            c.kind,
            c.channel,
            b.id.label("batch"),
            b.state,
            b.tries,
            b.created_at,
            inside.student_id,
            inside.attempt,
            inside.lessons,
        )
        .join_from(consignment_content, consignment)
        .join(batch)
        .where(
            c.week == week,
            c.kind.in_([kind.value for kind in sorted(WITH_LESSONS)]),
            among(inside.student_id, students),
        )
        .order_by(b.id, c.id, inside.student_id, inside.attempt)
    )
    return [
        Held(
            consignment=row.id,
            key=row.key,
            kind=Kind(row.kind),
            channel=row.channel,
            batch=row.batch,
            state=BatchState(row.state),
            tries=row.tries,
            prepared_at=row.created_at,
            student=row.student_id,
            attempt=row.attempt,
            lessons=tuple(row.lessons),
        )
        for row in rows
    ]


def hold_batch(connection: Connection, number: int) -> None:
    """Keep everybody else from taking a batch up or taking out of it until this ends."""
    connection.execute(select(batch.c.id).where(batch.c.id == number).with_for_update())


def hold_idle_batch(connection: Connection, number: int) -> bool:
    """Hold a batch that nobody is handing over; False for one that is in somebody's hands.

    Who hands it over holds it while it begins, and does not wait for whom it would keep waiting.
    """
    c = batch.c
    rest = select(c.state).where(c.id == number, c.state != BatchState.HANDED)
    if connection.scalar(rest.with_for_update(skip_locked=True)) is None:
        return False
    begun = exists().where(attempt.c.batch_id == number, attempt.c.outcome == Outcome.STARTED.value)
    return not connection.scalar(select(begun))


def take_out(connection: Connection, held: Held, lessons: Collection[int]) -> None:
    """Take lessons of a student out of a consignment; one that is empty then goes before it left.

    An airing stays: it is on the air for whoever watches.
    """
    inside = consignment_content.c
    here = (
        inside.consignment_id == held.consignment,
        inside.student_id == held.student,
        inside.attempt == held.attempt,
    )
    rest = [number for number in held.lessons if number not in lessons]
    if rest:
        connection.execute(update(consignment_content).where(*here).values(lessons=rest))
        return
    connection.execute(delete(consignment_content).where(*here))
    is_empty = ~exists().where(inside.consignment_id == held.consignment)
    if held.state != BatchState.HANDED and held.kind != Kind.AIRING:
        connection.execute(
            delete(consignment).where(consignment.c.id == held.consignment, is_empty)
        )
