"""What a child reads of a quiz whose lesson came on television: the questions, to be kept."""

from typing import Final

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style, wrap
from jetkiz.i18n import Translator
from jetkiz.lessons.model import Lesson, Question
from jetkiz.lessons.option_letters import option_letters
from jetkiz.lessons.subjects import subject_words
from print_packs.pages.page_layout import BOTTOM, LEFT, RIGHT
from print_packs.questions import question_pages, question_size

_TOP: Final = 44.0
_GAP: Final = 3.5
_SMALLEST: Final = 7
_WIDTH: Final = RIGHT - LEFT


def draw_questions(pen: Pen, lesson: Lesson, number: int, t: Translator, *, is_large: bool) -> None:
    """Draw a page of the questions; ``number`` counts the pages of this quiz."""
    pen.text(LEFT, 26, t("Check yourself"), Style(18, BOLD))
    title = f"{t(subject_words(lesson.subject))}: {lesson.title}"
    pen.lines(LEFT, 34, wrap(title, Style(11, ITALIC), _WIDTH)[:2], Style(11, ITALIC))
    places = question_pages(lesson, is_large=is_large)[number - 1]
    sizes = range(question_size(lesson, is_large=is_large), _SMALLEST, -1)
    size = next(
        (one for one in sizes if _height(lesson, places, one, t) < BOTTOM - _TOP), _SMALLEST
    )
    y = _TOP + 4
    for place in places:
        for text, style in _texts(lesson, place, size, t):
            y = pen.paragraph(LEFT, y, text, style, _WIDTH)
        y += _GAP


def _height(lesson: Lesson, places: tuple[int, ...], size: int, t: Translator) -> float:
    texts = [one for place in places for one in _texts(lesson, place, size, t)]
    lines = sum(len(wrap(text, style, _WIDTH)) * style.leading for text, style in texts)
    return lines + _GAP * len(places) + 4


def _texts(lesson: Lesson, place: int, size: int, t: Translator) -> list[tuple[str, Style]]:
    one: Question = lesson.quiz[place]
    hint = " " + t("Several answers are right.") if len(one.right) > 1 else ""
    letters = option_letters(lesson.language)
    answers = [f"{letter}) {said}" for letter, said in zip(letters, one.options, strict=False)]
    asked = (f"{place + 1}. {one.text}{hint}", Style(size, BOLD))
    return [asked, *((said, Style(size)) for said in answers)]
