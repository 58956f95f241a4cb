"""Rich messages in three forms become the same blocks; what breaks the schema is refused."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jetkiz.rehearsal.chat_page.shown_blocks import shown_blocks
from jetkiz.rehearsal.people.ledger import seen_by
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.texts.rich_blocks import READERS, TEXT_FIELDS, read_blocks
from jetkiz.rehearsal.texts.rich_html import read_rich_html
from jetkiz.rehearsal.texts.rich_markdown import read_rich_markdown
from tests.rehearsal_examples import (
    act,
    call,
    chat_of,
    jpeg,
    open_stage,
    pdf,
    pending,
    refused,
)

HTML = """
<h1>Математика</h1>
<p>Теңдеу: <tg-math>x^2</tg-math> және <b>екі <i>түбір</i></b></p>
<tg-math-block>x = \\frac{-b}{2a}</tg-math-block>
<table bordered><tr><th>x</th><th align="right">y</th></tr><tr><td>1</td><td align="right">2</td></tr></table>
<details><summary>Жауабы</summary><p>x = 2</p></details>
<ul><li>бір</li><li><input type="checkbox" checked/>екі</li></ul>
<ol start="3"><li>үш</li></ol>
<hr/><pre><code class="language-python">a = 1
b = 2</code></pre>
<blockquote>сөз<cite>Абай</cite></blockquote><footer>соңы</footer>
"""  # noqa: E501 - as a bot would write it
MARKDOWN = """# Математика
Теңдеу: $x^2$ және **екі *түбір***

$$x = \\frac{-b}{2a}$$

| x | y |
|---|--:|
| 1 | 2 |

<details><summary>Жауабы</summary><p>x = 2</p></details>

- бір
- [x] екі

3. үш

