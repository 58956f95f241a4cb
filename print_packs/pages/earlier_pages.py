"""What a child reads of the work that came back: the mark and the teacher's words."""

from typing import Final

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, cut, wrap
from jetkiz.i18n import Translator
from jetkiz.lessons.subjects import subject_words
from print_packs.model import ChildPart
from print_packs.page_plan import EarlierPart, earlier_parts, earlier_size
from print_packs.pages.page_layout import BOTTOM, LEFT, RIGHT
from print_packs.pages.slip_pages import MARK_WORDS

_TOP: Final = 52.0
_GAP: Final = 5.0
_SMALLEST: Final = 7


def draw_earlier(pen: Pen, child: ChildPart, number: int, t: Translator) -> None:
    """Draw a page of what the teachers said; ``number`` counts the child's pages of it."""
    name = Style(24, BOLD)
    pen.text(LEFT, 30, cut(child.name, name, RIGHT - LEFT), name)
    pen.text(LEFT, 41, t("Your earlier work"), Style(15, BOLD))
    parts = earlier_parts(child)[number - 1]
    sizes = range(earlier_size(child), _SMALLEST, -1)
    fits = (size for size in sizes if _height(parts, size, t) < BOTTOM - _TOP)
    size = next(fits, _SMALLEST)
    y = _TOP
    for part in parts:
        y = _draw(pen, part, size, y, t)


def _height(parts: tuple[EarlierPart, ...], size: int, t: Translator) -> float:
    return sum(
        lead + len(wrap(text, style, RIGHT - LEFT)) * style.leading
        for part in parts
        for text, style, lead in _spaced(_texts(part, size, t))
    ) + _GAP * len(parts)


def _spaced(texts: list[tuple[str, Style]]) -> list[tuple[str, Style, float]]:
    """Return texts with the room above each: larger letters stand further below smaller ones."""
    before = [style.leading for _, style in texts[:1] + texts]
    return [
        (text, style, max(0.0, style.leading - last))
        for (text, style), last in zip(texts, before, strict=False)
    ]


def _texts(part: EarlierPart, size: int, t: Translator) -> list[tuple[str, Style]]:
    title = f"{t(subject_words(part.work.subject))}: {part.work.title}"
    if part.is_continued:
        return [(f"{title} …", Style(size * 0.85, ITALIC, 0.2)), (part.words, Style(size))]
    mark = t(MARK_WORDS[part.work.mark]) if part.work.mark in MARK_WORDS else part.work.mark
    heads = [(title, Style(size * 0.85, ITALIC, 0.2))]
    if mark:
        heads.append((t("Mark: {mark}", mark=mark), Style(size * 1.25, BOLD)))
    return [*heads, (part.words, Style(size))]


def _draw(pen: Pen, part: EarlierPart, size: int, y: float, t: Translator) -> float:
    pen.rule(LEFT, y - size * 0.42, RIGHT, grey=0.7)
    for text, style, lead in _spaced(_texts(part, size, t)):
        y = pen.paragraph(LEFT, y + lead, text, style, RIGHT - LEFT)
    return y + _GAP
