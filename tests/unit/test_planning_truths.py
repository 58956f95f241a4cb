"""The fourteen truths that hold for every plan, and which test holds each of them.

Most live beside what they test; those that belong to no one place stand below the table.
"""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.model import PlanProblem
from scheduler.nation.compiling import arrays_of as arrays_of_nation
from scheduler.nation.problem import Problem
from scheduler.solver.compiling import arrays_of
from scheduler.solver.offers import Block
from scheduler.solver.price_search import look
from scheduler.solver.solving import Solution, solve
from scheduler.solver.uses import by_pool, gross_worth, takes_of, true_cost
from scheduler.solver.week_arrays import Bytes, Longs, Reals, WeekArrays
from tests.nations import problems as nation_problems
from tests.plan_problems import full_problems
from tests.scarce_school import scarce_school

HERE = Path(__file__).parent

TRUTHS: dict[str, list[str]] = {
    "1 No limit is passed, and every chosen way is open, in time and in the language": [
        "test_planner_invariants.test_the_independent_checker_finds_nothing",
        "test_solver_invariants.test_the_checker_passes_and_the_explanation_agrees",
        "test_nation_checking.test_the_solver_keeps_every_rule",
        "test_planted_bugs.test_what_the_solver_is_blind_to_is_seen",
    ],
    "2 Every lesson has a channel or a reason, and every reason is true": [
        "test_planner_invariants.test_every_lesson_has_a_channel_or_a_reason",
        "test_planted_bugs.test_a_reason_that_is_not_true_is_seen",
        "test_nation_checking.test_every_false_reason_of_a_lesson_with_a_channel_is_found",
    ],
    "3 A second way fails apart from the first and can still arrive": [
        "test_second_ways.test_whatever_is_chosen_keeps_every_rule_and_nothing_better_does",
        "test_second_ways.test_a_plan_names_every_second_way_there_is_and_the_checker_agrees",
        "test_planted_bugs.test_a_second_way_that_cannot_work_is_seen",
    ],
    "4 Bound, best divided, best whole plan and ours stand in this order": [
        "test_solver_oracle.test_bound_divided_best_whole_best_and_ours_stand_in_this_order",
        "test_solver_invariants.test_its_books_are_true_and_any_prices_prove_a_bound",
        "test_planted_bugs.test_a_bound_below_the_best_plan_is_seen",
    ],
    "5 More of anything never lowers what can be had": [
        "test_planning_truths.test_more_of_anything_never_lowers_a_bound",
        "test_solver_invariants.test_neither_order_nor_more_room_makes_a_plan_worse",
    ],
    "6 A channel more for a student never lowers it; a home that leaves frees what it used": [
        "test_planning_truths.test_a_channel_more_never_lowers_what_can_be_had",
        "test_planning_truths.test_a_home_that_leaves_frees_what_it_used",
    ],
    "7 A re-plan without a change changes nothing; who stays gladly enough stays": [
        "test_replanning.test_without_a_change_it_is_the_same_plan",
        "test_replan_arrays.test_without_a_change_nothing_changes",
        "test_replan_arrays.test_where_staying_is_worth_most_everybody_stays",
    ],
    "8 Other names and another order give the same plan": [
        "test_planning_truths.test_other_numbers_for_schools_and_homes_give_the_same_plan",
        "test_planner_invariants.test_renaming_students_renames_the_plan",
        "test_planted_bugs.test_ties_by_the_place_in_a_list_are_seen",
    ],
    "9 All engines answer alike, and as plain reasoning does": [
        "test_engines_and_plain_household.test_a_school_s_household_takes_what_is_best",
        "test_engines_and_plain_household.test_a_household_answers_alone_as_among_others",
    ],
    "10 The recomputed winner is the stored channel": [
        "test_plan_explained.test_the_recomputed_choice_is_the_stored_one_for_every_lesson",
        "test_solver_invariants.test_the_checker_passes_and_the_explanation_agrees",
    ],
    "11 What was handed over stays handed over": [
        "test_replanning.test_only_what_must_change_changes",
        "test_planted_bugs.test_a_pack_that_is_unsent_by_a_replan_is_seen",
    ],
    "12 A decision by hand is kept, or set aside with the test that fails": [
        "test_planner_invariants.test_a_decision_by_hand_is_kept",
        "test_nation_checking.test_decisions_are_kept_or_set_aside",
        "test_home_room.test_a_decision_for_all_lessons_does_not_stop_the_plan",
    ],
    "13 Templates and bitmaps give back what was put in": [
        "test_slots.test_a_template_gives_its_choices_back",
        "test_slots.test_a_bitmap_gives_its_slots_back",
        "test_nation_plans.test_templates_hold_the_whole_plan",
    ],
    "14 What is learned lies between never and always; what never works falls each week": [
        "test_learning_arithmetic.test_a_likelihood_stays_between_never_and_always",
        "test_learning_arithmetic.test_a_channel_that_never_works_falls_every_week",
    ],
}


