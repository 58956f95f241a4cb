"""Packs, slips and lists that are drawn at the same time keep their own letters."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from reportlab.pdfgen.canvas import Canvas

from jetkiz.fonts.drawing import BOLD, ITALIC, Pen, Style
from jetkiz.fonts.drawn_pages import drawn

# A letter with a mark is put together from two others in the font's file.
MARKED = "ЙйЁёЇїÀÁÂÃÄÅÈÉÊËÌÍÎÏÒÓÔÕÖÙÚÛÜàáâãäåèéêëìíîïòóôõöùúûü"
TEXTS = [MARKED[first:] for first in range(0, 24, 2)]


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns so often that they meet in the middle of everything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def page_of(text: str) -> bytes:
    def draw(canvas: Canvas) -> None:
        for place, font in enumerate((BOLD, ITALIC, "PTSans")):
            Pen(canvas).text(20, 20 + 10 * place, text, Style(12, font))

    return drawn(draw)


@pytest.mark.usefixtures("restless")
def test_documents_drawn_at_the_same_time_are_as_if_drawn_alone() -> None:
    alone = [page_of(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(page_of, TEXTS * 4))
    assert together == alone * 4


def test_a_document_that_fails_keeps_nobody_waiting() -> None:
    def fail(_: Canvas) -> None:
        raise ArithmeticError

    before = page_of(TEXTS[0])
    with pytest.raises(ArithmeticError):
        drawn(fail)
    assert page_of(TEXTS[0]) == before
