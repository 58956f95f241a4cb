"""Formulas and large letters as pictures: light, as wide as the screen, every letter there."""

import io

import pytest
from PIL import Image

from jetkiz.lessons.markup.page_pictures import (
    LARGEST_PAGE,
    WIDE,
    LargeText,
    PictureError,
    formula_picture,
    large_pages,
)

KAZAKH = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі. "


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def ink(content: bytes) -> int:
    """Return how many dots are dark."""
    return sum(opened(content).convert("L").histogram()[:128])


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 700), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    "latex", [r"\sum_{i=1}^n i", r"x^{2y} = " + r"\frac{a+b}{c} + " * 12 + "ә"]
)
def test_a_formula_is_a_light_strip_as_wide_as_the_screen(latex: str) -> None:
    content = formula_picture(latex)
    picture = opened(content)
    assert (picture.format, picture.width) == ("PNG", WIDE)
    assert 200 <= picture.height <= WIDE
    assert ink(content) > 300
    assert len(content) < 40_000


def test_large_letters_fill_pages_that_cost_little() -> None:
    text = "# Аяз\n\n" + KAZAKH * 14 + "\n\n| Күн | Сабақ |\n| --- | --- |\n| Дүйсенбі | $x^2$ |\n"
    pages = large_pages(LargeText("", "kk", text, {}))
    assert len(pages) == 2
    for page in pages:
        assert opened(page).size == (WIDE, 1200)
        assert opened(page).format == "PNG"
        assert len(page) <= LARGEST_PAGE
        assert ink(page) > 2_000


def test_a_page_with_a_photo_stays_light_and_a_missing_one_leaves_the_words() -> None:
    text = "Бір\n\n![сурет](a.jpg)\n\n![жоқ](b.jpg)\n\nЕкі"
    pages = large_pages(LargeText("Тақырып", "kk", text, {"a.jpg": jpeg()}))
    assert max(map(len, pages)) <= LARGEST_PAGE
    assert sum(map(ink, pages)) > 2_000


def test_a_photo_that_cannot_be_drawn_is_said() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "GIF")
    with pytest.raises(PictureError):
        large_pages(LargeText("", "kk", "![a](a.jpg)", {"a.jpg": out.getvalue()}))
