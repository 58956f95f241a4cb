"""What teachers said stands on the page with white between the lines."""

import io
from itertools import pairwise

import pypdfium2
import pytest

from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from print_packs.model import ChildPart, EarlierWork
from print_packs.pages.documents import whole
from print_packs.pages.earlier_pages import draw_earlier


def lines_of(*, large: bool) -> list[tuple[float, float]]:
    """Return bottom and top of every line of a page, from the top of the page down."""
    said = tuple(
        EarlierWork(n, f"k{n}", "mathematics", "Қосу және азайту", "5", "Жарайсың! Бәрі дұрыс.")
        for n in range(3)
    )
    child = ChildPart(1, "Әлия", "3Ә", 3, "kk", large, (), (), (), earlier=said)
    pdf = whole(lambda canvas: draw_earlier(Pen(canvas), child, 1, translator("kk")))
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        text = document[0].get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        return sorted(((box[1], box[3]) for box in boxes), reverse=True)
    finally:
        document.close()


@pytest.mark.parametrize("large", [False, True])
def test_there_is_white_between_a_title_and_the_mark_below_it(large: bool) -> None:
    lines = lines_of(large=large)
    assert len(lines) == 2 + 3 * 3
    for (above, _), (bottom, top) in pairwise(lines):
        assert above - top > (top - bottom) / 3
