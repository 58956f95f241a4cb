"""How a lesson's Markdown looks in a chat: Telegram's few tags, cut into messages that fit.

The text becomes runs, each with the tags around it. A run may be cut anywhere, so every message
is valid by construction: tags are opened and closed anew in each.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from markdown_it.token import Token

from bot.words.chat_tables import aligned, told
from jetkiz.lessons.markup.markdown import DISPLAYED, FORMULA, answer_label, markdown
from jetkiz.lessons.markup.plain_formulas import Plain, plain_formula, with_plain_formulas

LONGEST: Final = 4096
_INLINE: Final = {"strong": "b", "em": "i", "s": "s"}
LINKS: Final = ("http://", "https://", "tg://", "mailto:")
_WINDOW: Final = 600
_BOX: Final = re.compile(r"^\[[ x]\] ")
_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with the tags around it, outermost first."""

    text: str
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Writing:
    """What has been written so far, and where in the lists and tags we stand."""

    runs: list[Run] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    fresh_item: bool = False
    pictures: int = 0
    described: bool = False

    def put(self, text: str, *extra: str) -> None:
        if text:
            self.runs.append(Run(text, (*self.tags, *extra)))

    def pause(self, lines: int) -> None:
        """Begin a new line, with at most ``lines`` line ends in all before it."""
        if not self.runs:
            return
        ending = "".join(run.text for run in self.runs[-3:])
        have = len(ending) - len(ending.rstrip("\n"))
        if have < lines:
            self.runs.append(Run("\n" * (lines - have)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a text: what is to be seen on it, and its file or the formula that it shows."""

    source: str
    description: str
    formula: str = ""


def pictures_of(text: str) -> list[Picture]:
    """Return the pictures of a text in their order, and the formulas that are clearer as one."""
    return [
        found
        for token in markdown().parse(text)
        for child in token.children or ()
        if (found := _picture(child))
    ]


def _picture(token: Token) -> Picture | None:
    if token.type == "image":
        return Picture(str(token.attrGet("src") or ""), token.content)
    if token.type == FORMULA and not (plain := _plain(token)).clear:
        return Picture("", plain.text, token.content)
    return None


def _plain(token: Token) -> Plain:
    return plain_formula(token.content, displayed=token.markup == DISPLAYED)


def runs_of(text: str, *, described: bool = False) -> list[Run]:
    """Read Markdown into runs; a picture leaves its number, as it comes by itself.

    Where pictures do not come, they are ``described`` in the text.
    """
    writing = _Writing(described=described)
    tokens = iter(markdown().parse(text))
    for token in tokens:
        if token.type == "table_open":
            _table(writing, tokens)
        else:
            _block(writing, token)
    while writing.runs and not writing.runs[-1].text.strip():
        writing.runs.pop()
    return writing.runs


def _table(writing: _Writing, tokens: Iterator[Token]) -> None:
    rows: list[list[list[Run]]] = []
    for token in takewhile(lambda one: one.type != "table_close", tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            inside = _Writing(pictures=writing.pictures, described=writing.described)
            _inline(inside, token.children or [])
            writing.pictures = inside.pictures
            rows[-1].append(inside.runs)
    words = [["".join(run.text for run in runs).strip() for runs in row] for row in rows]
    _pause_for_block(writing)
    narrow = aligned(words)
    if narrow:
        writing.put(narrow, "pre")
        return
    for place, row in enumerate(told(words)):
        writing.pause(2 if place else 1)
        for head, cell in row:
            writing.pause(1)
            writing.put(f"{head}: " if head else "", "b")
            writing.put(cell)


def _block(writing: _Writing, token: Token) -> None:
    kind = token.type
    if kind == "inline":
        _inline(writing, token.children or [])
    elif kind == "fence" and (label := answer_label(token.info)):
        writing.pause(2)
        writing.put(f"{label}: ", "b")
        # A picture beside the text would give the answer away: its words stand for it.
        said = _PICTURE.sub(r"[\1]", token.content.rstrip("\n"))
        writing.put(with_plain_formulas(said), "tg-spoiler")
    elif kind in {"fence", "code_block"}:
        writing.pause(2)
        writing.put(token.content.rstrip("\n"), "pre")
    elif kind == "hr":
        writing.pause(2)
        writing.put("— — —")
    elif token.nesting > 0:
        _open(writing, token)
    elif token.nesting < 0:
        _close(writing, token)


def _open(writing: _Writing, token: Token) -> None:
    kind = token.type
    if kind in {"bullet_list_open", "ordered_list_open"}:
        writing.pause(1 if writing.lists else 2)
        start = int(token.attrGet("start") or 1) if kind.startswith("ordered") else None
        writing.lists.append(start)
    elif kind == "list_item_open":
        _open_item(writing, token.markup)
    elif kind == "heading_open":
        _pause_for_block(writing)
        writing.tags.append("b")
    elif kind == "blockquote_open":
        writing.pause(2)
        # Telegram knows no quote inside a quote.
        writing.tags.append("" if "blockquote" in writing.tags else "blockquote")
    elif kind == "paragraph_open":
        _pause_for_block(writing)


def _pause_for_block(writing: _Writing) -> None:
    if writing.fresh_item:
        writing.fresh_item = False
    else:
        writing.pause(1 if writing.lists else 2)


def _open_item(writing: _Writing, sign: str) -> None:
    writing.pause(1)
    number = writing.lists[-1]
    indent = "  " * (len(writing.lists) - 1)
    writing.put(f"{indent}• " if number is None else f"{indent}{number}{sign} ")
    if number is not None:
        writing.lists[-1] = number + 1
    writing.fresh_item = True


def _close(writing: _Writing, token: Token) -> None:
    kind = token.type
    if kind in {"bullet_list_close", "ordered_list_close"}:
        writing.lists.pop()
    elif kind == "list_item_close":
        writing.fresh_item = False
    elif kind in {"heading_close", "blockquote_close"}:
        writing.tags.pop()


def _inline(writing: _Writing, tokens: Sequence[Token]) -> None:
    for token in tokens:
        name = token.type.partition("_")[0]
        if token.type == "text":
            writing.put(_BOX.sub("☐ ", token.content) if writing.lists else token.content)
        elif token.type == "code_inline":
            writing.put(token.content, "code")
        elif token.type in {"softbreak", "hardbreak"}:
            writing.put("\n" if token.type == "hardbreak" else " ")
        elif token.type == "image":
            writing.pictures += 1
            words = f" {token.content}" if writing.described and token.content else ""
            writing.put(f"[{writing.pictures}]{words}", "i")
        elif token.type == FORMULA:
            _formula(writing, token)
        elif name in {*_INLINE, "link"}:
            _mark(writing, token, name)


def _formula(writing: _Writing, token: Token) -> None:
    """Write a formula in plain letters, with the number of its picture if it needs one."""
    plain, alone = _plain(token), token.markup == DISPLAYED
    if alone:
        writing.pause(1)
    writing.put(plain.text)
    if not plain.clear:
        writing.pictures += 1
        writing.put(f" [{writing.pictures}]", "i")
    if alone:
        writing.put("\n")


def _mark(writing: _Writing, token: Token, name: str) -> None:
    if token.nesting < 0:
        writing.tags.pop()
        return
    tag = _INLINE.get(name, "")
    address = str(token.attrGet("href") or "")
    if name == "link" and address.startswith(LINKS):
        tag = f'a href="{html.escape(address)}"'
    writing.tags.append(tag)


def length(text: str) -> int:
    """Return a text's length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def as_html(runs: Sequence[Run]) -> str:
    """Write runs as Telegram's HTML; neighbours share their tags."""
    written: list[str] = []
    opened: list[str] = []
    for run in runs:
        wanted = list(dict.fromkeys(tag for tag in run.tags if tag))
        kept = 0
        while kept < min(len(opened), len(wanted)) and opened[kept] == wanted[kept]:
            kept += 1
        written += [f"</{tag.split()[0]}>" for tag in reversed(opened[kept:])]
        written += [f"<{tag}>" for tag in wanted[kept:]]
        written.append(html.escape(run.text, quote=False))
        opened = wanted
    written += [f"</{tag.split()[0]}>" for tag in reversed(opened)]
    return "".join(written)


def messages(runs: Sequence[Run], longest: int = LONGEST) -> list[str]:
    """Cut runs into messages that fit, at the end of a paragraph, line, sentence or word."""
    parts: list[str] = []
    rest = [run for run in runs if run.text]
    while rest:
        part, rest = _cut(rest, longest)
        if "".join(run.text for run in part).strip():
            parts.append(as_html(part).strip())
    return parts


def _cut(runs: list[Run], longest: int) -> tuple[list[Run], list[Run]]:
    total = 0
    for place, run in enumerate(runs):
        size = length(run.text)
        if total + size > longest:
            return _cut_inside(runs, place, longest - total)
        total += size
    return runs, []


def _cut_inside(runs: list[Run], place: int, room: int) -> tuple[list[Run], list[Run]]:
    """Find the best place to cut, looking back over the last letters that fit."""
    fits = _prefix(runs[place].text, room)
    head = [*runs[:place], Run(fits, runs[place].tags)]
    tail = [Run(runs[place].text[len(fits) :], runs[place].tags), *runs[place + 1 :]]
    text = "".join(run.text for run in head)
    at = _best_end(text)
    return _split(head, at, tail)


def _prefix(text: str, room: int) -> str:
    """Return the longest beginning that fits; never half of a letter beyond the basic plane."""
    cut = text[:room]
    while length(cut) > room:
        cut = cut[: -max(1, (length(cut) - room) // 2)]
    return cut


def _best_end(text: str) -> int:
    lowest = max(1, len(text) - _WINDOW)
    for sign in ("\n\n", "\n", ". ", "! ", "? ", " "):
        found = text.rfind(sign, lowest)
        if found >= 0:
            return found + len(sign)
    return len(text)


def _split(head: list[Run], at: int, tail: list[Run]) -> tuple[list[Run], list[Run]]:
    left: list[Run] = []
    right: list[Run] = []
    seen = 0
    for run in head:
        cut = min(max(at - seen, 0), len(run.text))
        left.append(Run(run.text[:cut], run.tags))
        right.append(Run(run.text[cut:], run.tags))
        seen += len(run.text)
    rest = [run for run in (*right, *tail) if run.text]
    return [run for run in left if run.text], rest