---
```python
a = 1
b = 2
```
"""


@pytest.fixture
def stage() -> Stage:
    return open_stage()


@pytest.fixture
def alice(stage: Stage) -> int:
    return chat_of(stage, "alice")


def send(stage: Stage, chat: int, **rich: Any) -> Any:
    return call(stage, "sendRichMessage", chat_id=chat, rich_message=json.dumps(rich))


def kinds(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["type"] for block in blocks]


def test_html_becomes_blocks(stage: Stage, alice: int) -> None:
    blocks = send(stage, alice, html=HTML)["rich_message"]["blocks"]
    assert kinds(blocks) == [
        "heading", "paragraph", "mathematical_expression", "table", "details", "list", "list",
        "divider", "pre", "blockquote", "footer",
    ]  # fmt: skip
    assert blocks[0] == {"type": "heading", "text": "Математика", "size": 1}
    assert blocks[1]["text"] == [
        "Теңдеу: ",
        {"type": "mathematical_expression", "expression": "x^2"},
        " және ",
        {"type": "bold", "text": ["екі ", {"type": "italic", "text": "түбір"}]},
    ]
    assert blocks[2]["expression"] == "x = \\frac{-b}{2a}"
    assert blocks[3]["cells"][1][1] == {"text": "2", "align": "right", "valign": "top"}
    assert blocks[3]["is_bordered"] is True
    assert blocks[4]["blocks"] == [{"type": "paragraph", "text": "x = 2"}]
    assert [item["label"] for item in blocks[5]["items"] + blocks[6]["items"]] == ["•", "•", "3."]
    assert blocks[5]["items"][1]["is_checked"] is True
    assert (blocks[8]["text"], blocks[8]["language"]) == ("a = 1\nb = 2", "python")
    assert blocks[9]["credit"] == "Абай"


def test_markdown_says_the_same_as_html() -> None:
    html = read_blocks(read_rich_html(HTML))
    same = [block for block in html if block["type"] not in {"blockquote", "footer"}]
    assert read_blocks(read_rich_markdown(MARKDOWN)) == same


def test_blocks_arrive_as_they_are_given(stage: Stage, alice: int) -> None:
    blocks = [
        {"type": "paragraph", "text": ["a", {"type": "bold", "text": "b"}]},
        {"type": "buttons", "buttons": [{"text": "Алдым", "callback_data": "1:ack:7"}]},
        {"type": "map", "location": {"latitude": 53.2, "longitude": 63.6}},
    ]
    sent = send(stage, alice, blocks=blocks)["rich_message"]["blocks"]
    assert sent[:2] == blocks[:2]
    assert sent[2]["zoom"] == 15
    act(stage, "alice", "press", label="Алдым")
    assert pending(stage, "callback_query")[0]["data"] == "1:ack:7"


def test_media_stand_in_the_message(stage: Stage, alice: int) -> None:
    rich = {
        "html": '<figure><img src="tg://photo?id=p1"/><figcaption>бет</figcaption></figure>',
        "media": [{"id": "p1", "media": {"type": "photo", "media": "attach://a"}}],
    }
    given = {"chat_id": alice, "rich_message": rich}
    (block,) = call(stage, "sendRichMessage", {"a": jpeg()}, **given)["rich_message"]["blocks"]
    assert block["caption"] == {"text": "бет"}
    file_id = block["photo"][-1]["file_id"]
    assert file_id in stage.world.files
    document = {"type": "document", "document": {"type": "document", "media": "attach://d"}}
    inner = [{"type": "details", "summary": "PDF", "blocks": [document]}]
    given = {"chat_id": alice, "rich_message": {"blocks": inner}}
    (details,) = call(stage, "sendRichMessage", {"d": pdf()}, **given)["rich_message"]["blocks"]
    assert details["blocks"][0]["document"]["file_name"] == "lesson.pdf"
    page = str(shown_blocks([block], {file_id: "/rehearsal/files/photos/x.jpg"}))
    assert 'src="/rehearsal/files/photos/x.jpg"' in page


def test_a_rich_message_is_edited_and_not_changed_twice(stage: Stage, alice: int) -> None:
    sent = send(stage, alice, html="<p>бір</p>")
    place = {"chat_id": alice, "message_id": sent["message_id"]}
    words = refused(stage, "editMessageText", **place, rich_message={"markdown": "бір"})
    assert "message is not modified" in words
    edited = call(stage, "editMessageText", **place, rich_message={"html": "<p>екі</p>"})
    assert edited["rich_message"]["blocks"][0]["text"] == "екі"
    call(stage, "editMessageText", **place, text="үш")
    assert seen_by(stage.world, "alice")[-1]["rich"] is None


@pytest.mark.parametrize(
    ("rich", "words"),
    [
        (None, "can't parse InputRichMessage JSON object"),
        ({}, "exactly one of html, markdown and blocks"),
        ({"html": "a", "markdown": "a"}, "exactly one of html, markdown and blocks"),
        ({"html": " "}, "message text is empty"),
        ({"html": "<p></p>" * 501}, "too many blocks"),
        ({"html": "ә" * 32769}, "message is too long"),
        ({"html": "<div>x</div>"}, 'unsupported start tag "div"'),
        ({"html": "<p>x"}, "can't find end tag corresponding to start tag"),
        ({"html": "<p><b>x</p></b>"}, 'unmatched end tag "p", expected "b"'),
        ({"html": "x</p>"}, 'unmatched end tag "p"'),
        ({"html": "<li>x</li>"}, 'tag "li" is out of its place'),
        ({"html": "<ul>x</ul>"}, "a list may contain only items"),
        ({"html": "<ul></ul>"}, "a list must have items"),
        ({"html": "<table>x</table>"}, "a table may contain only rows"),
        ({"html": "<table></table>"}, "a table must have rows"),
        ({"html": f"<table><tr>{'<td>x</td>' * 21}</tr></table>"}, "at most 20 columns"),
        ({"html": "<details>x</details>"}, 'must have a "summary"'),
        ({"html": "<b><p>x</p></b>"}, 'tag "p" cannot be in a text'),
        ({"html": "<tg-math-block> </tg-math-block>"}, "must be non-empty"),
        ({"html": "<tg-time unix='soon'>x</tg-time>"}, "must have a number"),
        ({"html": "<tg-map lat='x'/>"}, 'must have "lat" and "long"'),
        ({"html": "<figure>x</figure>"}, "must contain media"),
        ({"html": "<img src='tg://photo?id=a'/>"}, "is not in the list of media"),
        ({"html": "<tg-collage></tg-collage>"}, "a collage takes media only"),
        ({"html": "x", "media": [{"id": "a b", "media": {}}]}, "a medium must have an id"),
        ({"html": "x", "media": [{}] * 51}, "at most 50 media"),
        ({"html": "<blockquote>" * 17 + "x" + "</blockquote>" * 17}, "nested too deeply"),
        ({"blocks": "x"}, "an array of blocks is expected"),
        ({"blocks": []}, "message text is empty"),
        ({"blocks": [{"type": "thinking", "text": "x"}]}, 'unsupported block type "thinking"'),
        ({"blocks": [{"type": "heading", "text": "x", "size": 7}]}, "between 1 and 6"),
        ({"blocks": [{"type": "paragraph"}]}, "a text is expected"),
        ({"blocks": [{"type": "pre", "text": {"type": "url", "text": "x"}}]}, '"url" of a text'),
        ({"blocks": [{"type": "photo"}]}, "has no media"),
        ({"blocks": [{"type": "buttons", "buttons": []}]}, "1 to 8 buttons"),
        ({"blocks": [{"type": "buttons", "buttons": [{"text": "x"}]}]}, "Text buttons are"),
        ({"blocks": [{"type": "list", "items": ["x"]}]}, "an item of a list must be an object"),
        ({"blocks": [{"type": "table", "cells": [["x"]]}]}, "a cell of a table must be an object"),
        ({"blocks": [{"type": "map"}]}, "a map must have a location"),
        ({"blocks": [{"type": "anchor"}]}, "an anchor must have a name"),
    ],
)  # fmt: skip
def test_bad_rich_messages(stage: Stage, alice: int, rich: Any, words: str) -> None:
    told = refused(stage, "sendRichMessage", chat_id=alice, rich_message=rich)
    assert told.startswith("Bad Request: ")
    assert words in told


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("a_b * c", [{"type": "paragraph", "text": "a_b * c"}]),
        (r"\*a\*", [{"type": "paragraph", "text": "*a*"}]),
        ("a < b & c", [{"type": "paragraph", "text": "a < b & c"}]),
        ("`a*b*` ~~x~~",
         [{"type": "paragraph", "text": [{"type": "code", "text": "a*b*"}, " ",
                                         {"type": "strikethrough", "text": "x"}]}]),
        ("[сайт](https://school.kz)",
         [{"type": "paragraph",
           "text": {"type": "url", "text": "сайт", "url": "https://school.kz"}}]),
        ("> бір\n> екі", [{"type": "blockquote",
                          "blocks": [{"type": "paragraph", "text": "бір\nекі"}]}]),
        ("$$\na < b\n$$", [{"type": "mathematical_expression", "expression": "a < b"}]),
        ("5$ немесе 6$", [{"type": "paragraph", "text": "5$ немесе 6$"}]),
    ],
)  # fmt: skip
def test_markdown(markdown: str, blocks: list[dict[str, Any]]) -> None:
    read = read_rich_markdown(markdown)
    if read and read[0].get("expression"):
        read[0]["expression"] = read[0]["expression"].strip()
    assert read == blocks


@example(source="|\n-", as_html=False)
@given(st.text(alphabet="#*_~|`$[]()<>/-+1.x \nбp", max_size=60), st.booleans())
def test_whatever_is_written_is_shown_or_refused(source: str, as_html: bool) -> None:
    stage = STAGE
    form = {"html" if as_html else "markdown": source}
    try:
        sent = send(stage, chat_of(stage, "alice"), **form)
    except ApiRefusal as refusal:
        sent = {"rich_message": {"blocks": []}, "refused": refusal.code}
    page = str(shown_blocks(sent["rich_message"]["blocks"], {}))
    assert "<script" not in page
    assert sent.get("refused", 400) == 400


ODD = st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=5)
TEXTS = st.recursive(
    ODD,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.fixed_dictionaries(
            {"type": st.sampled_from([*TEXT_FIELDS])},
            optional=dict.fromkeys(("text", "url", "expression", "name", "user"), inner),
        )
    ),
    max_leaves=5,
)
FIELDS = ("text", "summary", "credit", "caption", "expression", "size", "name", "is_open")
BLOCKS = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from([*READERS, "photo"])},
        optional=dict.fromkeys(FIELDS, TEXTS),
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["list", "table", "details", "blockquote", "collage", "buttons"])},
        optional={
            "blocks": st.lists(inner, max_size=2) | ODD,
            "items": st.lists(st.fixed_dictionaries({"blocks": st.lists(inner, max_size=2)})) | ODD,
            "cells": st.lists(st.lists(st.dictionaries(st.just("text"), TEXTS)), max_size=2) | ODD,
            "buttons": st.lists(inner, max_size=2) | ODD,
            "summary": TEXTS,
            "caption": TEXTS,
        },
    ),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(BLOCKS, max_size=3))
def test_whatever_blocks_are_given_they_are_shown_or_refused(blocks: list[Any]) -> None:
    try:
        sent = send(STAGE, chat_of(STAGE, "alice"), blocks=blocks)
    except ApiRefusal as refusal:
        sent = {"rich_message": {"blocks": []}, "refused": refusal.code}
    shown_blocks(sent["rich_message"]["blocks"], {})
    assert sent.get("refused", 400) == 400


STAGE = open_stage()


def test_the_page_shows_structure_and_hides_no_markup() -> None:
    page = str(
        shown_blocks(send(STAGE, chat_of(STAGE, "alice"), html=HTML)["rich_message"]["blocks"], {})
    )
    for piece in (
        "<h2>Математика</h2>",
        '<span class="formula">x^2</span>',
        '<p class="formula">x = \\frac{-b}{2a}</p>',
        '<td class="right">2</td>',
        "<details><summary>Жауабы</summary><p>x = 2</p></details>",
        '<input type="checkbox" disabled checked> ',
        '<ol start="3"><li><p>үш</p></li></ol>',
        "<b>екі <i>түбір</i></b>",
    ):
        assert piece in page
    bad = [{"type": "paragraph", "text": {"type": "url", "text": "<b>", "url": "javascript:1"}}]
    assert str(shown_blocks(bad, {})) == "<p>&lt;b&gt;</p>"
