"""How an envelope is posted: a letter if a child writes on what is in it, else a banderole."""

from print_packs.model import MailCategory, Pack, Postal, PostalKind
from print_packs.postage.weights import grams


def postal_of(pack: Pack, sheets: int) -> Postal:
    """Return what the post needs to know of a pack of so many sheets."""
    return Postal(
        kind=PostalKind.LETTER if pack.sheets else PostalKind.BANDEROLE,
        category=MailCategory.REGISTERED,
        est_g=grams(sheets),
        part=pack.part,
        parts=pack.parts,
    )
