"""How words and lines are put on a page: measured, cut to their width, in fonts that have them."""

import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts import FILES, font_path
from jetkiz.fonts.letters import plain, runs

REGULAR: Final = "PTSans"
BOLD: Final = "PTSans-Bold"
ITALIC: Final = "PTSans-Italic"
ELLIPSIS: Final = "…"
A4_HEIGHT: Final = 297.0
# Codes are given in this order: what is rare comes first, for the first 32 take four bytes each.
_OWN_LETTERS: Final = (
    string.ascii_lowercase
    + "$*&_@="
    + " 0123456789"
    + "".join(chr(code) for code in range(ord("а"), ord("я") + 1))
    + "әғқңөұүһіё"
    + ".,-–:·/…"
    + "".join(chr(code) for code in range(ord("А"), ord("Я") + 1))
    + "ӘҒҚҢӨҰҮҺІЁ"
    + string.ascii_uppercase
    + ";()«»№+%?!'—"
)
# How far the handles of a curve reach that looks like a quarter of a circle.
_BOW: Final = 0.5523
# A quarter of every stream: printers need no letters-only files any more.
rl_config.useA85 = 0


def load_fonts() -> None:
    """Make our fonts known to the PDF library; doing it again changes nothing."""
    known = set(pdfmetrics.getRegisteredFontNames())
    for name in FILES:
        if name not in known:
            # Codes in the order of first use: a Cyrillic letter takes one byte and not four.
            pdfmetrics.registerFont(TTFont(name, str(font_path(name)), asciiReadable=False))


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


class _Widths(dict[str, float]):
    """How wide each letter of a font is, in thousandths of its size; looked up once a letter."""

    def __init__(self, font: str) -> None:
        load_fonts()
        known: Any = pdfmetrics.getFont(font)
        self._face: Any = known.face

    def __missing__(self, letter: str) -> float:
        width = float(self._face.getCharWidth(ord(letter)))
        self[letter] = width
        return width


@cache
def _widths(font: str) -> _Widths:
    return _Widths(font)


@lru_cache(maxsize=2048)
def width_of(text: str, style: Style) -> float:
    """Return how wide a line is, in millimetres."""
    wide = sum(sum(map(_widths(font).__getitem__, part)) for font, part in runs(text, style.font))
    return wide * 0.001 * style.size / mm


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
    return list(_wrapped(text, style, width))


@lru_cache(maxsize=1024)
def _wrapped(text: str, style: Style, width: float) -> tuple[str, ...]:
    lines: list[str] = []
    space = width_of(" ", style)
    for paragraph in text.splitlines():
        line, wide = "", 0.0
        for word in plain(paragraph).split():
            own = width_of(word, style)
            if line and wide + space + own <= width:
                line, wide = f"{line} {word}", wide + space + own
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, style, width) if own > width else (word,)
            lines += full
            wide = width_of(line, style)
        lines.append(line)
    return tuple(lines)


def _broken(word: str, style: Style, width: float) -> list[str]:
    parts, part = [], ""
    for letter in word:
        if part and width_of(part + letter, style) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


class _Letters(dict[int, str]):
    """What a document writes for each letter of a font: its own code, found once a letter."""

    def __init__(self, canvas: Canvas, font: str, size: float) -> None:
        self._font: Any = pdfmetrics.getFont(font)
        # The fonts ask for the document, as their manual says; it has no other name.
        self._document: Any = canvas._doc  # type: ignore[attr-defined] # noqa: SLF001
        self._size = f"{size:.4g}"
        self._split(" ")
        self.begin = self._chosen(0)

    def _split(self, letter: str) -> tuple[int, bytes]:
        part: tuple[int, bytes] = self._font.splitString(letter, self._document)[0]
        return part

    def _chosen(self, subset: int) -> str:
        name = self._font.getSubsetInternalName(subset, self._document)
        return f"{name} {self._size} Tf "

    def __missing__(self, code: int) -> str:
        subset, (byte,) = self._split(chr(code))
        plain_letter = 32 <= byte < 127 and byte not in b"()\\"
        written = chr(byte) if plain_letter else f"\\{byte:03o}"
        if subset:
            # Beyond 250 letters a font goes on under another name.
            written = f") Tj {self._chosen(subset)}({written}) Tj {self.begin}("
        self[code] = written
        return written


