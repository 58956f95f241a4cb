"""What stands on the list for the post office: its columns, its order, at most 35 rows a list.

It follows form 103 and never claims to be the approved form: the office has the last word.
The same list with another title and a place to sign goes round the village.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from jetkiz.fonts.letters import plain
from jetkiz.i18n import N_
from print_packs.model import Letter
from print_packs.pack_file import PackFile
from print_packs.post.list_form import Column, ListForm, both

MOST_ROWS: Final = 35
COPIES: Final = 2
_DIGITS_OF_A_PHONE: Final = 10
_DASH: Final = "–"
_SIGNING_ROW: Final = 9.5

_NUMBER: Final = N_("No.")
_ADDRESSEE: Final = N_("Addressee of the item")
_ADDRESS: Final = N_("Address, index")


class Carrier(StrEnum):
    """Who takes the packs of a list."""

    POST = "post"  # the post office, at the counter
    HAND = "hand"  # somebody of the school, or the home itself, against a signature


POST_COLUMNS: Final = (
    Column("number", _NUMBER, 9),
    Column("addressee", _ADDRESSEE, 44),
    Column("address", _ADDRESS, 82),
    Column("phone", N_("Telephone"), 22),
    Column("s10", N_("Postal number"), 30),
    Column("mass_g", N_("Mass, g"), 17),
    Column("declared_value", N_("Declared value, tg"), 23),
    Column("fee", N_("Fee, tg"), 15),
    Column("marks", N_("Marks"), 16),
    Column("note", N_("Note"), 24),
)
HAND_COLUMNS: Final = (
    Column("number", _NUMBER, 9),
    Column("addressee", N_("Home"), 50),
    Column("address", _ADDRESS, 88),
    Column("sheets", N_("Sheets"), 16),
    Column("note", N_("Note"), 26),
    Column("signature", N_("Signature"), 46),
    Column("day", N_("Day"), 24),
)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One pack on a list. Weight stays blank for the office; the estimate is for us."""

    number: int
    addressee: str
    address: str
    phone: str
    note: str
    sheets: int
    est_g: int
    consignment: str

    def cells(self, carrier: Carrier) -> tuple[str, ...]:
        """Return what is printed in the columns, all as text so that no zero is lost."""
        if carrier == Carrier.HAND:
            sheets = str(self.sheets)
            return (str(self.number), self.addressee, self.address, sheets, self.note, "", "")
        return (
            str(self.number),
            self.addressee,
            self.address,
            self.phone,
            "",
            "",
            _DASH,
            "",
            "",
            self.note,
        )


@dataclass(frozen=True, slots=True)
class ItemList:
    """One list: who hands over what to whom on which day."""

    number: int
    week: str
    day: date
    carrier: Carrier
    sender: Letter
    rows: tuple[ListRow, ...]

    @property
    def name(self) -> str:
        """The number that is printed: never the same twice for one school."""
        return f"{self.week}/{self.number}"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of this kind of list."""
        return POST_COLUMNS if self.carrier == Carrier.POST else HAND_COLUMNS

    @property
    def est_g(self) -> int:
        """What all items are likely to weigh."""
        return sum(row.est_g for row in self.rows)


def title_of(one: ItemList) -> str:
    """Return the title; it does not claim to be the approved form."""
    if one.carrier == Carrier.POST:
        return both(N_("List of items by form 103 (check with your office)"))
    return both(N_("Hand-over of packs against signature"))


def header_of(one: ItemList) -> tuple[tuple[str, str], ...]:
    """Return the lines above the table, each a heading and what stands there."""
    return (
        (both(N_("List number")), one.name),
        (both(N_("Day")), one.day.strftime("%d.%m.%Y")),
        (both(N_("Sender (organisation)")), one.sender.name),
        (both(N_("Sender's address")), ", ".join((*one.sender.lines, one.sender.index))),
        (both(N_("Items")), str(len(one.rows))),
    )


def form_of(one: ItemList) -> ListForm:
    """Return a list as it is drawn: two copies for the post, one to carry round the village."""
    is_posted = one.carrier == Carrier.POST
    by_hand = (N_("Brought round by (name, signature)"),)
    at_the_counter = (
        N_("Handed over by (position, name, signature)"),
        N_("Taken by (name, signature)"),
    )
    return ListForm(
        name=one.name,
        tab=str(one.number),
        title=title_of(one),
        header=header_of(one),
        columns=one.columns,
        rows=tuple(row.cells(one.carrier) for row in one.rows),
        signers=at_the_counter if is_posted else by_hand,
        copies=COPIES if is_posted else 1,
        least_row=0.0 if is_posted else _SIGNING_ROW,
        is_stamped=is_posted,
    )


def make_lists(
    packs: Sequence[PackFile], week: str, day: date, first_number: int
) -> list[ItemList]:
    """Put packs on lists in packing order: what goes by post first, then what is signed for."""
    lists: list[ItemList] = []
    for carrier in Carrier:
        items = [one for one in packs if one.pack.by_post == (carrier == Carrier.POST)]
        for start in range(0, len(items), MOST_ROWS):
            part = items[start : start + MOST_ROWS]
            lists.append(
                ItemList(
                    number=first_number + len(lists),
                    week=week,
                    day=day,
                    carrier=carrier,
                    sender=part[0].pack.sender,
                    rows=tuple(_row(number, one) for number, one in enumerate(part, start=1)),
                )
            )
    return lists


def _row(number: int, one: PackFile) -> ListRow:
    to = one.pack.addressee
    return ListRow(
        number=number,
        addressee=plain(to.name),
        address=plain(", ".join(part for part in (*to.lines, to.index) if part)),
        phone=phone_digits(to.phone),
        note=one.pack.print_id,
        sheets=one.sheets,
        est_g=one.grams,
        consignment=one.pack.name,
    )


def phone_digits(phone: str) -> str:
    """Return a Kazakh telephone number as the post wants it: ten digits from the 7, or nothing."""
    digits = "".join(c for c in phone if c.isdecimal() and c.isascii())[-_DIGITS_OF_A_PHONE:]
    return digits if len(digits) == _DIGITS_OF_A_PHONE and digits[0] == "7" else ""
