"""A timetable is made of what was chosen, and no air stays free that another lesson could use."""

from dataclasses import replace

from hypothesis import given

from broadcast.capacity.choosing import chosen
from broadcast.checker.checking import faults
from broadcast.making import make_timetable
from broadcast.plan.model import AiringKind, Plan
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import Problem
from broadcast.problem.writing import in_order, problem_sha256
from broadcast.solver.solving import solve
from tests.broadcast_problems import problems, week_600
from tests.examples import drawing


def _short_of_air() -> Problem:
    """Half the channels, and breaks for the little ones: what fits in minutes may find no place."""
    week = week_600(iterations=2_000)
    streams = tuple(
        replace(one, max_run=30, break_min=15, latest=13 * 60) if one.grades[0] <= 4 else one
        for one in week.streams
    )
    return replace(week, channels=week.channels[::2], streams=streams)


def _first(plan: Plan) -> set[str]:
    return {one.lesson for one in plan.airings if one.kind is AiringKind.FIRST}


def test_minutes_of_a_lesson_without_a_place_serve_another() -> None:
    problem = _short_of_air()
    smaller, left = chosen(problem)
    before = _first(solve(smaller))
    made = make_timetable(problem)
    assert left
    assert len(before) < len(smaller.lessons)
    assert before < _first(made)
    assert {one.lesson for one in made.unplaced} == {one.id for one in problem.lessons} - _first(
        made
    )
    assert made.input_sha256 == problem_sha256(problem)


@drawing(15)
@given(problems())
def test_every_lesson_is_aired_or_has_a_reason(problem: Problem) -> None:
    problem = in_order(problem)
    made = make_timetable(problem)
    assert faults(problem, made) == []
    named = [one.lesson for one in made.unplaced]
    assert sorted([*named, *_first(made)]) == sorted(one.id for one in problem.lessons)


def test_the_report_says_what_the_air_holds_whatever_the_order_of_the_lists() -> None:
    problem = _short_of_air()
    made = make_timetable(problem)
    capacity = made.report["capacity"]
    assert capacity["lessons"] == len(problem.lessons)
    assert capacity["unplaced"] == len(chosen(problem)[1]) > 0
    assert [one["channel"] for one in capacity["channels"]] == ["kk1", "ru1"]
    assert {"clash", "lost_share", "idle_slots"} < set(made.report)
    turned = replace(problem, channels=problem.channels[::-1], streams=problem.streams[::-1])
    assert plan_bytes(make_timetable(turned)) == plan_bytes(made)
