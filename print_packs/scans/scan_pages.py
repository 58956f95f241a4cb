"""How a scan becomes single pages: PDF, TIFF, JPEG and PNG, broken files told in a sentence.

A scanner's PDF is a row of JPEG pictures: they are taken out as they are, ten times as fast
as drawing the page anew, and nothing of the child's writing is lost.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from jetkiz.errors import JetkizError
from jetkiz.homework.model import BrokenError
from jetkiz.homework.stripping import stripped
from jetkiz.i18n import N_

MOST_PAGES: Final = 2_000
MOST_BYTES: Final = 500_000_000
_DPI: Final = 200
_LEAST_SIDE: Final = 600
_MOST_PIXELS: Final = 36_000_000
_MEDIA: Final = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A picture of one page as it came: its bytes, where from, which page there."""

    source: str
    place: int
    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """What tells the picture from all others: the same twice is one page."""
        return hashlib.sha256(self.content).hexdigest()

    def clean(self) -> bytes:
        """Return the picture without the place and the camera, if it holds together so far."""
        try:
            return stripped(self.content, self.media_type)
        except BrokenError:
            return self.content

    def picture(self) -> Image.Image:
        """Return the pixels, the way up that the camera meant."""
        with _bombs_refused(), Image.open(io.BytesIO(self.content)) as image:
            upright = ImageOps.exif_transpose(image)
            upright.load()
            return upright


@contextmanager
def _bombs_refused() -> Iterator[None]:
    """Make the library refuse enormous pictures instead of only warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def pages_of(file: Path) -> Iterator[ScannedPage]:
    """Return the pages of a scan one after the other; refuse what is no scan."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _refusal(file, N_("The scan {file} cannot be read: it is too large."))
        content = file.read_bytes()
    except OSError as error:
        raise JetkizError(
            N_("The scan {file} cannot be opened: {reason}."),
            N_("Check the name, and that the file has been copied whole."),
            file=file.name,
            reason=error.strerror,
        ) from error
    if content[:1024].lstrip().startswith(b"%PDF"):
        yield from _pdf_pages(file, content)
    else:
        yield from _picture_pages(file, content)


def _refusal(file: Path, sentence: str) -> JetkizError:
    remedy = N_("Scan the sheets again as PDF, TIFF, JPEG or PNG without a password.")
    return JetkizError(sentence, remedy, file=file.name)


def _picture_pages(file: Path, content: bytes) -> Iterator[ScannedPage]:
    try:
        with _bombs_refused(), Image.open(io.BytesIO(content)) as image:
            kind = str(image.format)
            if kind in _MEDIA:
                image.verify()
                yield ScannedPage(file.name, 1, content, _MEDIA[kind])
            elif kind == "TIFF":
                yield from _tiff_pages(file, image)
            else:
                raise _refusal(file, N_("The scan {file} cannot be read: its kind is unknown."))
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as e:
        raise _refusal(
            file, N_("The scan {file} cannot be read: it is no picture, or an enormous one.")
        ) from e
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refusal(file, N_("The scan {file} cannot be read: it is broken.")) from error


def _tiff_pages(file: Path, image: Image.Image) -> Iterator[ScannedPage]:
    for place, frame in enumerate(ImageSequence.Iterator(image), start=1):
        if place > MOST_PAGES:
            raise _refusal(file, N_("The scan {file} cannot be read: it has too many pages."))
        yield ScannedPage(file.name, place, _as_png(frame), "image/png")


def _as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    picture = image if image.mode in {"1", "L", "RGB"} else image.convert("RGB")
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _pdf_pages(file: Path, content: bytes) -> Iterator[ScannedPage]:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = list(document.pages)
            if not pages:
                raise _refusal(file, N_("The scan {file} cannot be read: it has no pages."))
            if len(pages) > MOST_PAGES:
                raise _refusal(file, N_("The scan {file} cannot be read: it has too many pages."))
            for place, page in enumerate(pages, start=1):
                jpeg = _only_jpeg(page)
                if jpeg is not None:
                    yield ScannedPage(file.name, place, jpeg, "image/jpeg")
                else:
                    yield ScannedPage(file.name, place, _drawn(content, place - 1), "image/png")
    except pikepdf.PasswordError as error:
        raise _refusal(file, N_("The scan {file} cannot be read: it has a password.")) from error
    except (
        pikepdf.PdfError,
        pypdfium2.PdfiumError,
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise _refusal(file, N_("The scan {file} cannot be read: it is broken.")) from error


def _only_jpeg(page: pikepdf.Page) -> bytes | None:
    """Return the picture of a page that is nothing but one JPEG; None for every other page."""
    drawn: list[Any] = list(dict(page.resources.get("/XObject", {})).values())
    if len(drawn) != 1 or drawn[0].get("/Subtype") != "/Image" or "/Font" in page.resources:
        return None
    image = drawn[0]
    if image.get("/Filter") not in ("/DCTDecode", pikepdf.Array([pikepdf.Name.DCTDecode])):
        return None
    if "/Decode" in image or min(int(image.Width), int(image.Height)) < _LEAST_SIDE:
        return None
    jpeg: bytes = image.read_raw_bytes()
    return jpeg if _opens(jpeg) else None


def _opens(jpeg: bytes) -> bool:
    try:
        with _bombs_refused(), Image.open(io.BytesIO(jpeg)) as image:
            return image.mode in {"L", "RGB"}
    except (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False


def _drawn(content: bytes, number: int) -> bytes:
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[number]
        wide, high = page.get_size()
        scale = _DPI / 72
        if wide * high * scale * scale > _MOST_PIXELS:
            scale = (_MOST_PIXELS / (wide * high)) ** 0.5
        picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
        return _as_png(picture)
    finally:
        document.close()
