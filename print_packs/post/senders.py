"""Whom a school's lists name: its number, its contract, its post office, and how it pays."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import upsert
from jetkiz.storage.many_values import among
from print_packs.post.tables import list_sender

LONGEST: Final = 80
_TEN: Final = 10


class Payment(StrEnum):
    """How the postage is paid."""

    UNSAID = ""
    CONTRACT = "contract"
    CASH = "cash"
    PREPAID = "prepaid"


class SenderCategory(StrEnum):
    """Who posts, with the numbers of Kazpost's sheet of 2019."""

    PERSON = "1"
    LEGAL = "2"
    BUDGET = "3"


PAYMENT_WORDS: Final = {
    Payment.UNSAID: N_("not said"),
    Payment.CONTRACT: N_("under contract, without cash"),
    Payment.CASH: N_("in cash at the counter"),
    Payment.PREPAID: N_("by marks of payment on the items"),
}
CATEGORY_WORDS: Final = {
    SenderCategory.PERSON: N_("person"),
    SenderCategory.LEGAL: N_("legal entity"),
    SenderCategory.BUDGET: N_("budget organisation"),
}
_PAYMENTS: Final = {one.value: one for one in Payment}
_CATEGORIES: Final = {one.value: one for one in SenderCategory}


@dataclass(frozen=True, slots=True)
class ListSender:
    """What a school says of itself on its lists; what it has not said stays empty there.

    ``marks`` are codes that apply to every item, such as 75 for an inventory of its contents.
    """

    bin: str = ""
    contract: str = ""
    office: str = ""
    office_index: str = ""
    payment: Payment = Payment.UNSAID
    category: SenderCategory = SenderCategory.BUDGET
    marks: str = ""

    @property
    def has_inventory(self) -> bool:
        """True where an inventory lies in every item."""
        return "75" in self.marks.split(", ")


def is_bin(text: str) -> bool:
    """Return whether twelve digits are a business number: the last is computed from the others.

    Weights 1 to 11, modulo 11; at ten again with 3 to 11, 1, 2; at ten once more there is none.
    """
    if not re.fullmatch(r"\d{12}", text, re.ASCII):
        return False
    digits = [int(one) for one in text]
    for weights in ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        check = sum(w * d for w, d in zip(weights, digits, strict=False)) % 11
        if check != _TEN:
            return check == digits[-1]
    return False


def checked_sender(said: Mapping[str, str]) -> ListSender:
    """Return what somebody typed, or refuse it with a sentence."""
    typed = {name: value.strip() for name, value in said.items()}
    number = typed.get("bin", "")
    if number and not is_bin(number):
        raise JetkizError(
            N_("{number} is no BIN: its twelve digits do not fit together."),
            N_("Copy it from the school's certificate, or leave it empty."),
            number=number,
        )
    index = typed.get("office_index", "")
    if index and not re.fullmatch(r"\d{6}", index, re.ASCII):
        raise JetkizError(
            N_("{index} is no index of a post office."),
            N_("Write six digits, as in 110000."),
            index=index,
        )
    marks = typed.get("marks", "")
    if not re.fullmatch(r"(\d{1,3}([,; ]+\d{1,3}){0,7})?", marks, re.ASCII):
        raise JetkizError(
            N_("{marks} are no codes of marks."),
            N_("Write numbers of up to three digits with commas, as in 75, or nothing."),
            marks=marks,
        )
    return ListSender(
        bin=number,
        contract=typed.get("contract", "")[:LONGEST],
        office=typed.get("office", "")[:LONGEST],
        office_index=index,
        payment=_PAYMENTS.get(typed.get("payment", ""), Payment.UNSAID),
        category=_CATEGORIES.get(typed.get("category", ""), SenderCategory.BUDGET),
        marks=", ".join(re.findall(r"\d+", marks)),
    )


def read_senders(connection: Connection, schools: Iterable[int]) -> dict[int, ListSender]:
    """Return what each of these schools says on its lists; who said nothing is absent."""
    c = list_sender.c
    rows = connection.execute(select(list_sender).where(among(c.school_id, schools)))
    return {
        row.school_id: ListSender(
            row.bin,
            row.contract,
            row.office,
            row.office_index,
            Payment(row.payment),
            SenderCategory(row.category),
            row.marks,
        )
        for row in rows
    }


def save_sender(connection: Connection, school: int, sender: ListSender) -> None:
    """Keep what a school says of itself; lists that were made stay as they are."""
    upsert(connection, list_sender, [{"school_id": school} | asdict(sender)], ["school_id"])
