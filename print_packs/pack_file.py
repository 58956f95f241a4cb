"""The file of one pack: how many sheets it takes, and what it weighs."""

from dataclasses import dataclass
from typing import Final

from print_packs.model import Pack, Postal
from print_packs.postage.weights import grams

_LETTER: Final = Postal()


@dataclass(frozen=True, slots=True)
class PackFile:
    """The file of one pack and what it takes to print and to post it."""

    name: str
    pack: Pack
    pdf: bytes
    first_page: int
    pages: int
    postal: Postal = _LETTER

    @property
    def sheets(self) -> int:
        """Sheets of paper, printed on both sides."""
        return self.pages // 2

    @property
    def grams(self) -> int:
        """What it is likely to weigh."""
        return self.postal.est_g or grams(self.sheets)
