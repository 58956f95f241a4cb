"""How a page of a scanned PDF becomes a picture: taken out, and drawn only if it is none.

A scanner's PDF is a row of pictures: a JPEG is copied, what is compressed without loss is unpacked
without loss, ten times as fast as drawing the page anew. Some scanners cut a page into strips.
"""

import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pikepdf
import pypdfium2
from PIL import Image

_DPI: Final = 200
_LEAST_SIDE: Final = 600
_MOST_PIXELS: Final = 36_000_000
_MOST_STRIPS: Final = 400
_HIDDEN_TEXT: Final = re.compile(rb"(?<!\d)(\d)\s+Tr\b")
_UNSEEN: Final = b"3"
# What a page says beside its text, and a white ground below the picture.
_TEXT: Final = re.compile(rb"\bBT\b.*?\bET\b", re.DOTALL)
_GROUND: Final = re.compile(rb"\b(?:1 1 1 rg|1 g)\s+[-\d.\s]+\bre\s+f\*?(?=\s)")
_WORDS: Final = re.compile(rb"<<.*?>>|/[^\s/<>\[\]()]*|([A-Za-z'\"][A-Za-z0-9*'\"]*)", re.DOTALL)
# These paint nothing: they save, move, cut to a frame, name parts, choose lines and colours.
_PAINTLESS: Final = frozenset(
    b"q Q cm gs re W W* n BMC BDC EMC MP DP i ri w J j M d g rg k G RG K".split()
    + b"cs sc scn CS SC SCN".split()
)
_UNDRAWN: Final = {"/Link", "/Popup"}
_JPEG: Final = "/DCTDecode"
# What is drawn anew: JBIG2 needs a program of its own, masks and colour tricks a painter.
_UNPACKED: Final = {
    "/FlateDecode",
    "/CCITTFaxDecode",
    "/JPXDecode",
    "/LZWDecode",
    "/RunLengthDecode",
}

# All that the libraries raise over a page that is not what it says.
PAGE_ERRORS: Final = (
    pikepdf.exceptions.PikepdfError,
    pypdfium2.PdfiumError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RuntimeError,
    ArithmeticError,
    AssertionError,
)


class PdfTrouble(Exception):  # noqa: N818 - it has no words of its own
    """A PDF that does not open without its password."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """A picture on a page: the picture, and where it lies: left, bottom, width and height."""

    image: Any
    left: float
    low: float
    wide: float
    high: float


class PdfScan:
    """A PDF that came back from a scanner or a phone."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            self._document = pikepdf.open(io.BytesIO(content))
        except pikepdf.PasswordError as error:
            raise PdfTrouble from error
        self.count = len(self._document.pages)

    def page(self, place: int) -> tuple[bytes, str, bool]:
        """Return content, media type and whether it was drawn, of a page counted from 1."""
        page = self._document.pages[place - 1]
        found = _picture_of(page)
        if found:
            return (*found, False)
        return _drawn(self._content, place - 1), "image/png", True


def _picture_of(page: pikepdf.Page) -> tuple[bytes, str] | None:
    """Return the picture of a page that is nothing but pictures; None for every other page."""
    try:
        images = list(dict(page.resources.get("/XObject", {})).values())
        if not images or len(images) > _MOST_STRIPS or not _is_only_pictures(page, images):
            return None
        if len(images) > 1:
            return _joined(_strips(page))
        return _taken_out(images[0]) if _is_alone(page) else None
    except PAGE_ERRORS:
        # A page may be odd and still be drawn; if it cannot, the drawing says so.
        return None


def _is_only_pictures(page: pikepdf.Page, images: list[Any]) -> bool:
    """Text may stand on it only where nobody sees it: what a scanner believes to have read."""
    if any(one.get("/Subtype") != "/Image" for one in images):
        return False
    if "/Font" not in page.resources:
        return True
    page.contents_coalesce()
    said = _HIDDEN_TEXT.findall(page.Contents.read_bytes())
    return bool(said) and set(said) == {_UNSEEN}


