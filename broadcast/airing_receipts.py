"""What the ledger hears of an airing: one receipt for each student and try, under a steady key."""

from collections.abc import Sequence
from datetime import datetime

from broadcast.watchers import Watcher
from jetkiz.delivery.model import Consignment, Receipt
from jetkiz.delivery.states import State


def airing_receipt(week: str, one: Watcher, state: State, source: str, now: datetime) -> Receipt:
    """Return the receipt of a student who watches; a repetition gives the same key again."""
    return Receipt(
        key=f"{one.consignment}:{one.student}:{one.attempt}:{source}",
        week=week,
        student=one.student,
        lessons=(one.lesson,),
        state=state,
        channel="broadcast",
        at=now,
        attempt=one.attempt,
        source=source,
        consignment=one.consignment,
    )


def airing_receipts(
    consignments: Sequence[Consignment], state: State, source: str, now: datetime
) -> list[Receipt]:
    """Return one receipt for each student who watches."""
    return [
        airing_receipt(parcel.week, one, state, source, now)
        for parcel in consignments
        for content in parcel.contents
        for one in [Watcher(content.student, content.attempt, parcel.lesson or 0, parcel.key)]
    ]
