"""A plan after something has happened: what must change changes, and the checker passes it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from scheduler.checker import check
from scheduler.explain import Explainer
from scheduler.model import Plan, PlanProblem
from scheduler.planner import make_plan
from scheduler.replanning import (
    Before,
    Changes,
    at_moment,
    changed_problem,
    make_replan,
    with_standing,
)
from scheduler.rules.deadlines import deadlines_of
from tests.examples import drawing
from tests.plan_problems import CHANNELS, Reached, lesson, problem, problems, student, with_override

LESSONS = [lesson(number, pages=2) for number in range(1, 6)]
BOTH = Reached(telegram=0.95, in_person=0.5)
_BEST = ChoiceReason.BEST_VALUE
Places = set[tuple[int, int]]


def replanned(
    before: Plan, then: PlanProblem, now: PlanProblem, handed: Places | None = None
) -> Plan:
    stands = with_standing(Before(then, before.students, before.use), now, handed or set())
    found = make_replan(Before(then, before.students, before.use), stands)
    assert found.violations == ()
    assert check(stands, found) == []
    explainer = Explainer(stands, found.students)
    for line in found.students:
        assert all(explainer.explain(line.student, number).agrees for number in line.lessons)
    return found


def channels(plan: Plan) -> dict[tuple[int, int], str | None]:
    return {
        (line.student, number): choice.channel
        for line in plan.students
        for number, choice in zip(line.lessons, line.choices, strict=True)
    }


@given(problems())
@drawing(20)
def test_without_a_change_it_is_the_same_plan(given_problem: PlanProblem) -> None:
    before = make_plan(given_problem)
    after = replanned(before, given_problem, given_problem)
    assert after.students == before.students
    assert after.use == before.use
    assert (after.objective, after.cost) == (before.objective, before.cost)


@given(problems(), st.sampled_from(sorted(CHANNELS)), st.data())
@drawing(20)
def test_only_what_must_change_changes(
    given_problem: PlanProblem, name: str, data: st.DataObject
) -> None:
    before = make_plan(given_problem)
    was = channels(before)
    handed = data.draw(st.sets(st.sampled_from(sorted(was)), max_size=4))
    now = changed_problem(given_problem, Changes(down=frozenset({name})))
    found = channels(replanned(before, given_problem, now, handed))
    for place, channel in was.items():
        if place in handed and channel:
            assert found[place] == channel
        elif channel == name:
            assert found[place] != name
        elif channel:
            assert found[place] == channel


@given(problems(), st.data())
@drawing(20)
def test_whom_nothing_has_happened_to_keeps_everything(
    given_problem: PlanProblem, data: st.DataObject
) -> None:
    """One home is asked again and nothing of what was known of it holds."""
    before = make_plan(given_problem)
    one = data.draw(st.sampled_from(given_problem.students))
    now = replace(
        given_problem,
        options={
            place: tuple(replace(o, possible=not o.possible, likelihood=0.5) for o in answer)
            if place[0] == one.id
            else answer
            for place, answer in given_problem.options.items()
        },
    )
    after = replanned(before, given_problem, now)
    for line, other in zip(before.students, after.students, strict=True):
        if line.student != one.id:
            assert line == other


def reasons(plan: Plan, number: int) -> set[ChoiceReason]:
    line = next(one for one in plan.students if one.student == number)
    return {choice.reason for choice in line.choices}


def test_a_home_that_gains_a_way_keeps_its_own_and_says_so() -> None:
    then = problem(LESSONS, {student(1, LESSONS): Reached(in_person=0.5)})
    before = make_plan(then)
    after = replanned(before, then, problem(LESSONS, {student(1, LESSONS): BOTH}))
    assert set(channels(after).values()) == {"in_person"}
    assert reasons(before, 1) == {ChoiceReason.ONLY_CHANNEL}
    assert reasons(after, 1) == {ChoiceReason.STANDS}


def test_what_became_less_likely_is_chosen_anew() -> None:
    then = problem(LESSONS, {student(1, LESSONS): BOTH})
    before = make_plan(then)
    weaker = Reached(telegram=0.1, in_person=0.5)
    after = replanned(before, then, problem(LESSONS, {student(1, LESSONS): weaker}))
    assert set(channels(before).values()) == {"telegram"}
    assert set(channels(after).values()) == {"in_person"}


def test_a_student_who_came_is_planned_and_one_who_left_is_not() -> None:
    then = problem(LESSONS, {student(1, LESSONS): BOTH, student(2, LESSONS): BOTH})
    now = problem(LESSONS, {student(2, LESSONS): BOTH, student(3, LESSONS): BOTH})
    after = replanned(make_plan(then), then, now)
    assert [line.student for line in after.students] == [2, 3]
    assert all(channels(after).values())


def test_a_closed_school_takes_paper_from_its_day_on_and_an_airing_only_its_lesson() -> None:
    person = student(1, LESSONS)
    then = problem(LESSONS, {person: Reached(broadcast=0.9, in_person=0.8)})
    wednesday = date(2026, 1, 28)
    now = changed_problem(then, Changes(closed={1: wednesday}, dropped=frozenset({1, 2})))
    open_ways = {
        number: {o.channel for o in now.options[1, number] if o.possible} for number in range(1, 6)
    }
    for one in LESSONS:
        assert ("in_person" in open_ways[one.id]) == (one.day < wednesday)
        assert ("broadcast" in open_ways[one.id]) == (one.id > 2)
    replanned(make_plan(then), then, now)


def test_a_decision_by_hand_holds_while_it_can_and_is_set_aside_when_it_cannot() -> None:
    then = with_override(problem(LESSONS, {student(1, LESSONS): BOTH}), 1, 3, "in_person")
    before = make_plan(then)
    held = changed_problem(then, Changes(down=frozenset({"telegram"})))
    assert reasons(replanned(before, then, held), 1) >= {ChoiceReason.TEACHER}
    gone = changed_problem(then, Changes(down=frozenset({"in_person"})))
    assert [one.lesson for one in gone.set_aside] == [3]
    assert set(channels(replanned(before, then, gone)).values()) == {"telegram"}


def test_a_new_decision_beats_what_stands_but_not_what_is_on_its_way() -> None:
    then = problem(LESSONS, {student(1, LESSONS): BOTH})
    before = make_plan(then)
    now = with_override(with_override(then, 1, 3, "in_person"), 1, 4, "in_person")
    found = channels(replanned(before, then, now, {(1, 4)}))
    assert (found[1, 3], found[1, 4]) == ("in_person", "telegram")


def test_what_is_too_late_by_now_goes_another_way_unless_it_has_left() -> None:
    zone = "Asia/Qostanay"
    then = problem(LESSONS, {student(n, LESSONS): BOTH for n in (1, 2)})
    before = make_plan(changed_problem(then, Changes(down=frozenset({"telegram"}))))
    thursday = datetime(2026, 1, 29, 12, tzinfo=ZoneInfo(zone))
    later = at_moment(then, deadlines_of("2026-W05", "thu 15:00", zone, thursday), 2)
    assert later.channels["in_person"].too_late == set(then.lessons)
    now = replace(later, version=1)
    closed = changed_problem(then, Changes(down=frozenset({"telegram"})))
    found = channels(replanned(before, closed, now, {(1, n) for n in range(1, 6)}))
    assert {found[1, n] for n in range(1, 6)} == {"in_person"}
    assert {found[2, n] for n in range(1, 6)} == {"telegram"}


def test_what_was_to_stay_and_does_not_turns_the_checker_red() -> None:
    then = problem(LESSONS, {student(1, LESSONS): BOTH})
    before = make_plan(then)
    stood = Before(then, before.students, before.use)
    stands = with_standing(stood, then, {(1, 2)})
    plan = make_replan(stood, stands)
    line = plan.students[0]
    for place, other in ((1, Choice("in_person", ChoiceReason.STANDS)), (3, Choice("post", _BEST))):
        choices = (*line.choices[:place], other, *line.choices[place + 1 :])
        spoiled = replace(plan, students=(replace(line, choices=choices, fallbacks=()),))
        assert "standing" in {one.rule for one in check(stands, spoiled)}


def test_less_than_what_stands_needs_is_a_sentence() -> None:
    then = problem(LESSONS, {student(1, LESSONS): Reached(in_person=0.8)}, pages=100)
    before = make_plan(then)
    now = problem(LESSONS, {student(1, LESSONS): Reached(in_person=0.8)}, pages=1)
    with pytest.raises(JetkizError, match="needs more than there is"):
        replanned(before, then, now)


def test_what_happened_adds_up_and_survives_being_written_down() -> None:
    monday = date(2026, 1, 26)
    one = Changes(frozenset({"telegram"}), {1: monday + timedelta(days=2)}, frozenset({7}))
    two = Changes(frozenset({"post"}), {1: monday, 2: monday}, frozenset({8}))
    both = one | two
    assert both == Changes(
        frozenset({"telegram", "post"}), {1: monday, 2: monday}, frozenset({7, 8})
    )
    assert Changes.from_report(both.to_report()) == both
    assert Changes.from_report({}) == Changes()
