"""What the planner decides in cases a person can follow."""

from dataclasses import replace

import pytest

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from scheduler.model import Capacity, Option, Plan, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import Resource
from tests.plan_problems import CHANNELS, Reached, lesson, problem, student, with_override

SHELF = [lesson(number, pages=4) for number in range(1, 6)]


def _channels(plan: Plan, number: int) -> list[str | None]:
    line = next(one for one in plan.students if one.student == number)
    return [one.channel for one in line.choices]


def _reasons(plan: Plan, number: int) -> set[ChoiceReason]:
    line = next(one for one in plan.students if one.student == number)
    return {one.reason for one in line.choices}


def test_a_home_without_a_net_gets_paper() -> None:
    plan = make_plan(problem(SHELF, {student(1, SHELF): Reached(post=0.8)}))
    assert set(_channels(plan, 1)) == {"post"}
    assert _reasons(plan, 1) == {ChoiceReason.ONLY_CHANNEL}


def test_brothers_and_sisters_share_one_pack() -> None:
    both = {student(n, SHELF, household=7): Reached(post=0.8) for n in (1, 2)}
    apart = {student(n, SHELF): Reached(post=0.8) for n in (1, 2)}
    assert make_plan(problem(SHELF, apart)).cost - make_plan(problem(SHELF, both)).cost == 374


def test_when_pages_are_short_those_with_another_way_give_way_first() -> None:
    cut_off, lucky = student(1, SHELF), student(2, SHELF)
    reached = {cut_off: Reached(in_person=0.9), lucky: Reached(telegram=0.7, in_person=0.95)}
    plan = make_plan(problem(SHELF, reached, pages=22))
    assert set(_channels(plan, 1)) == {"in_person"}
    assert set(_channels(plan, 2)) == {"telegram"}
    assert ChoiceReason.SECOND_BEST in _reasons(plan, 2)
    assert plan.use[0].price > 0


def test_what_no_page_is_left_for_says_so() -> None:
    plan = make_plan(problem(SHELF, {student(1, SHELF): Reached(in_person=0.9)}, pages=10))
    channels = _channels(plan, 1)
    assert channels.count("in_person") == 2
    assert _reasons(plan, 1) == {ChoiceReason.ONLY_CHANNEL, ChoiceReason.NO_PAGES}


def test_when_postage_is_short_whole_homes_leave_the_post() -> None:
    reached = {student(n, SHELF): Reached(telegram=0.2 * n, post=0.95) for n in (1, 2)}
    plan = make_plan(problem(SHELF, reached, money=500))
    assert set(_channels(plan, 1)) == {"post"}
    assert set(_channels(plan, 2)) == {"telegram"}


def test_a_resource_with_room_left_has_no_price() -> None:
    reached = {student(n, SHELF): Reached(post=0.9) for n in (1, 2)}
    plan = make_plan(problem(SHELF, reached, pages=2000, money=500))
    assert {one.capacity.resource: one.price for one in plan.use}[Resource.POST_MONEY] == 0
    assert plan.use[0].used < 490


def test_a_limit_of_one_school_moves_no_home_of_another() -> None:
    reached = {student(n, SHELF, school=n): Reached(post=0.9) for n in (1, 2)}
    limits = tuple(
        Capacity(resource, "2", 0, unit)
        for resource, unit in ((Resource.POST_MONEY, "tenge"), (Resource.PRINT_PAGES, "pages"))
    )
    plan = make_plan(replace(problem(SHELF, reached), capacities=limits))
    assert set(_channels(plan, 1)) == {"post"}
    assert set(_channels(plan, 2)) == {None}


def test_without_any_postage_the_reason_is_money() -> None:
    plan = make_plan(problem(SHELF, {student(1, SHELF): Reached(post=0.9)}, money=0))
    assert _reasons(plan, 1) == {ChoiceReason.NO_MONEY}


def test_a_school_with_a_limit_of_its_own_uses_that() -> None:
    reached = {student(n, SHELF, school=n): Reached(in_person=0.9) for n in (1, 2)}
    given = replace(
        problem(SHELF, reached),
        capacities=(Capacity(Resource.PRINT_PAGES, "2", 0, "pages"),),
    )
    plan = make_plan(given)
    assert set(_channels(plan, 1)) == {"in_person"}
    assert _reasons(plan, 2) == {ChoiceReason.NO_PAGES}


