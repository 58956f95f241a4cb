"""The command `jetkiz roster`, as a secretary uses it, and what it refuses."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from jetkiz.roster.reading import cells
from tests.rosters import DEMO, MIT, one_roster, swap, workbook, write_folder
from tests.spoken import Jetkiz


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path / "data", capsys)


def roster(command: Jetkiz, path: Path, *options: str, language: str = "en") -> str:
    return command.run("roster", "import", str(path), "--older", *options, language=language)


def test_the_demo_school_by_command(command: Jetkiz) -> None:
    out = roster(command, DEMO / "roster.zip", "--yes")
    assert "roster.zip was read as: OneRoster 1.1." in out
    assert "Students: 43 added, 0 changed, 0 unchanged" in out
    assert out.endswith("Saved.\n")
    out = roster(command, DEMO / "households.xlsx", "--yes")
    assert "workbook of Jetkiz" in out
    assert "needs — → large_print" in out
    assert "needs — → braille" in out
    ours = out.replace("household student:s-039", "").replace("household student:s-031", "")
    assert "student:s-" not in ours
    shown = command.run("roster", "show")
    assert "43 students in 27 households" in shown
    assert "36 guardians" in shown
    assert "facts of access about 27 households" in shown
    assert "households.xlsx" in shown


def test_a_dry_run_changes_nothing(command: Jetkiz) -> None:
    out = roster(command, DEMO / "roster.zip", "--dry-run")
    assert "43 added" in out
    assert out.endswith("Nothing was changed.\n")
    assert "register is empty" in command.run("roster", "show")


def test_without_consent_nothing_is_saved(command: Jetkiz) -> None:
    err = command.refuses("roster", "import", str(DEMO / "roster.zip"), "--older")
    assert "--yes" in err
    assert "register is empty" in command.run("roster", "show")


def test_the_same_file_twice(command: Jetkiz) -> None:
    roster(command, DEMO / "roster.zip", "--yes")
    out = roster(command, DEMO / "roster.zip", "--yes")
    assert "already imported on" in out
    assert out.endswith("Nothing was changed.\n")


def test_what_the_register_already_holds(command: Jetkiz) -> None:
    roster(command, DEMO / "roster.zip", "--yes")
    roster(command, DEMO / "households.xlsx", "--yes")
    out = roster(command, DEMO / "households_csv", "--yes")
    assert "The file says what the register already holds." in out


def test_last_years_file_is_refused_with_the_remedy(command: Jetkiz) -> None:
    err = command.refuses("roster", "import", str(MIT / "oneroster_1.1_bulk"), "--yes")
    assert "nothing was saved" in err


def test_errors_are_told_in_kazakh(command: Jetkiz, tmp_path: Path) -> None:
    broken = swap(one_roster(), "users.csv", ",08\r", ",VIII\r")
    folder = write_folder(tmp_path / "broken", broken)
    status, out, err = command.ends("roster", "import", str(folder), "--older", language="kk")
    assert status == 1
    assert "Қате: users.csv, 2-жол, grades бағаны, мәні «VIII»" in out
    assert "тағы 29 жол" in out
    assert "ештеңе сақталған жоқ" in err


def test_the_difference_names_old_new_absent_and_kept(command: Jetkiz, tmp_path: Path) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    assert "u5: grade was 8 and is now 7" in command.run(
        "roster", "set", "student", "u5", "grade", "7"
    )
    files = swap(workbook(), "students.csv", "Family1,Given1", "Newname,Given1")
    files = swap(files, "students.csv", "u30,Family30,Given30,8,8А,kk,h15,\r\n", "")
    out = roster(command, write_folder(tmp_path / "2", files), "--dry-run")
    assert "u1 Family1 Given1: family_name Family1 → Newname" in out
    assert "Students: 1 not in the file; they stay as they are: u30 Family30 Given30" in out
    assert "u5 Family5 Given5: grade stays 7: edited by hand by" in out
    assert "(the file says 8)" in out


def test_a_half_file_without_news_still_names_who_is_absent(
    command: Jetkiz, tmp_path: Path
) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    half = workbook()
    half["students.csv"] = "\n".join(half["students.csv"].splitlines()[:21])
    out = roster(command, write_folder(tmp_path / "2", half), "--yes")
    assert "10 of the 30 students of the register are not in the file" in out
    assert "The file says what the register already holds." in out
    assert "10 not in the file; they stay as they are: u21 Family21 Given21, u22" in out
    assert "30 students in 15 households" in command.run("roster", "show")


def test_changes_of_teachers_and_of_the_school_are_told_too(
    command: Jetkiz, tmp_path: Path
) -> None:
    roster(command, write_folder(tmp_path / "1", one_roster()), "--yes")
    files = swap(one_roster(), "users.csv", "Aigul,Teacher", "Aigul,Married")
    files = swap(files, "users.csv", "u5,true", "u5,false")
    files = swap(files, "orgs.csv", "Village school", "School of Aqkol")
    out = roster(command, write_folder(tmp_path / "2", files), "--dry-run")
    assert "  t1 Teacher Aigul: family_name Teacher → Married" in out
    assert "  s1: name Village school → School of Aqkol" in out
    assert "  u5 Family5 Given5: active true → false" in out


def test_what_was_kept_is_told_in_the_words_of_the_file(command: Jetkiz, tmp_path: Path) -> None:
    roster(command, write_folder(tmp_path / "1", one_roster()), "--yes")
    out = command.run("roster", "set", "student", "u1", "active", "нет")
    assert "active was true and is now false" in out
    files = swap(one_roster(), "users.csv", "Given2,", "Dana,")
    out = roster(command, write_folder(tmp_path / "2", files), "--dry-run")
    assert "u1 Family1 Given1: active stays false: edited by hand by" in out
    assert "(the file says true)" in out


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_cannot_be_read_is_not_called_a_workbook(
    command: Jetkiz, tmp_path: Path, language: str
) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4\n\x00\x01")
    status, out, err = command.ends("roster", "import", str(letter), language=language)
    assert status == 1
    assert out.count("letter.pdf") == 1
    assert "Jetkiz" not in out
    assert "letter.pdf" in err


def test_long_differences_are_cut(command: Jetkiz, tmp_path: Path) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    for n in range(1, 15):
        command.run("roster", "set", "household", f"h{n}", "house", "99")
    files = swap(workbook(), "students.csv", "Given", "Other")
    files["students.csv"] = "\n".join(files["students.csv"].splitlines()[:15])
    out = roster(command, write_folder(tmp_path / "2", files), "--dry-run")
    assert "and 2 more changes" in out
    assert "and 2 more values edited by hand" in out
    assert "u23 Family23 Given23" in out
    assert ", …" in out
    assert "16 of the 30 students of the register are not in the file" in out


def test_values_are_cleared_with_a_dash(command: Jetkiz, tmp_path: Path) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    out = command.run("roster", "set", "household", "h1", "phone", "-")
    assert "phone was +77011234501 and is now —" in out


def test_the_template_is_a_workbook_that_can_be_imported(command: Jetkiz, tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    command.run("roster", "template", str(file), language="ru")
    book = load_workbook(file)
    assert book.sheetnames == [
        "school",
        "students",
        "households",
        "guardians",
        "teachers",
        "access",
    ]
    sheet = book["students"]
    assert sheet["A1"].comment.text.startswith("Код ученика")
    assert sheet["A2"].number_format == "@"
    sheet.append(["007", "Ахметова", "Дана", "", 3, "3А", "kk"])
    book["school"].append(["s1", "Ауыл мектебі"])
    book.save(file)
    out = roster(command, file, "--yes")
    assert "Students: 1 added" in out
    assert "007" in command.run("roster", "set", "student", "007", "grade", "4")


def test_an_unfilled_template_is_told_what_to_fill_in(command: Jetkiz, tmp_path: Path) -> None:
    file = tmp_path / "school.xlsx"
    command.run("roster", "template", str(file))
    said = command.refuses("roster", "import", str(file))
    assert "Write school_id and name into the sheet school" in said


def test_a_template_overwrites_nothing(command: Jetkiz, tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_text("mine")
    assert "is there already" in command.refuses("roster", "template", str(file))
    assert file.read_text() == "mine"


def test_a_change_meanwhile_is_noticed(
    command: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    second = write_folder(tmp_path / "2", swap(workbook(), "students.csv", "Given1,", "Dana,", 1))

    def somebody_else(*_args: object, **_facts: object) -> None:
        Jetkiz(command.url, command.folder, command.capsys).run(
            "roster", "set", "student", "u1", "given_name", "Aru"
        )

    monkeypatch.setattr("jetkiz.roster.commands.confirm_or_stop", somebody_else)
    err = command.refuses("roster", "import", str(second), "--older")
    assert "changed by somebody else meanwhile" in err


def test_a_machine_without_a_name(command: Jetkiz, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr("getpass.getuser", nameless)
    roster(command, DEMO / "roster.zip", "--yes")
    assert "by jetkiz: roster.zip" in command.run("roster", "show")


@pytest.mark.parametrize(
    "arguments",
    [
        ("roster", "show"),
        ("roster", "import", str(DEMO / "roster.zip"), "--older"),
        ("roster", "set", "student", "s-001", "grade", "3"),
        ("lessons", "list", "2026-W05"),
        ("lessons", "check", "jetkiz/demo/lessons"),
        ("lessons", "import", "jetkiz/demo/lessons"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_made_yet_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    new = Jetkiz(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path, capsys)
    assert "jetkiz database upgrade" in new.refuses(*arguments)


def test_a_class_is_called_by_its_title_and_a_student_by_name(
    command: Jetkiz, tmp_path: Path
) -> None:
    roster(command, write_folder(tmp_path / "1", workbook()), "--yes")
    moved = swap(workbook(), "students.csv", "Given1,8,8А", "Given1,9,9А")
    out = roster(command, write_folder(tmp_path / "2", moved), "--yes")
    assert "u1 Family1 Given1: class 8А → 9А; grade 8 → 9" in out
    out = command.run("roster", "set", "student", "u1", "class", "8a")
    assert "u1: class was 9А and is now 8А." in out
    out = roster(command, write_folder(tmp_path / "3", moved), "--older", "--yes")
    assert "class:" not in out
    moved = swap(moved, "students.csv", "Given2,8,8А", "Given2,8,9А")
    out = roster(command, write_folder(tmp_path / "4", moved), "--yes")
    assert "u1 Family1 Given1: class stays 8А: edited by hand" in out
    assert "(the file says 9А)" in out
    assert "class:" not in out
    words = command.refuses("roster", "set", "student", "u1", "class", "9Ж")
    assert "There is no class 9Ж. Classes are: 8А, 9А." in words
    assert "guardian" not in words
    assert "household/guardian" in command.refuses("roster", "set", "guardian", "x", "phone", "-")


def test_the_template_offers_only_what_an_import_takes(command: Jetkiz, tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    command.run("roster", "template", str(file))
    readers = {
        "language": cells.language,
        "fact": cells.fact_kind,
        "source": cells.source,
        "delivery_mode": cells.delivery_mode,
        "active": cells.truth,
        "settlement_type": cells.settlement,
    }
    offered: dict[str, int] = {}
    for sheet in load_workbook(file).worksheets:
        for choice in sheet.data_validations.dataValidation:
            column = sheet[str(choice.sqref).partition(":")[0]].column
            name = str(sheet.cell(1, column).value)
            words = choice.formula1.strip('"').split(",")
            assert len(choice.formula1) <= 255  # more makes Excel call the file damaged
            assert all(readers[name](word) is not None for word in words)
            offered[name] = offered.get(name, 0) + 1
    assert offered == {
        "language": 3,
        "fact": 1,
        "source": 1,
        "delivery_mode": 1,
        "active": 2,
        "settlement_type": 2,
    }


def test_a_slip_in_a_tv_channel_is_pointed_out(command: Jetkiz, tmp_path: Path) -> None:
    right = swap(workbook(), "access.csv", "internet,3g", "tv,balapan")
    assert "TV channel" not in roster(command, write_folder(tmp_path / "1", right), "--dry-run")
    slip = swap(right, "access.csv", "tv,balapan", "tv,balapn", 1)
    out = roster(command, write_folder(tmp_path / "2", slip), "--dry-run")
    assert "The TV channel balapn carries no lessons here; homes: h1." in out
    assert "balapan" in out
    none = swap(right, "access.csv", "tv,balapan", "tv,none", 3)
    assert "TV channel" not in roster(command, write_folder(tmp_path / "3", none), "--dry-run")
