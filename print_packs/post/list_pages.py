"""How lists look on paper: landscape, in two copies, with places for names, seal and date-stamp."""

from collections.abc import Iterable, Sequence
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, wrap
from jetkiz.i18n import N_
from print_packs.pages.documents import whole
from print_packs.post.kazpost_registry import ItemList, form_of
from print_packs.post.list_form import HeadLine, ListForm, both

_HEIGHT: Final = 210.0
_LEFT: Final = 18.0
_RIGHT: Final = 279.0
_LAST_ROW: Final = 201.0
_PAGE_LINE: Final = 204.5
_GAP: Final = 2.0
_CELL: Final = Style(8)
_HEAD: Final = Style(7, BOLD)
_PAD: Final = 0.9
_TOP: Final = 24.0
_NEXT_TOP: Final = 16.0
_FEW_LINES: Final = 6
_LABEL: Final = Style(7.5, ITALIC, 0.25)
_VALUE: Final = Style(8)
_BETWEEN: Final = 0.2
_STAMP: Final = 35.0
_SIGNER: Final = 16.0
_SIGNING: Final = 104.0

Cells = tuple[list[list[str]], float]
"""The lines of every cell of a row, and the height of the row in millimetres."""


def draw_lists(lists: Iterable[ItemList]) -> bytes:
    """Draw every list of packs."""
    return draw_forms(map(form_of, lists))


def draw_forms(forms: Iterable[ListForm]) -> bytes:
    """Draw every form, in as many copies as it needs."""

    def draw(canvas: Canvas) -> None:
        for one in forms:
            pages = _ListPages(canvas, one)
            for copy in range(1, one.copies + 1):
                pages.draw(f"{copy}/{one.copies}" if one.copies > 1 else "")

    return whole(draw, landscape(A4))


