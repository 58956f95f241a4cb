"""Paper size, margins, and how far ruled lines stand apart."""

from typing import Final

from jetkiz.codes import Corner

# Millimetres, from the top left corner of an A4 page.
WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 20.0
RIGHT: Final = 190.0
TOP: Final = 16.0
BOTTOM: Final = 275.0
FOOT: Final = 287.0
"""Base line of the sequence mark: cheap printers clip the last ten millimetres."""

REPRINT: Final = 283.5
"""Base line of what a second copy says of itself, above the sequence mark."""

MARK_LEFT: Final = 35.0
MARK_MIDDLE: Final = 126.0
"""Where the two halves of the sequence mark meet, between the two lower codes: left of it whose
pack it is, right of it which page."""

CODE_TOP: Final = 22.0
CODE_BOTTOM: Final = 20.0
CODE_EDGE: Final = 10.0

HALF: Final = 210 / 297
"""What a page is made smaller by, so that two of them fill a side."""


def line_distance(grade: int) -> float:
    """Return the distance of the ruled lines in millimetres."""
    return 12.0 if grade <= 2 else 10.0 if grade <= 4 else 8.5


def place_of(corner: Corner) -> tuple[float, float, float]:
    """Return left, top and size of a code in millimetres."""
    if corner in {Corner.TOP_RIGHT, Corner.SLIP}:
        return WIDTH - CODE_EDGE - CODE_TOP, CODE_EDGE, CODE_TOP
    top = HEIGHT - CODE_EDGE - CODE_BOTTOM - 3
    if corner == Corner.BOTTOM_LEFT:
        return CODE_EDGE, top, CODE_BOTTOM
    return WIDTH - CODE_EDGE - CODE_BOTTOM, top, CODE_BOTTOM
