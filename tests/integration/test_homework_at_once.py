"""Pages that come while the work is being handed in: none enters a version that is sealed."""

from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import Connection

from jetkiz.homework.model import HomeworkReturn, Page, ReturnState
from jetkiz.homework.returns import add_page, hand_in, read_returns, remove_last_page
from jetkiz.storage.database import Database
from tests.factories import MONDAY, NOW, People, add_people, publish_week

Step = Callable[[Connection, People], object]


def bring(name: str) -> Step:
    page = Page(name, "0" * 64, "image/jpeg", "telegram")
    return lambda c, people: add_page(c, people.alice, people.lessons[0], page, NOW)


def seal(connection: Connection, people: People) -> HomeworkReturn | None:
    return hand_in(connection, people.alice, people.lessons[0], MONDAY, NOW, "silence")


def take_back(connection: Connection, people: People) -> bool:
    return remove_last_page(connection, people.alice, people.lessons[0])


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        found = add_people(connection)
        publish_week(connection, found)
    return found


def at_once(database: Database, people: People, first: Step, second: Step) -> list[object]:
    """Begin the second step before the first has ended its transaction; return what both said."""
    said: list[object] = []

    def follow() -> None:
        with database.write() as connection:
            said.append(second(connection, people))

    follower = Thread(target=follow)
    with database.write() as connection:
        said.append(first(connection, people))
        follower.start()
        # Long enough for the other to come as far as our draft.
        follower.join(0.3)
    follower.join()
    return said


def works(database: Database, people: People) -> list[tuple[int, ReturnState, list[str]]]:
    with database.read() as connection:
        found = read_returns(connection, students=[people.alice])
    found.sort(key=lambda one: one.version)
    return [(one.version, one.state, [page.key for page in one.pages]) for one in found]


def test_a_page_is_in_before_the_draft_is_sealed(database: Database, people: People) -> None:
    at_once(database, people, bring("a"), bring("b"))
    work, _ = at_once(database, people, bring("c"), seal)
    assert work is True
    assert works(database, people) == [(1, ReturnState.HANDED_IN, ["a", "b", "c"])]


def test_a_page_that_comes_while_it_is_sealed_opens_the_next_version(
    database: Database, people: People
) -> None:
    at_once(database, people, bring("a"), bring("a"))
    sealed, brought = at_once(database, people, seal, bring("b"))
    assert isinstance(sealed, HomeworkReturn)
    assert [page.key for page in sealed.pages] == ["a"]
    assert brought is True
    assert works(database, people) == [
        (1, ReturnState.HANDED_IN, ["a"]),
        (2, ReturnState.DRAFT, ["b"]),
    ]


def test_one_page_that_comes_twice_at_once_is_one_page(database: Database, people: People) -> None:
    assert at_once(database, people, bring("a"), bring("a")) == [True, False]
    assert works(database, people) == [(1, ReturnState.DRAFT, ["a"])]


def test_two_first_pages_at_once_share_a_draft(database: Database, people: People) -> None:
    assert at_once(database, people, bring("a"), bring("b")) == [True, True]
    assert works(database, people) == [(1, ReturnState.DRAFT, ["a", "b"])]


def test_a_page_taken_out_at_the_last_moment_is_not_handed_in(
    database: Database, people: People
) -> None:
    at_once(database, people, bring("a"), bring("b"))
    assert at_once(database, people, take_back, seal)[0] is True
    assert works(database, people) == [(1, ReturnState.HANDED_IN, ["a"])]


def test_nothing_is_taken_out_of_what_was_sealed(database: Database, people: People) -> None:
    at_once(database, people, bring("a"), bring("b"))
    assert at_once(database, people, seal, take_back)[1] is False
    assert works(database, people) == [(1, ReturnState.HANDED_IN, ["a", "b"])]


def test_two_who_seal_at_once_seal_one_version(database: Database, people: People) -> None:
    at_once(database, people, bring("a"), bring("b"))
    sealed, again = at_once(database, people, seal, seal)
    assert isinstance(sealed, HomeworkReturn)
    assert again is None
    assert works(database, people) == [(1, ReturnState.HANDED_IN, ["a", "b"])]
