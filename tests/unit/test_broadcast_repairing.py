"""When hours are lost: what is made up for, where, and what has to stay as it is."""

from dataclasses import replace

import pytest

from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.problem.model import FixedAiring, Hours, Policy, Reserve
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.events import (
    DroppedDay,
    MovedMatch,
    NewWindow,
    Preempted,
)
from broadcast.replanning.reasons import IS_OVER, NO_AIR, NO_CHANNEL, NO_HOURS, TOO_LATE
from broadcast.replanning.repairing import repair
from jetkiz.errors import JetkizError
from tests.small_air import (
    MONDAY_9,
    SUNDAY_NOON,
    airing_of,
    at,
    channel,
    first,
    lesson,
    mended,
    one_channel,
    plan,
    problem,
    repeat,
    stream,
)


def test_a_lost_lesson_keeps_its_number_and_takes_the_nearest_free_hour() -> None:
    old = plan(first("a", "m", at(0, 9)))
    found = mended(one_channel("m"), old)
    moved = airing_of(found, "a")
    assert (moved.start, moved.kind, moved.sequence) == (at(0, 9, 30), AiringKind.MAKEUP, 1)
    assert moved.status == AiringStatus.PUBLISHED
    assert [one.kind for one in found.changes] == [ChangeKind.MADE_UP]
    assert (found.plan.revision, found.plan.parent) == (2, 1)


def test_other_first_runs_stay_and_the_evening_takes_what_has_no_room() -> None:
    before = one_channel("m", "n")
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    found = mended(before, old)
    assert airing_of(found, "b") == old.airings[1]
    assert airing_of(found, "a").start == at(0, 18)


def test_the_hour_that_crosses_fewest_homes_is_taken() -> None:
    """Both wait an hour; on channel two the brother's lesson runs at 9:30."""
    before = problem(
        [channel("one"), channel("two")],
        [stream("s0", 1), stream("s1", 2)],
        [lesson("m", "s0"), lesson("n", "s1")],
    )
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30), "two"))
    found = mended(before, old, Preempted(("one", "two"), at(0, 9), at(0, 9, 30)))
    assert airing_of(found, "a").start != at(0, 9, 30)


def test_a_lost_lesson_stands_before_the_next_of_its_subject() -> None:
    before = problem([channel("one")], [stream("s0")], [lesson("m", "s0"), lesson("n", "s0", 2)])
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(1, 9)))
    found = mended(before, old)
    assert airing_of(found, "a").end <= at(1, 9)


def test_what_is_too_late_for_its_subject_is_named_with_the_reason() -> None:
    before = problem(
        [channel("one", repeat_windows=())],
        [stream("s0")],
        [lesson("m", "s0"), lesson("n", "s0", 2)],
    )
    agreed = (FixedAiring("n", "one", 0, 9 * 60 + 30),)
    before = replace(before, policy=Policy(one_a_day=False), fixed=agreed)
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    found = mended(before, old, now=at(0, 8, 20))
    assert [(one.lesson, one.reason) for one in found.unplaced] == [("m", TOO_LATE)]
    assert airing_of(found, "a").status == AiringStatus.CANCELLED
    assert [one.kind for one in found.changes] == [ChangeKind.CANCELLED]


def test_a_next_lesson_makes_room_on_demand_alone_when_nothing_else_helps() -> None:
    before = problem(
        [channel("one", repeat_windows=())],
        [stream("s0")],
        [lesson("m", "s0"), lesson("n", "s0", 2)],
    )
    before = replace(before, policy=Policy(one_a_day=False))
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    kept = mended(before, old, now=at(0, 8))
    assert [one.lesson for one in kept.unplaced] == ["m"]
    assert airing_of(kept, "b").start == at(0, 9, 30)
    found = mended(before, old, now=at(0, 8), may_move=True)
    assert found.unplaced == ()
    assert airing_of(found, "a").end <= airing_of(found, "b").start
    assert {one.kind for one in found.changes} == {ChangeKind.MADE_UP, ChangeKind.MOVED}
    assert airing_of(found, "b").kind == AiringKind.FIRST


