"""Which column is which: headers are matched with what the format asks for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.raw_tables import RawTable

Cells = dict[str, str]

# Nobody writes more than this above a list.
HIGHEST_HEADER: Final = 10
FOREIGN_HEADER: Final = N_("Add the column, or export the table again.")
OWN_HEADER: Final = N_(
    "The columns of this table are: {columns}. An empty workbook with this header is made by: "
    "jetkiz roster template."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as its format describes it; ``only_known`` when a stranger column is a mistake."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    only_known: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return self.required + self.optional


@dataclass(slots=True)
class Table:
    """Rows as column to text; ``is_usable`` is False when a needed column is missing.

    ``torn`` are rows with too many cells: their ids count, their values do not.
    """

    file: str
    rows: list[tuple[int, Cells]] = field(default_factory=list)
    present: frozenset[str] = frozenset()
    is_usable: bool = True
    header_row: int = 1
    torn: set[int] = field(default_factory=set)

    def place(self, row: int, column: str = "", value: str | None = None) -> Place:
        """Return the place of a cell."""
        return Place(self.file, row, column, value)


def shape_table(raw: RawTable, shape: Shape, findings: Findings) -> Table:
    """Match the header of a raw table with the shape; every wanted column is in every row."""
    if not raw.is_readable:
        return Table(raw.file, is_usable=False)
    if not raw.rows:
        findings.error(
            Place(raw.file),
            N_("The table is empty."),
            N_("Its first row must be the header: {columns}."),
            columns=", ".join(shape.required),
        )
        return Table(raw.file, is_usable=False)
    above = _rows_above_header(raw, shape)
    number, header = raw.rows[above]
    if above:
        findings.warn(
            Place(raw.file, number),
            N_("The header stands in this row; what is above it was not read."),
            N_("Delete the rows above the header some time."),
        )
    places = _column_places(raw.file, number, header, shape, findings)
    table = Table(raw.file, present=frozenset(places), header_row=number)
    table.is_usable = _has_required(table, shape, header, findings)
    if table.is_usable and shape.only_known:
        _tell_strangers(Place(raw.file, number), header, shape, findings)
    below = raw.rows[above + 1 :]
    table.torn = _torn(raw.file, below, len(header), findings)
    table.rows = list(_rows(below, shape, places))
    return table


def _rows_above_header(raw: RawTable, shape: Shape) -> int:
    """People write the name of the list above it; the header is where the needed columns are."""
    needed = {_folded(column) for column in shape.required}
    for above, (_number, cells) in enumerate(raw.rows[:HIGHEST_HEADER]):
        if needed <= {_folded(title) for title in cells}:
            return above
    return 0


def _column_places(
    file: str, number: int, header: list[str], shape: Shape, findings: Findings
) -> dict[str, int]:
    wanted = {_folded(column): column for column in shape.columns}
    places: dict[str, int] = {}
    for index, title in enumerate(header):
        column = wanted.get(_folded(title))
        if column is None:
            continue
        if column in places:
            findings.error(
                Place(file, number, title),
                N_("This column is there twice."),
                N_("Keep one of them."),
            )
        else:
            places[column] = index
            if title != column:
                findings.warn(
                    Place(file, number, title),
                    N_("The column should be written {column}; it was accepted."),
                    N_("Other programs are stricter: correct the header some time."),
                    column=column,
                    cause=(file, "header"),
                )
    return places


def _folded(title: str) -> str:
    return title.casefold().replace(" ", "").replace("_", "")


def _tell_strangers(place: Place, header: list[str], shape: Shape, findings: Findings) -> None:
    known = {_folded(column) for column in shape.columns}
    strangers = [title for title in header if title and _folded(title) not in known]
    if strangers:
        findings.warn(
            place,
            N_("These columns are not known and were not read: {strangers}."),
            N_("The columns of this table are: {columns}."),
            strangers=", ".join(strangers)[:200],
            columns=", ".join(shape.columns),
        )


def _has_required(table: Table, shape: Shape, header: list[str], findings: Findings) -> bool:
    missing = [column for column in shape.required if column not in table.present]
    if missing:
        findings.error(
            Place(table.file, table.header_row),
            N_("The header lacks: {missing}. It has: {header}."),
            OWN_HEADER if shape.only_known else FOREIGN_HEADER,
            columns=", ".join(shape.columns),
            missing=", ".join(missing),
            header=", ".join(title for title in header if title)[:200],
        )
    return not missing


def _torn(file: str, rows: list[tuple[int, list[str]]], width: int, findings: Findings) -> set[int]:
    torn = set()
    for number, cells in rows:
        if len(cells) > width and any(cells[width:]):
            torn.add(number)
            findings.error(
                Place(file, number),
                N_("The row has {cells} cells, the header {width}."),
                N_("Put a value that contains the separator in quotation marks."),
                cells=len(cells),
                width=width,
                cause=(file, "width"),
            )
    return torn


def _rows(
    rows: list[tuple[int, list[str]]], shape: Shape, places: dict[str, int]
) -> Iterator[tuple[int, Cells]]:
    indexes = [(column, places.get(column, -1)) for column in shape.columns]
    for number, cells in rows:
        count = len(cells)
        yield number, {column: cells[i] if 0 <= i < count else "" for column, i in indexes}


def check_twice(table: Table, key: tuple[str, ...], findings: Findings) -> None:
    """Find two rows with one key: equal ones are a warning, different ones an error."""
    values = list(
        zip(*([cells[column] for _number, cells in table.rows] for column in key), strict=True)
    )
    doubled = {value for value, count in Counter(values).items() if count > 1 and all(value)}
    first: dict[tuple[str, ...], tuple[int, Cells]] = {}
    for number, cells in table.rows if doubled else ():
        value = tuple(cells[column] for column in key)
        if value not in doubled:
            continue
        if value not in first:
            first[value] = (number, cells)
            continue
        place = table.place(number, key[-1], value[-1])
        if cells == first[value][1]:
            findings.warn(
                place,
                N_("The same row stands in row {first} already; it was read once."),
                N_("Delete one of them."),
                first=first[value][0],
            )
        else:
            findings.error(
                place,
                N_("Row {first} says something else of the same id."),
                N_("Keep the right row and delete the other."),
                first=first[value][0],
            )
