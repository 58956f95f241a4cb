"""How lists are written for people and programs: PDF, XLSX, CSV and JSON of the same form."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from jetkiz.i18n import N_
from jetkiz.storage.spreadsheets import harmless
from print_packs.post.kazpost_registry import ItemList, form_of
from print_packs.post.list_form import HeadLine, ListForm, both
from print_packs.post.list_pages import draw_forms

LISTS_A_FILE: Final = 20
"""More lists than these go into files of their own, so that no file grows with a run."""

_STAMP: Final = (2000, 1, 1, 0, 0, 0)
_BOLD: Final = Font(bold=True)
_TITLE: Final = Font(bold=True, size=13)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_PLAIN: Final = Alignment(vertical="top")


def list_files(lists: Iterable[ItemList], name: str) -> Iterator[tuple[str, bytes]]:
    """Give the files of lists one after the other, under ``name`` and an ending.

    Lists are taken as they come, twenty at a time and one more, which tells whether others follow.
    From the twenty-first on files are numbered.
    """
    waiting = iter(lists)
    following = next(waiting, None)
    number = 1
    while following:
        forms = [form_of(one) for one in (following, *islice(waiting, LISTS_A_FILE - 1))]
        following = next(waiting, None)
        stem = name if number == 1 and not following else f"{name}-{number}"
        yield from form_files(forms, stem)
        number += 1


def form_files(forms: Sequence[ListForm], stem: str) -> Iterator[tuple[str, bytes]]:
    """Give the four files of some forms."""
    yield f"{stem}.pdf", draw_forms(forms)
    yield f"{stem}.xlsx", workbook_of(forms)
    yield f"{stem}.csv", to_csv(forms)
    yield f"{stem}.json", to_json(forms)


def to_json(forms: Sequence[ListForm]) -> bytes:
    """Return forms for programs; every value is text, so that no zero is lost."""
    data: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "title": one.title,
            "header": {line.key: line.value for line in one.header},
            "rows": [
                dict(zip([column.key for column in one.columns], row, strict=True))
                for row in one.rows
            ],
            "totals": {line.key: line.value for line in one.totals},
        }
        for one in forms
    ]
    return (json.dumps({"lists": data}, ensure_ascii=False, indent=1) + "\n").encode()


def to_csv(forms: Sequence[ListForm]) -> bytes:
    """Return forms for a spreadsheet program of any age: semicolons, and a mark for UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    headings: tuple[str, ...] = ()
    for one in forms:
        if one.headings != headings:
            headings = one.headings
            writer.writerow([both(N_("List number")), *headings])
        for row in one.rows:
            writer.writerow([harmless(cell) for cell in (one.name, *row)])
    return out.getvalue().encode("utf-8-sig")


def workbook_of(forms: Sequence[ListForm]) -> bytes:
    """Return a workbook with a sheet for each form; numbers are numbers, and none calculates."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for one in forms:
        _fill(book.create_sheet(one.tab), one)
    out = io.BytesIO()
    book.save(out)
    _let_go(book)
    return _without_clock(out.getvalue())


def _let_go(book: Workbook) -> None:
    """Take a workbook that was saved apart: its cells know their sheet, and the sheet its cells.

    Such rings lie in memory until somebody looks for them, the more seldom the more packs there
    are, and so a run of more rows would hold more of its lists.
    """
    for one in (*book.worksheets, book):
        vars(one).clear()


def _fill(sheet: Any, one: ListForm) -> None:
    kinds = [column.is_number for column in one.columns]
    above = [[(one.title, False)], *map(_line, one.header), []]
    lines = [
        *above,
        [(text, False) for text in one.headings],
        *(list(zip(row, kinds, strict=True)) for row in one.rows),
    ]
    head = len(above) + 1
    if one.totals:
        lines += [[], *map(_line, one.totals)]
    for at, line in enumerate(lines, start=1):
        for column, (text, is_number) in enumerate(line, start=1):
            cell = sheet.cell(at, column)
            _write(cell, text, is_number=is_number)
            cell.alignment = _WRAPPED if at > head else _PLAIN
    for column in range(1, len(one.columns) + 1):
        sheet.cell(head, column).font = _BOLD
    sheet.cell(1, 1).font = _TITLE
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    for number, part in enumerate(one.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(part.width * 0.6, 8)


def _line(one: HeadLine) -> list[tuple[str, bool]]:
    return [(one.heading, False), (one.value, one.is_number)]


def _write(cell: Any, text: str, *, is_number: bool) -> None:
    """Put a number as a number, so that it can be added up, and all else as text.

    An empty place for a number stays empty, and takes one when the office types it.
    """
    if is_number and (not text or (text.isascii() and text.isdecimal())):
        cell.value = int(text) if text else None
        cell.number_format = "0"
        return
    cell.value = text
    # Set after the value: otherwise a name that begins with = becomes a formula.
    cell.data_type = "s"
    cell.number_format = "@"


def _without_clock(workbook: bytes) -> bytes:
    """Give every part of a workbook one date: the same list is the same file."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2000-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
