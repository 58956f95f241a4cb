"""What stands in an XLSX workbook: every sheet as rows of text, dates and zeros kept."""

import io
import math
import warnings
import zipfile
import zlib
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.raw_tables import RawTable, tidy
from jetkiz.roster.reading.sources import LARGEST

# More columns than any sheet of ours: a stray cell far to the right costs no memory.
WIDEST = 200
LONGEST = 1_000_000

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
        if size > LARGEST:
            findings.error(
                Place(file),
                N_("Unpacked, this workbook is larger than {limit} MB."),
                N_("Delete sheets and pictures that do not belong to the roster."),
                limit=LARGEST // 1024 // 1024,
            )
            return []
        return _sheets(file, content)
    except DAMAGED as error:
        findings.error(
            Place(file),
            N_("The workbook cannot be opened: {reason}."),
            N_("Open it in a spreadsheet program and save it again as XLSX."),
            reason=f"{type(error).__name__} {error}".strip()[:100],
        )
        return []


def _sheets(file: str, content: bytes) -> list[RawTable]:
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s that other commands never pay

    with warnings.catch_warnings():
        # openpyxl warns about drop-down lists and colours, which mean nothing here.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return [
                RawTable(f"{file} › {sheet.title}", sheet.title, _rows(sheet))
                for sheet in book.worksheets
            ]
        finally:
            book.close()


def _rows(sheet: Any) -> list[tuple[int, list[str]]]:
    rows = []
    cells = sheet.iter_rows(
        max_col=min(sheet.max_column or WIDEST, WIDEST),
        max_row=min(sheet.max_row or LONGEST, LONGEST),
    )
    for number, row in enumerate(cells, start=1):
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
