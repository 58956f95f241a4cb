"""A term is fair: equal weeks for all, nothing leaks, and who knows more does no worse."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from jetkiz.errors import JetkizError
from scheduler.nation.population import read_population
from scheduler.simulator.hidden import Hidden, draw_hidden
from scheduler.simulator.living import live
from scheduler.simulator.noticing import Notebook, outcomes_of
from scheduler.simulator.policies import POLICIES, as_in_2020, chosen, nothing_yet
from scheduler.simulator.scores import Score, advantage, over_seeds, spread
from scheduler.simulator.term import drawn_week, play, refuse_term, told, worlds
from scheduler.solver.week_arrays import NOTHING, WeekArrays
from tests.nations import WEEK
from tests.terms import numbers, small_week, term_of, world_of


def shared(week: WeekArrays) -> Callable[[int], WeekArrays]:
    return lambda _seed: week


def test_equal_seeds_give_equal_scores_and_other_seeds_others() -> None:
    week = small_week()
    policies = ("tv", "rule-2020-second-ways")
    first = play(term_of(*policies, seeds=(1, 2)), shared(week))
    again = play(term_of(*policies, seeds=(1, 2)), shared(week))
    assert first == again
    one, other = first["tv"]
    assert one != other


def test_a_policy_fares_the_same_in_whatever_company() -> None:
    week = small_week()
    alone = play(term_of("rule-2020"), shared(week))["rule-2020"]
    among = play(term_of("tv", "messenger", "rule-2020"), shared(week))["rule-2020"]
    assert alone == among


def test_what_nobody_observed_changes_no_plan_that_learns() -> None:
    """The truth of channels that were not used may be anything: the notebook says the same."""
    week = small_week()
    world = world_of(week)
    channel = as_in_2020(week)
    unused = np.stack([(channel == c).any(axis=1) for c in range(len(week.channels))], axis=1)
    mixed = world.hidden.reach.copy()
    other = np.random.default_rng(9).permutation(mixed.ravel()).reshape(mixed.shape)
    mixed = np.where(unused[:, None, :], mixed, other)
    assert not np.array_equal(mixed, world.hidden.reach)
    seen = []
    for reach in (world.hidden.reach, mixed):
        another = replace(world, hidden=Hidden(reach, world.hidden.answer))
        notebook = Notebook(week)
        notebook.notice(live(another, channel, nothing_yet(week), None), world.events.blocked)
        seen.append(notebook.told(learns=True).students.chance)
    assert np.array_equal(*seen)


def test_only_the_oracle_is_told_the_truth() -> None:
    week = small_week()
    world = world_of(week)
    other = replace(world, hidden=draw_hidden(week, numbers(), np.random.default_rng(77)))
    for policy in POLICIES.values():
        mine, theirs = (told(one, policy, Notebook(week)).students.chance for one in (world, other))
        assert np.array_equal(mine, theirs) == (policy.name != "oracle")


def test_a_chat_is_closed_after_it_refused_and_open_again_once_linked() -> None:
    week = small_week()
    world = world_of(week, blocked=0.5)
    column = week.channels.index("telegram")
    channel = np.full((week.students.count, week.slots), NOTHING, dtype=np.int8)
    half = week.students.count // 2
    channel[:half] = column
    notebook = Notebook(week)
    blocked = world.events.blocked
    notebook.notice(live(world, channel, nothing_yet(week), None), blocked)
    chance = notebook.told(learns=False).students.chance[:, 0, column]
    before = week.students.chance[:, 0, column]
    assert (chance[:half][blocked[:half]] == 0).all()
    # Nothing was sent to the others: nobody knows that they have blocked the bot.
    assert np.array_equal(chance[half:], before[half:])
    notebook.hear_of_links(np.zeros_like(blocked))
    assert np.array_equal(notebook.told(learns=False).students.chance[:, 0, column], before)


def test_outcomes_count_each_try_once() -> None:
    week = small_week()
    world = world_of(week)
    channel = as_in_2020(week)
    lived = live(world, channel, nothing_yet(week), None)
    found = outcomes_of(week, lived)
    total = found.received.astype(int) + found.failed + found.silent
    for column in range(len(week.channels)):
        assert np.array_equal(total[:, column], (channel == column).sum(axis=1))
    assert found.received.sum() == lived.first.heard.sum()


def test_experience_moves_chances_towards_the_truth() -> None:
    """Weeks of everybody on one channel: the learned chance is nearer the truth than the prior."""
    week = small_week(300, 4)
    term = term_of("tv", weeks=9)
    hidden = draw_hidden(week, numbers(), np.random.default_rng(4))
    column = week.channels.index("duty_class")
    channel = np.full((week.students.count, week.slots), column, dtype=np.int8)
    notebook = Notebook(week)
    for world in worlds(term, week, hidden, 4):
        notebook.notice(live(world, channel, nothing_yet(week), None), world.events.blocked)
    at = week.students.chance[:, 0, column] > 0
    truth = hidden.reach[at, 0, column]
    prior, learned = (
        one.students.chance[at, 0, column] / 1000 for one in (week, notebook.told(learns=True))
    )
    assert np.abs(learned - truth).mean() < 0.7 * np.abs(prior - truth).mean()


def test_who_knows_more_does_no_worse_at_the_same_money() -> None:
    """On a fixed draw, with a margin: the rule of 2020, the planner; and the oracle above both."""
    week = drawn_week(read_population(), 200, 5, WEEK)
    names = ("planner-same-money", "planner", "oracle")
    found = play(term_of(*names, weeks=1, seeds=(5,)), shared(week))
    received = {name: scores[0].received for name, scores in found.items()}
    assert received["planner-same-money"] > received["rule-2020-second-ways"] + 0.02
    assert received["oracle"] > received["planner"] - 0.002
    assert received["oracle"] > received["rule-2020-second-ways"] + 0.02
    money = {name: scores[0] for name, scores in found.items()}
    reference = money["rule-2020-second-ways"]
    assert money["planner-same-money"].paper <= reference.paper + 1e-6
    assert money["planner-same-money"].tenge <= reference.tenge + 1e-6


def test_second_ways_help_and_cost() -> None:
    week = small_week()
    found = play(term_of("rule-2020", "rule-2020-second-ways", weeks=3), shared(week))
    without, having = (found[name][0] for name in ("rule-2020", "rule-2020-second-ways"))
    assert having.received > without.received
    assert having.second > without.second == 0


def test_scores_are_shares_and_stand_in_order() -> None:
    found = play(term_of("rule-2020", weeks=2), shared(small_week()))
    (score,) = found["rule-2020"]
    assert 0 <= score.p1 <= score.p10 <= score.received <= 1
    assert score.worst_region <= score.received
    assert 0 < score.returned < score.received
    assert score.tenge >= score.paper > 0
    assert 0 <= score.churn < 0.1


def test_the_spread_is_over_seeds_and_differences_are_pairwise() -> None:
    def score(received: float) -> Score:
        return Score(received, *([0.0] * 9))

    assert spread([0.4]).deviation == 0
    found = {"one": [score(0.5), score(0.7)], "other": [score(0.4), score(0.6)]}
    assert over_seeds(found["one"])["received"].mean == pytest.approx(0.6)
    assert over_seeds(found["one"])["received"].deviation == pytest.approx(0.1414, abs=1e-4)
    ahead = advantage(found, "one", "other")
    assert ahead.mean == pytest.approx(0.1)
    assert ahead.deviation == pytest.approx(0, abs=1e-9)


def test_a_bounded_policy_brings_the_one_that_bounds_it() -> None:
    names = [one.name for one in chosen(("planner-same-money",))]
    assert names == ["rule-2020-second-ways", "planner-same-money"]
    assert [one.name for one in chosen(())] == list(POLICIES)


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    with pytest.raises(JetkizError, match=r"no policy 'magic'.*planner-learning") as error:
        chosen(("planner", "magic"))
    assert error.value.remedy


@pytest.mark.parametrize(
    "size", [(0, 1, 1), (-3, 1, 1), (53, 1, 1), (1, 0, 1), (1, 101, 1), (1, 1, 0), (1, 1, 10**7)]
)
def test_a_term_that_cannot_be_is_refused(size: tuple[int, int, int]) -> None:
    refuse_term(1, 1, 1)
    with pytest.raises(JetkizError, match="cannot be"):
        refuse_term(*size)


def test_a_week_without_students_is_refused() -> None:
    week = small_week()
    nobody = replace(
        week,
        students=replace(
            week.students,
            **{
                name: getattr(week.students, name)[:0]
                for name in ("number", "tie", "school", "household", "program", "chance")
            },
        ),
    )
    with pytest.raises(JetkizError, match="no student"):
        play(term_of("tv"), shared(nobody))
