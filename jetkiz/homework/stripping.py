"""What is taken out of a page before it is kept: where it was made, with which camera, and when.

Nothing is compressed again; of what a camera adds only the way up is kept. PDF, Word and sound are
kept as they came.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_UPRIGHT: Final = 1
_ORIENTATION: Final = 0x0112
_EXIF: Final = b"Exif\0\0"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# What a picture needs to be drawn, and its colours; all else of a PNG tells of its making.
_PNG_KEPT: Final = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB"),
    *(b"cICP", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"),
}
_MP4_OUT: Final = {b"udta", b"meta", b"uuid"}
_MP4_INTO: Final = {b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"}
_HEIC_OUT: Final = {b"Exif", b"mime"}


class BrokenError(ValueError):
    """A file does not hold together: it cannot be cleaned, and hardly be shown."""


def stripped(content: bytes, media_type: str) -> bytes:
    """Return a file without place, camera and time; of what cannot be cleaned the file itself."""
    clean = _CLEANERS.get(media_type)
    if clean is None:
        return content
    try:
        return clean(content)
    except (struct.error, IndexError, OverflowError) as error:
        raise BrokenError(media_type) from error


def _strip_jpeg(content: bytes) -> bytes:
    kept, place, way_up = [content[:2]], 2, _UPRIGHT
    while True:
        marker, size = _jpeg_segment(content, place)
        end = place + 2 + size
        body = content[place + 4 : end]
        if marker == 0xE1 and body.startswith(_EXIF):
            way_up = _way_up(body[len(_EXIF) :])
        elif _is_kept(marker, body):
            kept.append(content[place:end])
        if marker == 0xDA:
            break
        place = end
    kept.append(content[end : _end_of_jpeg(content, end)])
    if way_up != _UPRIGHT:
        exif = _EXIF + _exif(way_up)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _jpeg_segment(content: bytes, place: int) -> tuple[int, int]:
    start, marker, size = struct.unpack_from(">BBH", content, place)
    if start != 0xFF or marker in {0x00, 0xD9, 0xFF} or size < 2:
        raise BrokenError("jpeg")
    return marker, size


def _is_kept(marker: int, body: bytes) -> bool:
    """Keep what draws the picture: tables, frames, the colour profile, Adobe's kind of colours."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    return not (0xE1 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE


def _end_of_jpeg(content: bytes, place: int) -> int:
    """Return where the picture ends: behind it phones hide previews, films and places."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        marker = content[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in {0x00, 0xFF} or 0xD0 <= marker <= 0xD7:
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + _jpeg_segment(content, place)[1]
    # A photo that breaks off is kept as far as it goes.
    return len(content)


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


def _exif(way_up: int) -> bytes:
    """Return the smallest note of a camera: the way up and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way_up, 0, 0)


def _strip_png(content: bytes) -> bytes:
    kept, place, way_up, is_over = [_PNG], len(_PNG), _UPRIGHT, False
    while not is_over:
        (size,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + size
        if end > len(content):
            raise BrokenError("png")
        if kind in _PNG_KEPT:
            kept.append(content[place:end])
        elif kind == b"eXIf":
            way_up = _way_up(content[place + 8 : end - 4])
        place, is_over = end, kind == b"IEND"
    if way_up != _UPRIGHT:
        body = b"eXIf" + _exif(way_up)
        exif = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        kept.insert(2, exif)
    return b"".join(kept)


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of a film or of a HEIC picture: its kind, where it begins, its body and its end."""

    kind: bytes
    start: int
    body: int
    end: int


def _boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        stop = end if size == 0 else start + size
        if not body <= stop <= end:
            raise BrokenError(kind)
        yield _Box(kind, start, body, stop)
        start = stop


def _strip_mp4(content: bytes) -> bytes:
    film = bytearray(content)
    _blank_boxes(film, 0, len(film))
    return bytes(film)


def _blank_boxes(film: bytearray, start: int, end: int) -> None:
    """Blank what a film says about itself; it stays as long as it was, so nothing moves."""
    for box in _boxes(film, start, end):
        if box.kind in _MP4_OUT:
            film[box.start + 4 : box.start + 8] = b"free"
            film[box.body : box.end] = bytes(box.end - box.body)
        elif box.kind in _MP4_INTO:
            _blank_boxes(film, box.body, box.end)


def _strip_heic(content: bytes) -> bytes:
    picture = bytearray(content)
    for meta in _boxes(content, 0, len(content)):
        if meta.kind != b"meta":
            continue
        parts = {one.kind: one for one in _boxes(content, meta.body + 4, meta.end)}
        if b"iinf" not in parts or b"iloc" not in parts:
            continue
        told = _items_out(content, parts[b"iinf"])
        inner = parts[b"idat"].body if b"idat" in parts else 0
        for item, method, place, size in _extents(content, parts[b"iloc"]):
            start = place + inner * (method == 1)
            if item in told:
                if start + size > len(picture) or method > 1:
                    raise BrokenError("heic")
                picture[start : start + size] = bytes(size)
    return bytes(picture)


def _items_out(content: bytes, iinf: _Box) -> set[int]:
    """Return the numbers of the parts that hold what the camera noted."""
    wide = content[iinf.body] > 0
    found = set()
    for one in _boxes(content, iinf.body + (8 if wide else 6), iinf.end):
        version = content[one.body]
        if one.kind == b"infe" and version >= 2:
            layout = ">H2x4s" if version == 2 else ">I2x4s"
            item, kind = struct.unpack_from(layout, content, one.body + 4)
            if kind in _HEIC_OUT:
                found.add(item)
    return found


def _extents(content: bytes, iloc: _Box) -> Iterator[tuple[int, int, int, int]]:
    """Yield item, way of counting, place and size of every piece."""
    version, sizes, bases = content[iloc.body], content[iloc.body + 4], content[iloc.body + 5]
    read = _Reader(content, iloc.body + 6)
    for _ in range(read.number(4 if version == 2 else 2)):
        item = read.number(4 if version == 2 else 2)
        method = read.number(2) & 0xF if version else 0
        read.number(2)
        base = read.number(bases >> 4)
        for _ in range(read.number(2)):
            read.number(bases & 0xF if version else 0)
            place = read.number(sizes >> 4)
            yield item, method, base + place, read.number(sizes & 0xF)


class _Reader:
    """Reads numbers of any width, one after another."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content = content
        self._place = place

    def number(self, width: int) -> int:
        piece = self._content[self._place : self._place + width]
        if len(piece) < width:
            raise BrokenError("heic")
        self._place += width
        return int.from_bytes(piece)


_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _strip_jpeg,
    "image/png": _strip_png,
    "image/heic": _strip_heic,
    "video/mp4": _strip_mp4,
}
