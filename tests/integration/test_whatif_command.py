"""What is asked of a plan that stands, as a coordinator types it: nothing of it is kept."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz import channel as contract
from jetkiz.channel import Capabilities, Reach, Screen
from jetkiz.lessons.model import Lesson
from jetkiz.roster.model import Home
from jetkiz.storage.database import Database
from scheduler.tables import plan_run
from tests.factories import WEEK, add_people
from tests.plain_channels import PLAIN, PlainHands
from tests.spoken import Jetkiz

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def command(database: Database, plan_desk: Jetkiz, monkeypatch: pytest.MonkeyPatch) -> Jetkiz:
    with database.write() as connection:
        add_people(connection)
    monkeypatch.setenv("JETKIZ_PRINT_CAPACITY", "40")
    return plan_desk


@on_sqlite
def test_a_question_is_answered_and_nothing_is_kept(command: Jetkiz, database: Database) -> None:
    command.run("plan", "make", WEEK)
    text = command.run("plan", "whatif", WEEK, "--capacity", "print_pages=0")
    assert "Nothing was saved" in text
    assert "printed pages: " in text
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(plan_run)) == 1
    assert not (command.folder / "plans" / WEEK / "2").exists()


@on_sqlite
def test_what_cannot_be_asked_is_a_sentence(command: Jetkiz) -> None:
    assert "no plan for week" in command.refuses("plan", "whatif", WEEK, "--capacity", "messages=1")
    command.run("plan", "make", WEEK)
    (command.folder / "plans" / WEEK / "1" / "problem" / "students.csv").unlink()
    refusal = command.refuses("plan", "whatif", WEEK, "--capacity", "print_pages=0")
    assert "not kept any more" in refusal
    assert "Traceback" not in command.refuses("plan", "whatif", WEEK)


class PlainTv(PlainHands):
    """A TV that every home has."""

    name = "broadcast"
    is_paper = False
    likelihood = 0.5

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, screen=Screen.TV)

    def can_reach(self, home: Home, lesson: Lesson) -> Reach:
        return Reach(possible=True, likelihood=self.likelihood, test="there is a TV")


@on_sqlite
def test_the_table_of_values_goes_from_the_plan_to_the_timetable(
    command: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("plan", "make", WEEK)
    assert "knows no TV" in command.refuses("plan", "airing", WEEK)
    place = f"{__name__}:PlainTv"
    monkeypatch.setattr(contract, "CHANNELS", {**PLAIN, "broadcast": place})
    command.run("plan", "make", WEEK)
    assert "as much as" in command.run("plan", "airing", WEEK)

    table = tmp_path / "values.csv"
    command.run("plan", "airing", WEEK, "--into", str(table))
    folder = command.folder / "plans" / WEEK / "2" / "plan"
    assert table.read_text() == (folder / "airing_values.csv").read_text()
    assert "lessons on the air" in command.run("timetable", "make", WEEK, "--values", str(table))
    table.write_text("lesson,language,value,students\nother,kk,1.0,1\n")
    refusal = command.refuses("timetable", "make", WEEK, "--values", str(table), language="ru")
    assert "нет ни одного урока этой недели" in refusal
