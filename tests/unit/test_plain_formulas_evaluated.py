"""A formula in plain letters means what the formula means: both are computed and compared."""

import cmath
import re
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jetkiz.lessons.markup.plain_formulas import plain_formula

LETTERS = {"a": 2.5, "b": 3.0, "x": 5.0, "m": 4.0}
VULGAR = dict(zip("½⅓⅔¼¾⅕⅛", (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, 1 / 5, 1 / 8), strict=True))
UP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+−=()n", strict=True))
RAISED = "".join(UP)
PIECES = re.compile(
    rf"(?P<number>\d+(?:,\d+)?)|(?P<vulgar>[½⅓⅔¼¾⅕⅛])|(?P<up>[{RAISED}]+)"
    r"|(?P<letter>[a-z])|(?P<space> +)|(?P<sign>.)"
)
# What may stand beside a factor and is multiplied with it.
BESIDE = {"letter", "vulgar", "up", "number"}
SIGNS = {"√": 2.0, "∛": 3.0, "∜": 4.0}


@dataclass
class Reader:
    """Computes a line as a person reads it: brackets, powers, products and quotients, sums."""

    text: str

    def __post_init__(self) -> None:
        found = (one for one in PIECES.finditer(self.text) if one.lastgroup != "space")
        self.pieces = [(one.lastgroup, one.group(), one.start()) for one in found]
        self.at = 0

    @property
    def kind(self) -> str | None:
        return self.pieces[self.at][0] if self.at < len(self.pieces) else None

    @property
    def next(self) -> str:
        return self.pieces[self.at][1] if self.at < len(self.pieces) else ""

    def take(self) -> str:
        piece = self.next
        self.at += 1
        return piece

    def sum(self) -> complex:
        value = self.product()
        while self.next and self.next in "+−":
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> complex:
        if self.next == "−":
            self.take()
            return -self.product()
        value = self.power()
        while self.next and (self.next in "·/(|√∛∜" or self.kind in BESIDE):
            if self.next == "|" and self.bars:
                break
            if self.next == "/":
                self.take()
                value /= self.power()
                continue
            if self.next == "·":
                self.take()
            value *= self.power()
        return value

    bars = 0

    def power(self) -> complex:
        value = self.atom()
        while self.kind == "up" or self.next == "^":
            if self.kind == "up" and self.pieces[self.at + 1 : self.at + 2] and self.is_degree():
                break
            if self.kind == "up":
                said = "".join(UP[letter] for letter in self.take())
                value **= Reader(said.replace("n", "m")).whole()
            else:
                self.take()
                value **= self.atom()
        return value

    def is_degree(self) -> bool:
        """Whether raised digits stand before a root: they are its degree."""
        return self.pieces[self.at + 1][1] == "√"

    def atom(self) -> complex:
        kind, piece, start = self.kind, self.take(), self.pieces[self.at - 1][2]
        if kind == "number":
            return self.mixed(float(piece.replace(",", ".")), start + len(piece))
        if kind == "up":
            degree = Reader("".join(UP[letter] for letter in piece)).whole()
            assert self.take() == "√"
            return self.power() ** (1 / degree)
        if kind in {"vulgar", "letter"}:
            return VULGAR.get(piece) or LETTERS[piece]
        return self.atom() ** (1 / SIGNS[piece]) if piece in SIGNS else self.inside(piece)

    def inside(self, opening: str) -> complex:
        """Compute what stands between brackets or bars."""
        assert opening in "(|", self.text
        held, self.bars = self.bars, int(opening == "|")
        value = self.sum()
        assert self.take() == {"(": ")", "|": "|"}[opening], self.text
        self.bars = held
        return abs(value) if opening == "|" else value

    def mixed(self, number: float, end: int) -> float:
        """Add the fraction of a mixed number: 3½, 3 5/12."""
        if self.kind == "vulgar":
            return number + VULGAR[self.take()]
        three = self.pieces[self.at : self.at + 3]
        is_fraction = [one[0] for one in three] == ["number", "sign", "number"]
        if is_fraction and three[1][1] == "/" and three[0][2] == end + 1:
            self.at += 3
            return number + int(three[0][1]) / int(three[2][1])
        assert self.kind != "number", self.text
        return number

    def whole(self) -> complex:
        value = self.sum()
        assert self.at == len(self.pieces), self.text
        return value


@dataclass(frozen=True)
class Said:
    """A formula, what it is worth, and what kind of part it is."""

    latex: str
    value: complex
    kind: str


numbers = st.integers(1, 12).map(lambda n: Said(str(n), n, "number"))
decimals = st.integers(11, 99).map(lambda n: Said(f"{n // 10}{{,}}{n % 10}", n / 10, "decimal"))
named = st.sampled_from(sorted(LETTERS)).map(lambda name: Said(name, LETTERS[name], "letter"))
NUMBERS = {"number", "decimal"}
leaves = numbers | named | decimals


def fraction(top: Said, bottom: Said) -> Said:
    assume(abs(bottom.value) > 1e-6)
    kind = "numbers" if top.kind == bottom.kind == "number" else "fraction"
    return Said(rf"\frac{{{top.latex}}}{{{bottom.latex}}}", top.value / bottom.value, kind)


def root(inside: Said, degree: int | None) -> Said:
    value, sign = (
        (degree, f"[{degree}]") if degree else (LETTERS["m"], "[m]") if degree == 0 else (2, "")
    )
    assume(isinstance(inside.value, complex) or inside.value > 1e-6)
    return Said(rf"\sqrt{sign}{{{inside.latex}}}", inside.value ** (1 / value), "root")


