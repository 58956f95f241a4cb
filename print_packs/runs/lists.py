"""Which lists exist and whether the office took them: numbered once for each school week."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, count, islice
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from jetkiz.storage.bulk_load import upsert
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import MOST_ROWS, Carrier, ItemList, ListPlan, make_lists
from print_packs.post.senders import read_senders
from print_packs.post.tables import refused_item
from print_packs.print_run import RunRow
from print_packs.tables import registry

# Lists that are written down in one go: no run is ever held whole.
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A list as it is kept: which packs stood on it, and when it was confirmed."""

    id: int
    run: int
    number: int
    day: date
    carrier: Carrier
    packs: tuple[str, ...]
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunLists:
    """The lists of a run, put together anew each time they are gone through: none is held.

    ``kept`` are the numbers that the run has already, ``fresh`` is the first that is free.
    """

    packs: Sequence[PackFile]
    plan: ListPlan
    kept: tuple[int, ...]
    fresh: int

    def __iter__(self) -> Iterator[ItemList]:
        """Give one list after the other, with its number."""
        numbers = chain(self.kept, count(self.fresh))
        for one, number in zip(make_lists(self.packs, self.plan), numbers, strict=False):
            yield replace(one, number=number)


def allot_lists(
    connection: Connection, run: RunRow, packs: Sequence[PackFile], most_rows: int = MOST_ROWS
) -> RunLists:
    """Return the lists of a run; made again they keep their numbers and hold what is there now."""
    take_turn(connection, f"registry:{run.week}")
    known = read_lists(connection, run.week)
    kept = tuple(one.number for one in known if one.run == run.id)
    fresh = max((one.number for one in known), default=0) + 1
    senders = read_senders(connection, {one.pack.school for one in packs})
    plan = ListPlan(run.week, run.printed_on, most_rows=most_rows, senders=senders)
    lists = RunLists(packs, plan, kept, fresh)
    _keep(connection, run, lists)
    return lists


def _keep(connection: Connection, run: RunRow, lists: RunLists) -> None:
    """Write down what stands on each list; one that has no packs any more is forgotten."""
    coming = (_row(run, one) for one in lists)
    numbers: list[int] = []
    while rows := list(islice(coming, _AT_ONCE)):
        upsert(connection, registry, rows, ["week", "number"])
        numbers += [row["number"] for row in rows]
    c = registry.c
    left = among(c.number, set(lists.kept).difference(numbers))
    # What the counter said of a list stands, and so does the list.
    unheard = c.confirmed_at.is_(None) & c.id.not_in(select(refused_item.c.list_id))
    connection.execute(
        delete(registry).where(c.week == run.week, c.run_id == run.id, left, unheard)
    )


def _row(run: RunRow, one: ItemList) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "week": run.week,
        "number": one.number,
        "day": one.day,
        "kind": one.carrier.value,
        "packs": [row.consignment for row in one.rows],
    }


def read_lists(
    connection: Connection,
    week: str,
    runs: Iterable[int] | None = None,
    numbers: Iterable[int] | None = None,
) -> list[ListRecord]:
    """Return the lists of a week by number: all, those of some runs, or those with some numbers."""
    c = registry.c
    query = (
        select(c.id, c.run_id, c.number, c.day, c.kind, c.packs, c.confirmed_at)
        .where(c.week == week)
        .order_by(c.number)
    )
    if runs is not None:
        query = query.where(among(c.run_id, runs))
    if numbers is not None:
        query = query.where(among(c.number, numbers))
    rows = connection.execute(query)
    return [
        ListRecord(
            row.id,
            row.run_id,
            row.number,
            row.day,
            Carrier(row.kind),
            tuple(row.packs),
            row.confirmed_at,
        )
        for row in rows
    ]


def confirm_lists(connection: Connection, numbers: Iterable[int], now: datetime) -> None:
    """Write down when lists were taken; the first moment stands."""
    c = registry.c
    connection.execute(
        update(registry)
        .where(among(c.id, numbers), c.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )
