"""The questions of a quiz on pages of their own: each once, in order, and within the page."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson, Question
from print_packs.model import AnswerSheet, ChildPart
from print_packs.page_plan import PageKind, plan_pages
from print_packs.pages.documents import whole
from print_packs.pages.question_pages import draw_questions
from print_packs.questions import question_pages
from tests.print_school import LESSON, a_pack

QUESTIONS = st.builds(
    Question,
    st.text("абвгд ", min_size=1, max_size=300),
    st.lists(st.text("абв ", min_size=1, max_size=96), min_size=2, max_size=10).map(tuple),
    st.just((0,)),
)


def asking(*questions: Question) -> Lesson:
    return replace(LESSON, quiz=questions)


@settings(max_examples=25)
@given(st.lists(QUESTIONS, min_size=1, max_size=20), st.booleans())
def test_each_question_stands_once_and_in_order(asked: list[Question], is_large: bool) -> None:
    pages = question_pages(asking(*asked), is_large=is_large)
    assert [one for page in pages for one in page] == list(range(len(asked)))
    assert all(pages)


@pytest.mark.parametrize("is_large", [False, True])
def test_the_longest_quiz_keeps_to_its_pages(is_large: bool) -> None:
    long = Question("сұрақ " * 50, tuple(f"{n} жауап " * 12 for n in range(10)), (1, 2))
    lesson = asking(*(replace(long, text=f"№{n} {long.text}") for n in range(20)))
    count = len(question_pages(lesson, is_large=is_large))

    def draw(canvas: Canvas) -> None:
        for number in range(1, count + 1):
            draw_questions(Pen(canvas), lesson, number, translator("ru"), is_large=is_large)
            canvas.showPage()

    with pypdfium2.PdfDocument(io.BytesIO(whole(draw))) as document:
        texts = [page.get_textpage() for page in document]
        found = [text.get_text_range() for text in texts]
        lowest = min(text.get_rect(n)[1] for text in texts for n in range(text.count_rects()))
    assert lowest > 45, "above the foot"
    assert sum(one.count("№") for one in found) == 20
    assert "\u0418) 8 жауап" in found[0], "Russian letters stand before the answers"


def test_questions_and_circles_lie_on_different_sheets() -> None:
    lesson = asking(Question("2 + 2 = ?", ("3", "4"), (1,)))
    written = AnswerSheet(1, lesson, 1, 2)
    circles = AnswerSheet(2, lesson, 2, 2, (2,), asks=True)
    child = ChildPart(1, "Аян", "2 а", 2, "kk", False, (), (), (written, circles))
    kinds = [page.kind for page in plan_pages(a_pack(child), {})]
    blank, answer = PageKind.BLANK, PageKind.ANSWER
    assert kinds[4:10] == [answer, blank, PageKind.QUESTIONS, blank, answer, blank]
    printed = replace(child, lessons=(lesson,), sheets=(written, replace(circles, asks=False)))
    kinds = [page.kind for page in plan_pages(a_pack(printed), {(lesson.id, False): 1})]
    assert PageKind.QUESTIONS not in kinds
