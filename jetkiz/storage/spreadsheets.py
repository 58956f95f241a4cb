"""What a list may say to a spreadsheet program: words, never something to calculate."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """Keep a spreadsheet from calculating what somebody typed as a name."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
