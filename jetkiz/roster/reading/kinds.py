"""Which kind of roster lies there: told by the names of its tables and their headers."""

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.incoming import Kind
from jetkiz.roster.reading.books import read_book
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.own_workbook import SHEETS
from jetkiz.roster.reading.raw_tables import RawTable, read_csv
from jetkiz.roster.reading.sources import BOOK_ENDINGS, SourceFiles
from jetkiz.roster.reading.tables import Shape, shape_table

KIND_NAMES = {
    Kind.ONE_ROSTER: "OneRoster 1.1",
    Kind.SDS: "School Data Sync 2.1",
    Kind.FIRST_SDS: "School Data Sync 1",
    Kind.WORKBOOK: N_("workbook of Jetkiz"),
}


def read_tables(source: SourceFiles, findings: Findings) -> dict[str, RawTable]:
    """Return every table of the files by its name in small letters."""
    tables: dict[str, RawTable] = {}
    for name, content in source.files.items():
        if name.lower().endswith(BOOK_ENDINGS) or content.startswith(b"PK"):
            found = read_book(name, content, findings)
        else:
            found = [read_csv(name, content, findings)]
        for table in found:
            name_of_table = table.name.strip().casefold()
            first = tables.setdefault(name_of_table, table)
            if first is not table:
                findings.error(
                    Place(table.file),
                    N_("This table is there twice; the other one is {first}."),
                    N_("Keep the right one and take the other away."),
                    first=first.file,
                )
    return tables


def check_unread(
    kind: Kind, source: SourceFiles, tables: dict[str, RawTable], findings: Findings
) -> None:
    """Name what lies beside the roster and was not looked at, so that nobody counts on it."""
    ours = {shape.name for shape in SHEETS}
    strangers = [table.file for name, table in tables.items() if name not in ours and table.rows]
    if kind is Kind.WORKBOOK and strangers:
        findings.warn(
            Place(source.name),
            N_("These are none of the workbook's sheets and were not read: {strangers}."),
            N_("If they belong to it, name them as its sheets are named: {sheets}."),
            strangers=", ".join(sorted(strangers)),
            sheets=", ".join(shape.name for shape in SHEETS),
        )
    ours -= {"school"} if kind is Kind.FIRST_SDS else set()
    sheets = [table.file for name, table in tables.items() if name in ours]
    if kind is not Kind.WORKBOOK and sheets:
        findings.warn(
            Place(source.name),
            N_("Sheets of our workbook lie among the files and were not read: {sheets}."),
            N_("Bring them in by themselves, after this roster."),
            sheets=", ".join(sorted(sheets)),
        )
    if source.unread:
        findings.warn(
            Place(source.name),
            N_("Archives and folders inside were not read: {inner}."),
            N_("Bring each of them in by itself if it belongs to the roster."),
            inner=", ".join(source.unread),
        )


def find_kind(source: SourceFiles, tables: dict[str, RawTable]) -> Kind:
    """Tell the kind by content; what is none of them is refused with what was found."""
    names = set(tables)
    if {"section", "student"} & names and "school" in names and "students" not in names:
        return Kind.FIRST_SDS
    if "manifest" in names:
        return Kind.ONE_ROSTER
    if "roles" in names and not _has(tables, "users", "orgSourcedIds"):
        return Kind.SDS
    if _has(tables, "users", "sourcedId") or {"orgs", "enrollments"} <= names:
        return Kind.ONE_ROSTER
    if names & {shape.name for shape in SHEETS}:
        return Kind.WORKBOOK
    raise JetkizError(
        N_("{name} is no roster that is known here. It holds: {found}."),
        N_(
            "Give a OneRoster 1.1 or School Data Sync export, or our workbook with the sheets "
            "{sheets} (jetkiz roster template makes an empty one)."
        ),
        name=source.name,
        found=", ".join(sorted(table.file for table in tables.values())) or "—",
        sheets=", ".join(shape.name for shape in SHEETS),
    )


def organisations(tables: dict[str, RawTable]) -> set[str]:
    """Return every id that may be a school, so that only those are read from the register."""
    found: set[str] = set()
    for name, column in (("orgs", "sourcedId"), ("school", "SIS ID")):
        if name in tables:
            table = shape_table(tables[name], Shape(name, (column,)), Findings())
            found |= {cells[column] for _number, cells in table.rows}
    return found


def _has(tables: dict[str, RawTable], name: str, column: str) -> bool:
    table = tables.get(name)
    if table is None or not table.rows:
        return False
    return column.casefold() in {title.casefold() for title in table.rows[0][1]}
