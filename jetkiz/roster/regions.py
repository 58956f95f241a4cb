"""The regions of the country: what they are called, and how postal indexes of theirs begin."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its names, and the first signs of its indexes of six and of seven signs.

    ``letter`` is empty where none has been published for a region made in 2022.
    """

    kazakh: str
    russian: str
    prefix: str
    letter: str
    is_city: bool = False


# By two digits of KATO. Prefixes and letters: press on the indexes of 2015 and Kazpost's own sheets
# of 2019; regions made in 2022 keep the prefix of the region they were part of.
REGIONS: Final = {
    "71": Region("Астана қаласы", "город Астана", "01", "Z", is_city=True),
    "75": Region("Алматы қаласы", "город Алматы", "05", "A", is_city=True),
    "79": Region("Шымкент қаласы", "город Шымкент", "16", "X", is_city=True),
    "10": Region("Абай облысы", "область Абай", "07", ""),
    "11": Region("Ақмола облысы", "Акмолинская область", "02", "C"),
    "15": Region("Ақтөбе облысы", "Актюбинская область", "03", "D"),
    "19": Region("Алматы облысы", "Алматинская область", "04", "B"),
    "23": Region("Атырау облысы", "Атырауская область", "06", "E"),
    "27": Region("Батыс Қазақстан облысы", "Западно-Казахстанская область", "09", "L"),
    "31": Region("Жамбыл облысы", "Жамбылская область", "08", "H"),
    "33": Region("Жетісу облысы", "область Жетісу", "04", ""),
    "35": Region("Қарағанды облысы", "Карагандинская область", "10", "M"),
    "39": Region("Қостанай облысы", "Костанайская область", "11", "P"),
    "43": Region("Қызылорда облысы", "Кызылординская область", "12", "N"),
    "47": Region("Маңғыстау облысы", "Мангистауская область", "13", "R"),
    "55": Region("Павлодар облысы", "Павлодарская область", "14", "S"),
    "59": Region("Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "15", "T"),
    "61": Region("Түркістан облысы", "Туркестанская область", "16", "X"),
    "62": Region("Ұлытау облысы", "область Ұлытау", "10", ""),
    "63": Region("Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "07", "F"),
}
# Letters seen at the fourth and sixth place of an index of seven signs, in 1,362 records of one
# district: others are possible, and more often a slip.
BUILDING_LETTERS: Final = frozenset("ABCDEFGHKMPTXY")
# A town that by law has an index outside the system.
BAIKONUR: Final = "468320"


def index_fits(index6: str, region_kato: str) -> bool:
    """Return whether an index of six digits can be of a region; where one is unknown, it can.

    Two regions may share a beginning: 16 is of Shymkent and of Turkistan.
    """
    region = REGIONS.get(region_kato[:2])
    if region is None or not index6 or index6 == BAIKONUR:
        return True
    return index6.startswith(region.prefix)


def building_fits(index7: str, region_kato: str) -> bool:
    """Return whether an index of seven signs can be of a region; where one is unknown, it can."""
    region = REGIONS.get(region_kato[:2])
    return region is None or not region.letter or not index7 or index7[0] == region.letter


def is_usual(index7: str) -> bool:
    """Return whether an index of seven signs has only letters that were ever seen there."""
    return BUILDING_LETTERS.issuperset(index7[3::2])
