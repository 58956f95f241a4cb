"""The timetable as a workbook for people: one sheet a channel, one line an airing."""

from collections.abc import Sequence
from datetime import date, time

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from broadcast.export.rows import ExportRow, printable
from broadcast.export.steady_workbook import workbook_bytes
from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.subjects import subject_words

# Of the workbook, with how wide each is; the codes, which only machines read, stand last.
_HEADS = {
    N_("Date"): 12,
    N_("Begins"): 9,
    N_("Ends"): 9,
    N_("Minutes"): 9,
    N_("Subject"): 24,
    N_("Grades"): 9,
    N_("Title"): 44,
    N_("Language"): 10,
    N_("Number of the airing"): 15,
    N_("Code of the channel"): 15,
    N_("Code of the lesson"): 34,
}
_NOT_IN_TABS = frozenset("[]:*?/\\")
_TAB_LETTERS = 28
_Value = str | int | date | time


def as_workbook(rows: Sequence[ExportRow]) -> bytes:
    """Write a workbook: one sheet a channel, in the channel's language."""
    book = Workbook()
    book.remove(book.worksheets[0])
    channels = {row.channel.id: row.channel for row in rows}
    for channel in (channels[key] for key in sorted(channels)):
        sheet = book.create_sheet(_tab(printable(channel.name)))
        t = translator(channel.languages[0])
        sheet.append([t(head) for head in _HEADS])
        for row in rows:
            if row.channel.id == channel.id:
                sheet.append(_told(row, t))
                for cell in sheet[sheet.max_row]:
                    _dress(cell)
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F0")
            cell.alignment = Alignment(vertical="center")
        for number, width in enumerate(_HEADS.values(), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
        _fit_on_paper(sheet)
    if not book.worksheets:
        book.create_sheet("empty").append(list(_HEADS))
    return workbook_bytes(book)


def _dress(cell: Cell | MergedCell) -> None:
    """Days and hours are such that a program sorts and filters them; words are never calculated."""
    match cell.value:
        case date():
            cell.number_format = "dd.mm.yyyy"
        case time():
            cell.number_format = "hh:mm"
        case str():
            cell.data_type = "s"


def _fit_on_paper(sheet: Worksheet) -> None:
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _tab(name: str) -> str:
    """The program refuses some signs in the name of a sheet, and more than 31 letters."""
    return "".join("-" if c in _NOT_IN_TABS else c for c in name)[:_TAB_LETTERS].strip("'") or "-"


def _cells(row: ExportRow) -> list[_Value]:
    return [
        row.airing.id,
        row.channel.id,
        row.start.date(),
        row.start.time(),
        row.end.time(),
        row.airing.minutes,
        row.lesson.id,
        row.title,
        printable(row.lesson.subject),
        row.grades,
        row.language,
    ]


def _told(row: ExportRow, t: Translator) -> list[_Value]:
    airing, channel, day, start, end, minutes, code, title, subject, grades, language = _cells(row)
    words = t(subject_words(str(subject)))
    return [day, start, end, minutes, words, grades, title, language, airing, channel, code]
