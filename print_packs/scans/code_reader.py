"""Which codes stand on a picture of a page, and where: cheap looks first, costly ones on failure.

It knows no keys, for it runs where hostile pictures are opened: what it reads is a text that may
be ours, and whether its seal holds is decided by who asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, radians, sin
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageMath, ImageOps, ImageStat

from print_packs.scans.sheet_place import Placed, Point, covered_share, lone_slip, placed

# Without this restriction the decoder is seven times slower and invents other codes.
_FORMATS: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")
_LONGEST: Final = 5_000
_QUICKLY: Final = 2_000
_HALVED: Final = 1_400
_DOUBLED: Final = 2_600
_BLANK_SIDE: Final = 420
_INK: Final = 60
_DARK: Final = 100
_BLANK_SHARE: Final = 0.0025
# Of the longer side: 20 mm, in which our foot line, holes and the shadows of a scanner lie.
_EDGE_SHARE: Final = 20 / 297
_PENCIL: Final = 45
# About 9 mm wide. Of 255 one digit in ink fills 23 there and an answer in pencil as much; dust of
# a millimetre and the other side that shines through fill 14.
_WINDOW: Final = ImageFilter.BoxBlur(6)
_SPOT: Final = 20
# A sheet that fills so much of a picture lies alone in it.
_ALONE: Final = 0.4
_SHARP_SIDE: Final = 84

Back = Callable[[Point], Point]
"""Where a point of the prepared picture lies in the one that came."""


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A text that was read, and the four corners of its code as the code itself stands.

    In points of the picture: its own top left, top right, bottom right and bottom left.
    """

    text: str
    points: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture shows: its codes, the last look that was taken, and whether there is ink."""

    codes: tuple[ReadCode, ...]
    look: int
    is_blank: bool = False
    sharpness: float = 0.0


@dataclass(frozen=True, slots=True)
class _Look:
    """One way of looking: what is done to the picture first, and how black is told from white."""

    prepare: Callable[[Image.Image], tuple[Image.Image, Back] | None]
    is_global: bool = False
    is_slow: bool = False


def read_codes(
    picture: Image.Image, issuer: int, after: int = -1, *, is_quick: bool = False
) -> Reading:
    """Read the codes of a picture; a page on which there is nothing at all is blank.

    Looks end with the first that finds a sheet or a slip of the issuer. Where its seal does not
    hold, the next call goes on ``after`` that look. Where the sheet is small in the picture,
    another may lie beside it, and one more look is taken for that. ``is_quick`` leaves slow looks
    out, and looks at large pictures smaller.
    """
    grey, scale = _bounded(ImageOps.grayscale(picture), _QUICKLY if is_quick else _LONGEST)
    codes: list[ReadCode] = []
    number = after
    for number in range(after + 1, len(LOOKS)):
        if number == _CHEAP and not codes and is_blank(grey):
            return Reading((), number - 1, is_blank=True)
        if is_quick and LOOKS[number].is_slow:
            continue
        codes += _seen(grey, LOOKS[number])
        if placed(((one.text, one.points) for one in codes), issuer):
            codes += _beside(grey, codes, number, issuer)
            break
        if lone_slip(((one.text, one.points) for one in codes), issuer, grey.size):
            break
    sharp = _sharpness(grey, codes)
    return Reading(tuple(_at(scale, one) for one in _each_once(codes)), number, sharpness=sharp)


def read_half(half: Image.Image, size: tuple[int, int], issuer: int) -> Reading | None:
    """Read a picture that its library unpacked at half its size: a scan needs no more.

    None when nothing of the issuer is found, or the sheet does not lie alone in the picture.
    """
    grey = half if half.mode == "L" else ImageOps.grayscale(half)
    codes = _each_once(_seen(grey, LOOKS[1]))
    found = placed(((one.text, one.points) for one in codes), issuer)
    is_slip = not found and lone_slip(((one.text, one.points) for one in codes), issuer, grey.size)
    if not is_slip and (not found or _share(found, grey) < _ALONE):
        return None
    scale = half.width / size[0]
    return Reading(tuple(_at(scale, one) for one in codes), 0, sharpness=_sharpness(grey, codes))


def _bounded(image: Image.Image, longest: int) -> tuple[Image.Image, float]:
    most = max(image.size)
    if most <= longest:
        return image, 1.0
    scale = longest / most
    size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    return image.resize(size), scale


def _at(scale: float, one: ReadCode) -> ReadCode:
    a, b, c, d = ((round(x / scale, 1), round(y / scale, 1)) for x, y in one.points)
    return ReadCode(one.text, (a, b, c, d))


def _each_once(codes: Sequence[ReadCode]) -> list[ReadCode]:
    return list({one.text: one for one in codes}.values())


def _beside(
    grey: Image.Image, codes: Sequence[ReadCode], number: int, issuer: int
) -> list[ReadCode]:
    """Look once more, larger, when what was found leaves room for a second sheet."""
    found = placed(((one.text, one.points) for one in codes), issuer)
    if _share(found, grey) >= _ALONE:
        return []
    looks = [_CHEAP - 1, _TWICE] if number < _CHEAP - 1 else [_TWICE]
    return [one for look in looks for one in _seen(grey, LOOKS[look])]


def _share(found: Sequence[Placed], grey: Image.Image) -> float:
    return sum(covered_share(one, grey.size) for one in found)


def _seen(grey: Image.Image, look: _Look) -> list[ReadCode]:
    prepared = look.prepare(grey)
    if prepared is None:
        return []
    image, back = prepared
    kind = zxingcpp.Binarizer.GlobalHistogram if look.is_global else zxingcpp.Binarizer.LocalAverage
    found = zxingcpp.read_barcodes(image, formats=_FORMATS, binarizer=kind, try_invert=False)
    return [_code(one, back) for one in found]


def _code(one: zxingcpp.Barcode, back: Back) -> ReadCode:
    at = one.position
    a, b, c, d = (
        back((corner.x, corner.y))
        for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    return ReadCode(one.text, (a, b, c, d))


def _same(point: Point) -> Point:
    return point


def _times(factor: float, point: Point) -> Point:
    return point[0] * factor, point[1] * factor


def _half(image: Image.Image) -> tuple[Image.Image, Back] | None:
    return (image.reduce(2), partial(_times, 2.0)) if max(image.size) > _HALVED else None


def _whole(image: Image.Image) -> tuple[Image.Image, Back]:
    return image, _same


def _without_specks(image: Image.Image) -> tuple[Image.Image, Back]:
    return image.filter(ImageFilter.MedianFilter(3)), _same


def _evenly_lit(image: Image.Image) -> tuple[Image.Image, Back]:
    """Divide by the light: what is darker than all around is ink, in shadow as in the sun."""
    small = image.reduce(8).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(4))
    light = small.resize(image.size, Image.Resampling.BILINEAR)
    even = ImageMath.lambda_eval(
        lambda of: of["convert"](of["ink"] * 255 / (of["light"] + 1), "L"), ink=image, light=light
    )
    return even, _same


def _stretched(image: Image.Image) -> tuple[Image.Image, Back]:
    return ImageOps.autocontrast(image, cutoff=2), _same


def _closed(image: Image.Image) -> tuple[Image.Image, Back]:
    """Fill white specks inside black: toner that fell off, a fold."""
    return image.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3)), _same


def _opened(image: Image.Image) -> tuple[Image.Image, Back]:
    """Wipe thin black out of white: pen strokes, dirt."""
    return image.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3)), _same


def _twice(image: Image.Image) -> tuple[Image.Image, Back] | None:
    if max(image.size) > _DOUBLED:
        return None
    size = (image.width * 2, image.height * 2)
    return image.resize(size, Image.Resampling.BICUBIC), partial(_times, 0.5)


def _sharpened(image: Image.Image) -> tuple[Image.Image, Back]:
    return image.filter(ImageFilter.UnsharpMask(3, 180, 2)), _same


def _turned(angle: int, image: Image.Image) -> tuple[Image.Image, Back]:
    turned = image.rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    return turned, partial(_turned_back, angle, turned.size, image.size)


def _turned_back(angle: int, size: tuple[int, int], before: tuple[int, int], point: Point) -> Point:
    turn = radians(angle)
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    return (
        before[0] / 2 + x * cos(turn) - y * sin(turn),
        before[1] / 2 + x * sin(turn) + y * cos(turn),
    )


_CHEAP: Final = 2
_TWICE: Final = 8
# Each repairs another fault: uneven light, specks, lost toner, pen, few pixels, blur, odd angles.
LOOKS: Final = (
    _Look(_half),
    _Look(_whole),
    _Look(_whole, is_global=True),
    _Look(_without_specks, is_slow=True),
    _Look(_evenly_lit),
    _Look(_stretched, is_global=True),
    _Look(_closed, is_slow=True),
    _Look(_opened, is_slow=True),
    _Look(_twice),
    _Look(_sharpened),
    _Look(partial(_turned, 20)),
    _Look(partial(_turned, 45)),
    _Look(partial(_turned, 70)),
)


def is_blank(image: Image.Image) -> bool:
    """True when a page carries specks at most, and near its edges our own line at the foot.

    A child may have written one number on the back of its sheet: that is work, and for a person.
    """
    small = image.copy()
    small.thumbnail((_BLANK_SIDE, _BLANK_SIDE))
    paper = int(ImageStat.Stat(small).median[0])
    if paper < _DARK:
        return False
    dark = sum(small.histogram()[: paper - _INK])
    if dark / (small.width * small.height) >= _BLANK_SHARE:
        return False
    ink = small.point([255 if value < paper - _PENCIL else 0 for value in range(256)])
    edge = round(_EDGE_SHARE * max(small.size))
    inner = ink.crop(
        (edge, edge, max(edge + 1, ink.width - edge), max(edge + 1, ink.height - edge))
    )
    return max(inner.filter(_WINDOW).tobytes()) < _SPOT


def _sharpness(grey: Image.Image, codes: Sequence[ReadCode]) -> float:
    """Say how clear the first code is: 0 for mist, some 60 for a scan; at any resolution."""
    return _sharp(grey, codes[0].points) if codes else 0.0


def _sharp(grey: Image.Image, points: Sequence[Point]) -> float:
    quad = [value for x, y in (points[0], points[3], points[2], points[1]) for value in (x, y)]
    side = (_SHARP_SIDE, _SHARP_SIDE)
    code = grey.transform(side, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    edges = code.filter(ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), 4, 128))
    return round(float(ImageStat.Stat(edges).stddev[0]), 2)
