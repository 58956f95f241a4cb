"""Which day a slip says and when a pack must be posted: its days on the way are allotted once.

A pack that is made again keeps the days that were allotted with it, whatever was measured since:
what lies in a home and what the desk says must be one day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import PostalWay
from jetkiz.roster.register import read_postal_ways
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.model import Pack, PackDates
from print_packs.tables import pack, pack_dates
from print_packs.transit.post_dates import Leg, Way
from print_packs.transit.transit_days import Basis
from print_packs.transit.ways import BY_HAND, Posting, dates_of

_SAID: Final = ("posted_on", "post_on", "arrives_by", "send_by", "overdue_from", "in_time")


def allot_days(
    connection: Connection, posting: Posting, packs: Sequence[Pack], numbers: Mapping[str, int]
) -> dict[str, Way]:
    """Return the days on the way of each pack, by the name of the pack; known ones stay.

    ``numbers`` gives the number under which a pack is kept, by its name.
    """
    postal = read_postal_ways(connection, {one.household for one in packs})
    rows = []
    for one in packs:
        way = posting.way(postal.get(one.household, PostalWay())) if one.by_post else BY_HAND
        rows.append(
            {
                "pack_id": numbers[one.name],
                "out_days": way.out.most,
                "back_days": way.back.most,
                "basis": way.out.basis.value,
                "in_time": True,
            }
        )
    insert_new(connection, pack_dates, rows, ["pack_id"])
    c = pack_dates.c
    kept = connection.execute(
        select(c.pack_id, c.out_days, c.back_days, c.basis).where(
            among(c.pack_id, numbers.values())
        )
    )
    ways = {number: _way(out, back, Basis(basis)) for number, out, back, basis in kept}
    return {one.name: ways[numbers[one.name]] for one in packs}


def _way(out: int, back: int, basis: Basis) -> Way:
    return Way(Leg(out, out, basis), Leg(back, back, basis))


def with_dates(one: Pack, way: Way, posting: Posting, printed_on: date) -> Pack:
    """Return a pack with its days; its slip asks for the answers by the day that can be kept."""
    inside: dict[int, Lesson] = {
        lesson.id: lesson
        for child in one.children
        for lesson in (*child.lessons, *(sheet.lesson for sheet in child.sheets))
    }
    dates = dates_of(posting, way, printed_on, one.week, list(inside.values()))
    return replace(one, return_by=dates.send_by, dates=dates)


def keep_dates(connection: Connection, packs: Iterable[Pack], numbers: Mapping[str, int]) -> None:
    """Write down the days that were printed."""
    c = pack_dates.c
    rows = [
        {"number": numbers[one.name], **{name: getattr(one.dates, name) for name in _SAID}}
        for one in packs
        if one.dates
    ]
    if rows:
        said: dict[str, Any] = {name: bindparam(name) for name in _SAID}
        change = update(pack_dates).where(c.pack_id == bindparam("number")).values(**said)
        connection.execute(change, rows)


def read_dates(
    connection: Connection, week: str, packs: Iterable[int] | None = None
) -> dict[int, PackDates]:
    """Return the days of finished packs of a week, all or these, by the number of the pack."""
    c = pack_dates.c
    query = (
        select(c.pack_id, *(c[field.name] for field in fields(PackDates)))
        .join_from(pack_dates, pack)
        .where(pack.c.week == week, c.send_by.is_not(None))
    )
    rows = connection.execute(query if packs is None else query.where(among(c.pack_id, packs)))
    return {number: PackDates(*values) for number, *values in rows}
