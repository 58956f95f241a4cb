"""A second way fails apart from the first, reaches the home, and still comes in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.roster.model import Need
from scheduler.checker import check
from scheduler.model import Plan, PlanProblem, Terms
from scheduler.planner import make_plan
from scheduler.rules.fallback_choice import SecondWay, arrives_after, ways_after
from scheduler.second_ways import with_fallbacks
from tests.plan_problems import MONDAY, Reached, lesson, problem, problems, student, with_override

FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)
BY_TELEGRAM = Choice("telegram", ChoiceReason.BEST_VALUE)
domains = st.sampled_from(["internet", "air", "paper"])
days = st.dates(MONDAY, MONDAY + timedelta(days=20))
ways = st.builds(
    SecondWay,
    channel=st.sampled_from(["telegram", "broadcast", "post", "in_person"]),
    failure_domain=domains,
    is_paper=st.booleans(),
    lead_days=st.integers(0, 5),
    can_take_over=st.booleans(),
    net=st.sampled_from([0.1, 0.5, 0.5000000001, 0.9]),
    rank=st.integers(1, 4),
)


def way(channel: str = "in_person", **changes: object) -> SecondWay:
    made = SecondWay(channel, "paper", True, 0, True, 0.5, 4)
    return replace(made, **changes)  # type: ignore[arg-type]


def chosen(given: PlanProblem, *names: str | None) -> StudentPlan:
    """The plan of the first student by these channels."""
    person = given.students[0]
    choices = tuple(
        Choice(name, ChoiceReason.BEST_VALUE if name else ChoiceReason.NO_CHANNEL_FITS)
        for name in names
    )
    return StudentPlan(person.id, person.curriculum, choices)


def second(given: PlanProblem, *names: str | None) -> tuple[str | None, ...]:
    (found,) = with_fallbacks(given, [chosen(given, *names)], ())
    return found.fallbacks


def fallback_of(domain: str, options: list[SecondWay], known: date, last: date) -> str | None:
    """The best of all that can take over."""
    found = ways_after(domain, options, known, last)
    worth = [round(one.net, 9) for one in found]
    assert worth == sorted(worth, reverse=True)
    return found[0].channel if found else None


@given(domain=domains, options=st.lists(ways, max_size=4), known=days, last=days)
def test_whatever_is_chosen_keeps_every_rule_and_nothing_better_does(
    domain: str, options: list[SecondWay], known: date, last: date
) -> None:
    found = fallback_of(domain, options, known, last)
    good = [
        one
        for one in options
        if one.can_take_over
        and one.failure_domain != domain
        and arrives_after(known, is_paper=one.is_paper, lead_days=one.lead_days) <= last
    ]
    assert (found is None) == (not good)
    if good:
        best = max(round(one.net, 9) for one in good)
        equals = [one for one in good if round(one.net, 9) == best]
        lowest = min(one.rank for one in equals)
        assert found in {one.channel for one in equals if one.rank == lowest}


@given(options=st.lists(ways, max_size=3), known=days, last=days, later=st.integers(0, 9))
def test_more_time_never_takes_a_second_way_away(
    options: list[SecondWay], known: date, last: date, later: int
) -> None:
    if fallback_of("internet", options, known, last):
        assert fallback_of("internet", options, known, last + timedelta(days=later))


@given(known=days, is_paper=st.booleans(), lead=st.integers(0, 5))
def test_nothing_arrives_before_its_failure_is_known(
    known: date, is_paper: bool, lead: int
) -> None:
    arrival = arrives_after(known, is_paper=is_paper, lead_days=lead)
    assert arrival >= known + timedelta(days=int(is_paper))
    assert arrives_after(known, is_paper=is_paper, lead_days=lead + 1) >= arrival


@pytest.mark.parametrize(
    ("known", "last", "is_ready"),
    [
        (MONDAY, MONDAY, False),
        (MONDAY, MONDAY + timedelta(days=1), True),
        (FRIDAY, FRIDAY, False),
        (FRIDAY, FRIDAY + timedelta(days=2), False),
        (FRIDAY, NEXT_MONDAY, True),
    ],
)
def test_paper_waits_until_the_school_is_open_again(
    known: date, last: date, *, is_ready: bool
) -> None:
    assert (fallback_of("internet", [way()], known, last) == "in_person") is is_ready


def test_a_message_still_comes_on_the_evening_of_the_last_day() -> None:
    message = way("telegram", failure_domain="internet", is_paper=False)
    assert fallback_of("paper", [message], FRIDAY, FRIDAY) == "telegram"


def test_an_airing_cannot_take_over_because_its_hour_is_past() -> None:
    on_air = way("broadcast", failure_domain="air", is_paper=False, can_take_over=False)
    assert fallback_of("internet", [on_air], MONDAY, FRIDAY) is None
    assert fallback_of("internet", [on_air, way(net=0.1)], MONDAY, FRIDAY) == "in_person"


def test_of_equals_the_lower_rank_wins_and_noise_in_the_tenth_digit_does_not() -> None:
    pair = [way("post", rank=3, net=0.5), way("in_person", rank=4, net=0.5 + 1e-12)]
    assert fallback_of("internet", pair, MONDAY, FRIDAY) == "post"


def test_a_lesson_without_a_channel_has_no_second_way() -> None:
    given = problem([lesson(1)], {student(1, [lesson(1)]): Reached(telegram=0.9, in_person=0.9)})
    assert second(given, None) == ()


def test_the_second_way_is_one_that_reaches_this_home() -> None:
    shelf = [lesson(5), lesson(6)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.9, broadcast=0.5)})
    assert second(given, "telegram", "telegram") == ("broadcast", "broadcast")
    alone = problem(shelf, {student(1, shelf): Reached(telegram=0.9)})
    assert second(alone, "telegram", "telegram") == ()


def test_homework_that_is_due_later_leaves_time_for_paper() -> None:
    friday = lesson(4)
    assert friday.day == FRIDAY
    for due, found in ((None, ()), (NEXT_MONDAY, ()), (NEXT_MONDAY + timedelta(1), ("in_person",))):
        shelf = [replace(friday, due=due)]
        given = problem(shelf, {student(1, shelf): Reached(telegram=0.9, in_person=0.9)})
        assert second(given, "telegram") == found, due


def test_large_print_makes_paper_dearer_for_that_student_alone() -> None:
    shelf = [lesson(5, pages=60)]
    reached = Reached(telegram=0.9, broadcast=0.31, in_person=0.95)
    plain, large = student(1, shelf), student(2, shelf, needs=frozenset({Need.LARGE_PRINT}))
    # One tuple of options for both homes, as the problem makes it for homes alike.
    given = problem(shelf, {plain: reached, large: reached})
    options = given.options[1, 5]
    given = replace(given, options=dict.fromkeys(given.options, options))
    week = (BY_TELEGRAM,)
    found = with_fallbacks(given, [StudentPlan(n, (5,), week) for n in (1, 2)], ())
    alone = [
        with_fallbacks(replace(given, students=(one,)), [StudentPlan(one.id, (5,), week)], ())[0]
        for one in (plain, large)
    ]
    assert [one.fallbacks for one in found] == [one.fallbacks for one in alone]


def test_what_a_person_decided_gets_a_second_way_too() -> None:
    shelf = [lesson(1)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.9, in_person=0.3)})
    plan = make_plan(with_override(given, 1, 1, "in_person"))
    (line,) = plan.students
    assert line.choices[0].channel == "in_person"
    assert line.fallbacks == ("telegram",)
    assert not plan.violations


@settings(max_examples=30)
@given(given=problems())
def test_a_plan_names_every_second_way_there_is_and_the_checker_agrees(given: PlanProblem) -> None:
    plan = make_plan(given)
    assert plan.violations == ()
    for line in plan.students:
        fallbacks = line.fallbacks or (None,) * len(line.lessons)
        for number, choice, fallback in zip(line.lessons, line.choices, fallbacks, strict=True):
            could = _open_ways(given, line.student, number, choice.channel)
            assert fallback in could | {None}
            # Without limits there is always room.
            assert fallback or not could or given.capacities


def _open_ways(given: PlanProblem, who: int, number: int, first: str | None) -> set[str]:
    """Every channel that could take over, by the plain words of the rule."""
    if first is None:
        return set()
    about = given.lessons[number]
    last = last_useful_day(given.week, about.day, about.due)
    return {
        one.channel
        for one in given.options[who, number]
        for terms in [given.channels[one.channel]]
        if one.possible and terms.failure_domain != given.channels[first].failure_domain
        if arrives_after(about.day, is_paper=terms.is_paper, lead_days=terms.lead_days) <= last
    }


def _with(given: PlanProblem, channel: str, **changes: object) -> PlanProblem:
    terms: Terms = replace(given.channels[channel], **changes)  # type: ignore[arg-type]
    return replace(given, channels={**given.channels, channel: terms})


@pytest.fixture
def planned() -> tuple[PlanProblem, Plan]:
    """A lesson of Monday by Telegram, paper by hand behind it, the post out of reach."""
    shelf = [lesson(5)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.95, in_person=0.5)})
    plan = make_plan(given)
    assert plan.students[0].fallbacks == ("in_person",)
    return given, plan


def _rules(given: PlanProblem, plan: Plan) -> list[str]:
    return [one.rule for one in check(given, plan)]


@pytest.mark.parametrize("fallbacks", [("telegram",), ("post",), ("pigeon",), (None, None)])
def test_a_second_way_that_cannot_take_over_turns_the_checker_red(
    planned: tuple[PlanProblem, Plan], fallbacks: tuple[str | None, ...]
) -> None:
    given, plan = planned
    wrong = replace(plan, students=(replace(plan.students[0], fallbacks=fallbacks),))
    assert _rules(given, wrong) == ["fallback"]


@pytest.mark.parametrize(
    "changes",
    [{"failure_domain": "internet"}, {"lead_days": 30}, {"can_take_over": False}],
    ids=str,
)
def test_what_no_longer_holds_of_the_second_way_turns_the_checker_red(
    planned: tuple[PlanProblem, Plan], changes: dict[str, object]
) -> None:
    given, plan = planned
    assert _rules(given, plan) == []
    assert _rules(_with(given, "in_person", **changes), plan) == ["fallback"]


def test_a_second_way_behind_no_first_one_turns_the_checker_red() -> None:
    shelf = [lesson(5)]
    given = problem(shelf, {student(1, shelf): Reached()})
    plan = make_plan(given)
    wrong = replace(plan, students=(replace(plan.students[0], fallbacks=("in_person",)),))
    assert _rules(given, wrong) == ["fallback"]
