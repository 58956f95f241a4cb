"""How envelopes are addressed: sheets of A5, labels to stick on, or the envelope itself.

The sender stands at the left above, the addressee at the right below. Two fields stay free: above
at the right for the mark of payment, below at the left for the postal number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from jetkiz.errors import JetkizError
from jetkiz.fonts.drawing import BOLD, Pen, Style, cut, wrap
from jetkiz.i18n import N_, translator
from print_packs.model import Letter
from print_packs.pages.address_block import Place, draw_address
from print_packs.pages.documents import whole
from print_packs.s10.bars import draw_number, size_of

FRANKING: Final = (74.0, 40.0)
"""Millimetres that stay empty above at the right: for stamps or an imprint."""

NUMBER: Final = (74.0, 26.0)
"""Millimetres below at the left: for the postal number or the counter's sticker."""

SENDER_SHARE: Final = 0.4
_ADDRESSEE_FROM: Final = 0.45
_EDGE: Final = 6.0
_BELOW: Final = 3.0
_SMALL: Final = Style(8)
_NAME: Final = Style(8, BOLD)
_MOST_SENDER_LINES: Final = 6


class Shape(StrEnum):
    """What addresses are printed on."""

    A5 = "a5"  # two sheets of A5 on an A4, as the post's own address sheet
    STICKERS = "a4"  # eight labels of 105 x 74 mm on an A4
    C5 = "c5"
    C4 = "c4"
    DL = "dl"


PAPER: Final = {
    Shape.A5: (210.0, 297.0),
    Shape.STICKERS: (210.0, 297.0),
    Shape.C5: (229.0, 162.0),
    Shape.C4: (324.0, 229.0),
    Shape.DL: (220.0, 110.0),
}
SHAPE_WORDS: Final = {
    Shape.A5: N_("address sheets A5, two on a page"),
    Shape.STICKERS: N_("labels, eight on a page"),
    Shape.C5: N_("envelopes C5"),
    Shape.C4: N_("envelopes C4"),
    Shape.DL: N_("envelopes DL"),
}
_GRID: Final = {Shape.A5: (1, 2), Shape.STICKERS: (2, 4)}


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one envelope; without a postal number its field stays free."""

    to: Letter
    sender: Letter
    language: str
    note: str
    s10: str = ""


def places_on(shape: Shape) -> int:
    """Return how many addresses a page has."""
    columns, rows = _GRID.get(shape, (1, 1))
    return columns * rows


def draw_labels(labels: Sequence[Label], shape: Shape, start: int = 1) -> bytes:
    """Draw labels in their order; the first stands at place ``start`` of a sheet begun before."""
    most = places_on(shape)
    if not 1 <= start <= most:
        raise JetkizError(
            N_("A sheet of this kind has no place {start}."),
            N_("Count from the left above; the last place is {most}."),
            start=start,
            most=most,
        )
    wide, high = PAPER[shape]

    def draw(canvas: Canvas) -> None:
        pen = Pen(canvas, high)
        for at, label in enumerate(labels, start=start - 1):
            if at % most == 0 and at > start - 1:
                canvas.showPage()
            _draw(pen, label, shape, at % most)
        if labels:
            canvas.showPage()

    return whole(draw, (wide * mm, high * mm))


def _draw(pen: Pen, label: Label, shape: Shape, at: int) -> None:
    columns, rows = _GRID.get(shape, (1, 1))
    wide, high = PAPER[shape][0] / columns, PAPER[shape][1] / rows
    field = Place(at % columns * wide, at // columns * high, wide, high)
    if shape == Shape.STICKERS:
        _sticker(pen, label, field)
    else:
        _face(pen, label, field)


def addressee_in(field: Place) -> Place:
    """Return where the addressee stands on an address side."""
    x = field.wide * _ADDRESSEE_FROM
    y = max(FRANKING[1] + 10, field.high * 0.42)
    return Place(field.x + x, field.y + y, field.wide - x - _EDGE, field.high - y - _EDGE - 4)


def _face(pen: Pen, label: Label, field: Place) -> None:
    """Draw an address side: sender, addressee, number of the pack, and the postal number."""
    _sender(pen, label, Place(field.x + _EDGE, field.y + 10, field.wide * SENDER_SHARE - _EDGE, 0))
    draw_address(pen, label.to, addressee_in(field), translator(label.language))
    if label.s10:
        top = field.y + field.high - NUMBER[1] - 2
        draw_number(pen, label.s10, (field.x + _EDGE, top, NUMBER[0]))
    bottom = field.y + field.high - 4
    pen.right(field.x + field.wide - _EDGE, bottom, label.note, _SMALL)
    if field.y:
        pen.rule(field.x, field.y, field.x + 8, grey=0.6)
        pen.rule(field.x + field.wide - 8, field.y, field.x + field.wide, grey=0.6)


def _sender(pen: Pen, label: Label, place: Place) -> None:
    lines = [*label.sender.lines, *label.sender.indexes]
    text = [(part, _NAME) for part in wrap(label.sender.name, _NAME, place.wide)]
    text += [(part, _SMALL) for line in lines for part in wrap(line, _SMALL, place.wide)]
    y = place.y
    for part, style in text[:_MOST_SENDER_LINES]:
        y = pen.lines(place.x, y, [part], style)


def _sticker(pen: Pen, label: Label, field: Place) -> None:
    """Draw a label: whom it is for, in one line whom it is from, and below the postal number."""
    inner = field.wide - 2 * _EDGE
    told = ", ".join((label.sender.name, *label.sender.indexes))
    pen.text(field.x + _EDGE, field.y + 8, cut(told, _SMALL, inner), _SMALL)
    number = size_of(inner)[1] if label.s10 else 0.0
    place = Place(field.x + _EDGE, field.y + 13, inner, field.high - 21 - number)
    draw_address(pen, label.to, place, translator(label.language))
    if label.s10:
        top = field.y + field.high - _BELOW - number
        draw_number(pen, label.s10, (field.x + _EDGE, top, 0))
    pen.right(field.x + field.wide - _EDGE, field.y + field.high - 5, label.note, _SMALL)
