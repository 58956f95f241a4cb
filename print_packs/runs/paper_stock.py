"""Whether paper and envelopes last: what was counted, what was used since, what is needed next.

A count is a fact with a moment. What was printed after it is taken off whenever the stock is read,
so nothing is taken off twice, and a new count corrects everything.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.model import Kind
from jetkiz.delivery.tables import batch, consignment
from jetkiz.roster.tables import household
from jetkiz.storage.bulk_load import upsert
from print_packs.postage.weights import Envelope, Stock, envelope_for
from print_packs.runs.composing import PAPER
from print_packs.tables import pack, paper_stock, print_run

SHEETS: Final = "A4"
KINDS: Final = (SHEETS, *(one.value for one in Envelope))
MOST: Final = 10_000_000
_USUAL: Final = 12
"""Sheets of a pack where none was ever printed: ten lessons of a side, tasks and the covers."""


@dataclass(frozen=True, slots=True)
class OnShelf:
    """One kind of paper: ``left`` is None where nobody has counted.

    ``need`` is what the packs take that wait for their cut-off; it is an estimate.
    """

    kind: str
    left: int | None
    need: int
    counted_at: datetime | None = None

    @property
    def missing(self) -> int:
        """How much must be bought before the cut-off."""
        return max(0, self.need - self.left) if self.left is not None else 0


def read_stock(connection: Connection, school: int, stock: Stock) -> list[OnShelf]:
    """Return every kind that the school uses, or that was counted; sheets first."""
    c = paper_stock.c
    counted = {
        row.kind: row
        for row in connection.execute(select(paper_stock).where(c.school_id == school))
    }
    made = _packs_made(connection, school)
    need = needed(_waiting(connection, school), [sheets for _, sheets in made], stock)
    found = []
    for kind in KINDS:
        row = counted.get(kind)
        if row is None:
            found.append(OnShelf(kind, None, need[kind]))
            continue
        used = consumption((s for at, s in made if at > row.counted_at), stock)[kind]
        found.append(OnShelf(kind, max(0, row.counted - used), need[kind], row.counted_at))
    used_here = {SHEETS, *(one.value for one in stock.envelopes)}
    return [one for one in found if one.left is not None or one.kind in used_here]


def needed(waiting: int, known: Iterable[int], stock: Stock) -> Counter[str]:
    """Estimate what the packs take that are not made yet: each like the middle one so far."""
    sheets = sorted(known)
    usual = sheets[len(sheets) // 2] if sheets else _USUAL
    return consumption([usual] * waiting, stock)


def consumption(sheets: Iterable[int], stock: Stock) -> Counter[str]:
    """Return what packs of so many sheets take of each kind."""
    found: Counter[str] = Counter()
    for one in sheets:
        found[SHEETS] += one
        found[envelope_for(one, stock).value] += 1
    return found


def _packs_made(connection: Connection, school: int) -> list[tuple[datetime, int]]:
    c = pack.c
    rows = connection.execute(
        select(print_run.c.made_at, c.sheets)
        .join_from(pack, print_run, print_run.c.id == c.run_id)
        .join(household, household.c.id == c.household_id)
        .where(household.c.school_id == school, c.sheets > 0)
    )
    return [(row.made_at, row.sheets) for row in rows]


def _waiting(connection: Connection, school: int) -> int:
    c = consignment.c
    homes = (
        select(c.id)
        .join_from(consignment, batch, batch.c.id == c.batch_id)
        .join(household, household.c.id == c.household_id)
        .where(
            c.kind == Kind.PACK.value,
            c.channel.in_(PAPER),
            batch.c.state == int(BatchState.WAITING),
            household.c.school_id == school,
        )
    )
    return len(connection.scalars(homes).all())


def keep_count(
    connection: Connection, school: int, counts: Mapping[str, int], by: str, now: datetime
) -> int:
    """Keep what somebody counted; kinds that are unknown or senseless are left out."""
    rows = [
        {"school_id": school, "kind": kind, "counted": number, "by": by, "counted_at": now}
        for kind, number in counts.items()
        if kind in KINDS and 0 <= number <= MOST
    ]
    upsert(connection, paper_stock, rows, ["school_id", "kind"])
    return len(rows)
