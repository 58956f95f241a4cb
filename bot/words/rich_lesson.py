"""How a lesson looks as one rich message: headings, tables, formulas, hidden answers, pictures.

The same Markdown as everywhere. A phone or a server that knows no rich messages gets plain cards.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from markdown_it.tree import SyntaxTreeNode

from bot.words.lesson_card import LessonCard, deadline, extras_lines, without_title
from bot.words.markdown import LINKS, Run
from jetkiz.i18n import Translator
from jetkiz.lessons.markup.markdown import DISPLAYED, FORMULA, answer_label, markdown
from jetkiz.lessons.markup.plain_formulas import plain_formula
from jetkiz.lessons.subjects import subject_words

# Telegram takes 32,768 letters, 500 blocks and 20 columns; a longer lesson is sent as plain cards.
MOST_LETTERS: Final = 30_000
MOST_BLOCKS: Final = 400
MOST_COLUMNS: Final = 20
_STYLES: Final = {"strong": "bold", "em": "italic", "s": "strikethrough"}
_BOXES: Final = {"[ ] ": False, "[x] ": True}

Json = dict[str, Any]
Rich = str | Json | list[Any]


def rich_lesson(one: LessonCard, pictures: Mapping[str, str], t: Translator) -> list[Json] | None:
    """Return a lesson as blocks; None when it is too long for one message.

    ``pictures`` gives the reference of each picture by the name in the text.
    """
    lesson = one.lesson
    tree = SyntaxTreeNode(markdown().parse(without_title(lesson)))
    writer = _Writer(pictures)
    blocks = [*_head(one, t), *writer.blocks(tree)]
    if lesson.task:
        blocks += [_heading(t("Task"), 3), _paragraph(lesson.task.text.strip())]
    if lesson.licence.line:
        blocks.append({"type": "footer", "text": lesson.licence.line})
    text = json.dumps(blocks, ensure_ascii=False)
    fits = len(text) <= MOST_LETTERS and text.count('"type"') <= MOST_BLOCKS
    return blocks if fits and writer.widest <= MOST_COLUMNS else None


def _head(one: LessonCard, t: Translator) -> list[Json]:
    lesson = one.lesson
    whose = f"{one.given_name} · {t(subject_words(lesson.subject))}"
    blocks = [_paragraph({"type": "italic", "text": whose}), _heading(lesson.title, 1)]
    if lesson.goal:
        blocks.append(_paragraph(t("Goal: {goal}", goal=lesson.goal)))
    if lesson.task:
        blocks.append(_paragraph([_run(run) for run in deadline(lesson.task, one.zone, t)]))
    listed = extras_lines(one.extras, lesson, t)
    if listed:
        blocks.append(_paragraph(t("Also here: {files}.", files=", ".join(listed))))
    return blocks


def _run(run: Run) -> Rich:
    moment = next((tag for tag in run.tags if tag.startswith("tg-time")), "")
    text: Rich = run.text
    if moment:
        unix = int(moment.split('"')[1])
        text = {"type": "date_time", "text": text, "unix_time": unix, "date_time_format": "wD"}
    return {"type": "bold", "text": text}


def _paragraph(text: Rich) -> Json:
    return {"type": "paragraph", "text": text}


def _heading(text: Rich, size: int) -> Json:
    return {"type": "heading", "text": text, "size": size}


class _Writer:
    """Writes one lesson; pictures come as blocks of their own after the block that names them."""

    def __init__(self, pictures: Mapping[str, str]) -> None:
        self._pictures = pictures
        self._waiting: list[Json] = []
        self.widest = 0
        self._kinds: dict[str, Callable[[SyntaxTreeNode], list[Json]]] = {
            "heading": lambda n: [_heading(self.text(n), int(n.tag[1:]))],
            "paragraph": self.paragraph,
            "bullet_list": lambda n: [
                {"type": "list", "items": [self.item(i) for i in n.children]}
            ],
            "ordered_list": self.numbered,
            "blockquote": lambda n: [{"type": "blockquote", "blocks": self.inside(n)}],
            "code_block": lambda n: [{"type": "pre", "text": n.content.rstrip("\n")}],
            "fence": self.fence,
            "hr": lambda _: [{"type": "divider"}],
            "table": self.table,
        }

    def blocks(self, node: SyntaxTreeNode) -> list[Json]:
        """Write the blocks of a lesson, each followed by the pictures that it names."""
        found: list[Json] = []
        for child in node.children:
            found += self._kinds[child.type](child)
            found += self._waiting
            self._waiting = []
        return found

    def inside(self, node: SyntaxTreeNode) -> list[Json]:
        return [block for child in node.children for block in self._kinds[child.type](child)]

    def paragraph(self, node: SyntaxTreeNode) -> list[Json]:
        inner = [one for child in node.children for one in child.children]
        if len(inner) == 1 and inner[0].type == FORMULA and inner[0].markup == DISPLAYED:
            return [{"type": "mathematical_expression", "expression": inner[0].content}]
        text = self.text(node)
        return [_paragraph(text)] if text else []

    def item(self, node: SyntaxTreeNode, **more: Any) -> Json:
        blocks = self.inside(node) or [_paragraph(" ")]
        first = blocks[0].get("text")
        head = first[0] if isinstance(first, list) and first else ""
        if isinstance(head, str) and head[:4] in _BOXES and isinstance(first, list):
            more |= {"has_checkbox": True, "is_checked": _BOXES[head[:4]]}
            blocks[0] = _paragraph([head[4:], *first[1:]])
        return {"blocks": blocks, **more}

    def numbered(self, node: SyntaxTreeNode) -> list[Json]:
        start = int(node.attrs.get("start", 1))
        items = [self.item(one, value=n, type="1") for n, one in enumerate(node.children, start)]
        return [{"type": "list", "items": items}]

    def fence(self, node: SyntaxTreeNode) -> list[Json]:
        words = node.content.rstrip("\n")
        label = answer_label(node.info)
        if label is None:
            return [{"type": "pre", "text": words}]
        inside = self.inside(SyntaxTreeNode(markdown().parse(words))) or [_paragraph(words)]
        return [{"type": "details", "summary": label, "blocks": inside}]

    def table(self, node: SyntaxTreeNode) -> list[Json]:
        rows = [row for part in node.children for row in part.children]
        self.widest = max(self.widest, *(len(row.children) for row in rows))
        cells = [[self.cell(cell) for cell in row.children] for row in rows]
        return [{"type": "table", "cells": cells, "is_bordered": True}]

    def cell(self, node: SyntaxTreeNode) -> Json:
        head = {"is_header": True} if node.type == "th" else {}
        return {"text": self.text(node) or " ", "align": "left", "valign": "top", **head}

    def text(self, node: SyntaxTreeNode) -> list[Any]:
        return [one for child in node.children for one in self.inline(child)]

    def inline(self, node: SyntaxTreeNode) -> list[Any]:
        if node.type == "text":
            return [node.content] if node.content else []
        if node.type in {"softbreak", "hardbreak"}:
            return ["\n" if node.type == "hardbreak" else " "]
        if node.type == FORMULA:
            # What plain letters say well is read aloud well, and no phone can fail to show it.
            plain = plain_formula(node.content)
            latex = {"type": "mathematical_expression", "expression": node.content}
            return [plain.text if plain.clear else latex]
        if node.type == "code_inline":
            return [{"type": "code", "text": node.content}]
        if node.type == "image":
            return self.picture(node)
        return self.styled(node)

    def styled(self, node: SyntaxTreeNode) -> list[Any]:
        inner = self.text(node)
        address = str(node.attrs.get("href", ""))
        if node.type in _STYLES and inner:
            return [{"type": _STYLES[node.type], "text": inner}]
        if node.type == "link" and inner and address.startswith(LINKS):
            return [{"type": "url", "text": inner, "url": address}]
        return inner

    def picture(self, node: SyntaxTreeNode) -> list[Any]:
        """Put a picture below, with its description; without it the description stands here."""
        source = str(node.attrs.get("src", ""))
        if source not in self._pictures:
            return [{"type": "italic", "text": f"[{node.content}]"}]
        photo = {"type": "photo", "media": self._pictures[source]}
        caption = {"caption": {"text": node.content}} if node.content else {}
        self._waiting.append({"type": "photo", "photo": photo, **caption})
        return []
