"""Which words and marks must be found on each page of a pack: all that is personal to a home."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jetkiz.codes import Corner, grouped
from jetkiz.fonts.letters import plain
from print_packs.model import Pack, PackPage, PageKind

CORNERS = (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand on one page; ``codes`` is what its square marks say."""

    words: tuple[str, ...]
    codes: frozenset[str] = frozenset()


def expected_on(
    pack: Pack, page: PackPage, codes: Callable[[int], Mapping[Corner, str]]
) -> Expected:
    """Return what a reader of this page must be able to find on it."""
    words = [pack.print_id]
    marks: frozenset[str] = frozenset()
    if page.child:
        words.append(page.child.name)
    if page.kind == PageKind.COVER:
        letter = pack.addressee
        words += [letter.name, *letter.lines, " ".join(letter.index)]
        words += [child.name for child in pack.children]
    if page.kind == PageKind.ANSWER and page.sheet:
        known = codes(page.sheet.serial)
        marks = frozenset(known[corner] for corner in CORNERS)
        words += [grouped(one) for one in sorted(marks)]
    if page.kind == PageKind.SLIP and pack.sheets:
        words += [child.name for child in pack.children if child.sheets]
    return Expected(tuple(one for one in words if one), marks)


def missing_words(expected: Expected, text: str) -> list[str]:
    """Return the words that a page's text does not hold, however it was broken into lines.

    What was cut to its width ends in an ellipsis: its beginning must be there.
    """
    found = _pressed(text)
    return [one for one in expected.words if not _is_in(_pressed(one), found)]


def _is_in(wanted: str, found: str) -> bool:
    if wanted in found:
        return True
    cut = next((n for n in range(len(wanted) - 1, 7, -1) if f"{wanted[:n]}…" in found), 0)
    return cut > 0


def _pressed(text: str) -> str:
    """Text without spaces and breaks; a reader takes a hyphen at an end for a broken word."""
    return "".join(plain(text.replace("\ufffe", "-")).split())
