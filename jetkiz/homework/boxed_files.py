"""What is taken out of films and HEIC pictures, which both are boxes that lie in boxes.

A file stays as long as it was, so nothing in it moves: what tells too much is blanked.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jetkiz.homework.model import BrokenError

# A long film that was written piece by piece has a few thousand boxes, a picture some dozens.
_MOST_BOXES: Final = 100_000
_MOST_PIECES: Final = 10_000
_OUT: Final = {b"udta", b"meta", b"uuid", b"free", b"skip"}
_INTO: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
# These begin with when the film was made and changed.
_TIMED: Final = {b"mvhd", b"tkhd", b"mdhd"}
_HEIC_OUT: Final = {b"Exif", b"mime"}


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of a film or of a HEIC picture: its kind, where it begins, its body and its end."""

    kind: bytes
    start: int
    body: int
    end: int


def strip_film(content: bytes) -> bytes:
    """Return a film or sound without what it says about itself, and without its time."""
    film = bytearray(content)
    for box in _boxes(content, 0, len(content), _INTO):
        _blank(film, box)
    return bytes(film)


def _blank(file: bytearray, box: _Box) -> None:
    if box.kind in _OUT:
        file[box.start + 4 : box.start + 8] = b"free"
        file[box.body : box.end] = bytes(box.end - box.body)
    elif box.kind in _TIMED and box.body < box.end:
        # Two moments stand behind the version, in eight bytes since the second one.
        start = box.body + 4
        end = max(start, min(start + (16 if file[box.body] else 8), box.end))
        file[start:end] = bytes(end - start)


def _boxes(
    content: bytes, start: int, end: int, into: frozenset[bytes] = frozenset()
) -> Iterator[_Box]:
    """Yield the boxes of a span, and what lies in boxes of the kinds ``into``."""
    spans = [(start, end)]
    for _ in range(_MOST_BOXES):
        while spans and spans[-1][0] + 8 > spans[-1][1]:
            spans.pop()
        if not spans:
            return
        box = _box(content, *spans[-1])
        spans[-1] = (box.end, spans[-1][1])
        if box.kind in into:
            spans.append((box.body, box.end))
        yield box
    raise BrokenError("boxes")


def _box(content: bytes, start: int, end: int) -> _Box:
    size, kind = struct.unpack_from(">I4s", content, start)
    body = start + 8
    if size == 1:
        (size,) = struct.unpack_from(">Q", content, body)
        body += 8
    stop = end if size == 0 else start + size
    if not body <= stop <= end:
        raise BrokenError("box")
    return _Box(kind, start, body, stop)


def strip_heic(content: bytes) -> bytes:
    """Return a HEIC picture without what its camera noted; its way up stands with the picture."""
    picture = bytearray(content)
    items = next((one for one in _boxes(content, 0, len(content)) if one.kind == b"meta"), None)
    for box in _boxes(content, 0, len(content), _INTO):
        if box == items:
            _blank_items(picture, content, box)
        else:
            _blank(picture, box)
    return bytes(picture)


def _blank_items(picture: bytearray, content: bytes, meta: _Box) -> None:
    """Blank the items of a picture that tell of its making: EXIF, and words in XML."""
    parts = {one.kind: one for one in _boxes(content, meta.body + 4, meta.end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    items, blanked = _items_out(content, parts[b"iinf"]), 0
    inner = parts[b"idat"].body if b"idat" in parts else 0
    for item, method, place, size in _pieces(content, parts[b"iloc"]):
        if item not in items:
            continue
        start, blanked = place + inner * (method == 1), blanked + size
        if start + size > len(picture) or method > 1 or blanked > len(picture):
            raise BrokenError("heic")
        picture[start : start + size] = bytes(size)


def _items_out(content: bytes, iinf: _Box) -> set[int]:
    """Return the numbers of the items that hold what the camera noted."""
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


def _pieces(content: bytes, iloc: _Box) -> Iterator[tuple[int, int, int, int]]:
    """Yield item, way of counting, place and size of every piece.

    Pieces may take no room at all, so a few bytes could name thousands of millions of them.
    """
    version, sizes, bases = content[iloc.body], content[iloc.body + 4], content[iloc.body + 5]
    read, count = _Reader(content, iloc.body + 6), 0
    for _ in range(read.number(4 if version == 2 else 2)):
        item = read.number(4 if version == 2 else 2)
        method = read.number(2) & 0xF if version else 0
        read.number(2)
        base = read.number(bases >> 4)
        pieces = read.number(2)
        count += pieces + 1
        if count > _MOST_PIECES:
            raise BrokenError("heic")
        for _ in range(pieces):
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
