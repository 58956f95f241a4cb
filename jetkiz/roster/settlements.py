"""What kind of place a home is in, and how the post writes it in Kazakh and in Russian."""

from enum import StrEnum
from typing import Final


class Settlement(StrEnum):
    """The kinds that an address knows."""

    VILLAGE = "village"  # ауыл, село
    TOWN = "town"  # кент, посёлок: smaller than a city, run like one
    CITY = "city"  # қала, город
    STATION = "station"  # homes at a railway station
    SIDING = "siding"  # homes where trains only pass each other
    WINTER_CAMP = "winter_camp"  # қыстау, зимовка: a herder's home away from a village


# As it stands after a Kazakh name and before a Russian one.
WRITTEN: Final = {
    Settlement.VILLAGE: ("ауылы", "село"),
    Settlement.TOWN: ("кенті", "посёлок"),
    Settlement.CITY: ("қаласы", "город"),
    Settlement.STATION: ("станциясы", "станция"),
    Settlement.SIDING: ("разъезі", "разъезд"),
    Settlement.WINTER_CAMP: ("қыстауы", "зимовка"),
}
_WORDS: Final = {
    Settlement.VILLAGE: "ауыл аул а село с",
    Settlement.TOWN: "кент к поселок пос п пгт",
    Settlement.CITY: "қала қ город г гор",
    Settlement.STATION: "станция ст",
    Settlement.SIDING: "разъезд рзд",
    Settlement.WINTER_CAMP: "қыстау зимовка",
}
_KINDS: Final = {
    word.replace("ё", "е"): kind
    for kind in Settlement
    for word in (kind.value, *WRITTEN[kind], *_WORDS[kind].split())
}
# What a person is told to choose from.
OFFERED: Final = (
    *("ауыл", "село", "кент", "посёлок", "қала", "город"),
    *("станция", "разъезд", "қыстау", "зимовка"),
)


def settlement_kind(text: str) -> Settlement | None:
    """Return the kind that a word or its short form means in Kazakh, Russian or English."""
    return _KINDS.get(text.casefold().strip().rstrip(".").replace("ё", "е"))


# A settlement that is run like a city counts as one: the country's statistics do so too.
_URBAN: Final = frozenset({Settlement.TOWN, Settlement.CITY})


def settlement_size(text: str, *, is_in_okrug: bool) -> str:
    """Return "rural" or "urban" for the word of an address, or "" where it does not say.

    A rural okrug is made of villages, whatever the word beside it.
    """
    kind = settlement_kind(text)
    if kind in _URBAN:
        return "urban"
    return "rural" if kind or is_in_okrug else ""
