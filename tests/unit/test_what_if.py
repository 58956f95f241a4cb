"""What if: amounts as people write them, two plans that are compared, nothing that is kept."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from scheduler.model import Capacity, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import Resource
from scheduler.whatif import read_change, what_if, whatif_lines, with_changes
from tests.examples import drawing
from tests.plan_problems import Reached, lesson, problem, problems, student

LESSONS = [lesson(number, pages=4) for number in range(1, 6)]
BY_POST = Reached(post=0.8)
POST = problem(LESSONS, {student(n, LESSONS): BY_POST for n in (1, 2)}, money=700, pages=1000)
NOWHERE = {student(3, LESSONS): Reached(telegram=0.9)}


def amount(given_problem: PlanProblem, text: str) -> float:
    return (
        with_changes(given_problem, [read_change(text)]).capacity[Resource.POST_MONEY, "all"].amount
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("post_money=50", 50),
        ("post_money=+50", 750),
        ("post_money=-50", 650),
        ("post_money=-700", 0),
        ("post_money=+10%", 770),
        ("post_money=-10%", 630),
        ("post_money=10%", 70),
        (" post_money:all=0.5 ", 0.5),
    ],
)
def test_an_amount_is_new_more_less_or_a_share(text: str, wanted: float) -> None:
    assert amount(POST, text) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("post_money", "is not a capacity and an amount"),
        ("post_money=", "is not a capacity and an amount"),
        ("post_money=much", "is not a capacity and an amount"),
        ("post_money=--5", "is not a capacity and an amount"),
        ("post_money=nan", "is not a capacity and an amount"),
        ("=5", "is not a capacity and an amount"),
        ("horses=+5", "There is no capacity 'horses'"),
        ("post_money=-701", "less than nothing"),
        ("post_money=-101%", "less than nothing"),
        ("post_money:7=+5", "no post_money with the key '7'"),
        ("duty_seats=+5", "nothing limits duty_seats"),
    ],
)
def test_what_cannot_be_is_refused(text: str, words: str) -> None:
    with pytest.raises(JetkizError) as refusal:
        amount(POST, text)
    assert words in refusal.value.sentence.format(**refusal.value.facts)
    assert refusal.value.remedy


def test_messages_without_a_day_mean_every_day() -> None:
    days = tuple(Capacity(Resource.MESSAGES, f"all@{day}", 10.0, "messages") for day in range(5))
    given_problem = replace(POST, capacities=days)
    every = with_changes(given_problem, [read_change("messages=+5")])
    one = with_changes(given_problem, [read_change("messages:all@2=+5")])
    assert [each.amount for each in every.capacities] == [15] * 5
    assert [each.amount for each in one.capacities] == [10, 10, 15, 10, 10]


def test_more_postage_brings_lessons_and_is_said_in_words() -> None:
    found = what_if(POST, [read_change("post_money=+700")])
    assert found.before.with_channel == 5
    assert found.after.with_channel == 10
    assert (found.students, found.moved) == (1, {("", "post"): 5})
    text = "\n".join(whatif_lines(found, translator("en")))
    assert "As it is: 5 of 10 lessons have a channel, 4.0 are expected" in text
    assert "As it would be: 10 of 10 lessons have a channel, 8.0 are expected" in text
    assert "Lessons go another way for 1 student." in text
    assert "  5 lessons: no channel → post." in text


def test_a_limit_that_binds_says_what_more_would_bring() -> None:
    lines = whatif_lines(what_if(POST, [read_change("post_money=-50%")]), translator("en"))
    told = [line for line in lines if "Another 1,000 tenge for postage would bring" in line]
    assert [line.rpartition(", ")[2] for line in told] == ["as it is.", "as it would be."]
    assert not any(" 0.0 lessons" in line for line in told)
    assert any("There is room left" in line for line in lines)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_words_are_translated(language: str) -> None:
    found = what_if(POST, [read_change("post_money=-50%")])
    spoken = set(whatif_lines(found, translator(language)))
    assert not spoken & set(whatif_lines(found, translator("en")))


@given(problems())
@drawing(20)
def test_no_change_changes_nothing(given_problem: PlanProblem) -> None:
    named = {one.resource for one in given_problem.capacities}
    found = what_if(given_problem, [read_change(f"{one}=+0") for one in sorted(named)])
    assert found.before == found.after
    assert (found.students, found.moved) == (0, {})


@given(problems(), st.integers(0, 200))
@drawing(20)
def test_more_never_lowers_the_bound(given_problem: PlanProblem, more: int) -> None:
    """But for how near the search comes: a part in a hundred on problems as small as these."""
    named = {one.resource for one in given_problem.capacities}
    changes = [read_change(f"{one}=+{more}") for one in sorted(named)]
    before = make_plan(given_problem)
    after = make_plan(with_changes(given_problem, changes))
    assert after.bound >= before.objective - 1e-6
    assert after.bound >= before.bound * 0.99 - 1e-6
