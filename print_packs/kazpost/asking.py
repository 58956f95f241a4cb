"""For which packs Kazpost is asked a number, and as what: what waits here and is to have one.

A simple item has no number, a pack with a number from a roll needs no second one, and what has left
or is lost gets none any more.
"""

from sqlalchemy import Connection, select

from print_packs.kazpost.operations import Item
from print_packs.model import MailCategory, PackState, Postal
from print_packs.records import PackRow, read_packs
from print_packs.s10.allotment import numbers_of
from print_packs.tables import pack

_USUAL = Postal()


def packs_without(connection: Connection, week: str) -> list[PackRow]:
    """Return the packs of a week that wait for a number, in packing order."""
    c = pack.c
    waiting = connection.scalars(
        select(c.id).where(
            c.week == week,
            c.channel == "post",
            c.state == PackState.PREPARED.value,
            c.held_back == "",
        )
    ).all()
    have = numbers_of(connection, waiting)
    rows = read_packs(connection, numbers=[one for one in waiting if one not in have])
    return [one for one in rows if _category(one) != MailCategory.SIMPLE]


def item_of(one: PackRow) -> Item:
    """Return a pack as Kazpost is told of it; one printed before that was kept is a letter."""
    said = one.postal
    return Item(
        grams=said.get("est_g") or one.grams,
        product=said.get("kind", _USUAL.kind.value),
        category=int(_category(one)),
        method=said.get("method", int(_USUAL.method)),
    )


def _category(one: PackRow) -> MailCategory:
    return MailCategory(one.postal.get("category", _USUAL.category))
