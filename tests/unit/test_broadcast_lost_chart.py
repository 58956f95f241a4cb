"""The picture of lost lessons opens anywhere, says its numbers, and is read without colours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadcast.families.chart import BAR, EDGE, RIGHT, WIDTH, chart, chart_words, is_anything_lost
from jetkiz.drawn_bars import HATCHED
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.web.pages.broadcast.families import picture_of
from tests.examples import drawing

SVG = "{http://www.w3.org/2000/svg}"
KEYS = ("2", "3", "4+", "worst_decile")
ENGLISH = translator("en")


def report(before: list[float], after: list[float]) -> dict[str, Any]:
    return {
        "lost_without_repeats": dict(zip(KEYS, before, strict=True)),
        "lost_share": dict(zip(KEYS, after, strict=True)),
        "homes_with_one_set": 1200,
    }


def bars(drawn: str) -> list[tuple[str, float]]:
    root = etree.fromstring(drawn.encode())
    return [
        (str(one.get("fill")), float(one.get("width", "0")))
        for one in root.iter(f"{SVG}rect")
        if one.get("height") == str(BAR)
    ]


def texts(drawn: str) -> list[etree._Element]:
    return list(etree.fromstring(drawn.encode()).iter(f"{SVG}text"))


def wide(one: etree._Element) -> tuple[float, float]:
    """Return how far words reach to the left and right of their place; a bold letter is wider."""
    letter = 0.6 if one.get("font-weight") == "bold" else 0.54
    width = len(one.text or "") * float(one.get("font-size", "14")) * letter
    return {"start": (0, width), "end": (width, 0), "middle": (width / 2, width / 2)}[
        str(one.get("text-anchor"))
    ]


shares = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@drawing(20)
@given(shares, shares)
def test_bars_are_as_long_as_their_numbers_and_stay_on_the_sheet(
    before: list[float], after: list[float]
) -> None:
    told = report(before, after)
    drawn = bars(chart(told, chart_words(ENGLISH, told)))
    given_shares = [share for pair in zip(before, after, strict=True) for share in pair]
    longest = max(given_shares) or 1
    widest = max(width for _, width in drawn)
    assert widest <= WIDTH - EDGE - RIGHT
    for share, (_, width) in zip(given_shares, drawn, strict=True):
        assert width == pytest.approx(widest * share / longest, abs=0.11)


def test_the_two_kinds_of_bars_differ_without_colours() -> None:
    told = report([0.01, 0.04, 0.08, 0.2], [0.0, 0.005, 0.01, 0.04])
    fills = [fill for fill, _ in bars(chart(told, chart_words(ENGLISH, told)))]
    assert fills[0::2] == [HATCHED] * 4
    assert not any(fill.startswith("url") for fill in fills[1::2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_speaks_the_readers_language(language: str) -> None:
    told = report([0.01, 0.04, 0.08, 0.2], [0.0, 0.005, 0.01, 0.04])
    t = translator(language)
    drawn = chart(told, chart_words(t, told))
    assert t("2 children") in drawn
    assert ("20.00 %" if language == "en" else "20,00 %") in drawn
    assert "1200" in drawn
    lines = [(one.text or "", float(one.get("x", "0")), wide(one)) for one in texts(drawn)]
    assert len(lines) > 15
    for said, x, width in lines:
        assert x - width[0] >= 0, said
        assert x + width[1] <= WIDTH, said


def test_only_where_something_is_lost_there_is_something_to_draw() -> None:
    assert not is_anything_lost(report([0.0] * 4, [0.0] * 4))
    assert is_anything_lost(report([0.0, 0.0, 0.01, 0.0], [0.0] * 4))
    told = report([0.0] * 4, [0.0, 0.0, 0.0, 0.01])
    assert is_anything_lost(told)
    assert picture_of(told, chart_words(ENGLISH, told)).startswith("<svg")


def test_nothing_lost_is_a_picture_too() -> None:
    told = report([0.0] * 4, [0.0] * 4)
    assert {width for _, width in bars(chart(told, chart_words(ENGLISH, told)))} == {0.0}
