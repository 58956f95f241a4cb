"""Which backs are blank: specks and our foot line are; a written number is work, for a person."""

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from jetkiz.fonts import font_path
from print_packs.scans.code_reader import is_blank

DPI = 200


def mm(length: float) -> int:
    return round(length / 25.4 * DPI)


def back() -> Image.Image:
    return Image.new("L", (mm(210), mm(297)), 240)


def written(words: str, high: float, ink: int, at: tuple[float, float] = (60, 100)) -> Image.Image:
    page = back()
    font = ImageFont.truetype(font_path("PTSans"), mm(high / 0.7))
    ImageDraw.Draw(page).text((mm(at[0]), mm(at[1])), words, fill=ink, font=font)
    return page


@pytest.mark.parametrize(
    ("words", "ink"), [("5", 40), ("1", 40), ("x = 12", 120), ("Жауабы: 25 алма", 150)]
)
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_one_written_number_is_work(words: str, ink: int, turn: int) -> None:
    assert not is_blank(written(words, 5, ink).rotate(turn, expand=True))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_our_own_line_at_the_foot_is_none(turn: int) -> None:
    page = written("Пакет 1/12, 3-парақ, AAAA-BBBB", 2.3, 0, (98, 284))
    assert is_blank(page.rotate(turn, expand=True))


@pytest.mark.parametrize("seed", range(4))
def test_dust_grain_and_the_holes_of_a_punch_are_none(seed: int) -> None:
    chance, page = Random(seed), back()
    draw = ImageDraw.Draw(page)
    for _ in range(40):
        x, y, r = chance.uniform(0, 1654), chance.uniform(0, 2339), chance.uniform(0.5, 4)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=chance.randrange(30, 160))
    for y in (108, 188):
        draw.ellipse((mm(9), mm(y), mm(15), mm(y + 6)), fill=20)
    grain = np.random.default_rng(seed).normal(0, 9, page.size[::-1])
    grainy = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype("uint8"))

    assert is_blank(grainy.rotate(chance.uniform(-2, 2), fillcolor=250))
