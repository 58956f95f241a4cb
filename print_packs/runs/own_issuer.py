"""Whether keys of sheet codes may still be made: only before the first sheet got its number."""

from jetkiz.storage.workplace import Workplace
from print_packs.issuer import Issuer, read_issuer
from print_packs.records import has_sheets


def own_issuer(workplace: Workplace) -> Issuer:
    """Return who seals our sheets; keys that are gone while sheets are out are a sentence.

    New ones would call every sheet that comes back a stranger's.
    """
    with workplace.database.read() as connection:
        is_first = not has_sheets(connection)
    return read_issuer(workplace.settings.data / "keys", may_make=is_first)
