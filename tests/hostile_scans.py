"""Scans that were broken at random, and what a reader makes of them: a page or a sentence, always.

`python -m tests.hostile_scans 10000` breaks so many (seeded) and counts the ends; the tests take a
few hundred. A crash of the limited process is an end as well, and it is counted.
"""

import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from PIL import Image

from jetkiz.errors import JetkizError
from jetkiz.limited_process import CrashedError, TooCostlyError
from print_packs.issuer import Issuer
from print_packs.scans.page_reader import PageReader

LONGEST = 60.0
"""Seconds after which a file would count as hanging; the limits end it long before."""


def whole_files() -> list[bytes]:
    """Return one honest scan of every kind, small, so that damage hits something."""
    picture = Image.effect_noise((640, 700), 40)
    kinds: list[tuple[str, dict[str, object]]] = [
        ("JPEG", {"quality": 40}),
        ("JPEG", {"quality": 40, "progressive": True}),
        ("PNG", {}),
        ("TIFF", {"compression": "tiff_lzw", "save_all": True, "append_images": [picture]}),
        ("PDF", {"quality": 40, "save_all": True, "append_images": [picture]}),
    ]
    found = [_saved(picture, kind, options) for kind, options in kinds]
    bits = picture.convert("1")
    found += [_saved(bits, "TIFF", {"compression": "group4"}), _saved(bits, "PDF", {})]
    found.append(_saved(picture.convert("RGB"), "HEIF", {"quality": 40}))
    return [*found, _unpacked(found[4])]


def _saved(picture: Image.Image, kind: str, options: dict[str, object]) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _unpacked(content: bytes) -> bytes:
    """A PDF whose objects lie open: random damage changes numbers and names, not only streams."""
    with pikepdf.open(io.BytesIO(content)) as document:
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return out.getvalue()


def broken_files(count: int, seed: int) -> Iterator[bytes]:
    """Yield scans with flipped, lost, doubled and invented bytes, most of them near the head."""
    chance = random.Random(seed)
    files = whole_files()
    for number in range(count):
        content = bytearray(files[number % len(files)])
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            _break(content, chance)
        yield bytes(content)


def _break(content: bytearray, chance: random.Random) -> None:
    end = max(1, len(content) // chance.choice((1, 1, 50)))
    at = chance.randrange(end)
    match chance.randrange(6):
        case 0:
            content[at] ^= 1 << chance.randrange(8)
        case 1:
            del content[at : at + chance.randrange(1, 400)]
        case 2:
            content[at:at] = content[at : at + chance.randrange(1, 400)]
        case 3:
            content[at : at + 4] = chance.randbytes(4)
        case 4:
            content[at : at + 8] = b"\xff" * 8
        case _:
            del content[max(1, at) :]
    if not content:
        content += b"%PDF"


def ends_of(count: int, seed: int, folder: Path) -> tuple[Counter[str], float]:
    """Read broken files; return how each ended, and the longest time one took."""
    reader = PageReader(Issuer(7, {1: b"key"}, 1))
    ends: Counter[str] = Counter()
    slowest = 0.0
    place = folder / "scan"
    for content in broken_files(count, seed):
        place.write_bytes(content)
        begin = time.monotonic()
        try:
            pages = list(reader.pages(place))
            ends["pages" if not any(one.is_damaged for one in pages) else "damaged page"] += 1
            assert not any(one.sheets for one in pages)
        except TooCostlyError:
            ends["too costly"] += 1
        except CrashedError:
            ends["process lost"] += 1
        except JetkizError:
            ends["sentence"] += 1
        slowest = max(slowest, time.monotonic() - begin)
    return ends, slowest


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(*ends_of(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1, Path(name)))
