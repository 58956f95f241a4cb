"""How packs are made again: a whole week, or the one pack that got wet."""

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import read_batch
from jetkiz.delivery.model import Batch, Kind
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.tables import batch
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from jetkiz.storage.files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.channel import pack_receipts
from print_packs.composing import PAPER
from print_packs.printing import Printed, print_batch
from print_packs.records import PackRow, read_packs
from print_packs.tables import print_run


def make_week(workplace: Workplace, week: str) -> list[Printed]:
    """Make every pack of a week that was prepared, now; made before, the files stay the same."""
    with workplace.database.read() as connection:
        batches = [one for one in _paper_batches(connection, week) if _packs_in(one)]
    if not batches:
        raise JetkizError(
            N_("Nothing goes on paper in week {week}."),
            N_("Publish the plan first with: jetkiz plan publish {week}."),
            week=week,
        )
    return [_make(workplace, one) for one in batches]


def _paper_batches(connection: Connection, week: str) -> list[Batch]:
    c = batch.c
    query = select(c.id).where(c.week == week, c.channel.in_(PAPER)).order_by(c.id)
    return [read_batch(connection, number) for number in connection.scalars(query).all()]


def _packs_in(one: Batch) -> bool:
    return any(each.kind == Kind.PACK for each in one.consignments)


def _make(workplace: Workplace, one: Batch) -> Printed:
    """Print a batch and tell the ledger, as the dispatcher does when its moment comes."""
    now = workplace.clock()
    consignments = [each for each in one.consignments if each.kind == Kind.PACK]
    printed = print_batch(workplace, one, consignments, now)
    receipts = [
        receipt
        for each in consignments
        for receipt in pack_receipts(each, printed, one.channel, now)
    ]
    with workplace.database.write() as connection:
        record_receipts(connection, receipts, now)
    return printed


def reprint(workplace: Workplace, home: str, week: str | None) -> str:
    """Write the last pack of a home into a file of its own; return where it lies."""
    with workplace.database.read() as connection:
        row = _last_pack(connection, home, week)
        batches = {one.key: one for one in _paper_batches(connection, row.week)}
        key = connection.scalar(select(print_run.c.key).where(print_run.c.id == row.run))
    printed = _make(workplace, batches[str(key)])
    file = next(one for one in printed.packs if one.pack.consignment == row.consignment)
    place = workplace.settings.data / "packs" / row.week / "reprints" / file.name
    write_whole(place, file.pdf)
    return str(place)


def _last_pack(connection: Connection, home: str, week: str | None) -> PackRow:
    numbers = {one.id for one in read_households(connection).values() if one.key == home}
    found = [one for one in read_packs(connection, week=week) if one.household in numbers]
    if not found:
        raise JetkizError(
            N_("Home {home} has no pack yet."),
            N_("Look at its key in the roster, and make the packs of the week first."),
            home=home,
        )
    if len({one.household for one in found}) > 1:
        raise JetkizError(
            N_("More than one school calls a home {home}."),
            N_("Take the pack's file from the folder of its run: jetkiz packs status WEEK."),
            home=home,
        )
    return max(found, key=lambda one: (one.week, one.id))
