"""What stands in the code on a sheet of paper, and which codes are accepted when it comes back.

Sixteen characters, each of 44, hold 87 bits: version 3, issuer 14, serial 36, corner 2 and a
seal of 32. The serial points to a row; nothing about a person is in the code.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import islice, product
from typing import Final

# The alphanumeric set of QR codes without the space, which scanners and people lose.
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:"
LENGTH: Final = 16
MOST_VERSIONS: Final = 1 << 3
MOST_ISSUERS: Final = 1 << 14
MOST_SERIALS: Final = 1 << 36
_SEALS: Final = 1 << 32
_BITS: Final = 87
_VALUE: Final = {character: number for number, character in enumerate(ALPHABET)}


class Corner(IntEnum):
    """Where on the sheet a code stands; the staple has the top left."""

    SLIP = 0  # the only code of a return slip, with the serial of the first sheet of its pack
    TOP_RIGHT = 1  # the largest of the three
    BOTTOM_LEFT = 2  # lower left
    BOTTOM_RIGHT = 3  # lower right


class Standing(StrEnum):
    """What a text that was read from paper turned out to be."""

    OURS = "ours"  # our issuer, and the seal holds
    OTHER_ISSUER = "other_issuer"  # the code of another school or region
    FORGED = "forged"  # claims to be ours, but the seal does not hold
    FOREIGN = "foreign"  # no sheet code at all


@dataclass(frozen=True, slots=True)
class SheetCode:
    """One code: which key sealed it, whose sheet it is, which sheet, and where on it."""

    version: int
    issuer: int
    serial: int
    corner: Corner


def encode(code: SheetCode, keys: Mapping[int, bytes]) -> str:
    """Return the sixteen characters of a code, sealed with the key of its version."""
    if not (
        0 <= code.version < MOST_VERSIONS
        and 0 <= code.issuer < MOST_ISSUERS
        and 0 <= code.serial < MOST_SERIALS
    ):
        raise ValueError(f"a sheet code cannot hold {code}")
    number = code.version
    number = number * MOST_ISSUERS + code.issuer
    number = number * MOST_SERIALS + code.serial
    number = number * len(Corner) + code.corner
    number = number * _SEALS + _seal(code, keys[code.version])
    characters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[rest])
    return "".join(reversed(characters))


def _seal(code: SheetCode, key: bytes) -> int:
    # The corner stays outside: the three codes of a sheet share one seal.
    message = f"{code.version}:{code.issuer}:{code.serial}".encode()
    return int.from_bytes(hmac.new(key, message, hashlib.sha256).digest()[:4], "big")


def decode(text: str) -> tuple[SheetCode, int] | None:
    """Return a code and its seal, unproved; None when the text cannot be a sheet code."""
    if len(text) != LENGTH or not _VALUE.keys() >= set(text):
        return None
    number = 0
    for character in text:
        number = number * len(ALPHABET) + _VALUE[character]
    if number >> _BITS:
        return None
    number, seal = divmod(number, _SEALS)
    number, corner = divmod(number, len(Corner))
    number, serial = divmod(number, MOST_SERIALS)
    version, issuer = divmod(number, MOST_ISSUERS)
    return SheetCode(version, issuer, serial, Corner(corner)), seal


def judge(text: str, issuer: int, keys: Mapping[int, bytes]) -> tuple[Standing, SheetCode | None]:
    """Say what a text from paper is; only ``OURS`` may be filed.

    Old versions stay readable as long as their key is among ``keys``.
    """
    found = decode(text)
    if found is None:
        return Standing.FOREIGN, None
    code, seal = found
    if code.issuer != issuer:
        return Standing.OTHER_ISSUER, code
    key = keys.get(code.version)
    if key is None or _seal(code, key) != seal:
        return Standing.FORGED, code
    return Standing.OURS, code


def grouped(text: str) -> str:
    """Return a code as it is printed for typing: four groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, LENGTH, 4))


def typed(text: str) -> str:
    """Return what a person typed as a code: capitals, without blanks."""
    return "".join(text.upper().split())


# What is taken for each other on paper; Cyrillic letters are typed for Latin ones unseen.
_ALIKE: Final = ("0O", "1I", "8B", "5S", "2Z", "6G", "UV", "-.")
_CYRILLIC: Final = str.maketrans("АВЕЗКМНОРСТУХІ–—", "ABE3KMHOPCTYXI--")
_MOST_LIKELY: Final = 4_096


def likely_codes(text: str) -> Iterator[str]:
    """Yield what a person may have meant who typed a code, what was typed first.

    First with look-alikes put for each other, then with any one character wrong: the seal tells
    which is right, for one text in four thousand million holds by chance.
    """
    given = typed(text).translate(_CYRILLIC)
    if len(given) != LENGTH:
        return
    choices = [next((pair for pair in _ALIKE if one in pair), one) for one in given]
    # What was typed stands first in each place.
    ordered = [one + choice.replace(one, "") for one, choice in zip(given, choices, strict=True)]
    yield from ("".join(one) for one in islice(product(*ordered), _MOST_LIKELY))
    for place in range(LENGTH):
        for one in ALPHABET:
            yield given[:place] + one + given[place + 1 :]
