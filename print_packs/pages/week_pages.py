"""What a child reads first: the week day by day, what lies here, what comes another way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, cut, fitting, width_of, wrap
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words
from print_packs.layout import Layout
from print_packs.letter_sizes import letter_size
from print_packs.model import ChildPart, Pack, WeekLine
from print_packs.page_plan import PackPage, PageKind, week_parts
from print_packs.pages.dates import day_words, span_words, week_days, weekday_words
from print_packs.pages.page_layout import BOTTOM, LEFT, RIGHT

_OTHER_WAYS: Final = {
    "telegram": N_("Telegram"),
    "broadcast": N_("television"),
    "post": N_("by post"),
    "in_person": N_("at school"),
    "duty_class": N_("in the duty class"),
}
_NO_WAY: Final = N_("not this week: ask the teacher")
_TOP: Final = 56.0
_HOW: Final = 122.0
_DUE: Final = 160.0
_LARGE: Final = 20
_SMALLEST: Final = 7
# A third hour would be cut off in the column of the lesson.
_MOST_TOLD: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lesson begins: on which page of the pack, or of the child's booklet."""

    page: int
    in_booklet: bool = False


def first_places(pages: Sequence[PackPage], child: ChildPart, layout: Layout) -> dict[int, Place]:
    """Return where each lesson of a child begins in a planned pack."""
    found: dict[int, Place] = {}
    for number, page in enumerate(pages, start=1):
        if page.child == child:
            if page.kind == PageKind.LESSON and page.lesson and page.number == 1:
                found[page.lesson.id] = Place(number)
            for one in page.pair:
                if one and one.number == 1:
                    is_booklet = layout == Layout.BOOKLET
                    found[one.lesson.id] = Place(one.place if is_booklet else number, is_booklet)
    return found


def draw_week(
    pen: Pen, pack: Pack, child: ChildPart, part: int, places: Mapping[int, Place], t: Translator
) -> None:
    """Draw a page of a child's week; ``places`` gives where each lesson begins."""
    first, last = week_days(pack.week)
    title = t("class {title}", title=child.class_title)
    room = RIGHT - LEFT - max(width_of(title, Style(14)), 40) - 6
    name = fitting(child.name, Style(30, BOLD), room, least=16)
    pen.text(LEFT, 32, cut(child.name, name, room), name)
    pen.right(RIGHT, 26, title, Style(14))
    pen.right(RIGHT, 33, span_words(first, last, t.language), Style(11))
    pen.text(LEFT, 46, t("Your week"), Style(15, BOLD))
    lines = week_parts(child)[part - 1]
    wanted = _LARGE if child.is_large else min(letter_size(child.grade), 14)
    facts = (pen, child, places, pack.return_by, t)
    tables = (_Table(*facts, Style(size)) for size in range(wanted, _SMALLEST, -1))
    enough = (table for table in tables if table.height(lines) < BOTTOM - _TOP - 4)
    smallest = _Table(*facts, Style(_SMALLEST))
    next(enough, smallest).draw(lines)


