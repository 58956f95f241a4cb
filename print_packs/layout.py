"""How small pages share a side of paper: two beside each other, or as a booklet to be folded."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar


class Layout(StrEnum):
    """How the lessons of a run are laid on paper."""

    SINGLE = "single"  # one page to a side
    TWO_UP = "2up"  # two to a side, beside each other
    BOOKLET = "booklet"  # two to a side, in the order of a booklet that is folded in the middle


Page = TypeVar("Page")
Side = tuple[Page | None, Page | None]
"""What stands on the left and on the right of a side."""


def sides_of(pages: Sequence[Page], layout: Layout) -> list[Side[Page]]:
    """Lay small pages on sides, in the order in which the sides are printed.

    A booklet takes whole sheets, so it is filled up to four, eight … pages; its outermost sheet
    comes first, with the first page on the right of its front.
    """
    if layout != Layout.BOOKLET:
        return [(one, _at(pages, at + 1)) for at, one in enumerate(pages) if at % 2 == 0]
    last = -(-len(pages) // 4) * 4 - 1
    sides = [(_at(pages, at), _at(pages, last - at)) for at in range((last + 1) // 2)]
    # A front has the earlier page on its right, a back on its left.
    return [side if at % 2 else side[::-1] for at, side in enumerate(sides)]


def _at(pages: Sequence[Page], at: int) -> Page | None:
    return pages[at] if at < len(pages) else None
