"""Which hour a lesson gets instead, where one rule alone decides: each case has two ways out."""

from dataclasses import replace

from broadcast.plan.model import AiringKind, AiringStatus, Unplaced
from broadcast.problem.model import Hours, Reserve
from broadcast.replanning.events import Missed, NewWindow, Preempted
from tests.small_air import (
    airing_of,
    at,
    channel,
    first,
    lesson,
    mended,
    plan,
    problem,
    repeat,
    stream,
)

EVERYWHERE = ("all", "east")
MORNING = (Hours((0, 1), 9 * 60, 10 * 60 + 30),)


def test_of_two_hours_as_near_the_later_is_taken() -> None:
    """Whom the change does not reach in time misses what is aired before its hour."""
    air = problem([channel("one", windows=MORNING)], [stream("s")], [lesson("a", "s")])
    found = mended(
        air, plan(first("x", "a", at(1, 9, 30))), Preempted(("one",), at(1, 9, 30), at(1, 10))
    )

    assert airing_of(found, "x").start == at(1, 10)


def test_agreed_hours_that_are_taken_do_not_stand_in_the_way_of_others() -> None:
    agreed = Reserve("two", Hours((0,), 12 * 60, 12 * 60 + 30))
    air = problem(
        [channel("one", reserves=(agreed,)), channel("two", windows=(Hours((0, 1), 540, 750),))],
        [stream("s"), stream("t", 2)],
        [lesson("a", "s"), lesson("b", "t")],
    )
    old = plan(first("x", "a", at(0, 9)), first("y", "b", at(0, 12), on="two"))

    found = mended(air, old, Preempted(("one",), at(0, 9), at(0, 10)))

    moved = airing_of(found, "x")
    assert (moved.stands, moved.channel) == (True, "two")
    assert airing_of(found, "y").start == at(0, 12)


def test_a_repeat_for_some_regions_makes_up_for_none_and_goes_with_its_first_run() -> None:
    near = channel("near", windows=(), repeat_windows=(Hours((0, 1), 1080, 1140),))
    wide = channel("one", regions=EVERYWHERE, repeat_windows=())
    air = problem([wide, near], [stream("s", regions=EVERYWHERE)], [lesson("a", "s")])
    air = replace(air, regions={"all": "UTC", "east": "UTC"})
    old = plan(first("x", "a", at(1, 9)), repeat("r", "a", at(1, 18), on="near"))

    found = mended(air, old, Preempted(("one",), at(0, 9), at(1, 10)))

    assert [one.lesson for one in found.unplaced] == ["a"]
    assert airing_of(found, "r").status == AiringStatus.CANCELLED


def test_a_repeat_about_to_begin_makes_up_at_its_own_hour_for_what_falls_out_now() -> None:
    late = (Hours((1,), 9 * 60 + 30, 10 * 60),)
    two = channel("two", windows=late, repeat_windows=())
    air = problem([channel("one", repeat_windows=()), two], [stream("s")], [lesson("a", "s")])
    old = plan(first("x", "a", at(1, 9)), repeat("r", "a", at(1, 9, 30), on="two"))

    found = mended(air, old, Preempted(("one",), at(1, 9), at(1, 10)), at(1, 9, 5))

    made = airing_of(found, "r")
    assert (made.kind, made.start, made.supersedes) == (AiringKind.MAKEUP, at(1, 9, 30), "x")


def test_a_lesson_that_waited_takes_no_second_hour_of_its_subject_on_a_day() -> None:
    lent = NewWindow("one", Hours((0,), 11 * 60, 11 * 60 + 30))
    lessons = [lesson("a", "s"), lesson("b", "s", 2)]
    air = problem([channel("one", windows=(Hours((0,), 540, 570),))], [stream("s")], lessons)
    old = plan(first("x", "a", at(0, 9)), unplaced=(Unplaced("b", "full"),))

    assert mended(air, old, lent).unplaced == ()
    assert [one.lesson for one in mended(air, old, lent).plan.unplaced] == ["b"]
    other_day = NewWindow("one", Hours((1,), 11 * 60, 11 * 60 + 30))
    assert mended(air, old, other_day).plan.unplaced == ()


def test_what_was_missed_is_made_up_for_although_the_next_lesson_has_been_aired() -> None:
    air = problem([channel("one")], [stream("s")], [lesson("a", "s"), lesson("b", "s", 2)])
    old = plan(
        first("x", "a", at(0, 9), status=AiringStatus.MISSED),
        first("y", "b", at(1, 9), status=AiringStatus.AIRED),
    )

    found = mended(air, old, Missed(), at(1, 9, 45))

    (made,) = [one for one in found.plan.airings if one.supersedes == "x"]
    assert (made.stands, made.start) == (True, at(1, 18))
