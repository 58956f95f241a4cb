"""Which words and marks must be found on each page of a pack: all that is personal to a home."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jetkiz.codes import Corner, grouped
from jetkiz.fonts.letters import BOX, missing, plain
from print_packs.model import ChildPart, Letter, Pack
from print_packs.page_plan import PackPage, PageKind, earlier_parts

_HYPHENS: Final = dict.fromkeys((0xFFFE, 0x02), "-")
"""What the reader gives for a hyphen at the end of a line, of a whole page and of a part of it."""

CORNERS = (Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)
CODES_SURE = 3
"""So many children's link codes find room on the page for the adult, however long its words are."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand on one page; ``codes`` is what its square marks say.

    Beside them only ``allowed`` links may be read: a stranger's would join a wrong telephone.
    """

    words: tuple[str, ...]
    codes: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()

    def has_marks(self) -> bool:
        """True where a square has to be read."""
        return bool(self.codes)

    def is_read(self, read: frozenset[str]) -> bool:
        """Whether these are the marks of the page; a reader now and then invents one more."""
        links = {one for one in read if one.startswith("http")}
        return self.codes <= read and links <= self.allowed


def expected_on(
    pack: Pack, page: PackPage, codes: Callable[[int], Mapping[Corner, str]]
) -> Expected:
    """Return what a reader of this page must be able to find on it."""
    marks, links = _marks(pack, page, codes), _links(pack, page)
    words = [pack.print_id, *_words(pack, page), *(grouped(one) for one in sorted(marks))]
    sure = frozenset(links[:CODES_SURE])
    return Expected(tuple(one for one in words if one), marks | sure, frozenset(links))


def _words(pack: Pack, page: PackPage) -> Iterator[str]:
    if page.child:
        yield page.child.name
    if page.kind == PageKind.COVER:
        yield from _letter(pack.addressee)
        yield from (pack.sender.name, *pack.sender.lines, *pack.sender.indexes)
        yield from (child.name for child in pack.children)
    if page.kind == PageKind.GUIDE:
        yield from (child.code.typed for child in _with_codes(pack)[:CODES_SURE] if child.code)
    if page.kind == PageKind.EARLIER and page.child:
        yield from (part.words for part in earlier_parts(page.child)[page.number - 1])
    if page.kind == PageKind.SLIP and pack.sheets:
        yield from (child.name for child in pack.children if child.sheets)
        yield pack.addressee.name
        yield from _letter(pack.sender)


def _letter(letter: Letter) -> Iterator[str]:
    """The lines of an address are one text: of a long one the end is cut."""
    care_of = f"({letter.care_of})" if letter.care_of else ""
    yield " ".join((letter.name, care_of, *letter.lines))
    yield from letter.indexes


def _marks(
    pack: Pack, page: PackPage, codes: Callable[[int], Mapping[Corner, str]]
) -> frozenset[str]:
    if page.kind == PageKind.SLIP and pack.sheets:
        return frozenset({codes(pack.sheets[0].serial)[Corner.SLIP]})
    if page.kind != PageKind.ANSWER or not page.sheet:
        return frozenset()
    known = codes(page.sheet.serial)
    return frozenset(known[corner] for corner in CORNERS)


def _links(pack: Pack, page: PackPage) -> list[str]:
    if page.kind != PageKind.GUIDE:
        return []
    return [child.code.link for child in _with_codes(pack) if child.code]


def _with_codes(pack: Pack) -> list[ChildPart]:
    return [child for child in pack.children if child.code]


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
    """Text without spaces and breaks; a reader takes a hyphen at an end for a broken word.

    Letters that no font has are boxes on the page: a person is told, and the pack is printed.
    """
    pressed = "".join(plain(text.translate(_HYPHENS)).split())
    boxes = {ord(one): "" for one in (BOX, *missing(pressed))}
    return pressed.translate(boxes)
