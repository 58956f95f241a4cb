"""As what an envelope is posted, how much may go into it, and what it is likely to cost.

Sheets on which a child writes and a teacher's marks make it a letter; plain printed lessons are a
banderole. What is too heavy is parted, and becomes a parcel only where the school allows that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from print_packs.model import MailCategory, Pack, Postal, PostalKind, SendMethod
from print_packs.postage.rules import Rule, Rules
from print_packs.postage.tariffs import Tariff
from print_packs.postage.weights import Stock, envelope_for, face, grams, most_sheets, thickness


@dataclass(frozen=True, slots=True)
class Postage:
    """Everything that decides about an envelope: rules, paper, tariff and the school's wishes.

    ``registered`` says which letters are: those with personal data, all or none.
    """

    rules: Rules
    stock: Stock
    tariff: Tariff | None = None
    most_sheets: int = 400
    may_be_parcel: bool = False
    registered: str = "personal"
    is_verified: bool = False


def kind_of(pack: Pack) -> PostalKind:
    """Return what a pack is as long as it is light enough."""
    is_personal = pack.sheets or any(one.earlier for one in pack.children)
    return PostalKind.LETTER if is_personal else PostalKind.BANDEROLE


def limit(pack: Pack, postage: Postage) -> int:
    """Return how many sheets one envelope of a pack may hold."""
    if not pack.by_post:
        return postage.most_sheets
    kind = PostalKind.PARCEL if postage.may_be_parcel else kind_of(pack)
    rule = postage.rules.kinds[kind]
    return min(
        postage.most_sheets,
        most_sheets(rule.max_g, postage.stock),
        _most_by_size(rule, postage.stock),
    )


def _most_by_size(rule: Rule, stock: Stock) -> int:
    wide, high = face(envelope_for(10**6, stock))
    return max(1, round((rule.max_sum_mm - wide - high) / thickness(1)))


def postal_of(pack: Pack, sheets: int, postage: Postage) -> Postal:
    """Return what the post needs to know of a pack of so many sheets; its number comes later."""
    weight = grams(sheets, postage.stock)
    kind = kind_of(pack)
    if postage.may_be_parcel and weight > postage.rules.kinds[kind].max_g:
        kind = PostalKind.PARCEL
    category = _category(pack, postage, postage.rules.kinds[kind])
    return Postal(
        kind=kind,
        category=category,
        method=SendMethod.SURFACE,
        fee=postage.tariff.fee(kind, category, weight) if postage.tariff else None,
        est_g=weight,
        part=pack.part,
        parts=pack.parts,
        is_verified=postage.is_verified,
    )


def _category(pack: Pack, postage: Postage, rule: Rule) -> MailCategory:
    """Registered where a stranger who opened it would learn something about a child."""
    is_private = any(one.code or one.is_large or one.earlier for one in pack.children)
    wished = {
        "always": True,
        "never": False,
        "personal": is_private,
    }[postage.registered]
    category = MailCategory.REGISTERED if wished else MailCategory.SIMPLE
    return category if category in rule.categories else rule.categories[-1]


def kept(one: Postal, sheets: int, stock: Stock) -> Mapping[str, Any]:
    """Return what is written down of a printed pack's postage."""
    return {
        "kind": one.kind.value,
        "category": int(one.category),
        "method": int(one.method),
        "fee": one.fee,
        "est_g": one.est_g,
        "stock": stock.name,
        "model_g": grams(sheets, Stock(stock.gsm, stock.envelopes)),
        "envelope": envelope_for(sheets, stock).value,
    }
