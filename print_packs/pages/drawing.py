"""How words and lines are put on a page: measured, cut to their width, in fonts that have them."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from jetkiz.fonts import FILES, font_path
from jetkiz.fonts.letters import plain, runs
from print_packs.pages.page_layout import HEIGHT

REGULAR: Final = "PTSans"
BOLD: Final = "PTSans-Bold"
ITALIC: Final = "PTSans-Italic"
ELLIPSIS: Final = "…"
# A quarter of every stream: printers need no letters-only files any more.
rl_config.useA85 = 0


def load_fonts() -> None:
    """Make our fonts known to the PDF library; doing it again changes nothing."""
    known = set(pdfmetrics.getRegisteredFontNames())
    for name in FILES:
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(font_path(name))))


@dataclass(frozen=True, slots=True)
class Style:
    """Letters: size in points, font, and how dark (0 black, 1 white)."""

    size: float = 11
    font: str = REGULAR
    grey: float = 0

    @property
    def leading(self) -> float:
        """The distance of lines in millimetres."""
        return self.size * 1.3 / mm


@lru_cache(maxsize=16_384)
def width_of(text: str, style: Style) -> float:
    """Return how wide a line is, in millimetres."""
    points = sum(
        pdfmetrics.stringWidth(part, font, style.size) for font, part in runs(text, style.font)
    )
    return float(points) / mm


def cut(text: str, style: Style, width: float) -> str:
    """Shorten a line to a width, by measure and not by letters."""
    line = plain(text)
    if width_of(line, style) <= width:
        return line
    while line and width_of(line + ELLIPSIS, style) > width:
        line = line[:-1].rstrip()
    return line + ELLIPSIS


def fitting(text: str, style: Style, width: float, least: float) -> Style:
    """Return the style in smaller letters, if it must be, so that a line has its width."""
    wide = width_of(plain(text), style)
    return replace(style, size=max(least, style.size * min(1.0, width / wide))) if wide else style


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Break text into lines of a width; a word wider than a line is broken too."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in plain(paragraph).split():
            joined = f"{line} {word}".strip()
            if width_of(joined, style) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, style, width)
            lines += full
        lines.append(line)
    return lines


def _broken(word: str, style: Style, width: float) -> list[str]:
    parts, part = [], ""
    for letter in word:
        if part and width_of(part + letter, style) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


class Pen:
    """Draws on the current page of a canvas; millimetres from the top left corner."""

    def __init__(self, canvas: Canvas, height: float = HEIGHT) -> None:
        self.canvas = canvas
        self._height = height

    def text(self, x: float, y: float, text: str, style: Style) -> None:
        """Write a line that begins at ``x`` on the base line ``y``."""
        self.canvas.setFillGray(style.grey)
        at = x * mm
        for font, part in runs(text, style.font):
            self.canvas.setFont(font, style.size)
            self.canvas.drawString(at, (self._height - y) * mm, part)
            at += pdfmetrics.stringWidth(part, font, style.size)

    def right(self, x: float, y: float, text: str, style: Style) -> None:
        """Write a line that ends at ``x``."""
        self.text(x - width_of(text, style), y, text, style)

    def middle(self, x: float, y: float, text: str, style: Style) -> None:
        """Write a line around ``x``."""
        self.text(x - width_of(text, style) / 2, y, text, style)

    def lines(self, x: float, y: float, lines: list[str], style: Style) -> float:
        """Write lines below each other; return the base line of the next."""
        for line in lines:
            self.text(x, y, line, style)
            y += style.leading
        return y

    def paragraph(self, x: float, y: float, text: str, style: Style, width: float) -> float:
        """Write text broken to ``width``; return the base line of the next."""
        return self.lines(x, y, wrap(text, style, width), style)

    def rule(self, x1: float, y: float, x2: float, thick: float = 0.2, grey: float = 0.5) -> None:
        """Draw a level line."""
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(thick * mm)
        self.canvas.line(x1 * mm, (self._height - y) * mm, x2 * mm, (self._height - y) * mm)

    def ruling(self, x1: float, x2: float, heights: list[float]) -> None:
        """Draw the grey lines of a page to write on, as one stroke."""
        lines = (
            f"{x1 * mm:.2f} {(self._height - y) * mm:.2f} m {x2 * mm:.2f} "
            f"{(self._height - y) * mm:.2f} l"
            for y in heights
        )
        self.canvas.setStrokeGray(0.7)
        self.canvas.setLineWidth(0.2 * mm)
        self.canvas.drawPath(PDFPathObject([" ".join(lines)]), stroke=1, fill=0)

    def box(
        self,
        x: float,
        y: float,
        size: tuple[float, float],
        *,
        fill: float | None = None,
        thick: float = 0.3,
        radius: float = 0,
    ) -> None:
        """Draw a frame whose top left corner is ``x``, ``y``; ``fill`` is a grey."""
        wide, high = size
        self.canvas.setStrokeGray(0.3)
        self.canvas.setLineWidth(thick * mm)
        if fill is not None:
            self.canvas.setFillGray(fill)
        self.canvas.roundRect(
            x * mm,
            (self._height - y - high) * mm,
            wide * mm,
            high * mm,
            radius * mm,
            stroke=int(thick > 0),
            fill=int(fill is not None),
        )
