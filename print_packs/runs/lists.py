"""Which lists exist and whether the office took them: numbered once for each school week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, count

from sqlalchemy import Connection, select, update

from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.turns import take_turn
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import Carrier, ItemList, make_lists
from print_packs.records import RunRow
from print_packs.tables import registry


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


def allot_lists(connection: Connection, run: RunRow, packs: Sequence[PackFile]) -> list[ItemList]:
    """Return the lists of a run; made again they keep their numbers."""
    take_turn(connection, f"registry:{run.week}")
    known = read_lists(connection, run.week)
    kept = [one.number for one in known if one.run == run.id]
    numbers = chain(kept, count(max((one.number for one in known), default=0) + 1))
    lists = [
        replace(one, number=number)
        for one, number in zip(
            make_lists(packs, run.week, run.printed_on, 1), numbers, strict=False
        )
    ]
    rows = [
        {
            "run_id": run.id,
            "week": run.week,
            "number": one.number,
            "day": one.day,
            "kind": one.carrier.value,
            "packs": [row.consignment for row in one.rows],
        }
        for one in lists
    ]
    insert_new(connection, registry, rows, ["week", "number"])
    return lists


def read_lists(connection: Connection, week: str) -> list[ListRecord]:
    """Return the lists of a week by number."""
    c = registry.c
    rows = connection.execute(
        select(c.id, c.run_id, c.number, c.day, c.kind, c.packs, c.confirmed_at)
        .where(c.week == week)
        .order_by(c.number)
    )
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
