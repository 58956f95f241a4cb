"""How rows are walked: empty cells, wrong cells and references to what is not there."""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Final, TypeVar

from jetkiz.i18n import N_
from jetkiz.roster.reading.cells import CellError
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.tables import Cells, Table, check_twice

V = TypeVar("V")

_MAY_BE_BROKEN: Final = re.compile("[=#]").match
# Errors of formulas, as Excel writes them in English and Russian.
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
    | {"#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!", "#ИМЯ?", "#ПУСТО!", "#ЧИСЛО!"}
)


class Row:
    """One row being read; wrong cells become findings and read as None."""

    __slots__ = ("cells", "findings", "number", "table")

    def __init__(self, table: Table, number: int, cells: Cells, findings: Findings) -> None:
        self.table = table
        self.number = number
        self.cells = cells
        self.findings = findings

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell."""
        return self.cells[column]

    def place(self, column: str = "", *, value: bool = True) -> Place:
        """Return the place of a cell, with its value."""
        shown = self.cells[column] if column and value else None
        return self.table.place(self.number, column, shown)

    def said(self, column: str) -> str | None:
        """Return the text, None for an empty cell, "" for the dash that clears a value."""
        text = self.cells[column]
        return "" if text == "-" else text or None

    def read(self, column: str, reader: Callable[[str], V]) -> V | None:
        """Return the value of a cell; None when it is empty or wrong."""
        text = self.cells[column]
        if not text:
            return None
        try:
            return reader(text)
        except CellError as error:
            self.findings.error(self.place(column), error.sentence, error.remedy, **error.facts)
            return None

    def cleared(self, column: str, reader: Callable[[str], str]) -> str | None:
        """Return the value of a cell that a dash may clear."""
        return "" if self.cells[column] == "-" else self.read(column, reader)


def checked_rows(
    table: Table, needed: tuple[str, ...], findings: Findings, key: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Give the rows whose needed cells are filled; a row with a known key is given once."""
    if not table.is_usable:
        return
    if key:
        check_twice(table, key, findings)
    seen: set[tuple[str, ...]] = set()
    for number, cells in table.rows:
        if number in table.torn:
            continue
        row = Row(table, number, cells, findings)
        if _is_broken(row):
            continue
        empty = [column for column in needed if not cells[column]]
        for column in empty:
            findings.error(
                row.place(column, value=False),
                N_("This cell must not be empty."),
                N_("Fill it, or delete the row."),
            )
        if empty:
            continue
        if key:
            value = tuple(cells[column] for column in key)
            if value in seen:
                continue
            seen.add(value)
        yield row


def _is_broken(row: Row) -> bool:
    """Find what a spreadsheet shows in place of a value; such a row is not read."""
    if not any(map(_MAY_BE_BROKEN, row.cells.values())):
        return False
    broken = [
        column for column, text in row.cells.items() if text in _ERRORS or text.startswith("=")
    ]
    for column in broken:
        row.findings.error(
            row.place(column),
            N_("This is a formula without a result, not a value."),
            N_("Type the value itself, or let the spreadsheet program compute it and save again."),
        )
    return bool(broken)


class KnownIds:
    """Which ids exist; one that is missing is one fault, wherever it is named."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._ids: dict[str, set[str]] = {}
        self._tables: dict[str, str] = {}
        self._blind: set[str] = set()

    def learn(self, kind: str, table: Table | None, column: str) -> None:
        """Take the ids of a table; without a usable one nothing of the kind is checked."""
        if table is None or column not in table.present:
            self._blind.add(kind)
            return
        self._tables[kind] = table.file
        self.add(kind, (cells[column] for _number, cells in table.rows))

    def add(self, kind: str, ids: Iterable[str]) -> None:
        """Take ids from elsewhere, as from the register."""
        self._ids.setdefault(kind, set()).update(ids)

    def has(self, kind: str, value: str) -> bool:
        """True when the id is known."""
        return value in self._ids.get(kind, ())

    def check(self, row: Row, column: str, kind: str, value: str | None = None) -> bool:
        """Find a reference to nothing; False when the row cannot be used for it."""
        wanted = row[column] if value is None else value
        if self.has(kind, wanted):
            return True
        if kind in self._blind:
            return False
        place = row.table.place(row.number, column, wanted)
        padded = _padded(wanted, self._ids.get(kind, set()))
        if padded:
            self._findings.error(
                place,
                N_("Leading zeros were lost: {padded} is meant."),
                N_("Format the column as text, or export it again without opening it in Excel."),
                padded=padded,
                cause=(kind, "zeros"),
            )
        else:
            self._findings.error(
                place,
                N_("{table} has no such id."),
                N_("Add it there, or export both tables at the same time."),
                table=self._tables.get(kind, kind),
                cause=(kind, wanted),
            )
        return False


def _padded(value: str, known: Container[str]) -> str | None:
    """Return the known id that is this one with zeros before it."""
    if not (value.isascii() and value.isdigit()):
        return None
    return next((v for n in range(1, 13) if (v := "0" * n + value) in known), None)


def check_lost_zeros(
    table: Table, column: str, registered: Container[str], findings: Findings
) -> None:
    """Find ids whose zeros a spreadsheet ate: against the register, then by their length."""
    ids = [(number, cells[column]) for number, cells in table.rows if cells[column].isdecimal()]
    here = {value for _number, value in ids}
    lengths = [len(value) for _number, value in ids]
    usual = max(set(lengths), key=lengths.count) if lengths else 0
    is_fixed = usual >= 5 and lengths.count(usual) * 10 >= len(lengths) * 9
    for number, value in ids:
        if value in registered:
            continue
        padded = _padded(value, registered)
        if padded:
            findings.error(
                table.place(number, column, value),
                N_("The register has {padded}: leading zeros were lost."),
                N_("Format the column as text, or export it again without opening it in Excel."),
                padded=padded,
            )
        elif (bare := value.lstrip("0")) != value and (bare in registered or bare in here):
            findings.warn(
                table.place(number, column, value),
                N_("There is also {bare}, which differs only by zeros in front."),
                N_("If they are one person or home, keep one of the two ids."),
                bare=bare,
            )
        elif is_fixed and len(value) < usual:
            findings.warn(
                table.place(number, column, value),
                N_("This id is shorter than the others: leading zeros may be lost."),
                N_("Compare it with the system it came from."),
            )
