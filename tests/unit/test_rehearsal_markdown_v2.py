"""MarkdownV2 is read as Telegram reads it: marks become formatting, a bare sign is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.texts.formatting import format_text
from jetkiz.rehearsal.texts.markdown_v2 import RESERVED, read_markdown_v2


def shape(source: str) -> tuple[str, list[tuple[str, int, int]]]:
    read = read_markdown_v2(source)
    found = [(e["type"], e["offset"], e["length"]) for e in read.entities]
    return read.text, sorted(found, key=lambda entity: (entity[1], -entity[2], entity[0]))


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("жай мәтін", "жай мәтін", []),
        ("*қалың* _қиғаш_", "қалың қиғаш", [("bold", 0, 5), ("italic", 6, 5)]),
        ("__асты__ ~жоқ~ ||құпия||", "асты жоқ құпия",
         [("underline", 0, 4), ("strikethrough", 5, 3), ("spoiler", 9, 5)]),
        ("*a _b __c__ d_ e*", "a b c d e", [("bold", 0, 9), ("italic", 2, 5), ("underline", 4, 1)]),
        ("_a __b___", "a b", [("italic", 0, 3), ("underline", 2, 1)]),
        (r"3\.5 \- 2 \= 1\.5\!", "3.5 - 2 = 1.5!", []),
        ("`x*y`", "x*y", [("code", 0, 3)]),
        (r"`a\`b\\`", "a`b\\", [("code", 0, 4)]),
        ("```python\nx_1\n```", "x_1\n", [("pre", 0, 4)]),
        ("```\nx y\n```", "x y\n", [("pre", 0, 4)]),
        ("[сайт](https://school.kz/a\\)b)", "сайт", [("text_link", 0, 4)]),
        ("[сайт](nonsense here)", "сайт", []),
        ("[сайт]", "сайт", []),
        ("[*қ*](school.kz)", "қ", [("bold", 0, 1), ("text_link", 0, 1)]),
        ("![👍](tg://emoji?id=5368324170671202286)", "👍", [("custom_emoji", 0, 2)]),
        ("![22:45](tg://time?unix=1769396400&format=wDT)", "22:45", [("date_time", 0, 5)]),
        (">бір\n>екі\nүш", "бір\nекі\nүш", [("blockquote", 0, 7)]),
        ("**>бір\n>екі||", "бір\nекі", [("expandable_blockquote", 0, 7)]),
        (">бір\n**>екі", "бір\nекі", [("blockquote", 0, 3), ("expandable_blockquote", 4, 3)]),
        ("🏟 *қ*", "🏟 қ", [("bold", 3, 1)]),
        ("**", "", []),
    ],
)  # fmt: skip
def test_marks(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    assert shape(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("3.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved"),
        ("a > b", "Character '>' is reserved"),
        ("a]", "Character ']' is reserved"),
        ("қ *a", "Can't find end of Bold entity at byte offset 3"),
        ("*a _b*", "Can't find end of Italic entity at byte offset 3"),
        ("||a", "Can't find end of Spoiler entity at byte offset 0"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a*b](x)", "Can't find end of Bold entity at byte offset 2"),
        ("[a](b", "Can't find end of a URL at byte offset 0"),
        ("![a](https://school.kz)", "Custom emoji URL must have scheme tg"),
        ("![a](tg://time?unix=soon)", "Custom emoji URL must have scheme tg"),
        ("![a](http://[)", "Custom emoji URL must have scheme tg"),
    ],
)
def test_refusals(source: str, words: str) -> None:
    with pytest.raises(ApiRefusal) as caught:
        read_markdown_v2(source)
    assert caught.value.description.startswith(f"Bad Request: can't parse entities: {words}")


@given(st.text(max_size=60))
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in RESERVED or sign == "\\" else sign for sign in text)
    read = read_markdown_v2(escaped)
    assert (read.text, read.entities) == (text, [])


@given(st.text(alphabet="*_~|`[]()!>\\\n aә", max_size=40))
def test_whatever_is_written_is_read_or_refused(source: str) -> None:
    with contextlib.suppress(ApiRefusal):
        read = format_text(source, "MarkdownV2")
        length = len(read.text.encode("utf-16-le")) // 2
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= length for e in read.entities)


def test_another_mode_is_refused_by_its_name() -> None:
    with pytest.raises(ApiRefusal, match="unsupported parse_mode"):
        format_text("x", "Markdown")
