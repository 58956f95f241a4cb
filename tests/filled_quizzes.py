"""Sheets of quizzes as they come back: filled in by a seeded hand, then scanned or photographed.

The truth is known, so that what was read can be compared with it. Nothing here was ever printed.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from jetkiz.codes import Corner, SheetCode, encode, judge
from jetkiz.codes import Standing as CodeStanding
from jetkiz.demo.circles import draw_mark
from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from print_packs.model import AnswerSheet, ChildPart
from print_packs.pages.child_pages import draw_answer_sheet
from print_packs.pages.documents import whole
from print_packs.quizzes.block_picture import CodePlace
from print_packs.quizzes.geometry import BLOCK_LEFT, BLOCK_TOP, Block, block_of
from print_packs.quizzes.quiz_sheet import draw_quiz_frame
from tests.print_school import a_lesson

KEYS = {0: b"k" * 32}
ISSUER = 7
DOTS = 8.0
"""Points of a millimetre of a drawn sheet: about 200 dpi."""
HANDS = ("fill", "scribble", "cross", "tick")
GROUPS = ("clean", "one_bit", "hard_150", "hard_200", "photo", "damaged_photo")


@dataclass(frozen=True)
class Filled:
    """A sheet that came back: its picture, its block, and what was really answered."""

    picture: Image.Image
    block: Block
    answers: tuple[tuple[int, ...], ...]
    several: tuple[bool, ...]


@cache
def blank_sheet(options: tuple[int, ...], language: str = "kk") -> Image.Image:
    """Return the sheet of a quiz as it leaves the printer."""
    codes = {corner: encode(SheetCode(0, ISSUER, 4711, corner), KEYS) for corner in Corner}
    sheet = AnswerSheet(4711, a_lesson(language=language), 1, 1, options)
    child = ChildPart(1, "Әлия", "3Ә", 3, language, False, (), (), (sheet,))
    day, t = date(2026, 1, 29), translator(language)

    def draw(canvas: Canvas) -> None:
        draw_quiz_frame(Pen(canvas), sheet, day, t)
        draw_answer_sheet(Pen(canvas), child, codes)

    pdf = whole(draw)
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS * 25.4 / 72, grayscale=True)
    found: Image.Image = page.to_pil()
    return found


def codes_on(picture: Image.Image) -> list[CodePlace]:
    """Return the sheet's codes on a picture, by what is sealed in them."""
    found = []
    for one in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode):
        standing, code = judge(one.text, ISSUER, KEYS)
        if standing == CodeStanding.OURS and code:
            at = one.position
            corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            found.append(CodePlace(code.corner, tuple((p.x, p.y) for p in corners)))
    return found


def filled_sheet(group: str, seed: int, options: Sequence[int] = (5,) * 12) -> Filled:
    """Fill a sheet in and let it come back; the same seed gives the same sheet."""
    chance = Random(f"{group}:{seed}")
    block = block_of(options)
    several = tuple(chance.random() < 0.2 for _ in options)
    answers = tuple(
        tuple(sorted(chance.sample(range(count), chance.choice((1, 2)) if many else 1)))
        if chance.random() > 0.04
        else ()
        for count, many in zip(options, several, strict=True)
    )
    page = blank_sheet(tuple(options)).copy()
    hand = HANDS[seed % len(HANDS)]
    _write(page, block, answers, hand, chance)
    return Filled(_come_back(page, group, chance), block, answers, several)


def all_marked(group: str, options: Sequence[int], hand: str) -> Image.Image:
    """Return a sheet that came back with every circle marked."""
    chance, page = Random(f"{group}:{hand}"), blank_sheet(tuple(options)).copy()
    _write(page, block_of(options), [tuple(range(count)) for count in options], hand, chance)
    return _come_back(page, group, chance)


def _write(
    page: Image.Image,
    block: Block,
    answers: Sequence[Sequence[int]],
    hand: str,
    chance: Random,
) -> None:
    draw = ImageDraw.Draw(page)
    ink = chance.randrange(10, 90)
    wide = chance.uniform(0.35, 0.7) * DOTS
    for one in block.bubbles:
        if one.option in answers[one.question]:
            x = (BLOCK_LEFT + one.x + chance.gauss(0, 0.35)) * DOTS
            y = (BLOCK_TOP + one.y + chance.gauss(0, 0.35)) * DOTS
            draw_mark(draw, (x, y, DOTS), hand, chance, (ink, wide))


