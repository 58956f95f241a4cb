"""How the packs of a week are made again, as long as nobody took them."""

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import BatchState, move_batch, read_batch
from jetkiz.delivery.model import Batch, Kind
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.tables import batch
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.layout import Layout
from print_packs.model import PackState
from print_packs.post.tables import refused_item
from print_packs.records import read_runs
from print_packs.runs.composing import PAPER
from print_packs.runs.lists import read_lists
from print_packs.runs.pack_receipts import pack_receipts
from print_packs.runs.printing import Printed, print_batch
from print_packs.tables import pack


def make_week(workplace: Workplace, week: str, layout: Layout | None = None) -> list[Printed]:
    """Make every pack of a week that was prepared, now; made before, the files stay the same.

    Without a ``layout`` a run keeps the one that it has.
    Runs whose lists were taken are left alone: what the office signed for is not drawn anew.
    """
    with workplace.database.read() as connection:
        batches = [one for one in _paper_batches(connection, week) if _packs_in(one)]
        taken = _taken(connection, week)
    if not batches:
        raise JetkizError(
            N_("Nothing goes on paper in week {week}."),
            N_("Publish the plan first with: jetkiz plan publish {week}."),
            week=week,
        )
    open_batches = [one for one in batches if one.key not in taken]
    if not open_batches:
        raise JetkizError(
            N_("The packs of week {week} were handed over already; they are not made again."),
            N_("For one that was spoilt or lost: jetkiz packs reprint HOME."),
            week=week,
        )
    return [_make(workplace, one, layout) for one in open_batches]


def _paper_batches(connection: Connection, week: str) -> list[Batch]:
    c = batch.c
    query = select(c.id).where(c.week == week, c.channel.in_(PAPER)).order_by(c.id)
    return [read_batch(connection, number) for number in connection.scalars(query).all()]


def _packs_in(one: Batch) -> bool:
    return any(each.kind == Kind.PACK for each in one.consignments)


def _taken(connection: Connection, week: str) -> set[str]:
    """Return the keys of the runs of which a list or a pack was taken, or the counter spoke."""
    lists = read_lists(connection, week)
    c = refused_item.c
    ids = [one.id for one in lists]
    refused = set(connection.scalars(select(c.list_id).where(among(c.list_id, ids))))
    runs = {one.run for one in lists if one.confirmed_at or one.id in refused}
    p = pack.c
    moved = select(p.run_id).where(p.week == week, p.state != PackState.PREPARED.value)
    runs |= set(connection.scalars(moved.distinct()))
    return {one.key for one in read_runs(connection, week) if one.id in runs}


def _make(workplace: Workplace, one: Batch, layout: Layout | None) -> Printed:
    """Print a batch and tell the ledger, as the dispatcher does when its moment comes."""
    now = workplace.clock()
    consignments = [each for each in one.consignments if each.kind == Kind.PACK]
    printed = print_batch(workplace, one, consignments, now, layout)
    receipts = [
        receipt
        for each in consignments
        for receipt in pack_receipts(each, printed, one.channel, now)
    ]
    with workplace.database.write() as connection:
        record_receipts(connection, receipts, now)
        # Given up for a full disk, and now it is there.
        move_batch(connection, one.id, BatchState.STOPPED, BatchState.HANDED, handed_at=now)
    return printed
