"""How many printed sides a lesson takes, estimated before it is set.

The plan needs the number a day before the pack exists; the printer's count comes later.
"""

import math
from typing import Final

CHARACTERS_PER_PAGE: Final = 1500
"""Letters on a side at 12 to 14 points with margins for small hands. Assumed."""

PICTURES_PER_PAGE: Final = 2
"""Pictures of a story on a side. Assumed."""

LARGE_PRINT: Final = 1.7
"""Sides at 18 points for each side at 11 to 14 points: measured on a 16-page lesson, 27/16."""


def estimated_pages(characters: int, pictures: int, answer_pages: int) -> int:
    """Return the printed sides of a lesson with its answer sheets; never less than one."""
    body = characters / CHARACTERS_PER_PAGE + pictures / PICTURES_PER_PAGE
    return max(1, math.ceil(body)) + answer_pages


def pages_for(pages: int, *, large_print: bool) -> int:
    """Return the sides for one student, who may need large print."""
    return math.ceil(pages * LARGE_PRINT) if large_print else pages
