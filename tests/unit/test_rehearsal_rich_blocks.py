"""Each tag of a rich message becomes its block, and each block has its look on the page."""

from typing import Any

import pytest

from jetkiz.rehearsal.chat_page.shown_blocks import shown_blocks
from jetkiz.rehearsal.people.ledger import seen_by
from jetkiz.rehearsal.running.stage import Stage
from tests.rehearsal_examples import call, chat_of, jpeg, open_stage, refused

ELSEWHERE = 'rel="noopener noreferrer" target="_blank"'
TABLE = """<table striped><caption>Кесте</caption>
<thead><tr><th colspan="2">a</th></tr></thead>
<tbody><tr><td align="middle"></td></tr></tbody></table>"""
SHOWN_TABLE = (
    '<div class="table" tabindex="0"><table><caption>Кесте</caption>'
    '<tr><th class="left" colspan="2">a</th></tr><tr><td class="left"></td></tr></table></div>'
)


@pytest.fixture
def stage() -> Stage:
    return open_stage()


@pytest.fixture
def alice(stage: Stage) -> int:
    return chat_of(stage, "alice")


@pytest.mark.parametrize(
    ("html", "block", "page"),
    [
        ('<p><a name="n1"></a>a<sup><a href="#n1">1</a></sup></p>',
         {"type": "paragraph", "text": [
             {"type": "anchor", "name": "n1"}, "a",
             {"type": "superscript",
              "text": {"type": "anchor_link", "text": "1", "anchor_name": "n1"}}]},
         "<p>a<sup>1</sup></p>"),
        ('<p><a href="https://school.kz">сайт</a><br/><a>x</a></p>',
         {"type": "paragraph", "text": [
             {"type": "url", "text": "сайт", "url": "https://school.kz"}, "\nx"]},
         f'<p><a href="https://school.kz" {ELSEWHERE}>сайт</a>\nx</p>'),
        ('<p><tg-emoji emoji-id="5">👍</tg-emoji> <tg-time unix="9" format="d">ертең</tg-time></p>',
         {"type": "paragraph", "text": [
             {"type": "custom_emoji", "custom_emoji_id": "5", "alternative_text": "👍"}, " ",
             {"type": "date_time", "text": "ертең", "unix_time": 9, "date_time_format": "d"}]},
         "<p>👍 ертең</p>"),
        ('<p><tg-reference name="r">сілтеме</tg-reference><span class="tg-spoiler">x</span></p>',
         {"type": "paragraph", "text": [
             {"type": "reference", "name": "r", "text": "сілтеме"},
             {"type": "spoiler", "text": "x"}]},
         "<p>сілтеме<mark>x</mark></p>"),
        ("<aside>сөз<cite>Абай</cite></aside>",
         {"type": "pullquote", "text": "сөз", "credit": "Абай"},
         "<blockquote>сөз <cite>Абай</cite></blockquote>"),
        ("<blockquote expandable>ұзын</blockquote>",
         {"type": "expandable_blockquote", "text": "ұзын"}, "<blockquote>ұзын</blockquote>"),
        ('<tg-map lat="53.2" long="63.6"/>',
         {"type": "map", "location": {"latitude": 53.2, "longitude": 63.6}, "zoom": 15,
          "width": 600, "height": 300},
         '<p class="place">53.2, 63.6</p>'),
        (TABLE,
         {"type": "table", "is_striped": True, "caption": "Кесте", "cells": [
             [{"text": "a", "is_header": True, "colspan": 2, "align": "left", "valign": "top"}],
             [{"text": "", "align": "left", "valign": "top"}]]},
         SHOWN_TABLE),
        ("<details open><summary>a</summary>b</details>",
         {"type": "details", "summary": "a", "is_open": True,
          "blocks": [{"type": "paragraph", "text": "b"}]},
         "<details open><summary>a</summary><p>b</p></details>"),
    ],
)  # fmt: skip
def test_every_tag_has_its_block_and_its_look(
    stage: Stage, alice: int, html: str, block: dict[str, Any], page: str
) -> None:
    sent = call(stage, "sendRichMessage", chat_id=alice, rich_message={"html": html})
    blocks = sent["rich_message"]["blocks"]
    assert blocks == [block]
    assert str(shown_blocks(blocks, {})) == page


def test_pictures_stand_together(stage: Stage, alice: int) -> None:
    html = '<tg-slideshow><img src="tg://photo?id=a"/><img src="tg://photo?id=b"/></tg-slideshow>'
    photo = {"type": "photo", "media": "attach://p"}
    rich = {"html": html, "media": [{"id": name, "media": photo} for name in "ab"]}
    given = {"chat_id": alice, "rich_message": rich}
    (block,) = call(stage, "sendRichMessage", {"p": jpeg()}, **given)["rich_message"]["blocks"]
    assert [each["type"] for each in block["blocks"]] == ["photo", "photo"]
    shown = str(shown_blocks([block, {"type": "anchor", "name": "x"}], {}))
    assert shown.count("<img") == 2
    film = {"type": "video", "video": {"file_id": "f", "file_name": "a.mp4"}}
    assert 'href="/f">a.mp4</a>' in str(shown_blocks([film], {"f": "/f"}))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "heading", "text": {"type": "url", "text": "x", "url": 5}, "size": 1},
         'field "url" of a text must be a string'),
        ({"type": "photo", "photo": {"source": 5}}, 'media "5" is not in the list'),
        ({"type": "photo", "photo": {"source": "tg://["}}, "is not in the list of media"),
        ({"type": "photo", "photo": {}, "caption": {"credit": "x"}}, "a text is expected"),
        ({"type": "collage", "blocks": [{"type": "photo", "photo": {}}], "caption": {"a": 1}},
         "a text is expected"),
        ({"type": "paragraph", "text": [[["x"] * 2] * 2, {"type": "bold"}]}, '"text" of a text'),
    ],
)  # fmt: skip
def test_blocks_with_odd_parts(stage: Stage, alice: int, block: dict[str, Any], words: str) -> None:
    told = refused(stage, "sendRichMessage", chat_id=alice, rich_message={"blocks": [block]})
    assert words in told


def test_a_text_is_not_nested_for_ever(stage: Stage, alice: int) -> None:
    text: Any = "x"
    for _ in range(100):
        text = [text]
    rich = {"blocks": [{"type": "paragraph", "text": text}]}
    told = refused(stage, "sendRichMessage", chat_id=alice, rich_message=rich)
    assert "texts are nested too deeply" in told


def test_a_button_inside_may_look_like_a_link(stage: Stage, alice: int) -> None:
    button = {"text": "Ашу", "url": "https://school.kz", "style": "link"}
    rich = {
        "blocks": [{"type": "blockquote", "blocks": [{"type": "buttons", "buttons": [button]}]}]
    }
    call(stage, "sendRichMessage", chat_id=alice, rich_message=rich)
    assert seen_by(stage.world, "alice")[-1]["buttons"] == [[button]]
