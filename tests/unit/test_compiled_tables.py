"""The tables that the compiled rules read say what the week says, slot by slot, and are kept."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.solver.compiling import arrays_of
from scheduler.solver.kernel.desk import DAY, KEY, PROGRAM, new_desk
from scheduler.solver.kernel.facts import SLOT_DAY, SLOT_HEAVY, Shelf, about_of
from scheduler.solver.kernel.filling import _order, new_moves
from scheduler.solver.kernel.sharing import _keep_daily
from scheduler.solver.parts import part_of_homes
from scheduler.solver.week_arrays import NO_CAP, NOTHING, WeekArrays
from tests.plan_problems import a_village, full_problems


@given(full_problems())
@settings(max_examples=30)
def test_every_slot_says_what_its_lesson_says(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    about = about_of(week)
    for program, own in enumerate(week.programs.tolist()):
        for slot, lesson in enumerate(own):
            day, heavy = about.frame[program, :, slot].tolist()
            steps = about.steps[program, :, slot].tolist()
            if lesson == NOTHING:
                assert (day, heavy) == (NOTHING, 0)
                assert set(steps) == {NOTHING}
                continue
            assert day == week.lessons.day[lesson]
            assert heavy == week.lessons.is_heavy[lesson]
            is_open = week.lessons.is_open[lesson]
            assert steps == np.where(is_open, week.lessons.step[lesson], NOTHING).tolist()
            assert about.sides[program, :, slot].tolist() == week.lessons.sides[lesson].tolist()
            assert about.marks[program, :, slot].tolist() == week.lessons.marking[lesson].tolist()


@given(full_problems())
@settings(max_examples=30)
def test_the_slots_that_were_added_hold_no_lesson(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    about = about_of(week)
    wide = about.steps.shape[2]
    assert wide % 16 == 0
    assert 0 <= wide - week.slots < 16
    assert (about.steps[:, :, week.slots :] == NOTHING).all()
    assert (about.frame[:, SLOT_DAY, week.slots :] == NOTHING).all()
    assert not about.frame[:, SLOT_HEAVY, week.slots :].any()
    assert not about.marks[:, :, week.slots :].any()
    # The shortest lesson stays the shortest.
    assert (about.sides.min(axis=2) == about.sides[:, :, : week.slots].min(axis=2)).all()


@given(full_problems())
@settings(max_examples=30)
def test_no_two_lessons_of_a_day_stand_farther_apart_than_the_reach(problem: PlanProblem) -> None:
    week = arrays_of(problem)
    about = about_of(week)
    for program, reach in enumerate(about.reach.tolist()):
        days = about.frame[program, SLOT_DAY].tolist()
        apart = [
            abs(one - other)
            for one, day in enumerate(days)
            for other, same in enumerate(days)
            if day == same != NOTHING
        ]
        assert reach == max(apart, default=0)
        count = about.heavy[program, 0]
        heavy = np.flatnonzero(about.frame[program, SLOT_HEAVY]).tolist()
        assert about.heavy[program, 1 : 1 + count].tolist() == heavy


def a_week() -> WeekArrays:
    return arrays_of(a_village(random.Random(3), students=12, lessons=9))


def test_a_week_and_its_parts_are_laid_out_once() -> None:
    week, shelf = a_week(), Shelf()
    first = shelf.about(week)
    part = part_of_homes(week, np.flatnonzero(week.students.household > 1))
    assert shelf.about(part) is first
    assert shelf.about(replace(week, pools=week.pools)) is first


def test_another_week_is_laid_out_anew() -> None:
    week, shelf = a_week(), Shelf()
    first = shelf.about(week)
    dearer = replace(week, lessons=replace(week.lessons, step=week.lessons.step + 1))
    is_open = week.lessons.is_open
    assert (shelf.about(dearer).steps >= first.steps).all()
    assert (shelf.about(dearer).steps > first.steps).any()
    shut = replace(week, lessons=replace(week.lessons, is_open=np.zeros_like(is_open)))
    assert (shelf.about(shut).steps == NOTHING).all()
    assert shelf.about(replace(week, kept=week.kept + 1)).kept == week.kept + 1
    assert (shelf.about(week).steps == first.steps).all()


MOVES = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.5, 1.0, 3.0, 3.0000000000000004, 2e8, 1e-9])),
    max_size=40,
)


@given(MOVES)
def test_the_order_is_that_of_lessons_without_a_way_then_of_density(
    given_moves: list[tuple[int, float]],
) -> None:
    """Of equal ones the first written goes first, as in a sort by all three."""
    count = len(given_moves)
    moves = new_moves(count + 2, 1)
    for one, (is_new, density) in enumerate(given_moves):
        moves.is_new[one], moves.density[one] = is_new, density
    expected = sorted(range(count), key=lambda one: (-moves.is_new[one], -moves.density[one], one))
    assert _order(moves, count).tolist() == expected


GAINS = st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 4)), min_size=1, max_size=20)


@given(GAINS, st.integers(0, 4))
def test_each_day_keeps_its_best_and_of_equal_ones_the_first(
    slots: list[tuple[int, int]], most: int
) -> None:
    """Days stand in any order, also mixed: each lesson is held against all of its day."""
    about = about_of(a_week())
    about.reach[0] = len(slots) - 1
    desk = new_desk(1, about.terms, len(slots))
    desk.who[0, PROGRAM] = 0
    days, gains = np.array(slots).T
    desk.nets[0, DAY], desk.line[KEY] = days, gains
    _keep_daily(about, desk, 0, most)
    expected = np.zeros(len(slots), dtype=np.int64)
    for day in set(days.tolist()):
        on_day = [slot for slot in range(len(slots)) if days[slot] == day]
        best = sorted(on_day, key=lambda slot: (-gains[slot], slot))[:most]
        expected[best] = gains[best]
    assert desk.line[KEY].tolist() == expected.tolist()


def test_no_cap_keeps_all() -> None:
    about = about_of(a_week())
    desk = new_desk(1, about.terms, 6)
    desk.nets[0, DAY], desk.line[KEY] = 0, np.arange(6)
    _keep_daily(about, desk, 0, NO_CAP)
    assert desk.line[KEY].tolist() == [0, 1, 2, 3, 4, 5]
