"""Whether the lists of a run hold the packs that are printed: each once, with the same sums."""

from collections.abc import Iterable, Iterator, Sequence

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import ItemList


def check_lists(packs: Sequence[PackFile], lists: Iterable[ItemList]) -> None:
    """Refuse lists that do not say what the files hold: nothing is released with them.

    Within each list the packs stand in the order in which they are printed. Lists follow the packs,
    so that only those are held of which the list is still to come.
    """
    unlisted = _Unlisted(enumerate(packs))
    for one in lists:
        found = [(row, unlisted.take(row.consignment)) for row in one.rows]
        places = [at[0] for _, at in found if at]
        if len(places) < len(found) or places != sorted(places):
            raise _apart()
        for row, at in found:
            if at and (row.sheets, row.est_g) != (at[1].sheets, at[1].grams):
                raise _apart()
    if not unlisted.is_empty:
        raise _apart()


class _Unlisted:
    """The packs that stood on no list yet, read as far as a list asked for them."""

    def __init__(self, coming: Iterator[tuple[int, PackFile]]) -> None:
        self._coming = coming
        self._waiting: dict[str, tuple[int, PackFile]] = {}

    def take(self, name: str) -> tuple[int, PackFile] | None:
        """Return a pack with its place and forget it; None if there is no such pack any more."""
        while name not in self._waiting:
            place, one = next(self._coming, (0, None))
            if one is None:
                return None
            self._waiting[one.pack.name] = (place, one)
        return self._waiting.pop(name)

    @property
    def is_empty(self) -> bool:
        """True when every pack was taken."""
        return not self._waiting and next(self._coming, None) is None


def _apart() -> JetkizError:
    return JetkizError(
        N_("The lists of this run do not hold the packs that were printed."),
        N_("This is a fault of Jetkiz. Nothing was released; make the packs again, and report it."),
    )
