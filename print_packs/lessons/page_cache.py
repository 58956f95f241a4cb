"""How much room the pages of lessons that were set once may take, and which are forgotten first.

They can be set anew at any time, so those that were not printed for the longest go first.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 2**30
"""A school's year takes some 300 MB. Assumed, from the lessons of the sample week."""


def used_now(place: Path) -> None:
    """Remember that pages were taken out just now, by the clock of the disk."""
    # Somebody else may have forgotten them a moment ago; a folder may be for reading only.
    with suppress(OSError):
        os.utime(place)


def make_room(cache: Path, most: int = MOST_BYTES) -> int:
    """Forget the pages that lay unused for the longest; return how many files went."""
    found = []
    for place in cache.glob("*.pdf"):
        with suppress(OSError):
            about = place.stat()
            found.append((about.st_mtime_ns, about.st_size, place))
    room = most
    gone = 0
    for _, size, place in sorted(found, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):
                place.unlink()
                gone += 1
    return gone
