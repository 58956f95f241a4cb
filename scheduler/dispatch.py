"""When a batch is handed to its channel, what is written before and after, and when we give up.

The intention stands in the database before the act and the outcome after it: whatever dies in
between is taken up again, and the receipts' keys keep a repetition from counting twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from jetkiz.channel import Channel, ChannelError
from jetkiz.delivery.consignments import (
    BatchHead,
    BatchState,
    Outcome,
    begin_attempt,
    close_lost_attempts,
    end_attempt,
    move_batch,
    read_batch,
    read_head,
    read_heads,
)
from jetkiz.delivery.model import Batch, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.taking_back import hold_batch
from jetkiz.engine.failpoints import failpoint
from jetkiz.engine.port import Engine, Job
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace
from scheduler.batching import Prepared
from scheduler.calling_off import leave_out_arrived
from scheduler.failures import failure_receipts
from scheduler.feedback_home import prepare_feedback
from scheduler.preparing import prepare_week
from scheduler.rules.retries import after_fault, gives_up, next_try

__all__ = [
    "HAND_OVER",
    "Prepared",
    "enqueue_due",
    "hand_over",
    "prepare_feedback",
    "prepare_week",
    "requeue_stranded",
]

HAND_OVER: Final = "hand_over"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A batch in hand, and the number of the attempt that was written down."""

    batch: Batch
    head: BatchHead
    number: int


def enqueue_due(connection: Connection, engine: Engine, now: datetime) -> int:
    """Ask for a job for every batch whose moment has come; return how many."""
    heads = read_heads(connection, BatchState.WAITING, until=now)
    for head in heads:
        if move_batch(connection, head.id, BatchState.WAITING, BatchState.QUEUED):
            engine.enqueue(connection, Job(HAND_OVER, _key(head), head.channel, str(head.id)))
    return len(heads)


def _key(head: BatchHead) -> str:
    # The moment changes with every postponement: each try is a job of its own.
    return f"{HAND_OVER}:{head.id}@{head.not_before.isoformat()}"


def requeue_stranded(workplace: Workplace, engine: Engine, now: datetime) -> int:
    """Let batches wait again whose job ended without telling how; return how many.

    Needed when a handler met a fault of our own; a killed worker's jobs come back by themselves.
    """
    with workplace.database.read() as connection:
        queued = read_heads(connection, BatchState.QUEUED)
    alive = engine.unfinished([_key(head) for head in queued])
    stranded = [head for head in queued if _key(head) not in alive]
    count = 0
    for head in stranded:
        with workplace.database.write() as connection:
            count += _requeue(connection, head, now)
    return count


def _requeue(connection: Connection, head: BatchHead, now: datetime) -> bool:
    moment = after_fault(head.lost + 1, now)
    # Its job may have ended well since we looked: then nothing died.
    if not move_batch(
        connection, head.id, BatchState.QUEUED, BatchState.WAITING, not_before=moment
    ):
        return False
    if not close_lost_attempts(connection, head.id, now):
        number = begin_attempt(connection, head.id, now)
        end_attempt(connection, head.id, number, Outcome.LOST, "", now)
    return True


def hand_over(workplace: Workplace, channels: Mapping[str, Channel], number: int) -> None:
    """Hand one batch to its channel; a batch that is not queued any more is left alone."""
    attempt = _begin(workplace, number)
    if attempt is None:
        return
    failpoint("before_dispatch")
    try:
        receipts = _dispatch(channels, attempt.batch, workplace.clock())
    except ChannelError as error:
        _refused(workplace, attempt, error)
        return
    failpoint("after_dispatch")
    _handed(workplace, attempt, receipts)


def _begin(workplace: Workplace, number: int) -> _Attempt | None:
    """Write down that the batch is about to be handed over, in a transaction of its own."""
    now = workplace.clock()
    with workplace.database.write() as connection:
        hold_batch(connection, number)
        close_lost_attempts(connection, number, now)
        head = read_head(connection, number)
        if head is None or head.state != BatchState.QUEUED:
            return None
        batch = leave_out_arrived(connection, read_batch(connection, number), now)
        if gives_up(head.refused, head.lost):
            detail = N_("The program stopped every time this batch was handed over.")
            _stop(connection, batch, FailureReason.NO_ANSWER, detail, now)
            return None
        return _Attempt(batch, head, begin_attempt(connection, number, now))


def _dispatch(channels: Mapping[str, Channel], batch: Batch, now: datetime) -> list[Receipt]:
    channel = channels.get(batch.channel)
    if channel is None:
        raise ChannelError(
            N_("The channel {channel} is switched off; switch it on, or choose another channel."),
            permanent=False,
            channel=batch.channel,
        )
    return channel.dispatch(batch, now)


def _handed(workplace: Workplace, attempt: _Attempt, receipts: list[Receipt]) -> None:
    """Write receipts and outcome together: a batch is never handed without its evidence."""
    now = workplace.clock()
    number = attempt.batch.id
    with workplace.database.write() as connection:
        record_receipts(connection, receipts, now)
        move_batch(
            connection, number, BatchState.QUEUED, BatchState.HANDED, handed_at=now, last_error=""
        )
        end_attempt(connection, number, attempt.number, Outcome.HANDED, "", now)
        failpoint("before_receipts_commit")
    failpoint("after_receipts_commit")


def _refused(workplace: Workplace, attempt: _Attempt, error: ChannelError) -> None:
    """Let the batch wait and try again, or give it up and say so for every lesson in it."""
    now = workplace.clock()
    number = attempt.batch.id
    detail = error.reason.format(**error.facts)
    wait = next_try(attempt.head.refused + 1, now, error.retry_after)
    with workplace.database.write() as connection:
        if error.permanent or wait is None:
            reason = FailureReason.REFUSED if error.permanent else FailureReason.NO_ANSWER
            end_attempt(connection, number, attempt.number, Outcome.STOPPED, detail, now)
            _stop(connection, attempt.batch, reason, detail, now)
            return
        end_attempt(connection, number, attempt.number, Outcome.REFUSED, detail, now)
        move_batch(
            connection,
            number,
            BatchState.QUEUED,
            BatchState.WAITING,
            not_before=wait,
            last_error=detail,
        )


def _stop(
    connection: Connection, batch: Batch, reason: FailureReason, detail: str, now: datetime
) -> None:
    if move_batch(connection, batch.id, BatchState.QUEUED, BatchState.STOPPED, last_error=detail):
        record_receipts(connection, failure_receipts(connection, batch, reason, now), now)
