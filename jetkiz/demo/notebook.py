"""A photo of a notebook page as a child would send it: squared paper, handwriting, bad light."""

import io
import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

WIDTH: Final = 1200
HEIGHT: Final = 1600
SQUARE: Final = 40
PAPER: Final = (246, 244, 236)
LINES: Final = (186, 203, 222)
INK: Final = (38, 52, 128)


def notebook_photo(seed: str) -> bytes:
    """Draw one page as JPEG; the same seed gives the same picture."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    page = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(page)
    for x in range(0, WIDTH, SQUARE):
        pen.line((x, 0, x, HEIGHT), fill=LINES)
    for y in range(0, HEIGHT, SQUARE):
        pen.line((0, y, WIDTH, y), fill=LINES)
    for line in range(3, 3 + chance.randrange(12, 24)):
        _write_line(pen, line * SQUARE, chance)
    return _photographed(page, chance)


def _write_line(pen: ImageDraw.ImageDraw, y: int, chance: random.Random) -> None:
    x = float(2 * SQUARE)
    end = WIDTH - chance.randrange(2, 10) * SQUARE
    while x < end:
        for _ in range(chance.randrange(2, 8)):
            x = _write_letter(pen, x, y, chance)
        x += chance.uniform(14, 30)


def _write_letter(pen: ImageDraw.ImageDraw, x: float, y: int, chance: random.Random) -> float:
    points = [(x, y + chance.uniform(-4, 4))]
    for _ in range(chance.randrange(3, 6)):
        x += chance.uniform(3, 8)
        points.append((x, y - chance.uniform(0, 26)))
    pen.line(points, fill=INK, width=3, joint="curve")
    return x + chance.uniform(1, 4)


def _photographed(page: Image.Image, chance: random.Random) -> bytes:
    """Turn and darken it a little, as a phone at a kitchen table does."""
    turned = page.rotate(chance.uniform(-4, 4), Image.Resampling.BICUBIC, fillcolor=(90, 78, 66))
    shade = Image.linear_gradient("L").resize(turned.size).point(lambda v: 150 + v * 105 // 255)
    dim = Image.composite(turned, Image.new("RGB", turned.size, (40, 36, 30)), shade)
    out = io.BytesIO()
    dim.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=72)
    return out.getvalue()
