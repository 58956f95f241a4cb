"""Where a run is cut into files that a printer takes at once, and where a sheet parts two offices.

A stack ends with a post office where it can, and never inside a pack.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from print_packs.pack_file import PackFile

MOST_SHEETS: Final = 2500
"""Five reams: what a print shop loads at once."""
MOST_PACKS: Final = 500
"""So many packs are held in memory at once, however few sheets they have."""
_WORTH_A_SLIP: Final = 5
"""From so many packs on an office takes them as one lot, so they are found by a sheet before."""
ALONE: Final = "run.pdf"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Packs of one post office that lie together; ``index`` is empty for those brought by hand."""

    index: str
    packs: tuple[PackFile, ...]
    has_slip: bool = False

    @property
    def sheets(self) -> int:
        """Sheets of paper, with the one that lies before them."""
        return sum(one.sheets for one in self.packs) + self.has_slip


@dataclass(frozen=True, slots=True)
class Stack:
    """One file of a run: a sheet that says what follows, then bundles of packs."""

    number: int
    of: int
    name: str
    bundles: tuple[Bundle, ...]

    @property
    def packs(self) -> tuple[PackFile, ...]:
        """Its packs in the order in which they are printed."""
        return tuple(one for bundle in self.bundles for one in bundle.packs)

    @property
    def sheets(self) -> int:
        """Sheets of paper, with the first one and those between the bundles."""
        return 1 + sum(one.sheets for one in self.bundles)

    def without(self, names: Iterable[str]) -> "Stack":
        """Return the stack without some packs; what is left moves up."""
        out = frozenset(names)
        kept = [one for one in self.packs if one.pack.name not in out]
        return _stack(kept, self.number, self.of, any(one.has_slip for one in self.bundles))


def cut_into_stacks(
    packs: Sequence[PackFile], most_sheets: int = MOST_SHEETS, most_packs: int = MOST_PACKS
) -> list[Stack]:
    """Cut packs that lie in packing order; each is told its file and its first page in it."""
    offices = [list(group) for _, group in groupby(packs, key=_office)]
    stacks: list[list[PackFile]] = [[]]
    for office in offices:
        if _is_half_full(stacks[-1], most_sheets, most_packs):
            stacks.append([])
        for one in office:
            # A sheet that parts offices may come before each of them: they are counted as well.
            between = len({_office(other) for other in (*stacks[-1], one)})
            taken = 1 + between + sum(other.sheets for other in stacks[-1])
            if stacks[-1] and (taken + one.sheets > most_sheets or len(stacks[-1]) >= most_packs):
                stacks.append([])
            stacks[-1].append(one)
    full = [one for one in stacks if one]
    return [
        _stack(one, number, len(full), len(offices) > 1) for number, one in enumerate(full, start=1)
    ]


def _office(one: PackFile) -> str:
    """Return the office by which packs are ordered, too: it may serve homes of several indexes."""
    to = one.pack.addressee
    return (to.office or to.index) if one.pack.by_post else ""


def _is_half_full(packs: Sequence[PackFile], most_sheets: int, most_packs: int) -> bool:
    sheets = sum(one.sheets for one in packs)
    return sheets * 2 >= most_sheets or len(packs) * 2 >= most_packs


def _stack(packs: Sequence[PackFile], number: int, of: int, has_slips: bool) -> Stack:
    digits = len(str(of))
    name = ALONE if of == 1 else f"stack-{number:0{digits}}.pdf"
    bundles, page = [], 2
    for index, group in groupby(packs, key=_office):
        its_own = list(group)
        has_slip = has_slips and len(its_own) >= _WORTH_A_SLIP
        page += 2 * has_slip
        placed = []
        for one in its_own:
            placed.append(replace(one, stack=name, first_page=page))
            page += one.pages
        bundles.append(Bundle(index, tuple(placed), has_slip))
    return Stack(number, of, name, tuple(bundles))
