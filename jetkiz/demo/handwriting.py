"""How the sample's paper is filled in: pen strokes on printed sheets, then a scanner or a phone."""

import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

DPI: Final = 150
INK: Final = (38, 52, 128)
_TABLE: Final = (96, 74, 58)
# The characters of a code in four groups, as they stand under every code of an answer sheet.
_CODE: Final = re.compile(r"(?:[0-9A-Z$%*+\-./:]{4}[ -]){3}[0-9A-Z$%*+\-./:]{4}")


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A page of a pack that comes back; ``page`` counts from 0."""

    file: Path
    page: int


def answer_sheets(pack: Path) -> list[AnswerSheet]:
    """Return the pages of a pack that carry codes."""
    document = pypdfium2.PdfDocument(pack)
    try:
        return [
            AnswerSheet(pack, number)
            for number in range(len(document))
            if len(_CODE.findall(document[number].get_textpage().get_text_range())) > 1
        ]
    finally:
        document.close()


def filled_in(sheet: AnswerSheet, seed: str) -> Image.Image:
    """Return a sheet as a picture with handwriting in its lower half."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    document = pypdfium2.PdfDocument(sheet.file)
    try:
        page = document[sheet.page].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        document.close()
    pen = ImageDraw.Draw(page)
    width, height = page.size
    top, bottom = int(height * 0.45), int(height * 0.84)
    for y in range(top, top + chance.randrange(4, 9) * 50, 50):
        if y < bottom:
            write_line(pen, (width * 0.09, y, width * chance.uniform(0.6, 0.9)), chance)
    return page


def write_line(
    pen: ImageDraw.ImageDraw, line: tuple[float, float, float], chance: random.Random
) -> None:
    """Draw a line of something like handwriting: from x, at y, to an end."""
    x, y, end = line
    while x < end:
        for _ in range(chance.randrange(2, 8)):
            x = _write_letter(pen, x, y, chance)
        x += chance.uniform(14, 30)


def _write_letter(pen: ImageDraw.ImageDraw, x: float, y: float, chance: random.Random) -> float:
    points = [(x, y + chance.uniform(-4, 4))]
    for _ in range(chance.randrange(3, 6)):
        x += chance.uniform(3, 8)
        points.append((x, y - chance.uniform(0, 26)))
    pen.line(points, fill=INK, width=3, joint="curve")
    return x + chance.uniform(1, 4)


def phone_photo(sheet: AnswerSheet, seed: str) -> bytes:
    """Return a JPEG of a filled-in sheet on a table, seen a little from the side."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    page = filled_in(sheet, seed)
    table = Image.new("RGB", (page.width + 160, page.height + 160), _TABLE)
    table.paste(page, (80, 80))
    width, height = table.size
    lean = [chance.uniform(0.0, 0.03) for _ in range(8)]
    corners = (
        (-lean[0] * width, -lean[1] * height),
        (-lean[2] * width, height * (1 + lean[3])),
        (width * (1 + lean[4]), height * (1 + lean[5])),
        (width * (1 + lean[6]), -lean[7] * height),
    )
    flat = tuple(number for corner in corners for number in corner)
    seen = table.transform(
        table.size, Image.Transform.QUAD, flat, Image.Resampling.BICUBIC, fillcolor=_TABLE
    )
    return jpeg(darkened(seen), 80)


def darkened(picture: Image.Image) -> Image.Image:
    """Let the light fall from one side, as at a kitchen table in the evening."""
    shade = Image.linear_gradient("L").resize(picture.size).point(lambda v: 150 + v * 105 // 255)
    return Image.composite(picture, Image.new("RGB", picture.size, (40, 36, 30)), shade)


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """Write a picture as a slightly soft JPEG."""
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.6)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def scanned_pdf(sheets: Sequence[AnswerSheet], seed: str) -> bytes:
    """Return one PDF of all sheets as an office scanner makes it: grey, a little askew."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    pages = [
        filled_in(one, f"{seed}:{one.file.name}:{one.page}")
        .convert("L")
        .rotate(chance.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor=250)
        for one in sheets
    ]
    out = io.BytesIO()
    if pages:
        pages[0].save(
            out, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=70
        )
    return out.getvalue()
