"""Writes the files that must come out the same, byte for byte, on every machine and every year.

Zip members are stored, not deflated, and carry one fixed date: another zlib or another day
would otherwise change the bytes of unchanged content. For the same reason the workbook is
written as plain XML here: a library would stamp today's date and its own version into it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

FIXED_DATE = (2026, 1, 19, 8, 0, 0)
_UNIX = 3
_READABLE = 0o644 << 16

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LETTERS = 26

Cell: TypeAlias = str | int | float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: the header row and the rows under it."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Comma-separated text with the line ends the CSV standard asks for."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def zip_bytes(members: Mapping[str, str]) -> bytes:
    """A zip whose bytes depend on names and content alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.create_system = _UNIX
            info.external_attr = _READABLE
            archive.writestr(info, text.encode("utf-8"))
    return out.getvalue()


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """An XLSX workbook: bold frozen header, column widths, text kept as text."""
    members = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
                ("styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
    }
    for number, sheet in enumerate(sheets, start=1):
        members[f"xl/worksheets/sheet{number}.xml"] = _worksheet(sheet)
    return zip_bytes(members)


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write the file; say whether anything was different."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _content_types(sheet_count: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheet_count + 1)]
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{_SHEET_TYPE}.{kind}+xml"/>'
        for part, kind in parts
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    rows = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    return (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{rows}</sheets></workbook>"
    )


def _styles() -> str:
    plain = '<font><sz val="11"/><name val="Calibri"/></font>'
    bold = '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    fills = '<fill><patternFill patternType="none"/></fill>'
    fills += '<fill><patternFill patternType="gray125"/></fill>'
    zero = 'fillId="0" borderId="0"'
    # format 49 is "text": a six-figure index typed over keeps its leading zero
    formats = f'<xf numFmtId="49" fontId="0" {zero} xfId="0" applyNumberFormat="1"/>'
    formats += f'<xf numFmtId="49" fontId="1" {zero} xfId="0" applyFont="1"/>'
    formats += f'<xf numFmtId="0" fontId="0" {zero} xfId="0"/>'
    return (
        f'{_DECLARATION}<styleSheet xmlns="{_MAIN}"><fonts count="2">{plain}{bold}</fonts>'
        f'<fills count="2">{fills}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" {zero}/></cellStyleXfs>'
        f'<cellXfs count="3">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _worksheet(sheet: Sheet) -> str:
    lines = [sheet.header, *sheet.rows]
    widths = [max(len(str(line[column])) for line in lines) for column in range(len(sheet.header))]
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width + 3}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    rows = "".join(_row(number, line) for number, line in enumerate(lines, start=1))
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>"
    )


def _row(number: int, line: Sequence[Cell]) -> str:
    style = 1 if number == 1 else 0
    cells = "".join(
        _cell(f"{_letters(column)}{number}", value, style)
        for column, value in enumerate(line, start=1)
        if value != ""
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Cell, style: int) -> str:
    if isinstance(value, str):
        text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
        return f'<c r="{place}" s="{style}" t="inlineStr">{text}</c>'
    return f'<c r="{place}" s="2"><v>{value}</v></c>'


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name