class _ListPages:
    """The pages of one list: measured once, drawn as often as copies are wanted."""

    def __init__(self, canvas: Canvas, one: ListForm) -> None:
        self._pen = Pen(canvas, _HEIGHT)
        self._list = one
        columns = [one.columns[n] for n in one.printed]
        share = (_RIGHT - _LEFT) / sum(column.width for column in columns)
        self._edges = [_LEFT]
        for column in columns:
            self._edges.append(self._edges[-1] + column.width * share)
        self._header = _HeaderBlock(one.header)
        headings = [one.headings[n].replace(" / ", "\n") for n in one.printed]
        self._head = self._measured(headings, _HEAD)
        self._pages = self._shared_out()

    def draw(self, copy: str) -> None:
        pen = self._pen
        for number, rows in enumerate(self._pages, start=1):
            y = self._top() if number == 1 else _NEXT_TOP
            y = self._table([self._head], y, _HEAD)
            y = self._table(rows, y, _CELL)
            if number == len(self._pages):
                self._footer(max(y + _GAP, _LAST_ROW - self._foot))
            page = f"{both(N_('Page'))} {number}/{len(self._pages)}"
            pen.right(_RIGHT, _PAGE_LINE, " · ".join(p for p in (copy, page) if p), Style(8))
            pen.text(_LEFT, _PAGE_LINE, self._list.name, Style(8))
            pen.canvas.showPage()

    @property
    def _foot(self) -> float:
        """Millimetres that the sums and the places to sign take."""
        totals = 6 * len(self._list.totals)
        if self._list.is_stamped:
            # Who gives and who takes sign side by side, so that a short list keeps to one page.
            return max(totals + _SIGNER, _STAMP)
        return totals + _SIGNER * len(self._list.signers) + 4

    def _measured(self, cells: Sequence[str], style: Style) -> Cells:
        lines = [
            wrap(cell, style, right - left - 2 * _PAD)
            for cell, left, right in zip(cells, self._edges, self._edges[1:], strict=False)
        ]
        most = max(map(len, lines))
        least = self._list.least_row if style is _CELL else 0.0
        return lines, max(most * style.leading + 2 * _PAD, least)

    def _shared_out(self) -> list[list[Cells]]:
        """Share the rows out over pages; the last one keeps room for the signatures."""
        pages: list[list[Cells]] = [[]]
        y = _TOP + self._header.high + self._head[1]
        for row in self._list.rows:
            cells = self._measured([row[n] for n in self._list.printed], _CELL)
            if y + cells[1] > _LAST_ROW:
                pages.append([])
                y = _NEXT_TOP + self._head[1]
            pages[-1].append(cells)
            y += cells[1]
        if y + _GAP + self._foot > _LAST_ROW and len(pages[-1]) > 1:
            pages.append([pages[-1].pop()])
        return pages

    def _top(self) -> float:
        for number, part in enumerate(self._list.title.split(" / ")):
            self._pen.text(_LEFT, 13 + 5.5 * number, part, Style(12, BOLD))
        self._header.draw(self._pen)
        return _TOP + self._header.high

    def _table(self, rows: Sequence[Cells], y: float, style: Style) -> float:
        """Draw rows below each other and the lines around them, all lines in one stroke."""
        strokes = [(_LEFT, y, _RIGHT, y)]
        for lines, height in rows:
            for cell, left in zip(lines, self._edges, strict=False):
                self._pen.lines(left + _PAD, y + _PAD + style.leading * 0.75, cell, style)
            strokes += [(edge, y, edge, y + height) for edge in self._edges]
            y += height
            strokes.append((_LEFT, y, _RIGHT, y))
        canvas = self._pen.canvas
        canvas.setStrokeGray(0.3)
        canvas.setLineWidth(0.15 * mm)
        canvas.lines(
            [(a * mm, (_HEIGHT - b) * mm, c * mm, (_HEIGHT - d) * mm) for a, b, c, d in strokes]
        )
        return y

    def _footer(self, y: float) -> None:
        pen = self._pen
        for number, one in enumerate(self._list.totals):
            value = one.value or "_" * 14
            pen.text(_LEFT, y + 2 + 6 * number, f"{one.heading}: {value}", Style(9.5, BOLD))
        if self._list.is_stamped:
            self._stamps(y)
        first = y + 6 * len(self._list.totals) + 9
        for number, words in enumerate(self._list.signers):
            if self._list.is_stamped:
                self._line(_LEFT + (_SIGNING + 6) * number, first, _SIGNING, words)
            else:
                self._line(_LEFT, first + _SIGNER * number, 130, words)

    def _stamps(self, y: float) -> None:
        pen = self._pen
        pen.text(_LEFT + 150, y + 13, both(N_("Place of the seal")), Style(8, ITALIC, 0.3))
        pen.box(_RIGHT - _STAMP, y, (_STAMP, _STAMP), thick=0.2)
        for number, part in enumerate(both(N_("Date-stamp")).split(" / ")):
            pen.middle(_RIGHT - _STAMP / 2, y + 16 + 4 * number, part, Style(8, ITALIC, 0.3))

    def _line(self, left: float, y: float, wide: float, label: str) -> None:
        self._pen.rule(left, y, left + wide, grey=0.2)
        words = Style(7.5, ITALIC, 0.3)
        self._pen.lines(left, y + 3.2, wrap(both(label), words, wide), words)


class _HeaderBlock:
    """The lines above a table: one column of them, or two if there are many."""

    def __init__(self, lines: Sequence[HeadLine]) -> None:
        columns = 1 if len(lines) <= _FEW_LINES else 2
        per = -(-len(lines) // columns)
        self._columns = [lines[n * per : (n + 1) * per] for n in range(columns)]
        self._wide = (_RIGHT - _LEFT) / columns
        self._label = 60.0
        self._measured = [
            [(one.heading, self._lines(one.value)) for one in part] for part in self._columns
        ]
        self.high = 2 + max(
            sum(_VALUE.leading * len(lines) + _BETWEEN for _, lines in part)
            for part in self._measured
        )

    def _lines(self, value: str) -> list[str]:
        return wrap(value, _VALUE, self._wide - self._label - 3) or [""]

    def draw(self, pen: Pen) -> None:
        for number, part in enumerate(self._measured):
            x, y = _LEFT + number * self._wide, _TOP
            for heading, lines in part:
                pen.text(x, y, f"{heading}:", _LABEL)
                y = pen.lines(x + self._label, y, lines, _VALUE) + _BETWEEN
