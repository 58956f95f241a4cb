"""What stands in an XLSX workbook: every sheet as rows of text, dates and zeros kept."""

import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import SHOWN_ROWS, Findings, Place
from jetkiz.roster.reading.raw_tables import RawTable, tidy
from jetkiz.roster.reading.sources import LARGEST

# More columns than any sheet of ours: a stray cell far to the right costs no memory.
WIDEST = 200
LONGEST = 1_000_000

_MERGED: Final = re.compile(rb"<mergeCell ")
# A formula that was computed has a result beside it; an empty text is one (t="str").
_UNCOMPUTED: Final = re.compile(
    rb"""<c\s(?![^>]*t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)

# openpyxl has no error of its own for a damaged workbook: what is raised depends on the byte.
DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    EOFError,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_book(file: str, content: bytes, findings: Findings) -> list[RawTable]:
    """Return the sheets of a workbook; an unreadable one is a finding."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            sheets = _sheet_files(archive) if size <= LARGEST else None
        if sheets is not None:
            return _read(file, content, sheets, findings)
    except DAMAGED as error:
        findings.error(
            Place(file),
            N_("The workbook cannot be opened: {reason}."),
            N_("Open it in a spreadsheet program and save it again as XLSX."),
            reason=f"{type(error).__name__} {error}".strip()[:100],
        )
        return []
    findings.error(
        Place(file),
        N_("Unpacked, this workbook is larger than {limit} MB."),
        N_("Delete sheets and pictures that do not belong to the roster."),
        limit=LARGEST // 1024 // 1024,
    )
    return []


def _read(file: str, content: bytes, sheets: list[bytes], findings: Findings) -> list[RawTable]:
    if any(_MERGED.search(sheet) for sheet in sheets):
        _tell_merged(file, content, findings)
    tables = _tables(file, content)
    if any(_UNCOMPUTED.search(sheet) for sheet in sheets):
        _show_formulas(tables, content)
    return tables


def _sheet_files(archive: zipfile.ZipFile) -> list[bytes]:
    """Return the sheets as they are written, so that only odd workbooks are opened twice."""
    names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    return [archive.read(name) for name in names]


@contextmanager
def _opened(content: bytes, **how: bool) -> Iterator[Any]:
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s that other commands never pay

    with warnings.catch_warnings():
        # openpyxl warns about drop-down lists and colours, which mean nothing here.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), **how)
        try:
            yield book
        finally:
            book.close()


def _tables(file: str, content: bytes) -> list[RawTable]:
    with _opened(content, read_only=True, data_only=True) as book:
        return [
            RawTable(f"{file} › {sheet.title}", sheet.title, _rows(sheet))
            for sheet in book.worksheets
        ]


def _show_formulas(tables: list[RawTable], content: bytes) -> None:
    """Put a formula where its result is missing: the file was never computed and saved."""
    with _opened(content, read_only=True) as book:
        for table, sheet in zip(tables, book.worksheets, strict=True):
            _show_formulas_of(table, sheet)


def _show_formulas_of(table: RawTable, sheet: Any) -> None:
    known = dict(table.rows)
    for number, row in enumerate(_cells(sheet), start=1):
        texts = known.get(number) or [""] * len(row)
        formulas = [
            str(cell.value) if not text and cell.data_type == "f" else text
            for cell, text in zip(row, texts, strict=True)
        ]
        if formulas != texts:
            known[number] = formulas
    table.rows[:] = sorted(known.items())


def _tell_merged(file: str, content: bytes, findings: Findings) -> None:
    """A merged cell below the header is one household for four students, or nothing for three."""
    with _opened(content) as book:
        for sheet in book.worksheets:
            merged = sorted(str(area) for area in sheet.merged_cells.ranges if area.min_row > 1)
            if merged:
                findings.warn(
                    Place(f"{file} › {sheet.title}"),
                    N_("Cells are merged; all but the first of them count as empty: {cells}."),
                    N_("Take them apart in the spreadsheet program and fill every cell."),
                    cells=", ".join(merged[:SHOWN_ROWS]) + (", …" if merged[SHOWN_ROWS:] else ""),
                )


def _cells(sheet: Any) -> Iterator[Any]:
    return iter(
        sheet.iter_rows(
            max_col=min(sheet.max_column or WIDEST, WIDEST),
            max_row=min(sheet.max_row or LONGEST, LONGEST),
        )
    )


def _rows(sheet: Any) -> list[tuple[int, list[str]]]:
    rows = []
    for number, row in enumerate(_cells(sheet), start=1):
        texts = [_text(cell) for cell in row]
        if any(texts):
            rows.append((number, texts))
    return rows


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else tidy(str(value))


def _number(value: float, number_format: str) -> str:
    """A whole number without its ".0"; zeros that only the cell's format shows are kept."""
    if not math.isfinite(value):
        return str(value)
    text = str(int(value)) if value == int(value) else str(value)
    width = len(number_format) if number_format.strip("0") == "" else 0
    return text.zfill(width) if width else text
