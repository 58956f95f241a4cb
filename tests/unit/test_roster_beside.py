"""Which tables lie in a folder, zip or book: twice, misspelled, inside others, left unread."""

from pathlib import Path

import pytest

from jetkiz.errors import JetkizError
from jetkiz.roster.incoming import Kind
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.kinds import check_unread, find_kind, read_tables
from jetkiz.roster.reading.sources import SourceFiles, read_sources
from tests.rosters import (
    book_of,
    one_roster,
    said,
    sheets,
    source_of,
    workbook,
    write_folder,
    write_zip,
)


def tables_of(source: SourceFiles) -> tuple[Findings, Kind]:
    findings = Findings()
    tables = read_tables(source, findings)
    kind = find_kind(source, tables)
    check_unread(kind, source, tables, findings)
    return findings, kind


def test_one_table_twice_is_refused_and_both_places_are_named(tmp_path: Path) -> None:
    files = {f"{half}/{name}": text for half in "ab" for name, text in one_roster().items()}
    findings, _kind = tables_of(read_sources(write_zip(tmp_path / "twice.zip", files)))
    assert findings.stops
    (line,) = said(findings)
    assert "b/manifest.csv: This table is there twice; the other one is manifest.csv" in line
    findings, _kind = tables_of(source_of({**workbook(), "students.txt": "student_id\nu1\n"}))
    assert ["students.txt: This table is there twice" in line for line in said(findings)] == [True]


def test_a_sheet_and_a_file_of_one_name_are_refused() -> None:
    findings, _kind = tables_of(source_of({**workbook(), **book_of(sheets())}))
    assert findings.stops
    assert any("the other one is" in line for line in said(findings))


def test_our_sheets_beside_a_foreign_roster_are_named() -> None:
    findings, kind = tables_of(source_of({**one_roster(), **workbook()}))
    assert kind is Kind.ONE_ROSTER
    (line,) = said(findings)
    assert "access.csv, guardians.csv, households.csv, school.csv, students.csv" in line
    assert not findings.stops


def test_a_misspelled_sheet_is_named() -> None:
    files = workbook()
    files["guardian.csv"] = files.pop("guardians.csv")
    findings, kind = tables_of(source_of(files))
    assert kind is Kind.WORKBOOK
    (line,) = said(findings)
    assert "were not read: guardian.csv" in line
    assert "school, students, households, guardians, teachers, access" in line


def test_an_empty_sheet_of_the_spreadsheet_program_is_no_news() -> None:
    findings, _kind = tables_of(source_of(book_of({**sheets(), "Лист1": []})))
    assert said(findings) == []


@pytest.mark.parametrize("inner", ["export.zip", "export.rar", "old/export.7z"])
def test_an_archive_inside_an_archive_is_named(tmp_path: Path, inner: str) -> None:
    with pytest.raises(JetkizError) as refused:
        read_sources(write_zip(tmp_path / "outer.zip", {inner: b"PK"}))
    assert inner in str(refused.value)
    assert "Take it out first" in str(refused.value)


def test_folders_inside_a_folder_are_named(tmp_path: Path) -> None:
    write_folder(tmp_path / "outer" / "export", one_roster())
    (tmp_path / "outer" / "photos").mkdir()
    with pytest.raises(JetkizError, match="but this: export") as refused:
        read_sources(tmp_path / "outer")
    assert "photos" not in str(refused.value)
    write_zip(tmp_path / "outer" / "export.zip", one_roster())
    with pytest.raises(JetkizError, match=r"export.zip, export"):
        read_sources(tmp_path / "outer")


def test_what_lies_beside_the_tables_unread_is_said(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "all", workbook())
    write_zip(folder / "roster.zip", one_roster())
    write_zip(folder / "~$roster.zip", one_roster())
    findings, _kind = tables_of(read_sources(folder))
    (line,) = said(findings)
    assert "Archives and folders inside were not read: roster.zip." in line
    assert not findings.stops


def test_a_letter_is_no_roster(tmp_path: Path) -> None:
    letter = write_zip(tmp_path / "letter.docx", {"[Content_Types].xml": "<x/>", "a.xml": "<x/>"})
    findings = Findings()
    assert read_tables(read_sources(letter), findings) == {}
    (line,) = said(findings)
    assert line.startswith("letter.docx: The workbook cannot be opened")


def test_the_same_workbook_is_the_same_under_another_name(tmp_path: Path) -> None:
    """A file name without ending, as a mail program may give it."""
    (name,) = book_of(sheets())
    content = book_of(sheets())[name]
    (tmp_path / "attachment").write_bytes(content)  # type: ignore[arg-type]
    findings = Findings()
    tables = read_tables(read_sources(tmp_path / "attachment"), findings)
    assert set(tables) == {"school", "students", "households", "guardians", "teachers", "access"}
