"""Teachers of our own workbook: they come in, sign in, see their classes, and lose them again."""

from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.roster.importing import RosterRefusedError
from jetkiz.roster.tables import school_class, teacher, teaching
from jetkiz.staff.viewers import read_viewer
from jetkiz.storage.database import Database
from tests.integration.test_roster_import import bring_files
from tests.rosters import Files, completed, said, swap, text, workbook
from tests.spoken import Jetkiz

HEADER = "teacher_id,family_name,given_name,classes,active"


def with_teachers(*rows: list[str]) -> Files:
    """Return the workbook with a second class, 8Б, and these teachers."""
    files = swap(workbook(), "students.csv", "Given1,8,8А", "Given1,8,8Б")
    return {**files, "teachers.csv": text(HEADER, rows)}


def classes(database: Database) -> dict[str, set[str]]:
    query = (
        select(teacher.c.sourced_id, school_class.c.title)
        .join_from(teacher, teaching)
        .join(school_class, school_class.c.id == teaching.c.class_id)
        .where(teaching.c.active)
    )
    found: dict[str, set[str]] = {}
    with database.read() as connection:
        for who, title in connection.execute(query):
            found.setdefault(who, set()).add(title)
    return found


def test_teachers_get_the_classes_that_the_last_sheet_names(
    database: Database, tmp_path: Path
) -> None:
    # Latin letters, a semicolon and blanks are what people type.
    first = with_teachers(["t1", "Бекова", "Айгүл", "8a; 8б", ""], ["t2", "Омар", "Ерлан", "", ""])
    bring_files(database, tmp_path / "1", first)
    assert classes(database) == {"t1": {"8А", "8Б"}}
    again = bring_files(database, tmp_path / "2", {"teachers.csv": first["teachers.csv"]})
    assert again.difference.is_empty
    second = with_teachers(["t1", "", "", "8Б", ""], ["t2", "", "", "8А", ""])
    bring_files(database, tmp_path / "3", second)
    assert classes(database) == {"t1": {"8Б"}, "t2": {"8А"}}
    third = with_teachers(["t1", "", "", "", ""], ["t2", "", "", "-", ""])
    bring_files(database, tmp_path / "4", third)
    assert classes(database) == {"t1": {"8Б"}}


def test_a_class_that_no_student_is_in_is_refused(database: Database, tmp_path: Path) -> None:
    files = with_teachers(["t1", "Бекова", "Айгүл", "8А, 9Ж", ""])
    with pytest.raises(RosterRefusedError):
        bring_files(database, tmp_path / "1", files)
    (line,) = said(completed(files)[1])
    assert "teachers.csv, row 2, column classes" in line
    assert "There is no class 9Ж." in line
    assert classes(database) == {}


def test_a_new_teacher_needs_a_name_and_an_id() -> None:
    lines = said(completed(with_teachers(["t1", "", "", "", ""], ["", "Омар", "Ерлан", "", ""]))[1])
    assert len(lines) == 3
    assert sum("needs a name" in line for line in lines) == 2
    assert "column teacher_id: This cell must not be empty." in "".join(lines)


def test_a_teacher_of_the_workbook_signs_in(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Ids that are numbers too must not be taken for numbers of rows.
    rows = [["2", "Бекова", "Айгүл", "8А", ""], ["1", "Омар", "Ерлан", "8Б", ""]]
    bring_files(sqlite_database, tmp_path / "1", with_teachers(*rows))
    command = Jetkiz(sqlite_url, tmp_path, capsys)
    command.run("accounts", "add", "aigul", "--role", "teacher", "--teacher", "2")
    with sqlite_database.read() as connection:
        viewer = read_viewer(connection, 1)
        own = school_class.c
        titles = {row.id: row.title for row in connection.execute(select(own.id, own.title))}
    assert viewer is not None
    assert {titles[number] for number in viewer.homerooms} == {"8А"}


def test_who_has_left_teaches_and_signs_in_no_more(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", with_teachers(["t1", "Бекова", "Айгүл", "8А", ""]))
    bring_files(database, tmp_path / "2", with_teachers(["t1", "", "", "", "false"]))
    with database.read() as connection:
        assert list(connection.scalars(select(teacher.c.active))) == [False]