def test_its_own_repeat_becomes_the_make_up_where_no_hour_is_free() -> None:
    before = one_channel("m", "n", repeat_windows=(Hours((0,), 18 * 60, 18 * 60 + 30),))
    old = plan(
        first("a", "m", at(0, 9)),
        first("b", "n", at(0, 9, 30)),
        repeat("r", "m", at(0, 18)),
    )
    day = replace(before.channels[0], windows=(Hours((0,), 9 * 60, 10 * 60),))
    found = mended(replace(before, channels=(day,)), old)
    made = airing_of(found, "r")
    assert (made.kind, made.start, made.supersedes) == (AiringKind.MAKEUP, at(0, 18), "a")
    assert airing_of(found, "a").status == AiringStatus.MOVED
    assert [one.kind for one in found.changes] == [ChangeKind.MADE_UP]


def test_a_repeat_of_another_lesson_makes_room_and_finds_an_hour_of_its_own() -> None:
    before = one_channel("m", "n", repeat_windows=(Hours(DAYS_BOTH, 18 * 60, 18 * 60 + 30),))
    days = replace(before.channels[0], windows=(Hours((0,), 9 * 60, 10 * 60),))
    old = plan(
        first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)), repeat("r", "n", at(0, 18))
    )
    second = [lesson("m", "s0"), lesson("n", "s1"), lesson("m2", "s0", 2)]
    before = replace(before, channels=(days,), lessons=tuple(second))
    old = replace(old, airings=(*old.airings, first("c", "m2", at(1, 18), kind=AiringKind.MAKEUP)))
    found = mended(before, old)
    assert airing_of(found, "a").start == at(0, 18)
    assert airing_of(found, "r").status == AiringStatus.CANCELLED
    assert [one.kind for one in found.changes] == [ChangeKind.MADE_UP, ChangeKind.DROPPED_REPEAT]


DAYS_BOTH = (0, 1)


def test_a_repeat_before_its_new_first_run_is_moved_behind_it() -> None:
    before = one_channel(
        "m", repeat_windows=(Hours((0,), 10 * 60, 10 * 60 + 30), Hours((1,), 600, 720))
    )
    window = replace(before.channels[0], windows=(Hours((0,), 540, 570), Hours((1,), 540, 570)))
    before = replace(before, channels=(window,))
    old = plan(first("a", "m", at(0, 9)), repeat("r", "m", at(0, 10)))
    found = mended(before, old)
    run, again = airing_of(found, "a"), airing_of(found, "r")
    if again.start == at(0, 10):
        assert (again.kind, again.supersedes) == (AiringKind.MAKEUP, "a")
    else:
        assert again.start >= run.end


def test_hours_agreed_beforehand_come_first() -> None:
    reserve = Reserve("two", Hours(DAYS_BOTH, 15 * 60, 16 * 60))
    before = problem(
        [channel("one", reserves=(reserve,)), channel("two")], [stream("s0")], [lesson("m", "s0")]
    )
    found = mended(before, plan(first("a", "m", at(0, 9))))
    moved = airing_of(found, "a")
    assert (moved.channel, moved.start) == ("two", at(0, 15))
    assert found.problem.channels[1].repeat_windows[-1] == Hours((0,), 15 * 60, 16 * 60)


def test_reserves_stay_shut_while_their_channel_is_on_the_air() -> None:
    reserve = Reserve("two", Hours(DAYS_BOTH, 15 * 60, 16 * 60))
    before = problem(
        [channel("one", reserves=(reserve,)), channel("two")], [stream("s0")], [lesson("m", "s0")]
    )
    old = plan(first("a", "m", at(0, 9), "two"))
    found = mended(before, old, Preempted(("two",), at(0, 9), at(0, 9, 30)))
    assert airing_of(found, "a").start != at(0, 15)


def test_age_bounds_hold_in_the_time_of_the_region() -> None:
    """West of here it is an hour earlier: 9:30 on air is half past eight there."""
    before = one_channel("m")
    young = replace(before.streams[0], earliest=9 * 60, latest=12 * 60)
    west = replace(before, streams=(young,), regions={"all": "Etc/GMT+1"})
    shifted = replace(before.channels[0], windows=(Hours((0,), 9 * 60, 12 * 60),))
    west = replace(west, channels=(shifted,))
    found = mended(
        west, plan(first("a", "m", at(0, 10))), Preempted(("one",), at(0, 10), at(0, 10, 30))
    )
    assert airing_of(found, "a").start == at(0, 10, 30)


