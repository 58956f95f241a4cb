"""What a chat asks of whoever prints answer sheets: what a picture shows, and that it be filed.

The bot knows no paper and paper knows no chats: they meet here, by a name and not by an import.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, Final, Protocol

from sqlalchemy import Connection

PAPER_DESK: Final = "print_packs.scans.chat_sheets:ChatSheets"
LOOKED_AT: Final = frozenset({"image/jpeg", "image/png", "image/heic", "application/pdf"})


class Unfiled(StrEnum):
    """Why a sheet of ours is not filed by itself; a person at school looks at it."""

    OTHER_HOME = "other_home"  # it is of a child who is not in this chat
    VOID = "void"  # its pack was replaced by another one
    UNKNOWN = "unknown"  # the records do not know it


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent at once: its own ``key``, whose chat it is, the words to it.

    The photos of an album share a key. ``stored`` names the file as it came.
    """

    key: str
    students: frozenset[int]
    note: str
    stored: str


@dataclass(frozen=True, slots=True)
class WorkCame:
    """A work of which sheets came: which of its printed pages are there, and which are not."""

    student: int
    lesson: int
    there: tuple[int, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SheetsCame:
    """What became of a file: the works of its sending so far, and what was not filed.

    ``marked`` are works that their teacher has marked before: the page is work for a new version.
    ``unread`` counts pages that show no mark; they wait at the school's scan desk.
    """

    works: tuple[WorkCame, ...] = ()
    was_known: bool = False
    marked: tuple[tuple[int, int], ...] = ()
    unfiled: frozenset[Unfiled] = frozenset()
    unread: int = 0


class FoundSheets(Protocol):
    """A file that shows at least one sheet of ours; what is shown of it lies stored."""

    def file(self, connection: Connection, sending: Sending, now: datetime) -> SheetsCame:
        """File what is the chat's, in the caller's transaction; again changes nothing."""


class PaperDesk(Protocol):
    """Whoever prints sheets and knows them again."""

    def look(self, content: bytes) -> FoundSheets | None:
        """Return the sheets that a file shows; None for any other file. Never raises over one.

        It may take seconds, and belongs in no transaction and no event loop.
        """


def load_paper_desk(workplace: Any) -> PaperDesk | None:
    """Import the desk and give it the workplace; None where nothing is installed to read codes."""
    module, _, kind = PAPER_DESK.partition(":")
    try:
        desk: PaperDesk = getattr(import_module(module), kind)(workplace)
    except ModuleNotFoundError:
        return None
    return desk
