"""How codes are drawn: three on an answer sheet with white around, and a home's link."""

from typing import Any, Final

import zxingcpp
from reportlab.lib.units import mm

from jetkiz.codes import Corner, grouped
from jetkiz.fonts.drawing import Pen, Style
from print_packs.pages.page_layout import HEIGHT, place_of

MODULES: Final = 21
QUIET: Final = 4
"""White modules around a code; no ruled line comes nearer."""
_UNDER: Final = Style(6.5)


_BITS: Final = bytes.maketrans(b"\x00\xff", b"01")


def matrix(text: str) -> list[str]:
    """Return the rows of a sheet's code: 0 for a black module, 1 for a white one."""
    rows = _symbol(text, "Q")
    if len(rows) != MODULES:
        raise ValueError(f"{text!r} does not fit a code of {MODULES} modules")
    return rows


def _symbol(text: str, level: str) -> list[str]:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    pixels: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    bits = bytes(pixels).translate(_BITS).decode("ascii")
    side = pixels.shape[0]
    return [bits[start : start + side] for start in range(0, side * side, side)]


def draw_code(pen: Pen, text: str, corner: Corner) -> None:
    """Draw a code in its corner, with its sixteen characters for typing under it."""
    left, top, size = place_of(corner)
    _draw(pen, matrix(text), (left, top, size))
    pen.middle(left + size / 2, top + size + 3, grouped(text), _UNDER)


def draw_link(pen: Pen, link: str, place: tuple[float, float, float]) -> None:
    """Draw a link as a code that a telephone's camera opens; place: left, top, size."""
    _draw(pen, _symbol(link, "M"), place)


def _draw(pen: Pen, rows: list[str], place: tuple[float, float, float]) -> None:
    """Draw a symbol as one picture of a bit a module: a sixth of its outline, and no seams."""
    left, top, size = place
    side = len(rows)
    bytes_a_row = -(-side // 8)
    bits = "".join(row.ljust(bytes_a_row * 8, "1") for row in rows)
    shown = f"{int(bits, 2):0{bytes_a_row * side * 2}x}"
    pen.write(
        f"q 0 g {size * mm:.3f} 0 0 {size * mm:.3f} {left * mm:.3f} "
        f"{(HEIGHT - top - size) * mm:.3f} cm BI /W {side} /H {side} /IM true /BPC 1 "
        f"/F /AHx ID {shown}> EI Q"
    )
