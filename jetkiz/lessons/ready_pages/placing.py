"""Where a page of any size stands on A4, so that no printer cuts it and the mark has its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

POINT: Final = 72 / 25.4
A4: Final = (210 * POINT, 297 * POINT)
EDGE: Final = 10.0
"""Millimetres at every edge that cheap printers clip."""
FOOT: Final = 15.0
"""Millimetres kept white at the foot of the page: there stands the sequence mark of the pack."""
SMALLEST: Final = 0.5
"""Letters of 12 points become 6: nobody could read smaller ones."""
LARGEST: Final = 1.41
"""A5 becomes A4; anything smaller keeps white around it."""
# Turned, a page must gain this much, or the reader turns the sheet for nothing.
_WORTH_TURNING: Final = 1.2


class Box(NamedTuple):
    """A rectangle in points, from the lower left corner of its page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """How wide it is, in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is, in points."""
        return self.top - self.bottom

    def holds(self, other: "Box") -> bool:
        """Whether another lies inside; half a millimetre is forgiven."""
        room = POINT / 2
        return (
            self.left - room <= other.left
            and self.bottom - room <= other.bottom
            and other.right <= self.right + room
            and other.top <= self.top + room
        )


AREA: Final = Box(EDGE * POINT, FOOT * POINT, A4[0] - EDGE * POINT, A4[1] - EDGE * POINT)


@dataclass(frozen=True, slots=True)
class Placing:
    """How a page is laid on A4: its scale, whether it is turned, and where its origin comes."""

    scale: float
    is_turned: bool
    x: float
    y: float

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """The matrix of a PDF."""
        if self.is_turned:
            return 0.0, self.scale, -self.scale, 0.0, self.x, self.y
        return self.scale, 0.0, 0.0, self.scale, self.x, self.y


def united(boxes: Sequence[Box]) -> Box | None:
    """Return the box around all; None around nothing."""
    if not boxes:
        return None
    left, bottom, right, top = zip(*boxes, strict=True)
    return Box(min(left), min(bottom), max(right), max(top))


def placed(width: float, height: float, ink: Box | None) -> Placing:
    """Lay a page of this size on A4 so that all its ink lies in the print area.

    What fits stays as it is; what does not is moved, then made smaller, and turned where that
    keeps it clearly larger. Small pages grow up to the size of A4.
    """
    ink = ink or Box(0, 0, width, height)
    upright = _scale(width, height, ink.width, ink.height)
    turned = _scale(height, width, ink.height, ink.width)
    is_turned = turned > upright * _WORTH_TURNING
    scale = turned if is_turned else upright
    if is_turned:
        wide, high = height * scale, width * scale
        on_paper = Box(-ink.top * scale, ink.left * scale, -ink.bottom * scale, ink.right * scale)
        origin = wide, 0.0
    else:
        wide, high = width * scale, height * scale
        on_paper = Box(*(edge * scale for edge in ink))
        origin = 0.0, 0.0
    x = (A4[0] - wide) / 2 + origin[0]
    y = (A4[1] - high) / 2 + origin[1]
    return Placing(
        scale,
        is_turned,
        _moved(x, (on_paper.left, on_paper.right), (AREA.left, AREA.right)),
        _moved(y, (on_paper.bottom, on_paper.top), (AREA.bottom, AREA.top)),
    )


def _scale(width: float, height: float, ink_width: float, ink_height: float) -> float:
    """Return how large a page may be: as it is, or as far as it must shrink or may grow."""
    fits = min(AREA.width / max(ink_width, 1.0), AREA.height / max(ink_height, 1.0))
    may_grow = min(A4[0] / width, A4[1] / height, LARGEST)
    return min(fits, max(1.0, may_grow))


def _moved(start: float, ink: tuple[float, float], area: tuple[float, float]) -> float:
    """Move a page as little as is needed for its ink to lie inside the area."""
    if start + ink[0] < area[0]:
        return area[0] - ink[0]
    if start + ink[1] > area[1]:
        return area[1] - ink[1]
    return start