@dataclass(frozen=True, slots=True)
class _Table:
    """The week as a table; in large print everything stands below each other.

    What is answered on paper goes back in one envelope: one day holds for all of it.
    """

    pen: Pen
    child: ChildPart
    places: Mapping[int, Place]
    return_by: date
    t: Translator
    style: Style

    @property
    def small(self) -> Style:
        if self.child.is_large:
            return Style(self.style.size * 0.9)
        return Style(max(self.style.size * 0.75, _SMALLEST), ITALIC, 0.3)

    def height(self, lines: Sequence[WeekLine]) -> float:
        days = len({line.lesson.day for line in lines})
        return sum(self._row_height(line) for line in lines) + days * self._day_height()

    def _day_height(self) -> float:
        return self.style.leading + 3.5

    def _row_height(self, line: WeekLine) -> float:
        below = len(self._below(line)) * self.small.leading
        return len(self._title(line)) * self.style.leading + below + 2.5

    def _title(self, line: WeekLine) -> list[str]:
        width = RIGHT - LEFT - 4 if self.child.is_large else _HOW - LEFT - 4
        return wrap(line.lesson.title, self.style, width)

    def _below(self, line: WeekLine) -> list[str]:
        subject = self.t(subject_words(line.lesson.subject))
        tv, again = self._tv(line), self._again(line)
        if not self.child.is_large:
            wide = _HOW - LEFT - 4
            return [cut(part, self.small, wide) for part in (subject, tv, again) if part]
        parts = (subject, self._how(line), tv, again, self._due(line))
        words = " · ".join(part for part in parts if part)
        return wrap(words, self.small, RIGHT - LEFT - 4)

    def _how(self, line: WeekLine) -> str:
        place = self.places.get(line.lesson.id)
        if place:
            words = N_("booklet, {page}") if place.in_booklet else N_("page {page}")
            return self.t(words, page=place.page)
        return self.t(_OTHER_WAYS[line.channel] if line.channel else _NO_WAY)

    def _tv(self, line: WeekLine) -> str:
        """Where and when to switch on; the day only if it is another than the lesson's own."""
        if line.channel != "broadcast":
            return ""
        if line.on_tv is None:
            return self.t("hour: see the TV timetable")
        return f"{line.on_tv.channel}: {self._hour(line.on_tv.at, line.lesson.day)}"

    def _hour(self, at: datetime, usual: date) -> str:
        day = f"{day_words(at.date(), self.t.language)}, " if at.date() != usual else ""
        return f"{day}{at:%H:%M}"

    def _again(self, line: WeekLine) -> str:
        """For a family whose television is taken at that hour."""
        if line.on_tv is None or not line.on_tv.again:
            return ""
        hours = []
        for one in line.on_tv.again[:_MOST_TOLD]:
            place = f"{one.channel}: " if one.channel != line.on_tv.channel else ""
            hours.append(place + self._hour(one.at, line.lesson.day))
        return self.t("again {hours}", hours="; ".join(hours))

    def _due(self, line: WeekLine) -> str:
        tasks = {sheet.lesson.id for sheet in self.child.sheets}
        if line.lesson.id not in tasks:
            return ""
        return self.t("answer by {day}", day=day_words(self.return_by, self.t.language))

    def draw(self, lines: Sequence[WeekLine]) -> None:
        y = _TOP
        for day, rows in groupby(lines, key=lambda line: line.lesson.day):
            high = self.style.leading * 1.2
            top = y - self.style.leading * 0.85
            self.pen.box(LEFT, top, (RIGHT - LEFT, high), fill=0.92, thick=0, radius=1)
            words = weekday_words(day, self.t.language)
            self.pen.text(LEFT + 2, y, words, Style(self.style.size, BOLD))
            y += self._day_height()
            for line in rows:
                self._row(line, y)
                y += self._row_height(line)

    def _row(self, line: WeekLine, y: float) -> None:
        below = self.pen.lines(LEFT + 2, y, self._title(line), self.style)
        rise = (self.style.leading - self.small.leading) * 0.8
        end = self.pen.lines(LEFT + 2, below - rise, self._below(line), self.small)
        self.pen.rule(LEFT, end + rise - self.small.leading * 0.6, RIGHT, grey=0.85)
        if self.child.is_large:
            return
        due = Style(min(self.style.size, 10))
        if line.channel is None:
            # Nothing is answered in a lesson that nothing brings: the last column is free.
            self.pen.lines(_HOW, y, wrap(self._how(line), due, RIGHT - _HOW)[:2], due)
            return
        self.pen.text(_HOW, y, cut(self._how(line), self.style, _DUE - _HOW - 2), self.style)
        self.pen.lines(_DUE, y, wrap(self._due(line), due, RIGHT - _DUE)[:2], due)
