"""What a list may say to a spreadsheet program: words, never something to calculate."""

import re
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TO_GUARD: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"''*[=+\-@\t\r]")


def harmless(cell: str) -> str:
    """Keep a spreadsheet from calculating what somebody typed as a name."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def guarded(cell: str) -> str:
    """Keep a cell from being calculated so that ``unguarded`` gives it back as it was.

    For tables that come back to us: an apostrophe that stands there already is told from ours.
    """
    return f"'{cell}" if _TO_GUARD.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell
