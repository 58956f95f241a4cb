"""A photo of a notebook page as a child would send it: squared paper, handwriting, bad light."""

import io
import random
from typing import Final

from PIL import Image, ImageDraw

from jetkiz.demo.handwriting import darkened, write_line

WIDTH: Final = 810
HEIGHT: Final = 1080
SQUARE: Final = 36
PAPER: Final = (246, 244, 236)
LINES: Final = (186, 203, 222)


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
        end = WIDTH - chance.randrange(2, 10) * SQUARE
        write_line(pen, (2 * SQUARE, line * SQUARE, end), chance)
    turned = page.rotate(chance.uniform(-4, 4), fillcolor=(90, 78, 66))
    out = io.BytesIO()
    darkened(turned).save(out, "JPEG", quality=70)
    return out.getvalue()
