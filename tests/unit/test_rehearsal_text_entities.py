"""HTML of a message is read, counted and refused as Telegram reads, counts and refuses it."""

from contextlib import suppress
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.rehearsal.chat_page.shown_text import rich_text
from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.texts.formatting import format_text
from jetkiz.rehearsal.texts.text_entities import read_html, utf16_length


def entities(source: str) -> list[tuple[str, str]]:
    """Kind and covered text of every entity."""
    read = format_text(source, "HTML")
    units = read.text.encode("utf-16-le")
    return [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in read.entities
    ]


def refusal(source: str) -> str:
    with pytest.raises(ApiRefusal) as caught:
        format_text(source, "HTML")
    assert caught.value.code == 400
    return caught.value.description.removeprefix("Bad Request: can't parse entities: ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>Математика</b>, 3-сынып", [("bold", "Математика")]),
        ("<strong>a</strong><em>b</em>", [("bold", "a"), ("italic", "b")]),
        ("<ins>a</ins> <del>b</del>", [("underline", "a"), ("strikethrough", "b")]),
        ("🏟 <i>ойын</i>", [("italic", "ойын")]),
        ("<b>a <i>b</i></b>", [("bold", "a b"), ("italic", "b")]),
        ("<code>x &lt; y</code>", [("code", "x < y")]),
        ('<span class="tg-spoiler">жауап</span>', [("spoiler", "жауап")]),
        ("<tg-spoiler>жауап</tg-spoiler>", [("spoiler", "жауап")]),
        ("<blockquote expandable>ұзын</blockquote>", [("expandable_blockquote", "ұзын")]),
        ("<blockquote>қысқа</blockquote>", [("blockquote", "қысқа")]),
        ("<B>big</B>", [("bold", "big")]),
        ("<b></b>nothing", []),
        ("plain", []),
        ("<a href='not an address'>x</a>", []),
        ("see https://example.org/a?b=1, then /week", [
            ("url", "https://example.org/a?b=1"), ("bot_command", "/week"),
        ]),
        ("<code>/week</code>", [("code", "/week")]),
        ("write to school@example.kz", [("email", "school@example.kz")]),
    ],
)  # fmt: skip
def test_markup_becomes_entities(source: str, expected: list[tuple[str, str]]) -> None:
    assert entities(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<a href="https://a.kz/?x=1&amp;y=2">here</a>', {"url": "https://a.kz/?x=1&y=2"}),
        ("<a>school.kz</a>", {"url": "school.kz"}),
        ("<a href=tg.me>x</a>", {"url": "tg.me"}),
        ('<pre><code class="language-python">x</code></pre>', {"language": "python"}),
        ('<tg-emoji emoji-id="5368">👍</tg-emoji>', {"custom_emoji_id": "5368"}),
        ('<tg-time unix="1769400000">Monday</tg-time>', {"unix_time": 1769400000}),
        ('<tg-time unix="soon">Monday</tg-time>', {"unix_time": 0}),
    ],
)
def test_entities_keep_their_details(source: str, expected: dict[str, Any]) -> None:
    (entity,) = read_html(source).entities
    assert expected.items() <= entity.items()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<table>x</table>", 'Unsupported start tag "table" at byte offset 0'),
        ("қ<h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<i>a</em>", 'Unmatched end tag at byte offset 4, expected "</i>", found "</em>"'),
        ("2 < 3", "Unclosed start tag at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<i>a</i", "Unclosed end tag at byte offset 4"),
        ("<a href", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ("<a ", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x", 'Unclosed start tag "a" at byte offset 0'),
        ("<i =x>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<i x>", 'Expected equal sign in declaration of an attribute of the tag "i"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)  # fmt: skip
def test_broken_markup_is_refused_in_telegrams_words(source: str, words: str) -> None:
    assert refusal(source).removesuffix(" at byte offset 0") == words.removesuffix(
        " at byte offset 0"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot;", 'a <b> & "c"'),
        ("&#1178;&#x49B;", "Ққ"),
        ("&laquo; &copy;", "&laquo; &copy;"),
        ("&#57311;&#0;", "&#57311;&#0;"),
        ("R&D", "R&D"),
        ("  <b> Сәлем </b>\n", "Сәлем"),
    ],
)
def test_characters_and_white_space(source: str, text: str) -> None:
    assert format_text(source, "HTML").text == text


def test_cutting_white_space_moves_entities_along() -> None:
    read = format_text("  a<b> b  </b>", "html")
    assert (read.text, read.entities) == ("a b", [{"type": "bold", "offset": 1, "length": 2}])


def test_without_a_mode_markup_is_text() -> None:
    read = format_text("<b>x</b>", None)
    assert (read.text, read.entities) == ("<b>x</b>", [])


def test_ready_made_entities_are_taken() -> None:
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert format_text("🏟", None, [bold]).entities == [bold]


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": 0},
        {"offset": 0, "length": 1},
    ],
)
def test_entities_outside_the_text_are_refused(entity: dict[str, Any]) -> None:
    with pytest.raises(ApiRefusal, match="can't parse MessageEntity"):
        format_text("abc", None, [entity])


