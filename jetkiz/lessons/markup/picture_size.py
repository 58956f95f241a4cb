"""How large a picture is as it is seen: a phone keeps many lying on their side, with a note."""

import struct
from typing import Final

from PIL import Image

_ORIENTATION: Final = 0x0112
_ON_ITS_SIDE: Final = frozenset({5, 6, 7, 8})


def seen_size(picture: Image.Image) -> tuple[int, int]:
    """Return width and height in points, once the picture is turned as its note says.

    The picture need not be decoded for that. A note that cannot be read turns nothing.
    """
    wide, high = picture.size
    note = Image.Exif()
    try:
        note.load(picture.info.get("exif", b""))
        is_on_its_side = note.get(_ORIENTATION) in _ON_ITS_SIDE
    # The library's ways to say that these bytes are no note.
    except (SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error):
        return wide, high
    return (high, wide) if is_on_its_side else (wide, high)
