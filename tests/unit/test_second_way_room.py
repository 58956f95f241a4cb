"""Second ways share what is kept for them: counted, in a fair order, and never overdrawn."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.channel import Screen
from scheduler.capacities import KEPT_FOR_FALLBACKS
from scheduler.checker import check
from scheduler.model import Capacity, Plan, PlannedStudent, PlanProblem, Violation
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import Resource
from scheduler.rules.fallback_room import MARGIN, counted, need_of
from scheduler.rules.page_counts import pages_for
from scheduler.second_ways import with_fallbacks
from tests.plan_problems import Reached, lesson, problem, problems, student

PAPER = Resource.COPIER_PAGES
# A pack by hand has two sides of its own beside those of its lessons.
COVER = 2


def limited(given: PlanProblem, *pools: Capacity) -> PlanProblem:
    return replace(given, capacities=pools)


def copier(kept: float, amount: float = 0.0, key: str = "all") -> Capacity:
    return Capacity(PAPER, key, amount, "pages", kept)


def by_telegram(chances: Sequence[float], pages: int = 3, **changes: object) -> PlanProblem:
    """Homes with one lesson on Monday by Telegram; all of them can fetch paper."""
    shelf = [lesson(5, pages=pages)]
    return problem(
        shelf,
        {
            student(number, shelf, household=number, **changes): Reached(
                telegram=chance, in_person=0.3
            )
            for number, chance in enumerate(chances, start=1)
        },
    )


def seconds(plan: Plan) -> dict[int, tuple[str | None, ...]]:
    return {one.student: one.fallbacks or (None,) * len(one.lessons) for one in plan.students}


def with_seconds(plan: Plan, **changed: tuple[str | None, ...]) -> Plan:
    """The plan with other second ways for some students, named as in ``s1``."""
    return replace(
        plan,
        students=tuple(
            replace(one, fallbacks=changed.get(f"s{one.student}", one.fallbacks))
            for one in plan.students
        ),
    )


def wrong(given: PlanProblem, plan: Plan) -> list[Violation]:
    return [one for one in check(given, plan) if one.rule == "fallback_room"]


def test_who_is_likelier_to_need_it_comes_first() -> None:
    given = by_telegram([0.9, 0.5, 0.7])
    one = counted(3 + COVER, need_of(0.5))
    plan = make_plan(limited(given, copier(kept=one)))
    assert seconds(plan) == {1: (None,), 2: ("in_person",), 3: (None,)}
    assert plan.violations == ()


@pytest.mark.parametrize(("spare", "found"), [(0.0, "in_person"), (-0.01, None)])
def test_expected_use_is_counted_with_its_margin_and_to_the_last_page(
    spare: float, found: str | None
) -> None:
    given = by_telegram([0.6])
    exact = MARGIN * 0.4 * (3 + COVER)
    assert exact == pytest.approx(counted(3 + COVER, need_of(0.6)))
    plan = make_plan(limited(given, copier(kept=exact + spare)))
    assert seconds(plan) == {1: (found,)}


def test_what_first_ways_leave_over_is_there_for_second_ways() -> None:
    given = by_telegram([0.5, 0.5])
    nothing = make_plan(limited(given, copier(kept=0.0)))
    assert set(seconds(nothing).values()) == {(None,)}
    left = make_plan(limited(given, copier(kept=0.0, amount=20.0)))
    assert set(seconds(left).values()) == {("in_person",)}


def test_without_room_the_next_way_of_another_domain_stands_ready() -> None:
    shelf = [lesson(5, pages=3)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.95, in_person=0.9)})
    other = replace(given.channels["post"], lead_days=1)
    given = replace(given, channels={**given.channels, "post": other})
    options = given.options[1, 5]
    post = replace(options[2], possible=True, likelihood=0.6)
    given = replace(given, options={(1, 5): (*options[:2], post, options[3])})
    best = make_plan(given)
    assert seconds(best) == {1: ("in_person",)}
    postage = Capacity(Resource.POST_MONEY, "all", 1000.0, "tenge")
    pages = Capacity(Resource.PRINT_PAGES, "all", 100.0, "pages")
    second = make_plan(limited(given, copier(kept=0.0), pages, postage))
    assert seconds(second) == {1: ("post",)}
    none = make_plan(limited(given, copier(kept=0.0), pages, replace(postage, amount=0.0)))
    assert seconds(none) == {1: (None,)}
    assert best.violations == second.violations == none.violations == ()


def test_lessons_of_one_evening_share_the_pack_of_their_home() -> None:
    """One cover for brother and sister, counted for the likelier of them."""
    shelf = [lesson(5, pages=3)]
    given = problem(
        shelf,
        {
            student(number, shelf, household=7): Reached(telegram=chance, in_person=0.3)
            for number, chance in ((1, 0.5), (2, 0.8))
        },
    )
    exact = counted(3 + COVER, need_of(0.5)) + counted(3, need_of(0.8))
    both = make_plan(limited(given, copier(kept=exact)))
    assert seconds(both) == {1: ("in_person",), 2: ("in_person",)}
    one = make_plan(limited(given, copier(kept=exact - 0.01)))
    assert seconds(one) == {1: ("in_person",), 2: (None,)}


def test_a_second_message_counts_among_those_of_its_day() -> None:
    shelf = [lesson(5)]
    given = problem(shelf, {student(1, shelf): Reached(telegram=0.4, in_person=0.95)})
    phone = replace(given.channels["telegram"], screen=Screen.PHONE)
    given = replace(given, channels={**given.channels, "telegram": phone})
    (choice,) = make_plan(given).students[0].choices
    assert choice.channel == "in_person"
    for amount, found in ((1.0, "telegram"), (0.0, None)):
        pool = Capacity(Resource.MESSAGES, "all@0", amount, "messages")
        assert seconds(make_plan(limited(given, pool))) == {1: (found,)}, amount


def test_where_no_copier_is_counted_second_packs_are_not_either() -> None:
    """Its pages are those of all: nothing of them is kept, and first ways may use them up."""
    given = limited(by_telegram([0.5]), Capacity(Resource.PRINT_PAGES, "all", 0.0, "pages"))
    plan = make_plan(given)
    assert seconds(plan) == {1: ("in_person",)}
    assert plan.violations == ()


def test_a_school_with_a_copier_of_its_own_lends_it_to_nobody() -> None:
    shelf = [lesson(5, pages=3)]
    people: dict[PlannedStudent, Reached] = {
        student(number, shelf, household=number, school=school): Reached(
            telegram=0.5, in_person=0.3
        )
        for number, school in ((1, 1), (2, 2))
    }
    given = problem(shelf, people)
    plan = make_plan(limited(given, copier(0.0), copier(kept=100.0, key="2")))
    assert seconds(plan) == {1: (None,), 2: ("in_person",)}


# A re-plan leaves the second ways of those who stay alone.


def test_who_stays_keeps_a_second_way_before_others_get_one() -> None:
    given = limited(by_telegram([0.9, 0.5]), copier(kept=counted(3 + COVER, need_of(0.5))))
    plan = make_plan(given)
    assert seconds(plan) == {1: (None,), 2: ("in_person",)}
    # Before, the first had it and the second did not; both keep what they had.
    before = with_seconds(plan, s1=("in_person",), s2=())
    stands = {(one.student, 5): one.choices[0] for one in plan.students}
    both = with_fallbacks(replace(given, standing=stands), plan.students, plan.use, before.students)
    assert [one.fallbacks for one in both] == [("in_person",), ()]
    # Who is chosen anew is served after them.
    one = replace(given, standing={(1, 5): stands[1, 5]})
    mixed = with_fallbacks(one, plan.students, plan.use, before.students)
    assert [one.fallbacks for one in mixed] == [("in_person",), ()]


def test_what_stands_is_kept_without_room_and_others_find_none() -> None:
    given = limited(by_telegram([0.5, 0.5]), copier(kept=100.0))
    plan = make_plan(given)
    assert set(seconds(plan).values()) == {("in_person",)}
    # The kept pages were lowered meanwhile: the first stands, the second is chosen anew.
    place = (1, 5)
    now = replace(limited(given, copier(kept=1.0)), standing={place: plan.students[0].choices[0]})
    found = with_fallbacks(now, plan.students, plan.use, plan.students)
    assert [one.fallbacks for one in found] == [("in_person",), ()]
    fresh = replace(plan, students=found, use=make_plan(now).use)
    assert wrong(now, fresh) == []
    assert wrong(now, with_seconds(fresh, s2=("in_person",)))


def test_a_second_way_that_is_closed_now_is_chosen_anew_even_for_who_stays() -> None:
    given = by_telegram([0.5])
    plan = make_plan(given)
    closed = tuple(
        replace(one, possible=False) if one.channel == "in_person" else one
        for one in given.options[1, 5]
    )
    stands = {(1, 5): plan.students[0].choices[0]}
    now = replace(given, options={(1, 5): closed}, standing=stands)
    assert with_fallbacks(now, plan.students, (), plan.students)[0].fallbacks == ()


# The checker counts by itself.


def test_second_ways_that_need_more_than_is_kept_turn_the_checker_red() -> None:
    given = limited(by_telegram([0.5, 0.5]), copier(kept=counted(3 + COVER, need_of(0.5))))
    plan = make_plan(given)
    assert wrong(given, plan) == []
    both = with_seconds(plan, s1=("in_person",), s2=("in_person",))
    (found,) = wrong(given, both)
    assert found.facts["counted"] == pytest.approx(2 * found.facts["room"])


def test_a_lesson_that_goes_without_for_nothing_turns_the_checker_red() -> None:
    given = limited(by_telegram([0.5, 0.6]), copier(kept=50.0))
    plan = make_plan(given)
    (found,) = wrong(given, with_seconds(plan, s2=()))
    assert found.facts["student"] == 2
    # In a re-plan it was judged when it was chosen.
    stands = replace(given, standing={(2, 5): plan.students[1].choices[0]})
    assert wrong(stands, with_seconds(plan, s2=())) == []


def test_an_uncounted_copier_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a planner that counts no pages of second ways."""
    given = limited(by_telegram([0.5] * 6), copier(kept=6.0))
    assert make_plan(given).violations == ()
    monkeypatch.setattr("scheduler.second_way_room.counted", lambda *_: 0.0)
    assert {one.rule for one in make_plan(given).violations} == {"fallback_room"}