_LETTERS: Final[WeakKeyDictionary[Canvas, dict[tuple[str, float], _Letters]]] = WeakKeyDictionary()


class Pen:
    """Draws on the current page of a canvas; millimetres from the top left corner."""

    def __init__(self, canvas: Canvas, height: float = A4_HEIGHT) -> None:
        self.canvas = canvas
        self.write: Callable[[str], object] = canvas.addLiteral
        """Takes what is drawn; a run gives each page a list of its own."""
        self._height = height
        self._letters = _LETTERS.setdefault(canvas, {})

    def text(self, x: float, y: float, text: str, style: Style) -> None:
        """Write a line that begins at ``x`` on the base line ``y``."""
        shown = []
        for font, part in runs(text, style.font):
            letters = self._letters.get((font, style.size)) or self._begun(font, style.size)
            shown.append(f"{letters.begin}({part.translate(letters)}) Tj")
        self.write(
            f"BT {style.grey:g} g 1 0 0 1 {x * mm:.2f} {(self._height - y) * mm:.2f} Tm "
            f"{' '.join(shown)} ET"
        )

    def prepare(self, font: str, letters: str) -> None:
        """Give letters of a font their codes in the document."""
        known: Any = pdfmetrics.getFont(font)
        known.splitString(letters, self.canvas._doc)  # type: ignore[attr-defined] # noqa: SLF001

    def _begun(self, font: str, size: float) -> _Letters:
        letters = self._letters[font, size] = _Letters(self.canvas, font, size)
        return letters

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
        self._stroke([(x1, y, x2)], thick, grey)

    def ruling(self, x1: float, x2: float, heights: list[float]) -> None:
        """Draw the grey lines of a page to write on, as one stroke."""
        self._stroke([(x1, y, x2) for y in heights], 0.2, 0.7)

    def _stroke(self, lines: list[tuple[float, float, float]], thick: float, grey: float) -> None:
        path = " ".join(
            f"{x1 * mm:.2f} {(self._height - y) * mm:.2f} m "
            f"{x2 * mm:.2f} {(self._height - y) * mm:.2f} l"
            for x1, y, x2 in lines
        )
        self.write(f"{grey:g} G {thick * mm:.3g} w {path} S")

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
        paint = "f" if not thick else "S" if fill is None else "B"
        grey = "" if fill is None else f"{fill:g} g "
        path = _frame(x * mm, (self._height - y - high) * mm, wide * mm, high * mm, radius * mm)
        self.write(f"0.3 G {thick * mm:.3g} w {grey}{path} {paint}")


def prepare_letters(pen: Pen) -> None:
    """Give the letters of our languages their codes before any is used.

    So a page is the same bytes whatever else lies in its document.
    """
    for font in (REGULAR, BOLD, ITALIC):
        pen.prepare(font, _OWN_LETTERS)


def _frame(left: float, low: float, wide: float, high: float, radius: float) -> str:
    """Write the path of a frame; its corners are quarters of a circle, as four curves."""
    if not radius:
        return f"{left:.2f} {low:.2f} {wide:.2f} {high:.2f} re"
    right, top, bow = left + wide, low + high, radius * (1 - _BOW)
    return (
        f"{left + radius:.2f} {low:.2f} m {right - radius:.2f} {low:.2f} l "
        f"{right - bow:.2f} {low:.2f} {right:.2f} {low + bow:.2f} {right:.2f} {low + radius:.2f} c "
        f"{right:.2f} {top - radius:.2f} l "
        f"{right:.2f} {top - bow:.2f} {right - bow:.2f} {top:.2f} {right - radius:.2f} {top:.2f} c "
        f"{left + radius:.2f} {top:.2f} l "
        f"{left + bow:.2f} {top:.2f} {left:.2f} {top - bow:.2f} {left:.2f} {top - radius:.2f} c "
        f"{left:.2f} {low + radius:.2f} l "
        f"{left:.2f} {low + bow:.2f} {left + bow:.2f} {low:.2f} {left + radius:.2f} {low:.2f} c h"
    )
