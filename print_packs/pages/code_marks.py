"""How codes are drawn: three on an answer sheet with white around, and a home's link."""

from functools import lru_cache
from typing import Any, Final

import zxingcpp
from reportlab.lib.units import mm
from reportlab.pdfgen.pathobject import PDFPathObject

from jetkiz.codes import Corner, grouped
from print_packs.pages.drawing import Pen, Style
from print_packs.pages.page_layout import CODE_BOTTOM, CODE_EDGE, CODE_TOP, HEIGHT, WIDTH

MODULES: Final = 21
QUIET: Final = 4
"""White modules around a code; no ruled line comes nearer."""
_UNDER: Final = Style(6.5)


def place_of(corner: Corner) -> tuple[float, float, float]:
    """Return left, top and size of a code in millimetres."""
    if corner == Corner.TOP_RIGHT:
        return WIDTH - CODE_EDGE - CODE_TOP, CODE_EDGE, CODE_TOP
    top = HEIGHT - CODE_EDGE - CODE_BOTTOM - 3
    if corner == Corner.BOTTOM_LEFT:
        return CODE_EDGE, top, CODE_BOTTOM
    return WIDTH - CODE_EDGE - CODE_BOTTOM, top, CODE_BOTTOM


Rows = tuple[tuple[tuple[int, int], ...], ...]
"""Each row of a code as runs of black: where a run begins and how long it is."""


def matrix(text: str) -> Rows:
    """Return the rows of a sheet's code."""
    rows = _symbol(text, "Q")
    if len(rows) != MODULES:
        raise ValueError(f"{text!r} does not fit a code of {MODULES} modules")
    return rows


def _symbol(text: str, level: str) -> Rows:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    pixels: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(pixels).tolist()
    return tuple(_runs([value == 0 for value in row]) for row in rows)


def _runs(row: list[bool]) -> tuple[tuple[int, int], ...]:
    found, start = [], None
    for at, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = at
        elif not is_dark and start is not None:
            found.append((start, at - start))
            start = None
    return tuple(found)


@lru_cache(maxsize=512)
def _path(text: str) -> str:
    return _squares(matrix(text))


def _squares(rows: Rows) -> str:
    """A hair of overlap: screens draw a white seam between rows that only touch."""
    return " ".join(
        f"{start} {len(rows) - 1 - number} {length} 1.02 re"
        for number, row in enumerate(rows)
        for start, length in row
    )


def draw_code(pen: Pen, text: str, corner: Corner) -> None:
    """Draw a code in its corner, with its sixteen characters for typing under it."""
    left, top, size = place_of(corner)
    _fill(pen, _path(text), MODULES, (left, top, size))
    pen.middle(left + size / 2, top + size + 3, grouped(text), _UNDER)


def draw_link(pen: Pen, link: str, place: tuple[float, float, float]) -> None:
    """Draw a link as a code that a telephone's camera opens; place: left, top, size."""
    rows = _symbol(link, "M")
    _fill(pen, _squares(rows), len(rows), place)


def _fill(pen: Pen, squares: str, modules: int, place: tuple[float, float, float]) -> None:
    left, top, size = place
    canvas = pen.canvas
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.translate(left * mm, (HEIGHT - top - size) * mm)
    canvas.scale(size / modules * mm, size / modules * mm)
    # Written out, for the library's own numbers take eight times as long as the rest of a page.
    canvas.drawPath(PDFPathObject([squares]), stroke=0, fill=1)
    canvas.restoreState()
