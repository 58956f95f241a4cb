"""The chart is a picture that opens anywhere, says the numbers, and escapes what people write."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jetkiz.drawn_bars import BLUE
from jetkiz.i18n import LANGUAGES, translator
from scheduler.simulator.chart import LABELS, RIGHT, WIDTH, Words, chart
from scheduler.simulator.commands import differences, picture, report, table
from scheduler.simulator.policies import POLICIES
from scheduler.simulator.scores import Score, Spread
from tests.terms import term_of

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("title", "received", "returned", "share", "note")
SHARES = st.floats(0, 1)


def score(received: float, returned: float = 0.3) -> Score:
    return Score(received, returned, 0.5, 0.4, 0.2, 0.1, 120.5, 110.0, 0.05, 0.01)


def found() -> dict[str, list[Score]]:
    return {
        name: [score(0.4 + 0.01 * place), score(0.42 + 0.01 * place)]
        for place, name in enumerate(POLICIES)
    }


def bars(root: etree._Element) -> list[etree._Element]:
    return [one for one in root.iter(f"{SVG}rect") if one.get("height") == "15"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), SHARES, SHARES, SHARES), min_size=1, max_size=9))
def test_any_policies_make_a_sound_picture(rows: list[tuple[str, float, float, float]]) -> None:
    printable = [("".join(c for c in name if c.isprintable()), *rest) for name, *rest in rows]
    drawn = chart(
        [
            (name, {"received": Spread(one, spread), "returned": Spread(other, spread)})
            for name, one, other, spread in printable
        ],
        WORDS,
    )
    root = etree.fromstring(drawn)
    found = bars(root)
    assert len(found) == 2 * len(rows)
    for bar, share in zip(found[::2], [row[1] for row in rows], strict=True):
        assert bar.get("fill") == BLUE
        width = float(bar.get("width", "nan"))
        assert abs(width - share * (WIDTH - LABELS - RIGHT)) < 0.1
    for line in root.iter(f"{SVG}line"):
        assert LABELS - 1 <= float(line.get("x1", "nan")) <= WIDTH - RIGHT + 1


def test_words_cannot_break_the_picture() -> None:
    words = Words('<script>"&', "a<b", "c>d", "&", "]]>")
    spread = {"received": Spread(0.5, 0), "returned": Spread(0.25, 0)}
    root = etree.fromstring(chart([("<b>&", spread)], words))
    said = [one.text for one in root.iter(f"{SVG}text")]
    assert {'<script>"&', "<b>&", "50.0%", "25.0%"} <= set(said)


def test_the_picture_speaks_each_language_and_names_every_policy() -> None:
    term = term_of("tv", seeds=(1, 2))
    seen = set()
    for language in LANGUAGES:
        t = translator(language)
        root = etree.fromstring(picture(found(), term, 300, t))
        said = {one.text for one in root.iter(f"{SVG}text")}
        assert {t(policy.words) for policy in POLICIES.values()} <= said
        seen.add(root.findtext(f"{SVG}title"))
    assert len(seen) == len(LANGUAGES)


def test_no_label_is_wider_than_its_place() -> None:
    """About 7.2 units a letter of 14: a label that begins left of the picture is cut off."""
    longest = {
        max((translator(language)(one.words) for one in POLICIES.values()), key=len)
        for language in LANGUAGES
    }
    assert max(len(words) * 7.2 for words in longest) < LABELS - 10


def test_the_table_has_a_line_a_policy_and_even_columns() -> None:
    for language in LANGUAGES:
        head, *rows = table(found(), translator(language))
        assert len(rows) == len(POLICIES)
        assert {len(row) for row in rows} == {len(head)}
        assert all("120.5" in row and "±" in row for row in rows)


def test_differences_are_said_of_policies_that_are_bounded() -> None:
    scores = {
        "rule-2020-second-ways": [score(0.50), score(0.52)],
        "planner": [score(0.7), score(0.7)],
        "planner-same-money": [score(0.56), score(0.58)],
    }
    (line,) = differences(scores, translator("en"))
    assert "+6.0 points" in line
    assert "± 0.0" in line


def test_the_file_holds_every_seed_and_every_source() -> None:
    term = term_of("tv", seeds=(1, 2))
    words = json.loads(report({"tv": [score(0.4), score(0.5)]}, term, 300))
    assert words["policies"]["tv"]["mean"]["received"] == 0.45
    assert [one["received"] for one in words["policies"]["tv"]["by_seed"]] == [0.4, 0.5]
    assert words["parameters"]["events.airing_dropped"]["value"] == 0.03
    assert all(one["source"] for one in words["parameters"].values())
    assert words["seeds"] == [1, 2]
    assert "nan" not in json.dumps(words).lower()