def _is_alone(page: pikepdf.Page) -> bool:
    """Say whether a page shows its picture once and nothing over it.

    Who writes on a tablet paints strokes over the picture of the sheet: they are the answers.
    """
    if any(str(one.get("/Subtype")) not in _UNDRAWN for one in page.get("/Annots", ())):
        return False
    contents = page.Contents
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    said = b"\n".join(one.read_bytes() for one in parts)
    words = [word for word in _WORDS.findall(_GROUND.sub(b"", _TEXT.sub(b"", said))) if word]
    return words.count(b"Do") == 1 and {*words} <= {b"Do", *_PAINTLESS}


def _kind(image: Any) -> str:
    """Return how a picture is compressed, if in one way that can be undone; "" otherwise."""
    names = image.get("/Filter")
    if isinstance(names, pikepdf.Array):
        names = names[0] if len(names) == 1 else None
    strange = any(name in image for name in ("/Decode", "/SMask", "/Mask", "/ImageMask"))
    return "" if names is None or strange else str(names)


def _taken_out(image: Any) -> tuple[bytes, str] | None:
    if min(int(image.Width), int(image.Height)) < _LEAST_SIDE:
        return None
    kind = _kind(image)
    if kind == _JPEG:
        jpeg: bytes = image.read_raw_bytes()
        return (jpeg, "image/jpeg") if _opens(jpeg) else None
    if kind in _UNPACKED:
        return as_png(_unpacked(image)), "image/png"
    return None


def _unpacked(image: Any) -> Image.Image:
    if int(image.Width) * int(image.Height) > _MOST_PIXELS * 3:
        raise ValueError("a picture of this size is no page")
    picture: Image.Image = pikepdf.PdfImage(image).as_pil_image()
    return picture


def _opens(jpeg: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            return image.mode in {"L", "RGB"} and image.width * image.height < _MOST_PIXELS * 3
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False


def _strips(page: pikepdf.Page) -> list[_Strip]:
    """Return the pictures of a page with their places, from above; only what lies straight."""
    at, outer = pikepdf.Matrix(), []
    found, images = [], dict(page.resources.XObject)
    for one in pikepdf.parse_content_stream(page):
        match str(one.operator):
            case "q":
                outer.append(at)
            case "Q":
                at = outer.pop()
            case "cm":
                at = pikepdf.Matrix(*(float(number) for number in one.operands)) @ at
            case "Do":
                if at.b or at.c or at.a <= 0 or at.d <= 0:
                    return []
                found.append(_Strip(images[str(one.operands[0])], at.e, at.f, at.a, at.d))
            case _:
                # Something else is drawn there: a person must see the page as it is.
                return []
    return sorted(found, key=lambda one: -one.low)


def _joined(strips: list[_Strip]) -> tuple[bytes, str] | None:
    """Put strips below one another that touch and are equally wide; None where they do not."""
    if len(strips) < 2 or any(not _kind(one.image) for one in strips):
        return None
    first = strips[0]
    for above, below in pairwise(strips):
        touches = abs(below.low + below.high - above.low) < 1
        if not touches or abs(below.left - first.left) > 1 or abs(below.wide - first.wide) > 1:
            return None
    pictures = [_unpacked(one.image) for one in strips]
    wide, mode = pictures[0].width, pictures[0].mode
    high = sum(one.height for one in pictures)
    is_even = all(one.width == wide and one.mode == mode for one in pictures)
    if not is_even or min(wide, high) < _LEAST_SIDE or wide * high > _MOST_PIXELS:
        return None
    whole = Image.new(mode, (wide, high))
    top = 0
    for one in pictures:
        whole.paste(one, (0, top))
        top += one.height
    return as_png(whole), "image/png"


def as_png(picture: Image.Image) -> bytes:
    """Write a picture without loss."""
    out = io.BytesIO()
    plain = picture if picture.mode in {"1", "L", "RGB"} else picture.convert("RGB")
    plain.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _drawn(content: bytes, number: int) -> bytes:
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[number]
        wide, high = page.get_size()
        scale = _DPI / 72
        if wide * high * scale * scale > _MOST_PIXELS:
            scale = (_MOST_PIXELS / (wide * high)) ** 0.5
        # Three times as fast as letting it draw in grey, and point for point the same.
        picture: Image.Image = page.render(scale=scale).to_pil()
        return as_png(picture.convert("L"))
    finally:
        document.close()
