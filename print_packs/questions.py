"""How the questions of a quiz fill pages of their own, where the lesson itself is not on paper."""

from collections.abc import Iterator

from jetkiz.lessons.model import Lesson, Question
from print_packs.counted_lines import lines_of


def question_size(*, is_large: bool) -> int:
    """Return the size of letters in points for the questions."""
    return 20 if is_large else 13


def question_pages(lesson: Lesson, *, is_large: bool) -> list[tuple[int, ...]]:
    """Return the places of the questions on each page.

    Letters are counted, not measured: the pages of a pack are planned before anything is drawn.
    """
    wide, most = (40, 19) if is_large else (68, 34)
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
