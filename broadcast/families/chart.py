"""Lessons lost as a picture: for each size of family a pair of bars, without and with repeats.

Plain SVG, without a library. One bar is hatched and one is full, so that a print in black and white
says the same; each bar has its number beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import format_decimal

from jetkiz.drawn_bars import BLUE, HATCHED, bar, begun, key, upright, written
from jetkiz.i18n import N_, Translator
from jetkiz.i18n.decimals import hundredths

WIDTH: Final = 860
LABELS: Final = 350
RIGHT: Final = 90
ROW: Final = 50
BAR: Final = 16
TOP: Final = 92
BOTTOM: Final = 84

_STEPS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the picture, in the reader's language; ``rows`` by the key of the report."""

    title: str
    before: str
    after: str
    axis: str
    note: str
    rows: Mapping[str, str]
    language: str

    def percent(self, share: float) -> str:
        """Return a share with its sign, as it is written in this language."""
        return f"{hundredths(100 * share, self.language)} %"


def chart_words(t: Translator, report: Mapping[str, Any]) -> Words:
    """Return the words of the picture of a report."""
    return Words(
        title=t(N_("Lessons lost in homes with several children and one set")),
        before=t(N_("first runs alone")),
        after=t(N_("with repeats")),
        axis=t(N_("share of lessons lost")),
        note=t(
            N_("Homes counted: {homes}. At the best choice a home can make."),
            homes=report["homes_with_one_set"],
        ),
        rows={
            "2": t(N_("2 children")),
            "3": t(N_("3 children")),
            "4+": t(N_("4 children and more")),
            "worst_decile": t(N_("the tenth of homes that loses most")),
        },
        language=t.language,
    )


def chart(report: Mapping[str, Any], words: Words) -> str:
    """Return the picture of what ``families.report.family_report`` says, as SVG."""
    pairs = [
        (label, report["lost_without_repeats"][key], report["lost_share"][key])
        for key, label in words.rows.items()
    ]
    step = _step(max(max(pair[1:]) for pair in pairs))
    most = step * max(1, -(-max(max(pair[1:]) for pair in pairs) // step))
    height = TOP + ROW * len(pairs) + BOTTOM
    parts = [
        *begun(WIDTH, height, words.title),
        *_legend(words),
        *_axis(height, step, most, words),
    ]
    for place, (label, before, after) in enumerate(pairs):
        y = TOP + place * ROW
        parts.append(written(LABELS - 12, y + 23, label, anchor="end"))
        parts += _bar(y + 4, before / most, words.percent(before), HATCHED)
        parts += _bar(y + 4 + BAR + 2, after / most, words.percent(after), BLUE)
    parts += [written(20, height - 12, words.note, size=12), "</svg>"]
    return "\n".join(parts) + "\n"


def _step(most: float) -> float:
    """Return the distance of the lines of the axis: few lines, round numbers."""
    return next((step for step in _STEPS if most <= _MOST_LINES * step), _STEPS[-1])


def _x(part: float) -> float:
    return LABELS + (WIDTH - LABELS - RIGHT) * part


def _legend(words: Words) -> list[str]:
    second = LABELS + 50 + 9 * len(words.before)
    return [*key(LABELS, 50, words.before, HATCHED), *key(second, 50, words.after, BLUE)]


def _axis(height: int, step: float, most: float, words: Words) -> list[str]:
    bottom = height - BOTTOM + 4
    found = []
    for line in range(round(most / step) + 1):
        x = _x(line * step / most)
        found.append(upright(x, TOP - 8, bottom))
        found.append(
            written(x, bottom + 16, _mark(line * step, words.language), size=12, anchor="middle")
        )
    return [*found, written(_x(1), bottom + 34, words.axis, size=12, anchor="end")]


def _mark(share: float, language: str) -> str:
    return f"{format_decimal(100 * share, format='0.##', locale=language)} %"


def _bar(y: float, part: float, share: str, fill: str) -> list[str]:
    width = (WIDTH - LABELS - RIGHT) * part
    return [
        bar(LABELS, y, (width, BAR), fill),
        written(LABELS + width + 8, y + 13, share, size=12),
    ]
