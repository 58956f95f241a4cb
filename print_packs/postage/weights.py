"""What a sheet, an envelope and so a whole pack weigh, before the post office weighs it."""

from math import ceil
from typing import Final

SHEET_GRAMS: Final = 210 * 297 * 80 / 1e6
_ENVELOPES: Final = ((5, 4.2), (12, 6.4))
_LARGEST_ENVELOPE: Final = 14.36


def grams(sheets: int) -> int:
    """Estimate what a pack weighs with its envelope; the post office weighs for itself."""
    envelope = next((g for most, g in _ENVELOPES if sheets <= most), _LARGEST_ENVELOPE)
    return ceil(1.03 * (sheets * SHEET_GRAMS + envelope))
