"""What every list on paper has: a title, lines above the table, columns, rows, places to sign."""

from dataclasses import dataclass

from jetkiz.i18n import translator


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in files for programs, its heading, and its share of the width.

    What is only an estimate of ours stands in files and is not printed. ``is_number`` is true for
    what a workbook may add up; an index or a number of the post is text, and keeps its zeros.
    """

    key: str
    heading: str
    width: float
    is_printed: bool = True
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line above or below the table: its key for programs, and what people read."""

    key: str
    heading: str
    value: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class ListForm:
    """A list as it is drawn and as it is written into files: all formats are made of this one.

    ``kind`` tells programs which list it is; ``name`` stands at its foot, ``tab`` on its sheet of a
    workbook. ``least_row`` is the height of a row in millimetres, with room for a signature;
    ``signers`` are asked to sign below the table.
    A stamped list also has places for seal and date-stamp there.
    """

    name: str
    tab: str
    title: str
    header: tuple[HeadLine, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    signers: tuple[str, ...]
    kind: str = ""
    totals: tuple[HeadLine, ...] = ()
    copies: int = 1
    least_row: float = 0.0
    is_stamped: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns in both languages."""
        return tuple(both(column.heading) for column in self.columns)

    @property
    def printed(self) -> tuple[int, ...]:
        """The places of the columns that are printed."""
        return tuple(n for n, column in enumerate(self.columns) if column.is_printed)


def both(text: str) -> str:
    """Return a text in Kazakh and Russian, as forms are printed; once where both say the same."""
    return " / ".join(dict.fromkeys((translator("kk")(text), translator("ru")(text))))
