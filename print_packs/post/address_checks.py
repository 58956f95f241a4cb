"""Which addresses the post would refuse, and which a person should look at before printing."""

import hashlib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.model import Household
from jetkiz.roster.regions import building_fits, index_fits, is_usual
from print_packs.post.addresses import household_letter

LONGEST_LINE: Final = 45  # letters of eleven points that fit into the block
MOST_LINES: Final = 8
_WHOLE_NAME: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-z]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
# Words of an address that only one of the languages has.
_WORDS_OF: Final = {
    "ru": frozenset(
        {
            "улица",
            "проспект",
            "переулок",
            "район",
            "область",
            "село",
            "город",
            "посёлок",
            "сельский",
        }
    ),
    "kk": frozenset(
        {"көшесі", "даңғылы", "көше", "ауданы", "облысы", "ауылы", "қаласы", "кенті", "ауылдық"}
    ),
}


class AddressState(StrEnum):
    """What an address may do."""

    OK = "ok"  # printed as it is
    WARN = "warn"  # printed, but a person should look or say that it is right
    BLOCK = "block"  # the post would refuse it: the pack goes by hand


class Flaw(StrEnum):
    """What is wrong with an address."""

    NO_NAME = "no_name"
    NO_SETTLEMENT = "no_settlement"
    NO_INDEX = "no_index"
    ONLY_BUILDING = "only_building"
    OTHER_REGION = "other_region"
    OTHER_BUILDING = "other_building"
    STRANGE_BUILDING = "strange_building"
    NO_HOUSE = "no_house"
    LONG_LINE = "long_line"
    MANY_LINES = "many_lines"
    LOOK_ALIKE = "look_alike"
    OTHER_LANGUAGE = "other_language"
    NO_PATRONYMIC = "no_patronymic"
    NO_GUARDIAN = "no_guardian"

    @property
    def blocks(self) -> bool:
        """True where the post would not take the envelope."""
        return self in {Flaw.NO_NAME, Flaw.NO_SETTLEMENT, Flaw.NO_INDEX, Flaw.ONLY_BUILDING}


FLAW_WORDS: Final = {
    Flaw.NO_NAME: N_("no name: the home has neither a guardian nor a student"),
    Flaw.NO_SETTLEMENT: N_("no village or town"),
    Flaw.NO_INDEX: N_("no postal index"),
    Flaw.ONLY_BUILDING: N_(
        "no postal index of six digits: the one of seven characters alone is not enough"
    ),
    Flaw.OTHER_REGION: N_("the index {said} belongs to another region"),
    Flaw.OTHER_BUILDING: N_("the building index {said} belongs to another region"),
    Flaw.STRANGE_BUILDING: N_("the building index {said} has an unusual letter"),
    Flaw.NO_HOUSE: N_("no house number"),
    Flaw.LONG_LINE: N_("a line is too long and is broken: {said}"),
    Flaw.MANY_LINES: N_("more than eight lines: the last is cut"),
    Flaw.LOOK_ALIKE: N_("a Latin letter in a Cyrillic word: {said}"),
    Flaw.OTHER_LANGUAGE: N_("a word of the other language: {said}"),
    Flaw.NO_PATRONYMIC: N_("no patronymic"),
    Flaw.NO_GUARDIAN: N_(
        "no guardian: it goes to the parents of {said}; a registered letter may need the name of "
        "an adult, so add a guardian to the workbook and import it"
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw, and the words of the address that show it."""

    flaw: Flaw
    said: str = ""


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """A home's address, what was found, and which of the findings a person has let pass."""

    household: Household
    findings: tuple[Finding, ...]
    passed: frozenset[Flaw] = frozenset()

    @property
    def state(self) -> AddressState:
        """Whether it is printed, looked at, or left to somebody's hands."""
        if any(one.flaw.blocks for one in self.findings):
            return AddressState.BLOCK
        return AddressState.WARN if self.open else AddressState.OK

    @property
    def open(self) -> tuple[Finding, ...]:
        """What nobody has let pass; what blocks cannot be let pass."""
        return tuple(one for one in self.findings if one.flaw not in self.passed)


def blocking(household: Household) -> tuple[Flaw, ...]:
    """Return what the post would refuse a home's envelope for."""
    return tuple(one.flaw for one in _missing(household))


def check_address(household: Household) -> tuple[Finding, ...]:
    """Return everything that is wrong with an address, the worst first."""
    return (*_missing(household), *_places(household), *_letters(household))


def _missing(household: Household) -> Iterator[Finding]:
    address = household.address
    if not household.addressee.strip() and not household.child.strip():
        yield Finding(Flaw.NO_NAME)
    if not address.settlement.strip():
        yield Finding(Flaw.NO_SETTLEMENT)
    if not address.index6 and not address.is_abroad:
        yield Finding(Flaw.ONLY_BUILDING if address.index7 else Flaw.NO_INDEX)


def _places(household: Household) -> Iterator[Finding]:
    address = household.address
    if not address.is_abroad:
        if not index_fits(address.index6, address.region_kato):
            yield Finding(Flaw.OTHER_REGION, address.index6)
        if not building_fits(address.index7, address.region_kato):
            yield Finding(Flaw.OTHER_BUILDING, address.index7)
    if address.index7 and not is_usual(address.index7):
        yield Finding(Flaw.STRANGE_BUILDING, address.index7)
    if not address.house:
        yield Finding(Flaw.NO_HOUSE)


def _letters(household: Household) -> Iterator[Finding]:
    letter = household_letter(household)
    lines = [line for line in (letter.name, letter.care_of, *letter.lines) if line]
    yield from (Finding(Flaw.LONG_LINE, line) for line in lines if len(line) > LONGEST_LINE)
    if sum(len(textwrap.wrap(line, LONGEST_LINE)) for line in lines) > MOST_LINES:
        yield Finding(Flaw.MANY_LINES)
    words = [word for line in lines for word in _WORD.findall(line)]
    mixed = [word for word in words if _LATIN.search(word) and _CYRILLIC.search(word)]
    if mixed:
        yield Finding(Flaw.LOOK_ALIKE, ", ".join(mixed))
    foreign = _WORDS_OF["ru" if household.language == "kk" else "kk"]
    strange = [word for word in words if word.casefold() in foreign]
    if strange:
        yield Finding(Flaw.OTHER_LANGUAGE, ", ".join(strange))
    if not household.addressee.strip() and household.child.strip():
        yield Finding(Flaw.NO_GUARDIAN, household.child)
    if 0 < len(household.addressee.split()) < _WHOLE_NAME:
        yield Finding(Flaw.NO_PATRONYMIC)


def fingerprint(household: Household) -> str:
    """Return what stands for an address as it is now: one changed letter gives another."""
    told = (household.addressee or household.child, household.language, *astuple(household.address))
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16]
