"""In which order names stand in a list: that of the Kazakh alphabet, which holds the Russian."""

from typing import Final

_LETTERS: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
# Latin letters stand before Cyrillic ones, as in a telephone book; 'я' is U+044F.
_PLACES: Final = {ord(letter): chr(0x0430 + n) for n, letter in enumerate(_LETTERS)}


def alphabetical(name: str) -> tuple[str, str]:
    """Return what a name is sorted by; names that differ in case only stay apart."""
    return name.casefold().translate(_PLACES), name
