"""Paper size, margins, and letter sizes by grade."""

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

LARGE_PRINT: Final = 24
_SIZES: Final = ((1, 18), (2, 16), (4, 14), (9, 12))
_SMALLEST: Final = 11


def letter_size(grade: int) -> int:
    """Return the size of letters in points: the younger the reader, the larger.

    After the rules of Russia, regulation 307 of 2009. The table of the Kazakh order KR DSM-124 of
    2 December 2021 is not verified: nobody here has read it.
    """
    return next((size for last, size in _SIZES if grade <= last), _SMALLEST)


HALF: Final = 210 / 297
"""What a page is made smaller by, so that two of them fill a side."""

_LEAST: Final = ((1, 18), (2, 16), (4, 14))
_LEAST_LATER: Final = 10


def least_size(grade: int) -> int:
    """Return how small the letters of a lesson may be, in points.

    Up to grade 4 after regulation 307 (annex on school books for the humanities). What holds from
    grade 5 on is not verified: ten points are a choice of ours.
    """
    return next((size for last, size in _LEAST if grade <= last), _LEAST_LATER)


def line_distance(grade: int) -> float:
    """Return the distance of the ruled lines in millimetres."""
    return 12.0 if grade <= 2 else 10.0 if grade <= 4 else 8.5


def place_of(corner: Corner) -> tuple[float, float, float]:
    """Return left, top and size of a code in millimetres."""
    if corner == Corner.TOP_RIGHT:
        return WIDTH - CODE_EDGE - CODE_TOP, CODE_EDGE, CODE_TOP
    top = HEIGHT - CODE_EDGE - CODE_BOTTOM - 3
    if corner == Corner.BOTTOM_LEFT:
        return CODE_EDGE, top, CODE_BOTTOM
    return WIDTH - CODE_EDGE - CODE_BOTTOM, top, CODE_BOTTOM
