"""Which of our codes stand on a picture of a page: cheap looks first, costly ones only on failure.

Only codes whose seal holds count: a decoder may invent a code, a seal it cannot invent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, ImageStat

from jetkiz.codes import SheetCode, Standing, judge

# Without this restriction the decoder is seven times slower and invents other codes.
_FORMATS: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")
_LONGEST: Final = 5_000
_BLANK_SIDE: Final = 420
_INK: Final = 60
_DARK: Final = 100
_BLANK_SHARE: Final = 0.0025


@dataclass(frozen=True, slots=True)
class Seen:
    """A code on a picture: what it is, whose it says it is, and how far it is turned."""

    standing: Standing
    code: SheetCode | None
    turn: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What a picture shows: all codes found, and whether there is any ink on it."""

    seen: tuple[Seen, ...]
    is_blank: bool

    @property
    def ours(self) -> tuple[Seen, ...]:
        """The codes that may be filed, one for each sheet."""
        by_serial = {one.code.serial: one for one in self.seen if one.code and _holds(one)}
        return tuple(by_serial.values())


def _holds(one: Seen) -> bool:
    return one.standing == Standing.OURS


def look(picture: Image.Image, issuer: int, keys: Mapping[int, bytes]) -> Looked:
    """Find our codes; a page on which there is nothing at all is blank."""
    grey = _bounded(ImageOps.grayscale(picture))
    seen: list[Seen] = []

    def done(steps: Iterator[list[Seen]]) -> bool:
        for found in steps:
            seen.extend(found)
            if any(_holds(one) for one in found):
                return True
        return False

    def read(image: Image.Image, binarizer: zxingcpp.Binarizer, angle: int = 0) -> list[Seen]:
        return _read(image, binarizer, angle, issuer, keys)

    if done(_cheap(grey, read)):
        return Looked(tuple(seen), is_blank=False)
    if not seen and is_blank(grey):
        return Looked((), is_blank=True)
    done(_costly(grey, read))
    return Looked(tuple(seen), is_blank=False)


Read = Callable[..., list[Seen]]


def _bounded(image: Image.Image) -> Image.Image:
    most = max(image.size)
    if most <= _LONGEST:
        return image
    scale = _LONGEST / most
    return image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))


def _cheap(image: Image.Image, read: Read) -> Iterator[list[Seen]]:
    if max(image.size) > 1_400:
        yield read(image.reduce(2), zxingcpp.Binarizer.LocalAverage)
    yield read(image, zxingcpp.Binarizer.LocalAverage)


def _costly(image: Image.Image, read: Read) -> Iterator[list[Seen]]:
    """Each look repairs another fault: uneven light, specks, few pixels, blur, odd angles."""
    local = zxingcpp.Binarizer.LocalAverage
    yield read(image, zxingcpp.Binarizer.GlobalHistogram)
    yield read(image.filter(ImageFilter.MedianFilter(3)), local)
    yield read(ImageOps.autocontrast(image, cutoff=2), zxingcpp.Binarizer.GlobalHistogram)
    if max(image.size) <= 2_600:
        twice = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
        yield read(twice, local)
    yield read(image.filter(ImageFilter.UnsharpMask(3, 180, 2)), local)
    for angle in (20, 45, 70):
        turned = image.rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
        yield read(turned, local, angle)


def _read(
    image: Image.Image,
    binarizer: zxingcpp.Binarizer,
    angle: int,
    issuer: int,
    keys: Mapping[int, bytes],
) -> list[Seen]:
    found = zxingcpp.read_barcodes(image, formats=_FORMATS, binarizer=binarizer, try_invert=False)
    seen = []
    for one in found:
        standing, code = judge(one.text, issuer, keys)
        seen.append(Seen(standing, code, round((one.orientation + angle) / 90) * 90 % 360))
    return seen


def is_blank(image: Image.Image) -> bool:
    """True when a page carries no more ink than our own line at the foot."""
    small = image.copy()
    small.thumbnail((_BLANK_SIDE, _BLANK_SIDE))
    paper = int(ImageStat.Stat(small).median[0])
    if paper < _DARK:
        return False
    ink = sum(small.histogram()[: paper - _INK])
    return ink / (small.width * small.height) < _BLANK_SHARE
