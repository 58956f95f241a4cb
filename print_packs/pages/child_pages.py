"""What a child writes on: the sheet that comes back, with the task, lines and three codes."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import BOLD, ELLIPSIS, ITALIC, Pen, Style, cut, fitting, wrap
from jetkiz.i18n import Translator
from jetkiz.lessons.subjects import subject_words
from print_packs.letter_sizes import LARGE_PRINT, letter_size
from print_packs.model import AnswerSheet, ChildPart
from print_packs.pages.code_marks import MODULES, QUIET, draw_code
from print_packs.pages.dates import day_words
from print_packs.pages.page_layout import (
    LEFT,
    RIGHT,
    line_distance,
    place_of,
)

_CORNERS: Final = (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)
_HEAD_LEFT: Final = 34.0
_ROOM_TO_WRITE: Final = 90.0
_MOST_OF_THE_PAGE: Final = 150.0
"""Millimetres that a task may take: below it, some lines are left to write on."""
_SMALLEST_TASK: Final = 8
_HEAD_WIDTH: Final = place_of(Corner.TOP_RIGHT)[0] - _HEAD_LEFT - 6


def draw_answer_sheet(pen: Pen, child: ChildPart, codes: Mapping[Corner, str]) -> None:
    """Draw what makes a sheet that comes back this child's own: the name, and three codes.

    It stays clear of the staple at the left and of the code at the right.
    """
    for corner in _CORNERS:
        draw_code(pen, codes[corner], corner)
    whose = f"{child.name}, {child.class_title}"
    name = fitting(whose, Style(18, BOLD), _HEAD_WIDTH, least=11)
    pen.text(_HEAD_LEFT, 20, cut(whose, name, _HEAD_WIDTH), name)


def draw_sheet_frame(
    pen: Pen, child: ChildPart, sheet: AnswerSheet, return_by: date, t: Translator
) -> None:
    """Draw what is the same for all who get a sheet: subject, task, lines to write on.

    It looks at nothing of the child but grade and size of letters. It names the day of the
    cover, since all sheets of a home come back together.
    """
    y = draw_sheet_head(pen, sheet, return_by, t)
    if sheet.page == 1 and sheet.lesson.task:
        y = _task(pen, child, sheet.lesson.task.text, y)
    step = line_distance(child.grade)
    y = max(y, 46.0) + step
    _, top, size = place_of(Corner.BOTTOM_LEFT)
    last = top - QUIET * size / MODULES - 1
    pen.ruling(LEFT, RIGHT, [y + n * step for n in range(int((last - y) // step) + 1)])


def draw_sheet_head(pen: Pen, sheet: AnswerSheet, return_by: date, t: Translator) -> float:
    """Draw what the sheet belongs to and by which day it comes back; return its last line."""
    title = f"{t(subject_words(sheet.lesson.subject))}: {sheet.lesson.title}"
    lines = wrap(title, Style(11), _HEAD_WIDTH)[:2]
    y = pen.lines(_HEAD_LEFT, 27, lines, Style(11))
    words = [t("Answer sheet")]
    if sheet.pages > 1:
        words.append(t("page {page} of {pages}", page=sheet.page, pages=sheet.pages))
    if sheet.lesson.task or sheet.quiz:
        words.append(t("by {day}", day=day_words(return_by, t.language)))
    style = Style(10, ITALIC)
    pen.text(_HEAD_LEFT, y, cut(" · ".join(words), style, _HEAD_WIDTH), style)
    return y


def _task(pen: Pen, child: ChildPart, text: str, y: float) -> float:
    """The task in the reader's letters, smaller when it would leave no room to write."""
    y = max(y + 9, 45.0)
    wanted = LARGE_PRINT if child.is_large else min(letter_size(child.grade), 16)
    width = RIGHT - LEFT - 8
    style, lines = _task_lines(text, wanted, width)
    high = len(lines) * style.leading + 6
    pen.box(LEFT, y - 1, (RIGHT - LEFT, high), fill=0.95, thick=0, radius=2)
    pen.lines(LEFT + 4, y + 1.5 + style.leading * 0.7, lines, style)
    return y + high


def _task_lines(text: str, wanted: int, width: float) -> tuple[Style, list[str]]:
    """Break a task into lines: first it takes room of the page, only then its letters shrink.

    Import refuses a task for which the smallest letters find no room.
    """
    tries = [(size, _ROOM_TO_WRITE) for size in range(wanted, wanted * 2 // 3, -1)]
    tries += [(size, _MOST_OF_THE_PAGE) for size in range(wanted, _SMALLEST_TASK, -1)]
    for size, room in tries:
        lines = wrap(text, Style(size), width)
        if len(lines) * Style(size).leading < room:
            return Style(size), lines
    style = Style(_SMALLEST_TASK)
    lines, most = wrap(text, style, width), int(_MOST_OF_THE_PAGE / style.leading)
    return style, lines if len(lines) <= most else [*lines[: most - 1], ELLIPSIS]
