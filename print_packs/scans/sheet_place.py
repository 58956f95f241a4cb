"""Where on a picture an answer sheet lies, as the codes in its corners tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

from jetkiz.codes import Corner, decode
from print_packs.pages.page_layout import HEIGHT, WIDTH, place_of

Point = tuple[float, float]
"""Points of a picture from its top left, to the right and down."""
Points = tuple[Point, Point, Point, Point]
_MARGIN: Final = 6.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet on a picture: its serial, its codes, and how millimetres become points.

    A point of the sheet ``x, y`` (millimetres from its top left) lies where ``scale`` times
    ``x + y i`` plus ``origin`` says, as complex numbers: turned and enlarged, not seen aslant.
    """

    serial: int
    codes: Mapping[Corner, Points]
    scale: complex
    origin: complex

    def at(self, x: float, y: float) -> Point:
        """Return where a point of the sheet lies on the picture."""
        found = self.scale * complex(x, y) + self.origin
        return found.real, found.imag

    @property
    def turn(self) -> int:
        """By how much the picture is to be turned against the clock to stand upright."""
        return round(degrees(atan2(self.scale.imag, self.scale.real)) / 90) * 90 % 360

    def box(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return the part of a picture of this size in which the sheet lies, with some margin."""
        corners = [
            self.at(x, y) for x in (-_MARGIN, WIDTH + _MARGIN) for y in (-_MARGIN, HEIGHT + _MARGIN)
        ]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        left, top = max(0, int(min(across))), max(0, int(min(down)))
        right = min(size[0], int(max(across)) + 1)
        return left, top, max(left + 1, right), max(top + 1, min(size[1], int(max(down)) + 1))


def placed(codes: Iterable[tuple[str, Points]], issuer: int) -> list[Placed]:
    """Return the sheets of an issuer that texts name, unproved, in the order they were read."""
    by_sheet: dict[int, dict[Corner, Points]] = defaultdict(dict)
    for text, points in codes:
        found = decode(text)
        if found and found[0].issuer == issuer and found[0].corner != Corner.TOP_LEFT:
            by_sheet[found[0].serial][found[0].corner] = points
    return [fitted(serial, codes) for serial, codes in by_sheet.items()]


def fitted(serial: int, codes: Mapping[Corner, Points]) -> Placed:
    """Return how a sheet lies of which these codes were found."""
    pairs = [
        (complex(*on_paper), complex(*on_picture))
        for corner, points in codes.items()
        for on_paper, on_picture in zip(_on_paper(corner), points, strict=True)
    ]
    return Placed(serial, dict(codes), *_least_squares(pairs))


def _on_paper(corner: Corner) -> Points:
    left, top, size = place_of(corner)
    right, low = left + size, top + size
    return (left, top), (right, top), (right, low), (left, low)


def _least_squares(pairs: list[tuple[complex, complex]]) -> tuple[complex, complex]:
    """Return turn with enlargement, and shift, by least squares."""
    middle = sum(a for a, _ in pairs) / len(pairs)
    centre = sum(b for _, b in pairs) / len(pairs)
    apart = sum(abs(a - middle) ** 2 for a, _ in pairs)
    scale = sum((a - middle).conjugate() * (b - centre) for a, b in pairs) / apart
    return scale, centre - scale * middle


def covered_share(sheet: Placed, size: tuple[int, int]) -> float:
    """Return how much of a picture the sheet covers, 0 to 1 and above."""
    return WIDTH * HEIGHT * abs(sheet.scale) ** 2 / (size[0] * size[1])
