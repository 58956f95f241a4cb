"""What every list on paper has: a title, lines above the table, columns, rows, places to sign."""

from dataclasses import dataclass

from jetkiz.i18n import translator


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its key in files for programs, and its share of the width."""

    key: str
    heading: str
    width: float


@dataclass(frozen=True, slots=True)
class ListForm:
    """A list as it is drawn and as it is written into a workbook.

    ``name`` stands at its foot, ``tab`` on its sheet of a workbook. ``least_row`` is the height of
    a row in millimetres, with room for a signature; ``signers`` are asked to sign below the table.
    A stamped list also has its number of items there, and places for seal and date-stamp.
    """

    name: str
    tab: str
    title: str
    header: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    signers: tuple[str, ...]
    copies: int = 1
    least_row: float = 0.0
    is_stamped: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns in both languages."""
        return tuple(both(column.heading) for column in self.columns)


def both(text: str) -> str:
    """Return a text in Kazakh and Russian, as forms are printed."""
    return f"{translator('kk')(text)} / {translator('ru')(text)}"
