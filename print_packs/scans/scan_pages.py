"""How a scan becomes single pages: PDF, TIFF, JPEG, PNG, HEIC; broken files told in a sentence."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

from jetkiz.errors import JetkizError
from jetkiz.homework.model import BrokenError
from jetkiz.homework.stripping import stripped
from jetkiz.i18n import N_
from print_packs.scans.pdf_pages import PAGE_ERRORS, PdfScan, PdfTrouble, as_png

MOST_PAGES: Final = 2_000
MOST_BYTES: Final = 500_000_000
HEIC: Final = "image/heic"
_MEDIA: Final = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "HEIF": HEIC}
_WHOLE: Final = 1_400
_ORIENTATION: Final = 0x0112
_LYING: Final = frozenset({5, 6, 7, 8})
_HEIC_HEADS: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")

if find_spec("pillow_heif"):
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A picture of one page as it came: its bytes, where from, which page there.

    ``is_drawn`` when the page was no picture and had to be drawn: then it is not what came.
    """

    source: str
    place: int
    content: bytes
    media_type: str
    is_drawn: bool = False

    @property
    def sha256(self) -> str:
        """What tells the picture from all others: the same twice is one page."""
        return hashlib.sha256(self.content).hexdigest()

    def clean(self, turn: int = 0) -> bytes:
        """Return the picture without place and camera, upright after ``turn`` degrees to the left.

        Nothing is compressed again. What cannot be cleaned stays as it is.
        """
        try:
            return stripped(self.content, self.media_type, turn)
        except BrokenError:
            return self.content

    def picture(self) -> Image.Image:
        """Return the pixels, the way up that the camera meant."""
        with _bombs_refused(), Image.open(io.BytesIO(self.content)) as image:
            upright = ImageOps.exif_transpose(image)
            upright.load()
            return upright

    def half(self) -> tuple[Image.Image, tuple[int, int]] | None:
        """Return a large JPEG at half its size, and its whole size: unpacked in half the time."""
        with _bombs_refused(), Image.open(io.BytesIO(self.content)) as image:
            wide, high = image.size
            if image.format not in {"JPEG", "MPO"} or max(wide, high) <= _WHOLE:
                return None
            image.draft("L", (wide // 2, high // 2))
            way_up = image.getexif().get(_ORIENTATION, 1)
            upright = ImageOps.exif_transpose(image) if way_up != 1 else image
            upright.load()
            return upright, ((high, wide) if way_up in _LYING else (wide, high))


class Scan(Protocol):
    """A scan that is open: how many pages it has, and each of them."""

    count: int

    def page(self, place: int) -> tuple[bytes, str, bool]:
        """Return content, media type and whether it was drawn, of a page counted from 1."""


@contextmanager
def _bombs_refused() -> Iterator[None]:
    """Make the library refuse enormous pictures instead of only warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def pages_of(file: Path) -> Iterator[ScannedPage]:
    """Return the pages of a scan one after the other; refuse what is no scan."""
    with in_words(file.name):
        scan = open_scan(file)
        for place in range(1, scan.count + 1):
            yield ScannedPage(file.name, place, *scan.page(place))


def open_scan(file: Path) -> Scan:
    """Open a scan; what is none is refused, in words within ``in_words``."""
    return scan_of(_content(file), file.name)


def scan_of(content: bytes, name: str) -> Scan:
    """Open a scan that came as bytes."""
    is_pdf = content[:1024].lstrip().startswith(b"%PDF")
    scan: Scan = PdfScan(content) if is_pdf else _picture(content, name)
    if scan.count < 1:
        raise refusal(name, N_("The scan {file} cannot be read: it has no pages."))
    if scan.count > MOST_PAGES:
        raise refusal(name, N_("The scan {file} cannot be read: it has too many pages."))
    return scan


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise refusal(file.name, N_("The scan {file} cannot be read: it is too large."))
        return file.read_bytes()
    except OSError as error:
        raise unopened(file, error) from error


def unopened(file: Path, error: OSError) -> JetkizError:
    """Return why a scan cannot be opened at all."""
    return JetkizError(
        N_("The scan {file} cannot be opened: {reason}."),
        N_("Check the name, and that the file has been copied whole."),
        file=file.name,
        reason=error.strerror,
    )


def refusal(name: str, sentence: str) -> JetkizError:
    """Return why a scan is not read, and what to do."""
    remedy = N_("Scan the sheets again as PDF, TIFF, JPEG or PNG without a password.")
    return JetkizError(sentence, remedy, file=name)


def in_words(name: str) -> AbstractContextManager[None]:
    """Turn what libraries say of a broken scan into a sentence."""
    return _InWords(name)


class _InWords(AbstractContextManager[None]):
    def __init__(self, name: str) -> None:
        self.name = name

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PdfTrouble):
            raise refusal(
                self.name, N_("The scan {file} cannot be read: it has a password.")
            ) from error
        if isinstance(error, _NO_PICTURE):
            raise refusal(
                self.name,
                N_("The scan {file} cannot be read: it is no picture, or an enormous one."),
            ) from error
        if isinstance(error, BROKEN) and not isinstance(error, MemoryError):
            raise refusal(self.name, N_("The scan {file} cannot be read: it is broken.")) from error


_NO_PICTURE: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
BROKEN: Final = (*PAGE_ERRORS, *_NO_PICTURE, SyntaxError, EOFError)


class _Single:
    """A file that is one picture."""

    count = 1

    def __init__(self, content: bytes, media_type: str) -> None:
        self._found = content, media_type, False

    def page(self, place: int) -> tuple[bytes, str, bool]:
        """Return the file as it came."""
        return self._found


class _Tiff:
    """A file of pictures, each taken out without loss."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self.count = getattr(image, "n_frames", 1)

    def page(self, place: int) -> tuple[bytes, str, bool]:
        """Return one picture; a scan of another compression says the same."""
        with _bombs_refused():
            self._image.seek(place - 1)
            return as_png(self._image), "image/png", False


def _picture(content: bytes, name: str) -> Scan:
    if content[4:12] in _HEIC_HEADS and not find_spec("pillow_heif"):
        raise JetkizError(
            N_("The scan {file} cannot be read: it is a picture of the kind HEIC."),
            N_("Install it with: pip install 'jetkiz[scan]', or send it as JPEG."),
            file=name,
        )
    with _bombs_refused():
        image = Image.open(io.BytesIO(content))
        kind = str(image.format)
        if kind == "TIFF":
            return _Tiff(image)
        if kind not in _MEDIA:
            raise refusal(name, N_("The scan {file} cannot be read: its kind is unknown."))
        image.verify()
    return _Single(content, _MEDIA[kind])
