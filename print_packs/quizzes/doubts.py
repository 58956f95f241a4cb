"""Why an answer on paper is not decided by a machine but shown to a person."""

from enum import StrEnum
from typing import Final

from jetkiz.i18n import N_


class Doubt(StrEnum):
    """Why a person must look."""

    GEOMETRY = "geometry"  # marks missing, paper bent, picture too small
    FAINT = "faint"  # neither empty nor marked
    SEVERAL = "several"  # more answers than the question allows
    OVERRUN = "overrun"  # a crease or a line runs on beyond the circle
    UNEVEN = "uneven"  # one mark much fainter than another of the same question


DOUBT_WORDS: Final = {
    Doubt.GEOMETRY: N_("the four squares are not all clear, or the sheet is bent"),
    Doubt.FAINT: N_("a circle is neither empty nor clearly marked"),
    Doubt.SEVERAL: N_("more circles are marked than answers are right"),
    Doubt.OVERRUN: N_("a line or a crease runs through the circle and beyond"),
    Doubt.UNEVEN: N_("one mark is much fainter: perhaps it was rubbed out"),
}
