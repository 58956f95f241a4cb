"""A second way takes over once, when its first failed for good or never left, and never else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, update

from jetkiz.channel import ChannelError
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, begin_attempt, end_attempt, read_heads
from jetkiz.delivery.model import Kind
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.setbacks import read_setbacks
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import consignment, receipt
from jetkiz.delivery.taking_back import read_held, take_out
from jetkiz.roster.tables import student as student_table
from jetkiz.storage.database import Database
from scheduler.dispatch import enqueue_due
from scheduler.falling_back import fall_back, open_weeks
from scheduler.rules.fallback_firing import Cause
from scheduler.worker import Worker
from tests.factories import MONDAY, WEEK
from tests.second_way_school import (
    CHECK,
    EVENING,
    LATER,
    Jobs,
    SecondWays,
    give_by_hand,
    open_school,
)


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> SecondWays:
    return open_school(sqlite_database, tmp_path)


@pytest.fixture
def each_school(database: Database, tmp_path: Path) -> SecondWays:
    """The same on each database in turn, for what locks or counts in SQL."""
    return open_school(database, tmp_path)


def test_what_was_refused_for_good_goes_by_paper_at_once(each_school: SecondWays) -> None:
    first, second, _ = each_school.people.lessons
    each_school.send()
    each_school.hear(State.FAILED, first, reason=FailureReason.REFUSED)
    (order,) = each_school.look()
    assert (order.student, order.lesson, order.attempt) == (each_school.people.alice, first, 2)
    assert (order.from_channel, order.to_channel) == ("telegram", "in_person")
    assert (order.cause, order.reason) == (Cause.FAILED, FailureReason.REFUSED)
    assert each_school.orders() == [order]
    assert each_school.waiting()["in_person"] == [first]
    each_school.send()
    assert sum(each_school.paper.handed.values()) == 1
    assert each_school.standing()[0] == ("in_person", State.DISPATCHED)
    assert each_school.standing()[1] == ("telegram", State.DISPATCHED)
    assert second not in each_school.waiting()["in_person"]


def test_what_is_found_twice_is_taken_once(school: SecondWays) -> None:
    school.hear(State.FAILED)
    assert len(school.look()) == 3
    assert school.look() == []
    school.now += LATER
    school.hear(State.FAILED, reason=FailureReason.NO_ANSWER)
    assert school.look() == []
    assert len(school.orders()) == 3


def test_what_never_left_is_kept_at_home_when_paper_takes_over(each_school: SecondWays) -> None:
    first, second, friday = each_school.people.lessons
    each_school.telegram.refusals += [_busy()] * 2
    each_school.send()
    each_school.now = EVENING - timedelta(seconds=1)
    assert each_school.look() == []
    each_school.now = EVENING
    found = [one for one in each_school.look() if one.student == each_school.people.alice]
    assert {one.lesson for one in found} == {first, second}
    assert {(one.cause, one.reason) for one in found} == {(Cause.LATE, FailureReason.TOO_LATE)}
    assert each_school.waiting() == {"in_person": [first, second], "telegram": [friday]}
    each_school.now += LATER
    each_school.send()
    assert each_school.telegram.handed == {}
    assert each_school.standing()[:2] == [("in_person", State.DISPATCHED)] * 2
    assert each_school.standing()[2] == ("telegram", State.PLANNED)


def test_what_failed_brings_nothing_back_that_is_late_in_the_same_message(
    each_school: SecondWays,
) -> None:
    first, second, friday = each_school.people.lessons
    each_school.hear(State.FAILED, first)
    each_school.now = EVENING
    found = [one for one in each_school.look() if one.student == each_school.people.alice]
    assert {(one.lesson, one.cause) for one in found} == {
        (first, Cause.FAILED),
        (second, Cause.LATE),
    }
    assert each_school.waiting() == {"in_person": [first, second], "telegram": [friday]}
    each_school.send()
    assert each_school.telegram.handed == {}
    assert each_school.standing()[:2] == [("in_person", State.DISPATCHED)] * 2


def test_only_what_has_a_second_way_is_taken_out_of_the_days_message(
    sqlite_database: Database, tmp_path: Path
) -> None:
    school = open_school(sqlite_database, tmp_path, "in_person", None, "in_person")
    first, second, friday = school.people.lessons
    school.now = EVENING
    assert {one.lesson for one in school.look()} == {first}
    assert school.waiting() == {"in_person": [first], "telegram": [second, friday]}
    school.send()
    assert school.standing()[:2] == [
        ("in_person", State.DISPATCHED),
        ("telegram", State.DISPATCHED),
    ]


def test_silence_after_the_carrier_took_it_is_no_failure(school: SecondWays) -> None:
    school.send()
    school.now = EVENING + timedelta(days=1)
    assert school.look() == []
    assert set(school.standing()[:2]) == {("telegram", State.DISPATCHED)}


@pytest.mark.parametrize("good", [State.DELIVERED, State.ACKNOWLEDGED, State.RETURNED])
def test_what_arrived_needs_no_second_way_whatever_failed(school: SecondWays, good: State) -> None:
    school.hear(State.FAILED, reason=FailureReason.LOST)
    school.hear(good)
    school.now = EVENING
    assert [one.student for one in school.look()] == [school.people.bob] * 2


def test_what_a_person_decided_meanwhile_stands(school: SecondWays) -> None:
    first, second, _ = school.people.lessons
    school.hear(State.FAILED, first, second)
    give_by_hand(school, first)
    assert [one.lesson for one in school.look()] == [second]


@pytest.mark.parametrize("reason", [FailureReason.PLAN_CHANGED, FailureReason.STUDENT_LEFT])
def test_an_end_that_somebody_wanted_calls_nothing(
    school: SecondWays, reason: FailureReason
) -> None:
    school.hear(State.FAILED, reason=reason)
    assert school.look() == []


def test_a_cancelled_lesson_stays_cancelled(school: SecondWays) -> None:
    school.hear(State.CANCELLED)
    assert school.look() == []
    school.hear(State.FAILED, reason=FailureReason.REFUSED)
    assert school.look() == []


def test_a_student_who_left_gets_nothing_more(school: SecondWays) -> None:
    school.hear(State.FAILED)
    with school.database.write() as connection:
        who = student_table.c.id == school.people.alice
        connection.execute(update(student_table).where(who).values(active=False))
    assert school.look() == []


def test_a_second_way_whose_channel_is_off_waits_until_it_is_on(school: SecondWays) -> None:
    school.hear(State.FAILED, school.people.lessons[0])
    school.off = {"in_person"}
    assert school.look() == []
    school.off = set()
    assert len(school.look()) == 1


def test_what_could_only_come_too_late_is_not_sent(school: SecondWays) -> None:
    first = school.people.lessons[0]
    school.now = EVENING + timedelta(days=4)
    school.hear(State.FAILED, first)
    assert first not in {one.lesson for one in school.look()}


def test_a_second_way_that_fails_too_is_the_end_and_says_why(school: SecondWays) -> None:
    first = school.people.lessons[0]
    school.hear(State.FAILED, first, reason=FailureReason.BLOCKED)
    school.look()
    school.hear(State.FAILED, first, attempt=2, reason=FailureReason.NOT_FETCHED)
    school.now = EVENING
    assert first not in {one.lesson for one in school.look() if one.student == school.people.alice}
    assert school.standing()[0] == ("in_person", State.FAILED)


def test_good_news_a_moment_later_keeps_the_paper_at_home(each_school: SecondWays) -> None:
    first, second, _ = each_school.people.lessons
    each_school.send()
    each_school.hear(State.FAILED, first, second)
    assert len(each_school.look()) == 2
    each_school.hear(State.ACKNOWLEDGED, first)
    each_school.send()
    assert each_school.waiting()["in_person"] == [second]
    assert each_school.standing()[:2] == [
        ("telegram", State.ACKNOWLEDGED),
        ("in_person", State.DISPATCHED),
    ]
    with each_school.database.read() as connection:
        assert ledger.differences(connection, WEEK) == []


def test_good_news_about_all_of_it_leaves_no_empty_pack(school: SecondWays) -> None:
    school.hear(State.FAILED, school.people.lessons[0])
    school.look()
    school.hear(State.RETURNED, school.people.lessons[0])
    school.send()
    assert school.paper.handed == {}
    assert "in_person" not in school.waiting()


def test_what_is_in_somebodys_hands_is_not_taken_from_them(each_school: SecondWays) -> None:
    with each_school.database.write() as connection:
        enqueue_due(connection, Jobs(), each_school.now)  # type: ignore[arg-type]
        (head,) = read_heads(connection, BatchState.QUEUED)
        number = begin_attempt(connection, head.id, each_school.now)
    each_school.now = EVENING
    assert each_school.look() == []
    with each_school.database.write() as connection:
        end_attempt(connection, head.id, number, "refused", "", each_school.now)
    assert len(each_school.look()) == 4


def test_what_a_channel_holds_that_is_off_now_is_waited_for(school: SecondWays) -> None:
    school.telegram.refusals.append(_busy())
    school.send()
    school.off = {"telegram"}
    school.now = EVENING
    assert school.look() == []
    school.off = set()
    assert len(school.look()) == 4


def test_what_a_channel_never_had_is_not_waited_for(school: SecondWays) -> None:
    school.off = {"telegram"}
    school.now = EVENING
    assert len(school.look()) == 4


def test_what_was_prepared_in_the_evening_has_an_hour_to_leave(
    sqlite_database: Database, tmp_path: Path
) -> None:
    school = open_school(sqlite_database, tmp_path)
    with sqlite_database.write() as connection:
        connection.exec_driver_sql("DELETE FROM consignment_content")
        connection.exec_driver_sql("DELETE FROM consignment")
        connection.exec_driver_sql("DELETE FROM batch")
    school.now = EVENING + LATER
    school.prepare()
    assert school.look() == []
    school.now += timedelta(hours=1)
    assert len(school.look()) == 4


def test_a_closed_chat_takes_the_rest_of_the_week_along(each_school: SecondWays) -> None:
    first, second, friday = each_school.people.lessons
    each_school.hear(State.FAILED, first, second, reason=FailureReason.BLOCKED)
    each_school.telegram.closed = True
    found = {one.lesson: one for one in each_school.look()}
    assert {number: one.cause for number, one in found.items()} == {
        first: Cause.FAILED,
        second: Cause.FAILED,
        friday: Cause.CLOSED,
    }
    assert found[friday].reason == FailureReason.BLOCKED
    assert each_school.waiting() == {"in_person": [first, second, friday]}


def test_a_chat_that_was_opened_again_brings_the_rest_of_the_week(school: SecondWays) -> None:
    first, _, friday = school.people.lessons
    school.hear(State.FAILED, first, reason=FailureReason.BLOCKED)
    assert [one.lesson for one in school.look()] == [first]
    assert friday in school.waiting()["telegram"]


def test_a_power_cut_in_the_middle_leaves_all_as_it_was(school: SecondWays) -> None:
    school.now = EVENING
    before = (school.waiting(), school.standing())

    def is_cut_off() -> None:
        with school.database.write() as connection:
            assert fall_back(connection, school.channels, WEEK, CHECK, school.now)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        is_cut_off()
    assert (school.waiting(), school.standing()) == before
    assert school.orders() == []
    assert len(school.look()) == 4


def test_two_who_look_at_once_send_one_paper(each_school: SecondWays) -> None:
    each_school.hear(State.FAILED, each_school.people.lessons[0])
    each_school.now = EVENING
    found: list[int] = []

    def look(other: Thread | None = None) -> None:
        with each_school.database.write() as connection:
            orders = fall_back(connection, each_school.channels, WEEK, CHECK, each_school.now)
            found.append(len(orders))
            if other:
                other.start()
                # Long enough for the other to come as far as our lock.
                other.join(0.3)

    second = Thread(target=look)
    look(second)
    second.join()
    assert sorted(found) == [0, 4]
    assert len(each_school.orders()) == 4
    each_school.send()
    assert set(each_school.paper.handed.values()) == {1}


def test_weeks_are_looked_at_as_long_as_homework_may_be_due(school: SecondWays) -> None:
    with school.database.read() as connection:
        assert open_weeks(connection, MONDAY - timedelta(days=3)) == [WEEK]
        assert open_weeks(connection, MONDAY + timedelta(days=20)) == [WEEK]
        assert open_weeks(connection, MONDAY + timedelta(days=21)) == []


def _busy() -> ChannelError:
    return ChannelError("The line is busy.", permanent=False, retry_after=1e5)


def test_after_an_outage_the_worker_goes_on_student_by_student(
    school: SecondWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.worker.AT_ONCE", 1)
    school.now = EVENING
    engine = Jobs()
    worker = Worker(school.workplace, engine, school.channels)  # type: ignore[arg-type]
    worker.fall_back("18:00")
    worker.fall_back("18:05")
    assert {one.student for one in school.orders()} == {school.people.alice, school.people.bob}
    assert len(school.orders()) == 4
    # Their paper is asked for at once, not with the next minute.
    assert {job.partition for job in engine.jobs} >= {"in_person"}


def test_an_airing_stays_when_its_last_lesson_is_taken_out(school: SecondWays) -> None:
    with school.database.write() as connection:
        held = replace(read_held(connection, WEEK, [school.people.alice])[0], kind=Kind.AIRING)
        take_out(connection, held, held.lessons)
        kept = connection.scalars(select(consignment.c.id)).all()
    assert held.consignment in kept


def test_what_is_told_of_a_try_that_never_was_speaks_against_nothing(school: SecondWays) -> None:
    school.hear(State.FAILED)
    with school.database.write() as connection:
        assert read_setbacks(connection, WEEK, [school.people.alice])
        connection.execute(update(receipt).values(attempt=9))
        assert not read_setbacks(connection, WEEK, [school.people.alice])