@pytest.mark.parametrize("truth", TRUTHS)
def test_each_truth_is_held_by_tests_that_there_are(truth: str) -> None:
    for name in TRUTHS[truth]:
        module, test = name.split(".")
        tree = ast.parse((HERE / f"{module}.py").read_text("utf-8"))
        assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_there_are_fourteen() -> None:
    assert [int(truth.split()[0]) for truth in TRUTHS] == list(range(1, 15))


def worth_of(week: WeekArrays, channel: Bytes) -> int:
    whole = Block(week, 0, week.students.count)
    return gross_worth(whole, channel) - true_cost(week, takes_of(whole, channel))


def bound_at(week: WeekArrays, price: Reals) -> float:
    return float(look(week, price).most.sum() + price @ week.pools.amount)


@given(full_problems(), st.data())
@settings(max_examples=15)
def test_more_of_anything_never_lowers_a_bound(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    """Not at the prices that were found, and not below the plan that was possible with less."""
    week = arrays_of(given_problem)
    before = solve(week)
    more = np.array([data.draw(st.integers(0, 40)) for _ in week.pools.amount], dtype=np.float64)
    wider = replace(week, pools=replace(week.pools, amount=week.pools.amount + more))
    assert bound_at(wider, before.price) >= bound_at(week, before.price)
    assert solve(wider).bound >= before.objective


@given(nation_problems(), st.data())
@settings(max_examples=15)
def test_a_channel_more_never_lowers_what_can_be_had(problem: Problem, data: st.DataObject) -> None:
    week = arrays_of_nation(replace(problem, decisions=()))
    before = solve(week)
    chance = week.students.chance.copy()
    shut = np.argwhere(chance == 0)
    assume(len(shut))
    row, slot, channel = shut[data.draw(st.integers(0, len(shut) - 1))]
    chance[row, slot, channel] = data.draw(st.sampled_from([1, 400, 1000]))
    richer = replace(week, students=replace(week.students, chance=chance))
    assert bound_at(richer, before.price) >= bound_at(week, before.price)
    # What was possible is worth what it was, and no bound may fall below it.
    assert worth_of(richer, before.channel) == before.objective
    assert solve(richer).bound >= before.objective


@given(nation_problems(), st.data())
@settings(max_examples=15)
def test_a_home_that_leaves_frees_what_it_used(problem: Problem, data: st.DataObject) -> None:
    week = arrays_of_nation(replace(problem, decisions=()))
    homes = np.unique(week.students.household)
    assume(len(homes) > 1)
    gone = week.students.household == data.draw(st.sampled_from(homes.tolist()))
    before = solve(week)
    rest = of_students(week, np.flatnonzero(~gone))
    stays = before.channel[~gone]
    used = by_pool(rest, takes_of(Block(rest, 0, rest.students.count), stays))
    assert (used <= before.use + 1e-6).all()
    left = of_students(week, np.flatnonzero(gone))
    freed = by_pool(left, takes_of(Block(left, 0, left.students.count), before.channel[gone]))
    assert used + freed == pytest.approx(before.use)
    assert solve(rest).bound >= worth_of(rest, stays)


def of_students(week: WeekArrays, rows: Longs) -> WeekArrays:
    """Return the week of some students, in the order of ``rows``."""
    people = week.students
    columns: dict[str, Any] = {
        name: own[rows] if len(own := getattr(people, name)) else own
        for name in people.__dataclass_fields__
    }
    seen: dict[int, int] = {}
    homes = [seen.setdefault(one, len(seen)) for one in columns["household"].tolist()]
    columns["household"] = np.array(homes, dtype=np.int64)
    return replace(week, students=replace(people, **columns))


def turned(week: WeekArrays, chance: np.random.Generator) -> tuple[WeekArrays, Longs]:
    """Give schools, homes and children other numbers, and with them other places."""
    people, pools = week.students, week.pools
    schools = chance.permutation(len(week.school))
    place = np.argsort(schools)
    home = chance.permutation(int(people.household.max(initial=0)) + 1)[people.household]
    child = chance.permutation(people.count)
    rows = np.lexsort((child, home, place[people.school]))
    moved = of_students(week, rows)
    own = place[moved.students.school].astype(np.int32)
    return replace(
        moved,
        students=replace(moved.students, school=own),
        school=week.school[schools],
        region=week.region[schools],
        is_rural=week.is_rural[schools],
        pools=replace(pools, of_school=pools.of_school[schools]),
    ), rows


def same(one: Solution, other: Solution, rows: Longs) -> bool:
    is_same = (one.channel[rows] == other.channel).all() and one.objective == other.objective
    return bool(is_same) and other.bound == pytest.approx(one.bound)


@given(nation_problems(), st.integers(0, 2**20))
@settings(max_examples=15)
def test_other_numbers_for_schools_and_homes_give_the_same_plan(
    problem: Problem, seed: int
) -> None:
    """Everything may be scarce: what is a tie is broken by what a child keeps for ever."""
    week = arrays_of_nation(problem)
    other, rows = turned(week, np.random.default_rng(seed))
    assert same(solve(week), solve(other), rows)


def test_a_scarce_school_keeps_its_plan_under_other_numbers() -> None:
    week = arrays_of(scarce_school())
    other, rows = turned(week, np.random.default_rng(1))
    assert same(solve(week), solve(other), rows)
