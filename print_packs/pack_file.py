"""Where one pack lies in the files of its run: how many sheets it takes, and what it weighs."""

from dataclasses import dataclass
from typing import Final

from print_packs.model import Pack, Postal
from print_packs.postage.weights import grams

_LETTER: Final = Postal()


@dataclass(frozen=True, slots=True)
class PackFile:
    """One pack of a run and what it takes to print and to post it.

    ``name`` is the file it gets when somebody wants it alone. ``stack`` is the file of the run in
    which it lies from ``first_page`` on, counted from 0; ``sha256`` is that of what stands on its
    pages, and empty until they are drawn.
    """

    name: str
    pack: Pack
    sha256: str
    first_page: int
    pages: int
    postal: Postal = _LETTER
    stack: str = ""

    @property
    def sheets(self) -> int:
        """Sheets of paper, printed on both sides."""
        return self.pages // 2

    @property
    def grams(self) -> int:
        """What it is likely to weigh."""
        return self.postal.est_g or grams(self.sheets)
