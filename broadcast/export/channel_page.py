"""The week of one channel as a grid on paper: days side by side, what begins at one hour in a row.

Repeats stand on grey. What does not fit goes on to another page under the same heads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from broadcast.export.issue import Issue
from broadcast.export.page_foot import at_most, write_foot
from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import day_words, speaker, subject_of, week_words
from broadcast.problem.model import Channel
from jetkiz.fonts.drawing import BOLD, Pen, Style, fitting, wrap
from jetkiz.fonts.drawn_pages import drawn
from jetkiz.i18n import N_, Translator

_HEIGHT: Final = 210.0
_LEFT: Final = 10.0
_RIGHT: Final = 287.0
_TOP: Final = 12.0
_GRID: Final = _TOP + 22
_BOTTOM: Final = 196.0
_HOURS: Final = 13.0
_PAD: Final = 1.0
_ABOUT: Final = Style(9, BOLD)
_TITLE: Final = Style(8)
_DAY: Final = 24 * 60
_MOST_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class _Cell:
    about: list[str]
    title: list[str]
    is_repeat: bool

    @property
    def height(self) -> float:
        words = len(self.about) * _ABOUT.leading + len(self.title) * _TITLE.leading
        return words + 2 * _PAD


_Row = tuple[int, dict[date, list[_Cell]]]


def channel_page(channel: Channel, rows: Sequence[ExportRow], language: str, issue: Issue) -> bytes:
    """Return the grid of a channel as a PDF, in the words of a language, in the channel's hours."""
    t = speaker(language)
    mine = [row for row in rows if row.channel.id == channel.id]
    days = _days(mine, issue)
    wide = (_RIGHT - _LEFT - _HOURS) / len(days)
    grid = _grid(mine, t, wide - 2 * _PAD)

    def draw(canvas: Canvas) -> None:
        pages = list(_pages(grid))
        for number, page in enumerate(pages, start=1):
            if number > 1:
                canvas.showPage()
            pen = Pen(canvas, _HEIGHT)
            _head(pen, printable(channel.name), days, t, issue)
            if any(row.is_repeat for row in mine):
                pen.right(_RIGHT, _GRID - 10, t(N_("On grey: repeats")), Style(9))
            y = _GRID
            for row in page:
                y = _entry(pen, y, row, days)
            place = (_LEFT, _RIGHT, _HEIGHT - 7)
            write_foot(pen, issue, t, place, f"{number} / {len(pages)}")

    return drawn(draw, landscape(A4))


def _days(rows: Sequence[ExportRow], issue: Issue) -> list[date]:
    """All days that are planned, and those that repeats reach into."""
    planned = {issue.first_day + timedelta(days=n) for n in range(max(issue.days, 1))}
    return sorted(planned | {_place(row)[0] for row in rows})


def _place(row: ExportRow) -> tuple[date, int]:
    """Return day and minute as the channel counts them: its night belongs to the day before."""
    minute = row.start.hour * 60 + row.start.minute
    if minute >= row.channel.day_start:
        return row.start.date(), minute
    return row.start.date() - timedelta(days=1), minute + _DAY


def _grid(rows: Sequence[ExportRow], t: Translator, wide: float) -> list[_Row]:
    found: dict[int, dict[date, list[_Cell]]] = {}
    for row in rows:
        day, minute = _place(row)
        about = t(N_("{subject}, grade {grades}"), subject=subject_of(row, t), grades=row.grades)
        title = at_most(wrap(row.title, _TITLE, wide), _MOST_LINES)
        cell = _Cell(at_most(wrap(about, _ABOUT, wide), _MOST_LINES), title, row.is_repeat)
        found.setdefault(minute, {}).setdefault(day, []).append(cell)
    return sorted(found.items())


def _pages(grid: Sequence[_Row]) -> Iterator[list[_Row]]:
    page: list[_Row] = []
    room = _BOTTOM - _GRID
    for row in grid:
        high = _high(row)
        if page and high > room:
            yield page
            page, room = [], _BOTTOM - _GRID
        page.append(row)
        room -= high
    yield page


def _high(row: _Row) -> float:
    return max(sum(cell.height for cell in cells) for cells in row[1].values())


def _head(pen: Pen, name: str, days: Sequence[date], t: Translator, issue: Issue) -> None:
    week = week_words(issue.first_day, issue.days, t.language)
    title = t(N_("{channel}: lessons on the air, {week}"), channel=name, week=week)
    big = fitting(title, Style(17, BOLD), _RIGHT - _LEFT, 9)
    pen.text(_LEFT, _TOP + 5, title, big)
    wide = (_RIGHT - _LEFT - _HOURS) / len(days)
    pen.box(_LEFT, _GRID - 8, (_RIGHT - _LEFT, 8), fill=0.85, thick=0.3)
    for number, day in enumerate(days):
        words = day_words(day, t.language)
        head = fitting(words, Style(11, BOLD), wide - 2 * _PAD, 5)
        pen.text(_LEFT + _HOURS + number * wide + _PAD, _GRID - 2.5, words, head)


def _entry(pen: Pen, y: float, row: _Row, days: Sequence[date]) -> float:
    """Draw what begins at one hour of all days; return where the next hour begins."""
    minute, cells = row
    high = _high(row)
    wide = (_RIGHT - _LEFT - _HOURS) / len(days)
    pen.box(_LEFT, y, (_HOURS, high), thick=0.2)
    hour = f"{minute // 60 % 24:02}:{minute % 60:02}"
    pen.text(_LEFT + _PAD, y + _PAD + _ABOUT.leading * 0.8, hour, Style(11, BOLD))
    for number, day in enumerate(days):
        x = _LEFT + _HOURS + number * wide
        mine = cells.get(day, [])
        fill = 0.92 if any(cell.is_repeat for cell in mine) else None
        pen.box(x, y, (wide, high), fill=fill, thick=0.2)
        base = y + _PAD + _ABOUT.leading * 0.75
        for cell in mine:
            base = pen.lines(x + _PAD, base, cell.about, _ABOUT)
            base = pen.lines(x + _PAD, base - 0.4, cell.title, _TITLE) + 2 * _PAD
    return y + high
