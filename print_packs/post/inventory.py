"""What an inventory of an envelope lists: every lesson, the sheets to write on, no name of a child.

It follows form 107 as far as that is known; the office has the last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jetkiz.fonts.letters import plain
from jetkiz.i18n import N_
from print_packs.model import Letter
from print_packs.post.list_form import Column, HeadLine, ListForm, both

_DASH: Final = "–"
COLUMNS: Final = (
    Column("number", N_("No."), 10, is_number=True),
    Column("article", N_("What lies inside"), 150),
    Column("quantity", N_("Quantity"), 24, is_number=True),
    Column("declared_value", N_("Declared value, tg"), 36, is_number=True),
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope and what lies in it: each article with how many of it."""

    print_id: str
    to: Letter
    sender: Letter
    articles: tuple[tuple[str, int], ...]
    s10: str = ""


def inventory(one: Envelope) -> ListForm:
    """Return the inventory of an envelope: a copy for inside, one for the sender."""
    count = sum(quantity for _, quantity in one.articles)
    address = ", ".join((*one.to.lines, *one.to.indexes))
    return ListForm(
        name=one.print_id,
        tab=one.print_id,
        title=both(N_("Inventory of contents (check with your office)")),
        header=(
            HeadLine("pack", both(N_("Pack")), one.print_id),
            HeadLine("addressee", both(N_("Addressee of the item")), plain(one.to.name)),
            HeadLine("address", both(N_("Address, index")), plain(address)),
            HeadLine("sender", both(N_("Sender (organisation)")), plain(one.sender.name)),
            HeadLine("s10", both(N_("Postal number")), one.s10),
        ),
        columns=COLUMNS,
        rows=tuple(_rows(one.articles)),
        signers=(N_("Sender (name, signature)"), N_("Checked by (name, signature)")),
        kind="inventory",
        totals=(HeadLine("quantity_in_all", both(N_("Items in all")), str(count), is_number=True),),
        copies=2,
        is_stamped=True,
    )


def _rows(articles: Sequence[tuple[str, int]]) -> list[tuple[str, ...]]:
    return [
        (str(number), plain(article), str(quantity), _DASH)
        for number, (article, quantity) in enumerate(articles, start=1)
    ]
