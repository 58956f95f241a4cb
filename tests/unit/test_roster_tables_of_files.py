"""How bytes become rows: letters, separators, sheets, headers, and what is told about them."""

import io
from datetime import datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from jetkiz.errors import JetkizError
from jetkiz.roster.reading.books import read_book
from jetkiz.roster.reading.checked_rows import KnownIds, checked_rows
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.raw_tables import RawTable, read_csv, tidy
from jetkiz.roster.reading.sources import read_sources
from jetkiz.roster.reading.tables import Shape, check_twice, shape_table
from tests.rosters import said, workbook, write_folder, write_zip

WRITTEN = datetime(2026, 1, 26, 5, 0)  # noqa: DTZ001 - a spreadsheet knows no zone
SHAPE = Shape("people", ("id", "familyName"), ("grade",), only_known=True)


def rows_of(content: bytes) -> tuple[list[list[str]], list[str]]:
    findings = Findings()
    table = read_csv("people.csv", content, findings)
    return [cells for _number, cells in table.rows], said(findings)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_found(separator: str) -> None:
    content = separator.join(["id", "name"]) + "\n" + separator.join(["1", "Әли"])
    assert rows_of(content.encode()) == ([["id", "name"], ["1", "Әли"]], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_at_the_beginning_do_not_hurt(encoding: str) -> None:
    rows, words = rows_of("id;name\r\n1;Қайрат\r\n".encode(encoding))
    assert (rows, words) == ([["id", "name"], ["1", "Қайрат"]], [])


def test_russian_windows_letters_are_found_and_shown() -> None:
    rows, words = rows_of("id;name\n1;Щербакова Юлия\n".encode("cp1251"))
    assert rows[1] == ["1", "Щербакова Юлия"]
    assert len(words) == 1
    assert "cp1251" in words[0]
    assert "Щербакова Юлия" in words[0]
    assert "row 2" in words[0]


def test_kazakh_windows_letters_are_told_from_russian_ones() -> None:
    rows, words = rows_of("id;name\n1;Жақсыбекова Гүлмира Әбілқызы\n".encode("kz1048"))
    assert rows[1][1] == "Жақсыбекова Гүлмира Әбілқызы"
    assert "KZ-1048" in words[0]


def test_letters_that_excel_replaced_are_pointed_out() -> None:
    _rows, words = rows_of("id;name\n1;Жа?сыбекова Юлия\n".encode("cp1251"))
    assert any("Letters were lost" in line and "Жа?сыбекова" in line for line in words)


def test_stray_blanks_go() -> None:
    assert tidy(" \u00a0Алма\u200b  ты ") == "Алма ты"
    assert rows_of(b"\xef\xbb\xbf id , name \n\n 1 ,  x\xc2\xa0y \n,\n")[0] == [
        ["id", "name"],
        ["1", "x y"],
    ]


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    table = read_csv("a.csv", b"id\n\n1\n\n\n2\n", Findings())
    assert [number for number, _cells in table.rows] == [1, 3, 6]


def test_a_picture_is_no_table() -> None:
    rows, words = rows_of(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    assert rows == []
    assert "no table of text" in words[-1]


def test_an_open_quotation_mark_is_found() -> None:
    rows, words = rows_of(b'id,name\n1,"' + b"x" * 200_000)
    assert rows == []
    assert "quotation mark" in words[0]


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_words(content: bytes) -> None:
    findings = Findings()
    table = read_csv("a.csv", content, findings)
    assert table.is_readable or findings.stops
    assert all(said(findings))


def book(*sheets: tuple[str, list[list[object]]], number_format: str = "") -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in sheet[sheet.max_row] if number_format else ():
            cell.number_format = number_format
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_cells_of_a_workbook_become_text() -> None:
    row = ["a ", 8, 2.5, 8.0, True, WRITTEN, None, "=1+1"]
    tables = read_book("b.xlsx", book(("students", [["h"] * 8, row])), Findings())
    assert tables[0].file == "b.xlsx › students"
    assert tables[0].rows[1] == (2, ["a", "8", "2.5", "8", "true", "2026-01-26", "", "=1+1"])


def test_zeros_that_only_the_format_shows_are_kept() -> None:
    content = book(("s", [["index6"], [11908]]), number_format="000000")
    assert read_book("b.xlsx", content, Findings())[0].rows[1] == (2, ["011908"])


def test_a_date_without_time_stays_a_date() -> None:
    tables = read_book("b.xlsx", book(("s", [["d"], [time(5, 0)]])), Findings())
    assert tables[0].rows[1] == (2, ["05:00:00"])


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04rest", b"no zip"])
def test_a_damaged_workbook_is_one_message(content: bytes) -> None:
    findings = Findings()
    assert read_book("b.xlsx", content, findings) == []
    assert len(said(findings)) == 1
    assert "cannot be opened" in said(findings)[0]


def test_a_workbook_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jetkiz.roster.reading.books.LARGEST", 10)
    findings = Findings()
    assert read_book("b.xlsx", book(("s", [["a"]])), findings) == []
    assert "larger than" in said(findings)[0]


@given(st.data())
def test_a_mutated_workbook_never_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray(GOOD_BOOK)
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    findings = Findings()
    tables = read_book("b.xlsx", bytes(content), findings)
    assert tables or findings.stops


GOOD_BOOK = book(("students", [["student_id", "grade"], ["u1", 8], ["u2", 9]]))


def shaped(text: str) -> tuple[list[dict[str, str]], list[str], bool]:
    findings = Findings()
    raw = read_csv("people.csv", text.encode(), findings)
    table = shape_table(raw, SHAPE, findings)
    check_twice(table, ("id",), findings)
    return [cells for _number, cells in table.rows], said(findings), table.is_usable


def test_headers_in_any_order() -> None:
    rows, words, usable = shaped("grade,familyName,id\n8,A,1\n")
    assert rows == [{"id": "1", "familyName": "A", "grade": "8"}]
    assert (words, usable) == ([], True)


def test_headers_in_other_letters_are_accepted_with_one_word() -> None:
    rows, words, usable = shaped("ID,family name,Grade\n1,A,8\n")
    assert usable
    assert rows[0]["familyName"] == "A"
    assert len(words) == 1
    assert "should be written id" in words[0]


def test_a_missing_column_is_one_message() -> None:
    _rows, words, usable = shaped("id,grade\n" + "1,8\n" * 600)
    assert not usable
    assert [line for line in words if "lacks" in line] == [
        (
            "people.csv, row 1: The header lacks: familyName. It has: id, grade. "
            "The columns of this table are: id, familyName, grade. "
            "An empty workbook with this header is made by: jetkiz roster template."
        )
    ]


def test_strangers_and_doubles_in_the_header() -> None:
    _rows, words, _usable = shaped("id,familyName,id,shoe\n1,A,1,44\n")
    assert any("there twice" in line for line in words)
    assert any("not known and were not read: shoe" in line for line in words)


def test_too_many_cells_are_a_separator_in_a_value() -> None:
    _rows, words, _usable = shaped("id,familyName\n1,A,B\n2,C,D\n3,E\n4,F,,\n")
    assert words == [
        (
            "people.csv, row 2: The row has 3 cells, the header 2. "
            "Put a value that contains the separator in quotation marks. (1 more row: 3)"
        )
    ]


def test_a_torn_row_is_not_read_but_its_id_counts() -> None:
    findings = Findings()
    table = shape_table(
        read_csv("people.csv", b"id,familyName\n1,A,B\n2,C\n", findings), SHAPE, findings
    )
    known = KnownIds(findings)
    known.learn("person", table, "id")
    assert known.has("person", "1")
    assert [row["id"] for row in checked_rows(table, ("id",), findings)] == ["2"]


def test_an_unreadable_table_is_not_called_empty() -> None:
    findings = Findings()
    assert not shape_table(RawTable("p.csv", "p", [], is_readable=False), SHAPE, findings).is_usable
    assert said(findings) == []


def test_an_empty_table_is_said() -> None:
    findings = Findings()
    table = shape_table(RawTable("people.csv", "people", []), SHAPE, findings)
    assert not table.is_usable
    assert "is empty" in said(findings)[0]


def test_the_same_row_twice_and_two_truths() -> None:
    _rows, words, _usable = shaped("id,familyName\n1,A\n1,A\n2,B\n2,C\n,D\n,E\n")
    assert any("row 3" in line and "already" in line for line in words)
    assert any("row 5" in line and "Row 4 says something else" in line for line in words)
    assert len(words) == 2


def test_sources_are_folders_zips_books_and_single_files(tmp_path: Path) -> None:
    files = workbook()
    folder = write_folder(tmp_path / "folder", {**files, "~$x.xlsx": "lock", "readme.md": "x"})
    plain = write_zip(tmp_path / "plain.zip", files)
    nested = write_zip(tmp_path / "nested.zip", {**files, "__MACOSX/x.csv": "x"}, "export/")
    assert set(read_sources(folder).files) == set(files)
    assert read_sources(folder).sha256 == read_sources(plain).sha256
    assert set(files) <= set(read_sources(nested).files)
    assert list(read_sources(folder / "students.csv").files) == ["students.csv"]
    (tmp_path / "book.xlsx").write_bytes(GOOD_BOOK)
    assert list(read_sources(tmp_path / "book.xlsx").files) == ["book.xlsx"]
    (tmp_path / "book").write_bytes(GOOD_BOOK)
    assert list(read_sources(tmp_path / "book").files) == ["book"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.zip", b"PK\x03\x04 damaged", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0 old", "old kind"),
        ("locked", b"PK", "damaged"),
    ],
)
def test_files_that_cannot_be_read_are_sentences(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(JetkizError, match=words):
        read_sources(tmp_path / name)


def test_what_is_not_there_or_empty_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="no file or folder"):
        read_sources(tmp_path / "nothing.zip")
    with pytest.raises(JetkizError, match="holds no table"):
        read_sources(tmp_path)
    with pytest.raises(JetkizError, match="holds no table"):
        read_sources(write_zip(tmp_path / "empty.zip", {"readme.md": "x"}))
    with pytest.raises(JetkizError, match="cannot be read"):
        read_sources(tmp_path / ("x" * 300))


def test_a_film_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jetkiz.roster.reading.sources.LARGEST", 5)
    (tmp_path / "film.csv").write_bytes(b"x" * 10)
    with pytest.raises(JetkizError, match="holds more than"):
        read_sources(tmp_path / "film.csv")
    with pytest.raises(JetkizError, match="holds more than"):
        read_sources(tmp_path)
