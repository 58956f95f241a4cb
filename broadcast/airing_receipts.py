"""What the ledger hears of an airing: one receipt for each student and try, under a steady key."""

from collections.abc import Sequence
from datetime import datetime

from jetkiz.delivery.model import Consignment, Content, Receipt
from jetkiz.delivery.states import State


def receipt_key(consignment: str, student: int, attempt: int, source: str) -> str:
    """Return the key under which the ledger hears the same news of an airing once."""
    return f"{consignment}:{student}:{attempt}:{source}"


def airing_receipt(
    one: Consignment, content: Content, state: State, source: str, now: datetime
) -> Receipt:
    """Return the receipt of a student who watches; a repetition gives the same key again."""
    return Receipt(
        key=receipt_key(one.key, content.student, content.attempt, source),
        week=one.week,
        student=content.student,
        lessons=content.lessons,
        state=state,
        channel="broadcast",
        at=now,
        attempt=content.attempt,
        source=source,
        consignment=one.key,
    )


def airing_receipts(
    consignments: Sequence[Consignment], state: State, source: str, now: datetime
) -> list[Receipt]:
    """Return one receipt for each student who watches."""
    return [
        airing_receipt(one, content, state, source, now)
        for one in consignments
        for content in one.contents
    ]
