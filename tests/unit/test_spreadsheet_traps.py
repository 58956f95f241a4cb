"""What Excel, a hurried secretary and a half export do to a roster, and the words about it."""

import io
import re
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from jetkiz.roster.incoming import Subject
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.cells import CellError
from tests.rosters import (
    STUDENTS,
    book_of,
    one_roster,
    read,
    said,
    sheets,
    students,
    swap,
    workbook,
)


def test_the_good_workbook_is_good_as_xlsx_too() -> None:
    incoming, findings = read(book_of(sheets()))
    assert said(findings) == []
    assert incoming.records == read(workbook())[0].records


@pytest.mark.parametrize(
    ("sheet", "column", "words"),
    [
        ("students", "class", "row 2, column class, value «2026-01-08»"),
        ("households", "house", "row 2, column house, value «2026-01-08»"),
    ],
)
def test_a_class_or_house_that_became_a_date_is_refused(
    sheet: str, column: str, words: str
) -> None:
    changed = sheets()
    place = changed[sheet][0].index(column)
    for row in changed[sheet][1:]:
        row[place] = date(2026, 1, 8)
    _incoming, findings = read(book_of(changed))
    (line,) = said(findings)
    assert words in line
    assert "made a date of this" in line
    assert findings.stops


DATES = ["2026-01-08", "08.01.2026", "8.01.26", "8-Jan", "08.янв", "8 мая", "Jan-08", "янв.08"]
NO_DATES = ["8-1", "8/1", "12/1", "12", "12А", "5а/2", "8 А", "1 «Б»", "8.1", "10 корпус 2", "Май"]


@pytest.mark.parametrize("text", DATES)
def test_dates_of_every_language_are_known(text: str) -> None:
    with pytest.raises(CellError, match="made a date"):
        cells.no_day(text)


@pytest.mark.parametrize("text", NO_DATES)
def test_houses_and_classes_are_no_dates(text: str) -> None:
    assert cells.no_day(text) == text


def test_a_homeroom_that_became_a_date_is_refused_and_a_subject_is_not() -> None:
    _incoming, findings = read(swap(one_roster(), "classes.csv", "8А каз", "08.янв"))
    assert ["made a date" in line for line in said(findings)] == [True]
    _incoming, findings = read(swap(one_roster(), "classes.csv", "Algebra", "08.янв"))
    assert said(findings) == []


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#Н/Д", "#ЗНАЧ!", "=VLOOKUP(A2,B:C,2)"])
def test_an_error_of_the_spreadsheet_is_no_name(text: str) -> None:
    files = swap(workbook(), "students.csv", "Family3,", f'"{text}",', 1)
    files = swap(files, "students.csv", "Family4,", f'"{text}",', 1)
    _incoming, findings = read(files)
    (line,) = said(findings)
    assert f"row 4, column family_name, value «{text}»: This is a formula without a result" in line
    assert "1 more row: 5" in line
    assert findings.stops


def test_formulas_that_nobody_computed_are_pointed_out() -> None:
    changed = sheets()
    for row in changed["students"][1:4]:
        row[1] = '=CONCATENATE("Fam","ily")'
    _incoming, findings = read(book_of(changed))
    (line,) = said(findings)
    assert "book.xlsx › students, row 2, column family_name" in line
    assert "«=CONCATENATE" in line
    assert "2 more rows: 3, 4" in line


def test_a_formula_with_a_result_is_its_result() -> None:
    (name,) = book_of(sheets())
    content = _with_computed_cell(book_of(sheets())[name])  # type: ignore[arg-type]
    incoming, findings = read({name: content})
    assert said(findings) == []
    assert students(incoming)["u1"]["family_name"] == "Computed"


