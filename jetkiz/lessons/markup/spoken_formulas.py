"""How a formula is read aloud in words: for screen readers, for Braille, and for whoever dictates.

The words lie in ``data/spoken.toml``. A teacher's own words behind a formula count more than these.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, singledispatchmethod
from pathlib import Path
from typing import Any, Final

from babel import Locale

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

LONGEST: Final = 60
"""Words that somebody who only listens can still follow. Assumed."""

_LANGUAGES: Final = ("kk", "ru", "en")
_BINARY: Final = frozenset("=<>≤≥≈≠≡+−±·×÷:/→⇒⇔,;([{|")
_PLAIN: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ₀₁₂₃₄₅₆₇₈₉", "0123456789n0123456789")
_LOGARITHMS: Final = frozenset({"log", "lg", "ln"})


def spoken_formula(latex: str, language: str) -> str:
    """Return the words of a formula; one that cannot be read stands as it was typed."""
    try:
        part = read_formula(latex)
    except FormulaError:
        return latex
    words = " ".join(reader(language).say(part).split())
    return words.replace(" ,", ",").replace(" ;", ";").replace(",,", ",").strip(" ,;")


def sign_words(sign: str, language: str) -> str | None:
    """Return what a sign is called; None for one that has no words."""
    return reader(language).signs.get(sign)


def raised_words(signs: str, language: str, *, is_up: bool) -> str:
    """Return the words of small signs beside a word, as ² or ₁: "squared", "sub 1"."""
    words, plain = reader(language), signs.translate(_PLAIN)
    if not is_up:
        return words.forms["index"].format(base="", down=plain).strip()
    form = {"2": "squared", "3": "cubed"}.get(plain, "power")
    return words.forms[form].format(base="", up=plain).strip()


@cache
def reader(language: str) -> "Reader":
    """Return the reader of a language; other languages than ours are read in English."""
    known = language if language in _LANGUAGES else "en"
    place = _LANGUAGES.index(known)
    table = tomllib.loads((Path(__file__).parent / "data" / "spoken.toml").read_text("utf-8"))

    def own(name: str) -> dict[str, Any]:
        return {key: words[place] for key, words in table[name].items()}

    return Reader(
        own("signs"),
        own("names"),
        own("letters"),
        own("forms"),
        own("parts"),
        counted_as=Locale(known).plural_form,
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """The words of one language, and how they are put together."""

    signs: dict[str, str]
    names: dict[str, str]
    letters: dict[str, str]
    forms: dict[str, str]
    parts: dict[str, tuple[str, str]]
    counted_as: Callable[[int], str]
    """The plural form of a number: 21 is one in Russian ("двадцать одна сотая"), not in English."""

    @singledispatchmethod
    def say(self, part: Part) -> str:
        """Return the words of a part of a formula."""
        raise TypeError(part)

    @say.register
    def _(self, part: Leaf) -> str:
        if part.kind in {"number", "space"}:
            return part.text
        for table in (self.names, self.letters, self.signs):
            if part.text in table and (part.kind != "text" or table is self.names):
                return table[part.text]
        return part.text

    @say.register
    def _(self, part: Row) -> str:
        said: list[str] = []
        parts = _with_bars_paired(part.parts)
        for place, one in enumerate(parts):
            before = parts[place - 1] if place else None
            if isinstance(one, Leaf) and one.text == "−" and _is_unary(before):
                said.append(self._form("negative", inside=""))
            elif before is not None and _is_mixed(before, one):
                said[-1] = self._form("mixed", whole=self.say(before), part=self.say(one))
            else:
                said.append(self.say(one))
        return " ".join(said)

    @say.register
    def _(self, part: Fraction) -> str:
        top, bottom = self.say(part.top), self.say(part.bottom)
        if bottom in self.parts and top.isdecimal():
            one, several = self.parts[bottom]
            is_one = self.counted_as(int(top)) == "one"
            return (one if is_one else several).format(top=top)
        said = self._form("fraction", top=top, bottom=bottom)
        if _is_short(part.top) and _is_short(part.bottom):
            return said
        return f"{said}, {self.forms['fraction_end']},"

    @say.register
    def _(self, part: Root) -> str:
        inside = self.say(part.inside)
        if part.degree != Row() and part.degree != Leaf("2", "number"):
            return self._form("root_degree", degree=self.say(part.degree), inside=inside)
        return self._form("root" if _is_short(part.inside) else "root_long", inside=inside)

    @say.register
    def _(self, part: Raised) -> str:
        base = self.say(part.base)
        if isinstance(part.base, Leaf) and part.base.kind == "big":
            return self._with_limits(base, part)
        if part.down is not None:
            is_logarithm = isinstance(part.base, Leaf) and part.base.text in _LOGARITHMS
            form = "base_of_logarithm" if is_logarithm else "index"
            base = self._form(form, base=base, down=self.say(part.down))
        return base if part.up is None else self._raised(base, part.up)

    def _raised(self, base: str, up: Part) -> str:
        if isinstance(up, Leaf):
            if up.text in {"2", "3"}:
                return self._form("squared" if up.text == "2" else "cubed", base=base)
            if up.text in "°∘′":
                return f"{base} {self.signs[up.text.replace('∘', '°')]}"
        form = "power" if _is_short(up) else "power_long"
        return self._form(form, base=base, up=self.say(up))

    def _with_limits(self, base: str, part: Raised) -> str:
        down = "" if part.down is None else self.say(part.down)
        if part.up is None:
            return self._form("limit_below", base=base, down=down)
        return self._form("limits_both", base=base, down=down, up=self.say(part.up))

    @say.register
    def _(self, part: Fenced) -> str:
        inside = self.say(part.inside)
        if part.left == part.right == "|":
            form = "absolute" if _is_short(part.inside) else "absolute_long"
            return self._form(form, inside=inside)
        left, right = (self.signs.get(sign, "") for sign in (part.left, part.right))
        return f"{left} {inside} {right}"

    @say.register
    def _(self, part: Over) -> str:
        return self._form(part.mark, inside=self.say(part.inside))

    @say.register
    def _(self, part: Grid) -> str:
        rows = [[self.say(cell) for cell in row] for row in part.rows]
        if part.kind in {"cases", "aligned"}:
            return self._form(part.kind, rows="; ".join(" ".join(row) for row in rows))
        said = (
            self._form("row", number=str(number), cells=", ".join(row))
            for number, row in enumerate(rows, start=1)
        )
        form = "vmatrix" if part.kind == "vmatrix" else "matrix"
        return self._form(form, rows="; ".join(said))

    def _form(self, name: str, **places: str) -> str:
        return self.forms[name].format(**places)


def _with_bars_paired(parts: tuple[Part, ...]) -> list[Part]:
    """Take what stands between two bars as an absolute value: |x| is no bar, x, bar."""
    bars = [place for place, one in enumerate(parts) if one == Leaf("|", "sign")]
    if len(bars) % 2:
        return list(parts)
    found: list[Part] = []
    begun = 0
    for left, right in zip(bars[::2], bars[1::2], strict=True):
        inside = parts[left + 1 : right]
        whole = inside[0] if len(inside) == 1 else Row(inside)
        found += [*parts[begun:left], Fenced("|", whole, "|")]
        begun = right + 1
    return [*found, *parts[begun:]]


def _is_short(part: Part) -> bool:
    """Whether a listener hears by itself where a part ends."""
    if isinstance(part, Raised):
        return isinstance(part.base, Leaf) and not (part.up and part.down)
    return isinstance(part, Leaf)


def _is_unary(before: Part | None) -> bool:
    return before is None or (isinstance(before, Leaf) and before.text in _BINARY)


def _is_mixed(before: Part, one: Part) -> bool:
    """Whether a whole number stands before a fraction of numbers without a sign: 3 5/12."""
    return isinstance(one, Fraction) and all(
        isinstance(each, Leaf) and each.text.isdecimal() for each in (before, one.top, one.bottom)
    )
