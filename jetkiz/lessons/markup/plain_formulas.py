"""How a formula is written in plain letters: x², √2, ½, (a + b)/2; and when a picture is clearer.

Every formula has its line of plain letters: a screen reader, a text-only phone and the caption of
the picture need it.
"""

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
    spaced = texts[:1]
    for place in range(1, len(parts)):
        before, one = parts[place - 1], parts[place]
        earlier = _sign(parts[place - 2]) if place > 1 else "("
        is_unary = _sign(before) in _UNARY and earlier in _OPENING
        spaced.append(("" if is_unary else _gap(before, one)) + texts[place])
    return spaced


def _gap(before: Part, one: Part) -> str:
    sign, earlier = _sign(one), _sign(before)
    if (sign and sign in ")],.;!%") or earlier in {"(", "["}:
        return ""
    if sign in _AROUND or earlier in {*_AROUND, ",", ";"} or _is_mixed(before, one):
        return " "
    if not sign and _would_reach(before):
        return " · "
    return " " if _is_word(before) or (_is_word(one) and earlier not in _OPENING) else ""


def _would_reach(before: Part) -> bool:
    """Whether what follows would be read as standing below the line or under the root."""
    written = _plain(before).text
    if isinstance(before, Root):
        return not written.endswith(")")
    return isinstance(before, Fraction) and "/" in written


def _sign(part: Part) -> str:
    return part.text if isinstance(part, Leaf) and part.kind == "sign" else ""


def _is_word(part: Part) -> bool:
    base = part.base if isinstance(part, Raised) else part
    return isinstance(base, Leaf) and base.kind in {"name", "text", "big"}


def _is_mixed(before: Part, one: Part) -> bool:
    """Whether a whole number stands before a fraction that has no sign of its own: 3 5/12."""
    is_number = isinstance(before, Leaf) and before.kind == "number"
    return is_number and isinstance(one, Fraction) and "/" in _plain(one).text


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
    several = isinstance(part, Row) and len(part.parts) > 1
    return f"({written.text})" if several else written.held


@_plain.register
def _(part: Root) -> Plain:
    inside, degree = _plain(part.inside), _plain(part.degree).text
    sign = _ROOTS.get(degree) or _above(degree, _UP) + "√"
    several = isinstance(part.inside, Row) and len(part.inside.parts) > 1
    held = f"({inside.text})" if several or not inside.simple else inside.text
    return Plain(f"{sign}{held}", inside.clear and "/" not in inside.text)


def _above(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(letter, letter) for letter in text.replace(" ", ""))


@_plain.register
def _(part: Raised) -> Plain:
    base = _plain(part.base)
    text, clear = base.held, base.clear
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
