"""Turns the HTML of a rich message into blocks: headings, tables, lists, details, formulas."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.texts.rich_blocks import refused

VOID = {"br", "hr", "img", "input", "tg-map"}
STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "mark": "marked",
    "sub": "subscript",
    "sup": "superscript",
    "tg-spoiler": "spoiler",
}
INLINE = {*STYLES, "a", "br", "input", "span", "tg-math", "tg-emoji", "tg-time", "tg-reference"}
PARTS = {"li", "tr", "td", "th", "thead", "tbody", "caption", "summary", "cite", "figcaption"}
SOURCES = {"img": "photo", "video": "video", "audio": "audio"}


@dataclass(slots=True)
class Node:
    """A tag with what is in it."""

    tag: str
    given: Mapping[str, str] = field(default_factory=dict)
    inner: list["Node | str"] = field(default_factory=list)

    def first(self, tag: str) -> "Node | None":
        return next((n for n in self.inner if isinstance(n, Node) and n.tag == tag), None)

    def without(self, *tags: str) -> list["Node | str"]:
        return [n for n in self.inner if isinstance(n, str) or n.tag not in tags]

    def words(self) -> str:
        return "".join(n if isinstance(n, str) else n.words() for n in self.inner)


class Tree(HTMLParser):
    """Builds the tree; only tags of rich messages may be in it, each with its end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.path = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in BLOCKS and tag not in INLINE and tag not in PARTS:
            raise refused(f'unsupported start tag "{tag}"')
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.path[-1].inner.append(node)
        if tag not in VOID:
            self.path.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.path.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.path[-1].tag != tag:
            expected = self.path[-1].tag
            raise refused(
                f'unmatched end tag "{tag}"' + (f', expected "{expected}"' if expected else "")
            )
        self.path.pop()

    def handle_data(self, data: str) -> None:
        self.path[-1].inner.append(data)


def read_rich_html(source: str) -> list[Json]:
    tree = Tree()
    tree.feed(source)
    tree.close()
    if len(tree.path) > 1:
        raise refused(f'can\'t find end tag corresponding to start tag "{tree.path[-1].tag}"')
    return blocks_of(tree.root.inner)


def blocks_of(nodes: Sequence[Node | str]) -> list[Json]:
    """Inline pieces between blocks become paragraphs."""
    blocks: list[Json] = []
    loose: list[Node | str] = []
    for node in nodes:
        if isinstance(node, Node) and node.tag in BLOCKS:
            blocks += paragraph(loose)
            loose = []
            blocks.append(BLOCKS[node.tag](node))
        elif isinstance(node, Node) and node.tag in PARTS:
            raise refused(f'tag "{node.tag}" is out of its place')
        else:
            loose.append(node)
    return blocks + paragraph(loose)


def paragraph(nodes: Sequence[Node | str]) -> list[Json]:
    text = text_of(nodes)
    return [{"type": "paragraph", "text": text}] if text not in ("", []) else []


def text_of(nodes: Sequence[Node | str], keep_space: bool = False) -> Any:
    parts: list[Any] = []
    for node in nodes:
        part = inline(node, keep_space)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    if parts and isinstance(parts[0], str) and not keep_space:
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str) and not keep_space:
        parts[-1] = parts[-1].rstrip()
    parts = [part for part in parts if part != ""]
    return parts[0] if len(parts) == 1 else parts or ""


def inline(node: Node | str, keep_space: bool) -> Any:
    if isinstance(node, str):
        return node if keep_space else squeezed(node)
    if node.tag in SPECIAL:
        return SPECIAL[node.tag](node)
    text = text_of(node.inner, keep_space=True)
    if node.tag == "a":
        return link(node, text)
    if node.tag in STYLES or (node.tag == "span" and node.given.get("class") == "tg-spoiler"):
        return {"type": STYLES.get(node.tag, "spoiler"), "text": text}
    raise refused(f'tag "{node.tag}" cannot be in a text')