def test_a_closed_channel_is_not_used_and_the_rest_says_why() -> None:
    closed = frozenset(one.id for one in SHELF)
    channels = {**CHANNELS, "post": replace(CHANNELS["post"], too_late=closed)}
    reached = {
        student(1, SHELF): Reached(post=0.9),
        student(2, SHELF): Reached(broadcast=0.2, post=0.9),
    }
    plan = make_plan(replace(problem(SHELF, reached), channels=channels))
    assert _reasons(plan, 1) == {ChoiceReason.CUTOFF_PASSED}
    assert _reasons(plan, 2) == {ChoiceReason.ONLY_IN_TIME}


def test_a_home_nobody_has_asked_is_named() -> None:
    reached = {
        student(1, SHELF, is_unknown=True): Reached(),
        student(2, SHELF, is_unknown=True): Reached(in_person=0.3),
        student(3, SHELF): Reached(),
    }
    plan = make_plan(problem(SHELF, reached))
    assert _reasons(plan, 1) == {ChoiceReason.UNKNOWN_PROFILE}
    assert _reasons(plan, 2) == {ChoiceReason.NOT_ASKED_YET}
    assert _reasons(plan, 3) == {ChoiceReason.NO_CHANNEL_FITS}


def test_a_need_that_no_form_meets_is_named() -> None:
    barred = (Option("post", possible=False, test="Braille", only_needs_bar=True),)
    given = problem(SHELF[:1], {student(1, SHELF[:1]): Reached()})
    plan = make_plan(replace(given, options={(1, 1): barred}))
    assert _reasons(plan, 1) == {ChoiceReason.NO_VARIANT}


def _nearly_equal(**about: object) -> PlanProblem:
    shelf = [lesson(1)]
    return problem(shelf, {student(1, shelf, **about): Reached(post=0.85, in_person=0.8)})


def test_of_two_papers_the_cheaper_one_goes() -> None:
    plan = make_plan(_nearly_equal())
    assert _channels(plan, 1) == ["in_person"]


def test_the_roster_s_way_for_paper_is_kept_where_it_can_be() -> None:
    assert _channels(make_plan(_nearly_equal(paper_way="post")), 1) == ["post"]


def test_the_family_s_wish_decides_between_near_equals() -> None:
    plan = make_plan(_nearly_equal(wish="post"))
    assert _channels(plan, 1) == ["post"]
    assert _reasons(plan, 1) == {ChoiceReason.ASKED_FOR}


def test_last_week_s_channel_is_kept_between_near_equals() -> None:
    plan = make_plan(replace(_nearly_equal(), previous={1: ("post",)}))
    assert _reasons(plan, 1) == {ChoiceReason.KEPT}


def test_decisions_by_hand_come_before_all_others_when_pages_are_short() -> None:
    reached = {student(n, SHELF[:1]): Reached(in_person=0.5 * n) for n in (1, 2)}
    given = problem(SHELF[:1], reached, pages=6)
    assert _channels(make_plan(given), 2) == ["in_person"]
    decided = make_plan(with_override(given, 1, 1, "in_person"))
    assert _channels(decided, 1) == ["in_person"]
    assert _reasons(decided, 2) == {ChoiceReason.NO_PAGES}


@pytest.mark.parametrize(("pages", "money"), [(3, None), (None, 100)])
def test_decisions_that_alone_need_more_than_there_is_are_refused(
    pages: float | None, money: float | None
) -> None:
    given = problem(SHELF[:1], {student(1, SHELF[:1]): Reached(post=0.9)}, pages=pages, money=money)
    with pytest.raises(JetkizError, match="decisions made by hand need"):
        make_plan(with_override(given, 1, 1, "post"))


def test_a_student_without_lessons_is_no_fault() -> None:
    idle = student(1, [])
    plan = make_plan(problem(SHELF, {idle: Reached(), student(2, SHELF): Reached(telegram=1)}))
    assert plan.students[0].choices == ()
    assert plan.violations == ()


def test_nobody_at_all_is_an_empty_plan() -> None:
    plan = make_plan(problem(SHELF, {}))
    assert plan.gap == 0
    assert plan.students == ()
