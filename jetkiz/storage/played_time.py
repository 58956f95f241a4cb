"""What time it is for a school whose weeks were only played: where the play ended.

Without this a sample week of last winter looks as if every answer were a year late.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Clock, wall_clock

FILE: Final = "played-until.txt"


def keep_played(folder: Path, until: str) -> None:
    """Write down at which moment the play ended, by its own clock, in ISO 8601 with its zone."""
    write_whole(folder / FILE, f"{until}\n".encode())


def is_played(folder: Path) -> bool:
    """Whether the weeks of a school were played."""
    return (folder / FILE).is_file()


def played_clock(folder: Path, clock: Clock = wall_clock) -> Clock | None:
    """Return a clock that goes on from where the play ended; None for a school that is real."""
    try:
        until = datetime.fromisoformat((folder / FILE).read_text("ascii").strip())
        begun = clock()
        behind = begun - until
    except (OSError, ValueError, TypeError):
        return None
    return lambda: clock() - behind
