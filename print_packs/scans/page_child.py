"""What is done to a stranger's scan in the process that may be lost: opened, read, cut; no more.

It knows the number of the issuer and no key, writes nothing, and asks no database.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

from jetkiz.i18n import N_
from print_packs.scans.block_child import block_on, flat_on
from print_packs.scans.code_reader import read_codes, read_half
from print_packs.scans.scan_pages import (
    BROKEN,
    MOST_BYTES,
    Scan,
    ScannedPage,
    in_words,
    open_scan,
    refusal,
    scan_of,
)

_QUALITY: Final = 90

# The scan of the last question: a row of questions about its pages opens it once.
_open: dict[str, tuple[tuple[int, int], Scan]] = {}


def answer(question: bytes) -> bytes:
    """Answer a question about one page: a line of JSON, then content, both ways."""
    line, _, content = question.partition(b"\n")
    asked = json.loads(line)
    name = Path(asked["file"]).name
    if "block" in asked:
        return block_on(content, asked["block"])
    with in_words(name):
        if "corners" in asked:
            return flat_on(content, asked["corners"])
        scan = scan_of(content, name) if content else _opened(Path(asked["file"]))
        if not 1 <= asked["place"] <= scan.count:
            raise refusal(name, N_("The scan {file} cannot be read: it has no pages."))
        if "box" in asked or scan.count == 1:
            page = ScannedPage(name, asked["place"], *scan.page(asked["place"]))
            if "box" in asked:
                return _cut(page, asked)
            return _read(page, scan.count, asked)
    return _one_of_many(scan, name, asked)


def _one_of_many(scan: Scan, name: str, asked: Mapping[str, Any]) -> bytes:
    """Read a page of a longer scan; one that is broken is damaged, and the others are read."""
    try:
        found = scan.page(asked["place"])
    except BROKEN:
        lost = {"pages": scan.count, "media_type": "", "is_drawn": False, "damaged": True}
        return json.dumps(lost).encode() + b"\n"
    return _read(ScannedPage(name, asked["place"], *found), scan.count, asked)


def _opened(file: Path) -> Scan:
    stamp = _stamp(file)
    kept = _open.get(str(file))
    if kept and kept[0] == stamp:
        return kept[1]
    _open.clear()
    scan = open_scan(file)
    _open[str(file)] = (stamp, scan)
    return scan


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, MOST_BYTES
    return found.st_mtime_ns, found.st_size


def _read(page: ScannedPage, count: int, asked: Mapping[str, Any]) -> bytes:
    told: dict[str, Any] = {
        "pages": count,
        "media_type": page.media_type,
        "is_drawn": page.is_drawn,
        "damaged": False,
    }
    told |= _reading(page, asked)
    content = b"" if asked["after"] >= 0 else page.content
    return json.dumps(told).encode() + b"\n" + content


def _reading(page: ScannedPage, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A photo that was cut off on its way still begins like one: damaged, and a person looks."""
    issuer, after = asked["issuer"], asked["after"]
    try:
        half = page.half() if after < 0 else None
        found = read_half(*half, issuer) if half else None
        if half and found:
            return {"size": half[1], "reading": asdict(found)}
        picture = page.picture()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return {"damaged": True}
    found = read_codes(picture, issuer, after, is_quick=asked["is_quick"])
    return {"size": picture.size, "reading": asdict(found)}


def _cut(page: ScannedPage, asked: Mapping[str, Any]) -> bytes:
    """Return part of a page as an upright JPEG."""
    picture = page.picture().convert("RGB").crop(asked["box"] and tuple(asked["box"]))
    if asked["turn"]:
        picture = picture.rotate(asked["turn"], expand=True)
    picture.thumbnail((asked["longest"], asked["longest"]))
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
