"""What is taken out of a page before it is kept: where it was made, with which camera, and when.

Nothing is compressed again; of what a camera adds only the way up is kept. PDF, Word and sound of
other kinds are kept as they came. However a file is made, the work with it is bounded: it comes
from anybody who has a chat with the bot.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from jetkiz.homework.boxed_files import strip_film, strip_heic
from jetkiz.homework.model import BrokenError

_UPRIGHT: Final = 1
_ORIENTATION: Final = 0x0112
# Each a quarter further to the left than the one before; mirrored ones among themselves.
_QUARTERS: Final = ((1, 8, 3, 6), (2, 5, 4, 7))
_EXIF: Final = b"Exif\0\0"
_SCAN, _END, _NOTE, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
# A photo has a few dozen parts; one whose picture comes in steps has about ten of them.
_MOST_PARTS: Final = 10_000
_MOST_SCANS: Final = 50
# Of what programs note in a photo only this is needed to draw it.
_DRAWN_WITH: Final = {0xE0: (b"JFIF\0",), 0xE2: (b"ICC_PROFILE\0",), 0xEE: (b"Adobe",)}
_NEVER: Final[tuple[bytes, ...]] = ()
# Where the points of a picture end: what follows is neither a filled byte nor a restart.
_NEXT_PART: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FILLING: Final = re.compile(rb"\xff*")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS: Final = 50_000
# What a picture needs to be drawn, and its colours; all else of a PNG tells of its making.
_PNG_KEPT: Final = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB"),
    *(b"cICP", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"),
}


def stripped(content: bytes, media_type: str, turn: int = 0) -> bytes:
    """Return a file without place, camera and time; of what cannot be cleaned the file itself.

    With a ``turn`` (degrees to the left, by quarters) a JPEG or PNG says that it is to be shown so.
    """
    draws, clean = _PICTURES.get(media_type), _CLEANERS.get(media_type)
    try:
        if draws:
            return draws(content, turn)
        return clean(content) if clean else content
    except (struct.error, IndexError, OverflowError) as error:
        raise BrokenError(media_type) from error


def _strip_jpeg(content: bytes, turn: int = 0) -> bytes:
    kept, way_up = [content[:2]], _UPRIGHT
    for marker, start, end in _jpeg_parts(content):
        body = content[start + 4 : end]
        if marker == _NOTE and body.startswith(_EXIF):
            way_up = _way_up(body[len(_EXIF) :])
        elif _is_kept(marker, body):
            kept.append(content[start:end])
    way_up = _turned(way_up, turn)
    if way_up != _UPRIGHT:
        exif = _EXIF + _exif(way_up)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, start and end of every part up to the picture's end.

    Behind it phones hide previews, films and places. A photo that breaks off among its points is
    kept as far as it goes.
    """
    place, scans = 2, 0
    for _ in range(_MOST_PARTS):
        place, marker = _next_marker(content, place)
        if marker == _END:
            yield marker, place, place + 2
            return
        (size,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + size
        if size < 2:
            break
        if marker == _SCAN:
            scans += 1
            found = _NEXT_PART.search(content, end)
            end = found.start() if found else len(content)
        yield marker, place, end
        if end >= len(content) and scans:
            return
        if scans > _MOST_SCANS:
            break
        place = end
    raise BrokenError("jpeg")


def _next_marker(content: bytes, place: int) -> tuple[int, int]:
    """Return where the next part begins and its kind; before it any number of FF may stand."""
    filled = _FILLING.match(content, place)
    start = (filled.end() if filled else 0) - 1
    if start < place or content[start + 1] == 0x00:
        raise BrokenError("jpeg")
    return start, content[start + 1]


def _is_kept(marker: int, body: bytes) -> bool:
    """Keep what draws the picture: tables, frames, the colour profile, Adobe's kind of colours."""
    if 0xE0 <= marker <= 0xEF:
        return body.startswith(_DRAWN_WITH.get(marker, _NEVER))
    return marker != _COMMENT


def _way_up(exif: bytes) -> int:
    """Return how a picture has to be turned, as its camera says."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    if not order:
        return _UPRIGHT
    try:
        (place,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, place)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, place + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else _UPRIGHT
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT


def _turned(way_up: int, turn: int) -> int:
    """Return the way up after a turn to the left; a mirrored picture stays mirrored."""
    circle = next(one for one in _QUARTERS if way_up in one)
    return circle[(circle.index(way_up) + turn // 90) % 4]


def _exif(way_up: int) -> bytes:
    """Return the smallest note of a camera: the way up and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way_up, 0, 0)


def _strip_png(content: bytes, turn: int = 0) -> bytes:
    kept, way_up = [_PNG], _UPRIGHT
    for kind, start, end in _chunks(content):
        if kind in _PNG_KEPT:
            kept.append(content[start:end])
        elif kind == b"eXIf":
            way_up = _way_up(content[start + 8 : end - 4])
    way_up = _turned(way_up, turn)
    if way_up != _UPRIGHT:
        body = b"eXIf" + _exif(way_up)
        exif = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        kept.insert(2, exif)
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of every part of a PNG."""
    place = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        (size,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + size
        if end > len(content):
            break
        yield kind, place, end
        if kind == b"IEND":
            return
        place = end
    raise BrokenError("png")


_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "image/heic": strip_heic,
    "video/mp4": strip_film,
    "audio/mp4": strip_film,
}
_PICTURES: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "image/jpeg": _strip_jpeg,
    "image/png": _strip_png,
}