@settings(max_examples=25, deadline=None)
@given(given=problems(), kept=st.sampled_from([0.0, 3.0, 10.0, 1000.0]))
def test_no_pool_is_overdrawn_and_nobody_goes_without_for_nothing(
    given: PlanProblem, kept: float
) -> None:
    given = with_copier(given, kept)
    plan = make_plan(given)
    assert plan.violations == ()
    use = expected_pages(given, plan)
    for one in plan.use:
        if one.capacity.resource == PAPER:
            assert use <= one.capacity.amount - one.used + kept + 1e-6


def with_copier(given: PlanProblem, kept: float) -> PlanProblem:
    """The problem with as many pages on a copier of the school as all print together."""
    own = (
        Capacity(PAPER, "1", one.amount, "pages", kept)
        for one in given.capacities
        if one.resource == Resource.PRINT_PAGES
    )
    return replace(given, capacities=(*given.capacities, *own))


def expected_pages(given: PlanProblem, plan: Plan) -> float:
    """Pages of second ways on the copier, by the plain words of the rule."""
    alone, packs = 0.0, defaultdict[tuple[int, str, int], list[float]](list)
    for line in plan.students:
        home = given.student[line.student].household
        for number, choice, second in zip(
            line.lessons, line.choices, line.fallbacks or (None,) * len(line.lessons), strict=True
        ):
            if second == "in_person":
                first = next(
                    one
                    for one in given.options[line.student, number]
                    if one.channel == choice.channel
                )
                need = (1000 - max(1, round(1000 * first.likelihood))) / 1000
                about = given.lessons[number]
                large = bool(given.student[line.student].needs)
                alone += need * pages_for(about.pages, large_print=large)
                packs[home, second, about.day.weekday()].append(need)
    return MARGIN * (alone + sum(COVER * max(some) for some in packs.values()))


@settings(max_examples=12, deadline=None)
@given(given=problems())
def test_more_that_is_kept_takes_no_second_way_from_all_together(given: PlanProblem) -> None:
    def ready(kept: float) -> int:
        found = seconds(make_plan(with_copier(given, kept)))
        return sum(name is not None for some in found.values() for name in some)

    assert ready(10_000.0) >= ready(5.0)
    assert ready(10_000.0) >= ready(0.0)


def test_the_share_that_is_kept_is_told_to_second_ways() -> None:
    assert 0 < KEPT_FOR_FALLBACKS < 0.2
    assert MARGIN >= 1
