"""Packs for lists: a school, its office, and as many packs as a list is to have."""

from dataclasses import replace
from datetime import date

from print_packs.model import ChildPart, Letter, Pack
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import ItemList, ListPlan, form_of, make_lists
from print_packs.post.list_form import ListForm
from print_packs.post.senders import ListSender, Payment, SenderCategory
from tests.factories import WEEK

DAY = date(2026, 1, 22)
SCHOOL = Letter(
    "Ақкөл негізгі орта мектебі", ("Ақкөл ауылы", "Тобылсай ауданы"), "011900", "+77142540000"
)
CHILD = ChildPart(1, "Айша", "2А", 2, "kk", False, (), (), ())
OFFICE = ListSender(
    "000140002217",
    "№ 17-П",
    "Ақкөл пошта бөлімшесі",
    "011908",
    Payment.CASH,
    SenderCategory.LEGAL,
    "75",
)
PLAN = ListPlan(WEEK, DAY)


def pack_file(
    number: int, letter: Letter, *, by_post: bool = True, sheets: int = 4, **changes: object
) -> PackFile:
    pack = Pack(
        consignment=f"post:{number}",
        print_id=f"P{number:03}-ABCD",
        key=f"h{number}",
        household=number,
        week=WEEK,
        language="kk",
        place=number,
        of=99,
        by_post=by_post,
        addressee=letter,
        sender=SCHOOL,
        return_by=date(2026, 2, 5),
        children=(CHILD,),
    )
    return PackFile(f"h{number}.pdf", replace(pack, **changes), "", 0, sheets * 2)  # type: ignore[arg-type]


def lists_of(pile: list[PackFile], plan: ListPlan = PLAN) -> list[ItemList]:
    return list(make_lists(pile, plan))


def forms_of(pile: list[PackFile], plan: ListPlan = PLAN) -> list[ListForm]:
    return [form_of(one) for one in lists_of(pile, plan)]