def _with_computed_cell(content: bytes) -> bytes:
    """Put a formula with its saved result into B2 of the sheet students, as Excel does."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                computed = b'<c r="B2" t="str"><f>A1</f><v>Computed</v></c>'
                empty = b'<c r="H2" t="str"><f>IF(1,"","")</f><v></v></c>'
                data, count = re.subn(rb'<c r="B2".*?</c>', computed, data)
                assert count == 1
                data, count = re.subn(
                    rb'(<c r="G2".*?</c>)(<c r="H2"[^>]*/>)?', rb"\1" + empty, data
                )
                assert count == 1
            new.writestr(name, data)
    return out.getvalue()


def test_merged_cells_are_pointed_out_with_their_place() -> None:
    def merge(book: Workbook) -> None:
        book["students"].merge_cells("G2:G5")
        book["school"].merge_cells("A1:B1")  # a header may be beautiful

    _incoming, findings = read(book_of(sheets(), merge))
    assert any("book.xlsx › students: Cells are merged" in line for line in said(findings))
    assert any("G2:G5" in line for line in said(findings))


def test_many_merged_cells_are_one_message() -> None:
    def merge(book: Workbook) -> None:
        for row in range(2, 30, 2):
            book["students"].merge_cells(f"G{row}:G{row + 1}")

    _incoming, findings = read(book_of(sheets(), merge))
    (line,) = [line for line in said(findings) if "merged" in line]
    assert ", …" in line


def test_the_name_of_the_list_above_the_header_is_skipped_with_a_word() -> None:
    changed = sheets()
    changed["students"][:0] = [["Список учеников 2025/26"], []]
    incoming, findings = read(book_of(changed))
    (line,) = said(findings)
    assert "students, row 3: The header stands in this row" in line
    assert len(students(incoming)) == STUDENTS
    assert not findings.stops


def test_rows_below_a_late_header_keep_their_numbers() -> None:
    changed = sheets()
    changed["students"][:0] = [["Список"]]
    changed["students"][5][3] = "VIII"
    _incoming, findings = read(book_of(changed))
    assert any("row 6, column grade, value «VIII»" in line for line in said(findings))


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Код,Фамилия,Имя,Класс,Сынып,Тіл,Үй,Мұқтаждық", "student_id"),
        ("Оқушы коды,Тегі,Аты,Сыныбы,Бөлме,Тілі,Үйі,Қажеті", "student_id"),
    ],
)
def test_a_header_in_another_language_is_one_message_with_the_right_columns(
    header: str, missing: str
) -> None:
    files = workbook()
    files["students.csv"] = "\n".join([header, *files["students.csv"].splitlines()[1:]])
    _incoming, findings = read(files)
    (line,) = said(findings)
    assert f"The header lacks: {missing}" in line
    assert header.split(",", maxsplit=1)[0] in line
    assert "household_id" in line
    assert "jetkiz roster template" in line


def test_foreign_files_are_not_told_about_our_template() -> None:
    _incoming, findings = read(swap(one_roster(), "users.csv", "role,givenName", "rolle,givenName"))
    (line,) = said(findings)
    assert "jetkiz roster template" not in line
    assert "export the table again" in line


def test_strangers_in_the_header_are_named_together() -> None:
    files = workbook()
    rows = files["students.csv"].splitlines()
    files["students.csv"] = "\n".join(
        [rows[0] + ",shoe,hat", *(row + ",44,58" for row in rows[1:])]
    )
    _incoming, findings = read(files)
    (line,) = said(findings)
    assert "row 1: These columns are not known and were not read: shoe, hat." in line
    assert not findings.stops


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_the_line_that_tells_excel_the_separator_is_no_header(first: str) -> None:
    files = {name: f"{first}\r\n{text.replace(',', ';')}" for name, text in workbook().items()}
    incoming, findings = read(files)
    assert said(findings) == []
    assert len(students(incoming)) == STUDENTS
    files["students.csv"] = files["students.csv"].replace(";8;", ";VIII;", 1)
    assert "students.csv, row 2, column grade" in said(read(files)[1])[0]


TRUTHS = {
    True: ["TRUE", "true", "1", "yes", "ИСТИНА", "да", "иә", "АҚИҚАТ"],
    False: ["FALSE", "false", "0", "no", "ЛОЖЬ", "Нет", "жоқ", "ЖАЛҒАН"],
}


@pytest.mark.parametrize(("value", "text"), [(v, t) for v, texts in TRUTHS.items() for t in texts])
def test_excel_writes_truth_in_the_language_of_windows(value: bool, text: str) -> None:
    assert cells.truth(text) is value
    if not value:
        incoming, findings = read(swap(one_roster(), "users.csv", "u5,true", f"u5,{text}"))
        assert said(findings) == []
        assert students(incoming)["u5"]["active"] is False


@pytest.mark.parametrize(
    "text",
    [
        "+77011234567",
        "77011234567",
        "87011234567",
        "7011234567",
        "8 701 123 45 67",
        "8(701)123-45-67",
        "8 (701) 123–45–67",
        "+7 701 123‑45‑67",
        "+7.701.123.45.67",
        " 8 701 1234567 ".strip(),
    ],
)
def test_a_telephone_is_written_in_many_ways(text: str) -> None:
    assert cells.phone(text) == "+77011234567"


@pytest.mark.parametrize(
    "text",
    ["8,7011E+10", "8.7011E+10", "54-00-00", "87011234567 мама", "нет", "0", "+7", "8701123456"],
)
def test_what_excel_made_of_a_telephone_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CellError) as wrong:
        cells.phone(text)
    assert "+7 701 123 45 67" in wrong.value.remedy


@given(st.from_regex(r"7[0-9]{9}", fullmatch=True), st.sampled_from(["+7", "8", "7", ""]))
def test_a_telephone_read_twice_is_the_same(digits: str, prefix: str) -> None:
    once = cells.phone(prefix + digits)
    assert once == "+7" + digits
    assert cells.phone(once) == once


def test_an_answer_of_the_future_is_refused() -> None:
    _incoming, findings = read(swap(workbook(), "access.csv", "2026-01-10", "2062-01-10"))
    (line,) = said(findings)
    assert "column asked_on, value «2062-01-10»: This day has not come yet" in line
    assert "today is 2026-01-20" in line
    assert findings.stops
    _incoming, findings = read(swap(workbook(), "access.csv", "2026-01-10", "2026-01-20"))
    assert said(findings) == []


@pytest.mark.parametrize("zeros", [1, 3])
def test_zeros_lost_in_every_reference_are_one_message(zeros: int) -> None:
    def padded(match: re.Match[str]) -> str:
        return f"{match[1]}{'0' * zeros}{int(match[2])}"

    files = one_roster()
    files["users.csv"] = re.sub(r"(^|\n)u(\d+)", padded, files["users.csv"])
    files["enrollments.csv"] = re.sub(r"(,)u(\d+)", r"\g<1>\g<2>", files["enrollments.csv"])
    _incoming, findings = read(files)
    (line,) = said(findings)
    assert f"Leading zeros were lost: {'0' * zeros}1 is meant" in line or "zeros were lost" in line
    assert f"({2 * STUDENTS - 1} more rows" in line


def test_one_cause_that_breaks_600_rows_is_one_message() -> None:
    rows = [f"u{n},Family{n},Given{n},8,8А,kk,h9999," for n in range(600)]
    header = workbook()["students.csv"].splitlines()[0]
    _incoming, findings = read({**workbook(), "students.csv": "\n".join([header, *rows])})
    (line,) = said(findings)
    assert "value «h9999»: households.csv has no such id" in line
    assert "(599 more rows: 3, 4, 5, 6, 7, …)" in line


def test_trailing_rows_of_blanks_are_no_rows() -> None:
    changed = sheets()
    changed["students"] += [["", " ", None, "\u00a0"]] * 300
    incoming, findings = read(book_of(changed))
    assert said(findings) == []
    assert len(incoming[Subject.STUDENT]) == STUDENTS


def test_numbers_and_truths_of_cells_are_read_as_they_look() -> None:
    changed = sheets()
    changed["students"][0].append("active")
    for row in changed["students"][1:]:
        row[3] = 8.0
        row.append(True)
    incoming, findings = read(book_of(changed))
    assert said(findings) == []
    assert {values["grade"] for values in students(incoming).values()} == {8}
    assert {values["active"] for values in students(incoming).values()} == {True}