def _come_back(page: Image.Image, group: str, chance: Random) -> Image.Image:
    if group == "clean":
        return _jpeg(_turned(page, chance.gauss(0, 0.3)), 85)
    if group == "one_bit":
        scaled = _sized(_turned(page, chance.gauss(0, 0.5)), 150)
        return scaled.point(lambda v: 255 if v > 140 else 0)
    if group in {"hard_150", "hard_200"}:
        scaled = _sized(_turned(_stained(page, chance), chance.uniform(-4, 4)), int(group[5:]))
        blurred = scaled.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.9)))
        return _jpeg(_grainy(blurred, 9, chance), 35)
    damaged = _stained(page, chance) if group == "damaged_photo" else page
    return photo_of(damaged, chance)


def photo_of(page: Image.Image, chance: Random, longest: int = 1280) -> Image.Image:
    """Return what a phone and a messenger make of a sheet on a table: bent, askew, in a shadow."""
    wide, high = page.size
    bend, lean = chance.uniform(0, 14), [chance.uniform(0, 0.07) for _ in range(8)]
    around = Image.new("L", (round(wide * 1.16), round(high * 1.16)), chance.randrange(60, 150))
    around.paste(_bent(page, bend), (round(wide * 0.08), round(high * 0.08)))
    w, h = around.size
    quad = (
        *(lean[0] * w, lean[1] * h),
        *(lean[2] * w, h - lean[3] * h),
        *(w - lean[4] * w, h - lean[5] * h),
        *(w - lean[6] * w, lean[7] * h),
    )
    leaned = around.transform((w, h), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    turned = _turned(leaned, chance.uniform(-6, 6))
    scale = longest / max(turned.size)
    small = turned.resize(
        (round(turned.width * scale), round(turned.height * scale)), Image.Resampling.LANCZOS
    )
    blurred = small.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.9)))
    return _jpeg(_grainy(_shaded(blurred, chance), 5, chance), 45)


def _bent(page: Image.Image, bend: float) -> Image.Image:
    """Shift the columns of a page as a curl does, by up to ``bend`` points."""
    values = np.asarray(page)
    x = np.arange(values.shape[1])
    shift = np.round(bend * np.sin(x / values.shape[1] * math.pi)).astype(int)
    rows = (np.arange(values.shape[0])[:, None] + shift[None, :]) % values.shape[0]
    return Image.fromarray(values[rows, x[None, :]])


def _shaded(page: Image.Image, chance: Random) -> Image.Image:
    high, wide = page.size[1], page.size[0]
    rows, columns = np.mgrid[0:high, 0:wide]
    angle = chance.uniform(0, 2 * math.pi)
    along = (columns / wide) * math.cos(angle) + (rows / high) * math.sin(angle)
    light = 0.62 + 0.38 / (1 + np.exp(-8 * (along - chance.uniform(-0.2, 0.6))))
    shaded = np.asarray(page) * light
    return Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8))


def _stained(page: Image.Image, chance: Random) -> Image.Image:
    """Lay a stain and a crease over a page."""
    values = np.asarray(page).astype(np.float64)
    high, wide = values.shape
    rows, columns = np.mgrid[0:high, 0:wide]
    for _ in range(2):
        x, y = chance.uniform(0, wide), chance.uniform(0, high)
        size = chance.uniform(60, 220)
        inside = (columns - x) ** 2 + (rows - y) ** 2 < size**2
        values[inside] *= chance.uniform(0.6, 0.9)
    slope, start = chance.uniform(-0.3, 0.3), chance.uniform(0.2, 0.8) * high
    off = np.abs(rows - start - slope * columns)
    values -= np.where(off < 5, 60 * (1 - off / 5), 0)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _turned(page: Image.Image, angle: float) -> Image.Image:
    return page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=250)


def _sized(page: Image.Image, dpi: int) -> Image.Image:
    scale = dpi / 25.4 / DOTS
    return page.resize(
        (round(page.width * scale), round(page.height * scale)), Image.Resampling.BOX
    )


def _grainy(page: Image.Image, deep: float, chance: Random) -> Image.Image:
    grain = np.random.default_rng(chance.randrange(2**32)).normal(0, deep, page.size[::-1])
    return Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))


def _jpeg(page: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality)
    out.seek(0)
    return Image.open(out)
