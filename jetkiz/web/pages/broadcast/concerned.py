"""What the desk says of whom a change concerned: counts alone, and none that tells who is meant.

A broadcaster knows no student. The schools see who got nothing on their own first page.
"""

from collections.abc import Mapping
from typing import Final

from broadcast.consequences import Followed
from jetkiz.i18n import N_
from jetkiz.web.pages.broadcast.desk import few

FEW_WORD: Final = "few"
CONCERN_WORDS: Final = {
    "concerned": N_("students whom the change concerns"),
    "told": N_("of them are told on a phone"),
    "untold": N_("must be called or written to by their schools"),
    "other_way": N_("get the lost lesson another way by itself"),
    "alone": N_("have lost a lesson and have no other way: their schools see them"),
}


def concern_query(found: Followed) -> str:
    """Return the counts for the address of the page that comes next; those of nobody are left out.

    An address is seen in histories and logs: small counts are no numbers in it either.
    """
    counts = {name: len(getattr(found, name)) for name in CONCERN_WORDS}
    return "".join(
        f"&{name}={FEW_WORD if few(count) else count}" for name, count in counts.items() if count
    )


def read_concern(query: Mapping[str, str]) -> list[tuple[str, int | None]]:
    """Read the counts from an address, each with its words; None means fewer than are told."""
    found: list[tuple[str, int | None]] = []
    for name, words in CONCERN_WORDS.items():
        text = query.get(name, "")
        is_number = text.isascii() and text.isdecimal() and len(text) < 9
        if is_number or text == FEW_WORD:
            found.append((words, int(text) if is_number else None))
    return found
