"""Which letters stand before the answers of a quiz: the same on a phone and on paper."""

from typing import Final

_LETTERS: Final = {"ru": "АБВГДЕЖЗИК"}
LATIN: Final = "ABCDEFGHIJ"


def option_letters(language: str) -> str:
    """Return the letters before the answers, in their order."""
    return _LETTERS.get(language, LATIN)
