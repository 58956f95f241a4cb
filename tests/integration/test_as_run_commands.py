"""The commands for what was aired, as somebody types them: what is said, and to whom."""

from datetime import timedelta
from pathlib import Path

import pytest

from jetkiz.storage.database import Database
from tests.air_evenings import Air, on_air
from tests.air_weeks import FIRST
from tests.factories import WEEK
from tests.spoken import Jetkiz

B = "w05-1.1"


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def air(sqlite_database: Database, tmp_path: Path) -> Air:
    return on_air(sqlite_database, tmp_path, second_way="in_person")


def log(folder: Path, *lines: str, name: str = "log.csv") -> str:
    file = folder / name
    file.write_bytes("\r\n".join([*lines, ""]).encode("cp1251", errors="replace"))
    return str(file)


@pytest.mark.usefixtures("air")
def test_a_log_says_what_it_changed_and_who_has_no_other_way(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    file = log(tmp_path, "airing;status", f"{B};missed", "w05-0.1;aired", "none;aired")

    said = jetkiz.run("timetable", "as-run", WEEK, file)

    assert "aired: 1, short: 0, at another hour: 0, missed: 1" in said
    assert "2 delivered, 2 failed" in said
    assert "These lines fit no airing: 4." in said
    assert "1 students lost a lesson and have no other way: Test Alice" in said
    assert f"jetkiz plan replan {WEEK} --dropped w05-1" in said
    assert f"jetkiz timetable change {WEEK} --missed" in said
    assert "1 students lost a lesson; their second way" in said
    assert "2 students concerned; 0 are told on a phone." in said
    assert "2 must be called or written to" in said
    again = jetkiz.run("timetable", "as-run", WEEK, file)
    assert "This file was read before" in again
    assert "0 delivered, 0 failed" in again
    assert "concerned" not in again


@pytest.mark.usefixtures("air")
def test_a_clock_that_was_set_right_is_said_and_may_be_trusted(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    """The studio writes the time of the world."""
    starts = [FIRST + timedelta(days=n) for n in range(3)]
    rows = [f"{at:%H:%M:%S}\t15:00\tw05-{n}\t{at:%Y-%m-%d}" for n, at in enumerate(starts)]
    head = "Time\tDuration\tDescription\tDate"
    given = (log(tmp_path, head, *rows), "--profile", "tab_header", "--channel", "balapan")

    moved = jetkiz.run("timetable", "as-run", WEEK, *given, "--as-written")
    right = jetkiz.run("timetable", "as-run", WEEK, *given)

    assert "at another hour: 3" in moved
    assert "Balapan" not in moved
    assert "balapan: the clock of 3 lines, from line 2 on, is -5 h off: set right." in right
    assert "--as-written" in right
    assert "aired: 3" in right
    assert "6 delivered" in right, "good news wins"


@pytest.mark.usefixtures("air")
def test_a_day_is_shown_with_the_log_that_is_missing(jetkiz: Jetkiz, tmp_path: Path) -> None:
    jetkiz.run("timetable", "as-run", WEEK, log(tmp_path, "airing;status", f"{B};short"))

    week = jetkiz.run("timetable", "aired", WEEK).splitlines()
    day = jetkiz.run("timetable", "aired", WEEK, "--day", "2026-01-27").splitlines()

    assert day == ["2026-01-27 Balapan: 1 planned; short 1; reported"]
    assert "2026-01-26 Second: 1 planned; -; no log" in week
    assert "  Not reported: w05-0.2" in week


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_cannot_be_read_is_told_in_the_language_of_the_reader(
    air: Air, jetkiz: Jetkiz, tmp_path: Path, language: str
) -> None:
    before = air.airings()
    file = log(tmp_path, "channel;date;start;status", "khabar;2026-01-26;09:00;aired")

    told = jetkiz.refuses("timetable", "as-run", WEEK, file, language=language)
    unknown = jetkiz.refuses("timetable", "as-run", WEEK, file, "--profile", "x", language=language)

    assert "khabar" in told
    assert "This is" not in told
    assert "tab_header" in unknown
    assert air.airings() == before
