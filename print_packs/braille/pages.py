"""How Braille stands on the page of an embosser: lines of 40 cells, 25 lines, a number on each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from print_packs.braille.lesson_blocks import Kind

PAGE_END: Final = "\f"
LINE_END: Final = "\r\n"
_DIGITS: Final = str.maketrans("1234567890", "ABCDEFGHIJ")
_NUMBER: Final = "#"
# Cells before the first and before further lines.
_INDENTS: Final = {Kind.HEADING: (4, 4), Kind.PARAGRAPH: (2, 0), Kind.ITEM: (0, 2)}
# Lines that have to follow a heading on its page.
_AFTER_HEADING: Final = 2


@dataclass(frozen=True, slots=True)
class Size:
    """A page of an embosser: cells in a line, lines on a page, the one with its number included."""

    cells: int = 40
    lines: int = 25


@dataclass(frozen=True, slots=True)
class Cells:
    """A block whose text is in Braille."""

    kind: Kind
    text: str


def number_cells(number: int) -> str:
    """Return a number in Braille: the sign of numbers and the letters a to j."""
    return _NUMBER + str(number).translate(_DIGITS)


def wrapped(block: Cells, width: int) -> list[str]:
    """Break a block into lines between words; a word longer than a line is cut."""
    first, further = _INDENTS[block.kind]
    lines: list[str] = []
    line, room = " " * first, width - first
    for word in block.text.split():
        rest = word
        gap = 1 if line.strip() else 0
        if len(rest) + gap > room:
            if gap:
                lines.append(line)
                line, room, gap = " " * further, width - further, 0
            while len(rest) > room:
                lines.append(line + rest[:room])
                rest = rest[room:]
                line, room = " " * further, width - further
        line += " " * gap + rest
        room -= len(rest) + gap
    return [*lines, line] if line.strip() else lines


def paged(blocks: Sequence[Cells], size: Size) -> list[list[str]]:
    """Lay blocks out on pages; a heading never stands last on its page."""
    most = size.lines - 1
    pages: list[list[str]] = [[]]
    for block in blocks:
        lines = wrapped(block, size.cells)
        is_heading = block.kind == Kind.HEADING
        if is_heading and pages[-1]:
            lines = ["", *lines]
        needed = len(lines) + (_AFTER_HEADING if is_heading else 0)
        if pages[-1] and len(pages[-1]) + min(needed, most) > most and (is_heading or most < 4):
            pages.append([])
            lines = lines[1:] if lines[0] == "" else lines
        for line in lines:
            if len(pages[-1]) == most:
                pages.append([])
            pages[-1].append(line)
    return pages


def brf(pages: Iterable[Sequence[str]], size: Size, first: int = 1) -> str:
    """Return pages as a file for an embosser: the number stands on the right above the text."""
    written = []
    for number, lines in enumerate(pages, first):
        head = number_cells(number).rjust(size.cells)
        written.append(LINE_END.join([head, *lines]) + LINE_END + PAGE_END)
    return "".join(written)
