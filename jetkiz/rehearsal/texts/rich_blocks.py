"""What a rich message may be made of: blocks and texts by their schema, within the limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import ApiRefusal, bad_request
from jetkiz.rehearsal.texts.keyboards import inline_button
from jetkiz.rehearsal.texts.text_entities import utf16_length

LONGEST, MOST_BLOCKS, DEEPEST, MOST_COLUMNS, MOST_BUTTONS = 32_768, 500, 16, 20, 8
PLAIN_STYLES = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "subscript",
    "superscript",
    "marked",
    "code",
)
TEXT_FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PLAIN_STYLES, ("text",)),
    "url": ("text", "url"),
    "email_address": ("text", "email_address"),
    "phone_number": ("text", "phone_number"),
    "bank_card_number": ("text", "bank_card_number"),
    "mention": ("text", "username"),
    "text_mention": ("text", "user"),
    "hashtag": ("text", "hashtag"),
    "cashtag": ("text", "cashtag"),
    "bot_command": ("text", "bot_command"),
    "anchor_link": ("text", "anchor_name"),
    "reference": ("text", "name"),
    "reference_link": ("text", "reference_name"),
    "date_time": ("text", "unix_time"),
    "custom_emoji": ("custom_emoji_id",),
    "mathematical_expression": ("expression",),
    "anchor": ("name",),
    "button": ("button",),
}
WORDS = ("url", "expression", "name", "alternative_text", "custom_emoji_id", "anchor_name")
PLACES = {"align": ("left", "center", "right"), "valign": ("top", "middle", "bottom")}
MEDIA_BLOCKS = ("photo", "video", "animation", "audio", "document", "voice_note")


def refused(words: str) -> ApiRefusal:
    return bad_request(f"can't parse rich message: {words}")


@dataclass(slots=True)
class Measure:
    """What has been seen of a message so far."""

    letters: int = 0
    blocks: int = 0

    def read_blocks(self, given: Any, depth: int) -> list[Json]:
        if not isinstance(given, list) or not all(isinstance(block, dict) for block in given):
            raise refused("an array of blocks is expected")
        self.blocks += len(given)
        if self.blocks > MOST_BLOCKS:
            raise refused(f"too many blocks, at most {MOST_BLOCKS} are allowed")
        if depth > DEEPEST:
            raise refused(f"blocks are nested too deeply, at most {DEEPEST} levels are allowed")
        return [self.read_block(block, depth) for block in given]

    def read_block(self, block: Json, depth: int) -> Json:
        kind = str(block.get("type"))
        if kind in MEDIA_BLOCKS:
            return self.with_caption(block, kind)
        reader = READERS.get(kind)
        if reader is None:
            raise refused(f'unsupported block type "{kind}"')
        return {"type": kind} | reader(self, block, depth)

    def with_caption(self, block: Json, kind: str) -> Json:
        if not isinstance(block.get(kind), dict):
            raise refused(f"a block of type {kind} has no media")
        kept = {"type": kind, kind: block[kind]}
        if block.get("caption") is None:
            return kept
        caption = block["caption"]
        said = caption if isinstance(caption, dict) else {"text": caption}
        credit = {"credit": self.text(said["credit"])} if said.get("credit") is not None else {}
        return kept | {"caption": {"text": self.text(said.get("text"))} | credit}

    def text(self, given: Any, depth: int = 0) -> Any:
        """A string, a list of texts, or one formatted text."""
        if depth > 4 * DEEPEST:
            raise refused("texts are nested too deeply")
        if isinstance(given, str):
            self.letters += utf16_length(given)
            if self.letters > LONGEST:
                raise bad_request("message is too long")
            return given
        if isinstance(given, list):
            return [self.text(part, depth + 1) for part in given]
        if not isinstance(given, dict) or str(given.get("type")) not in TEXT_FIELDS:
            raise refused("a text is expected")
        missing = [name for name in TEXT_FIELDS[given["type"]] if given.get(name) is None]
        if missing:
            raise refused(f'field "{missing[0]}" of a text is missing')
        odd = [name for name in WORDS if not isinstance(given.get(name, ""), str)]
        if odd:
            raise refused(f'field "{odd[0]}" of a text must be a string')
        self.letters += utf16_length(given.get("expression", ""))
        inner = {"text": self.text(given["text"], depth + 1)} if "text" in given else {}
        return given | inner

    def heading(self, block: Json, _depth: int) -> Json:
        size = block.get("size")
        if type(size) is not int or not 1 <= size <= 6:
            raise refused("size of a heading must be between 1 and 6")
        return {"text": self.text(block.get("text")), "size": size}

    def plain(self, block: Json, _depth: int) -> Json:
        language = block.get("language")
        said = {"language": language} if isinstance(language, str) and language else {}
        return {"text": self.text(block.get("text"))} | said | self.credit(block)

    def credit(self, block: Json) -> Json:
        return {"credit": self.text(block["credit"])} if block.get("credit") is not None else {}

    def formula(self, block: Json, _depth: int) -> Json:
        expression = block.get("expression")
        if not isinstance(expression, str) or not expression.strip():
            raise refused("a mathematical expression must be non-empty")
        return {"expression": self.text(expression)}

    def quotation(self, block: Json, depth: int) -> Json:
        return {"blocks": self.read_blocks(block.get("blocks"), depth + 1)} | self.credit(block)

    def details(self, block: Json, depth: int) -> Json:
        opened = {"is_open": True} if block.get("is_open") else {}
        summary = self.text(block.get("summary"))
        return {
            "summary": summary,
            "blocks": self.read_blocks(block.get("blocks"), depth + 1),
        } | opened

    def pictures(self, block: Json, depth: int) -> Json:
        inner = self.read_blocks(block.get("blocks"), depth + 1)
        if not inner or any(each["type"] not in MEDIA_BLOCKS for each in inner):
            raise refused(f"a {block['type']} takes media only")
        caption = block.get("caption")
        said = caption if isinstance(caption, dict) else {"text": caption}
        return {"blocks": inner} | (
            {"caption": {"text": self.text(said.get("text"))}} if caption else {}
        )

    def items(self, block: Json, depth: int) -> Json:
        items = block.get("items")
        if not isinstance(items, list) or not items:
            raise refused("a list must have items")
        read = []
        for number, item in enumerate(items, start=1):
            if not isinstance(item, dict):
                raise refused("an item of a list must be an object")
            blocks = self.read_blocks(item.get("blocks"), depth + 1)
            kept = {name: item[name] for name in ITEM_FIELDS if item.get(name) is not None}
            label = f"{item.get('value') or number}." if "type" in kept else "•"
            read.append({"label": label, "blocks": blocks} | kept)
        return {"items": read}

    def table(self, block: Json, _depth: int) -> Json:
        rows = block.get("cells")
        if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
            raise refused("a table must have rows of cells")
        if max(len(row) for row in rows) > MOST_COLUMNS:
            raise refused(f"a table has at most {MOST_COLUMNS} columns")
        cells = [[self.cell(cell) for cell in row] for row in rows]
        said = {name: True for name in TABLE_MARKS if block.get(name)}
        caption = {"caption": self.text(block["caption"])} if block.get("caption") else {}
        return {"cells": cells} | said | caption

    def cell(self, cell: Any) -> Json:
        if not isinstance(cell, dict):
            raise refused("a cell of a table must be an object")
        text = {"text": self.text(cell["text"])} if cell.get("text") is not None else {}
        spans = {n: cell[n] for n in ("colspan", "rowspan") if type(cell.get(n)) is int}
        head = {"is_header": True} if cell.get("is_header") else {}
        places = {
            name: next((place for place in known if place == cell.get(name)), known[0])
            for name, known in PLACES.items()
        }
        return text | head | spans | places

    def buttons(self, block: Json, _depth: int) -> Json:
        given = block.get("buttons")
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_BUTTONS:
            raise refused(f"a row has 1 to {MOST_BUTTONS} buttons")
        return {"buttons": [rich_button(button) for button in given]}

    def place(self, block: Json, _depth: int) -> Json:
        location = block.get("location")
        if not isinstance(location, dict) or not {"latitude", "longitude"} <= set(location):
            raise refused("a map must have a location")
        return {"location": location, "zoom": block.get("zoom") or 15, "width": 600, "height": 300}

    def name(self, block: Json, _depth: int) -> Json:
        if not isinstance(block.get("name"), str):
            raise refused("an anchor must have a name")
        return {"name": block["name"]}


ITEM_FIELDS = ("has_checkbox", "is_checked", "value", "type")
TABLE_MARKS = ("is_bordered", "is_striped", "is_compact")
READERS: Mapping[str, Callable[[Measure, Json, int], Json]] = {
    "paragraph": Measure.plain,
    "pre": Measure.plain,
    "footer": Measure.plain,
    "pullquote": Measure.plain,
    "expandable_blockquote": Measure.plain,
    "heading": Measure.heading,
    "divider": lambda _measure, _block, _depth: {},
    "mathematical_expression": Measure.formula,
    "blockquote": Measure.quotation,
    "details": Measure.details,
    "collage": Measure.pictures,
    "slideshow": Measure.pictures,
    "list": Measure.items,
    "table": Measure.table,
    "buttons": Measure.buttons,
    "map": Measure.place,
    "anchor": Measure.name,
}


def rich_button(given: Any) -> Json:
    """A button as under a message, which may also look like a link."""
    if isinstance(given, dict) and given.get("style") == "link":
        return inline_button(given | {"style": None}) | {"style": "link"}
    return inline_button(given)


def button_rows(blocks: Sequence[Json]) -> list[list[Json]]:
    """All rows of buttons inside a rich message, from top to bottom."""
    rows: list[list[Json]] = []
    for block in blocks:
        if block["type"] == "buttons":
            rows.append(block["buttons"])
        for item in block.get("items", ()):
            rows += button_rows(item["blocks"])
        rows += button_rows(block.get("blocks", ()))
    return rows


def read_blocks(given: Any) -> list[Json]:
    blocks = Measure().read_blocks(given, 1)
    if not blocks:
        raise bad_request("message text is empty")
    return blocks
