"""Homework in any order: late, twice, after marking, by the wrong way, unreadable, silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import (
    MARKS,
    Marking,
    consignment_key,
    give_feedback,
    read_feedback,
    unsent_feedback,
)
from jetkiz.homework.model import HomeworkReturn, Page, ReturnState
from jetkiz.homework.returns import (
    Sign,
    add_page,
    hand_in,
    open_draft,
    read_returns,
    remove_last_page,
    tell_ledger,
)
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.storage.database import Database
from tests.factories import (
    BY_POST,
    MONDAY,
    NO_WAY,
    NOW,
    WEEK,
    People,
    add_lesson,
    add_people,
    publish_week,
)

ZONE = ZoneInfo("Asia/Qostanay")
DUE = date(2026, 1, 29)
# Half an hour of silence, as the bot counts it.
SILENCE = timedelta(minutes=30)


def page(key: str, number: int = 0, channel: str = "telegram") -> Page:
    return Page(key, "a" * 64, "image/jpeg", channel, number)


def handed(connection: Connection, people: People, key: str = "p1") -> HomeworkReturn:
    """Alice hands in one page of the first lesson."""
    add_page(connection, people.alice, people.lessons[0], page(key), NOW)
    work = hand_in(connection, people.alice, people.lessons[0], MONDAY, NOW, "button")
    assert work is not None
    return work


def state_of(connection: Connection, student: int, lesson: int) -> State:
    [found] = [s for s in lesson_states(connection, WEEK, [student]) if s.lesson == lesson]
    return found.state


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (DUE - timedelta(days=30), False),
        (DUE, False),
        (DUE + timedelta(days=1), True),
        (DUE + timedelta(days=200), True),
    ],
)
def test_work_is_late_from_the_day_after_it_was_due(
    sqlite_database: Database, day: date, late: bool
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=1)
        add_page(connection, people.alice, people.lessons[0], page("p"), NOW)
        work = hand_in(connection, people.alice, people.lessons[0], day, NOW, "button")
    assert work is not None
    assert work.is_late is late
    assert work.handed_in_at == NOW


def test_work_on_a_lesson_without_a_task_is_never_late(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=0)
        lesson = add_lesson(connection, "w05-free", 1, task=False)
        add_page(connection, people.alice, lesson, page("p"), NOW)
        work = hand_in(connection, people.alice, lesson, date(2027, 1, 1), NOW, "button")
    assert work is not None
    assert not work.is_late


@pytest.mark.parametrize(
    ("sent", "sealed", "late"),
    [
        # 23:50 in Kostanay on the due day; the bot seals after midnight.
        (
            datetime(2026, 1, 29, 18, 50, tzinfo=UTC),
            datetime(2026, 1, 29, 19, 30, tzinfo=UTC),
            False,
        ),
        # 00:05 of the next day.
        (datetime(2026, 1, 29, 19, 5, tzinfo=UTC), datetime(2026, 1, 29, 20, 0, tzinfo=UTC), True),
        # The server stood still for a week.
        (datetime(2026, 1, 28, 10, 0, tzinfo=UTC), datetime(2026, 2, 5, 10, 0, tzinfo=UTC), False),
    ],
)
def test_silence_counts_the_day_on_which_the_last_page_came(
    database: Database, sent: datetime, sealed: datetime, late: bool
) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        add_page(connection, people.alice, people.lessons[0], page("p"), sent)
        [work] = seal_silent_drafts(connection, sealed - SILENCE, ZONE, sealed)
    assert work.is_late is late
    assert work.handed_in_at == sealed


def test_the_last_page_decides_when_silence_began(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        lesson = people.lessons[0]
        add_page(connection, people.alice, lesson, page("p1"), NOW)
        add_page(connection, people.alice, lesson, page("p2"), NOW + SILENCE)
        assert seal_silent_drafts(connection, NOW + SILENCE / 2, ZONE, NOW + 2 * SILENCE) == []
        [work] = seal_silent_drafts(connection, NOW + SILENCE, ZONE, NOW + 2 * SILENCE)
    assert [one.key for one in work.pages] == ["p1", "p2"]


def test_a_page_taken_out_again_is_a_sign_of_life_and_makes_nothing_late(
    database: Database,
) -> None:
    """The due day ends at 19:00 UTC; a wrong photo comes after it and is taken out."""
    evening = datetime(2026, 1, 29, 18, 50, tzinfo=UTC)
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        lesson = people.lessons[0]
        add_page(connection, people.alice, lesson, page("p1"), evening)
        add_page(connection, people.alice, lesson, page("p2"), evening + SILENCE)
        remove_last_page(connection, people.alice, lesson)
        busy = evening + 1.5 * SILENCE
        assert seal_silent_drafts(connection, busy - SILENCE, ZONE, busy) == []
        quiet = evening + 2 * SILENCE
        [work] = seal_silent_drafts(connection, quiet - SILENCE, ZONE, quiet)
    assert [one.key for one in work.pages] == ["p1"]
    assert not work.is_late


def test_a_draft_whose_pages_were_all_taken_out_is_never_sealed(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        lesson = people.lessons[0]
        open_draft(connection, people.bob, lesson, NOW)
        add_page(connection, people.alice, lesson, page("p1"), NOW)
        remove_last_page(connection, people.alice, lesson)
        assert seal_silent_drafts(connection, NOW + SILENCE, ZONE, NOW + SILENCE) == []
        assert {work.state for work in read_returns(connection)} == {ReturnState.DRAFT}


def test_removed_pages_stay_away_and_the_rest_keeps_its_order(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        lesson = people.lessons[0]
        for key in ("p1", "p2", "p3"):
            add_page(connection, people.alice, lesson, page(key), NOW)
        assert remove_last_page(connection, people.alice, lesson)
        assert not add_page(connection, people.alice, lesson, page("p3"), NOW)
        assert add_page(connection, people.alice, lesson, page("p4"), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "button")
    assert work is not None
    assert [one.key for one in work.pages] == ["p1", "p2", "p4"]


def test_printed_numbers_order_pages_whatever_the_order_of_arrival(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=6)
        for lesson, order in zip(people.lessons, permutations((1, 2, 3)), strict=True):
            for number in order:
                one = page(f"{lesson}-{number}", number, "print")
                add_page(connection, people.alice, lesson, one, NOW)
            work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "scan")
            assert work is not None
            assert [one.number for one in work.pages] == [1, 2, 3]


def test_paper_and_photo_make_one_piece_of_work(database: Database) -> None:
    """The lesson went out on paper, page two came as a scan, page one as a photo."""
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people, BY_POST)
        lesson = people.lessons[0]
        add_page(connection, people.alice, lesson, page("scan:2", 2, "print"), NOW)
        add_page(connection, people.alice, lesson, page("photo:1", 1), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "scan")
        state = state_of(connection, people.alice, lesson)
    assert work is not None
    assert [(one.key, one.channel) for one in work.pages] == [
        ("photo:1", "telegram"),
        ("scan:2", "print"),
    ]
    assert state == State.RETURNED


def test_one_page_is_filed_once_even_under_another_student(database: Database) -> None:
    """A scan that was filed stays where it is; a second reading of it moves nothing."""
    with database.write() as connection:
        people = add_people(connection, lessons=2)
        lesson, other = people.lessons
        assert add_page(connection, people.alice, lesson, page("scan:1"), NOW)
        assert not add_page(connection, people.bob, lesson, page("scan:1"), NOW)
        assert not add_page(connection, people.alice, other, page("scan:1"), NOW)
        found = read_returns(connection)
    assert [(work.student, work.lesson, len(work.pages)) for work in found] == [
        (people.alice, lesson, 1)
    ]


def test_handing_in_twice_is_handing_in_once(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        work = handed(connection, people)
        again = hand_in(connection, people.alice, people.lessons[0], DUE, NOW, "button")
        assert again is None
        assert read_returns(connection) == [work]


def test_work_after_the_mark_is_a_new_version_to_mark(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        first = handed(connection, people)
        give_feedback(connection, Marking(first.id, "3", "Again.", "teacher", "m1"), NOW)
        assert not add_page(connection, people.alice, people.lessons[0], page("p1"), NOW)
        second = handed(connection, people, "p2")
        waiting = read_returns(connection, states=[ReturnState.HANDED_IN])
        state = state_of(connection, people.alice, people.lessons[0])
        give_feedback(connection, Marking(second.id, "5", "Good.", "teacher", "m2"), NOW)
        given = read_feedback(connection)
    assert (first.version, second.version) == (1, 2)
    assert waiting == [second]
    assert state == State.MARKED  # a lesson that was marked is not unmarked by new work
    assert [(one.homework_return, one.mark) for one in given] == [
        (second.id, "5"),
        (first.id, "3"),
    ]


def test_an_older_version_may_still_be_marked(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        first, second = (handed(connection, people, key) for key in ("p1", "p2"))
        give_feedback(connection, Marking(first.id, "4", "", "teacher", "m1"), NOW)
        states = {work.id: work.state for work in read_returns(connection)}
    assert states == {first.id: ReturnState.MARKED, second.id: ReturnState.HANDED_IN}


def test_a_second_mark_corrects_the_first_and_both_are_kept(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        work = handed(connection, people)
        marks = [Marking(work.id, mark, "", "teacher", f"m{mark}") for mark in ("3", "4")]
        for marking in marks:
            give_feedback(connection, marking, NOW)
        kept = give_feedback(connection, replace(marks[0], mark="5"), NOW)
        found = read_feedback(connection, [work.id])
    assert kept.mark == "3"  # the same act came again: its first word stands
    assert [one.mark for one in found] == ["4", "3"]


def test_feedback_goes_home_in_the_order_it_was_given(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=3)
        works = []
        for student in (people.bob, people.alice):
            for lesson in people.lessons:
                add_page(connection, student, lesson, page(f"{student}-{lesson}"), NOW)
                works.append(hand_in(connection, student, lesson, MONDAY, NOW, "button"))
        order = [works[n] for n in (4, 0, 2, 5, 1, 3)]
        for n, work in enumerate(order):
            assert work is not None
            give_feedback(connection, Marking(work.id, "5", "", "t", f"k{n}"), NOW)
        waiting = unsent_feedback(connection)
    assert [one.homework_return for one in waiting] == [work.id for work in order if work]
    assert len({consignment_key(one.id) for one in waiting}) == 6


@pytest.mark.parametrize("mark", [mark for scale in MARKS.values() for mark in scale])
def test_every_mark_of_the_scales_is_taken(sqlite_database: Database, mark: str) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=1)
        work = handed(connection, people)
        words = "ж" * 2000
        given = give_feedback(connection, Marking(work.id, mark, words, "t", "k"), NOW)
    assert (given.mark, given.words) == (mark, words)


@pytest.mark.parametrize("mark", ["", "1", "6", "Five", "5 ", "п'ять"])
def test_other_marks_are_refused_and_leave_the_work_waiting(
    sqlite_database: Database, mark: str
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=1)
        work = handed(connection, people)
        with pytest.raises(JetkizError, match="not a mark"):
            give_feedback(connection, Marking(work.id, mark, "", "t", "k"), NOW)
        assert read_returns(connection, states=[ReturnState.HANDED_IN]) == [work]
        assert unsent_feedback(connection) == []


def test_a_mark_on_nothing_is_refused(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
        with pytest.raises(JetkizError, match="number 77"):
            give_feedback(connection, Marking(77, "5", "", "t", "k"), NOW)


def test_the_ledger_hears_of_a_return_on_whatever_became_of_the_lesson(database: Database) -> None:
    """A pack reported lost, or a lesson no channel fitted, and then the work came back."""
    with database.write() as connection:
        people = add_people(connection, lessons=2)
        publish_week(connection, people, BY_POST, NO_WAY)
        lost, without = people.lessons
        receipt = Receipt(
            key="lost",
            week=WEEK,
            student=people.alice,
            lessons=(lost,),
            state=State.FAILED,
            channel="post",
            at=NOW,
        )
        record_receipt(connection, receipt, NOW)
        assert state_of(connection, people.alice, lost) == State.FAILED
        for lesson in (lost, without):
            add_page(connection, people.alice, lesson, page(f"p{lesson}"), NOW)
            hand_in(connection, people.alice, lesson, MONDAY, NOW, "scan")
        assert state_of(connection, people.alice, lost) == State.RETURNED
        assert state_of(connection, people.bob, lost) == State.PLANNED


def test_a_sign_comes_twice_without_harm(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        publish_week(connection, people)
        sign = Sign(people.alice, people.lessons[0], State.ACKNOWLEDGED, "ack", "button")
        assert tell_ledger(connection, sign, NOW)
        assert not tell_ledger(connection, sign, NOW + timedelta(days=1))
        assert state_of(connection, people.alice, people.lessons[0]) == State.ACKNOWLEDGED


def test_a_mark_before_the_plan_was_published_reaches_the_work(database: Database) -> None:
    """Paper that came back by hand for a week nobody published: kept, marked, not lost."""
    with database.write() as connection:
        people = add_people(connection, lessons=1)
        work = handed(connection, people)
        give_feedback(connection, Marking(work.id, "5", "", "t", "k"), NOW)
        [marked] = read_returns(connection)
    assert marked.state == ReturnState.MARKED


def test_returns_are_found_by_state_student_and_number(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection, lessons=2)
        first = handed(connection, people)
        add_page(connection, people.bob, people.lessons[1], page("b"), NOW)
        [draft] = read_returns(connection, states=[ReturnState.DRAFT])
        assert draft.student == people.bob
        assert read_returns(connection, students=[people.alice]) == [first]
        assert read_returns(connection, numbers=[draft.id]) == [draft]
        assert read_returns(connection, numbers=[]) == []
        assert read_returns(connection, states=[], students=[people.alice]) == []
        assert len(read_returns(connection)) == 2