def test_other_modes_are_refused_not_guessed() -> None:
    with pytest.raises(ApiRefusal, match="unsupported parse_mode"):
        format_text("*x*", "Markdown")


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(parts=st.lists(st.tuples(st.sampled_from(["b", "i", "u", "s", "code"]), TEXTS), max_size=6))
def test_entities_cover_what_the_tags_covered(parts: list[tuple[str, str]]) -> None:
    def quoted(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    source = "".join(f"<{tag}>{quoted(text)}</{tag}>" for tag, text in parts)
    read = read_html(source)
    assert read.text == "".join(text for _, text in parts)
    assert [e["length"] for e in read.entities] == [utf16_length(t) for _, t in parts if t]


@given(source=st.text(st.sampled_from("<>/ab&;='\" 🏟қ"), max_size=30))
def test_any_text_is_read_or_refused_with_words(source: str) -> None:
    with suppress(ApiRefusal):
        read = format_text(source, "HTML")
        length = utf16_length(read.text)
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= length for e in read.entities)


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<b>a <i>b</i></b> c", "<b>a </b><b><i>b</i></b> c"),
        ("🏟<u>x</u>", "🏟<u>x</u>"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ('<a href="https://a.kz">x</a>',
         '<a href="https://a.kz" rel="noopener noreferrer" target="_blank">x</a>'),
        ("<tg-emoji emoji-id='1'>👍</tg-emoji>", "👍"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_page_shows_formatting_and_escapes_the_rest(source: str, page: str) -> None:
    read = format_text(source, "HTML")
    assert rich_text(read.text, read.entities) == page


def test_the_page_makes_no_link_of_a_script() -> None:
    entity = {"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}
    assert rich_text("x", [entity]) == "x"


def test_a_moment_is_told_in_the_readers_zone() -> None:
    read = format_text('Мерзімі: <tg-time unix="1769396400" format="dt">ертең</tg-time>', "HTML")
    assert read.entities[0]["date_time_format"] == "dt"
    shown = rich_text(read.text, read.entities, timezone(timedelta(hours=5)))
    assert shown == (
        'Мерзімі: <time datetime="2026-01-26T08:00:00+05:00" title="26.01.2026 08:00">ертең</time>'
    )
    far = [{"type": "date_time", "offset": 0, "length": 1, "unix_time": 10**18}]
    assert rich_text("x", far) == "x"


@pytest.mark.parametrize("unix", [None, "1", 1.5, True])
def test_a_moment_is_a_whole_number(unix: Any) -> None:
    entity = {"type": "date_time", "offset": 0, "length": 1, "unix_time": unix}
    with pytest.raises(ApiRefusal, match="can't parse MessageEntity"):
        format_text("x", None, [entity])
