"""Whether the lists of a run hold the packs that are printed: each once, with the same sums."""

from collections.abc import Sequence

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import ItemList


def check_lists(packs: Sequence[PackFile], lists: Sequence[ItemList]) -> None:
    """Refuse lists that do not say what the files hold: nothing is released with them.

    Within each list the packs stand in the order in which they are printed.
    """
    rows = [row for one in lists for row in one.rows]
    known = {one.pack.name: (place, one) for place, one in enumerate(packs)}
    if sorted(row.consignment for row in rows) != sorted(known):
        raise _apart()
    for one in lists:
        places = [known[row.consignment][0] for row in one.rows]
        if places != sorted(places):
            raise _apart()
    for row in rows:
        file = known[row.consignment][1]
        if (row.sheets, row.est_g) != (file.sheets, file.grams):
            raise _apart()


def _apart() -> JetkizError:
    return JetkizError(
        N_("The lists of this run do not hold the packs that were printed."),
        N_("This is a fault of Jetkiz. Nothing was released; make the packs again, and report it."),
    )