def power(base: Said, up: Said) -> Said:
    assume(1e-3 < abs(base.value) < 50 and abs(up.value) < 4)
    assume(base.kind in {*NUMBERS, "letter", "root", "held"})
    latex = f"{{{base.latex}}}" if base.kind == "root" else base.latex
    return Said(f"{latex}^{{{up.latex}}}", base.value**up.value, "power")


def held(inside: Said) -> Said:
    return Said(f"({inside.latex})", inside.value, "held")


def grown(inside: Said) -> Said:
    return Said(rf"\left({inside.latex}\right)", inside.value, "held")


def bars(inside: Said) -> Said:
    assume("|" not in inside.latex)
    return Said(f"|{inside.latex}|", abs(inside.value), "bars")


def product(parts: list[Said]) -> Said:
    """Factors beside each other; a whole number before a fraction of numbers is a mixed number."""
    latex, value = parts[0].latex, parts[0].value
    whole: Said | None = parts[0]
    for one in parts[1:]:
        # 2 3 would be 23.
        assume(one.kind not in NUMBERS or not latex[-1:].isdigit())
        assume(not (one.kind == "power" and one.latex[0].isdigit() and latex[-1:].isdigit()))
        assume(not (one.kind == "bars" and "|" in latex))
        if one.kind == "numbers" and whole and whole.kind == "number":
            assume(whole is parts[0])
            value += one.value
        else:
            value *= one.value
        latex, whole = f"{latex} {one.latex}", one
    return Said(latex, value, "product")


def total(first: Said, others: list[tuple[str, Said]]) -> Said:
    latex, value = first.latex, first.value
    for sign, one in others:
        assume("|" not in one.latex or "|" not in latex)
        latex += f"{sign}{one.latex}"
        value = value + one.value if sign == "+" else value - one.value
    return Said(latex, value, "sum")


def grow(inner: st.SearchStrategy[Said]) -> st.SearchStrategy[Said]:
    signed = st.tuples(st.sampled_from("+-"), inner.filter(lambda one: one.kind != "sum"))
    factors = inner.filter(lambda one: one.kind not in {"sum", "product", "negative"})
    negative = factors.map(lambda one: Said(f"-{one.latex}", -one.value, "negative"))
    return st.one_of(
        st.builds(fraction, inner, inner),
        st.builds(root, inner, st.sampled_from([None, None, 3, 4, 5, 12, 0])),
        st.builds(power, inner, leaves | inner),
        st.builds(held, inner),
        st.builds(grown, inner),
        st.builds(bars, inner),
        st.builds(product, st.lists(factors, min_size=2, max_size=3)),
        st.builds(total, inner | negative, st.lists(signed, min_size=1, max_size=2)),
    )


formulas = st.recursive(leaves, grow, max_leaves=6)


@settings(max_examples=300, deadline=None)
@given(formulas)
def test_the_plain_line_is_worth_what_the_formula_is_worth(said: Said) -> None:
    assume(not isinstance(said.value, complex) and abs(said.value) < 1e9)
    assume("negative" not in said.kind)
    written = plain_formula(said.latex).text
    assume((len(said.latex) < 300 and written != said.latex) or "\\" not in said.latex)
    worth = Reader(written).whole()
    assert cmath.isclose(worth, said.value, rel_tol=1e-9, abs_tol=1e-9), (written, worth)


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\frac{a}{b}(x+1)", "a/b · (x + 1)"),
        (r"\frac{a}{b}\left(x\right)", "a/b · (x)"),
        (r"(\frac{a}{b})^2", "(a/b)²"),
        (r"\sqrt[m]{a}", "a^(1/m)"),
        (r"\frac12\frac35", "½ · 3/5"),
        (r"\frac{1}{2}5", "½ · 5"),
        (r"a\frac{1}{b}", "a · 1/b"),
        (r"2\frac{a}{b}", "2a/b"),
        (r"x^2,5", "x², 5"),
        (r"|-2|", "|−2|"),
        (r"-|x-1|+3|x|", "−|x − 1| + 3|x|"),
        (r"\sqrt{a^2}", "√(a²)"),
        (r"\sqrt{2}^2", "(√2)²"),
        (r"\frac{1}{2}^2", "(½)²"),
        (r"x^{a}b", "x^a · b"),
        (r"\sin\frac{a}{b}", "sin a/b"),
        (r"x^2\sqrt{2}", "x² · √2"),
        (r"x\sqrt[5]{2}", "x · ⁵√2"),
        (r"\sin^2\sqrt{2}", "sin² √2"),
        (r"10 000", "10000"),
    ],
)
def test_what_stands_beside_a_line_a_root_or_a_power_is_not_drawn_into_it(
    latex: str, plain: str
) -> None:
    assert plain_formula(latex).text == plain


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        ("3 5/12 − 1", 3 + 5 / 12 - 1),
        ("3½ · 4", 14.0),
        ("(a + b)/2", 2.75),
        ("2a/b", 5 / 3),
        ("⁵√32 + ∛27", 5.0),
        ("−x²", -25.0),
        ("|−2| · 3|x|", 30.0),
        ("a^(1/m)", 2.5**0.25),
    ],
)
def test_the_reader_of_this_test_reads_as_people_do(line: str, worth: float) -> None:
    assert cmath.isclose(Reader(line).whole(), worth)
