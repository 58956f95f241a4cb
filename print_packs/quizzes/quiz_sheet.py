"""What the sheet of a quiz looks like: how to mark an answer, and the block of bubbles."""

from datetime import date
from typing import Final

from jetkiz.fonts.drawing import BOLD, Pen, Style, wrap
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.option_letters import option_letters
from print_packs.model import AnswerSheet
from print_packs.pages.child_pages import draw_sheet_head
from print_packs.pages.page_layout import LEFT, RIGHT
from print_packs.quizzes.geometry import (
    BLOCK_LEFT,
    BLOCK_TOP,
    LETTER_GAP,
    LINE,
    MARK,
    NUMBER_GAP,
    RING,
    Block,
    block_of,
)

_HOW_TOP: Final = 51.0
_NUMBER: Final = Style(11, BOLD)
_LETTER: Final = Style(9.5, grey=0.15)
_HALF_LETTER: Final = 1.2
"""From the middle of a letter down to its base line."""


def draw_quiz_frame(pen: Pen, sheet: AnswerSheet, return_by: date, t: Translator) -> None:
    """Draw what is the same for all who get a quiz: how to answer, and the bubbles."""
    draw_sheet_head(pen, sheet, return_by, t)
    where = N_("The questions stand below the lesson.")
    if sheet.asks:
        where = N_("The questions are on the page before this sheet.")
    how = N_(
        "Fill the circle of the right answer with a dark pen, or put a cross in it. Leave the "
        "other circles and the four black squares clean."
    )
    words = f"{t(where)} {t(how)}"
    width = RIGHT - LEFT
    sizes = (Style(size / 2) for size in range(23, 12, -1))
    style = next((s for s in sizes if len(wrap(words, s, width)) < 4), Style(6.5))
    pen.paragraph(LEFT, _HOW_TOP, words, style, width)
    draw_block(pen, block_of(sheet.quiz), sheet.lesson.language)


def draw_block(pen: Pen, block: Block, language: str) -> None:
    """Draw the four marks and the bubbles, with letters and numbers beside them."""
    for x, y in block.marks:
        corner = BLOCK_LEFT + x - MARK / 2, BLOCK_TOP + y - MARK / 2
        pen.box(*corner, (MARK, MARK), fill=0, thick=0)
    letters = option_letters(language)
    for one in block.bubbles:
        x, y = BLOCK_LEFT + one.x, BLOCK_TOP + one.y
        pen.box(x - RING, y - RING, (2 * RING, 2 * RING), thick=LINE, radius=RING)
        pen.middle(x - LETTER_GAP, y + _HALF_LETTER, letters[one.option], _LETTER)
        if one.option == 0:
            pen.right(x - NUMBER_GAP, y + _HALF_LETTER, str(one.question + 1), _NUMBER)
