"""What a sheet, an envelope and so a whole pack weigh, before the post office weighs it.

Paper weighs its area times its grammage. An envelope weighs its face times 2.15, for its back and
its flaps (a belief, not a measurement). Three in a hundred are added for damp and staples.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

_SHEET_M2: Final = 0.210 * 0.297
_FACES_OF_AN_ENVELOPE: Final = 2.15
_RESERVE: Final = 1.03
_SHEET_MM: Final = 0.10


class Envelope(StrEnum):
    """The envelopes that a school may have in stock."""

    DL = "DL"
    C5 = "C5"
    C4 = "C4"
    KRAFT = "C4-kraft"


# Width and height in millimetres, grams of a square metre, and how many sheets go in well.
_ENVELOPES: Final = {
    Envelope.DL: (110, 220, 80, 5),
    Envelope.C5: (162, 229, 80, 12),
    Envelope.C4: (229, 324, 90, 60),
    Envelope.KRAFT: (229, 324, 120, 10_000),
}


@dataclass(frozen=True, slots=True)
class Stock:
    """The paper and the envelopes of a school; ``factor`` is what weighing told of the paper."""

    gsm: int = 80
    envelopes: tuple[Envelope, ...] = (Envelope.DL, Envelope.C5, Envelope.C4)
    factor: float = 1.0

    @property
    def name(self) -> str:
        """The paper as it is kept with what was weighed."""
        return f"A4/{self.gsm}"


PLAIN: Final = Stock()


def envelope_for(sheets: int, stock: Stock = PLAIN) -> Envelope:
    """Return the smallest envelope in stock that so many sheets go into, else the largest."""
    order = [one for one in Envelope if one in stock.envelopes]
    return next((one for one in order if sheets <= _ENVELOPES[one][3]), order[-1])


def envelope_grams(envelope: Envelope) -> float:
    """Return what an empty envelope weighs."""
    wide, high, gsm, _ = _ENVELOPES[envelope]
    return wide * high * gsm / 1e6 * _FACES_OF_AN_ENVELOPE


def face(envelope: Envelope) -> tuple[int, int]:
    """Return width and height of an envelope in millimetres."""
    wide, high, _, _ = _ENVELOPES[envelope]
    return wide, high


def grams(sheets: int, stock: Stock = PLAIN, extras: float = 0.0) -> int:
    """Estimate what a pack weighs with its envelope; ``extras`` is what else lies in it, in grams.

    The post office weighs for itself.
    """
    envelope = envelope_grams(envelope_for(sheets, stock))
    return ceil(_RESERVE * stock.factor * (sheets * _SHEET_M2 * stock.gsm + envelope + extras))


def thickness(sheets: int) -> float:
    """Return how thick a pack is, in millimetres."""
    return sheets * _SHEET_MM


def most_sheets(most_grams: int, stock: Stock = PLAIN) -> int:
    """Return with how many sheets a pack still keeps to a weight.

    Paper that was weighed lighter than the model does not widen the limit: a pack that is refused
    at the counter costs a family the week.
    """
    careful = Stock(stock.gsm, stock.envelopes, max(1.0, stock.factor))
    low, high = 0, max(1, int(most_grams / (_SHEET_M2 * stock.gsm)) + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if grams(middle, careful) <= most_grams else (low, middle - 1)
    return low
