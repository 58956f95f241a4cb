"""What a child finds in a pack: the week at a glance, and sheets to write on."""

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from jetkiz.codes import Corner
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words
from print_packs.code_marks import MODULES, QUIET, draw_code, place_of
from print_packs.dates import day_words, span_words, week_days, weekday_words
from print_packs.drawing import BOLD, ITALIC, Pen, Style, cut, wrap
from print_packs.model import AnswerSheet, ChildPart, WeekLine
from print_packs.page_layout import BOTTOM, LEFT, RIGHT, letter_size, line_distance

_OTHER_WAYS: Final = {
    "telegram": N_("Telegram"),
    "broadcast": N_("television"),
    "post": N_("by post"),
    "in_person": N_("at school"),
}
_CORNERS: Final = (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)
_HOW: Final = 122.0
_DUE: Final = 160.0


def draw_week(
    pen: Pen, child: ChildPart, week: str, first_pages: Mapping[int, int], t: Translator
) -> None:
    """Draw a child's week; ``first_pages`` gives the page on which each lesson begins."""
    first, last = week_days(week)
    pen.text(LEFT, 32, cut(child.name, Style(30, BOLD), 120), Style(30, BOLD))
    pen.right(RIGHT, 26, t("class {title}", title=child.class_title), Style(14))
    pen.right(RIGHT, 33, span_words(first, last, t.language), Style(11))
    pen.text(LEFT, 46, t("Your week"), Style(15, BOLD))
    size = next(
        (s for s in range(_table_size(child), 6, -1) if _height(child, Style(s)) < BOTTOM - 60), 7
    )
    _table(pen, child, first_pages, Style(size), t)


def _table_size(child: ChildPart) -> int:
    return 16 if child.is_large else min(letter_size(child.grade), 14)


def _height(child: ChildPart, style: Style) -> float:
    days = len({line.lesson.day for line in child.week})
    return sum(_row_height(line, style) for line in child.week) + days * _day_height(style)


def _day_height(style: Style) -> float:
    return style.leading + 3.5


def _title_lines(line: WeekLine, style: Style) -> list[str]:
    return wrap(line.lesson.title, style, _HOW - LEFT - 4)


def _row_height(line: WeekLine, style: Style) -> float:
    return (len(_title_lines(line, style)) + 0.8) * style.leading + 2.5


def _table(
    pen: Pen, child: ChildPart, first_pages: Mapping[int, int], style: Style, t: Translator
) -> None:
    y = 56.0
    tasks = {sheet.lesson.id for sheet in child.sheets}
    for day, lines in groupby(child.week, key=lambda line: line.lesson.day):
        pen.box(
            LEFT,
            y - style.leading * 0.85,
            (RIGHT - LEFT, style.leading * 1.2),
            fill=0.92,
            thick=0,
            radius=1,
        )
        pen.text(LEFT + 2, y, weekday_words(day, t.language), Style(style.size, BOLD))
        y += _day_height(style)
        for line in lines:
            _row(pen, line, y, style, t)
            how = _how(line, first_pages, t)
            pen.text(_HOW, y, cut(how, style, _DUE - _HOW - 2), style)
            if line.lesson.id in tasks and line.lesson.task:
                due = day_words(line.lesson.task.due, t.language)
                small = Style(min(style.size, 10))
                label = t("answer by {day}", day=due)
                pen.lines(_DUE, y, wrap(label, small, RIGHT - _DUE)[:2], small)
            y += _row_height(line, style)


def _row(pen: Pen, line: WeekLine, y: float, style: Style, t: Translator) -> None:
    small = Style(max(style.size * 0.75, 7), ITALIC, 0.3)
    below = pen.lines(LEFT + 2, y, _title_lines(line, style), style)
    pen.text(
        LEFT + 2,
        below - style.leading * 0.15,
        cut(t(subject_words(line.lesson.subject)), small, 98),
        small,
    )
    pen.rule(LEFT, below + style.leading * 0.35, RIGHT, grey=0.85)


def _how(line: WeekLine, first_pages: Mapping[int, int], t: Translator) -> str:
    page = first_pages.get(line.lesson.id)
    if page:
        return t("page {page}", page=page)
    return t(_OTHER_WAYS[line.channel]) if line.channel else "–"


def draw_answer_sheet(
    pen: Pen, child: ChildPart, sheet: AnswerSheet, codes: Mapping[Corner, str], t: Translator
) -> None:
    """Draw a sheet that comes back: whose it is, the task, lines to write on, three codes."""
    for corner in _CORNERS:
        draw_code(pen, codes[corner], corner)
    y = _head(pen, child, sheet, t)
    if sheet.page == 1 and sheet.lesson.task:
        y = _task(pen, child, sheet.lesson.task.text, y)
    step = line_distance(child.grade)
    y = max(y, 46.0) + step
    _, top, size = place_of(Corner.BOTTOM_LEFT)
    last = top - QUIET * size / MODULES - 1
    pen.ruling(LEFT, RIGHT, [y + n * step for n in range(int((last - y) // step) + 1)])


def _head(pen: Pen, child: ChildPart, sheet: AnswerSheet, t: Translator) -> float:
    """Stay clear of the staple at the left and of the code at the right."""
    width = place_of(Corner.TOP_RIGHT)[0] - 34 - 6
    name = Style(18, BOLD)
    pen.text(34, 20, cut(f"{child.name}, {child.class_title}", name, width), name)
    title = f"{t(subject_words(sheet.lesson.subject))}: {sheet.lesson.title}"
    y = pen.lines(34, 27, wrap(title, Style(11), width)[:2], Style(11))
    words = [t("Answer sheet")]
    if sheet.pages > 1:
        words.append(t("page {page} of {pages}", page=sheet.page, pages=sheet.pages))
    if sheet.lesson.task:
        words.append(t("by {day}", day=day_words(sheet.lesson.task.due, t.language)))
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
