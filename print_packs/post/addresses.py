"""How an address is written on paper: the order of the Kazakh post, index last, words in full."""

from collections import Counter
from collections.abc import Iterable

from babel import Locale

from jetkiz.roster.model import Address, Household
from jetkiz.roster.regions import REGIONS
from jetkiz.roster.settlements import WRITTEN, settlement_kind
from print_packs.model import Letter


def address_lines(address: Address, language: str) -> tuple[str, ...]:
    """Return street, settlement, district, region and country, each on a line, the index apart.

    Three cities are regions themselves, and the country is only named abroad.
    """
    lines = (
        _street(address, language),
        _settlement(address, language),
        address.district,
        _region(address, language),
        _country(address, language),
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


def _region(address: Address, language: str) -> str:
    region = REGIONS.get(address.region_kato[:2])
    if region is None or region.is_city or address.is_abroad:
        return ""
    return region.kazakh if language == "kk" else region.russian


def _country(address: Address, language: str) -> str:
    if not address.is_abroad:
        return ""
    names = Locale("kk" if language == "kk" else "ru").territories
    return str(names.get(address.country, address.country))


def addressee_name(household: Household) -> str:
    """Return to whom a home's envelope goes: its guardian, else the parents of its first child.

    After a colon a name stands as the roster has it: nobody has to guess how it is declined.
    """
    if household.addressee.strip() or not household.child.strip():
        return household.addressee.strip() or household.key
    to = "Ата-анасына: {}" if household.language == "kk" else "Родителям: {}"
    return to.format(household.child.strip())


def household_letter(household: Household) -> Letter:
    """Return the addressee of a pack."""
    return Letter(
        addressee_name(household),
        address_lines(household.address, household.language),
        household.address.index6,
        household.phone,
        care_of=household.address.care_of,
        index7=household.address.index7,
        office=household.address.office,
    )


def school_letter(
    name: str, own: Address, language: str, neighbours: Iterable[Household]
) -> Letter:
    """Return the sender: the school's own address, or else the place of most of its homes."""
    if own.settlement:
        return Letter(name, address_lines(own, language), own.index6, index7=own.index7)
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
        a.office,
        household.delivery_order,
        a.settlement,
        a.street,
        a.house.zfill(5),
        household.key,
    )
