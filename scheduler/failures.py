"""Who got nothing when a batch was given up: a failure, with its reason, for every lesson in it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Batch, Consignment, Content, Kind, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State

# A lost reminder or feedback does not mean that the lesson did not arrive.
WITH_LESSONS = frozenset({Kind.DIGEST, Kind.PACK, Kind.AIRING})
# Made of files in the school's own folder: when the disk has room again a person makes them with
# a command, and lessons that then go out must not stand as failed.
_MADE_HERE = frozenset({Kind.PACK, Kind.AIRING})


def failure_receipts(
    connection: Connection, batch: Batch, reason: FailureReason, now: datetime
) -> list[Receipt]:
    """Return one receipt for each student in the batch; the same batch gives the same keys.

    Packs and timetables that could only not be made for a while wait for a person instead.
    """
    failed = WITH_LESSONS if reason == FailureReason.REFUSED else WITH_LESSONS - _MADE_HERE
    return [
        Receipt(
            key=f"stopped:{one.key}:{content.student}:{content.attempt}",
            week=one.week,
            student=content.student,
            lessons=content.lessons,
            state=State.FAILED,
            channel=one.channel,
            at=now,
            attempt=content.attempt,
            source="dispatch",
            reason=reason,
            consignment=one.key,
        )
        for one in batch.consignments
        if one.kind in failed
        for content in _contents(connection, one)
    ]


def _contents(connection: Connection, one: Consignment) -> Iterable[Content]:
    """Return who was to get what; an airing lists nobody, so its viewers are read from the plan."""
    if one.lesson is None or one.contents:
        return one.contents
    return [
        Content(state.student, (state.lesson,), state.attempt)
        for state in ledger.lesson_states(connection, one.week)
        if state.lesson == one.lesson and state.channel == one.channel
    ]
