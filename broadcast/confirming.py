"""When a broadcaster has accepted a timetable, and which lessons are then on their way."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from broadcast.airing_receipts import airing_receipt
from broadcast.airings import read_airings
from broadcast.revisions import require_published
from broadcast.tables import timetable_confirmation
from broadcast.watchers import watchers
from jetkiz.delivery.consignments import settle_batches
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new


def confirm_week(
    connection: Connection, week: str, by: str, now: datetime, channels: Collection[str] = ()
) -> int:
    """Record that broadcasters accepted what is published; return the new receipts.

    Without ``channels`` all of them did. Lessons that one of these channels airs are on their way.
    A confirmation again changes nothing.
    """
    kept = require_published(connection, week)
    on_air = {one.channel for one in kept.plan.airings if one.stands}
    strange = sorted(set(channels) - on_air)
    if strange:
        raise JetkizError(
            N_("{channel} airs nothing in week {week}."),
            N_("These do: {channels}."),
            channel=strange[0],
            week=week,
            channels=", ".join(sorted(on_air)),
        )
    accepted = set(channels) or on_air
    row = {"week": week, "revision": kept.revision, "confirmed_at": now, "confirmed_by": by}
    rows = [row | {"channel": channel} for channel in sorted(accepted)]
    insert_new(connection, timetable_confirmation, rows, ["week", "revision", "channel"])
    lessons = {one.lesson for one in read_airings(connection, week) if one.channel in accepted}
    batches = select(batch.c.key).where(batch.c.week == week, batch.c.channel == "broadcast")
    settle_batches(connection, connection.scalars(batches), now)
    new = 0
    for part in watchers(connection, week, lessons):
        receipts = [airing_receipt(week, x, State.DISPATCHED, "confirmed", now) for x in part]
        new += record_receipts(connection, receipts, now)
    return new


def read_confirmations(connection: Connection, week: str) -> dict[tuple[int, str], datetime]:
    """Return when each revision was accepted by each channel."""
    c = timetable_confirmation.c
    query = select(c.revision, c.channel, c.confirmed_at).where(c.week == week)
    return {(number, channel): at for number, channel, at in connection.execute(query)}
