"""What one broadcaster asks of a timetable: read or refused, judged, and kept by every repair."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadcast.checker.checking import faults
from broadcast.checker.model import OF_CONDITIONS
from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.problem.conditions import meant
from broadcast.problem.lists import problem_lists, read_lists
from broadcast.problem.model import Condition, ConditionKind, Hours, Problem
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order, problem_bytes
from broadcast.replanning.conditions import broken_by
from broadcast.replanning.ground import Ground
from broadcast.replanning.reasons import CONDITION
from broadcast.replanning.repairing import repair
from broadcast.replanning.week import Place, Week
from broadcast.solver.solving import solve
from tests.broadcast_conditions import some_conditions
from tests.broadcast_problems import problems
from tests.examples import drawing
from tests.small_air import (
    MONDAY_9,
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

K = ConditionKind
MARGIN = timedelta(minutes=30)
WEEK = problem(
    [channel("one"), channel("two")],
    [stream("s"), stream("t", 2)],
    [
        lesson("m1", "s", sign_language=True),
        lesson("m2", "s", 2),
        lesson("n1", "t", subject="music"),
    ],
)
ASKED = (
    Condition("apart", K.APART, lessons=("m1", "n1"), days=2),
    Condition("first", K.BEFORE_EACH_DAY, streams=("s",), then_streams=("t",)),
    Condition("signs", K.MOST_AT_ONCE, sign_language=True, count=2),
    Condition("turn", K.BEFORE, lessons=("m1",), then_subjects=("music",)),
)


def test_conditions_are_written_and_read_back_in_a_file_and_in_tables() -> None:
    whole = in_order(replace(WEEK, conditions=ASKED[::-1]))
    assert whole.conditions == ASKED
    assert read_problem(problem_bytes(whole)) == whole
    assert read_lists(problem_lists(whole), "folder") == whole
    line = '{"id": "apart", "kind": "apart", "lessons": ["m1", "n1"], "days": 2}'
    assert line in problem_bytes(whole).decode()


def test_files_without_conditions_are_what_they_were() -> None:
    assert b"conditions" not in problem_bytes(WEEK)
    assert "conditions.csv" not in problem_lists(WEEK)


def test_a_condition_is_about_the_lessons_that_have_all_that_it_names() -> None:
    both = Condition("b", K.MOST_A_DAY, streams=("s",), subjects=("math",), lessons=("m2", "n1"))
    (found,) = meant(replace(WEEK, conditions=(both,)))
    assert found.lessons == {"m2"}
    (signs,) = meant(replace(WEEK, conditions=(ASKED[2],)))
    assert signs.lessons == {"m1"}
    (nothing,) = meant(replace(WEEK, conditions=(Condition("n", K.MOST_A_DAY),)))
    assert nothing.lessons == frozenset()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "never"}, "Write one of these: apart, before, before_each_day, most_a_day"),
        ({"kind": ""}, "Write one of these: apart, before"),
        ({"hour": "09:00"}, "there is no hour here"),
        ({"lessons": ["m1", "m9"]}, "nothing else tells of m9"),
        ({"lessons": [], "streams": ["s9"]}, "nothing else tells of s9"),
        ({"lessons": ["m1"]}, "it is about 1 lessons, and needs at least 2"),
        ({"lessons": []}, "it is about 0 lessons"),
        ({"count": 2}, "count says nothing for a condition of the kind apart"),
        ({"then_lessons": ["n1"]}, "then_lessons says nothing"),
        ({"kind": "before"}, "it does not say before which lessons"),
        ({"kind": "before", "then_lessons": ["m1"]}, "m1 would have to be over before it begins"),
        (
            {"kind": "before", "lessons": ["m2"], "then_lessons": ["m1"]},
            "m2 before m1 turns the order of their subject round",
        ),
        ({"kind": "most_a_day", "count": 0}, "A whole number from 1"),
        ({"days": 63}, "A whole number from 1 to 62"),
        ({"id": "signs"}, "conditions: signs stands there twice"),
    ],
)
def test_a_condition_that_asks_nothing_or_what_cannot_be_is_refused(
    values: dict[str, Any], words: str
) -> None:
    usual: dict[str, Any] = {"id": "c", "kind": "apart", "lessons": ["m1", "n1"]}
    whole = problem_bytes(replace(WEEK, conditions=(ASKED[2],))).decode()
    document = json.loads(whole)
    document["conditions"].append(usual | values)
    with pytest.raises(Exception, match=words) as error:
        read_problem(json.dumps(document))
    told = getattr(error.value, "faults", (error.value,))
    assert all(one.remedy for one in told)
    document["conditions"][-1] = usual
    assert len(read_problem(json.dumps(document)).conditions) == 2


def _kinds(asked: Condition, *airings: Any) -> list[str]:
    found = faults(replace(WEEK, conditions=(asked,)), plan(*airings))
    return [str(one) for one in found if one.kind in OF_CONDITIONS]


def test_the_checker_says_which_condition_is_broken_by_what() -> None:
    early, late = first("a", "m1", at(0, 9)), first("b", "n1", at(1, 9, 30))
    (told,) = _kinds(ASKED[0], early, late)
    assert told == (
        "Condition apart: n1, 2026-01-27 09:30, stands 1 days from m1, at least 2 are asked for."
    )
    assert _kinds(replace(ASKED[0], days=1), early, late) == []
    assert _kinds(ASKED[3], early, late) == []
    (told,) = _kinds(ASKED[3], replace(early, start=at(1, 9, 30), channel="two"), late)
    assert told.startswith("Condition turn: m1, 2026-01-27 09:30, is not over when n1 begins")


def test_each_day_counts_for_itself() -> None:
    asked = ASKED[1]
    days = first("a", "m1", at(1, 9)), first("b", "n1", at(0, 9))
    assert _kinds(asked, *days) == []
    assert len(_kinds(replace(asked, kind=K.BEFORE), *days)) == 1
    assert len(_kinds(asked, *days, first("c", "m2", at(0, 9, 30)))) == 1


def test_repeats_are_bound_by_nothing_and_what_is_over_cannot_be_mended() -> None:
    asked = Condition("once", K.MOST_AT_ONCE, lessons=("m1", "n1"))
    one, two = first("a", "m1", at(0, 9)), first("b", "n1", at(0, 9), "two")
    assert len(_kinds(asked, one, two)) == 1
    assert _kinds(asked, one, replace(two, start=at(0, 9, 30)), repeat("r", "n1", at(0, 9))) == []
    over = [replace(found, status=AiringStatus.AIRED) for found in (one, two)]
    assert _kinds(asked, *over) == []
    assert len(_kinds(asked, one, over[1])) == 1


def test_a_repair_takes_another_hour_than_the_one_that_breaks_a_condition() -> None:
    before = replace(
        one_channel("x", "y", repeat_windows=(Hours((0, 1), 1080, 1140),)),
        conditions=(Condition("order", K.BEFORE, lessons=("y",), then_lessons=("x",)),),
    )
    old = plan(first("b", "y", at(0, 9)), first("a", "x", at(0, 9, 30)))
    free = mended(replace(before, conditions=()), old)
    assert airing_of(free, "b").start == at(0, 18)
    found = mended(before, old)
    assert [(one.lesson, one.reason) for one in found.unplaced] == [("y", CONDITION)]
    assert found.unplaced[0].facts == {"condition": "order"}
    far = replace(before, conditions=(Condition("n", K.APART, lessons=("x", "y")),))
    days = plan(first("b", "y", at(0, 9)), first("a", "x", at(1, 9, 30)))
    assert airing_of(mended(far, days), "b").start == at(0, 9, 30)


def test_a_repeat_does_not_take_over_where_a_condition_forbids_it() -> None:
    asked = Condition("one", K.MOST_A_DAY, lessons=("x", "y"))
    before = replace(one_channel("x", "y", windows=(Hours((0, 1), 540, 570),)), conditions=(asked,))
    old = plan(first("a", "x", at(0, 9)), repeat("r", "x", at(1, 18)), first("b", "y", at(1, 9)))
    taken_over = mended(replace(before, conditions=()), old, MONDAY_9)
    assert taken_over.unplaced == ()
    found = mended(before, old, MONDAY_9)
    assert airing_of(found, "a").start == at(0, 18)


@drawing(60)
@given(problems(), st.integers(0, 999_999))
def test_a_place_that_breaks_a_condition_is_known_before_the_checker_sees_it(
    drawn: Problem, number: int
) -> None:
    chance = random.Random(number)
    whole = in_order(some_conditions(drawn, chance))
    assume(whole.conditions)
    made = solve(whole)
    runs = [one for one in made.airings if one.kind is AiringKind.FIRST]
    assume(runs)
    moved = chance.choice(runs)
    rest = [one for one in made.airings if one.id != moved.id]
    ground = Ground(whole)
    week = Week(ground, rest, ground.row.origin)
    known = {one.facts["condition"] for one in _of_conditions(whole, rest)}
    for other in chance.sample(runs, min(4, len(runs))):
        there = week.place_of(replace(moved, start=other.start))
        place = Place(moved.channel, there.cell, there.length)
        at_place = replace(moved, start=other.start)
        told = {one.facts["condition"] for one in _of_conditions(whole, [*rest, at_place])}
        if not told <= known:
            assert broken_by(week, ground.lessons[moved.lesson], place)


def _of_conditions(whole: Problem, airings: list[Any]) -> list[Any]:
    found = faults(whole, plan(*airings))
    return [one for one in found if one.kind in OF_CONDITIONS]


@drawing(30)
@given(problems(), st.integers(0, 999_999))
def test_a_repair_breaks_no_condition(drawn: Problem, number: int) -> None:
    whole = in_order(some_conditions(drawn, random.Random(number)))
    assume(whole.conditions)
    made = solve(whole)
    assume(made.airings)
    known = {(one.kind, one.airings) for one in faults(whole, made)}
    lost = replace(
        MONDAY_9,
        channels=(made.airings[0].channel,),
        start=min(one.start for one in made.airings),
        end=max(one.start for one in made.airings[:2]) + MARGIN,
    )
    found = repair(whole, made, lost, lost.start - MARGIN * 60)
    new = [one for one in faults(found.problem, found.plan) if (one.kind, one.airings) not in known]
    # What was broken before the match may be broken by fewer or by others now.
    before = {one.facts["condition"] for one in faults(whole, made) if one.kind in OF_CONDITIONS}
    assert not [one for one in new if one.facts.get("condition") not in before]


def test_the_drawn_conditions_are_sound() -> None:
    drawn = [some_conditions(WEEK, random.Random(number)) for number in range(40)]
    assert not any(faults_of(one) for one in drawn)
    assert {one.kind for found in drawn for one in found.conditions} == set(ConditionKind)
