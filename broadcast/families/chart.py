"""Lessons lost as a picture: for each size of family a pair of bars, without and with repeats.

Plain SVG, without a library. One bar is hatched and one is full, so that a print in black and white
says the same; each bar has its number beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from babel.numbers import format_decimal

from jetkiz.drawn_bars import BLUE, HATCHED, LINE, bar, begun, key, upright, written
from jetkiz.i18n import N_, Translator
from jetkiz.i18n.decimals import hundredths

WIDTH: Final = 420
EDGE: Final = 20
RIGHT: Final = 66
ROW: Final = 66
BAR: Final = 16
BOTTOM: Final = 56

DRAWN: Final = ("2", "3", "4+", "worst_decile")
"""The shares of a report that are drawn, in this order."""
_STEPS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_MOST_LINES: Final = 6
_IN_TITLE: Final = 34
"""Letters of a line: one of the title is about ten wide, one of the note seven."""
_IN_NOTE: Final = 54
_NOTE_LINE: Final = 16


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


def is_anything_lost(report: Mapping[str, Any]) -> bool:
    """Return whether there is anything to draw: a picture without bars is an empty frame."""
    both = (report["lost_without_repeats"], report["lost_share"])
    return any(shares[key] > 0 for shares in both for key in DRAWN)


def chart(report: Mapping[str, Any], words: Words) -> str:
    """Return the picture of what ``families.report.family_report`` says, as SVG.

    It is narrow, with the words above their bars: on a phone it is read without being pushed about.
    """
    pairs = [
        (label, report["lost_without_repeats"][key], report["lost_share"][key])
        for key, label in words.rows.items()
    ]
    step = _step(max(max(pair[1:]) for pair in pairs))
    most = step * max(1, -(-max(max(pair[1:]) for pair in pairs) // step))
    title, note = wrap(words.title, _IN_TITLE), wrap(words.note, _IN_NOTE)
    top = 30 + LINE * len(title)
    axis = (top + 2 * LINE + 6, top + 2 * LINE + 6 + ROW * len(pairs))
    height = axis[1] + BOTTOM + _NOTE_LINE * len(note)
    parts = [
        *begun(WIDTH, height, words.title, title),
        *key(EDGE, top - 8, words.before, HATCHED),
        *key(EDGE, top - 8 + LINE, words.after, BLUE),
        *_axis(axis, step, most, words),
    ]
    for place, (label, before, after) in enumerate(pairs):
        y = axis[0] + place * ROW
        parts.append(written(EDGE, y + 16, label))
        parts += _bar(y + 22, before / most, words.percent(before), HATCHED)
        parts += _bar(y + 22 + BAR + 2, after / most, words.percent(after), BLUE)
    parts += [
        written(EDGE, height - 12 - _NOTE_LINE * (len(note) - 1 - number), line, size=12)
        for number, line in enumerate(note)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _step(most: float) -> float:
    """Return the distance of the lines of the axis: few lines, round numbers."""
    return next((step for step in _STEPS if most <= _MOST_LINES * step), _STEPS[-1])


def _x(part: float) -> float:
    return EDGE + (WIDTH - EDGE - RIGHT) * part


def _axis(ends: tuple[int, int], step: float, most: float, words: Words) -> list[str]:
    top, bottom = ends
    found = []
    for line in range(round(most / step) + 1):
        x = _x(line * step / most)
        found.append(upright(x, top, bottom))
        found.append(
            written(x, bottom + 16, _mark(line * step, words.language), size=12, anchor="middle")
        )
    return [*found, written(_x(1), bottom + 34, words.axis, size=12, anchor="end")]


def _mark(share: float, language: str) -> str:
    return f"{format_decimal(100 * share, format='0.##', locale=language)} %"


def _bar(y: float, part: float, share: str, fill: str) -> list[str]:
    width = (WIDTH - EDGE - RIGHT) * part
    return [
        bar(EDGE, y, (width, BAR), fill),
        written(EDGE + width + 8, y + 13, share, size=12),
    ]
