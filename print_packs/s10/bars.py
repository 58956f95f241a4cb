"""How a postal number looks on a label or an envelope: Code 128, white around, the number below.

The module is 0.33 mm wide, which a scanner reads from 150 dpi on, and 0.42 mm where there is room.
The bars are 15 mm high; S10 wants 12.5 mm and 15 % of their width, and ten modules of white.
"""

from typing import Any, Final

from reportlab.graphics.barcode.code128 import Code128

from jetkiz.fonts.drawing import BOLD, Pen, Style
from print_packs.s10.numbers import SPECIMEN, fmt

HIGH: Final = 15.0
WIDE_MODULE: Final = 0.42
MODULE: Final = 0.33
_QUIET: Final = 10
_MODULES: Final = 156
_TEXT: Final = Style(9.5, BOLD)
_SPECIMEN: Final = Style(22, BOLD, 0.3)


def size_of(width: float) -> tuple[float, float]:
    """Return how wide and high a number is where ``width`` millimetres are free, white included."""
    return (_MODULES + 2 * _QUIET) * module_in(width), HIGH + _TEXT.leading + 1


def module_in(width: float) -> float:
    """Return the width of a module in millimetres: the larger one if there is room for it."""
    return WIDE_MODULE if width >= (_MODULES + 2 * _QUIET) * WIDE_MODULE else MODULE


def draw_number(pen: Pen, number: str, place: tuple[float, float, float]) -> None:
    """Draw a number of 13 characters; place: left, top, free width, in millimetres.

    A rehearsal's number is a word without bars. Without a number nothing is drawn: the counter
    puts its own sticker there.
    """
    left, top, width = place
    middle = left + size_of(width)[0] / 2
    if number == SPECIMEN:
        pen.middle(middle, top + HIGH * 0.7, SPECIMEN, _SPECIMEN)
    elif number:
        module = module_in(width)
        for start, wide in _bars(number):
            x = left + (_QUIET + start) * module
            pen.box(x, top, (wide * module, HIGH), fill=0, thick=0)
        pen.middle(middle, top + HIGH + _TEXT.leading, fmt(number), _TEXT)


def _bars(number: str) -> list[tuple[int, int]]:
    """Return where each bar begins and how wide it is, in modules."""
    symbol: Any = Code128(number)
    symbol.validate()
    symbol.encode()
    symbol.decompose()
    found, at = [], 0
    for letter in symbol.decomposed:
        wide = ord(letter.upper()) - ord("A") + 1
        if letter.isupper():
            found.append((at, wide))
        at += wide
    return found
