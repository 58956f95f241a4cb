"""How a formula is handed to the setter: for paper and for pictures the same."""

from functools import singledispatch
from itertools import zip_longest
from typing import Final

from jetkiz.lessons.markup.formula_signs import GRIDS
from jetkiz.lessons.markup.formulas import (
    Fenced,
    FormulaError,
    Fraction,
    Grid,
    Leaf,
    Over,
    Part,
    Raised,
    Root,
    Row,
    read_formula,
)
from jetkiz.lessons.markup.typst_text import literal

_OVER: Final = {"overline": "overline", "arrow": "arrow", "hat": "hat"}


def typst_formula(latex: str, *, displayed: bool = False, spoken: str = "") -> str:
    """Return a formula for a typst page; one that cannot be read stands there as it was typed.

    ``spoken`` are its words for those who listen; without them it is only seen.
    """
    try:
        written = _set(read_formula(latex))
    except FormulaError:
        return f"#{literal(latex)};"
    room = " " if displayed else ""
    set_ = f"${room}{written}{room}$"
    if not spoken:
        return set_
    return f"#math.equation(block: {str(displayed).lower()}, alt: {literal(spoken)}, {set_});"


def widest_part(latex: str) -> int:
    """Return how many letters stand beside each other where no line can be broken."""
    try:
        whole = read_formula(latex)
    except FormulaError:
        return 0
    parts = whole.parts if isinstance(whole, Row) else (whole,)
    return max(map(_wide, parts), default=0)


def _wide(part: Part | None) -> int:
    """Count the letters of a part from left to right; what stands above another counts once."""
    wide = 0
    match part:
        case Leaf():
            wide = len(part.text)
        case Row():
            wide = sum(map(_wide, part.parts))
        case Fraction():
            wide = max(_wide(part.top), _wide(part.bottom))
        case Raised():
            wide = _wide(part.base) + max(_wide(part.up), _wide(part.down))
        case Fenced() | Over() | Root():
            wide = _wide(part.inside) + 1
        case Grid():
            wide = sum(max(map(_wide, column)) + 1 for column in zip_longest(*part.rows))
    return wide


@singledispatch
def _set(part: Part) -> str:
    raise TypeError(part)


@_set.register
def _(part: Leaf) -> str:
    if part.kind == "text" or (part.kind == "letter" and not _is_mathematical(part.text)):
        slanted = ', style: "italic"' if part.kind == "letter" else ""
        return f'#text(font: ("PT Sans", "DejaVu Sans"){slanted}, {literal(part.text.strip())});'
    if part.kind in {"number", "name"}:
        return f"op({literal(part.text)})" if part.kind == "name" else literal(part.text)
    if part.kind == "space":
        return "space"
    if part.text in {"lim", "max", "min"}:
        return part.text
    if part.text == "|":
        return 'class("normal", bar.v)'
    return f"\\{part.text}" if part.text.isascii() and not part.text.isalnum() else part.text


def _is_mathematical(letter: str) -> bool:
    return letter.isascii() or "\u0370" <= letter <= "\u03ff"


@_set.register
def _(part: Row) -> str:
    return " ".join(map(_set, part.parts)) or literal("")


@_set.register
def _(part: Fraction) -> str:
    return f"frac({_set(part.top)}, {_set(part.bottom)})"


@_set.register
def _(part: Root) -> str:
    inside = _set(part.inside)
    return f"root({_set(part.degree)}, {inside})" if part.degree != Row() else f"sqrt({inside})"


@_set.register
def _(part: Raised) -> str:
    down = f", b: {_set(part.down)}" if part.down else ""
    up = f", t: {_set(part.up)}" if part.up else ""
    return f"attach({_set(part.base)}{up}{down})"


@_set.register
def _(part: Fenced) -> str:
    left, right = (f"\\{sign}" if sign else "" for sign in (part.left, part.right))
    return f"lr({left} {_set(part.inside)} {right})"


@_set.register
def _(part: Over) -> str:
    return f"{_OVER[part.mark]}({_set(part.inside)})"


@_set.register
def _(part: Grid) -> str:
    if part.kind in {"cases", "aligned"}:
        rows = ", ".join(" & ".join(map(_set, row)) for row in part.rows)
        return f"cases({rows})" if part.kind == "cases" else f"cases(delim: #none, {rows})"
    rows = "; ".join(", ".join(map(_set, row)) for row in part.rows)
    left, _ = GRIDS[part.kind]
    return f"mat(delim: {literal(left) if left else '#none'}, {rows})"
