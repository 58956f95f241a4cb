"""What Kazpost's service is asked, field by field and in its units: grams here, kilograms there.

Names and units are those that public clients of the service use. ``SEEN`` says which operations no
client was seen to use: try those with Kazpost's test service before you rely on them.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.kazpost.envelopes import Field, Reply, garbled
from print_packs.kazpost.key import ClientKey
from print_packs.s10.numbers import bare, validate

RATE: Final = "GetPostRate"
NUMBER: Final = "GetParcelBarcode"
LABEL: Final = "GetAddrLetter"
INFO: Final = "GetBarcodeInfo"
CANCEL: Final = "CancelBarcode"
FORM_103: Final = "GetForm103"
OFFICES: Final = "searchCity"
SEEN: Final = {
    RATE: True,
    NUMBER: True,
    LABEL: True,
    INFO: True,
    OFFICES: True,
    CANCEL: False,
    FORM_103: False,
}
BUDGET_ORGANISATION: Final = "3"
_MOST_NAME: Final = 256
_PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Item:
    """What is posted: kind, category and way as Kazpost numbers them, and its mass in grams."""

    grams: int
    product: str = "P101"
    category: int = 1
    method: int = 1


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or gets an item."""

    name: str
    index: str
    settlement: str = ""
    district: str = ""
    street: str = ""
    house: str = ""
    phone: str = ""
    bin: str = ""


def rate_fields(item: Item, from_index: str, to_index: str) -> list[Field]:
    """Return the question for a rate; the mass is in grams."""
    inside: list[Field] = [
        ("SndrCtg", BUDGET_ORGANISATION),
        ("Product", item.product),
        ("MailCat", str(item.category)),
        ("SendMethod", str(item.method)),
        ("Weight", str(item.grams)),
        ("From", _index(from_index)),
        ("To", _index(to_index)),
    ]
    return [("GetPostRateInfo", inside)]


def shipment_fields(
    key: ClientKey, order: str, item: Item, sender: Party, recipient: Party
) -> list[Field]:
    """Return the question for a number or a label; the mass is in kilograms."""
    inside: list[Field] = [
        *_party("Rcpn", recipient),
        ("SndrBIN", _bin(sender.bin)),
        *_party("Sndr", sender),
        ("Weight", _kilograms(item.grams)),
        ("DeclaredValue", "0"),
        ("ProductCode", item.product),
        ("SendMethod", str(item.method)),
        ("MailCtg", str(item.category)),
        ("OrderNum", order),
        ("MailCount", "1"),
    ]
    return [("Key", key.secret), ("AddrInfo", inside)]


def order_fields(key: ClientKey, order: str) -> list[Field]:
    """Return the question which number an order of ours was given."""
    return [("Key", key.secret), ("OrderNum", order)]


def cancel_fields(key: ClientKey, number: str) -> list[Field]:
    """Return the wish that a number be void."""
    return [("Key", key.secret), ("Barcode", number)]


def form_103_fields(key: ClientKey, numbers: Sequence[str]) -> list[Field]:
    """Return the wish for the electronic form 103 of these numbers."""
    return [("Key", key.secret), ("Barcodes", [("Barcode", one) for one in numbers])]


def office_fields(settlement: str) -> list[Field]:
    """Return the question for the offices of a settlement."""
    return [("depname", settlement), ("oblast", ""), ("rayon", "")]


def tenge_of(reply: Reply) -> Decimal:
    """Return a rate in tenge."""
    text = reply.first("Sum", "PostRate").replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise garbled() from None
    if not found.is_finite() or found < 0:
        raise garbled()
    return found


def number_of(reply: Reply) -> str:
    """Return the postal number that was given; one that cannot be right is no answer."""
    found = bare(reply.first("Barcode", "Barcodes"))
    if validate(found) is not None:
        raise garbled()
    return found


def pdf_of(reply: Reply) -> bytes:
    """Return the PDF of a label or a form; nothing where none came."""
    text = reply.first("AddrLetPdf", "AddrLetPdfs", "FormPdf")
    try:
        found = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise garbled() from None
    if found and not found.startswith(_PDF):
        raise garbled()
    return found


def phone_of(said: str) -> str:
    """Return a phone as Kazpost wants it, ten digits that begin with 7; nothing if it is none."""
    digits = re.sub(r"\D", "", said)
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    return digits if re.fullmatch("7[0-9]{9}", digits) else ""


def _party(prefix: str, one: Party) -> list[Field]:
    if not one.name or len(one.name) > _MOST_NAME:
        raise JetkizError(
            N_("The name {name!r} is empty or longer than 256 characters."),
            N_("Correct it in the roster."),
            name=one.name[:60],
        )
    fields = {
        "Name": one.name,
        "Phone": phone_of(one.phone),
        "Country": "Казахстан",
        "Index": _index(one.index),
        "City": one.settlement,
        "District": one.district,
        "Street": one.street,
        "House": one.house,
    }
    return [(prefix + name, value) for name, value in fields.items() if value]


def _index(said: str) -> str:
    if not re.fullmatch("[0-9]{6}", said):
        raise JetkizError(
            N_("The index {index!r} does not have six digits."),
            N_("Correct the address in the roster."),
            index=said[:20],
        )
    return said


def _bin(said: str) -> str:
    if not re.fullmatch("[0-9]{12}", said):
        raise JetkizError(
            N_("The BIN of the sender does not have twelve digits."),
            N_("Write it in the setting kazpost_bin."),
        )
    return said


def _kilograms(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f}"