def test_nothing_suits_the_age_any_more() -> None:
    before = one_channel("m")
    young = replace(before.streams[0], latest=9 * 60 + 30)
    before = replace(before, streams=(young,), meta=replace(before.meta, days=1))
    found = mended(before, plan(first("a", "m", at(0, 9))))
    assert [one.reason for one in found.unplaced] == [NO_HOURS]


def test_breaks_hold_after_a_repair() -> None:
    before = problem(
        [channel("one", windows=(Hours((0,), 9 * 60, 12 * 60),), repeat_windows=())],
        [stream("s0", max_run=60, break_min=30)],
        [
            lesson("m", "s0"),
            lesson("n", "s0", subject="art"),
            lesson("o", "s0", subject="music"),
        ],
    )
    old = plan(
        first("a", "m", at(0, 9)),
        first("b", "n", at(0, 10)),
        first("c", "o", at(0, 10, 30)),
    )
    found = mended(before, old)
    assert airing_of(found, "a").start == at(0, 11, 30)


def test_two_lessons_of_the_same_students_are_never_at_once() -> None:
    before = problem(
        [channel("one", repeat_windows=()), channel("two", windows=(Hours((0,), 570, 600),))],
        [stream("s0"), stream("s1", grades=(1, 2))],
        [lesson("m", "s0"), lesson("n", "s1")],
    )
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    found = mended(before, old)
    assert airing_of(found, "a").start != at(0, 9, 30)


def test_the_gap_of_a_channel_and_its_grid_hold() -> None:
    before = one_channel("m", "n", windows=(Hours((0,), 9 * 60, 11 * 60),), min_gap=5, grid_min=15)
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 45)))
    found = mended(before, old)
    assert airing_of(found, "a").start == at(0, 10, 30)


def test_what_is_about_to_begin_is_not_touched() -> None:
    """At 8:40 the repeat of 9:00 may not make room any more."""
    before = one_channel(
        "m", "n", repeat_windows=(), windows=(Hours((0,), 540, 570), Hours((0,), 600, 660))
    )
    old = plan(
        first("b", "n", at(0, 9)), repeat("r", "n", at(0, 10)), first("a", "m", at(0, 10, 30))
    )
    event = Preempted(("one",), at(0, 10, 30), at(0, 11))
    found = mended(before, old, event, now=at(0, 9, 45))
    assert airing_of(found, "r") == old.airings[1]
    assert [one.reason for one in found.unplaced] == [IS_OVER]


def test_who_fell_out_too_late_to_be_told_gets_a_make_up_with_a_number_of_its_own() -> None:
    old = plan(first("a", "m", at(0, 9)))
    found = mended(one_channel("m"), old, now=at(0, 8, 50))
    assert airing_of(found, "a").status == AiringStatus.MOVED
    made = airing_of(found, "a-2")
    assert (made.supersedes, made.kind, made.status) == (
        "a",
        AiringKind.MAKEUP,
        AiringStatus.PUBLISHED,
    )
    assert made.start == at(0, 9, 30)
    assert [one.kind for one in found.changes] == [ChangeKind.MADE_UP]


def test_what_should_have_begun_was_missed() -> None:
    old = plan(first("a", "m", at(0, 9)), repeat("r", "m", at(0, 18, 30)))
    found = mended(one_channel("m"), old, now=at(0, 9, 10))
    assert airing_of(found, "a").status == AiringStatus.MISSED
    assert airing_of(found, "a-2").supersedes == "a"
    assert airing_of(found, "r") == old.airings[1]


def test_what_was_aired_is_history() -> None:
    old = plan(first("a", "m", at(0, 9), status=AiringStatus.AIRED))
    found = mended(one_channel("m"), old, now=at(0, 12))
    assert found.plan is old


def test_a_whole_day_of_a_language() -> None:
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    found = mended(one_channel("m", "n"), old, DroppedDay(0, language="kk"))
    assert {one.start.date().day for one in found.plan.airings} == {27}
    assert found.problem.channels[0].blocked == (Hours((0,), 0, 1440),)


