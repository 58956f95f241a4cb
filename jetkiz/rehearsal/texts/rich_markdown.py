"""Turns the Markdown of a rich message into blocks, by way of the HTML that says the same."""

import html
import re
from collections.abc import Callable

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.texts.rich_html import read_rich_html

TAG = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
ITEM = re.compile(r"(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)")
RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})$")
DASHES = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
SPANS = (
    (re.compile(r"!\[([^\]]*)\]\((tg://[a-z]+\?id=[\w-]+)\)"), r'<img src="\2"/>'),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*(?!\*)"), r"<b>\1</b>"),
    (re.compile(r"~~(.+?)~~"), r"<s>\1</s>"),
    (re.compile(r"\|\|(.+?)\|\|"), r"<tg-spoiler>\1</tg-spoiler>"),
    (re.compile(r"==(.+?)=="), r"<mark>\1</mark>"),
    (re.compile(r"(?<![\w*])[*_](?!\s)(.+?)(?<!\s)[*_](?![\w*])"), r"<i>\1</i>"),
)
KEPT = re.compile(r"`([^`]+)`|\$([^\s$](?:[^$]*[^\s$])?)\$|\\([!-/:-@\[-`{-~])")


def read_rich_markdown(source: str) -> list[Json]:
    lines = source.replace("\r\n", "\n").split("\n")
    pieces: list[str] = []
    while lines:
        pieces.append(next_piece(lines))
    return read_rich_html("".join(pieces))


def next_piece(lines: list[str]) -> str:
    """Take the lines of one block from the front and say them in HTML."""
    line = lines[0].strip()
    if line.startswith(("```", "$$")):
        return fenced(lines, line[:3] if line.startswith("`") else "$$")
    if line.startswith(">"):
        quoted = taken(lines, lambda each: each.startswith(">"))
        words = "\n".join(each[1:].strip() for each in quoted)
        return f"<blockquote>{spans(words)}</blockquote>"
    if ITEM.match(line):
        return listed(taken(lines, lambda each: bool(ITEM.match(each))))
    if len(lines) > 1 and "|" in line and DASHES.match(lines[1].strip()):
        # Of one column the dashes need no line beside them.
        head, dashes = lines.pop(0).strip(), lines.pop(0).strip()
        return tabled([head, dashes, *taken(lines, lambda each: "|" in each)])
    return one_line(lines, line) if is_one_line(line) else paragraph(lines)


def is_one_line(line: str) -> bool:
    return not line or bool(HEADING.match(line) or RULE.match(line) or TAG.match(line))


def one_line(lines: list[str], line: str) -> str:
    whole = lines.pop(0)
    if heading := HEADING.match(line):
        level = len(heading.group(1))
        return f"<h{level}>{spans(heading.group(2))}</h{level}>"
    if RULE.match(line):
        return "<hr/>"
    return spans(whole) + "\n" if line else ""


def paragraph(lines: list[str]) -> str:
    words = [lines.pop(0)]
    while lines and lines[0].strip() and not begins_block(lines[0].strip()):
        words.append(lines.pop(0))
    return f"<p>{spans(chr(10).join(words))}</p>"


def begins_block(line: str) -> bool:
    return line.startswith(("#", ">", "```", "$$")) or bool(ITEM.match(line))


def taken(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    while lines and fits(lines[0].strip()):
        found.append(lines.pop(0).strip())
    return found


def fenced(lines: list[str], fence: str) -> str:
    first = lines.pop(0).strip().removeprefix(fence)
    body: list[str] = []
    if fence == "$$" and first.endswith("$$"):
        body, first = [first.removesuffix("$$")], ""
    else:
        while lines and lines[0].strip() != fence:
            body.append(lines.pop(0))
        lines[:1] = []
    text = html.escape("\n".join(body), quote=False)
    if fence == "$$":
        return f"<tg-math-block>{html.escape(first, quote=False)}{text}</tg-math-block>"
    return f'<pre><code class="language-{html.escape(first)}">{text}</code></pre>'


def listed(lines: list[str]) -> str:
    found = [match for match in map(ITEM.match, lines) if match]
    number = found[0].group(1)
    tag, start = ("ol", f' start="{number}"') if number else ("ul", "")
    items = "".join(f"<li>{box(match.group(2))}{spans(match.group(3))}</li>" for match in found)
    return f"<{tag}{start}>{items}</{tag}>"


def box(mark: str | None) -> str:
    if mark is None:
        return ""
    return '<input type="checkbox"/>' if mark == " " else '<input type="checkbox" checked/>'


def tabled(lines: list[str]) -> str:
    head, dashes, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    places = [place_of(dash) for dash in dashes]
    rows = [cells_of("th", head, places), *(cells_of("td", row, places) for row in body)]
    return f"<table bordered>{''.join(rows)}</table>"


def place_of(dash: str) -> str:
    if dash.endswith(":"):
        return "center" if dash.startswith(":") else "right"
    return "left"


def cells_of(tag: str, cells: list[str], places: list[str]) -> str:
    placed = zip(cells, places, strict=False)
    inner = "".join(f'<{tag} align="{place}">{spans(cell)}</{tag}>' for cell, place in placed)
    return f"<tr>{inner}</tr>"


def spans(text: str) -> str:
    """Marks inside a line; code, formulas, tags and escaped signs are put aside meanwhile."""
    aside: list[str] = []

    def put(piece: str) -> str:
        aside.append(piece)
        return f"\x00{len(aside) - 1}\x00"

    def keep(match: re.Match[str]) -> str:
        code, formula, sign = match.groups()
        if sign is not None:
            return put(html.escape(sign))
        tag, words = ("code", code) if code is not None else ("tg-math", formula)
        return put(f"<{tag}>{html.escape(words, quote=False)}</{tag}>")

    text = KEPT.sub(keep, text.replace("\x00", ""))
    text = TAG.sub(lambda match: put(match.group()), text)
    text = html.escape(text, quote=False)
    for pattern, replacement in SPANS:
        text = pattern.sub(replacement, text)
    for number in reversed(range(len(aside))):
        text = text.replace(f"\x00{number}\x00", aside[number])
    return text.replace("\n", "<br/>")
