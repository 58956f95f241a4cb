"""What a postal number is, and why one that was typed or scanned cannot be right.

The Universal Postal Union's standard S10: two letters for the service, eight digits, a check digit,
the country. The check digit lets one swap of neighbours in fifty pass, so whoever types a number
back is also compared with the numbers that were issued (``print_packs.s10.allotment``).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

HERE: Final = "KZ"
SPECIMEN: Final = "SPECIMEN"
"""What the numbers of a rehearsal are printed as: nobody may take one of them for a real one."""
LENGTH: Final = 13
MOST_SERIALS: Final = 10**8
_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_FORM: Final = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_RESERVED: Final = frozenset("JKSTW")
# ISO 3166-1 leaves these codes to users: no country has them, and no post.
_NO_COUNTRY: Final = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_LOOK_ALIKES: Final = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))


class Flaw(StrEnum):
    """Why a text is no postal number."""

    CYRILLIC = "cyrillic"
    LENGTH = "length"
    FORM = "form"
    RESERVED = "reserved"
    CHECK_DIGIT = "check_digit"
    COUNTRY = "country"


_WORDS: Final = {
    Flaw.CYRILLIC: (
        N_(
            "The postal number {number} has Cyrillic letters ({letters}) that look like Latin ones."
        ),
        N_("Switch the keyboard to Latin letters and type it anew, or scan it."),
    ),
    Flaw.LENGTH: (
        N_("The postal number {number} has {size} characters instead of 13."),
        N_("It looks like RR 473 124 829 KZ: two letters, nine digits, two letters."),
    ),
    Flaw.FORM: (
        N_("{number} does not look like a postal number."),
        N_("It looks like RR 473 124 829 KZ: two letters, nine digits, two letters."),
    ),
    Flaw.RESERVED: (
        N_("The postal number {number} begins with a letter that no post may use."),
        N_("Look at the first letter again: J, K, S, T and W are reserved."),
    ),
    Flaw.CHECK_DIGIT: (
        N_("The check digit of the postal number {number} is wrong: a digit was misread."),
        N_("Compare every digit with the sticker, or scan it."),
    ),
    Flaw.COUNTRY: (
        N_("The postal number {number} is not one of country {country}."),
        N_("Look at its last two letters: a number of Kazpost ends with KZ."),
    ),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A postal number: the service's letters, the serial of eight digits, the country."""

    prefix: str
    serial: int
    country: str = HERE

    @property
    def text(self) -> str:
        """The thirteen characters, as they are scanned."""
        serial = f"{self.serial:08}"
        return f"{self.prefix}{serial}{check_digit(serial)}{self.country}"

    @property
    def spaced(self) -> str:
        """The characters as people read them."""
        return fmt(self.text)


def check_digit(serial: str) -> int:
    """Return the check digit of eight digits: 11 less the weighted sum's rest, 10 as 0, 11 as 5."""
    if len(serial) != len(_WEIGHTS) or not (serial.isascii() and serial.isdecimal()):
        raise ValueError(serial)
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(11 - rest, 11 - rest)


def fmt(text: str) -> str:
    """Group thirteen characters as they stand under the bars: ``CC 016 695 190 KZ``."""
    return f"{text[:2]} {text[2:5]} {text[5:8]} {text[8:11]} {text[11:]}"


def bare(said: str) -> str:
    """Return what was typed in capitals and without the spaces and hyphens between the groups."""
    return "".join(c for c in said.upper() if not c.isspace() and c not in "-\u2010\u2011\u2013")


def validate(said: str, country: str | None = HERE) -> Flaw | None:
    """Return what is wrong with a number, or None; ``country`` None lets every country pass."""
    text = bare(said)
    if any(c in _LOOK_ALIKES for c in text):
        return Flaw.CYRILLIC
    if len(text) != LENGTH:
        return Flaw.LENGTH
    match = _FORM.fullmatch(text)
    if match is None:
        return Flaw.FORM
    if text[0] in _RESERVED:
        return Flaw.RESERVED
    if check_digit(match[2]) != int(match[3]):
        return Flaw.CHECK_DIGIT
    is_strange = match[4] != country if country else _NO_COUNTRY.fullmatch(match[4])
    return Flaw.COUNTRY if is_strange else None


def parse(said: str, country: str | None = HERE) -> Number:
    """Return the number that was typed or scanned; one that cannot be right is refused."""
    text, flaw = bare(said), validate(said, country)
    if flaw:
        sentence, remedy = _WORDS[flaw]
        letters = ", ".join(
            f"{c} = {_LOOK_ALIKES[c]}" for c in dict.fromkeys(text) if c in _LOOK_ALIKES
        )
        raise JetkizError(
            sentence,
            remedy,
            number=text,
            letters=letters,
            size=len(text),
            country=country or text[-2:],
        )
    return Number(text[:2], int(text[2:10]), text[11:])
