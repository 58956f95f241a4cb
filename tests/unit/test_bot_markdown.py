"""Lessons as Telegram's HTML: always valid, always short enough, nothing lost."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.markdown import Run, as_html, length, messages, pictures_of, runs_of
from jetkiz.rehearsal.texts.text_entities import read_html

MARKDOWN = st.text(alphabet="ab Ә😀<&>*_`#[](!)-|1.\n\"'~", max_size=300)
TAGS = st.sampled_from(["b", "i", "s", "code", 'a href="https://a.kz"', "blockquote"])
RUNS = st.lists(
    st.builds(Run, st.text(alphabet="ab. \n😀<&Ә", max_size=40), st.tuples(TAGS, TAGS)), max_size=20
)


class Balanced(HTMLParser):
    """Fails when tags are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def as_one(text: str) -> str:
    return as_html(runs_of(text))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Title\n\nText", "<b>Title</b>\n\nText"),
        ("one **two** *three*", "one <b>two</b> <i>three</i>"),
        ("#\n\nText\n\n## \n\nMore\n\n===", "Text\n\nMore\n\n==="),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<b>raw</b>", "&lt;b&gt;raw&lt;/b&gt;"),
        ("text\n\n- one\n- two\n\nend", "text\n\n• one\n• two\n\nend"),
        ("3. one\n4. two", "3. one\n4. two"),
        ("- one\n  - inner\n- two", "• one\n  • inner\n• two"),
        ("> said", "<blockquote>said</blockquote>"),
        ("> said\n>\n> > twice", "<blockquote>said</blockquote>\n\n<blockquote>twice</blockquote>"),
        ("`x<y`", "<code>x&lt;y</code>"),
        ("```\n2 + 2\n```", "<pre>2 + 2</pre>"),
        ("[site](https://a.kz/?a=1&b=2)", '<a href="https://a.kz/?a=1&amp;b=2">site</a>'),
        ("[mail](ftp://a.kz)", "mail"),
        ("![a cat](img/01.jpg) and ![a dog](img/02.jpg)", "<i>[1]</i> and <i>[2]</i>"),
        ("| a | b |\n| - | - |\n| 1 | 20 |", "<pre>a | b\n------\n1 | 20</pre>"),
        ("so $x^2 \\le 4$ is", "so x² ≤ 4 is"),
        ("so\n\n$$\\frac{a+b}{2}$$\n\nis", "so\n\n(a + b)/2<i> [1]</i>\n\nis"),
        ("```answer Жауабы\n$x^2$\n```", "<b>Жауабы: </b><tg-spoiler>x²</tg-spoiler>"),
        ("```answer\nA\n```", "<b>?: </b><tg-spoiler>A</tg-spoiler>"),
        ("```answer\n![A map](b.png)\n```", "<b>?: </b><tg-spoiler>[A map]</tg-spoiler>"),
        ("- [ ] do", "• ☐ do"),
        ("5 $ and 6 $, \\$x\\$", "5 $ and 6 $, $x$"),
        ("one\\\ntwo", "one\ntwo"),
        ("one\ntwo", "one two"),
        ("---", "— — —"),
        ("~~no~~", "<s>no</s>"),
    ],
)
def test_markdown_becomes_telegrams_few_tags(markdown: str, expected: str) -> None:
    assert as_one(markdown) == expected


def test_pictures_are_named_in_their_order() -> None:
    found = pictures_of("![a cat](img/01.jpg)\n\ntext ![](img/02.jpg)")
    assert [(one.source, one.description) for one in found] == [
        ("img/01.jpg", "a cat"),
        ("img/02.jpg", ""),
    ]


@given(MARKDOWN, st.integers(40, 120))
def test_every_part_is_valid_and_fits(markdown: str, longest: int) -> None:
    for part in messages(runs_of(markdown), longest):
        Balanced().feed(part)
        assert length(plain(part)) <= longest
        read_html(part)


@given(RUNS, st.integers(10, 60))
def test_cutting_loses_no_letter(runs: list[Run], longest: int) -> None:
    whole = "".join(run.text for run in runs)
    parts = [plain(part) for part in messages(runs, longest)]
    assert "".join("".join(parts).split()) == "".join(whole.split())


@given(RUNS)
def test_html_says_what_the_runs_say(runs: list[Run]) -> None:
    assert plain(as_html(runs)) == "".join(run.text for run in runs)


def test_a_cut_falls_between_sentences() -> None:
    text = "One is here. " * 10
    first, *_ = messages([Run(text)], 60)
    assert first.endswith("here.")


def test_a_long_word_is_cut_inside() -> None:
    assert [len(part) for part in messages([Run("x" * 25)], 10)] == [10, 10, 5]


def test_no_letter_beyond_the_basic_plane_is_halved() -> None:
    assert messages([Run("😀" * 5)], 3) == ["😀"] * 5


def test_an_empty_text_is_no_message() -> None:
    assert messages(runs_of("\n \n")) == []


def test_answers_in_one_line_keep_their_signs() -> None:
    assert as_html(runs_of("1) 27; 2) 28; 3) 9.")) == "1) 27; 2) 28; 3) 9."
    assert as_html(runs_of("1) one\n2) two")) == "1) one\n2) two"
    assert as_html(runs_of("1. one\n2. two")) == "1. one\n2. two"


WIDE = """| Day | What the weather was like |
| --- | --- |
| Monday | Snow all day long and wind |
| Tuesday | |
"""


def test_a_wide_table_is_told_row_by_row_and_empty_cells_say_nothing() -> None:
    assert as_one(WIDE) == (
        "<b>Day: </b>Monday\n<b>What the weather was like: </b>Snow all day long and wind\n\n"
        "<b>Day: </b>Tuesday"
    )


WORDS = st.text(alphabet="aәқ1", min_size=1, max_size=20)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(WORDS, min_size=n, max_size=n), min_size=2, max_size=4)
    )
)
def test_no_line_of_an_aligned_table_is_wider_than_an_old_phone(rows: list[list[str]]) -> None:
    source = [" | ".join(["", *row, ""]).strip() for row in rows]
    source.insert(1, "|" + " - |" * len(rows[0]))
    runs = runs_of("\n".join(source))
    lines = [line for run in runs if "pre" in run.tags for line in run.text.splitlines()]
    assert all(len(line) <= 32 for line in lines)
    if lines:
        assert len(lines) == len(rows) + 1


@given(st.text(alphabet="ab$^_{}\\ 1![](|-\n", max_size=60))
def test_pictures_and_their_numbers_are_counted_alike(markdown: str) -> None:
    shown = "".join(run.text for run in runs_of(markdown) if "i" in run.tags)
    numbers = [int(one) for one in re.findall(r"\[(\d+)\]", shown)]
    assert len(pictures_of(markdown)) >= max(numbers, default=0)


def test_a_formula_that_is_clearer_as_a_picture_is_one() -> None:
    text = "$x^2$, ![cat](a.jpg), $\\sum_{i=1}^n i$ and $\\vec{AB}$"
    found = pictures_of(text)
    assert [(one.source, one.formula) for one in found] == [
        ("a.jpg", ""),
        ("", "\\sum_{i=1}^n i"),
        ("", "\\vec{AB}"),
    ]
    assert plain(as_one(text)) == "x², [1], ∑ᵢ₌₁ⁿ i [2] and →AB [3]"
