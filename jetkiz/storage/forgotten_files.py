"""Which pages were deleted for good: remembered for a while, so that copies of them go as well.

Only names are written down, and they tell nothing of what they named.
"""

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

# A copy that was not brought up to date for so long keeps what was deleted meanwhile.
REMEMBERED: Final = timedelta(days=100)
_FOLDER: Final = "forgotten"


def remember(files: Path, names: Iterable[str], today: date) -> None:
    """Write names down before the files are deleted; a cut in between is made good by the next."""
    place = files / _FOLDER / f"{today}.txt"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a", encoding="ascii") as notes:
        notes.write("".join(f"{name}\n" for name in names))
        notes.flush()
        os.fsync(notes.fileno())


def forgotten(files: Path) -> set[str]:
    """Return the names that were deleted lately; a line that was cut off names nothing."""
    return {name for place in _notes(files) for name in place.read_text("ascii").splitlines()}


def drop_old_notes(files: Path, today: date) -> None:
    """Forget what was forgotten long ago."""
    for place in _notes(files):
        if place.stem < str(today - REMEMBERED):
            place.unlink(missing_ok=True)


def _notes(files: Path) -> list[Path]:
    return sorted((files / _FOLDER).glob("????-??-??.txt"))
