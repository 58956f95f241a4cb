"""Whether the lists of a run hold the packs that are printed: each once, with the same sums."""

from collections.abc import Iterable, Sequence

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import ItemList


def check_lists(packs: Sequence[PackFile], lists: Iterable[ItemList]) -> None:
    """Refuse lists that do not say what the files hold: nothing is released with them.

    Within each list the packs stand in the order in which they are printed.
    """
    left = {one.pack.name: (place, one) for place, one in enumerate(packs)}
    for one in lists:
        found = [(row, left.pop(row.consignment, None)) for row in one.rows]
        places = [at[0] for _, at in found if at]
        if len(places) < len(found) or places != sorted(places):
            raise _apart()
        for row, at in found:
            if at and (row.sheets, row.est_g) != (at[1].sheets, at[1].grams):
                raise _apart()
    if left:
        raise _apart()


def _apart() -> JetkizError:
    return JetkizError(
        N_("The lists of this run do not hold the packs that were printed."),
        N_("This is a fault of Jetkiz. Nothing was released; make the packs again, and report it."),
    )
