"""How the sample's paper is filled in: pen strokes on printed sheets, then a scanner or a phone.

The strokes are no letters: they look like a child's writing from afar and say nothing.
"""

import io
import math
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from jetkiz.demo.circles import mark_answers

DPI: Final = 200
INK: Final = (38, 52, 128)
_MM: Final = DPI / 25.4
_TABLE: Final = (122, 96, 72)
# The characters of a code in four groups, as they stand under every code of an answer sheet.
_CODE: Final = re.compile(r"(?<!\S)(?:[0-9A-Z$%*+\-./:]{4} ){3}[0-9A-Z$%*+\-./:]{4}(?!\S)")
_FIXED_TIME: Final = time.gmtime(1_769_400_000)


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A page of a pack that comes back; ``page`` counts from 0, ``whose`` is its first line.

    ``code`` stands under its first mark. The sheet of a quiz has ``options``, so many for each
    question, and ``answers``: those that the child marks.
    """

    file: Path
    page: int
    whose: str = ""
    code: str = ""
    options: tuple[int, ...] = ()
    answers: tuple[tuple[int, ...], ...] = ()


def answer_sheets(pack: Path) -> list[AnswerSheet]:
    """Return the pages of a pack that carry codes."""
    found = []
    document = pypdfium2.PdfDocument(pack)
    try:
        for number in range(len(document)):
            # The library takes a hyphen at the end of a line for a word broken in two.
            text = document[number].get_textpage().get_text_range().replace("\ufffe", "-\n")
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            codes = [code for line in lines for code in _CODE.findall(line)]
            if len(codes) > 1:
                whose = next((line for line in lines if not _CODE.search(line)), "")
                # The sequence mark is drawn right after the name, and text has no lines of its own.
                found.append(AnswerSheet(pack, number, whose.partition(" · ")[0], codes[0]))
    finally:
        document.close()
    return found


def filled_in(sheet: AnswerSheet, seed: str) -> Image.Image:
    """Return a sheet as a picture with handwriting on its first ruled lines, or in its circles."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    page = printed_page(sheet.file, sheet.page)
    pen = ImageDraw.Draw(page)
    if sheet.options:
        mark_answers(pen, sheet.options, sheet.answers, INK, chance)
        return page
    for y in _ruled_lines(page)[: chance.randrange(3, 10)]:
        start, end = chance.uniform(22, 28) * _MM, chance.uniform(120, 186) * _MM
        write_line(pen, (start, y - 2, end), chance)
    return page


def printed_page(document: Path | bytes, page: int) -> Image.Image:
    """Return a page of a PDF as a picture; ``page`` counts from 0."""
    opened = pypdfium2.PdfDocument(document)
    try:
        picture: Image.Image = opened[page].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        opened.close()
    return picture


def _ruled_lines(page: Image.Image) -> list[int]:
    """Find the ruled lines: rows that are grey at the left, in the middle and at the right."""
    grey = page.convert("L")
    strips = [
        grey.crop((round(x * _MM), 0, round((x + 2) * _MM), grey.height)) for x in (24, 105, 184)
    ]
    columns = [strip.resize((1, grey.height), Image.Resampling.BOX).tobytes() for strip in strips]
    dark = [y for y, row in enumerate(zip(*columns, strict=True)) if max(row) < 215]
    return [y for y in dark if y - 1 not in dark and y > 46 * _MM]


def write_line(
    pen: ImageDraw.ImageDraw, line: tuple[float, float, float], chance: random.Random
) -> None:
    """Draw a line of something like handwriting: from x, at y, to an end."""
    x, y, end = line
    while x < end:
        x = _write_word(pen, x, y, chance) + chance.uniform(24, 40)


def _write_word(pen: ImageDraw.ImageDraw, x: float, y: float, chance: random.Random) -> float:
    """Draw joined loops of changing height that lean to the right."""
    points: list[tuple[float, float]] = []
    for _ in range(chance.randrange(3, 9)):
        high, wide = chance.choice((15, 17, 19, 31)), chance.uniform(15, 22)
        loop = chance.uniform(0.15, 0.55)
        for step in range(13):
            turn = 2 * math.pi * step / 12
            rise = (1 - math.cos(turn)) / 2 * high
            along = wide * (step / 12 + loop * math.sin(turn)) + rise * 0.25
            points.append((x + along, y - rise))
        x += wide
    pen.line(points, fill=INK, width=4, joint="curve")
    return x


def phone_photo(sheet: AnswerSheet, seed: str) -> bytes:
    """Return a JPEG of a filled-in sheet on a table, seen a little from the side."""
    return photo_of(filled_in(sheet, seed), seed)


def photo_of(page: Image.Image, seed: str) -> bytes:
    """Return a JPEG of a page on a table, seen a little from the side."""
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    page = page.resize((page.width * 4 // 5, page.height * 4 // 5), Image.Resampling.BOX)
    edge = page.width // 11
    table = _table((page.width + 2 * edge, page.height + 2 * edge), chance)
    table.paste(page, (edge, edge))
    return jpeg(darkened(_aslant(table, chance)), 72)


def _table(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """A wooden table: one colour with a grain."""
    table = Image.new("RGB", size, _TABLE)
    pen = ImageDraw.Draw(table)
    for y in range(0, size[1], 7):
        red, green, blue = _TABLE
        shade = chance.randrange(-14, 15)
        colour = (red + shade, green + shade, blue + shade)
        pen.line((0, y, size[0], y + chance.randrange(-4, 5)), fill=colour, width=6)
    return table


def _aslant(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Show a picture as a camera does that is held a little turned and not straight above it."""
    wide, high = picture.size
    turn = math.radians(chance.uniform(-3.5, 3.5))
    quad: list[float] = []
    for x, y in ((0, 0), (0, high), (wide, high), (wide, 0)):
        x_seen = x + chance.uniform(0, 0.035) * wide * (-1 if x else 1) - wide / 2
        y_seen = y + chance.uniform(0, 0.035) * high * (-1 if y else 1) - high / 2
        quad.append(wide / 2 + x_seen * math.cos(turn) - y_seen * math.sin(turn))
        quad.append(high / 2 + x_seen * math.sin(turn) + y_seen * math.cos(turn))
    return picture.transform(
        picture.size, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR, fillcolor=_TABLE
    )


def darkened(picture: Image.Image) -> Image.Image:
    """Let the light fall from one side, as at a kitchen table in the evening."""
    light = Image.linear_gradient("L").rotate(90).resize(picture.size)
    light = light.point(lambda value: 165 + value * 90 // 255)
    return ImageChops.multiply(picture, Image.merge("RGB", (light, light, light)))


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
        .rotate(chance.uniform(-1.6, 1.6), Image.Resampling.BILINEAR, fillcolor=250)
        for one in sheets
    ]
    out = io.BytesIO()
    if pages:
        pages[0].save(
            out,
            "PDF",
            save_all=True,
            append_images=pages[1:],
            resolution=DPI,
            quality=70,
            creationDate=_FIXED_TIME,
            modDate=_FIXED_TIME,
        )
    return out.getvalue()
