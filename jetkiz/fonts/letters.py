"""Which characters can be printed, and in which font each part of a line is set."""

import struct
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.fonts import STAND_IN, font_path
from jetkiz.i18n import N_

_STYLES: Final = ("PTSans", "PTSans-Bold")
# Shown where no font has the character: a visible box, never a silent hole.
BOX: Final = "\N{WHITE SQUARE}"


def plain(text: str) -> str:
    """Return text as it can be set in one line: composed letters, no control characters."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        " " if unicodedata.category(c) in {"Zl", "Zp"} or c in "\t\n\r\v\f" else c
        for c in composed
        if c in "\t\n\r\v\f" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}
    )


def missing(text: str) -> list[str]:
    """Return the characters that no font of ours has, each once, in the order of the text.

    A heading is bold: a character that only the plain letters have would be a hole in it.
    """
    known = _known()
    return list(dict.fromkeys(c for c in plain(text) if not c.isspace() and ord(c) not in known))


@cache
def _known() -> frozenset[int]:
    plain_letters, bold = (coverage(font) | coverage(STAND_IN[font]) for font in _STYLES)
    return plain_letters & bold


@lru_cache(maxsize=1024)
def runs(text: str, font: str) -> tuple[tuple[str, str], ...]:
    """Split a line into parts of one font each: ``font`` where it can, its stand-in elsewhere."""
    stand_in = STAND_IN.get(font, font)
    own, other = coverage(font), coverage(stand_in)
    line = plain(text)
    if own.issuperset(map(ord, line)):
        return ((font, line),) if line else ()

    def place(character: str) -> str:
        return font if ord(character) in own else stand_in

    shown = (c if ord(c) in own or ord(c) in other else BOX for c in line)
    return tuple((name, "".join(part)) for name, part in groupby(shown, key=place))


@cache
def coverage(font: str) -> frozenset[int]:
    """Return the code points for which a font has a glyph."""
    return read_coverage(font_path(font))


def read_coverage(file: Path) -> frozenset[int]:
    """Read the character table of a TrueType file (formats 4 and 12, the only ones in use)."""
    try:
        return _read(file.read_bytes())
    except (OSError, struct.error, KeyError) as error:
        raise JetkizError(
            N_("The font file {file} cannot be read."),
            N_("Install Jetkiz again: the fonts are part of it."),
            file=file,
        ) from error


def _read(data: bytes) -> frozenset[int]:
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * count, 16)
    }
    start = tables[b"cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for at in range(start + 4, start + 4 + 8 * count, 8):
        (offset,) = struct.unpack_from(">I", data, at + 4)
        found |= _subtable(data, start + offset)
    return frozenset(found)


def _subtable(data: bytes, at: int) -> set[int]:
    (form,) = struct.unpack_from(">H", data, at)
    if form == 4:
        return _segments(data, at)
    if form == 12:
        (count,) = struct.unpack_from(">I", data, at + 12)
        groups = struct.iter_unpack(">3I", data[at + 16 : at + 16 + 12 * count])
        return {code for first, last, _ in groups for code in range(first, last + 1)}
    return set()


def _segments(data: bytes, at: int) -> set[int]:
    (double,) = struct.unpack_from(">H", data, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * double)
    place = at + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", data, place)
    found = set()
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code + deltas[number]
            if offsets[number]:
                where = place + 2 * number + offsets[number] + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, where)
            if glyph % 0x10000:
                found.add(code)
    return found
