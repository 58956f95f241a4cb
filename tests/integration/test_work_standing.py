"""How work stands is what came of its newest version, whatever was said and sent before."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import AGAIN, Page
from jetkiz.homework.returns import add_page, hand_in, newest_handed_in, read_returns
from jetkiz.homework.standing import Standing, read_standings
from jetkiz.storage.database import Database
from tests.factories import MONDAY, NOW, People, add_people

PAGE, HAND_IN, ANSWER, DONE, FIVE = "page", "hand in", "", "done", "5"
ACTS = st.lists(st.sampled_from([PAGE, HAND_IN, ANSWER, DONE, FIVE, AGAIN]), max_size=12)
KEYS = count()


def act(connection: Connection, student: int, lesson: int, what: str) -> None:
    """Let a family send or hand in, or a teacher speak to what was handed in last."""
    key = f"act{next(KEYS)}"
    if what == PAGE:
        add_page(connection, student, lesson, Page(key, "a" * 64, "image/jpeg", "telegram"), NOW)
    elif what == HAND_IN:
        hand_in(connection, student, lesson, MONDAY, NOW, "test")
    elif last := newest_handed_in(read_returns(connection, students=[student]), lesson):
        give_feedback(connection, Marking(last.id, what, "Words.", "aigul", key), NOW)


def expected(acts: Sequence[str]) -> Standing | None:
    """What a reader of the whole story says."""
    pages, said = 0, None
    for what in acts:
        if what == PAGE:
            pages += 1
        elif what == HAND_IN and pages:
            pages, said = 0, Standing.HANDED_IN
        elif what in {DONE, FIVE, AGAIN} and said:
            said = Standing.ONCE_MORE if what == AGAIN else Standing.MARKED
    return said


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_people(connection)


def test_the_newest_version_tells(sqlite_database: Database, people: People) -> None:
    @given(ACTS, ACTS)
    @settings(max_examples=60, deadline=None)
    def story(hers: list[str], of_another_task: list[str]) -> None:
        with sqlite_database.engine.connect() as connection:
            writer = connection.execution_options(jetkiz_write=True)
            told = writer.begin()
            for lesson, acts in zip(people.lessons, (hers, of_another_task), strict=False):
                for what in acts:
                    act(writer, people.alice, lesson, what)
            stands = read_standings(writer, people.alice, people.lessons)
            assert stands.get(people.lessons[0]) == expected(hers)
            assert stands.get(people.lessons[1]) == expected(of_another_task)
            assert read_standings(writer, people.bob, people.lessons) == {}
            told.rollback()

    story()


def test_both_databases_tell_the_same(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        stories = ([PAGE, HAND_IN, AGAIN, ANSWER], [PAGE, HAND_IN, DONE, PAGE, HAND_IN], [PAGE])
        for lesson, acts in zip(people.lessons, stories, strict=True):
            for what in acts:
                act(connection, people.alice, lesson, what)
        stands = read_standings(connection, people.alice, people.lessons)
    assert stands == {
        people.lessons[0]: Standing.ONCE_MORE,
        people.lessons[1]: Standing.HANDED_IN,
    }
