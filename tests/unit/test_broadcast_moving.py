"""One airing moved by hand: what makes room, where that goes, and what is refused."""

from dataclasses import replace
from datetime import datetime

import pytest

from broadcast.plan.model import AiringKind, AiringStatus, Plan
from broadcast.problem.model import FixedAiring, Hours, Policy, Problem, Reserve
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.moving import move
from broadcast.replanning.plan_b import plan_b
from broadcast.replanning.telling import Teller
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from tests.small_air import SUNDAY_NOON, at, channel, first, lesson, plan, problem, repeat, stream


def _two() -> Problem:
    """Two grades on one channel, a second channel beside it."""
    return problem(
        [channel("one"), channel("two")],
        [stream("s0", 1), stream("s1", 2, alone=7)],
        [lesson("m", "s0"), lesson("n", "s1")],
    )


OLD = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)), repeat("r", "m", at(0, 18)))


def test_to_a_free_hour_only_the_airing_moves() -> None:
    found = move(_two(), OLD, "a", "two", at(0, 9, 30), SUNDAY_NOON)
    kinds = [(one.kind, one.airing) for one in found.changes]
    assert kinds == [(ChangeKind.MOVED, "a")]
    moved = next(one for one in found.plan.airings if one.id == "a")
    assert (moved.channel, moved.start, moved.sequence) == ("two", at(0, 9, 30), 1)
    assert (moved.kind, found.plan.parent) == (AiringKind.FIRST, 1)


def test_what_stands_there_makes_room_and_is_made_up_for() -> None:
    found = move(_two(), OLD, "a", "one", at(0, 9, 30), SUNDAY_NOON)
    assert [(one.kind, one.airing) for one in found.changes] == [
        (ChangeKind.MOVED, "a"),
        (ChangeKind.MADE_UP, "b"),
    ]


def test_a_repeat_that_would_come_first_gets_another_hour() -> None:
    found = move(_two(), OLD, "a", "one", at(1, 9), SUNDAY_NOON)
    again = next(one for one in found.plan.airings if one.id == "r")
    assert again.start >= at(1, 9, 30)
    assert [one.kind for one in found.changes] == [ChangeKind.MOVED, ChangeKind.MOVED_REPEAT]


def test_the_same_move_twice_changes_nothing() -> None:
    found = move(_two(), OLD, "a", "two", at(0, 9, 30), SUNDAY_NOON)
    again = move(found.problem, found.plan, "a", "two", at(0, 9, 30), SUNDAY_NOON)
    assert again.plan is found.plan
    assert again.changes == ()


@pytest.mark.parametrize(
    ("airing", "where", "start", "words"),
    [
        ("z", "one", at(0, 9), "no airing z"),
        ("a", "nine", at(0, 9), "no channel nine"),
        ("a", "one", at(0, 9, 2), "full steps of 5 minutes"),
        ("a", "one", at(0, 20), "outside the hours"),
        ("a", "one", at(0, 18, 30), "outside the hours"),
        ("r", "one", at(0, 8), "outside the hours"),
        ("gone", "one", at(0, 9), "does not stand"),
    ],
)
def test_what_would_break_a_promise_is_refused(
    airing: str, where: str, start: datetime, words: str
) -> None:
    gone = first("gone", "n", at(1, 9), status=AiringStatus.CANCELLED)
    old = replace(OLD, airings=(*OLD.airings, gone))
    with pytest.raises(JetkizError, match=words):
        move(_two(), old, airing, where, start, SUNDAY_NOON)


def test_the_order_of_a_subject_is_not_broken_by_hand() -> None:
    before = problem([channel("one")], [stream("s0")], [lesson("m", "s0"), lesson("n", "s0", 2)])
    before = replace(before, policy=Policy(one_a_day=False))
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(1, 9)))
    with pytest.raises(JetkizError, match="is not over"):
        move(before, old, "a", "one", at(1, 9, 30), SUNDAY_NOON)


def test_two_lessons_of_the_same_students_are_not_put_at_once() -> None:
    before = replace(_two(), lessons=(lesson("m", "s0"), lesson("n", "s0", subject="art")))
    with pytest.raises(JetkizError, match="at once, for the same students"):
        move(before, _without_repeat(), "a", "two", at(0, 9, 30), SUNDAY_NOON)


def _without_repeat() -> Plan:
    return replace(OLD, airings=OLD.airings[:2])


def test_it_is_too_late_to_move_what_begins_soon() -> None:
    with pytest.raises(JetkizError, match="begins too soon"):
        move(_two(), OLD, "a", "two", at(1, 9), at(0, 8, 45))
    with pytest.raises(JetkizError, match="too late to move"):
        move(_two(), OLD, "b", "two", at(0, 9), at(0, 8, 45))


def test_what_is_agreed_makes_no_room() -> None:
    agreed = replace(_two(), fixed=(FixedAiring("n", "one", 0, 9 * 60 + 30),))
    with pytest.raises(JetkizError, match="cannot make room"):
        move(agreed, OLD, "a", "one", at(0, 9, 30), SUNDAY_NOON)


def test_a_lesson_that_would_lose_its_only_hour_stays() -> None:
    """The other lesson has one hour, one channel and no evening."""
    narrow = channel("one", windows=(Hours((0,), 540, 600),), repeat_windows=())
    before = replace(_two(), channels=(narrow,))
    before = replace(before, meta=replace(before.meta, days=1), policy=Policy(one_a_day=False))
    bound = replace(before.streams[1], earliest=9 * 60 + 30)
    before = replace(before, streams=(before.streams[0], bound))
    with pytest.raises(JetkizError, match="no other hour for it"):
        move(before, _without_repeat(), "a", "one", at(0, 9, 30), SUNDAY_NOON)


def test_plan_b_tells_each_channel_and_day_that_has_lessons() -> None:
    reserve = Reserve("two", Hours((0, 1), 15 * 60, 16 * 60))
    before = replace(_two(), channels=(channel("one", reserves=(reserve,)), channel("two")))
    found = list(plan_b(before, _without_repeat(), SUNDAY_NOON))
    assert [(one.channel, one.day, one.is_agreed) for one in found] == [("one", 0, True)]
    hours = sorted(one.after.start for one in found[0].changes if one.after)
    assert hours == [at(0, 15), at(0, 15, 30)]
    assert list(plan_b(before, OLD, SUNDAY_NOON, "two")) == []
    with pytest.raises(JetkizError, match="no channel nine"):
        list(plan_b(before, OLD, SUNDAY_NOON, "nine"))


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_a_change_is_told_with_who_is_concerned(language: str) -> None:
    found = move(_two(), OLD, "a", "one", at(0, 9, 30), SUNDAY_NOON)
    teller = Teller(found.problem, translator(language), language)
    said = [teller.change(one) for one in found.changes]
    assert "one 2026-01-26 09:30" in said[0]
    assert "m [1 kk]" in said[0]
    assert "100" in said[1]
    assert "7" in said[1].split("(")[1]
