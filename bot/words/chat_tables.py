"""How a table looks on a small screen: aligned where it fits, else line by line with its headings.

Letters of one width hold the columns; more than 32 of them would break on an old phone.
"""

from collections.abc import Sequence
from typing import Final

WIDEST: Final = 32
_BETWEEN: Final = " | "


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a narrow table in letters of one width; empty when it is too wide for a phone."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    across = sum(widths) + len(_BETWEEN) * (len(widths) - 1)
    if across > WIDEST or any("\n" in cell for row in rows for cell in row):
        return ""
    head, *body = (
        _BETWEEN.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join([head, "-" * across, *body])


def told(rows: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
    """Return a wide table row by row, each cell with its heading; empty cells say nothing."""
    heads, *body = rows
    return [[(head, cell) for head, cell in zip(heads, row, strict=True) if cell] for row in body]
