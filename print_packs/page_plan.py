"""Which pages a pack has, and in which order, before anything is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jetkiz.lessons.model import Lesson
from print_packs.counted_lines import first_lines, lines_of
from print_packs.layout import Layout, sides_of
from print_packs.model import AnswerSheet, ChildPart, EarlierWork, Pack, WeekLine
from print_packs.questions import question_pages

LessonKey = tuple[int, bool]
"""A lesson, and whether its letters are large."""
_HEAD_LINES: Final = 4


class PageKind(StrEnum):
    """What stands on a page."""

    COVER = "cover"  # address, children, what is inside
    GUIDE = "guide"  # what the adult does
    CHILD = "child"  # a child's week
    EARLIER = "earlier"  # what the teacher said to work that came back
    LESSON = "lesson"  # a page of a lesson, shared by all who get it
    PAIR = "pair"  # two small pages of lessons beside each other
    QUESTIONS = "questions"  # of a quiz whose lesson is not printed
    ANSWER = "answer"  # the sheet that comes back
    SLIP = "slip"  # what to send back, until when, to whom
    BLANK = "blank"  # so that the next part begins on a new sheet


@dataclass(frozen=True, slots=True)
class SmallPage:
    """A page of a lesson on half a side; ``place`` counts the small pages of a child from 1."""

    lesson: Lesson
    number: int
    place: int


@dataclass(frozen=True, slots=True)
class PackPage:
    """One page of a pack: its kind, and what of the pack stands on it.

    ``pair`` is what stands on the left and on the right, None where nothing does; ``number`` then
    counts the sides of a child with small pages.
    """

    kind: PageKind
    child: ChildPart | None = None
    lesson: Lesson | None = None
    number: int = 1
    sheet: AnswerSheet | None = None
    pair: tuple[SmallPage | None, ...] = ()


def week_parts(child: ChildPart) -> list[tuple[WeekLine, ...]]:
    """Share a child's week out over pages, so that the letters need not shrink too far."""
    most = 8 if child.is_large else 20
    parts = [child.week[start : start + most] for start in range(0, len(child.week), most)]
    return parts or [()]


@dataclass(frozen=True, slots=True)
class EarlierPart:
    """What of a teacher's words stands on one page; long words go on over several."""

    work: EarlierWork
    words: str
    is_continued: bool = False


def earlier_size(child: ChildPart) -> int:
    """Return the size of letters in points for what the teachers said."""
    return 20 if child.is_large else 13


def earlier_parts(child: ChildPart) -> list[tuple[EarlierPart, ...]]:
    """Share what the teachers said out over pages, so that the letters need not shrink too far.

    Letters are counted, not measured: the pages of a pack are planned before anything is drawn.
    """
    wide, most = (44, 19) if child.is_large else (72, 32)
    pages: list[list[EarlierPart]] = []
    left = 0
    for work in child.earlier:
        words, is_continued = work.words.split(), False
        while words or not is_continued:
            room = left - _HEAD_LINES
            if room < min(3, len(words)):
                pages.append([])
                left, room = most, most - _HEAD_LINES
            here, words = first_lines(words, wide, room)
            pages[-1].append(EarlierPart(work, " ".join(here), is_continued))
            left = room - lines_of(sum(len(one) + 1 for one in here), wide)
            is_continued = True
    return [tuple(one) for one in pages]


def plan_pages(pack: Pack, counts: Mapping[LessonKey, int]) -> list[PackPage]:
    """Return the pages of a pack in order; ``counts`` gives the pages of each lesson and size.

    Every child's part, every booklet, every task and the slip begin on a new sheet of paper, so
    that the children can share the pack out and nobody sends a lesson back with an answer.
    """
    pages = [PackPage(PageKind.COVER), PackPage(PageKind.GUIDE)]
    for child in pack.children:
        weeks = len(week_parts(child))
        pages += [PackPage(PageKind.CHILD, child, number=n + 1) for n in range(weeks)]
        said = len(earlier_parts(child))
        pages += [PackPage(PageKind.EARLIER, child, number=n + 1) for n in range(said)]
        for lesson in child.lessons:
            if lesson.id not in child.small:
                count = counts[lesson.id, child.is_large]
                pages += [PackPage(PageKind.LESSON, child, lesson, n + 1) for n in range(count)]
        if pack.layout == Layout.BOOKLET and child.small:
            _fill_sheet(pages)
        pages += _pairs(child, counts, pack.layout)
        for sheet in child.sheets:
            if sheet.page == 1 or sheet.asks:
                _fill_sheet(pages)
            if sheet.asks:
                # On sheets of their own: they stay at home when the circles are sent back.
                asked = len(question_pages(sheet.lesson, is_large=child.is_large))
                lesson, kind = sheet.lesson, PageKind.QUESTIONS
                pages += [PackPage(kind, child, lesson, n + 1) for n in range(asked)]
                _fill_sheet(pages)
            pages.append(PackPage(PageKind.ANSWER, child, sheet.lesson, sheet.page, sheet))
        _fill_sheet(pages)
    pages.append(PackPage(PageKind.SLIP))
    _fill_sheet(pages)
    return pages


def _pairs(child: ChildPart, counts: Mapping[LessonKey, int], layout: Layout) -> list[PackPage]:
    numbered = (
        (lesson, number + 1)
        for lesson in child.lessons
        if lesson.id in child.small
        for number in range(counts[lesson.id, child.is_large])
    )
    small = [SmallPage(*one, place) for place, one in enumerate(numbered, start=1)]
    return [
        PackPage(PageKind.PAIR, child, number=number, pair=side)
        for number, side in enumerate(sides_of(small, layout), start=1)
    ]


def _fill_sheet(pages: list[PackPage]) -> None:
    if len(pages) % 2:
        pages.append(PackPage(PageKind.BLANK))
