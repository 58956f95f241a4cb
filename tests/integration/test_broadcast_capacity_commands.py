"""The commands that come before a timetable, as a coordinator or a broadcaster types them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from broadcast.problem.opening import open_problem
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from tests.factories import WEEK, People, add_people
from tests.spoken import Jetkiz


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_people(connection)


def test_what_fits_is_said_for_a_week_and_for_a_file(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        one = lesson.c.id == people.lessons[0]
        connection.execute(update(lesson).where(one).values(minutes=90))
    said = jetkiz.run("timetable", "capacity", WEEK)
    assert "lessons fit" in said
    assert "Balapan: " in said
    assert "Not on the air: w05-0.kk. With 90 minutes it is longer than a lesson" in said

    file, folder = tmp_path / "week.json", tmp_path / "tables"
    assert "week.json" in jetkiz.run("timetable", "problem", WEEK, "--into", str(file))
    assert "lessons.csv" in jetkiz.run("timetable", "problem", WEEK, "--into", str(folder))
    assert open_problem(file) == open_problem(folder)
    for place in (file, folder):
        again = jetkiz.run("timetable", "capacity", "--problem", str(place))
        assert set(again.splitlines()) < set(said.splitlines())


def test_who_needs_an_interpreter_is_counted_and_written_into_no_file(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    file, silent = tmp_path / "week.json", tmp_path / "silent.json"
    jetkiz.run("timetable", "problem", WEEK, "--into", str(silent))
    with sqlite_database.write() as connection:
        signed = lesson.c.id == people.lessons[0]
        connection.execute(update(lesson).where(signed).values(sign_language=True))
        deaf = student.c.id == people.alice
        connection.execute(update(student).where(deaf).values(needs="audio,sign_language"))
    jetkiz.run("timetable", "problem", WEEK, "--into", str(file))
    said = jetkiz.run("timetable", "capacity", WEEK)
    assert "Fewer than five students need sign language; 2 of 3 lessons on TV have no" in said
    assert "Without one: w05-1.kk, w05-2.kk" in said
    assert "sign language" not in jetkiz.run("timetable", "capacity", "--problem", str(file))
    before, after = (json.loads(one.read_bytes()) for one in (silent, file))
    assert [one.get("sign_language", False) for one in after["lessons"]] == [True, False, False]
    assert after["streams"] == before["streams"]
    assert after["homes"] == before["homes"]


@pytest.mark.usefixtures("people")
def test_values_of_the_planner_are_kept_in_the_file(jetkiz: Jetkiz, tmp_path: Path) -> None:
    table = tmp_path / "values.csv"
    table.write_text("lesson,language,value,students\nw05-1,kk,2.5,3\n")
    file = tmp_path / "week.json"
    jetkiz.run("timetable", "problem", WEEK, "--into", str(file), "--values", str(table))
    assert {one.id: one.value for one in open_problem(file).lessons}["w05-1.kk"] == 2.5
    table.write_text("lesson,language,value,students\nelse,kk,2.5,3\n")
    words = jetkiz.refuses("timetable", "capacity", WEEK, "--values", str(table))
    assert "knows none of the lessons of this week" in words


@pytest.mark.usefixtures("people")
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    assert "which week" in jetkiz.refuses("timetable", "capacity")
    gone = str(tmp_path / "gone.json")
    assert "gone.json cannot be read" in jetkiz.refuses("timetable", "capacity", "--problem", gone)
    file = tmp_path / "week.json"
    jetkiz.run("timetable", "problem", WEEK, "--into", str(file))
    document = json.loads(file.read_bytes())
    document["channels"][0]["languages"] = []
    document["lessons"][0]["minutes"] = 50
    file.write_text(json.dumps(document))
    words = jetkiz.refuses("timetable", "capacity", "--problem", str(file))
    assert "has no language" in words
    assert "cannot have 50 minutes" in words
    nothing = tmp_path / "next.json"
    jetkiz.refuses("timetable", "problem", "2026-W06", "--into", str(nothing))
    assert not nothing.exists()


STATIONS = """
[[channel]]
key = "balapan"
name = "Balapan"
kind = "tv"
xmltv_id = "balapan.kz"
languages = ["kk"]
zone = "Asia/Almaty"
days = ["mon", "tue", "wed", "thu", "fri"]
windows = ["09:00-10:00"]
grid_minutes = 5

[[channel]]
key = "dala"
name = "Dala FM"
kind = "radio"
xmltv_id = "dala.kz"
languages = ["kk"]
zone = "Asia/Almaty"
days = ["mon", "tue", "wed", "thu", "fri"]
windows = ["14:00-15:00"]
grid_minutes = 5
"""


def test_the_radio_has_lessons_of_its_own_and_never_the_sound_of_tv(
    sqlite_database: Database, people: People, jetkiz: Jetkiz
) -> None:
    (jetkiz.folder / "channels.toml").write_text(STATIONS, "utf-8")
    with sqlite_database.write() as connection:
        seen = lesson.c.id == people.lessons[0]
        connection.execute(update(lesson).where(seen).values(needs_picture=True))
        film = lesson.c.id == people.lessons[1]
        connection.execute(update(lesson).where(film).values(kind="video"))
    jetkiz.run("timetable", "make", WEEK)
    lines = [line for line in jetkiz.run("timetable", "show", WEEK).splitlines() if "[2]" in line]
    on_radio = [line for line in lines if line.startswith("dala")]
    assert len(lines) == len(people.lessons) + 1
    assert len(on_radio) == 1
    assert "Lesson w05-2" in on_radio[0]
    assert "14:00" in on_radio[0]
