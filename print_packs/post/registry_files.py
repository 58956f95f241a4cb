"""How lists are written for people and programs: XLSX, CSV and JSON from the same rows."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from jetkiz.i18n import N_
from jetkiz.storage.spreadsheets import harmless
from print_packs.post.kazpost_registry import ItemList, form_of, title_of
from print_packs.post.list_form import Column, ListForm, both

ESTIMATE: Final = N_("Estimate, g")
_STAMP: Final = (2000, 1, 1, 0, 0, 0)


def headings(one: ItemList) -> list[str]:
    """Return the headings of a list, as printed, and the estimate that only files carry."""
    return [*form_of(one).headings, both(ESTIMATE)]


def cells(one: ItemList) -> list[list[str]]:
    """Return the rows of a list as text, with the estimate at the end."""
    return [[*row.cells(one.carrier), str(row.est_g)] for row in one.rows]


def to_json(lists: Sequence[ItemList]) -> bytes:
    """Return lists for programs; every value is text, except what is counted."""
    data: list[dict[str, Any]] = [
        {
            "list": one.name,
            "title": title_of(one),
            "day": one.day.isoformat(),
            "sender": {
                "name": one.sender.name,
                "address": list(one.sender.lines),
                "index": one.sender.index,
            },
            "items": len(one.rows),
            "est_g": one.est_g,
            "rows": [
                dict(zip([c.key for c in one.columns], row.cells(one.carrier), strict=True))
                | {"est_g": str(row.est_g)}
                for row in one.rows
            ],
        }
        for one in lists
    ]
    return (json.dumps({"lists": data}, ensure_ascii=False, indent=1) + "\n").encode()


def to_csv(lists: Sequence[ItemList]) -> bytes:
    """Return lists for a spreadsheet program of any age: semicolons, and a mark for UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if lists:
        writer.writerow([both(N_("List number")), *headings(lists[0])])
    for one in lists:
        for row in cells(one):
            writer.writerow([harmless(cell) for cell in (one.name, *row)])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(lists: Sequence[ItemList]) -> bytes:
    """Return a workbook with a sheet for each list; every cell is text."""
    estimate = Column("est_g", ESTIMATE, 20)
    return workbook_of(
        [
            replace(
                form,
                columns=(*form.columns, estimate),
                rows=tuple(map(tuple, cells(one))),
            )
            for one in lists
            for form in [form_of(one)]
        ]
    )


def workbook_of(forms: Sequence[ListForm]) -> bytes:
    """Return a workbook with a sheet for each form, to be filled in by people."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for one in forms:
        _fill(book.create_sheet(one.tab), one)
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _fill(sheet: Any, one: ListForm) -> None:
    lines: list[Sequence[str]] = [(one.title,), *one.header, (), one.headings, *one.rows]
    head = len(lines) - len(one.rows)
    for at, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            cell = sheet.cell(at, column)
            cell.value = text
            # Set after the value: otherwise a name that begins with = becomes a formula.
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=at > head, vertical="top")
    for column in range(1, len(one.columns) + 1):
        sheet.cell(head, column).font = Font(bold=True)
    sheet.cell(1, 1).font = Font(bold=True, size=13)
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    for number, part in enumerate(one.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(part.width * 0.6, 8)


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
