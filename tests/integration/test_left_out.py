"""Students for whom a week has nothing are named at once, with the reason, not on Monday."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.i18n import translator
from jetkiz.lessons.audience import left_out, left_out_lines
from jetkiz.lessons.model import Lesson, LessonKind, Licence
from jetkiz.roster.model import Student
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from tests.factories import MONDAY, WEEK, People, add_people
from tests.lesson_folders import write_lesson
from tests.spoken import Jetkiz, stop_the_clock

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
_kinds = st.tuples(st.integers(1, 3), st.sampled_from(["kk", "ru"]))


@pytest.fixture
def people(sqlite_database: Database) -> People:
    """Bob learns in Russian, and what there is for his grade is in Kazakh."""
    with sqlite_database.write() as connection:
        people = add_people(connection)
        bob = student.update().where(student.c.id == people.bob)
        connection.execute(bob.values(language="ru"))
    return people


@pytest.fixture
def command(
    sqlite_url: str,
    people: People,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    assert people.bob
    stop_the_clock(monkeypatch, WEDNESDAY)
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Week 2026-W05 has lessons for grade 2 only in Kazakh, none in Russian."),
        ("ru", "На неделю 2026-W05 для класса 2 есть уроки только на казахском, на русском нет."),
        ("kk", "2026-W05 аптасында 2-сыныпқа сабақ тек қазақша бар, орысша жоқ."),
    ],
)
def test_a_plan_names_whom_it_has_nothing_for(command: Jetkiz, language: str, words: str) -> None:
    text = command.run("plan", "make", WEEK, language=language)
    (line,) = (one for one in text.splitlines() if one.startswith(words))
    assert "Test Bob" in line
    assert "Alice" not in line
    assert line in command.run("plan", "show", WEEK, language=language)


def test_nobody_is_named_where_everybody_has_a_lesson(
    command: Jetkiz, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(student.update().values(language="kk"))
    assert "get no lesson" not in command.run("plan", "make", WEEK)


def test_lessons_that_come_in_say_whom_they_leave_out(
    command: Jetkiz, sqlite_database: Database, tmp_path: Path
) -> None:
    """Only of the grades of the lessons: the next folder may hold those of the others."""
    with sqlite_database.write() as connection:
        connection.execute(student.update().values(language="en"))
    home = str(write_lesson(tmp_path / "l"))
    assert "get no lesson" not in command.run("lessons", "import", home, "--dry-run")
    text = command.run("lessons", "import", home)
    assert "for grade 2 only in Kazakh, in Russian, none in English." in text
    assert "Test Alice" in text
    assert "get no lesson" not in command.run("lessons", "import", home)


def test_a_grade_without_lessons_is_said_short(sqlite_database: Database, people: People) -> None:
    with sqlite_database.write() as connection:
        bob = student.update().where(student.c.id == people.bob)
        connection.execute(bob.values(grade=9))
        lines = left_out_lines(connection, WEEK, translator("en"))
        assert lines == ["Week 2026-W05 has no lessons for grade 9. They get no lesson: Test Bob."]
        assert left_out_lines(connection, WEEK, translator("en"), {2}) == []
        assert left_out_lines(connection, "2026-W06", translator("en")) == []


@given(st.lists(_kinds, max_size=30), st.lists(_kinds, max_size=8))
def test_everybody_either_has_a_lesson_or_is_named_once(
    homes: list[tuple[int, str]], lessons: list[tuple[int, str]]
) -> None:
    people = [_student(number, *kind) for number, kind in enumerate(homes, start=1)]
    found = left_out(people, [_lesson(*kind) for kind in lessons])
    named = [number for one in found for number in one.students]
    assert len(named) == len(set(named))
    for one in people:
        assert (one.id in named) == ((one.grade, one.language) not in lessons)
    for group in found:
        assert group.language not in group.others
        assert {(group.grade, other) for other in group.others} <= set(lessons)


def _student(number: int, grade: int, language: str) -> Student:
    return Student(number, 1, number, f"{grade}A", grade, language)


def _lesson(grade: int, language: str) -> Lesson:
    return Lesson(
        id=1,
        code="w05",
        language=language,
        week=WEEK,
        day=MONDAY,
        order=1,
        subject="maths",
        grades=(grade,),
        title="T",
        kind=LessonKind.TEXT,
        minutes=20,
        needs_picture=False,
        weight=1.0,
        text="T",
        licence=Licence("CC0", "Aigul"),
    )
