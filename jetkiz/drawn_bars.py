"""How a picture of bars looks: its colours, letters, lines and keys, everywhere the same.

Plain SVG, without a library: it opens in every browser and stays sharp on paper. Blue and orange
(Okabe and Ito) are told apart by colour-blind readers, and the orange bar is hatched as well, so
that a print in black and white says the same.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

BLUE: Final = "#0072b2"
INK: Final = "#1a1a1a"
LINE: Final = 22
"""So far apart are the lines of a title."""
HATCHED: Final = "url(#hatch)"
"""The fill of the orange bars; ``begun`` says what it looks like."""
_ORANGE: Final = "#e69f00"
_PALE: Final = "#c8c8c8"
_FONT: Final = 'font-family="PT Sans, DejaVu Sans, Arial, sans-serif"'
_HATCH: Final = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{_ORANGE}"/>'
    f'<rect width="2" height="6" fill="{INK}" fill-opacity="0.35"/></pattern></defs>'
)


def begun(width: int, height: int, title: str, lines: Sequence[str] = ()) -> list[str]:
    """Begin a picture on white, with its title; its last line has to be ``</svg>``.

    ``lines`` are the title as it is broken on a narrow picture.
    """
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-size="14" {_FONT}>',
        f"<title>{escape(title)}</title>",
        _HATCH,
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(
            written(20, 30 + LINE * number, line, size=16 if lines else 18, weight="bold")
            for number, line in enumerate(lines or (title,))
        ),
    ]


def written(
    x: float, y: float, words: str, *, size: int = 14, anchor: str = "start", weight: str = "normal"
) -> str:
    """Write words from a place on, up to it (``anchor`` is end), or around it (middle)."""
    return (
        f'<text x="{x:.1f}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{INK}">{escape(words)}</text>'
    )


def upright(x: float, top: float, bottom: float) -> str:
    """Draw a pale line of the axis."""
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{_PALE}"/>'


def bar(x: float, y: float, size: tuple[float, int], fill: str) -> str:
    """Draw a bar of so much width and height."""
    return f'<rect x="{x}" y="{y}" width="{size[0]:.1f}" height="{size[1]}" fill="{fill}"/>'


def key(x: float, y: int, words: str, fill: str) -> list[str]:
    """Draw what a fill means."""
    return [
        f'<rect x="{x}" y="{y}" width="22" height="12" fill="{fill}"/>',
        written(x + 30, y + 11, words),
    ]
