"""What of the first ways can still be kept at home, so that no lesson goes out by both ways."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from jetkiz.channel import Channel, TakesBack
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, read_batch, read_consignments
from jetkiz.delivery.model import WITH_LESSONS, Batch, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.setbacks import Try
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import Held, hold_idle_batch, read_held, take_out


def call_off(
    connection: Connection,
    channels: Mapping[str, Channel],
    held: Collection[Held],
    wanted: Collection[Try],
    failed: Collection[Try] = (),
) -> set[Try]:
    """Keep lessons at home that have not left; return those that will surely not go out.

    What stands in no consignment goes nowhere. What is in somebody's hands just now stays there:
    the next look finds it handed over, or not. What ``failed`` is over, but where it still waits
    in a batch it would be tried once more.
    """
    staying = {*wanted, *failed}
    waiting = frozenset(staying)
    for _, group in groupby(held, key=lambda one: one.consignment):
        # All that is meant of a consignment at once: what is taken out of it alone would come
        # back with what else was in it then.
        inside = [
            (one, _of(one, wanted if one.state == BatchState.HANDED else waiting)) for one in group
        ]
        meant = [(one, lessons) for one, lessons in inside if lessons]
        if meant and not _kept_at_home(connection, channels, meant):
            staying -= {
                (one.student, one.attempt, lesson) for one, lessons in meant for lesson in lessons
            }
    return staying


def _of(held: Held, wanted: Collection[Try]) -> list[int]:
    return [n for n in held.lessons if (held.student, held.attempt, n) in wanted]


def _kept_at_home(
    connection: Connection,
    channels: Mapping[str, Channel],
    meant: Collection[tuple[Held, list[int]]],
) -> bool:
    first = next(iter(meant))[0]
    was_handed = first.state == BatchState.HANDED
    if not was_handed and not hold_idle_batch(connection, first.batch):
        return False
    channel: object = channels.get(first.channel)
    if isinstance(channel, TakesBack):
        (consignment,) = read_consignments(connection, keys=[first.key])
        lessons = {number for _, some in meant for number in some}
        if not channel.take_back(connection, consignment, lessons):
            return False
    elif channel is None and first.tries:
        # What a channel that is off now holds goes out when it is on again.
        return False
    elif was_handed:
        # Printed or announced, it lies where it is: only the ledger is told.
        return True
    for one, lessons_of_one in meant:
        take_out(connection, one, lessons_of_one)
    return True


def leave_out_arrived(connection: Connection, batch: Batch, now: datetime) -> Batch:
    """Take out of later tries what an earlier one brought after all; return what is left.

    Good news may come a moment after the second way took over: then it stays at home.
    """
    later = {
        content.student
        for one in batch.consignments
        for content in one.contents
        if content.attempt > 1 and one.kind in WITH_LESSONS
    }
    if not later:
        return batch
    arrived = {
        (one.student, one.lesson): one.attempt
        for one in ledger.lesson_states(connection, batch.week, later)
        if one.state.has_arrived
    }
    needless = []
    for held in read_held(connection, batch.week, later):
        if held.batch != batch.id or held.attempt == 1:
            continue
        lessons = [
            n for n in held.lessons if arrived.get((held.student, n), held.attempt) < held.attempt
        ]
        if lessons:
            take_out(connection, held, lessons)
            needless.append(_needless(held, lessons, batch.week, now))
    record_receipts(connection, needless, now)
    return read_batch(connection, batch.id) if needless else batch


def _needless(held: Held, lessons: Collection[int], week: str, now: datetime) -> Receipt:
    return Receipt(
        key=f"needless:{held.key}:{held.student}:{held.attempt}:{min(lessons)}",
        week=week,
        student=held.student,
        lessons=tuple(lessons),
        state=State.CANCELLED,
        channel=held.channel,
        at=now,
        attempt=held.attempt,
        source="second_way",
        reason=FailureReason.PLAN_CHANGED,
        consignment=held.key,
    )
