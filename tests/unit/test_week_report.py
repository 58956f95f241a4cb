"""Counting a week: rungs, proof, and the students with nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.states import Proof, State
from jetkiz.delivery.tallies import tally_states
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.reports.commands import nothing_lines, report_json, week_lines
from jetkiz.reports.progress import Rungs, Standing, WeekReport, count_week

WEEK = "2026-W05"


def _lesson(student: int, lesson: int, state: State, channel: str = "telegram") -> LessonState:
    return LessonState(
        student=student,
        lesson=lesson,
        slot=lesson,
        channel=None if state == State.UNPLANNED else channel,
        reason=ChoiceReason.NO_PAGES if state == State.UNPLANNED else ChoiceReason.BEST_VALUE,
        attempt=1,
        state=state,
    )


def _week(*states: State) -> list[LessonState]:
    return [_lesson(1, number, state) for number, state in enumerate(states)]


def _count(states: list[LessonState]) -> WeekReport:
    return count_week(WEEK, tally_states(states), {}, {one.student for one in states})


def test_a_lesson_counts_on_its_rung_and_on_every_rung_below() -> None:
    found = _count(_week(State.PLANNED, State.DISPATCHED, State.RETURNED, State.FAILED))
    assert found.total == Rungs(
        planned=4, dispatched=2, delivered=1, acknowledged=1, returned=1, marked=0, failed=1
    )


def test_who_vouches_is_counted_for_each_channel() -> None:
    found = _count(_week(State.DISPATCHED, State.DELIVERED, State.MARKED, State.FAILED))
    (telegram,) = found.channels
    assert telegram.channel == "telegram"
    assert telegram.proof == {
        Proof.NOBODY: 1,
        Proof.CARRIER: 1,
        Proof.RECORD: 1,
        Proof.PERSON: 1,
    }


def test_one_lesson_that_arrived_takes_a_student_off_the_list() -> None:
    found = _count(_week(State.UNPLANNED, State.FAILED, State.DELIVERED))
    assert not found.nothing
    assert not found.no_sign


@pytest.mark.parametrize(
    ("states", "standing"),
    [
        ([State.UNPLANNED, State.UNPLANNED], Standing.NO_CHANNEL),
        ([State.UNPLANNED, State.FAILED], Standing.FAILED),
        ([State.EXPIRED, State.CANCELLED], Standing.FAILED),
        ([State.FAILED, State.PLANNED], Standing.NOT_HANDED_OVER),
        ([State.PREPARED, State.UNPLANNED], Standing.NOT_HANDED_OVER),
    ],
)
def test_the_lesson_nearest_to_the_student_names_the_standing(
    states: list[State], standing: Standing
) -> None:
    found = _count(_week(*states))
    assert [one.standing for one in found.nothing] == [standing]
    assert not found.no_sign


def test_handed_over_without_a_sign_is_a_list_of_its_own() -> None:
    found = _count(_week(State.DISPATCHED, State.FAILED, State.UNPLANNED))
    assert not found.nothing
    assert [one.standing for one in found.no_sign] == [Standing.NO_SIGN]
    assert found.no_sign[0].failures == ()


def test_who_lost_a_part_of_the_week_is_listed_with_count_and_reason() -> None:
    states = [
        *_week(State.DELIVERED, State.FAILED, State.EXPIRED, State.UNPLANNED, State.PLANNED),
        _lesson(2, 1, State.MARKED),
        _lesson(2, 2, State.CANCELLED),
        *(_lesson(3, n, State.FAILED) for n in range(4)),
        _lesson(3, 9, State.ACKNOWLEDGED),
    ]
    heard = {1: [FailureReason.BLOCKED], 2: [FailureReason.LOST]}
    found = count_week(WEEK, tally_states(states), heard, {1, 2, 3})
    assert not found.nothing
    assert [(one.student, one.lost, one.lessons) for one in found.partly] == [(3, 4, 5), (1, 3, 5)]
    _, alice = found.partly
    assert (alice.standing, alice.failures) == (Standing.PARTLY, (FailureReason.BLOCKED,))
    assert alice.reasons == (ChoiceReason.NO_PAGES,)
    first, _, second = nothing_lines(found, {1: "Alice"}, translator("en"))
    assert first == "Something has reached every student in week 2026-W05."
    assert second.startswith("Alice: 3 of 5 lessons did not arrive (the family blocked the bot")


def test_what_was_aired_has_not_arrived_for_that() -> None:
    states = [
        _lesson(1, 1, State.DELIVERED, "broadcast"),
        _lesson(2, 1, State.DELIVERED, "broadcast"),
        _lesson(2, 2, State.ACKNOWLEDGED, "broadcast"),
        _lesson(3, 1, State.DELIVERED, "post"),
    ]
    found = _count(states)
    on_air, _ = found.channels
    assert (on_air.rungs.aired, on_air.rungs.dispatched, on_air.rungs.delivered) == (3, 3, 1)
    assert (found.total.aired, found.total.delivered) == (3, 2)
    assert [(one.student, one.standing) for one in found.no_sign] == [(1, Standing.NO_SIGN)]
    assert not found.nothing
    assert on_air.proof[Proof.RECORD] == 2
    assert "Aired on TV: 3." in "\n".join(week_lines(found, translator("en")))


def test_a_failure_that_was_made_good_is_no_loss() -> None:
    heard = {1: [FailureReason.BLOCKED]}
    found = count_week(WEEK, tally_states(_week(State.DELIVERED)), heard, {1})
    assert found.partly == ()


def test_a_student_whom_the_plan_forgot_stands_first() -> None:
    found = count_week(WEEK, tally_states(_week(State.UNPLANNED)), {}, {1, 7})
    assert [(one.student, one.standing) for one in found.nothing] == [
        (7, Standing.NOT_IN_PLAN),
        (1, Standing.NO_CHANNEL),
    ]


def test_before_publishing_nobody_is_said_to_have_nothing() -> None:
    found = count_week(WEEK, [], {}, {1, 2})
    assert not found.is_published
    assert found.students == 2
    assert not found.nothing


def test_failures_are_named_commonest_first() -> None:
    heard = [FailureReason.BLOCKED, FailureReason.LOST, FailureReason.LOST]
    found = count_week(WEEK, tally_states(_week(State.FAILED)), {1: heard}, {1})
    assert found.nothing[0].failures == (FailureReason.LOST, FailureReason.BLOCKED)


def test_lessons_without_a_channel_carry_their_reason() -> None:
    found = _count(_week(State.UNPLANNED, State.PLANNED))
    assert [(one.lesson, one.reason) for one in found.without_channel] == [
        (0, ChoiceReason.NO_PAGES)
    ]
    assert found.without_channel_by_reason == {ChoiceReason.NO_PAGES: 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_speaks_each_language(language: str) -> None:
    t = translator(language)
    states = [*_week(State.FAILED, State.UNPLANNED), _lesson(2, 1, State.DISPATCHED)]
    found = count_week(WEEK, tally_states(states), {1: [FailureReason.BLOCKED]}, {1, 2})
    text = "\n".join([*week_lines(found, t), *nothing_lines(found, {1: "Ақан Ә."}, t)])
    assert "{" not in text
    words = {"kk": "отбасы ботты бұғаттады", "ru": "семья заблокировала", "en": "blocked the bot"}
    assert words[language] in text
    assert "Ақан Ә." in text


def test_nobody_with_nothing_is_said_in_one_line() -> None:
    found = _count(_week(State.DELIVERED))
    assert nothing_lines(found, {}, translator("en")) == [
        "Something has reached every student in week 2026-W05."
    ]


def test_a_student_without_a_name_is_shown_by_number() -> None:
    found = _count(_week(State.UNPLANNED))
    assert nothing_lines(found, {}, translator("en"))[0].startswith("student 1: ")


def test_json_names_reasons_in_words_and_students_by_number() -> None:
    found = _count(_week(State.UNPLANNED, State.PLANNED))
    document = json.loads(report_json(found))
    assert document["without_channel"] == [{"student": 1, "lesson": 0, "reason": "no_pages"}]
    assert document["nothing"][0]["standing"] == "not_handed_over"
    assert document["channels"][0]["rungs"]["planned"] == 1


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(State)), max_size=30))
def test_every_student_is_either_reached_or_listed_once(pairs: list[tuple[int, State]]) -> None:
    states = [_lesson(student, n, state) for n, (student, state) in enumerate(pairs)]
    found = _count(states)
    listed = [one.student for one in (*found.nothing, *found.no_sign)]
    reached = {one.student for one in states if one.state.has_arrived}
    assert len(listed) == len(set(listed))
    assert set(listed) | reached == {one.student for one in states}
    assert not set(listed) & reached
    partly = {one.student for one in found.partly}
    assert partly <= reached
    for one in states:
        if one.student in reached and one.state in {State.FAILED, State.EXPIRED}:
            assert one.student in partly


@given(st.lists(st.sampled_from(State), max_size=20))
def test_better_evidence_never_lowers_a_rung(states: list[State]) -> None:
    before = _count(_week(*states)).total
    after = _count([replace(one, state=max(one.state, State.DELIVERED)) for one in _week(*states)])
    assert after.total.delivered >= before.delivered
    assert after.total.acknowledged == before.acknowledged
