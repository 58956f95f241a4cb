"""What a child writes on: the sheet that comes back, with the task, lines and three codes."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from jetkiz.codes import Corner
from jetkiz.i18n import Translator
from jetkiz.lessons.subjects import subject_words
from print_packs.model import AnswerSheet, ChildPart
from print_packs.pages.code_marks import MODULES, QUIET, draw_code, place_of
from print_packs.pages.dates import day_words
from print_packs.pages.drawing import BOLD, ITALIC, Pen, Style, cut, fitting, wrap
from print_packs.pages.page_layout import LEFT, RIGHT, letter_size, line_distance

_CORNERS: Final = (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)


def draw_answer_sheet(
    pen: Pen,
    child: ChildPart,
    sheet: AnswerSheet,
    codes: Mapping[Corner, str],
    return_by: date,
    t: Translator,
) -> None:
    """Draw a sheet that comes back: whose it is, the task, lines to write on, three codes.

    It names the day of the cover, since all sheets of a home come back together.
    """
    for corner in _CORNERS:
        draw_code(pen, codes[corner], corner)
    y = _head(pen, child, sheet, return_by, t)
    if sheet.page == 1 and sheet.lesson.task:
        y = _task(pen, child, sheet.lesson.task.text, y)
    step = line_distance(child.grade)
    y = max(y, 46.0) + step
    _, top, size = place_of(Corner.BOTTOM_LEFT)
    last = top - QUIET * size / MODULES - 1
    pen.ruling(LEFT, RIGHT, [y + n * step for n in range(int((last - y) // step) + 1)])


def _head(pen: Pen, child: ChildPart, sheet: AnswerSheet, return_by: date, t: Translator) -> float:
    """Stay clear of the staple at the left and of the code at the right."""
    width = place_of(Corner.TOP_RIGHT)[0] - 34 - 6
    whose = f"{child.name}, {child.class_title}"
    name = fitting(whose, Style(18, BOLD), width, least=11)
    pen.text(34, 20, cut(whose, name, width), name)
    title = f"{t(subject_words(sheet.lesson.subject))}: {sheet.lesson.title}"
    y = pen.lines(34, 27, wrap(title, Style(11), width)[:2], Style(11))
    words = [t("Answer sheet")]
    if sheet.pages > 1:
        words.append(t("page {page} of {pages}", page=sheet.page, pages=sheet.pages))
    if sheet.lesson.task:
        words.append(t("by {day}", day=day_words(return_by, t.language)))
    pen.text(34, y, cut(" · ".join(words), Style(10, ITALIC), width), Style(10, ITALIC))
    return y


def _task(pen: Pen, child: ChildPart, text: str, y: float) -> float:
    """The task in the reader's letters, smaller when it would leave no room to write."""
    y = max(y + 9, 45.0)
    wanted = 20 if child.is_large else min(letter_size(child.grade), 16)
    width = RIGHT - LEFT - 8
    style = next(
        (
            Style(s)
            for s in range(wanted, 8, -1)
            if len(wrap(text, Style(s), width)) * Style(s).leading < 90
        ),
        Style(8),
    )
    lines = wrap(text, style, width)
    most = int(150 / style.leading)
    high = min(len(lines), most) * style.leading + 6
    pen.box(LEFT, y - 1, (RIGHT - LEFT, high), fill=0.95, thick=0, radius=2)
    pen.lines(LEFT + 4, y + 1.5 + style.leading * 0.7, lines[:most], style)
    return y + high
