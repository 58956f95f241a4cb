"""Who got nothing when a batch was given up: a failure, with its reason, for every lesson in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import WITH_LESSONS, Batch, Consignment, Content, Kind, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State

# Made of files in the school's own folder: when the disk has room again a person makes them with
# a command, and lessons that then go out must not stand as failed.
_MADE_HERE = frozenset({Kind.PACK, Kind.AIRING, Kind.SESSION})


def failure_receipts(
    connection: Connection, batch: Batch, reason: FailureReason, now: datetime
) -> list[Receipt]:
    """Return one receipt for each student in the batch; the same batch gives the same keys.

    Packs and timetables that could only not be made for a while wait for a person instead.
    """
    failed = WITH_LESSONS if reason == FailureReason.REFUSED else WITH_LESSONS - _MADE_HERE
    viewers = _viewers(connection, batch)
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
        for content in (viewers[one.lesson] if _lists_nobody(one) else one.contents)
    ]


def _lists_nobody(one: Consignment) -> bool:
    return one.lesson is not None and not one.contents


def _viewers(connection: Connection, batch: Batch) -> Mapping[int | None, Sequence[Content]]:
    """Return whom the plan lets watch each lesson, when the batch has airings, which list nobody.

    The week is read once, whatever the number of airings.
    """
    found: dict[int | None, list[Content]] = defaultdict(list)
    if any(map(_lists_nobody, batch.consignments)):
        for state in ledger.lesson_states(connection, batch.week):
            if state.channel == batch.channel:
                content = Content(state.student, (state.lesson,), state.attempt)
                found[state.lesson].append(content)
    return found
