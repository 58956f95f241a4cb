"""How the page for the adult shows the codes that join a telephone to each child."""

from typing import Final

from jetkiz.fonts.drawing import BOLD, Pen, Style, cut
from jetkiz.i18n import Translator
from jetkiz.roster.code_terms import USES, VALID_FOR
from print_packs.model import ChildPart, HomeCode, Pack
from print_packs.pages.code_marks import draw_link
from print_packs.pages.page_layout import BOTTOM, LEFT, RIGHT

_COLUMNS: Final = 3
_HIGH: Final = 25.0
LINK_SIDE: Final = 21.0
"""Millimetres of a square."""
_WIDE: Final = (RIGHT - LEFT) / _COLUMNS


def draw_home_codes(pen: Pen, pack: Pack, t: Translator, y: float) -> None:
    """Draw a square and letters for each child, from ``y`` millimetres down; none without a bot."""
    codes = [(child, child.code) for child in pack.children if child.code]
    if not codes:
        return
    y = pen.paragraph(LEFT, y, t("Lessons in Telegram"), Style(15, BOLD), RIGHT - LEFT)
    words = t(
        "Point the telephone's camera at the child's square, or write to {bot} and send the "
        "letters beside it. A code holds for {days} days and {uses} telephones: show it to nobody "
        "outside the home.",
        bot=codes[0][1].bot,
        days=VALID_FOR.days,
        uses=USES,
    )
    y = pen.paragraph(LEFT, y + 0.5, words, Style(11), RIGHT - LEFT) + 1
    most = max(int((BOTTOM - y) // _HIGH), 1) * _COLUMNS
    for number, (child, code) in enumerate(codes[:most]):
        row, column = divmod(number, _COLUMNS)
        _draw(pen, child, code, (LEFT + column * _WIDE, y + row * _HIGH))
    if codes[most:]:
        names = ", ".join(child.name for child, _ in codes[most:])
        left_out = t("Ask the school for the codes of: {names}.", names=names)
        rows = -(-most // _COLUMNS)
        style = Style(10)
        pen.text(LEFT, y + rows * _HIGH + 3, cut(left_out, style, RIGHT - LEFT), style)


def _draw(pen: Pen, child: ChildPart, code: HomeCode, place: tuple[float, float]) -> None:
    left, top = place
    draw_link(pen, code.link, (left, top, LINK_SIDE))
    room = _WIDE - LINK_SIDE - 6
    name, letters = Style(11.5, BOLD), Style(11.5)
    pen.text(left + LINK_SIDE + 3, top + 9, cut(child.name, name, room), name)
    pen.text(left + LINK_SIDE + 3, top + 15, code.typed, letters)
