"""Where each piece of text stands on a printed page, and whether one hides another."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pypdfium2

from print_packs.pages.page_layout import HEIGHT

MM = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """A piece of text on a page, in millimetres from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def hides(self, other: "Line") -> bool:
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide > 1 and high > 1.2


def lines_of(pdf: bytes) -> list[list[Line]]:
    """The pieces of text of each page, and where they stand."""
    pages = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            rects = [text.get_rect(n) for n in range(text.count_rects())]
            pages.append(
                [
                    Line(
                        text.get_text_bounded(*rect),
                        rect[0] / MM,
                        HEIGHT - rect[3] / MM,
                        rect[2] / MM,
                        HEIGHT - rect[1] / MM,
                    )
                    for rect in rects
                ]
            )
    return pages


def assert_tidy(page: Sequence[Line], left: float = 9.0, right: float = 201.0) -> None:
    for one in page:
        assert left - 0.5 <= one.left, one
        assert one.right <= right + 0.5, one
        assert one.top >= 5, one
        assert one.bottom <= HEIGHT - 5, one
    for one, other in combinations(page, 2):
        assert not one.hides(other), (one, other)
