"""Where the bubbles of a quiz stand on its sheet; drawing and reading ask the same place.

Millimetres. A block has its own four marks, and everything in it is measured from them: from the
middle of the upper left mark to the right and down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

LAYOUT: Final = 1
"""Sheets lie at homes for weeks: whoever changes a number here gives the next layout its number."""

MARK: Final = 6.0
"""Side of a mark."""
RING: Final = 3.0
"""Radius of a bubble, to the middle of its line."""
LINE: Final = 0.35
LETTER_GAP: Final = 5.2
"""From the middle of a bubble to the middle of its letter, to the left."""
NUMBER_GAP: Final = 9.0
"""From the middle of the first bubble to the end of the question's number, to the left."""

BLOCK_LEFT: Final = 23.0
BLOCK_TOP: Final = 72.0
"""Where the middle of the upper left mark stands on the page."""
_WIDTH: Final = 164.0
_FIRST_BUBBLE: Final = 20.0
_OPTION: Final = 12.0
_EDGE: Final = 11.0
_ROW: Final = 11.0
_ROWS: Final = 160.0
"""Room of all rows, from the first to the last."""
_SINGLE: Final = 10
"""So many questions stand below each other; more stand in two columns if their options fit."""
_NARROW: Final = 5

MOST_QUESTIONS: Final = 20
MOST_OPTIONS: Final = 10


@dataclass(frozen=True, slots=True)
class Bubble:
    """The middle of one bubble, and of which question and option it is; both count from 0."""

    question: int
    option: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Block:
    """A block of bubbles: how wide and high it is between the middles of its marks."""

    width: float
    height: float
    bubbles: tuple[Bubble, ...]

    @property
    def marks(self) -> tuple[tuple[float, float], ...]:
        """The middles of the four marks: upper left, upper right, lower right, lower left."""
        wide, high = self.width, self.height
        return (0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)

    @property
    def questions(self) -> int:
        """How many questions the block has."""
        return self.bubbles[-1].question + 1


def fits(options: Sequence[int]) -> bool:
    """Say whether a quiz with so many options a question can be answered on one sheet."""
    return 0 < len(options) <= MOST_QUESTIONS and max(options) <= MOST_OPTIONS


def block_of(options: Sequence[int]) -> Block:
    """Lay out the bubbles of a quiz; ``options`` counts the options of each question."""
    columns = 2 if len(options) > _SINGLE and max(options) <= _NARROW else 1
    rows = ceil(len(options) / columns)
    step = min(_ROW, _ROWS / max(rows - 1, 1))
    bubbles = tuple(
        Bubble(
            question=number,
            option=option,
            x=number // rows * _WIDTH / columns + _FIRST_BUBBLE + option * _OPTION,
            y=_EDGE + number % rows * step,
        )
        for number, count in enumerate(options)
        for option in range(count)
    )
    return Block(_WIDTH, 2 * _EDGE + (rows - 1) * step, bubbles)
