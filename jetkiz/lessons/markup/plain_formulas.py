"""How a formula is written in plain letters: x², √2, ½, (a + b)/2; and when a picture is clearer.

Every formula has its line of plain letters: a screen reader, a text-only phone and the caption of
the picture need it.
"""

import re
from dataclasses import dataclass
from functools import singledispatch
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
from jetkiz.lessons.markup.markdown import with_formulas

_UP: Final = dict(zip("0123456789+−=()ni′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ′", strict=True)) | {
    "∘": "°",
    "°": "°",
}
_DOWN: Final = dict(
    zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_RAISED: Final = frozenset(_UP.values())
_VULGAR: Final = {
    ("1", "2"): "½",
    ("1", "3"): "⅓",
    ("2", "3"): "⅔",
    ("1", "4"): "¼",
    ("3", "4"): "¾",
    ("1", "5"): "⅕",
    ("1", "8"): "⅛",
}
_ROOTS: Final = {"3": "∛", "4": "∜"}
_MARKS: Final = {"overline": "‾", "arrow": "→", "hat": "^"}
_AROUND: Final = frozenset("+−±∓=≠<>≤≥≈≡∼≅×÷·→←⇒⇐↔⇔∈∉⊂⊆∪∩∖∧∨∝⊥∥:")
# A single sign raised or lowered by a mark: what follows would be read as raised too.
_LOOSE: Final = re.compile(r"[\^_][^()]$")
_UNARY: Final = frozenset("+−±∓")
_OPENING: Final = frozenset("([{,;") | _AROUND


@dataclass(frozen=True, slots=True)
class Plain:
    """A formula in plain letters; ``clear`` says that a picture would not be clearer.

    ``simple`` means that it needs no brackets above or below a line or under a root.
    """

    text: str
    clear: bool = True
    simple: bool = True

    @property
    def held(self) -> str:
        """The text, in brackets unless it is simple."""
        return self.text if self.simple else f"({self.text})"


def plain_formula(latex: str, *, displayed: bool = False) -> Plain:
    """Write a formula in plain letters; one that cannot be read stands as it was typed.

    On a line of its own there is room: there a picture is worth it sooner.
    """
    try:
        part = read_formula(latex)
    except FormulaError:
        return Plain(latex)
    written = _plain(part)
    return Plain(written.text, written.clear and not (displayed and _is_tall(part)))


def with_plain_formulas(text: str) -> str:
    """Return a line of words with its formulas in plain letters."""
    return with_formulas(text, lambda latex: plain_formula(latex).text)


def _is_tall(part: Part) -> bool:
    """Whether a formula has a fraction whose line must be seen to tell what stands below."""
    if isinstance(part, Row):
        return any(map(_is_tall, part.parts))
    if isinstance(part, Fraction):
        return not (_plain(part.top).simple and _plain(part.bottom).simple)
    return isinstance(part, Root) and not _plain(part.inside).simple


@singledispatch
def _plain(part: Part) -> Plain:
    raise TypeError(part)


@_plain.register
def _(part: Leaf) -> Plain:
    if part.kind == "big":
        return Plain(part.text, clear=False)
    return Plain(part.text, simple=part.kind != "text" or " " not in part.text)


@_plain.register
def _(part: Row) -> Plain:
    written = [_plain(one) for one in part.parts]
    text = "".join(_spaced(part.parts, [one.text for one in written]))
    signs = any(_sign(one) in _AROUND - {"·"} for one in part.parts[1:])
    simple = not signs and all(one.simple for one in written) and " " not in text.strip()
    return Plain(" ".join(text.split()), all(one.clear for one in written), simple)


def _spaced(parts: tuple[Part, ...], texts: list[str]) -> list[str]:
    """Put spaces where they help to read: around signs, after commas, between words."""
    signs = _signs(parts)
    spaced = texts[:1]
    for place in range(1, len(parts)):
        around = parts[place - 1], parts[place]
        earlier = signs[place - 2] if place > 1 else "("
        is_unary = signs[place - 1] in _UNARY and earlier in _OPENING
        gap = "" if is_unary else _gap(*around, signs[place - 1], signs[place])
        spaced.append(gap + texts[place])
    return spaced


def _signs(parts: tuple[Part, ...]) -> list[str]:
    """Return the sign that each part is, empty for none; every second bar closes, as in |−2|."""
    signs, bars = [], 0
    for part in parts:
        sign = _sign(part)
        if sign == "|":
            sign = "()"[bars % 2]
            bars += 1
        signs.append(sign)
    return signs


def _gap(before: Part, one: Part, earlier: str, sign: str) -> str:
    if (sign and sign in ")],.;!%") or earlier in {"(", "["}:
        return ""
    if sign in _AROUND or earlier in {*_AROUND, ",", ";"} or _is_mixed(before, one):
        return " "
    if (not sign or sign in "([{") and (_would_reach(before, one) or _would_join(before, one)):
        return " · "
    return " " if _is_word(before) or (_is_word(one) and earlier not in _OPENING) else ""


def _would_reach(before: Part, one: Part) -> bool:
    """Whether what follows would be read as standing below the line, under the root or above."""
    written = _plain(before).text
    if isinstance(before, Root):
        return not written.endswith(")")
    if isinstance(before, Raised):
        return bool(_LOOSE.search(written))
    return isinstance(before, Fraction) and (
        "/" in written or _is_number(one) or isinstance(one, Fraction)
    )


def _would_join(before: Part, one: Part) -> bool:
    """Whether what stands before would be read as part of what comes: a1/2, 11^(1/m), x²√2."""
    written = _plain(one).text
    if _is_word(before) or _is_number(one):
        return False
    if isinstance(one, Root) and (isinstance(before, Raised) or written[:1] in _RAISED):
        return True
    if not written[:1].isdecimal():
        return False
    return _plain(before).text[-1:].isdecimal() or (isinstance(one, Fraction) and "/" in written)


def _is_number(part: Part) -> bool:
    return isinstance(part, Leaf) and part.kind == "number"


def _sign(part: Part) -> str:
    """Return the sign that a part is, also with a power above it, as the bracket of (a + b)²."""
    if isinstance(part, Raised):
        return _sign(part.base)
    return part.text if isinstance(part, Leaf) and part.kind == "sign" else ""


def _is_word(part: Part) -> bool:
    base = part.base if isinstance(part, Raised) else part
    return isinstance(base, Leaf) and base.kind in {"name", "text", "big"}


def _is_mixed(before: Part, one: Part) -> bool:
    """Whether a whole number stands before a fraction of numbers without a sign: 3 5/12."""
    return (
        isinstance(one, Fraction)
        and "/" in _plain(one).text
        and all(map(_is_whole, (before, one.top, one.bottom)))
    )


def _is_whole(part: Part) -> bool:
    return isinstance(part, Leaf) and part.text.isdecimal()


@_plain.register
def _(part: Fraction) -> Plain:
    top, bottom = _plain(part.top), _plain(part.bottom)
    sign = _VULGAR.get((top.text, bottom.text))
    if sign:
        return Plain(sign)
    nested = "/" in top.text + bottom.text
    clear = top.clear and bottom.clear and not nested
    return Plain(f"{top.held}/{_below(part.bottom, bottom)}", clear, simple=False)


def _below(part: Part, written: Plain) -> str:
    """Return what stands below a line: more than one part needs brackets, as in 1/(2a)."""
    return f"({written.text})" if _is_several(part) else written.held


def _is_several(part: Part) -> bool:
    return isinstance(part, Row) and len(part.parts) > 1


@_plain.register
def _(part: Root) -> Plain:
    inside, degree = _plain(part.inside), _plain(part.degree).text
    several = isinstance(part.inside, Raised) or _is_several(part.inside)
    held = f"({inside.text})" if several or not inside.simple else inside.text
    if not set(degree.replace(" ", "")) <= _UP.keys():
        return Plain(f"{held}^(1/{_below(part.degree, _plain(part.degree))})", clear=False)
    sign = _ROOTS.get(degree) or _above(degree, _UP) + "√"
    return Plain(f"{sign}{held}", inside.clear and "/" not in inside.text)


def _above(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(letter, letter) for letter in text.replace(" ", ""))


@_plain.register
def _(part: Raised) -> Plain:
    base = _plain(part.base)
    # A power of a root or of a power: √2² would be the root of it.
    text = f"({base.text})" if isinstance(part.base, Root | Raised | Fraction) else base.held
    clear = base.clear
    for other, signs, mark in ((part.down, _DOWN, "_"), (part.up, _UP, "^")):
        if other is None:
            continue
        written = _plain(other)
        if set(written.text.replace(" ", "")) <= signs.keys():
            text += _above(written.text, signs)
        else:
            clear = False
            text += mark + (written.text if len(written.text) == 1 else f"({written.text})")
    return Plain(text, clear)


@_plain.register
def _(part: Fenced) -> Plain:
    inside = _plain(part.inside)
    return Plain(f"{part.left}{inside.text}{part.right}", inside.clear and bool(part.right))


@_plain.register
def _(part: Over) -> Plain:
    return Plain(_MARKS[part.mark] + _plain(part.inside).held, clear=False)


@_plain.register
def _(part: Grid) -> Plain:
    left, right = GRIDS[part.kind]
    rows = (" ".join(_plain(cell).text for cell in row).strip() for row in part.rows)
    return Plain(f"{left} {'; '.join(rows)} {right}".strip(), clear=False)
