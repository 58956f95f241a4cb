"""The page that a teacher of the demo school set herself: a thermometer to colour, and a table.

She left a note to the secretary on it, as people do: notes are not printed.
"""

from typing import Any, Final

from jetkiz.fonts.drawing import BOLD, Pen, Style
from print_packs.pages.documents import whole

_LEFT: Final = 22.0
_TUBE: Final = (52.0, 62.0, 196.0)
"""Where the middle of the tube stands, its top and its bottom, in millimetres from the top left."""
_WARMEST, _COLDEST = 10, -50
_TABLE: Final = (96.0, 62.0, 92.0)
_DAYS: Final = ("пн", "вт", "ср", "чт", "пт")
_NOTE: Final = "Айгүл, распечатай, пожалуйста, и для 1А!"
_TERMS: Final = "Текст и рисунок: Jetkiz, CC0 1.0"


def thermometer_pages() -> bytes:
    """Return the PDF as it came from her computer; the same bytes each time."""
    return whole(_draw)


def _draw(canvas: Any) -> None:
    pen = Pen(canvas)
    pen.text(_LEFT, 30, "Мороз и термометр", Style(26, BOLD))
    ask = "Утром, днём и вечером посмотри на термометр за окном и запиши, сколько градусов."
    pen.paragraph(_LEFT, 41, ask, Style(13), 165)
    _tube(pen)
    _table(pen)
    pen.paragraph(_LEFT, 222, "Раскрась столбик: сколько градусов сегодня утром?", Style(13), 165)
    pen.text(_LEFT, 234, "Самый холодный день: ________   Самый тёплый день: ________", Style(13))
    pen.text(_LEFT, 268, _TERMS, Style(9, grey=0.3))
    canvas.textAnnotation(_NOTE, Rect=[430, 770, 560, 810], relative=0)


def _tube(pen: Pen) -> None:
    x, top, bottom = _TUBE
    pen.box(x - 4, top - 5, (8, bottom - top + 10), thick=0.5, radius=4)
    pen.box(x - 8, bottom + 1, (16, 16), thick=0.5, radius=8, fill=0.85)
    for degrees in range(_WARMEST, _COLDEST - 1, -5):
        y = top + (bottom - top) * (_WARMEST - degrees) / (_WARMEST - _COLDEST)
        long = degrees % 10 == 0
        pen.rule(x - 4, y, x - (1 if long else 2.5), thick=0.3, grey=0)
        if long:
            sign = "−" if degrees < 0 else ""
            pen.right(x - 6, y + 1.5, f"{sign}{abs(degrees)} °C", Style(12))


def _table(pen: Pen) -> None:
    left, top, wide = _TABLE
    column, row = (wide - 12) / 3, 22.0
    for n, head in enumerate(("утро", "день", "вечер")):
        pen.middle(left + 12 + (n + 0.5) * column, top + 6, head, Style(12, BOLD))
    for n, day in enumerate(_DAYS):
        y = top + 10 + n * row
        pen.text(left, y + row / 2 + 2, day, Style(13, BOLD))
        for place in range(3):
            pen.box(left + 12 + place * column, y, (column, row))
