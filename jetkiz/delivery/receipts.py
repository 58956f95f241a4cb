"""How evidence enters the ledger: each receipt once, whatever its order or repetition."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.tables import receipt
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


def record_receipts(connection: Connection, receipts: Sequence[Receipt], now: datetime) -> int:
    """Append the receipts that are new and set their bits; return how many were new."""
    fresh = _not_yet_known(connection, receipts)
    if not fresh:
        return 0
    masks = ledger.masks(connection, fresh)
    rows = [
        {
            "key": one.key,
            "week": one.week,
            "student_id": one.student,
            "attempt": one.attempt,
            "slots": mask,
            "state": int(one.state),
            "channel": one.channel,
            "reason": one.reason.value if one.reason else None,
            "source": one.source,
            "consignment": one.consignment,
            "at": one.at,
            "recorded_at": now,
        }
        for one, mask in zip(fresh, masks, strict=True)
    ]
    count = insert_new(connection, receipt, rows, ["key"])
    ledger.apply_masks(connection, fresh, masks)
    return count


def record_receipt(connection: Connection, one: Receipt, now: datetime) -> bool:
    """Append one receipt; return False when its key was known."""
    return record_receipts(connection, [one], now) == 1


def _not_yet_known(connection: Connection, receipts: Sequence[Receipt]) -> list[Receipt]:
    by_key = {one.key: one for one in receipts}
    known = select(receipt.c.key).where(among(receipt.c.key, by_key))
    for key in connection.scalars(known):
        del by_key[key]
    return list(by_key.values())
