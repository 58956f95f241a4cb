"""What of a lesson is read in Braille: its text as plain blocks, and what a person must add to it.

A formula becomes its words, a picture its description, a table a line for each row.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from markdown_it.tree import SyntaxTreeNode

from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.markup.markdown import FORMULA, answer_label, markdown
from jetkiz.lessons.markup.spoken_formulas import raised_words
from jetkiz.lessons.markup.typst_markup import formula_words, picture_name, picture_words
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.option_letters import option_letters
from jetkiz.lessons.subjects import subject_words

_RAISED: Final = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]+)|([₀₁₂₃₄₅₆₇₈₉]+)")
_PICTURE: Final = N_("Picture")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")


class Kind(StrEnum):
    """How a block stands on the page."""

    HEADING = "heading"  # alone, further in
    PARAGRAPH = "paragraph"  # its first line two cells in
    ITEM = "item"  # its further lines two cells in: points, answers, rows of tables


@dataclass(frozen=True, slots=True)
class Block:
    """Some text that stands together."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Reading:
    """A lesson in blocks; ``formulas``, ``pictures`` and ``latin`` are for a person to look at."""

    blocks: list[Block] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    tables: int = 0
    latin: list[str] = field(default_factory=list)


def read_lesson(lesson: Lesson) -> Reading:
    """Return a lesson as it is read from top to bottom: title, text, quiz, task."""
    reading = Reading()
    t = translator(lesson.language)
    _add(reading, Kind.PARAGRAPH, t(subject_words(lesson.subject)))
    if not begins_with_title(lesson.text, lesson.title):
        _add(reading, Kind.HEADING, lesson.title)
    _Walker(reading, lesson.language, t).blocks(SyntaxTreeNode(markdown().parse(lesson.text)))
    _add_quiz(reading, lesson, t)
    if lesson.task:
        _add(reading, Kind.HEADING, t("Task"))
        for line in lesson.task.text.splitlines():
            _add(reading, Kind.PARAGRAPH, line)
    plain = [_plain(block, lesson.language) for block in reading.blocks]
    reading.blocks = [block for block in plain if block.text]
    if lesson.language != "en":
        words = (word for one in reading.blocks for word in _LATIN.findall(one.text))
        reading.latin = list(dict.fromkeys(words))
    return reading


def _add(reading: Reading, kind: Kind, text: str) -> None:
    reading.blocks.append(Block(kind, text))


def _add_quiz(reading: Reading, lesson: Lesson, t: Translator) -> None:
    if lesson.quiz:
        _add(reading, Kind.HEADING, t("Check yourself"))
    for number, one in enumerate(lesson.quiz, 1):
        hint = " " + t("Several answers are right.") if len(one.right) > 1 else ""
        _add(reading, Kind.PARAGRAPH, f"{number}. {one.text}{hint}")
        for letter, option in zip(option_letters(lesson.language), one.options, strict=False):
            _add(reading, Kind.ITEM, f"{letter}) {option}")


def _plain(block: Block, language: str) -> Block:
    """Say in words what stands raised or lowered: x² is "x squared"."""

    def said(match: re.Match[str]) -> str:
        return " " + raised_words(match[0], language, is_up=match[1] is not None)

    text = " ".join(_RAISED.sub(said, block.text).split())
    return Block(block.kind, text)


class _Walker:
    """Walks through a text and writes down its blocks."""

    def __init__(self, reading: Reading, language: str, t: Translator) -> None:
        self._reading = reading
        self._language = language
        self._t = t
        self._kinds: dict[str, Callable[[SyntaxTreeNode], None]] = {
            "heading": lambda n: self._put(Kind.HEADING, n),
            "paragraph": lambda n: self._put(Kind.PARAGRAPH, n),
            "bullet_list": self._items,
            "ordered_list": self._items,
            "table": self._table,
            "fence": self._fence,
            "code_block": self._lines,
            "hr": lambda _: None,
        }

    def blocks(self, node: SyntaxTreeNode) -> None:
        """Write down what stands in a node, block by block."""
        for child in node.children:
            self._block(child)

    def _block(self, node: SyntaxTreeNode) -> None:
        self._kinds.get(node.type, self.blocks)(node)

    def _put(self, kind: Kind, node: SyntaxTreeNode, before: str = "") -> None:
        for number, line in enumerate(self._said(node).split("\n")):
            _add(self._reading, kind, f"{before if not number else ''}{line}")

    def _items(self, node: SyntaxTreeNode) -> None:
        start = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, start):
            mark = f"{number}{item.markup or '.'} " if node.type == "ordered_list" else "- "
            for place, child in enumerate(item.children):
                if child.type == "paragraph":
                    self._put(Kind.ITEM, child, "" if place else mark)
                else:
                    self._block(child)

    def _table(self, node: SyntaxTreeNode) -> None:
        self._reading.tables += 1
        lines = [line for part in node.children for line in part.children]
        heads, *rows = [[self._said(cell) for cell in line.children] for line in lines]
        for row in rows:
            pairs = zip(heads, row, strict=True)
            cells = (f"{head}: {cell}" if head else cell for head, cell in pairs)
            _add(self._reading, Kind.ITEM, "; ".join(cells))

    def _fence(self, node: SyntaxTreeNode) -> None:
        label = answer_label(node.info)
        if label is None:
            self._lines(node)
        else:
            _add(self._reading, Kind.PARAGRAPH, f"{label}:")
            self.blocks(SyntaxTreeNode(markdown().parse(node.content)))

    def _lines(self, node: SyntaxTreeNode) -> None:
        for line in node.content.splitlines():
            _add(self._reading, Kind.ITEM, line)

    def _said(self, node: SyntaxTreeNode) -> str:
        return "".join(self._inline(node))

    def _inline(self, node: SyntaxTreeNode) -> Iterator[str]:
        if node.type == FORMULA:
            words = formula_words(node, self._language)
            self._reading.formulas.append(f"{node.content} — {words}")
            yield f" {words} "
        elif node.type == "image":
            words = picture_words(node)
            self._reading.pictures.append(f"{picture_name(node)} — {words}")
            yield f" ({self._t(_PICTURE)}: {words}) "
        elif node.type in {"text", "code_inline"}:
            yield node.content
        elif node.type in {"softbreak", "hardbreak"}:
            yield " " if node.type == "softbreak" else "\n"
        else:
            for child in node.children:
                yield from self._inline(child)
            address = str(node.attrs.get("href", "")) if node.type == "link" else ""
            if address and address not in self._said_of(node):
                yield f" ({address})"

    def _said_of(self, node: SyntaxTreeNode) -> str:
        return "".join(part.content for part in node.walk() if part.type == "text")
