"""Shows a rich message in the browser: tables, details, lists; a formula as its own words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from jetkiz.rehearsal.chat_page.shown_text import LINKS
from jetkiz.rehearsal.state.model import Json

TEXT_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "mark",
    "marked": "mark",
    "subscript": "sub",
    "superscript": "sup",
    "code": "code",
}


def shown_text(text: Any) -> Markup:
    if isinstance(text, str):
        return escape(text)
    if isinstance(text, list):
        return Markup().join(map(shown_text, text))
    kind = text["type"]
    if kind in TEXT_TAGS:
        tag = TEXT_TAGS[kind]
        return Markup("<{0}>{1}</{0}>").format(tag, shown_text(text["text"]))
    if kind == "mathematical_expression":
        return Markup('<span class="formula">{}</span>').format(text["expression"])
    if kind == "url" and str(text["url"]).startswith(LINKS):
        form = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
        return form.format(text["url"], shown_text(text["text"]))
    return shown_text(text.get("text") or text.get("alternative_text") or "")


def shown_blocks(blocks: Sequence[Json], paths: Mapping[str, str]) -> Markup:
    """`paths` says where the files of the message are found."""
    return Markup().join(shown_block(block, paths) for block in blocks)


def shown_block(block: Json, paths: Mapping[str, str]) -> Markup:
    return SHOWN.get(block["type"], shown_plain)(block, paths)


def shown_plain(block: Json, _paths: Mapping[str, str]) -> Markup:
    tag = {"pre": "pre", "footer": "small", "pullquote": "blockquote"}.get(block["type"], "p")
    if block["type"] == "expandable_blockquote":
        tag = "blockquote"
    words = shown_text(block.get("text", ""))
    return Markup("<{0}>{1}{2}</{0}>").format(tag, words, shown_credit(block))


def shown_credit(block: Json) -> Markup:
    credit = block.get("credit")
    return Markup(" <cite>{}</cite>").format(shown_text(credit)) if credit else Markup()


def shown_heading(block: Json, _paths: Mapping[str, str]) -> Markup:
    level = min(block["size"] + 1, 6)  # the page has a first heading of its own
    return Markup("<h{0}>{1}</h{0}>").format(level, shown_text(block["text"]))


def shown_formula(block: Json, _paths: Mapping[str, str]) -> Markup:
    return Markup('<p class="formula">{}</p>').format(block["expression"])


def shown_quotation(block: Json, paths: Mapping[str, str]) -> Markup:
    inner = shown_blocks(block["blocks"], paths)
    return Markup("<blockquote>{}{}</blockquote>").format(inner, shown_credit(block))


def shown_details(block: Json, paths: Mapping[str, str]) -> Markup:
    opened = Markup(" open") if block.get("is_open") else Markup()
    summary, inner = shown_text(block["summary"]), shown_blocks(block["blocks"], paths)
    form = Markup("<details{}><summary>{}</summary>{}</details>")
    return form.format(opened, summary, inner)


def shown_list(block: Json, paths: Mapping[str, str]) -> Markup:
    ordered = "type" in block["items"][0]
    items = Markup().join(shown_item(item, paths) for item in block["items"])
    start = block["items"][0].get("value") or 1
    if ordered:
        return Markup('<ol start="{}">{}</ol>').format(start, items)
    return Markup("<ul>{}</ul>").format(items)


def shown_item(item: Json, paths: Mapping[str, str]) -> Markup:
    box = Markup()
    if item.get("has_checkbox"):
        checked = Markup(" checked") if item.get("is_checked") else Markup()
        box = Markup('<input type="checkbox" disabled{}> ').format(checked)
    return Markup("<li>{}{}</li>").format(box, shown_blocks(item["blocks"], paths))


def shown_table(block: Json, _paths: Mapping[str, str]) -> Markup:
    caption = block.get("caption")
    head = Markup("<caption>{}</caption>").format(shown_text(caption)) if caption else Markup()
    rows = Markup().join(
        Markup("<tr>{}</tr>").format(Markup().join(map(shown_cell, row))) for row in block["cells"]
    )
    form = Markup('<div class="table" tabindex="0"><table>{}{}</table></div>')
    return form.format(head, rows)


def shown_cell(cell: Json) -> Markup:
    tag = "th" if cell.get("is_header") else "td"
    spans = Markup().join(
        Markup(' {}="{}"').format(name, cell[name])
        for name in ("colspan", "rowspan")
        if name in cell
    )
    place = cell["align"] if cell["align"] in {"center", "right"} else "left"
    text = shown_text(cell.get("text", ""))
    return Markup('<{0} class="{1}"{2}>{3}</{0}>').format(tag, place, spans, text)


def shown_media(block: Json, paths: Mapping[str, str]) -> Markup:
    media = block[block["type"]]
    file = media[-1] if isinstance(media, list) else media
    address = paths.get(file["file_id"], "")
    caption = shown_text((block.get("caption") or {}).get("text", ""))
    if block["type"] == "photo":
        form = Markup(
            '<figure><img class="picture" src="{}" alt="{}"><figcaption>{}</figcaption></figure>'
        )
        return form.format(address, caption, caption)
    name = file.get("file_name") or block["type"]
    return Markup('<p><a class="file" href="{}">{}</a> {}</p>').format(address, name, caption)


def shown_group(block: Json, paths: Mapping[str, str]) -> Markup:
    caption = shown_text((block.get("caption") or {}).get("text", ""))
    inner = shown_blocks(block["blocks"], paths)
    return Markup('<div class="group">{}</div><p>{}</p>').format(inner, caption)


def shown_map(block: Json, _paths: Mapping[str, str]) -> Markup:
    place = block["location"]
    return Markup('<p class="place">{}, {}</p>').format(place["latitude"], place["longitude"])


def nothing(_block: Json, _paths: Mapping[str, str]) -> Markup:
    return Markup()


SHOWN: Mapping[str, Callable[[Json, Mapping[str, str]], Markup]] = {
    "heading": shown_heading,
    "divider": lambda _block, _paths: Markup("<hr>"),
    "mathematical_expression": shown_formula,
    "blockquote": shown_quotation,
    "details": shown_details,
    "list": shown_list,
    "table": shown_table,
    "collage": shown_group,
    "slideshow": shown_group,
    "map": shown_map,
    "anchor": nothing,
    "buttons": nothing,  # the page shows them under the message, where they can be pressed
    **dict.fromkeys(
        ("photo", "video", "animation", "audio", "document", "voice_note"), shown_media
    ),
}
