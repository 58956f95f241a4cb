"""Work that comes back is filed once, sealed by an act, marked once; the ledger hears of it."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback, read_feedback
from jetkiz.homework.model import Page, ReturnState
from jetkiz.homework.returns import (
    Sign,
    add_page,
    hand_in,
    read_returns,
    read_waiting,
    remove_last_page,
    tell_ledger,
)
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.storage.database import Database
from tests.factories import MONDAY, NOW, WEEK, add_people, publish_week

FRIDAY = date(2026, 1, 30)
ZONE = ZoneInfo("Asia/Qostanay")


def _page(key: str, number: int = 0) -> Page:
    return Page(key, "a" * 64, "image/jpeg", "telegram", number)


def test_pages_gather_in_a_draft_until_they_are_handed_in(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        lesson = people.lessons[0]
        assert add_page(connection, people.alice, lesson, _page("p2", 2), NOW)
        assert add_page(connection, people.alice, lesson, _page("p1", 1), NOW)
        assert not add_page(connection, people.alice, lesson, _page("p1", 1), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "button")
        states = lesson_states(connection, WEEK, [people.alice])
    assert work is not None
    assert [page.key for page in work.pages] == ["p1", "p2"]
    assert (work.state, work.version, work.is_late) == (ReturnState.HANDED_IN, 1, False)
    assert states[0].state == State.RETURNED


def test_there_is_nothing_to_hand_in_without_pages(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        lesson = people.lessons[0]
        assert hand_in(connection, people.alice, lesson, MONDAY, NOW, "button") is None
        add_page(connection, people.alice, lesson, _page("p1"), NOW)
        assert remove_last_page(connection, people.alice, lesson)
        assert not remove_last_page(connection, people.alice, lesson)
        assert hand_in(connection, people.alice, lesson, MONDAY, NOW, "button") is None


def test_an_old_version_never_comes_back_into_the_queue(database: Database) -> None:
    def bring(name: str) -> int:
        add_page(connection, people.alice, lesson, _page(name), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "button")
        assert work
        return work.id

    def waiting() -> list[int]:
        assert read_waiting(connection, [people.bob]) == []
        return [one.id for one in read_waiting(connection)]

    def mark(work: int, said: str) -> None:
        give_feedback(connection, Marking(work, said, "", "aigul", f"{work}{said}"), NOW)

    with database.write() as connection:
        people = add_people(connection)
        lesson = people.lessons[0]
        first, second = bring("p1"), bring("p2")
        assert waiting() == [second]
        mark(second, "again")
        assert waiting() == []
        add_page(connection, people.alice, lesson, _page("p3"), NOW)
        assert waiting() == []
        third = hand_in(connection, people.alice, lesson, MONDAY, NOW, "button")
        assert third
        assert waiting() == [third.id]
        add_page(connection, people.alice, lesson, _page("p4"), NOW)
        assert waiting() == [third.id], "a draft takes nobody's place yet"
        mark(first, "done")
        assert waiting() == [third.id]


def test_work_after_the_due_day_is_late_and_still_counts(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        add_page(connection, people.alice, people.lessons[0], _page("p"), NOW)
        work = hand_in(connection, people.alice, people.lessons[0], FRIDAY, NOW, "button")
    assert work is not None
    assert work.is_late


def test_a_page_after_handing_in_opens_the_next_version(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        lesson = people.lessons[0]
        for key in ("p1", "p2"):
            add_page(connection, people.alice, lesson, _page(key), NOW)
            hand_in(connection, people.alice, lesson, MONDAY, NOW, "button")
        found = read_returns(connection, students=[people.alice])
    assert [(work.version, len(work.pages)) for work in found] == [(1, 1), (2, 1)]


def test_silence_seals_a_draft_but_not_a_busy_one(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        quiet, busy = people.lessons[:2]
        add_page(connection, people.alice, quiet, _page("old"), NOW - timedelta(hours=1))
        add_page(connection, people.alice, busy, _page("new"), NOW)
        since = NOW - timedelta(minutes=30)
        sealed = seal_silent_drafts(connection, since, ZONE, NOW)
        assert seal_silent_drafts(connection, since, ZONE, NOW) == []
    assert [work.lesson for work in sealed] == [quiet]


def test_a_mark_is_given_once_and_the_ledger_hears_of_it(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        add_page(connection, people.alice, people.lessons[0], _page("p"), NOW)
        work = hand_in(connection, people.alice, people.lessons[0], MONDAY, NOW, "button")
        assert work is not None
        marking = Marking(work.id, "5", "Well done.", "teacher", "m1")
        first = give_feedback(connection, marking, NOW)
        assert give_feedback(connection, marking, NOW) == first
        assert read_feedback(connection) == [first]
        states = lesson_states(connection, WEEK, [people.alice])
        [marked] = read_returns(connection, states=[ReturnState.MARKED])
    assert states[0].state == State.MARKED
    assert marked.id == work.id


def test_a_draft_an_unknown_mark_and_endless_words_are_refused(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        add_page(connection, people.alice, people.lessons[0], _page("p"), NOW)
        [draft] = read_returns(connection)
        with pytest.raises(JetkizError, match="no handed-in work"):
            give_feedback(connection, Marking(draft.id, "5", "", "t", "k"), NOW)
        hand_in(connection, people.alice, people.lessons[0], MONDAY, NOW, "button")
        with pytest.raises(JetkizError, match="not a mark"):
            give_feedback(connection, Marking(draft.id, "11", "", "t", "k"), NOW)
        with pytest.raises(JetkizError, match="letters"):
            give_feedback(connection, Marking(draft.id, "5", "x" * 2001, "t", "k"), NOW)
        assert read_feedback(connection) == []


def test_a_sign_on_a_lesson_nobody_planned_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        known = Sign(people.charlie, people.lessons[0], State.RETURNED, "k", "scan")
        assert not tell_ledger(connection, known, NOW)
        assert not tell_ledger(connection, Sign(1, 9999, State.RETURNED, "k", "scan"), NOW)
