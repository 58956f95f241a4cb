"""How the questions of a quiz fill pages of their own, where the lesson itself is not on paper."""

from collections.abc import Iterator
from typing import Final

from jetkiz.lessons.model import Lesson, Question
from print_packs.counted_lines import lines_of
from print_packs.letter_sizes import LARGE_PRINT, letter_size

_WIDE: Final = 880
_HIGH: Final = 500
"""Letters of a line and lines of a page, at letters of one point."""


def question_size(lesson: Lesson, *, is_large: bool) -> int:
    """Return the size of letters in points, for the youngest who has the lesson."""
    return LARGE_PRINT if is_large else letter_size(min(lesson.grades, default=9))


def question_pages(lesson: Lesson, *, is_large: bool) -> list[tuple[int, ...]]:
    """Return the places of the questions on each page.

    Letters are counted, not measured: the pages of a pack are planned before anything is drawn.
    """
    size = question_size(lesson, is_large=is_large)
    wide, most = _WIDE // size, _HIGH // size
    return list(_pages([_lines(one, wide) for one in lesson.quiz], most))


def _lines(question: Question, wide: int) -> int:
    texts = (question.text, *question.options)
    return 1 + sum(lines_of(len(one) + 4, wide) for one in texts)


def _pages(lines: list[int], most: int) -> Iterator[tuple[int, ...]]:
    here: list[int] = []
    for place, high in enumerate(lines):
        if here and sum(lines[one] for one in here) + high > most:
            yield tuple(here)
            here = []
        here.append(place)
    if here:
        yield tuple(here)
