"""The command that draws a nation, in three languages, and what it refuses."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jetkiz.calendar.school_weeks import week_of
from scheduler.nation.folder import read_problem
from tests.spoken import Jetkiz


@pytest.fixture
def jetkiz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    """The command without any database: a nation needs none."""
    return Jetkiz(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path / "data", capsys)


def make(jetkiz: Jetkiz, into: Path, *more: str, language: str = "en") -> str:
    words = ("nation", "make", "--students", "40", "--week", "2026-W05", "--into", str(into))
    return jetkiz.run(*words, *more, language=language)


def test_a_nation_is_drawn_and_compared(jetkiz: Jetkiz, tmp_path: Path) -> None:
    said = make(jetkiz, tmp_path / "n")
    assert "40 students in " in said
    assert "Schools in villages: " in said
    assert f"jetkiz plan make 2026-W05 --problem {tmp_path / 'n'}" in said
    assert read_problem(tmp_path / "n").students.count == 40
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "Ауылдық мектептер"), ("ru", "Сельские школы")]
)
def test_it_speaks(jetkiz: Jetkiz, tmp_path: Path, language: str, words: str) -> None:
    assert words in make(jetkiz, tmp_path / "n", language=language)


def test_without_a_week_it_is_the_coming_one(jetkiz: Jetkiz, tmp_path: Path) -> None:
    jetkiz.run("nation", "make", "--students", "5", "--into", str(tmp_path / "n"))
    manifest = (tmp_path / "n" / "manifest.toml").read_text("utf-8")
    assert 'week = "20' in manifest


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--students", "0"), "cannot be drawn"),
        (("--week", "2026-W77"), "There is no week"),
        (("--tables", "/nowhere"), "cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    jetkiz: Jetkiz, tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    said = jetkiz.refuses("nation", "make", "--into", str(tmp_path / "n"), *more)
    assert words in said
    assert not (tmp_path / "n").exists()


def test_a_folder_that_cannot_be_written_is_named(jetkiz: Jetkiz, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    words = ("nation", "make", "--students", "5", "--into")
    assert "is a file" in jetkiz.refuses(*words, str(tmp_path / "file"))
    assert "cannot be written" in jetkiz.refuses(*words, str(tmp_path / "file" / "below"))


def test_without_parquet_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from jetkiz import cli; "
        f"sys.argv = ['jetkiz', 'nation', 'make', '--into', {str(tmp_path / 'n')!r}]; cli.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "pip install 'jetkiz[nation]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_nation_is_planned_in_its_folder(jetkiz: Jetkiz, tmp_path: Path) -> None:
    folder = tmp_path / "n"
    week = week_of(datetime.now(tz=UTC).date() + timedelta(days=7))
    make(jetkiz, folder, "--week", week)
    said = jetkiz.run("plan", "make", week, "--problem", str(folder), "--long")
    report = json.loads((folder / "plan" / "report.json").read_text("utf-8"))
    assert f"{report['with_channel']} of 1200 lessons of 40 students have a channel." in said
    assert "Seconds: read " in said
    assert (folder / "plan" / "long.parquet").exists()
    other = tmp_path / "other"
    said = jetkiz.run("plan", "make", week, "--problem", str(folder), "--out", str(other))
    assert str(other) in said
    assert not (other / "long.parquet").exists()
    for name in ("student_week.parquet", "templates.parquet", "report.json", "prices.csv"):
        assert (other / name).read_bytes() == (folder / "plan" / name).read_bytes()


def test_another_week_than_the_folders_is_refused(jetkiz: Jetkiz, tmp_path: Path) -> None:
    make(jetkiz, tmp_path / "n")
    words = ("--problem", str(tmp_path / "n"))
    assert "holds week 2026-W05, not 2026-W06" in jetkiz.refuses("plan", "make", "2026-W06", *words)
    if datetime.now(tz=UTC).date() > date(2026, 2, 1):
        assert "is over" in jetkiz.refuses("plan", "make", "2026-W05", *words)
    assert not (tmp_path / "n" / "plan").exists()


def test_a_capacity_of_nowhere_stops_the_plan(jetkiz: Jetkiz, tmp_path: Path) -> None:
    folder = tmp_path / "n"
    week = week_of(datetime.now(tz=UTC).date() + timedelta(days=7))
    make(jetkiz, folder, "--week", week)
    table = folder / "capacity.csv"
    table.write_text(table.read_text("utf-8").replace("Akmola", "Atlantis", 1), "utf-8")
    said = jetkiz.refuses("plan", "make", week, "--problem", str(folder))
    assert "there is no region and no school Atlantis" in said
    assert not (folder / "plan").exists()
