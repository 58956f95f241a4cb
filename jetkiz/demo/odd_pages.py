"""What else lies in the sample's pile of scans: a torn sheet, one upside down, ink, a cat."""

import random
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFilter

from jetkiz.codes import Corner
from jetkiz.demo.handwriting import (
    INK,
    AnswerSheet,
    filled_in,
    jpeg,
    phone_photo,
    photo_of,
    printed_page,
)
from jetkiz.fonts.drawing import Pen
from jetkiz.storage.whole_files import write_whole
from print_packs.issuer import Issuer
from print_packs.model import ChildPart
from print_packs.pages.child_pages import draw_answer_sheet
from print_packs.pages.documents import whole
from print_packs.pages.page_layout import HEIGHT, LEFT, RIGHT, WIDTH, place_of

INKED: Final = "ink-over-all-marks.jpg"
CAT: Final = "the-cat.jpg"
# Of a run whose database is no more: sealed with the school's key, and known to nobody.
_LOST_SERIAL: Final = 4_000_000
_SOFA: Final = (126, 74, 58)
_FUR: Final = (214, 150, 84)


def write_odd_pages(folder: Path, sheets: list[AnswerSheet], issuer: Issuer) -> list[Path]:
    """Write a file for each oddity: four of these sheets, one of last year, and a cat."""
    torn, turned, inked, again = sheets
    pages = {
        "torn-sheet.jpg": jpeg(_torn(filled_in(torn, "torn")), 75),
        "upside-down.jpg": jpeg(filled_in(turned, "turned").rotate(180), 75),
        "photographed-again.jpg": phone_photo(again, "again"),
        "last-year.jpg": photo_of(_of_last_year(issuer), "last year"),
        INKED: jpeg(_inked(filled_in(inked, "inked")), 75),
        CAT: jpeg(_cat(), 80),
    }
    for name, content in pages.items():
        write_whole(folder / name, content)
    return [folder / name for name in pages]


def _at(page: Image.Image, x: float, y: float) -> tuple[float, float]:
    """Return a place in millimetres as points of a picture of a page."""
    return x * page.width / WIDTH, y * page.height / HEIGHT


def _torn(page: Image.Image) -> Image.Image:
    """Tear the right upper corner off, and the largest mark with it."""
    chance = random.Random("torn")  # noqa: S311 - a drawing, not a secret
    edge = [(x, 62 - (210 - x) * 0.9 + chance.uniform(-2, 2)) for x in range(140, 212, 4)]
    off = [_at(page, x, y) for x, y in [*edge, (212, -2), (140, -2)]]
    ImageDraw.Draw(page).polygon(off, fill=(96, 84, 74))
    return page


def _inked(page: Image.Image) -> Image.Image:
    """Let a child try a new pen on all three marks; what stands under them can still be read."""
    pen = ImageDraw.Draw(page)
    for corner in (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT):
        x, y, size = place_of(corner)
        for n in range(0, int(size) + 1, 2):
            ends = ((x - 1, y + n, x + size + 1, y + size - n), (x + n, y, x + size - n, y + size))
            for x1, y1, x2, y2 in ends:
                pen.line([*_at(page, x1, y1), *_at(page, x2, y2)], fill=INK, width=9)
    return page


def _of_last_year(issuer: Issuer) -> Image.Image:
    """A sheet that was sealed here, but that no database knows any more."""
    child = ChildPart(0, "Аружан", "4А", 4, "kk", False, (), (), ())

    def draw(canvas: Any) -> None:
        pen = Pen(canvas)
        draw_answer_sheet(pen, child, issuer.codes(_LOST_SERIAL))
        pen.ruling(LEFT, RIGHT, [60 + n * 9.0 for n in range(21)])

    return printed_page(whole(draw), 0)


def _cat() -> Image.Image:
    """A cat on a sofa, as a telephone sends it by mistake."""
    picture = Image.new("RGB", (1280, 960), _SOFA)
    pen = ImageDraw.Draw(picture)
    for y in range(0, 960, 12):
        pen.line((0, y, 1280, y + 40), fill=(112, 64, 50), width=3)
    pen.ellipse((380, 420, 980, 900), fill=_FUR)
    pen.arc((820, 500, 1180, 880), 250, 80, fill=_FUR, width=46)
    pen.ellipse((440, 200, 800, 520), fill=_FUR)
    for left in (460, 680):
        pen.polygon([(left, 270), (left + 30, 130), (left + 110, 230)], fill=_FUR)
    for left in (530, 650):
        pen.ellipse((left, 310, left + 56, 360), fill=(120, 190, 90))
        pen.ellipse((left + 22, 312, left + 34, 358), fill=(10, 10, 10))
    pen.polygon([(600, 390), (640, 390), (620, 412)], fill=(210, 110, 110))
    for rise in (-16, 0, 16):
        pen.line((590, 410, 440, 400 + 2 * rise), fill="white", width=3)
        pen.line((650, 410, 800, 400 + 2 * rise), fill="white", width=3)
    for n in range(5):
        pen.line((500 + 90 * n, 470, 480 + 96 * n, 620), fill=(170, 108, 54), width=18)
    return picture.filter(ImageFilter.GaussianBlur(2))
