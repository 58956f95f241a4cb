"""The comparison as a picture: a pair of bars a policy, with the spread over drawn truths.

Plain SVG, without a library: it opens in every browser and stays sharp on paper. Blue and orange
(Okabe and Ito) are told apart by colour-blind readers, and the returned bar is hatched as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from scheduler.simulator.scores import Spread

WIDTH: Final = 960
LABELS: Final = 350
RIGHT: Final = 90
ROW: Final = 46
BAR: Final = 15
TOP: Final = 84
BOTTOM: Final = 62

BLUE: Final = "#0072b2"
ORANGE: Final = "#e69f00"
INK: Final = "#1a1a1a"
PALE: Final = "#c8c8c8"

_STEPS: Final = 5
_FONT: Final = 'font-family="PT Sans, DejaVu Sans, Arial, sans-serif"'


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the picture, in the reader's language."""

    title: str
    received: str
    returned: str
    axis: str
    note: str


def chart(rows: Sequence[tuple[str, Mapping[str, Spread]]], words: Words) -> str:
    """Return the picture of policies, from top to bottom, as SVG."""
    height = TOP + ROW * len(rows) + BOTTOM
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-size="14" {_FONT}>',
        f"<title>{escape(words.title)}</title>",
        _HATCH,
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(20, 30, words.title, size=18, weight="bold"),
        *_legend(words),
        *_axis(height, words.axis),
    ]
    for place, (label, spreads) in enumerate(rows):
        y = TOP + place * ROW
        parts.append(_text(LABELS - 12, y + 22, label, anchor="end"))
        parts += _bar(y + 4, spreads["received"], BLUE)
        parts += _bar(y + 4 + BAR + 2, spreads["returned"], "url(#hatch)")
    parts += [_text(20, height - 10, words.note, size=12), "</svg>"]
    return "\n".join(parts) + "\n"


_HATCH: Final = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{ORANGE}"/>'
    f'<rect width="2" height="6" fill="{INK}" fill-opacity="0.35"/></pattern></defs>'
)


def _x(share: float) -> float:
    return LABELS + (WIDTH - LABELS - RIGHT) * share


def _legend(words: Words) -> list[str]:
    second = LABELS + 40 + 9 * len(words.received)
    return [
        f'<rect x="{LABELS}" y="46" width="22" height="12" fill="{BLUE}"/>',
        _text(LABELS + 30, 57, words.received),
        f'<rect x="{second}" y="46" width="22" height="12" fill="url(#hatch)"/>',
        _text(second + 30, 57, words.returned),
    ]


def _axis(height: int, words: str) -> list[str]:
    bottom = height - BOTTOM + 4
    found = []
    for step in range(_STEPS + 1):
        share = step / _STEPS
        x = _x(share)
        found.append(
            f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" stroke="{PALE}"/>'
        )
        found.append(_text(x, bottom + 16, f"{share:.0%}", size=12, anchor="middle"))
    return [*found, _text(_x(1), bottom + 34, words, size=12, anchor="end")]


def _bar(y: float, one: Spread, fill: str) -> list[str]:
    end, middle = _x(min(one.mean, 1.0)), y + BAR / 2
    low, high = (_x(min(max(one.mean + way * one.deviation, 0.0), 1.0)) for way in (-1, 1))
    lines = [(low, middle, high, middle), *((x, middle - 4, x, middle + 4) for x in (low, high))]
    return [
        f'<rect x="{LABELS}" y="{y}" width="{end - LABELS:.1f}" height="{BAR}" fill="{fill}"/>',
        *(
            f'<line x1="{a:.1f}" y1="{b}" x2="{c:.1f}" y2="{d}" stroke="{INK}" stroke-width="1.5"/>'
            for a, b, c, d in lines
            if one.deviation
        ),
        _text(max(end, high) + 8, y + 12, f"{one.mean:.1%}", size=12),
    ]


def _text(
    x: float, y: float, words: str, *, size: int = 14, anchor: str = "start", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{INK}">{escape(words)}</text>'
    )
