"""How an address looks on paper: name, street, settlement, district, region, and the index last."""

from dataclasses import dataclass
from typing import Final

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, cut, wrap
from jetkiz.i18n import Translator
from print_packs.model import Letter

MOST_LINES: Final = 8
LEAST_INDEX: Final = 14.0
_INDEX: Final = Style(16, BOLD)
_LEAST: Final = Style(LEAST_INDEX, BOLD)
_SCALES: Final = (1.0, 0.9, 0.8, 0.7)
_FEWEST_LINES: Final = 4
# First the letters get smaller; only where that is not enough, lines are cut.
_SIZES: Final = (
    *((scale, MOST_LINES) for scale in _SCALES),
    *((_SCALES[-1], most) for most in range(MOST_LINES - 1, _FEWEST_LINES - 1, -1)),
)
_LABEL: Final = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: its left upper corner and how far it may reach, in millimetres."""

    x: float
    y: float
    wide: float
    high: float


def draw_address(pen: Pen, letter: Letter, place: Place, t: Translator) -> None:
    """Draw an address in the order of the post, in smaller letters if its place is small.

    The index keeps its size: machines and people sort by it.
    """
    pen.text(place.x, place.y, t("Addressee"), Style(9, ITALIC, 0.35))
    scale, most = next((s for s in _SIZES if _height(letter, place, *s) <= place.high), _SIZES[-1])
    y = place.y + _LABEL
    for text, style in _lines(letter, place, scale, most):
        y = pen.lines(place.x, y, [text], style)
    for number, index in enumerate(letter.indexes):
        style = _INDEX if scale == 1 else _LEAST
        y += style.leading if number else style.leading * 0.5
        pen.text(place.x, y, " ".join(index), style)


def _lines(letter: Letter, place: Place, scale: float, most: int) -> list[tuple[str, Style]]:
    """Return the lines above the index, ``most`` of them: of a longer block the last is cut."""
    name, line = Style(13 * scale, BOLD), Style(11.5 * scale)
    found = [(part, name) for part in wrap(letter.name, name, place.wide)]
    rest = [*((f"({letter.care_of})",) if letter.care_of else ()), *letter.lines]
    found += [(part, line) for text in rest for part in wrap(text, line, place.wide)]
    if len(found) <= most:
        return found
    joined = " ".join(text for text, _ in found[most - 1 :])
    return [*found[: most - 1], (cut(joined, line, place.wide), line)]


def _height(letter: Letter, place: Place, scale: float, most: int) -> float:
    """How far a block reaches down, with its indexes, in millimetres."""
    index = _INDEX if scale == 1 else _LEAST
    above = sum(style.leading for _, style in _lines(letter, place, scale, most))
    return _LABEL + above + index.leading * (len(letter.indexes) + 0.2)
