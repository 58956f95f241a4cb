"""At the moment when second ways take over the real room is looked at, and a refusal is kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.i18n import translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.database import Database
from scheduler.plan_store import RunState
from scheduler.problem import pages_of
from scheduler.rules.channel_choice import PACKS
from scheduler.rules.fallback_firing import Cause
from scheduler.rules.ties import tie_of
from scheduler.second_way_words import cause_line, order_lines
from scheduler.second_ways_now import SECOND_WAYS
from scheduler.tables import plan_run
from tests.factories import NOW, WEEK
from tests.second_way_school import EVENING, LATER, SecondWays, open_school

COVER = PACKS["in_person"].pages


@pytest.fixture
def each_school(database: Database, tmp_path: Path) -> SecondWays:
    return open_school(database, tmp_path)


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> SecondWays:
    return open_school(sqlite_database, tmp_path)


def room(school: SecondWays, pages: float, key: str = "all", **other: Any) -> None:
    """Say in the plan in force how many pages there are for second ways."""
    said: Mapping[str, Any] = {"resource": "copier_pages", "key": key, "room": pages, "counted": 0}
    run = {
        "week": WEEK,
        "version": 1,
        "inputs_hash": "0" * 64,
        "engine": "test",
        "objective": 0.0,
        "bound": 0.0,
        "gap": 0.0,
        "report": {SECOND_WAYS: [said | other]},
        "state": RunState.PUBLISHED.value,
        "created_at": NOW,
    }
    with school.database.write() as connection:
        connection.execute(insert(plan_run).values(run))


def pages(school: SecondWays, *lessons: int) -> int:
    """The sides of one pack with these lessons."""
    with school.database.read() as connection:
        return COVER + sum(pages_of(one) for one in read_lessons(connection, only=lessons))


def causes(school: SecondWays) -> dict[tuple[int, int], Cause]:
    return {(one.student, one.lesson): one.cause for one in school.orders()}


def test_what_fits_goes_and_what_does_not_is_refused_for_good(each_school: SecondWays) -> None:
    school, (first, second, _) = each_school, each_school.people.lessons
    room(school, pages(school, first))
    school.hear(State.FAILED, first, reason=FailureReason.REFUSED)
    (order,) = school.look()
    assert order.cause == Cause.FAILED
    school.now += LATER
    school.hear(State.FAILED, second, reason=FailureReason.REFUSED)
    assert school.look() == []
    alice = school.people.alice
    assert causes(school) == {(alice, first): Cause.FAILED, (alice, second): Cause.NO_ROOM}
    # It is asked once: the next look neither takes it nor writes it down again.
    assert school.look() == []
    assert len(school.orders()) == 2
    assert school.waiting()["in_person"] == [first]
    assert school.standing()[1] == ("telegram", State.FAILED)


def test_the_last_page_is_enough_and_one_less_is_not(school: SecondWays) -> None:
    lessons = school.people.lessons[:2]
    room(school, pages(school, *lessons) - 1)
    school.hear(State.FAILED, *lessons, reason=FailureReason.REFUSED)
    # The cover and the first of them fit.
    assert [one.lesson for one in school.look()] == [lessons[0]]
    assert set(causes(school).values()) == {Cause.FAILED, Cause.NO_ROOM}


def test_what_is_late_and_refused_goes_on_waiting_for_its_first_way(school: SecondWays) -> None:
    room(school, 0.0)
    before = school.waiting()
    school.now = EVENING + LATER
    assert school.look() == []
    assert {one.cause for one in school.orders()} == {Cause.NO_ROOM}
    assert school.waiting() == before
    assert {state for _, state in school.standing()} == {State.PLANNED}
    # And when Telegram wakes up it comes after all.
    school.send()
    assert school.standing()[0] == ("telegram", State.DISPATCHED)


def test_of_two_who_ask_at_once_one_gets_all_before_the_other(school: SecondWays) -> None:
    people, lessons = school.people, school.people.lessons[:2]
    room(school, pages(school, *lessons))
    for who in (people.alice, people.bob):
        school.hear(State.FAILED, *lessons, student=who, reason=FailureReason.REFUSED)
    served = min((people.alice, people.bob), key=tie_of)
    assert {(one.student, one.lesson) for one in school.look()} == {
        (served, lesson) for lesson in lessons
    }


@pytest.mark.parametrize(
    ("key", "other", "fits"),
    [
        ("1", {}, False),
        # Another school's copier, and another resource, limit nobody here.
        ("99", {}, True),
        ("all", {"resource": "post_money"}, True),
        # Where no copier is counted nothing is kept, and nothing is held against it.
        ("all", {"resource": "print_pages"}, True),
    ],
)
def test_only_the_pool_a_school_draws_on_limits_it(
    school: SecondWays, key: str, other: dict[str, Any], fits: bool
) -> None:
    assert school.people.school == 1
    room(school, 0.0, key, **other)
    school.hear(State.FAILED, reason=FailureReason.REFUSED)
    assert bool(school.look()) == fits


def test_a_refusal_is_told_in_three_languages(school: SecondWays) -> None:
    room(school, pages(school, school.people.lessons[0]))
    school.hear(State.FAILED, reason=FailureReason.REFUSED)
    school.look()
    said = order_lines(school.orders(), {}, translator("en"))
    assert said[:2] == [
        "Second ways that took over: 1 lesson, 1 student.",
        "Second ways for which there was no room: 2 lessons, 1 student.",
    ]
    refused = next(one for one in school.orders() if one.was_refused)
    words = "does not take over from Telegram: there was no room left for it"
    assert cause_line(refused, translator("en")) == words
    for language, part in (("kk", "орын қалмады"), ("ru", "не осталось места")):
        assert part in cause_line(refused, translator(language))
