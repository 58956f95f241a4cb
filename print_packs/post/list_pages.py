"""How lists look on paper: landscape, in two copies, with places for names, seal and date-stamp."""

from collections.abc import Sequence
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from jetkiz.i18n import N_
from print_packs.pages.documents import whole
from print_packs.pages.drawing import BOLD, ITALIC, Pen, Style, wrap
from print_packs.post.kazpost_registry import ItemList, form_of
from print_packs.post.list_form import ListForm, both

_LEFT: Final = 18.0
_RIGHT: Final = 279.0
_LAST_ROW: Final = 196.0
_FOOTER: Final = 42.0
_CELL: Final = Style(8.5)
_HEAD: Final = Style(7.5, BOLD)
_PAD: Final = 1.2
_TOP: Final = 27.0
_HEADER_LINE: Final = 4.6


def draw_lists(lists: Sequence[ItemList]) -> bytes:
    """Draw every list of packs."""
    return draw_forms([form_of(one) for one in lists])


def draw_forms(forms: Sequence[ListForm]) -> bytes:
    """Draw every form, in as many copies as it needs."""

    def draw(canvas: Canvas) -> None:
        for one in forms:
            for copy in range(1, one.copies + 1):
                _ListPages(canvas, one, f"{copy}/{one.copies}" if one.copies > 1 else "").draw()

    return whole(draw, landscape(A4))


class _ListPages:
    """Draws the pages of one copy of one list."""

    def __init__(self, canvas: Canvas, one: ListForm, copy: str) -> None:
        self._pen = Pen(canvas, 210)
        self._list = one
        self._copy = copy
        share = (_RIGHT - _LEFT) / sum(column.width for column in one.columns)
        self._widths = [column.width * share for column in one.columns]

    def draw(self) -> None:
        pages = self._pages()
        for number, rows in enumerate(pages, start=1):
            y = self._top() if number == 1 else 16.0
            y = self._cells(self._headings(), y, _HEAD)
            for row in rows:
                y = self._cells(row, y, _CELL)
            if number == len(pages):
                self._footer(max(y + 6, _LAST_ROW - _FOOTER))
            page = f"{both(N_('Page'))} {number}/{len(pages)}"
            self._pen.right(_RIGHT, 203, " · ".join(p for p in (self._copy, page) if p), Style(8))
            self._pen.text(_LEFT, 203, self._list.name, Style(8))
            self._pen.canvas.showPage()

    def _headings(self) -> list[str]:
        return [heading.replace(" / ", "\n") for heading in self._list.headings]

    def _pages(self) -> list[list[tuple[str, ...]]]:
        """Share the rows out over pages; the last one keeps room for the signatures."""
        head = self._height(self._headings(), _HEAD)
        pages: list[list[tuple[str, ...]]] = [[]]
        y = _TOP + len(self._list.header) * _HEADER_LINE + head
        for row in self._list.rows:
            height = self._height(row, _CELL)
            if y + height > _LAST_ROW:
                pages.append([])
                y = 16.0 + head
            pages[-1].append(row)
            y += height
        if y + _FOOTER > _LAST_ROW and len(pages[-1]) > 1:
            pages.append([pages[-1].pop()])
        return pages

    def _top(self) -> float:
        one, pen = self._list, self._pen
        kazakh, russian = one.title.split(" / ")
        pen.text(_LEFT, 15, kazakh, Style(12, BOLD))
        pen.text(_LEFT, 20.5, russian, Style(12, BOLD))
        y = _TOP
        for heading, value in one.header:
            pen.text(_LEFT, y, f"{heading}:", Style(8.5, ITALIC, 0.25))
            pen.text(_LEFT + 78, y, value, Style(9.5))
            y += _HEADER_LINE
        return y

    def _lines(self, cells: Sequence[str], style: Style) -> list[list[str]]:
        return [
            wrap(cell, style, width - 2 * _PAD)
            for cell, width in zip(cells, self._widths, strict=True)
        ]

    def _height(self, cells: Sequence[str], style: Style) -> float:
        most = max(len(lines) for lines in self._lines(cells, style))
        least = self._list.least_row if style is _CELL else 0.0
        return max(most * style.leading + 2 * _PAD, least)

    def _cells(self, cells: Sequence[str], y: float, style: Style) -> float:
        height = self._height(cells, style)
        x = _LEFT
        for lines, width in zip(self._lines(cells, style), self._widths, strict=True):
            self._pen.box(x, y, (width, height), thick=0.15)
            self._pen.lines(x + _PAD, y + _PAD + style.leading * 0.75, lines, style)
            x += width
        return y + height

    def _footer(self, y: float) -> None:
        if self._list.is_stamped:
            self._stamps(y)
        first = y + (16 if self._list.is_stamped else 12)
        for number, words in enumerate(self._list.signers):
            self._line(first + 16 * number, words, _LEFT)

    def _stamps(self, y: float) -> None:
        pen = self._pen
        total = f"{both(N_('Items in all'))}: {len(self._list.rows)}"
        pen.text(_LEFT, y + 2, total, Style(10, BOLD))
        pen.text(_LEFT + 150, y + 20, both(N_("Place of the seal")), Style(8, ITALIC, 0.3))
        pen.box(_RIGHT - 35, y, (35, 35), thick=0.2)
        for number, part in enumerate(both(N_("Date-stamp")).split(" / ")):
            pen.middle(_RIGHT - 17.5, y + 16 + 4 * number, part, Style(8, ITALIC, 0.3))

    def _line(self, y: float, label: str, x: float) -> None:
        self._pen.rule(x, y, x + 130, grey=0.2)
        self._pen.text(x, y + 4, both(label), Style(8, ITALIC, 0.3))
