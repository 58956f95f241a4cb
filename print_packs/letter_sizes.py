"""How large letters are on paper: the younger the reader, the larger."""

from typing import Final

LARGE_PRINT: Final = 24
_SIZES: Final = ((1, 18), (2, 16), (4, 14), (9, 12))
_SMALLEST: Final = 11


def letter_size(grade: int) -> int:
    """Return the size of letters in points: the younger the reader, the larger.

    After the rules of Russia, regulation 307 of 2009. The table of the Kazakh order KR DSM-124 of
    2 December 2021 is not verified: nobody here has read it.
    """
    return next((size for last, size in _SIZES if grade <= last), _SMALLEST)


_LEAST: Final = ((1, 18), (2, 16), (4, 14))
_LEAST_LATER: Final = 10


def least_size(grade: int) -> int:
    """Return how small the letters of a lesson may be, in points.

    Up to grade 4 after regulation 307 (annex on school books for the humanities). What holds from
    grade 5 on is not verified: ten points are a choice of ours.
    """
    return next((size for last, size in _LEAST if grade <= last), _LEAST_LATER)
