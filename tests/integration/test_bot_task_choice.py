"""Which tasks and lessons a chat is offered first: today's, and some of each child."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.words.keyboards import Verb
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import Family, family_of
from tests.factories import MONDAY, NOW, People, add_people, publish_week

MOTHER = 11
TUESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in (1, 3, 4))
ELSEWHERE = "If it is not here, open the lesson and press Hand in there."


@pytest.fixture
def people(sqlite_database: Database) -> People:
    """Six lessons of Monday that were due on Tuesday, one of Thursday, and one of today."""
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=8)
        publish_week(connection, people)
        c = lesson_table.c
        days: list[tuple[date, date]] = [(MONDAY, TUESDAY)] * 6
        days += [(THURSDAY, THURSDAY), (FRIDAY, MONDAY + timedelta(days=7))]
        for number, (day, due) in zip(people.lessons, days, strict=True):
            moved = update(lesson_table).where(c.id == number).values(day=day, task_due=due)
            connection.execute(moved)
    return people


@pytest.fixture(params=["flag", "closed"])
def family(
    sqlite_database: Database, people: People, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Family]:
    with family_of(
        sqlite_database, FileStore(tmp_path / "files"), late_work=request.param
    ) as opened:
        opened.link(MOTHER, people.alice)
        opened.now = NOW + timedelta(days=4)
        yield opened


def offered(family: Family) -> list[int]:
    screen = family.screens[MOTHER]
    last = max(screen.messages)
    return [press.numbers[-1] for at, _, press in screen.buttons() if at == last]


def test_five_old_tasks_do_not_hide_that_of_today(family: Family, people: People) -> None:
    *old, thursday, today = people.lessons
    said = family.says(MOTHER, "/homework").last["text"]
    assert offered(family) == [*old, thursday, today], "each has its button"
    assert ELSEWHERE not in said
    for screen in (family.says(MOTHER, "/send"), family.sends(MOTHER, "a" * 64)):
        assert screen.last["text"] == f"Which task is this for?\n{ELSEWHERE}"
        assert offered(family) == [today, thursday, *old[:3]]


@pytest.mark.parametrize("family", ["closed"], indirect=True)
def test_what_is_no_longer_taken_is_offered_last(family: Family, people: People) -> None:
    family.connection.execute(
        update(lesson_table)
        .where(lesson_table.c.id.in_(people.lessons[3:6]))
        .values(task_due=FRIDAY)
    )
    family.says(MOTHER, "/send")
    assert offered(family) == [people.lessons[7], *people.lessons[3:6], people.lessons[6]]


def test_a_child_with_many_tasks_leaves_room_for_the_other(family: Family, people: People) -> None:
    family.link(MOTHER, people.alice, people.bob)
    screen = family.says(MOTHER, "/send")
    assert ELSEWHERE in screen.last["text"]
    found = [press.numbers for _, _, press in screen.buttons() if press.verb == Verb.HAND_IN]
    today = people.lessons[-1]
    assert found[:2] == [(people.alice, today), (people.bob, today)]
    assert [student for student, _ in found].count(people.bob) == 2


@pytest.mark.parametrize(("lessons", "children", "each"), [(7, 2, 4), (8, 1, 8), (9, 1, 8)])
def test_a_question_can_be_asked_about_lessons_of_each_child(
    sqlite_database: Database, tmp_path: Path, lessons: int, children: int, each: int
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons)
        publish_week(connection, people)
    students = (people.alice, people.bob)[:children]
    with family_of(sqlite_database, FileStore(tmp_path / "files")) as family:
        family.link(MOTHER, *students)
        screen = family.says(MOTHER, "/ask")
        found = [press.numbers[0] for _, _, press in screen.buttons() if press.verb == Verb.ASK]
    assert [found.count(student) for student in students] == [each] * children
    said = "If it is not here, open the lesson and press Ask the teacher there."
    assert (said in screen.last["text"]) == (lessons * children > 8)
