"""Whether a photographed page can be read: too small, too dark or blurred gives a hint, no more.

A page is looked at in grey, a thousand points long, so that a small tremble on a large photo does
not count. The bounds are calibrated on drawn handwriting in tests/unit/test_page_quality.py.
"""

import io
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PIL import Image, ImageFilter

SMALL: Final = 1000
DARK: Final = 90
BLURRED: Final = 0.10
# Between paper and ink; what differs less is an empty page, of which nobody can say it is blurred.
CONTRAST: Final = 25
MOST_POINTS: Final = 60_000_000
_LOOKED_AT: Final = 1000
# The share of points that edges of writing fill at the least: sharp there is sharp.
_EDGES: Final = 0.998
_NEIGHBOURS: Final = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), 4, 128)


class Hint(StrEnum):
    """Why a page may be hard to read."""

    SMALL = "small"  # less than a thousand points on the long side
    DARK = "dark"  # even the paper is dark
    BLURRED = "blurred"  # no line has a sharp edge


class UnreadableError(ValueError):
    """A picture is broken, or would fill the memory when it is opened."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was measured of a page: long side, brightest paper, contrast, sharpest edges."""

    longest: int
    paper: int
    contrast: int
    sharpness: float


def hints(look: Look) -> tuple[Hint, ...]:
    """Return what a child should be told about a page."""
    found = {
        Hint.SMALL: look.longest < SMALL,
        Hint.DARK: look.paper < DARK,
        Hint.BLURRED: look.contrast >= CONTRAST and look.sharpness < BLURRED,
    }
    return tuple(hint for hint, is_so in found.items() if is_so)


def look_at(content: bytes) -> Look:
    """Measure a picture; refuse one that is broken or would unpack to gigabytes."""
    try:
        with warnings.catch_warnings():
            # A picture that may move or is oddly made is looked at as it stands.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _measured(content)
    except (
        OSError,
        ValueError,
        SyntaxError,
        struct.error,
        EOFError,
        LookupError,
        ArithmeticError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UnreadableError(type(error).__name__) from error


def _measured(content: bytes) -> Look:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        longest = max(opened.size)
        if opened.width * opened.height > MOST_POINTS:
            raise UnreadableError("too many points")
        # Reads a large photo at the nearest smaller scale, in a tenth of time and memory.
        opened.draft("L", (_LOOKED_AT, _LOOKED_AT))
        grey = opened.convert("L")
    grey.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    ink, paper = _share(grey.histogram(), (0.005, 0.9))
    contrast = paper - ink
    edges = [
        count + low
        for count, low in zip(
            *_halves(grey.filter(_NEIGHBOURS).crop(_inner(grey)).histogram()), strict=True
        )
    ]
    [sharpest] = _share(edges, (_EDGES,))
    return Look(longest, paper, contrast, sharpest / max(contrast, 1))


def _inner(grey: Image.Image) -> tuple[int, int, int, int]:
    """The filter leaves the outermost points as they are."""
    return (1, 1, max(grey.width - 1, 2), max(grey.height - 1, 2))


def _halves(counts: list[int]) -> tuple[list[int], list[int]]:
    """Return how often a point is brighter than its neighbours by so much, and how often darker."""
    return counts[128:], [0, *counts[127:0:-1]]


def _share(counts: list[int], shares: Iterable[float]) -> list[int]:
    """Return the values below which these shares of all points lie."""
    whole = sum(counts)
    found = []
    for share in shares:
        seen = 0
        for value, count in enumerate(counts):
            seen += count
            if seen >= share * whole:
                found.append(value)
                break
    return found
