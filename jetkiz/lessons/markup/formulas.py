"""Which formulas a lesson may hold: the LaTeX of school, read into parts that can be set and said.

What is not school's LaTeX is refused by name, so that a teacher finds it before a family does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jetkiz.i18n import N_
from jetkiz.lessons.markup.formula_signs import BIG, FENCES, GRIDS, NAMES, OVER, SIGNS, SPACES

_PIECE: Final = re.compile(
    r"\d+\{,\}\d+|\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|[^\W\d_A-Za-z]+|\s+|.", re.DOTALL
)
_DEEPEST: Final = 12
_LONGEST: Final = 600


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number, a letter, a sign or a word."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts beside each other."""

    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Fraction:
    """One part above another."""

    top: "Part"
    bottom: "Part"


@dataclass(frozen=True, slots=True)
class Root:
    """A root; ``degree`` is empty for the square root."""

    inside: "Part"
    degree: "Part"


@dataclass(frozen=True, slots=True)
class Raised:
    """A part with another above right, below right or both."""

    base: "Part"
    up: "Part | None" = None
    down: "Part | None" = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """A part between brackets that grow with it; an empty bracket is not shown."""

    left: str
    inside: "Part"
    right: str


@dataclass(frozen=True, slots=True)
class Over:
    """A part under a line, an arrow or a hat."""

    mark: str
    inside: "Part"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a system of equations or a matrix."""

    kind: str
    rows: tuple[tuple["Part", ...], ...]


Part = Leaf | Row | Fraction | Root | Raised | Fenced | Over | Grid


class FormulaError(ValueError):
    """A formula that nobody here can set; ``piece`` is what it stumbles over."""

    def __init__(self, sentence: str, piece: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.piece = piece


def read_formula(latex: str) -> Part:
    """Read a formula; raise FormulaError for what is not school's LaTeX."""
    if len(latex) > _LONGEST:
        raise FormulaError(N_("The formula is too long."))
    reading = _Reading(_PIECE.findall(latex))
    part = reading.row(())
    if reading.at < len(reading.pieces):
        raise FormulaError(N_("Something is closed here that was not opened."), reading.next)
    return part


class _Reading:
    """How far the pieces of a formula have been read."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = pieces
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> str:
        """The piece that comes next; empty at the end."""
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def take(self) -> str:
        piece = self.next
        self.at += 1
        return piece

    def skip_spaces(self) -> None:
        while self.next and self.next.isspace():
            self.at += 1

    def row(self, ends: tuple[str, ...]) -> Part:
        """Read parts until one of ``ends``, a closing sign or the end of the formula."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaError(N_("The formula is nested too deeply."))
        parts: list[Part] = []
        self.skip_spaces()
        while self.next and self.next not in {*ends, "}", "\\right", "\\end"}:
            parts.append(self.with_raised(self.atom()))
            self.skip_spaces()
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def with_raised(self, base: Part) -> Part:
        """Add what stands above and below right of a part."""
        up: Part | None = None
        down: Part | None = None
        self.skip_spaces()
        while self.next in {"^", "_", "'"}:
            sign = self.take()
            if sign == "'":
                up = _joined(up, Leaf("′", "sign"))
            elif sign == "^" and (up is None or up == Leaf("′", "sign")):
                up = _joined(up, self.argument())
            elif sign == "_" and down is None:
                down = self.argument()
            else:
                raise FormulaError(N_("Two powers or two indices stand at one place."), sign)
            self.skip_spaces()
        return Raised(base, up, down) if up or down else base

    def argument(self) -> Part:
        """Read what a command or a power takes: a group, or one piece."""
        self.skip_spaces()
        if self.next in {"", "}", "^", "_", "&"}:
            raise FormulaError(N_("Something is missing here."), self.next)
        if self.next[0].isdigit() and len(self.next) > 1:
            return Leaf(self._first_digit(), "number")
        return self.atom()

    def _first_digit(self) -> str:
        """Take one digit of a number: in LaTeX x^23 is x² beside 3."""
        number = self.next
        rest = _PIECE.findall(number[1:])
        self.pieces = [*self.pieces[: self.at], number[0], *rest, *self.pieces[self.at + 1 :]]
        return self.take()

    def atom(self) -> Part:
        piece = self.take()
        if piece == "{":
            part = self.row(())
            self.expect("}")
            return part
        if piece.startswith("\\"):
            return self.command(piece[1:])
        if piece in {"^", "_", "&", "#", "%", "~", "$"}:
            raise FormulaError(N_("This sign has no place here."), piece)
        return _leaf(piece)

    def expect(self, piece: str) -> None:
        if self.next != piece:
            raise FormulaError(N_("Something that was opened is not closed."), piece)
        self.at += 1

    def command(self, name: str) -> Part:
        if name in SIGNS or name in BIG:
            return Leaf(SIGNS.get(name) or BIG[name], "sign" if name in SIGNS else "big")
        if name in NAMES:
            return Leaf(NAMES[name], "name")
        if name in SPACES:
            return Leaf(" ", "space")
        if name in OVER:
            return Over(OVER[name], self.argument())
        return self.structure(name)

    def structure(self, name: str) -> Part:
        if name in {"frac", "dfrac", "tfrac"}:
            return Fraction(self.argument(), self.argument())
        if name == "sqrt":
            return self.root()
        if name in {"text", "mathrm", "textbf", "mathbf", "operatorname"}:
            return Leaf(self.words(), "text")
        if name == "left":
            return self.fenced()
        if name == "begin":
            return self.grid()
        raise FormulaError(N_("This command is not known here."), f"\\{name}")

    def root(self) -> Root:
        self.skip_spaces()
        degree: Part = Row()
        if self.next == "[":
            self.at += 1
            degree = self.row(("]",))
            self.expect("]")
        return Root(self.argument(), degree)

    def words(self) -> str:
        """Read words as they are, up to the closing bracket."""
        self.skip_spaces()
        self.expect("{")
        found = []
        while self.next and self.next != "}":
            found.append(self.take())
        self.expect("}")
        return "".join(found).replace("\\", "")

    def fenced(self) -> Fenced:
        left = self.fence()
        inside = self.row(())
        self.expect("\\right")
        return Fenced(left, inside, self.fence())

    def fence(self) -> str:
        self.skip_spaces()
        piece = self.take()
        if piece not in FENCES:
            raise FormulaError(N_("This is no bracket."), piece)
        return FENCES[piece]

    def grid(self) -> Grid:
        kind = self.words()
        if kind not in GRIDS:
            raise FormulaError(N_("This command is not known here."), f"\\begin{{{kind}}}")
        rows: list[tuple[Part, ...]] = []
        cells: list[Part] = []
        while True:
            cells.append(self.row(("&", "\\\\")))
            piece = self.take()
            if piece == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if piece == "\\end":
                break
            if piece != "\\\\":
                raise FormulaError(N_("Something that was opened is not closed."), "\\begin")
        if self.words() != kind:
            raise FormulaError(N_("Something that was opened is not closed."), f"\\begin{{{kind}}}")
        return Grid(kind, tuple(row for row in rows if row != (Row(),)))


def _joined(first: Part | None, second: Part) -> Part:
    return Row((first, second)) if first else second


def _leaf(piece: str) -> Leaf:
    if piece[0].isdigit():
        return Leaf(piece.replace("{,}", ","), "number")
    if piece.isalpha():
        return Leaf(piece, "letter" if len(piece) == 1 else "text")
    return Leaf({"-": "−", "*": "·", "'": "′"}.get(piece, piece), "sign")
