"""What a return is: a student's work that came back, page by page, by whatever way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

SCAN: Final = "scan"
ACCEPTED: Final = "done"
"""The mark that accepts the work as it is."""
AGAIN: Final = "again"
"""The mark that asks to do the task once more."""
SILENCE: Final = timedelta(minutes=30)
"""Pages that came without "hand in" count as handed in after this much silence."""


class BrokenError(ValueError):
    """A file does not hold together: it cannot be cleaned, and hardly be shown."""


class ReturnState(IntEnum):
    """Where a return stands."""

    DRAFT = 0  # pages still arrive
    HANDED_IN = 1  # the student handed it in, or every sheet was scanned
    MARKED = 2  # the teacher marked it


@dataclass(frozen=True, slots=True)
class Page:
    """One page or recording that came back.

    ``key`` names the outside event (Telegram file, scan hash): the same key twice is one page.
    ``number`` is the printed page number, or 0 for the next free place. Of an ``album`` the parts
    come in any order; ``place`` says where each belongs. ``hints`` are words of the quality, and
    ``sheets`` counts what one file holds.
    """

    key: str
    sha256: str
    media_type: str
    channel: str
    number: int = 0
    note: str = ""
    hints: tuple[str, ...] = ()
    sheets: int = 1
    album: str = ""
    place: int = 0

    @property
    def is_scan(self) -> bool:
        """True for a printed sheet that came back and was scanned."""
        return self.key.startswith(f"{SCAN}:")


@dataclass(frozen=True, slots=True)
class HomeworkReturn:
    """A version of a student's work on the task of a lesson."""

    id: int
    student: int
    lesson: int
    version: int
    state: ReturnState
    started_at: datetime
    handed_in_at: datetime | None
    is_late: bool
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """The teacher's mark and words on a return; an answer alone has no mark."""

    id: int
    homework_return: int
    mark: str
    words: str
    by: str
    at: datetime
    files: tuple[tuple[str, str], ...] = ()
