"""How words are handed to the setter so that nothing in them can be an instruction."""

from typing import Final

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"'}


def literal(text: str) -> str:
    """Return text as a typst string: nothing in it can be read as an instruction."""
    return '"' + "".join(_letter(c) for c in text) + '"'


def _letter(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def words(text: str) -> str:
    """Return text as an expression inside a typst page; the semicolon ends it for certain."""
    return f"#{literal(text)};"
