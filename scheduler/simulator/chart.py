"""The comparison as a picture: a pair of bars a policy, with the spread over drawn truths.

Plain SVG, without a library: it opens in every browser and stays sharp on paper. Blue and orange
(Okabe and Ito) are told apart by colour-blind readers, and the returned bar is hatched as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jetkiz.drawn_bars import BLUE, HATCHED, INK, bar, begun, key, upright, written
from scheduler.simulator.scores import Spread

WIDTH: Final = 960
LABELS: Final = 350
RIGHT: Final = 90
ROW: Final = 46
BAR: Final = 15
TOP: Final = 84
BOTTOM: Final = 62

_STEPS: Final = 5


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
    parts = [
        *begun(WIDTH, height, words.title),
        *_legend(words),
        *_axis(height, words.axis),
    ]
    for place, (label, spreads) in enumerate(rows):
        y = TOP + place * ROW
        parts.append(written(LABELS - 12, y + 22, label, anchor="end"))
        parts += _bar(y + 4, spreads["received"], BLUE)
        parts += _bar(y + 4 + BAR + 2, spreads["returned"], HATCHED)
    parts += [written(20, height - 10, words.note, size=12), "</svg>"]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return LABELS + (WIDTH - LABELS - RIGHT) * share


def _legend(words: Words) -> list[str]:
    second = LABELS + 40 + 9 * len(words.received)
    return [*key(LABELS, 46, words.received, BLUE), *key(second, 46, words.returned, HATCHED)]


def _axis(height: int, words: str) -> list[str]:
    bottom = height - BOTTOM + 4
    found = []
    for step in range(_STEPS + 1):
        share = step / _STEPS
        x = _x(share)
        found.append(upright(x, TOP - 8, bottom))
        found.append(written(x, bottom + 16, f"{share:.0%}", size=12, anchor="middle"))
    return [*found, written(_x(1), bottom + 34, words, size=12, anchor="end")]


def _bar(y: float, one: Spread, fill: str) -> list[str]:
    end, middle = _x(min(one.mean, 1.0)), y + BAR / 2
    low, high = (_x(min(max(one.mean + way * one.deviation, 0.0), 1.0)) for way in (-1, 1))
    lines = [(low, middle, high, middle), *((x, middle - 4, x, middle + 4) for x in (low, high))]
    return [
        bar(LABELS, y, (end - LABELS, BAR), fill),
        *(
            f'<line x1="{a:.1f}" y1="{b}" x2="{c:.1f}" y2="{d}" stroke="{INK}" stroke-width="1.5"/>'
            for a, b, c, d in lines
            if one.deviation
        ),
        written(max(end, high) + 8, y + 12, f"{one.mean:.1%}", size=12),
    ]
