"""The education TV of ten countries can be told in our files, and comes out as it was given."""

from collections import Counter

import pytest

from broadcast.capacity.choosing import chosen
from broadcast.capacity.report import capacity_report
from broadcast.checker.checking import faults
from broadcast.plan.model import AiringKind, Plan
from broadcast.problem.lists import problem_lists, read_lists
from broadcast.problem.model import Medium, Problem
from broadcast.problem.moments import local_place
from broadcast.problem.open_hours import open_spans
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order, problem_bytes
from broadcast.solver.solving import solve
from tests.broadcast_designs import DESIGNS, Slot, countries, problem_of, slots_of

GIVEN = ["Ghana", "Turkey", "Croatia", "Ukraine", "Serbia", "Mexico"]
WINDOWS = ["Kazakhstan", "Kenya", "Russia", "UK"]


def _on_air(problem: Problem, plan: Plan) -> list[Slot]:
    channels = {one.id: one for one in problem.channels}
    lessons = {one.id: one for one in problem.lessons}
    streams = {one.id: one for one in problem.streams}
    slots = []
    for one in plan.airings:
        lesson = lessons[one.lesson]
        slots.append(
            Slot(
                one.channel,
                streams[lesson.stream].grades[0],
                lesson.subject,
                *local_place(problem, channels[one.channel], one.start),
                one.minutes,
                one.kind is AiringKind.REPEAT,
            )
        )
    return slots


def test_all_ten_countries_of_the_file_are_told() -> None:
    assert set(countries()) == set(DESIGNS) == {*GIVEN, *WINDOWS}


@pytest.mark.parametrize("country", countries())
def test_each_design_is_a_sound_problem_in_every_form_of_the_file(country: str) -> None:
    problem = problem_of(country)
    assert faults_of(problem) == []
    assert read_problem(problem_bytes(problem)) == in_order(problem)
    assert read_lists(problem_lists(problem), country) == in_order(problem)
    assert chosen(problem)[1] == ()


@pytest.mark.parametrize("country", GIVEN)
def test_what_was_given_comes_out_as_it_was_given(country: str) -> None:
    problem = problem_of(country)
    plan = solve(problem)
    assert faults(problem, plan) == []
    assert plan.unplaced == ()
    assert Counter(_on_air(problem, plan)) == Counter(slots_of(country))


@pytest.mark.parametrize("country", WINDOWS)
def test_where_only_hours_were_given_all_lessons_find_a_place_in_them(country: str) -> None:
    problem = problem_of(country)
    plan = solve(problem)
    assert faults(problem, plan) == []
    assert plan.unplaced == ()
    first = [one for one in _on_air(problem, plan) if not one.is_repeat]
    assert len(first) == len(problem.lessons)
    spans = {
        (channel.id, day): open_spans(channel, day)
        for channel in problem.channels
        for day in range(7)
    }
    assert all(
        any(start <= one.start and one.start + one.minutes <= end for start, end in spans[key])
        for one in first
        for key in [(one.channel, one.day)]
    )


def test_the_hours_of_kazakhstan_were_full_and_those_of_turkey_as_well() -> None:
    """No repeat fitted in: evenings were the only reserve, and nobody lent one."""
    for country in ("Kazakhstan", "Turkey", "Russia"):
        report = capacity_report(problem_of(country))
        assert all(not one.has_slack for one in report.channels)
        assert all(one.repeats == 0 for one in report.channels)


def test_kenya_is_on_the_radio_and_serbia_has_a_plan_b() -> None:
    kenya = problem_of("Kenya")
    assert {one.medium for one in kenya.channels} == {Medium.RADIO}
    assert not any(one.needs_picture for one in kenya.lessons)
    serbia = problem_of("Serbia")
    assert serbia.channels[0].reserves[0].channel == "RTS 3"
