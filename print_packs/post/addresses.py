"""How an address is written on paper: the order of the Kazakh post, index last, words in full."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from jetkiz.roster.model import Address, Household
from jetkiz.roster.settlements import WRITTEN, settlement_kind
from print_packs.model import Letter

# KATO number, name in Kazakh and Russian. Astana, Almaty and Shymkent are settlements themselves.
_REGIONS: Final = {
    "10": ("Абай облысы", "область Абай"),
    "11": ("Ақмола облысы", "Акмолинская область"),
    "15": ("Ақтөбе облысы", "Актюбинская область"),
    "19": ("Алматы облысы", "Алматинская область"),
    "23": ("Атырау облысы", "Атырауская область"),
    "27": ("Батыс Қазақстан облысы", "Западно-Казахстанская область"),
    "31": ("Жамбыл облысы", "Жамбылская область"),
    "33": ("Жетісу облысы", "область Жетісу"),
    "35": ("Қарағанды облысы", "Карагандинская область"),
    "39": ("Қостанай облысы", "Костанайская область"),
    "43": ("Қызылорда облысы", "Кызылординская область"),
    "47": ("Маңғыстау облысы", "Мангистауская область"),
    "55": ("Павлодар облысы", "Павлодарская область"),
    "59": ("Солтүстік Қазақстан облысы", "Северо-Казахстанская область"),
    "61": ("Түркістан облысы", "Туркестанская область"),
    "62": ("Ұлытау облысы", "область Ұлытау"),
    "63": ("Шығыс Қазақстан облысы", "Восточно-Казахстанская область"),
}


def address_lines(address: Address, language: str) -> tuple[str, ...]:
    """Return street, settlement, district and region, each on a line; the index comes apart."""
    lines = (
        _street(address, language),
        _settlement(address, language),
        address.district,
        _region(address.region_kato, language),
    )
    return tuple(line for line in lines if line)


def _street(address: Address, language: str) -> str:
    house, flat = ("{}-үй", "{}-пәтер") if language == "kk" else ("дом {}", "квартира {}")
    parts = [
        address.street,
        house.format(address.house) if address.house else "",
        flat.format(address.flat) if address.flat else "",
    ]
    return ", ".join(part for part in parts if part)


def _settlement(address: Address, language: str) -> str:
    name = address.settlement
    if not name:
        return address.rural_okrug
    kind = settlement_kind(address.settlement_type)
    kazakh, russian = WRITTEN[kind] if kind else [address.settlement_type] * 2
    parts = (name, kazakh) if language == "kk" else (russian, name)
    line = " ".join(part for part in parts if part)
    return f"{line} ({address.rural_okrug})" if address.rural_okrug else line


def _region(kato: str, language: str) -> str:
    kazakh, russian = _REGIONS.get(kato[:2], ("", ""))
    return kazakh if language == "kk" else russian


def household_letter(household: Household) -> Letter:
    """Return the addressee of a pack."""
    return Letter(
        household.addressee or household.key,
        address_lines(household.address, household.language),
        household.address.index6,
        household.phone,
    )


def school_letter(
    name: str, own: Address, language: str, neighbours: Iterable[Household]
) -> Letter:
    """Return the sender: the school's own address, or else the place of most of its homes."""
    if own.settlement:
        return Letter(name, address_lines(own, language), own.index6)
    places = Counter(
        Address(
            settlement_type=h.address.settlement_type,
            settlement=h.address.settlement,
            district=h.address.district,
            region_kato=h.address.region_kato,
            index6=h.address.index6,
        )
        for h in neighbours
        if h.language == language and h.address.settlement
    )
    if not places:
        return Letter(name)
    place = max(places, key=lambda one: (places[one], one.index6, one.settlement))
    return Letter(name, address_lines(place, language), place.index6)


def packing_order(household: Household) -> tuple[str, int, str, str, str, str]:
    """Return what packs, labels and list rows are sorted by: office, the carrier's way, home."""
    a = household.address
    return (
        a.index6,
        household.delivery_order,
        a.settlement,
        a.street,
        a.house.zfill(5),
        household.key,
    )