def squeezed(text: str) -> str:
    """White space of the source is one space, as in a browser."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() else "")


def emoji(node: Node) -> Json:
    number = node.given.get("emoji-id", "")
    return {"type": "custom_emoji", "custom_emoji_id": number, "alternative_text": node.words()}


def moment(node: Node) -> Json:
    unix = node.given.get("unix", "")
    if not unix.isdecimal():
        raise refused('tag "tg-time" must have a number as "unix"')
    form = node.given.get("format", "")
    said = {"unix_time": int(unix), "date_time_format": form}
    return {"type": "date_time", "text": node.words()} | said


def reference(node: Node) -> Json:
    text = text_of(node.inner, keep_space=True)
    return {"type": "reference", "name": node.given.get("name", ""), "text": text}


SPECIAL: Mapping[str, Callable[[Node], Any]] = {
    "br": lambda _node: "\n",
    "tg-math": lambda node: {"type": "mathematical_expression", "expression": node.words()},
    "tg-emoji": emoji,
    "tg-time": moment,
    "tg-reference": reference,
}


def link(node: Node, text: Any) -> Any:
    address = node.given.get("href", "")
    if "name" in node.given:
        return {"type": "anchor", "name": node.given["name"]}
    if address.startswith("#"):
        return {"type": "anchor_link", "text": text, "anchor_name": address[1:]}
    return {"type": "url", "text": text, "url": address} if address else text


def heading(node: Node) -> Json:
    return {"type": "heading", "text": text_of(node.inner), "size": int(node.tag[1])}


def preformatted(node: Node) -> Json:
    code = node.first("code")
    language = code.given.get("class", "").removeprefix("language-") if code else ""
    said = {"language": language} if language else {}
    return {"type": "pre", "text": text_of((code or node).inner, keep_space=True)} | said


def credit_of(node: Node) -> Json:
    cite = node.first("cite")
    return {"credit": text_of(cite.inner)} if cite else {}


def quotation(node: Node) -> Json:
    rest = node.without("cite")
    if "expandable" in node.given:
        return {"type": "expandable_blockquote", "text": text_of(rest)} | credit_of(node)
    return {"type": "blockquote", "blocks": blocks_of(rest)} | credit_of(node)


def pull_quotation(node: Node) -> Json:
    return {"type": "pullquote", "text": text_of(node.without("cite"))} | credit_of(node)


def details(node: Node) -> Json:
    summary = node.first("summary")
    if summary is None:
        raise refused('tag "details" must have a "summary"')
    opened = {"is_open": True} if "open" in node.given else {}
    inner = blocks_of(node.without("summary"))
    return {"type": "details", "summary": text_of(summary.inner), "blocks": inner} | opened


def listing(node: Node) -> Json:
    kind = {"type": node.given.get("type") or "1"} if node.tag == "ol" else {}
    first = node.given.get("start", "1")
    numbers = range(int(first) if first.isdecimal() else 1, 1_000_000)
    items: list[Json] = []
    for entry in node.inner:
        if isinstance(entry, Node) and entry.tag == "li":
            value = {"value": numbers[len(items)]} if kind else {}
            items.append(
                {"blocks": blocks_of(entry.without("input"))} | checkbox(entry) | kind | value
            )
        elif not isinstance(entry, str) or entry.strip():
            raise refused("a list may contain only items")
    return {"type": "list", "items": items}


def checkbox(entry: Node) -> Json:
    box = entry.first("input")
    if box is None:
        return {}
    return {"has_checkbox": True} | ({"is_checked": True} if "checked" in box.given else {})


def table(node: Node) -> Json:
    caption = node.first("caption")
    said = {f"is_{mark}": True for mark in ("bordered", "striped", "compact") if mark in node.given}
    named = {"caption": text_of(caption.inner)} if caption else {}
    return {"type": "table", "cells": list(map(row, rows_of(node)))} | said | named


def rows_of(node: Node) -> list[Node]:
    rows: list[Node] = []
    for entry in node.without("caption"):
        if isinstance(entry, Node) and entry.tag in {"thead", "tbody"}:
            rows += rows_of(entry)
        elif isinstance(entry, Node) and entry.tag == "tr":
            rows.append(entry)
        elif not isinstance(entry, str) or entry.strip():
            raise refused("a table may contain only rows")
    return rows


def row(node: Node) -> list[Json]:
    cells = [entry for entry in node.inner if isinstance(entry, Node) and entry.tag in {"td", "th"}]
    return [cell(entry) for entry in cells]


def cell(node: Node) -> Json:
    spans = {
        n: int(node.given[n]) for n in ("colspan", "rowspan") if node.given.get(n, "").isdecimal()
    }
    places = {name: node.given[name] for name in ("align", "valign") if name in node.given}
    head = {"is_header": True} if node.tag == "th" else {}
    return {"text": text_of(node.inner)} | head | spans | places


def media(node: Node) -> Json:
    """The media itself stands in the message's list of media; here is only its name."""
    kind = SOURCES[node.tag]
    return {"type": kind, kind: {"source": node.given.get("src", "")}}


def figure(node: Node) -> Json:
    inner = [entry for entry in node.inner if isinstance(entry, Node) and entry.tag in SOURCES]
    if not inner:
        raise refused('tag "figure" must contain media')
    caption = node.first("figcaption")
    if caption is None:
        return media(inner[0])
    said = {"text": text_of(caption.without("cite"))} | credit_of(caption)
    return media(inner[0]) | {"caption": said}


def pictures(node: Node) -> Json:
    inner = [entry for entry in node.inner if isinstance(entry, Node)]
    return {"type": node.tag.removeprefix("tg-"), "blocks": blocks_of(inner)}


def place(node: Node) -> Json:
    try:
        where = {"latitude": float(node.given["lat"]), "longitude": float(node.given["long"])}
    except (KeyError, ValueError) as error:
        raise refused('tag "tg-map" must have "lat" and "long"') from error
    return {"type": "map", "location": where}


def simple(kind: str) -> Callable[[Node], Json]:
    return lambda node: {"type": kind, "text": text_of(node.inner)}


BLOCKS: Mapping[str, Callable[[Node], Json]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), heading),
    "p": simple("paragraph"),
    "footer": simple("footer"),
    "pre": preformatted,
    "hr": lambda _node: {"type": "divider"},
    "blockquote": quotation,
    "aside": pull_quotation,
    "details": details,
    "ul": listing,
    "ol": listing,
    "table": table,
    "figure": figure,
    **dict.fromkeys(SOURCES, media),
    "tg-math-block": lambda node: {"type": "mathematical_expression", "expression": node.words()},
    "tg-map": place,
    "tg-collage": pictures,
    "tg-slideshow": pictures,
}
