"""Where on a picture an answer sheet lies, as the codes in its corners tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, degrees, dist, hypot
from typing import Final

from jetkiz.codes import Corner, decode
from print_packs.pages.link_pages import LINK_SIDE
from print_packs.pages.page_layout import HEIGHT, WIDTH, place_of

Point = tuple[float, float]
"""Points of a picture from its top left, to the right and down."""
Points = tuple[Point, Point, Point, Point]
_MARGIN: Final = 6.0
# Beside a page that fills so much of a picture no second one finds room.
_ALONE: Final = 0.6


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
        if found and found[0].issuer == issuer and found[0].corner != Corner.SLIP:
            by_sheet[found[0].serial][found[0].corner] = points
    return [fitted(serial, codes) for serial, codes in by_sheet.items()]


def lone_slip(codes: Iterable[tuple[str, Points]], issuer: int, size: tuple[int, int]) -> bool:
    """Say whether a picture of this size shows a return slip of an issuer, unproved, alone.

    Where another page may lie beside it, that one may be work whose codes cannot be read.
    """
    slips = [
        fitted(found[0].serial, {Corner.SLIP: points})
        for text, points in codes
        for found in [decode(text)]
        if found and found[0].issuer == issuer and found[0].corner == Corner.SLIP
    ]
    return len(slips) == 1 and all(size) and covered_share(slips[0], size) >= _ALONE


def lone_links(codes: Iterable[tuple[str, Points]], size: tuple[int, int]) -> tuple[str, ...]:
    """Return the links of a picture that shows one page of a pack, alone, as far as its size says.

    Whose links they are is not known here.
    """
    links = [(text, points) for text, points in codes if text.startswith("https://")]
    shares = [
        WIDTH * HEIGHT * (dist(points[0], points[2]) / hypot(LINK_SIDE, LINK_SIDE)) ** 2
        for _, points in links
    ]
    is_alone = bool(shares) and min(shares) >= _ALONE * size[0] * size[1]
    return tuple(text for text, _ in links) if is_alone else ()


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
