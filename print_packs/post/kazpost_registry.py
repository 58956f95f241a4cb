"""What stands on the list for the post office: its columns, its order, at most 35 rows a list.

It follows form 103 and never claims to be the approved form: the office has the last word.
The same list with another title and a place to sign goes round the village.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from jetkiz.fonts.letters import plain
from jetkiz.i18n import N_
from print_packs.model import Letter, MailCategory, Postal, PostalKind, SendMethod
from print_packs.pack_file import PackFile
from print_packs.post.address_words import flaw_list_in_both
from print_packs.post.list_form import Column, HeadLine, ListForm, both
from print_packs.post.number_words import in_words
from print_packs.post.senders import CATEGORY_WORDS, PAYMENT_WORDS, ListSender

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
    HAND = "hand"  # somebody of the school brings it, against a signature
    PICK_UP = "pick_up"  # somebody of the home fetches it, against a signature


KIND_WORDS: Final = {
    PostalKind.LETTER: N_("letter"),
    PostalKind.BANDEROLE: N_("banderole (printed matter)"),
    PostalKind.PARCEL: N_("parcel"),
}
MAIL_WORDS: Final = {
    MailCategory.SIMPLE: N_("simple"),
    MailCategory.REGISTERED: N_("registered"),
    MailCategory.ORDINARY_PARCEL: N_("ordinary"),
}
METHOD_WORDS: Final = {SendMethod.SURFACE: N_("by land"), SendMethod.AIR: N_("by air")}
TITLES: Final = {
    Carrier.POST: N_("List of items by form 103 (check with your office)"),
    Carrier.HAND: N_("Hand-over of packs against signature"),
    Carrier.PICK_UP: N_("Packs fetched at the school, against signature"),
}

SIGNERS: Final = {
    Carrier.POST: (
        N_("Handed over by (position, name, signature)"),
        N_("Taken by (name, signature)"),
    ),
    Carrier.HAND: (N_("Brought round by (name, signature)"),),
    Carrier.PICK_UP: (N_("Given out by (name, signature)"),),
}
HEADINGS: Final = {
    "list": N_("List number"),
    "day": N_("Day"),
    "sender": N_("Sender (organisation)"),
    "sender_address": N_("Sender's address"),
    "sender_phone": N_("Telephone"),
    "sender_bin": N_("BIN"),
    "sender_category": N_("Category of the sender"),
    "contract": N_("Contract"),
    "payment": N_("Payment"),
    "office": N_("Accepting office"),
    "kind": N_("Kind of items"),
    "category": N_("Category of items"),
    "method": N_("How they travel"),
    "rules": N_("Rules of the post"),
    "items": N_("Items"),
    "items_in_words": N_("Items in all"),
    "mass_in_all_g": N_("Mass in all, g"),
    "fee_in_all": N_("Fee in all, tg"),
}
_NUMBERS: Final = frozenset({"items", "mass_in_all_g", "fee_in_all"})
_ESTIMATE: Final = Column("est_g", N_("Estimate, g"), 20, is_printed=False, is_number=True)
POST_COLUMNS: Final = (
    Column("number", _NUMBER, 9, is_number=True),
    Column("addressee", _ADDRESSEE, 44),
    Column("address", _ADDRESS, 78),
    Column("phone", N_("Telephone"), 22),
    Column("s10", N_("Postal number"), 31),
    Column("mass_g", N_("Mass, g"), 17, is_number=True),
    Column("declared_value", N_("Declared value, tg"), 23, is_number=True),
    Column("fee", N_("Fee, tg"), 15, is_number=True),
    Column("marks", N_("Marks"), 16),
    Column("note", N_("Note"), 27),
    _ESTIMATE,
)
HAND_COLUMNS: Final = (
    Column("number", _NUMBER, 9, is_number=True),
    Column("addressee", N_("Home"), 50),
    Column("address", _ADDRESS, 82),
    Column("sheets", N_("Sheets"), 16, is_number=True),
    Column("note", N_("Note"), 32),
    Column("signature", N_("Signature"), 46),
    Column("day", N_("Day"), 24),
    _ESTIMATE,
)


class ListKind(NamedTuple):
    """What all items of a list have in common; another kind stands on another list."""

    carrier: Carrier
    school: int
    kind: PostalKind
    category: MailCategory
    method: SendMethod


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
    s10: str = ""
    fee: int | None = None
    marks: str = ""

    def cells(self, carrier: Carrier) -> tuple[str, ...]:
        """Return what stands in the columns, all as text so that no zero is lost."""
        first = (str(self.number), self.addressee, self.address)
        if carrier != Carrier.POST:
            return (*first, str(self.sheets), self.note, "", "", str(self.est_g))
        fee = "" if self.fee is None else str(self.fee)
        return (
            *first,
            self.phone,
            self.s10,
            "",
            _DASH,
            fee,
            self.marks,
            self.note,
            str(self.est_g),
        )


@dataclass(frozen=True, slots=True)
class ItemList:
    """One list: who hands over what to whom on which day.

    ``is_verified`` is False where nobody checked with the post the rules that its items keep to.
    """

    number: int
    week: str
    day: date
    of: ListKind
    sender: Letter
    rows: tuple[ListRow, ...]
    office: ListSender = field(default_factory=ListSender)
    is_verified: bool = True

    @property
    def carrier(self) -> Carrier:
        """Who takes the packs."""
        return self.of.carrier

    @property
    def name(self) -> str:
        """The number that is printed: never the same twice in one database."""
        return f"{self.week}/{self.number}"

    @property
    def est_g(self) -> int:
        """What all items are likely to weigh."""
        return sum(row.est_g for row in self.rows)

    @property
    def fee(self) -> int | None:
        """What all items cost, or None where a tariff is unknown for one of them."""
        fees = [row.fee for row in self.rows]
        return None if None in fees else sum(fee for fee in fees if fee is not None)


def header_of(one: ItemList) -> tuple[HeadLine, ...]:
    """Return the lines above the table."""
    sender = one.sender
    lines = {
        "list": one.name,
        "day": one.day.strftime("%d.%m.%Y"),
        "sender": sender.name,
        "sender_address": _joined((*sender.lines, *sender.indexes)),
        "sender_phone": phone_digits(sender.phone),
    }
    if one.carrier == Carrier.POST:
        lines |= _for_the_office(one)
        if not one.is_verified:
            lines["rules"] = both(N_("not verified with Kazpost"))
    lines["items"] = str(len(one.rows))
    return head_lines({key: plain(value) for key, value in lines.items()})


def _for_the_office(one: ItemList) -> dict[str, str]:
    office, of = one.office, one.of
    return {
        "sender_bin": office.bin,
        "sender_category": f"{office.category} · {both(CATEGORY_WORDS[office.category])}",
        "contract": office.contract,
        "payment": both(PAYMENT_WORDS[office.payment]) if office.payment else "",
        "office": _joined((office.office, office.office_index)),
        "kind": f"{of.kind} · {both(KIND_WORDS[of.kind])}",
        "category": f"{of.category.value} · {both(MAIL_WORDS[of.category])}",
        "method": f"{of.method.value} · {both(METHOD_WORDS[of.method])}",
    }


def head_lines(values: Mapping[str, str]) -> tuple[HeadLine, ...]:
    """Return lines above or below a table with their headings, in the given order."""
    return tuple(
        HeadLine(key, both(HEADINGS[key]), value, is_number=key in _NUMBERS)
        for key, value in values.items()
    )


def totals_of(one: ItemList) -> tuple[HeadLine, ...]:
    """Return the sums below the table; the office weighs, and no fee is guessed."""
    count = len(one.rows)
    words = f"{count} ({in_words(count, 'kk')} / {in_words(count, 'ru')})"
    lines = {"items_in_words": words}
    if one.carrier == Carrier.POST:
        fee = "" if one.fee is None else str(one.fee)
        lines |= {"mass_in_all_g": "", "fee_in_all": fee}
    return head_lines(lines)


def form_of(one: ItemList) -> ListForm:
    """Return a list as it is drawn and as it is written into files."""
    rows = tuple(row.cells(one.carrier) for row in one.rows)
    return list_form(one.carrier, header_of(one), rows, totals_of(one))


def list_form(
    carrier: Carrier,
    header: tuple[HeadLine, ...],
    rows: tuple[tuple[str, ...], ...],
    totals: tuple[HeadLine, ...],
) -> ListForm:
    """Return the form of a carrier: two copies for the post, one to carry round the village."""
    is_posted = carrier == Carrier.POST
    name = next(line.value for line in header if line.key == "list")
    return ListForm(
        name=name,
        tab=name.rpartition("/")[2],
        title=both(TITLES[carrier]),
        header=header,
        columns=POST_COLUMNS if is_posted else HAND_COLUMNS,
        rows=rows,
        signers=SIGNERS[carrier],
        kind=carrier.value,
        totals=totals,
        copies=COPIES if is_posted else 1,
        least_row=0.0 if is_posted else _SIGNING_ROW,
        is_stamped=is_posted,
    )


@dataclass(frozen=True, slots=True)
class ListPlan:
    """How packs come on lists: the week, the day, the first number, and how many rows fit."""

    week: str
    day: date
    first_number: int = 1
    most_rows: int = MOST_ROWS
    senders: Mapping[int, ListSender] = field(default_factory=dict)


def make_lists(packs: Iterable[PackFile], plan: ListPlan) -> Iterator[ItemList]:
    """Put packs on lists in packing order, each list as soon as it is full.

    Packs of one carrier come together, those for the post first. A list holds one kind, category
    and way of travelling of one school; at most one list of each kind is held in memory.
    """
    number = plan.first_number
    for kind, part in _parts(packs, plan.most_rows):
        yield _list_of(kind, part, plan, number)
        number += 1


def _parts(packs: Iterable[PackFile], most: int) -> Iterator[tuple[ListKind, list[PackFile]]]:
    open_parts: dict[ListKind, list[PackFile]] = {}
    carrier = None
    for one in packs:
        kind = kind_of(one)
        if kind.carrier != carrier:
            yield from open_parts.items()
            open_parts, carrier = {}, kind.carrier
        open_parts.setdefault(kind, []).append(one)
        if len(open_parts[kind]) == most:
            yield kind, open_parts.pop(kind)
    yield from open_parts.items()


def kind_of(one: PackFile) -> ListKind:
    """Return on which kind of list a pack stands."""
    pack, postal = one.pack, one.postal
    if pack.by_post:
        return ListKind(Carrier.POST, pack.school, postal.kind, postal.category, postal.method)
    carrier = Carrier.PICK_UP if pack.is_fetched else Carrier.HAND
    same = Postal()
    return ListKind(carrier, pack.school, same.kind, same.category, same.method)


def _list_of(kind: ListKind, part: list[PackFile], plan: ListPlan, number: int) -> ItemList:
    office = plan.senders.get(kind.school, ListSender())
    marks = office.marks if kind.carrier == Carrier.POST else ""
    return ItemList(
        number=number,
        week=plan.week,
        day=plan.day,
        of=kind,
        sender=part[0].pack.sender,
        rows=tuple(_row(place, one, marks) for place, one in enumerate(part, start=1)),
        office=office,
        is_verified=all(one.postal.is_verified for one in part),
    )


def _row(number: int, one: PackFile, marks: str) -> ListRow:
    to, postal = one.pack.addressee, one.postal
    name, address = whom(to)
    return ListRow(
        number=number,
        addressee=name,
        address=address,
        phone=phone_digits(to.phone),
        note=_note(one),
        sheets=one.sheets,
        est_g=one.grams,
        consignment=one.pack.name,
        s10=postal.s10,
        fee=postal.fee,
        marks=marks,
    )


def whom(to: Letter) -> tuple[str, str]:
    """Return what stands on a list of an address: the name, and all else in one line."""
    care_of = f" ({to.care_of})" if to.care_of else ""
    return plain(to.name + care_of), plain(_joined((*to.lines, *to.indexes)))


def _note(one: PackFile) -> str:
    """The number of the pack, which part of it this is, and why it does not go by post."""
    parts = [one.pack.print_id]
    if one.postal.parts > 1:
        parts.append(f"{one.postal.part}/{one.postal.parts}")
    if one.pack.why_by_hand:
        parts.append(flaw_list_in_both(one.pack.why_by_hand))
    return "; ".join(parts)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def phone_digits(phone: str) -> str:
    """Return a Kazakh telephone number as the post wants it: ten digits from the 7, or nothing."""
    digits = "".join(c for c in phone if c.isdecimal() and c.isascii())[-_DIGITS_OF_A_PHONE:]
    return digits if len(digits) == _DIGITS_OF_A_PHONE and digits[0] == "7" else ""
