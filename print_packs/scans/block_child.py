"""What is done to the page of a quiz in the process that may be lost: circles read, a block cut."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any, Final

import zxingcpp
from PIL import Image

from jetkiz.codes import Corner, decode
from print_packs.quizzes.block_picture import CodePlace
from print_packs.quizzes.geometry import block_of
from print_packs.quizzes.reading import read_block, unclear
from print_packs.scans.scan_pages import BROKEN, ScannedPage

_FORMATS: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")
WIDE: Final = 1000
"""Points of the picture of a block from left to right."""


def block_on(content: bytes, asked: Mapping[str, Any]) -> bytes:
    """Read the circles of a page; one that cannot be opened any more is for a person."""
    block = block_of(asked["options"])
    try:
        picture = _picture(content)
    except BROKEN:
        read = unclear(block)
    else:
        codes = _codes_of(picture, asked["serial"], asked["issuer"])
        read = read_block(picture, codes, block, asked["several"])
    return json.dumps(asdict(read)).encode()


def _picture(content: bytes) -> Image.Image:
    return ScannedPage("sheet", 1, content, "").picture().convert("L")


def _codes_of(picture: Image.Image, serial: int, issuer: int) -> list[CodePlace]:
    """Return where the codes of one sheet stand: the page was proved to be its before."""
    found: dict[Corner, CodePlace] = {}
    for one in zxingcpp.read_barcodes(picture, formats=_FORMATS, try_invert=False):
        read = decode(one.text)
        if read and (read[0].serial, read[0].issuer) == (serial, issuer):
            at = one.position
            corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            points = tuple((float(p.x), float(p.y)) for p in corners)
            found.setdefault(read[0].corner, CodePlace(read[0].corner, points))
    return list(found.values())


def flat_on(content: bytes, corners: Sequence[Sequence[float]]) -> bytes:
    """Cut a block out of its page; ``corners`` are shares, upper left first and then clockwise."""
    upright = _picture(content)
    ul, ur, lr, ll = [(x * upright.width, y * upright.height) for x, y in corners]
    wide = max(abs(ur[0] - ul[0]), 1.0)
    high = round(WIDE * abs(ll[1] - ul[1]) / wide)
    size = (WIDE, min(max(high, 50), 3 * WIDE))
    flat = upright.transform(
        size, Image.Transform.QUAD, (*ul, *ll, *lr, *ur), Image.Resampling.BILINEAR
    )
    out = BytesIO()
    flat.save(out, "JPEG", quality=80)
    return out.getvalue()
