"""Which pictures, PDF files, sounds and films a lesson may bring, told by their first bytes."""

import io
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Place

MEGABYTE: Final = 1024 * 1024
# A page picture of the sample stories has 36 kB; a phone's photo 3 MB.
LARGEST_PICTURE: Final = 4 * MEGABYTE
# More than this no messenger takes from us.
LARGEST_FILE: Final = 50 * MEGABYTE
# 24 million points are a photo of the best phones; more would only stop a small computer.
MOST_POINTS: Final = 24_000_000

_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_ENDINGS: Final = {
    b"%PDF-": (".pdf",),
    b"OggS": (".ogg", ".oga", ".opus"),
    b"RIFF": (".wav",),
    **dict.fromkeys((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), (".mp3",)),
}


def read_picture(folder: Path, name: str, place: Place, findings: Findings) -> bytes | None:
    """Return a picture that is there, is JPEG or PNG and is not too large."""
    content = _read(folder, name, place, LARGEST_PICTURE, findings)
    if content is None:
        return None
    if not content.startswith(_PICTURES) or not _opens(content):
        findings.error(
            place,
            N_("This is no picture that can be printed."),
            N_("Save it as JPEG or PNG with at most {points} million points."),
            points=MOST_POINTS // 1_000_000,
        )
        return None
    return content


def read_attachment(folder: Path, name: str, place: Place, findings: Findings) -> bytes | None:
    """Return a PDF or a sound that is there and is what its ending says."""
    content = _read(folder, name, place, LARGEST_FILE, findings)
    if content is None:
        return None
    kinds = _kinds(content)
    if not kinds:
        findings.error(
            place,
            N_("This is no PDF, no sound and no film."),
            N_("Bring PDF, MP3, OGG, WAV or MP4 files; pictures belong into the text."),
        )
        return None
    if Path(name).suffix.lower() not in kinds:
        findings.warn(
            place,
            N_("The ending of the name does not fit what the file holds."),
            N_("Name it with the ending {ending}: phones go by it."),
            ending=kinds[0],
        )
    return content


def _kinds(content: bytes) -> tuple[str, ...]:
    """Return the endings that fit a content; none for what is no attachment."""
    if content[4:8] == b"ftyp":
        return (".mp4",)
    fits = (endings for start, endings in _ENDINGS.items() if content.startswith(start))
    return next(fits, ())


def _read(folder: Path, name: str, place: Place, largest: int, findings: Findings) -> bytes | None:
    file = folder / name
    if ":" in name or not file.resolve().is_relative_to(folder.resolve()):
        findings.error(
            place,
            N_("The file lies outside the lesson's folder."),
            N_("Copy it into the folder and name it from there, as in img/01.jpg."),
        )
        return None
    try:
        if file.stat().st_size > largest:
            remedy = N_("Make it smaller: families pay for every megabyte.")
            if largest == LARGEST_FILE:
                remedy = N_(
                    "No messenger takes more: cut it into parts or save it smaller, as 480p; "
                    "a long film goes out on television: kind = video."
                )
            findings.error(
                place,
                N_("The file is larger than {limit} MB."),
                remedy,
                limit=largest // MEGABYTE,
            )
            return None
        return file.read_bytes()
    except (OSError, ValueError):
        findings.error(
            place,
            N_("The file is not there."),
            N_("Check the spelling, capital letters too, and put the file into the folder."),
        )
        return None


def _opens(content: bytes) -> bool:
    """True when the picture can be decoded; a damaged one would fail in the middle of a print."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > MOST_POINTS:
                    return False
                picture.load()
    # Pillow's decoders raise these for damaged files, each its own.
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        LookupError,
        EOFError,
    ):
        return False
    return True
