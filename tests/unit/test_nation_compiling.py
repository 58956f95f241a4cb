"""What people wrote becomes what the solver looks at: pools, ties, and decisions that hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from scheduler.nation.compiling import arrays_of, stirred
from scheduler.nation.decisions import decided
from scheduler.nation.folder import read_folder
from scheduler.nation.problem import Decision, Problem
from scheduler.rules.channel_choice import Resource
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Cap
from tests.nations import drawn, problems


@given(problems())
@settings(max_examples=40)
def test_pools_follow_the_nearest_key(problem: Problem) -> None:
    week = arrays_of(problem)
    pools = week.pools
    assert len(pools.amount) == sum(
        5 if one.resource == Resource.MESSAGES else 1 for one in problem.capacities
    )
    given_keys = {(one.resource, one.key): one.amount for one in problem.capacities}
    for row in range(2):
        for column in range(pools.of_school.shape[1]):
            pool = pools.of_school[row, column]
            keys = (str(week.school[row]), week.regions[week.region[row]], "all")
            if pool == NOTHING:
                continue
            resource = pools.resource[pool]
            nearest = next(key for key in keys if (resource, key) in given_keys)
            assert pools.key[pool].split(", day")[0] == nearest
            factor = 100 if resource == Resource.MARKING else 1
            assert pools.amount[pool] == factor * given_keys[resource, nearest]


def test_ties_are_stirred_for_ever() -> None:
    found = stirred(np.array([1, 2, 3, 10**12], dtype=np.int64))
    assert found.dtype == np.uint64
    assert found[:2].tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    assert len(set(found.tolist())) == 4


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    folder = tmp_path_factory.mktemp("made")
    drawn(folder, 60)
    found = read_folder(folder)
    people = found.students
    people.chance[:] = 900
    people.caps[:] = NO_CAP
    people.caps[0] = (1, 2, 1)
    return found


def codes(problem: Problem, row: int, *, day: int, kind: str = "") -> list[str]:
    """Lessons of one student's day that TV shows, of one kind if it is named."""
    program = problem.programs[problem.students.program[row]]
    return [
        one.code
        for one in problem.lessons
        if one.program == program
        and one.day == day
        and (one.kind.value == kind if kind else one.kind.value != "video")
    ]


def test_nobody_decided_anything(problem: Problem) -> None:
    found, aside = decided(problem)
    assert found.shape == (0, 30)
    assert aside == ()


@pytest.mark.parametrize(("channel", "room"), [("telegram", 2), ("in_person", 3)])
def test_decisions_stop_where_the_home_has_no_more_room(
    problem: Problem, channel: str, room: int
) -> None:
    student = int(problem.students.number[0])
    own = codes(problem, 0, day=2)[:3]
    assert len(own) == 3
    decisions = tuple(Decision(student, code, channel) for code in own)
    found, aside = decided(replace(problem, decisions=decisions))
    assert (found != NOTHING).sum() == room
    assert aside == decisions[room:]


def test_films_stop_where_the_data_plan_ends(problem: Problem) -> None:
    student = int(problem.students.number[0])
    films = [code for day in range(1, 6) for code in codes(problem, 0, day=day, kind="video")]
    assert len(films) == 3
    decisions = tuple(Decision(student, code, "telegram") for code in films)
    found, aside = decided(replace(problem, decisions=decisions))
    assert (found != NOTHING).sum() == problem.students.caps[0, Cap.HEAVY] == 1
    assert aside == decisions[1:]


def test_what_cannot_reach_the_home_is_set_aside(problem: Problem) -> None:
    chance = problem.students.chance.copy()
    chance[1, 2] = 0
    student = int(problem.students.number[1])
    code = codes(problem, 1, day=1)[0]
    films = [one for day in range(1, 6) for one in codes(problem, 1, day=day, kind="video")]
    decisions = [Decision(student, code, "post"), Decision(student, films[0], "in_person")]
    without = replace(problem, students=replace(problem.students, chance=chance))
    found, aside = decided(replace(without, decisions=tuple(decisions)))
    assert (found == NOTHING).all()
    assert aside == tuple(decisions)
    kept, none = decided(replace(problem, decisions=(decisions[0],)))
    assert (kept != NOTHING).sum() == 1
    assert none == ()


def test_a_late_channel_is_set_aside_and_noted(problem: Problem) -> None:
    student = int(problem.students.number[2])
    (code, *_) = codes(problem, 2, day=3)
    late = tuple(
        replace(one, too_late=(code,)) if one.name == "post" else one for one in problem.channels
    )
    decision = Decision(student, code, "post")
    week = arrays_of(replace(problem, channels=late, decisions=(decision,)))
    assert week.notes == (f"{student} {code} post",)
    assert arrays_of(replace(problem, decisions=(decision,))).notes == ()


def test_the_drawn_folder_is_read_alike(tmp_path: Path) -> None:
    drawn(tmp_path, 30)
    one, two = (arrays_of(read_folder(tmp_path)) for _ in range(2))
    assert np.array_equal(one.students.chance, two.students.chance)
    assert np.array_equal(one.lessons.step, two.lessons.step)
