"""Which letters of a PDF would be other letters on a print shop's machine: fonts left out of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pikepdf
from pikepdf import Dictionary, Name, Object

_SHOWS: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3
_DEEPEST: Final = 20


@dataclass(slots=True)
class _Letters:
    """What the letters to come are set in; q keeps it, Q brings it back."""

    font: str = ""
    mode: int = 0


def fonts_left_out(page: pikepdf.Page) -> list[str]:
    """Return the names of fonts that a page shows letters in and that the file does not hold.

    Invisible letters, as behind a scan, need none.
    """
    resources = inherited(page, "/Resources") or Dictionary()
    # Reading what a page draws costs seconds for a map; most files hold all their fonts.
    if not _may_lack(resources, set(), 0):
        return []
    return list(dict.fromkeys(_left_out(page.obj, resources, set(), 0)))


def _may_lack(resources: Object, seen: set[tuple[int, int]], depth: int) -> bool:
    """Whether a font that could be used here is not in the file."""
    fonts = _part(resources, "/Font").as_dict().values()
    if any(isinstance(font, Dictionary) and not _is_inside(font) for font in fonts):
        return True
    for form in _part(resources, "/XObject").as_dict().values():
        if isinstance(form, pikepdf.Stream) and form.objgen not in seen and depth < _DEEPEST:
            seen.add(form.objgen)
            own = form.get(Name.Resources)
            if own is not None and _may_lack(own, seen, depth + 1):
                return True
    return False


def inherited(page: pikepdf.Page, name: str) -> Object | None:
    """Return what a page says of itself, or what is said above it for many pages."""
    node: Object | None = page.obj
    for _ in range(_DEEPEST):
        if not isinstance(node, Dictionary):
            return None
        if name in node:
            return node[name]
        node = node.get(Name.Parent)
    return None


def _left_out(
    owner: Object, resources: Object, seen: set[tuple[int, int]], depth: int
) -> Iterator[str]:
    letters = _Letters()
    kept: list[_Letters] = []
    fonts = _part(resources, "/Font")
    for instruction in pikepdf.parse_content_stream(owner):
        operator = str(instruction.operator)
        values = instruction.operands
        if operator == "q":
            kept.append(_Letters(letters.font, letters.mode))
        elif operator == "Q" and kept:
            letters = kept.pop()
        elif operator == "Tf" and values:
            letters.font = str(values[0])
        elif operator == "Tr" and values:
            letters.mode = int(values[0])
        elif operator in _SHOWS and letters.mode != _INVISIBLE:
            font = fonts.get(letters.font)
            if font is not None and not _is_inside(font):
                yield str(font.get(Name.BaseFont, letters.font)).lstrip("/")
        elif operator == "Do" and values:
            form = _part(resources, "/XObject").get(str(values[0]))
            yield from _in_form(form, resources, seen, depth)


def _in_form(
    form: Object | None, resources: Object, seen: set[tuple[int, int]], depth: int
) -> Iterator[str]:
    if not isinstance(form, pikepdf.Stream) or form.get(Name.Subtype) != Name.Form:
        return
    if form.objgen in seen or depth >= _DEEPEST:
        return
    seen.add(form.objgen)
    yield from _left_out(form, form.get(Name.Resources, resources), seen, depth + 1)


def _part(resources: Object, name: str) -> Object:
    part = resources.get(name) if isinstance(resources, Dictionary) else None
    return part if isinstance(part, Dictionary) else Dictionary()


def _is_inside(font: Object) -> bool:
    """Whether the file holds a font; one drawn letter by letter (Type 3) always is."""
    kind = font.get(Name.Subtype)
    if kind == Name.Type3:
        return True
    if kind == Name.Type0:
        below = font.get(Name.DescendantFonts)
        if not isinstance(below, pikepdf.Array) or len(below) == 0:
            return False
        font = below[0]
    told = font.get(Name.FontDescriptor)
    if not isinstance(told, Dictionary):
        return False
    return any(
        isinstance(told.get(name), pikepdf.Stream)
        for name in (Name.FontFile, Name.FontFile2, Name.FontFile3)
    )
