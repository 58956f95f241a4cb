"""What experience does to a likelihood: it moves towards what was seen, and it fades."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jetkiz.delivery.bit_counts import Outcomes
from scheduler.learning.posterior import (
    FORGET,
    LEAST,
    MOST,
    POOL_STRENGTH,
    PRIOR_STRENGTH,
    Memory,
    pool_ratios,
    posterior_mean,
    posteriors,
    week_evidence,
)
from scheduler.rules.observation import (
    MOST_TRIALS,
    OBSERVATIONS,
    OTHER,
    Observation,
    observation_of,
)

NAMES = ("broadcast", "in_person", "post", "telegram")
RULES = [observation_of(name) for name in NAMES]
TV, HAND, POST, TELEGRAM = range(4)

# Lessons of one student, week and channel: received, failed, never heard of.
_lessons = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
_home = st.lists(_lessons, min_size=4, max_size=4)
_school = st.integers(1, 4).flatmap(lambda n: st.lists(_home, min_size=n, max_size=n))


@st.composite
def histories(draw: st.DrawFn) -> list[list[list[tuple[int, int, int]]]]:
    """Weeks of some students: [weeks][students][channels] of lesson counts."""
    students = draw(st.integers(1, 4))
    week = st.lists(_home, min_size=students, max_size=students)
    return draw(st.lists(week, min_size=1, max_size=5))


def outcomes(week: list[list[tuple[int, int, int]]]) -> Outcomes:
    received, failed, silent = np.array(week, np.uint8).transpose(2, 0, 1)
    return Outcomes(received, failed, silent)


def after(
    weeks: list[list[list[tuple[int, int, int]]]], rules: list[Observation] = RULES
) -> Memory:
    memory = Memory.empty(len(weeks[0]), len(rules))
    for week in weeks:
        memory.learn(week_evidence(outcomes(week), rules))
    return memory


def likelihoods(memory: Memory, prior: float, rules: list[Observation] = RULES) -> np.ndarray:
    """The likelihoods of students who are all of one pool and have the same prior everywhere."""
    priors = np.full(memory.trials.shape, prior)
    pools = np.zeros(len(priors), np.intp)
    return posteriors(memory, priors, pool_ratios(memory, priors, pools, rules), pools)


def by_hand(
    weeks: list[list[list[tuple[int, int, int]]]], student: int, channel: int
) -> tuple[float, float]:
    """The same counts, one lesson after another as the design says it."""
    rule, successes, trials = RULES[channel], 0.0, 0.0
    for week in weeks:
        received, failed, silent = week[student][channel]
        lessons = received + failed + (silent if rule.silence else 0)
        share = min(1, rule.most / lessons) if lessons else 0.0
        came = received / rule.of_received
        tried = came + failed / rule.of_failed + silent * rule.silence
        if rule.only_answers:
            came = max(received - 1, 0)
            rest = rule.of_received * (received + failed + silent - 1)
            tried = max(rest, came) if received else failed
            share = min(1, rule.most / tried) if tried else 0.0
        successes = successes * FORGET + came * share
        trials = trials * FORGET + tried * share
    return successes, trials


@given(histories(), st.sampled_from([0.001, 0.3, 0.61, 0.9, 0.999]))
def test_a_likelihood_stays_between_never_and_always(weeks: list, prior: float) -> None:
    found = likelihoods(after(weeks), prior)
    assert ((found >= LEAST) & (found <= MOST)).all()
    assert 0 < LEAST < MOST < 1


@given(histories())
def test_arrays_count_as_one_would_by_hand(weeks: list) -> None:
    memory = after(weeks)
    for student in range(len(weeks[0])):
        for channel in range(4):
            found = (memory.successes[student, channel], memory.trials[student, channel])
            assert found == pytest.approx(by_hand(weeks, student, channel), abs=1e-4)


@given(histories(), st.sampled_from([0.3, 0.7]))
def test_the_mean_is_that_of_a_beta_bernoulli(weeks: list, prior: float) -> None:
    memory = after(weeks)
    found = likelihoods(memory, prior)
    for student in range(len(weeks[0])):
        successes, trials = by_hand(weeks, student, POST)
        mean = (PRIOR_STRENGTH * prior + successes) / (PRIOR_STRENGTH + trials)
        assert found[student, POST] == pytest.approx(min(max(mean, LEAST), MOST), abs=1e-4)


@given(histories(), st.permutations(range(4)))
def test_the_order_of_students_only_orders_the_answers(weeks: list, order: list[int]) -> None:
    students = [number for number in order if number < len(weeks[0])]
    turned = [[week[number] for number in students] for week in weeks]
    assert np.array_equal(after(turned).trials, after(weeks).trials[students])
    assert np.allclose(likelihoods(after(turned), 0.6), likelihoods(after(weeks), 0.6)[students])


@given(st.integers(1, 30), st.integers(1, 20), st.sampled_from([0.3, 0.61, 0.95]))
def test_a_channel_that_never_works_falls_every_week(
    weeks: int, lessons: int, prior: float
) -> None:
    memory = Memory.empty(1, 4)
    before = likelihoods(memory, prior)
    for _ in range(weeks):
        memory.learn(week_evidence(outcomes([[(0, lessons, 0)] * 4]), RULES))
        now = likelihoods(memory, prior)
        # Ever less, down to the floor that keeps it possible.
        assert ((now < before) | (before == LEAST)).all()
        before = now


@given(histories(), st.integers(1, 60))
def test_experience_fades_and_what_the_home_says_of_itself_comes_back(
    weeks: list, silence: int
) -> None:
    memory = after(weeks)
    before = memory.trials.copy()
    memory.fade(silence)
    assert memory.trials == pytest.approx(before * FORGET**silence, rel=1e-4, abs=1e-6)
    memory.fade(2000)
    assert likelihoods(memory, 0.61) == pytest.approx(np.full(before.shape, 0.61), abs=1e-6)


@given(_school)
def test_a_week_says_no_more_than_three_lessons(week: list) -> None:
    found = week_evidence(outcomes(week), RULES)
    assert (found.trials <= MOST_TRIALS + 1e-5).all()
    assert (found.successes <= found.trials + 1e-6).all()
    few = week_evidence(outcomes([[(1, 2, 0)] * 4]), RULES).trials[0]
    many = week_evidence(outcomes([[(10, 20, 0)] * 4]), RULES).trials[0]
    # Of what only answers tell, the more lessons the more can be expected to be heard of.
    assert few[[HAND, POST, TELEGRAM]] == pytest.approx(many[[HAND, POST, TELEGRAM]])
    assert few[TV] < many[TV]


def test_thirty_seven_trials_are_the_most_that_are_ever_remembered() -> None:
    memory = Memory.empty(1, 4)
    for _ in range(200):
        memory.learn(week_evidence(outcomes([[(0, 25, 0)] * 4]), RULES))
    assert memory.trials[0, TELEGRAM] == pytest.approx(MOST_TRIALS / (1 - FORGET), rel=1e-3)


@given(st.sampled_from([0.001, 0.45, 0.5, 0.61, 0.999]), st.integers(1, 60), histories())
def test_a_silent_home_with_television_keeps_exactly_its_prior(
    prior: float, aired: int, others: list
) -> None:
    """Whatever the neighbours answer: aired lessons of which nothing is heard are unknown."""
    silent = [(0, 0, 0)] * 4
    silent[TV] = (0, 0, aired)
    weeks = [[silent, *week] for week in others]
    assert _kept_tv(weeks, RULES, prior)


def _kept_tv(weeks: list, rules: list[Observation], prior: float) -> bool:
    return bool(likelihoods(after(weeks, rules), prior, rules)[0, TV] == prior)


def test_silence_of_television_taken_for_a_failure_would_be_found() -> None:
    planted = [replace(RULES[TV], silence=1.0), *RULES[1:]]
    week = [[(0, 0, 5), (0, 0, 0), (0, 0, 0), (0, 0, 0)]]
    assert _kept_tv([week], RULES, 0.5)
    assert not _kept_tv([week], planted, 0.5)


def test_neighbours_with_television_would_move_a_silent_home_if_they_were_asked() -> None:
    planted = [replace(RULES[TV], is_pooled=True), *RULES[1:]]
    week = [[(0, 0, 5), *[(0, 0, 0)] * 3], [(9, 0, 0), *[(0, 0, 0)] * 3]]
    assert _kept_tv([week], RULES, 0.5)
    assert not _kept_tv([week], planted, 0.5)


def test_the_first_answer_only_says_that_somebody_answers() -> None:
    """Of ten lessons on television one is answered, or four, as of ten that all were watched."""
    for answers, is_raised in ((1, False), (4, None), (8, True)):
        week = [(answers, 0, 10 - answers), *[(0, 0, 0)] * 3]
        found = likelihoods(after([[week]]), 0.5)[0, TV]
        assert (found > 0.5) == (is_raised or is_raised is None), answers
    lone = likelihoods(after([[[(1, 0, 0), *[(0, 0, 0)] * 3]]]), 0.5)[0, TV]
    assert lone == 0.5


@given(st.sampled_from([0.3, 0.5, 0.7, 0.9]), st.sampled_from([HAND, POST]))
def test_what_is_heard_of_by_halves_neither_flatters_nor_wrongs_a_home(
    truth: float, channel: int
) -> None:
    """Signatures are typed in more often than packs that were not fetched: both are weighed."""
    rule, weeks = RULES[channel], 2000
    came = round(weeks * truth * rule.of_received)
    lost = round(weeks * (1 - truth) * rule.of_failed)
    week_of = {True: (5, 0, 0), False: (0, 5, 0)}
    memory = Memory.empty(1, 4)
    for good, count in ((True, came), (False, lost)):
        one = [(0, 0, 0)] * 4
        one[channel] = week_of[good]
        new = week_evidence(outcomes([one]), RULES)
        memory.successes[...] += new.successes * count
        memory.trials[...] += new.trials * count
    assert memory.successes[0, channel] / memory.trials[0, channel] == pytest.approx(
        truth, abs=0.01
    )


def test_silence_in_the_chat_is_half_a_failure() -> None:
    quiet = likelihoods(after([[[(0, 0, 4)] * 4]]), 0.8)[0]
    failed = likelihoods(after([[[(0, 4, 0)] * 4]]), 0.8)[0]
    assert failed[TELEGRAM] < quiet[TELEGRAM] < 0.8
    assert quiet[[TV, HAND, POST]] == pytest.approx([0.8] * 3)


# One pool beside another.


@given(histories(), st.sampled_from([0.3, 0.61]))
def test_a_region_without_experience_keeps_the_channels_own_answer(
    weeks: list, prior: float
) -> None:
    memory = after([[*week, [(0, 0, 0)] * 4] for week in weeks])
    priors = np.full(memory.trials.shape, prior)
    pools = np.array([0] * len(weeks[0]) + [1])
    ratios = pool_ratios(memory, priors, pools, RULES)
    assert (ratios[1] == 1).all()
    assert (posteriors(memory, priors, ratios, pools)[-1] == prior).all()


@given(st.integers(0, 3), st.integers(0, 3), st.floats(0.05, 0.95))
def test_a_region_s_ratio_is_held_to_one_by_twenty_lessons(
    received: int, failed: int, prior: float
) -> None:
    assume(received + failed)
    memory = after([[[(received, failed, 0)] * 4]])
    priors = np.full((1, 4), prior)
    ratio = pool_ratios(memory, priors, np.zeros(1, np.intp), RULES)[0, HAND]
    rule = RULES[HAND]
    share = min(1, rule.most / (received + failed))
    successes = received / rule.of_received * share
    trials = successes + failed / rule.of_failed * share
    expected = (successes + POOL_STRENGTH * prior) / (trials * prior + POOL_STRENGTH * prior)
    assert ratio == pytest.approx(expected, rel=1e-5)


def test_a_newcomer_starts_where_the_neighbours_are() -> None:
    """Where packs are never fetched a home that is new there is believed less, not nothing."""
    poor, new = [(0, 9, 0)] * 4, [(0, 0, 0)] * 4
    memory = after([[*[poor] * 20, new]] * 10)
    found = likelihoods(memory, 0.88)[-1]
    assert LEAST < found[HAND] < 0.2
    assert found[TV] == found[POST] == 0.88


def test_a_closed_channel_stays_closed_and_says_nothing_of_neighbours() -> None:
    """A home that blocked the bot has no chance, however well it went before."""
    memory = after([[[(9, 0, 0)] * 4, [(0, 0, 0)] * 4]] * 5)
    priors = np.array([[0.5, 0.5, 0.5, 0.0], [0.5] * 4])
    pools = np.zeros(2, np.intp)
    ratios = pool_ratios(memory, priors, pools, RULES)
    found = posteriors(memory, priors, ratios, pools)
    assert found[0, TELEGRAM] == 0
    assert ratios[0, TELEGRAM] == 1
    assert found[1, TELEGRAM] == 0.5
    assert ratios[0, HAND] > 1


def test_nobody_learns_nothing() -> None:
    memory = Memory.empty(0, 4)
    nothing = np.zeros((0, 4))
    pools = np.zeros(0, np.intp)
    ratios = pool_ratios(memory, nothing, pools, RULES)
    assert posteriors(memory, nothing, ratios, pools).shape == (0, 4)


@given(histories())
def test_half_floats_are_exact_enough_to_keep(weeks: list) -> None:
    whole, half = after(weeks), Memory.empty(len(weeks[0]), 4, np.float16)
    for week in weeks:
        half.learn(week_evidence(outcomes(week), RULES))
    priors = np.full(whole.trials.shape, 0.6, np.float32)
    ratios = np.ones(priors.shape, np.float32)
    exact, kept = (posterior_mean(priors, ratios, m.successes, m.trials) for m in (whole, half))
    assert kept == pytest.approx(exact, abs=0.004)


def test_equal_histories_give_equal_likelihoods_to_the_last_bit() -> None:
    rng = np.random.default_rng(4)
    weeks = [rng.integers(0, 9, (50, 4, 3)).tolist() for _ in range(9)]
    first, second = (likelihoods(after(weeks), 0.6) for _ in range(2))
    assert first.tobytes() == second.tobytes()


# The table itself.


def test_every_rule_of_the_table_is_possible() -> None:
    for name, rule in (*OBSERVATIONS.items(), ("other", OTHER)):
        assert 0 <= rule.silence <= 1, name
        assert 0 < rule.of_received <= 1, name
        assert 0 < rule.of_failed <= 1, name
        assert 0 < rule.most <= MOST_TRIALS, name
        assert all(state.has_arrived for state in rule.received), name
        # Who is never heard of must not be judged by those who are.
        assert rule.is_pooled <= (rule.of_received > 0.9), name
    assert observation_of("pigeon") == OTHER


def test_an_aired_lesson_is_no_received_one() -> None:
    assert not any(state.name == "DELIVERED" for state in OBSERVATIONS["broadcast"].received)
    assert OBSERVATIONS["broadcast"].silence == 0


def test_the_floor_survives_rounding() -> None:
    assert math.isclose(round(LEAST, 3), LEAST)
    assert math.isclose(round(MOST, 3), MOST)
