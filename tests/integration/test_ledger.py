"""The ledger on both databases: receipts in any order, repeated, rebuilt."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from jetkiz.delivery import ledger
from jetkiz.delivery.heard import receipt_lessons
from jetkiz.delivery.model import Choice, LessonState, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipt, record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import student_week
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from tests.factories import BY_TELEGRAM, MONDAY, NO_WAY, NOW, WEEK, add_people, publish_week


def _receipt(student: int, lessons: tuple[int, ...], state: State, key: str = "") -> Receipt:
    return Receipt(
        key=key or f"{student}:{lessons}:{state}",
        week=WEEK,
        student=student,
        lessons=lessons,
        state=state,
        channel="telegram",
        at=NOW,
    )


def _states(found: list[LessonState], student: int) -> list[State]:
    return [one.state for one in found if one.student == student]


def test_a_published_week_is_planned_and_names_what_has_no_channel(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, NO_WAY)
        found = ledger.lesson_states(connection, WEEK)
    assert _states(found, people.alice) == [State.UNPLANNED, State.PLANNED, State.PLANNED]
    assert found[0].reason == ChoiceReason.NO_CHANNEL_FITS
    assert found[0].channel is None


def test_publishing_again_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        record_receipt(connection, _receipt(people.alice, people.lessons, State.DISPATCHED), NOW)
        publish_week(connection, people, NO_WAY)
        found = ledger.lesson_states(connection, WEEK, [people.alice])
    assert set(_states(found, people.alice)) == {State.DISPATCHED}


def test_a_long_list_of_students_gives_those_and_no_others(database: Database) -> None:
    nobody = range(10_000, 10_600)
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        found = ledger.lesson_states(connection, WEEK, [people.alice, *nobody])
    assert {one.student for one in found} == {people.alice}


def test_too_many_lessons_for_a_week_are_refused(database: Database) -> None:
    lessons = tuple(range(64))
    plan = StudentPlan(1, lessons, (BY_TELEGRAM,) * 64)
    with pytest.raises(JetkizError, match="64 lessons"), database.write() as connection:
        ledger.publish(connection, WEEK, 1, [plan], {1: 1})


@pytest.mark.parametrize("seed", range(8))
def test_receipts_in_any_order_and_repeated_end_the_same(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    news = [State.DISPATCHED, State.FAILED, State.DELIVERED, State.ACKNOWLEDGED, State.RETURNED]
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        heard = {lesson: chance.sample(news, chance.randrange(5)) for lesson in people.lessons}
        receipts = [
            _receipt(people.alice, (lesson,), state)
            for lesson, states in heard.items()
            for state in states
        ]
        receipts += chance.choices(receipts, k=4) if receipts else []
        chance.shuffle(receipts)
        while receipts:
            part, receipts = receipts[:3], receipts[3:]
            record_receipts(connection, part, NOW)
        found = ledger.lesson_states(connection, WEEK, [people.alice])
        assert ledger.rebuild(connection, WEEK) == 0
    assert [one.state for one in found] == [
        max(heard[lesson], default=State.PLANNED) for lesson in people.lessons
    ]


def test_one_key_counts_once(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        one = _receipt(people.alice, people.lessons, State.DISPATCHED, key="k")
        assert record_receipts(connection, [one, one], NOW) == 1
        assert record_receipt(connection, replace(one, state=State.FAILED), NOW) is False
        found = ledger.lesson_states(connection, WEEK, [people.alice])
    assert set(_states(found, people.alice)) == {State.DISPATCHED}


def test_a_receipt_touches_only_its_student_and_lessons(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        record_receipt(connection, _receipt(people.alice, people.lessons[:1], State.DELIVERED), NOW)
        found = ledger.lesson_states(connection, WEEK)
    assert _states(found, people.alice) == [State.DELIVERED, State.PLANNED, State.PLANNED]
    assert set(_states(found, people.bob)) == {State.PLANNED}


def test_evidence_on_an_unplanned_student_or_lesson_is_kept_and_changes_no_other(
    database: Database,
) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        stray = _receipt(people.charlie, people.lessons, State.DELIVERED)
        foreign = _receipt(people.alice, (9999,), State.DELIVERED)
        assert record_receipts(connection, [stray, foreign], NOW) == 2
        found = ledger.lesson_states(connection, WEEK)
    assert {one.state for one in found} == {State.PLANNED}


def test_damaged_bitmaps_are_rebuilt_from_receipts(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        record_receipt(connection, _receipt(people.alice, people.lessons, State.DELIVERED), NOW)
        connection.execute(student_week.update().values(known=(0, 7, 0, 0, 0, 0)))
        assert ledger.rebuild(connection, WEEK) == 2
        found = ledger.lesson_states(connection, WEEK)
    assert set(_states(found, people.alice)) == {State.DELIVERED}
    assert set(_states(found, people.bob)) == {State.PLANNED}


def test_a_replacement_goes_another_way_and_leaves_the_rest(database: Database) -> None:
    by_hand = Choice("in_person", ChoiceReason.REPLACES)
    not_here = Choice(None, ChoiceReason.NOT_THIS_ATTEMPT)
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        failed = replace(
            _receipt(people.alice, people.lessons[:1], State.FAILED), reason=FailureReason.BLOCKED
        )
        record_receipt(connection, failed, NOW)
        plan = StudentPlan(people.alice, people.lessons, (by_hand, not_here, not_here))
        assert ledger.replace_attempt(connection, WEEK, 1, plan, people.school) == 2
        found = ledger.lesson_states(connection, WEEK, [people.alice])
        assert [(one.channel, one.state, one.attempt) for one in found] == [
            ("in_person", State.PLANNED, 2),
            ("telegram", State.PLANNED, 1),
            ("telegram", State.PLANNED, 1),
        ]
        late = _receipt(people.alice, people.lessons[:1], State.ACKNOWLEDGED)
        record_receipt(connection, late, NOW)
        found = ledger.lesson_states(connection, WEEK, [people.alice])
    assert (found[0].channel, found[0].state) == ("telegram", State.ACKNOWLEDGED)


def test_deliveries_are_the_planned_lessons_of_students_still_here(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, NO_WAY)
        days = dict.fromkeys(people.lessons, MONDAY)
        found = ledger.deliveries(connection, WEEK, {people.alice: 5}, days)
    assert [(one.student, one.household, one.lesson) for one in found] == [
        (people.alice, 5, people.lessons[1]),
        (people.alice, 5, people.lessons[2]),
    ]


def test_receipts_are_read_back_with_their_lessons(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        one = _receipt(people.alice, people.lessons[1:], State.DISPATCHED)
        record_receipt(connection, one, NOW)
        [(row, lessons)] = receipt_lessons(connection, WEEK, people.alice)
        assert receipt_lessons(connection, WEEK, people.bob) == []
    assert lessons == list(people.lessons[1:])
    assert row.at == NOW


def test_two_who_report_on_the_same_homes_never_wait_for_each_other_for_ever(
    database: Database,
) -> None:
    """One begins with the failures where the other ends: PostgreSQL kills one of such a pair."""
    lesson = 1
    plans = [StudentPlan(n, (lesson,), (BY_TELEGRAM,)) for n in range(1, 301)]
    with database.write() as connection:
        ledger.publish(connection, WEEK, 1, plans, dict.fromkeys(range(1, 301), 1))
    halves = (range(1, 151), range(151, 301))

    def report(turn: int, good: range, bad: range) -> None:
        receipts = [
            _receipt(n, (lesson,), state, key=f"{turn}:{n}")
            for numbers, state in ((good, State.DELIVERED), (bad, State.FAILED))
            for n in numbers
        ]
        together.wait(120)
        with database.write() as connection:
            record_receipts(connection, receipts, NOW)

    together = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        for turn in range(3):
            one = threads.submit(report, 2 * turn, *halves)
            other = threads.submit(report, 2 * turn + 1, *reversed(halves))
            one.result(120)
            other.result(120)
    with database.read() as connection:
        assert ledger.differences(connection, WEEK) == []
        states = {one.state for one in ledger.lesson_states(connection, WEEK)}
    assert states == {State.DELIVERED}, "good news beats bad news, whoever told it first"
