"""A calendar in the school's own folder: it is asked for, counts at once, and wins."""

from datetime import date
from pathlib import Path

import pytest

from jetkiz.calendar import school_years
from jetkiz.calendar.school_weeks import add_school_days, is_school_day
from jetkiz.calendar.school_years import look_first_in, notice, own_folder
from tests.lesson_folders import swapped, write_lesson
from tests.spoken import Jetkiz

GOOD = (
    'title = "2026/27"\nstart = 2026-09-01\nend = 2027-05-25\nverified = true\n'
    "[[breaks]]\nstart = 2026-10-26\nend = 2026-11-01\n"
)


@pytest.fixture(autouse=True)
def _no_folder_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_years, "_own", [])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = own_folder(tmp_path)
    folder.mkdir()
    look_first_in(folder)
    return folder


@pytest.mark.usefixtures("sqlite_database")
def test_a_year_without_a_calendar_names_the_file_to_add(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Jetkiz(sqlite_url, tmp_path / "data", capsys)
    write_lesson(tmp_path / "lessons" / "one", swapped("2026-W05", "2026-W44"))
    file = tmp_path / "data" / "calendar" / "2026-2027.toml"
    assert f"Add the file {file}" in command.run("lessons", "check", str(tmp_path / "lessons"))
    file.parent.mkdir(parents=True)
    file.write_text(GOOD, encoding="utf-8")
    words = command.run("lessons", "check", str(tmp_path / "lessons"))
    assert "There are lessons on 2026-10-26, which is no school day." in words
    assert "calendar" not in words
    file.write_text("start = tomorrow", encoding="utf-8")
    assert f"The calendar {file} cannot be read" in command.refuses(
        "lessons", "check", str(tmp_path / "lessons")
    )


def test_the_schools_own_calendar_wins_and_a_correction_counts_at_once(own: Path) -> None:
    day = date(2026, 1, 26)
    assert is_school_day(day)
    file = own / "2025-2026.toml"
    year = 'title = "x"\nstart = 2025-09-01\nend = 2026-05-25\nverified = true\n'
    file.write_text(year + "extra_days_off = [2026-01-26]\n", encoding="utf-8")
    assert not is_school_day(day)
    assert add_school_days(day, 0) == date(2026, 1, 27)
    file.write_text(year + "extra_days_off = [2026-01-26, 2026-01-27]\n", encoding="utf-8")
    assert add_school_days(day, 0) == date(2026, 1, 28)
    file.unlink()
    assert is_school_day(day)


def test_an_own_calendar_that_is_not_verified_is_the_one_named(own: Path) -> None:
    assert notice(date(2026, 1, 26)) is None
    file = own / "2025-2026.toml"
    file.write_text('title = "x"\nstart = 2025-09-01\nend = 2026-05-25\n', encoding="utf-8")
    assert f"Compare the file {file}" in str(notice(date(2026, 1, 26)))


def test_a_file_where_the_folder_should_be_is_no_calendar(tmp_path: Path) -> None:
    (tmp_path / "calendar").write_text("")
    look_first_in(own_folder(tmp_path))
    assert is_school_day(date(2026, 1, 26))
