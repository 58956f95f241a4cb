"""What hangs on the fridge door: the week of a grade on paper, hour by hour, with its repeats.

Large enough to be read from a step away, in black and white; what does not fit goes on to another
page, and only a title as long as a page is cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from broadcast.export.issue import Issue
from broadcast.export.page_foot import at_most, write_foot
from broadcast.export.rows import ExportRow, Showing, by_clock, printable
from broadcast.export.words import (
    long_day_words,
    moment_words,
    speaker,
    subject_of,
    week_words,
    weekday_words,
)
from jetkiz.fonts.drawing import BOLD, REGULAR, Pen, Style, fitting, width_of, wrap
from jetkiz.fonts.drawn_pages import drawn
from jetkiz.i18n import N_, Translator

WIDTH: Final = 210.0
LEFT: Final = 14.0
RIGHT: Final = 196.0
TOP: Final = 20.0
BOTTOM: Final = 280.0
# Widths of hour, channel and repeats; the lesson takes what is left.
_HOUR: Final = 19.0
_CHANNEL: Final = 31.0
_AGAIN: Final = 44.0
_GAP: Final = 2.5
_SIZES: Final = (13.0, 12.0, 11.0, 10.0, 9.0)
"""Letters in points: the largest with which the week fits one page; else it takes several."""
_SEVERAL_PAGES: Final = 11.0
_LESSON: Final = RIGHT - LEFT - _HOUR - _CHANNEL - _AGAIN - 2 * _GAP
_SMALL: Final = 0.88
_MOST_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class _Line:
    """An airing as it is set: how high, and its words already broken into lines.

    A short title stands behind the subject, a longer one below.
    """

    hour: str
    channel: list[str]
    subject: list[str]
    behind: str
    title: list[str]
    again: list[str]
    height: float


def week_page(rows: Sequence[ExportRow], grade: int, language: str, issue: Issue) -> bytes:
    """Return the page of a grade as a PDF, in the words of a language; hours in ``issue.zone``.

    ``rows`` are the airings of that grade. A repeat stands beside its first run; alone only where
    the first run is not among them.
    """
    t = speaker(language)
    shown = [row for row in rows if not row.is_repeat or not _beside_another(row, rows)]
    days = _days(shown, issue)
    size = next((size for size in _SIZES if _fits(days, t, size, issue)), _SEVERAL_PAGES)

    def draw(canvas: Canvas) -> None:
        pages = list(_pages(days, t, size, issue))
        for number, page in enumerate(pages, start=1):
            if number > 1:
                canvas.showPage()
            pen = Pen(canvas)
            y = _head(pen, rows, grade, t, issue)
            for day, lines in page:
                y = _day(pen, y, long_day_words(day, t.language), lines, size)
            if not page:
                pen.text(LEFT, y + 10, t(N_("No lessons are on the air this week.")), Style(14))
            write_foot(pen, issue, t, (LEFT, RIGHT, BOTTOM + 9), f"{number} / {len(pages)}")

    return drawn(draw, A4)


def _beside_another(row: ExportRow, rows: Sequence[ExportRow]) -> bool:
    return any(
        not other.is_repeat and other.lesson.id == row.lesson.id and other.start < row.start
        for other in rows
    )


_Days = list[tuple[date, list[ExportRow]]]


def _days(rows: Sequence[ExportRow], issue: Issue) -> _Days:
    clock = ZoneInfo(issue.zone)
    local = sorted((by_clock(row, clock) for row in rows), key=lambda row: row.airing.start)
    return [(day, list(mine)) for day, mine in groupby(local, key=lambda row: row.start.date())]


def _fits(days: _Days, t: Translator, size: float, issue: Issue) -> bool:
    return len(list(_pages(days, t, size, issue))) == 1


_Page = list[tuple[date, list[_Line]]]


def _pages(days: _Days, t: Translator, size: float, issue: Issue) -> Iterator[_Page]:
    """Break a week into pages; a day that goes on is headed again on the next."""
    room = BOTTOM - _head_height()
    page: _Page = []
    used = 0.0
    for day, rows in days:
        lines = [_line(row, t, size, issue) for row in rows]
        while lines:
            count, high = _taken(lines, room - used - _day_head(size))
            if count:
                page.append((day, lines[:count]))
                used += _day_head(size) + high
                lines = lines[count:]
            if lines:
                yield page
                page, used = [], 0.0
    yield page


def _taken(lines: Sequence[_Line], room: float) -> tuple[int, float]:
    """Return how many lines a page still holds; the first of an empty page is always taken."""
    high = 0.0
    for number, line in enumerate(lines):
        if high + line.height > room and (number or room < BOTTOM - _head_height() - 20):
            return number, high
        high += line.height
    return len(lines), high


def _line(row: ExportRow, t: Translator, size: float, issue: Issue) -> _Line:
    subject = subject_of(row, t)
    if row.is_repeat:
        subject = t(N_("{subject} (repeat)"), subject=subject)
    normal, small = Style(size), Style(size * _SMALL)
    bold = Style(size, BOLD)
    title = row.title
    if row.lesson.sign_language:
        title = t(N_("{title} (with sign language)"), title=title)
    wide = width_of(subject, bold) + _GAP + width_of(title, small)
    again = [_again(one, row, t, issue) for one in row.again]
    line = _Line(
        hour=f"{row.start:%H:%M}",
        channel=at_most(wrap(printable(row.channel.name), small, _CHANNEL), _MOST_LINES),
        subject=at_most(wrap(subject, bold, _LESSON), _MOST_LINES),
        behind=title if wide <= _LESSON else "",
        title=[] if wide <= _LESSON else at_most(wrap(title, small, _LESSON), _MOST_LINES),
        again=at_most([part for one in again for part in wrap(one, small, _AGAIN)], _MOST_LINES),
        height=0,
    )
    words = len(line.subject) * normal.leading + len(line.title) * small.leading
    sides = max(len(line.channel), len(line.again)) * small.leading
    return replace(line, height=max(words, sides, normal.leading) + size * 0.13)


def _again(one: Showing, row: ExportRow, t: Translator, issue: Issue) -> str:
    """A weekday is enough within the week, and no channel where it is the same."""
    within = 0 <= (one.start.date() - issue.first_day).days < issue.days
    day = weekday_words(one.start.date(), t.language) if within else ""
    when = f"{day} {one.start:%H:%M}" if day else moment_words(one.start, t)
    return when if one.channel.id == row.channel.id else f"{when} {printable(one.channel.name)}"


def _head_height() -> float:
    return TOP + 27


def _head(pen: Pen, rows: Sequence[ExportRow], grade: int, t: Translator, issue: Issue) -> float:
    """Name grade, week and language; the columns are named once a page."""
    title = t(N_("Grade {grade}: lessons on the air"), grade=grade)
    pen.text(LEFT, TOP + 4, title, fitting(title, Style(24, BOLD), RIGHT - LEFT, 12))
    spoken = sorted({row.language for row in rows})
    names = [Locale.parse(t.language).languages.get(one, one) for one in spoken]
    pen.text(
        LEFT,
        TOP + 13,
        " · ".join([week_words(issue.first_day, issue.days, t.language), *names]),
        Style(13),
    )
    y, style = TOP + 21, Style(9, REGULAR, 0.25)
    for x, words in (
        (LEFT, t(N_("Hour"))),
        (LEFT + _HOUR, t(N_("Channel"))),
        (LEFT + _HOUR + _CHANNEL + _GAP, t(N_("Lesson"))),
        (RIGHT - _AGAIN, t(N_("See it again"))),
    ):
        pen.text(x, y, words, style)
    return _head_height() - 2


def _day_head(size: float) -> float:
    return Style(size).leading * 1.5


def _day(pen: Pen, y: float, name: str, lines: Sequence[_Line], size: float) -> float:
    high = _day_head(size)
    pen.box(LEFT - 2, y, (RIGHT - LEFT + 4, high - 0.8), fill=0.88, thick=0)
    pen.text(LEFT, y + high * 0.65, name, Style(size, BOLD))
    y += high
    for line in lines:
        _entry(pen, y, line, size)
        y += line.height
        pen.rule(LEFT, y - size * 0.035, RIGHT, thick=0.15, grey=0.6)
    return y


def _entry(pen: Pen, y: float, line: _Line, size: float) -> None:
    normal, small = Style(size), Style(size * _SMALL)
    base = y + normal.leading * 0.8
    pen.text(LEFT, base, line.hour, Style(size * 1.15, BOLD))
    pen.lines(LEFT + _HOUR, base, line.channel, small)
    x = LEFT + _HOUR + _CHANNEL + _GAP
    bold = Style(size, BOLD)
    below = pen.lines(x, base, line.subject, bold)
    pen.text(x + width_of(line.subject[0], bold) + _GAP, base, line.behind, small)
    pen.lines(x, below - (normal.leading - small.leading), line.title, small)
    pen.lines(RIGHT - _AGAIN, base, line.again, small)