def test_a_lesson_without_another_day_is_cancelled_with_its_repeats() -> None:
    before = replace(one_channel("m"), meta=replace(one_channel("m").meta, days=1))
    old = plan(first("a", "m", at(0, 9)), repeat("r", "m", at(0, 18)))
    found = mended(before, old, DroppedDay(0, channels=("one",)))
    assert {one.status for one in found.plan.airings} == {AiringStatus.CANCELLED}
    assert [one.lesson for one in found.unplaced] == ["m"]


def test_a_new_window_takes_what_had_no_place() -> None:
    before = replace(one_channel("m"), meta=replace(one_channel("m").meta, days=1))
    lost = mended(before, plan(first("a", "m", at(0, 9))), DroppedDay(0, channels=("one",)))
    more = NewWindow("one", Hours((0,), 20 * 60, 21 * 60))
    # The day stays blocked: only a channel that lends other hours helps.
    assert repair(lost.problem, lost.plan, more, SUNDAY_NOON).plan is lost.plan
    open_again = replace(lost.problem.channels[0], blocked=(Hours((0,), 0, 1200),))
    found = mended(replace(lost.problem, channels=(open_again,)), lost.plan, more)
    assert airing_of(found, "a").start == at(0, 20)
    assert airing_of(found, "a").sequence == 2
    assert found.plan.unplaced == ()
    assert [one.kind for one in found.changes] == [ChangeKind.NEW]


def test_a_match_that_moved_frees_its_old_hours() -> None:
    before = replace(
        one_channel("m", "n", repeat_windows=()), meta=replace(one_channel("m").meta, days=1)
    )
    old = plan(first("a", "m", at(0, 9)), first("b", "n", at(0, 9, 30)))
    lost = mended(before, old)
    assert [(one.lesson, one.reason) for one in lost.unplaced] == [("m", NO_AIR)]
    moved = MovedMatch(MONDAY_9, Preempted(("one",), at(0, 12), at(0, 13)))
    found = mended(lost.problem, lost.plan, moved)
    assert airing_of(found, "a").start == at(0, 9)
    assert airing_of(found, "b") == old.airings[1]


def test_a_lesson_of_another_language_has_no_other_channel() -> None:
    before = one_channel("m")
    before = replace(before, channels=(replace(before.channels[0], languages=("kk", "ru")),))
    russian = replace(before.streams[0], language="ru")
    before = replace(before, streams=(russian,), channels=(*before.channels, channel("two")))
    found = mended(before, plan(first("a", "m", at(0, 9))), DroppedDay(0, channels=("one",)))
    assert airing_of(found, "a").channel == "one"


def test_what_was_agreed_and_fell_out_is_agreed_no_more() -> None:
    before = replace(one_channel("m"), fixed=(FixedAiring("m", "one", 0, 9 * 60),))
    found = mended(before, plan(first("a", "m", at(0, 9))))
    assert found.problem.fixed == ()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Preempted(("nine",), at(0, 9), at(0, 10)), "There is no channel nine"),
        (Preempted(("one",), at(0, 10), at(0, 9)), "ends before it begins"),
        (DroppedDay(7, channels=("one",)), "not planned"),
        (Preempted(("one",), at(9, 9), at(9, 10)), "not planned"),
        (Preempted(("one",), at(-3, 9), at(-3, 10)), "not planned"),
        (
            MovedMatch(
                Preempted(("one",), at(8, 9), at(8, 10)), Preempted(("one",), at(9, 9), at(9, 10))
            ),
            "not planned",
        ),
        (DroppedDay(0, language="fr"), "No channel carries lessons in fr"),
        (NewWindow("one", Hours((5,), 540, 600)), "not planned"),
        (MovedMatch(MONDAY_9, Preempted(("nine",), at(0, 9), at(0, 10))), "no channel nine"),
    ],
)
def test_events_about_what_is_not_there_are_refused(event: object, words: str) -> None:
    with pytest.raises(JetkizError, match=words):
        repair(one_channel("m"), plan(first("a", "m", at(0, 9))), event, SUNDAY_NOON)


def test_no_channel_is_left_for_a_region() -> None:
    before = problem([channel("one")], [stream("s0")], [lesson("m", "s0")])
    deaf = replace(before.channels[0], languages=("ru",))
    found = repair(
        replace(before, channels=(deaf,)), plan(first("a", "m", at(0, 9))), MONDAY_9, SUNDAY_NOON
    )
    assert [one.reason for one in found.unplaced] == [NO_CHANNEL]
