"""What a channel is worth, costs and uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.channel import CHANNELS
from jetkiz.lessons.model import LessonKind
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource

KINDS = st.sampled_from(LessonKind)
NAMES = st.sampled_from([*CHANNELS, "carrier_pigeon"])
CHANCES = st.floats(0, 1)
# A likelihood is counted in thousandths, as the channels round theirs.
COUNTED = st.integers(10, 1000).map(lambda thousandths: thousandths / 1000)


@given(KINDS, NAMES)
def test_fit_is_a_share(kind: LessonKind, channel: str) -> None:
    assert 0 <= channel_choice.fit(kind, channel) <= 1


def test_every_kind_names_every_channel_of_the_table() -> None:
    for kind in LessonKind:
        assert set(channel_choice.FIT[kind]) == set(CHANNELS)


@given(KINDS, NAMES, CHANCES, CHANCES)
def test_a_better_chance_is_never_worth_less(
    kind: LessonKind, channel: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    worth = [channel_choice.worth(1.0, kind, channel, chance, True) for chance in (low, high)]
    assert worth[0] <= worth[1]


@given(KINDS, NAMES, CHANCES)
def test_something_is_always_worth_more_than_nothing(
    kind: LessonKind, channel: str, chance: float
) -> None:
    assert channel_choice.worth(1.0, kind, channel, chance, False) >= channel_choice.SOMETHING


def test_a_lesson_by_the_published_formula() -> None:
    worth = channel_choice.worth(2.0, LessonKind.TEXT, "telegram", 0.5, True)
    assert worth == pytest.approx(2.0 * 0.92 * 0.5 * (0.6 + 0.4 * 0.6) + 0.1)


def test_homework_adds_what_it_brings_back() -> None:
    with_task = channel_choice.worth(1.0, LessonKind.TEXT, "post", 0.8, True)
    without = channel_choice.worth(1.0, LessonKind.TEXT, "post", 0.8, False)
    assert with_task - without == pytest.approx(0.92 * 0.8 * 0.4 * 0.45)


@given(KINDS, NAMES, COUNTED, st.booleans())
def test_the_chance_that_is_wanted_gives_the_worth_that_is_wanted(
    kind: LessonKind, channel: str, chance: float, task: bool
) -> None:
    worth = channel_choice.worth(1.0, kind, channel, chance, task)
    found = channel_choice.likelihood_for(worth, 1.0, kind, channel, task)
    assert found == pytest.approx(chance)


def test_no_chance_makes_a_lesson_without_weight_worth_more() -> None:
    found = channel_choice.likelihood_for(0.5, 0.0, LessonKind.TEXT, "post", True)
    assert found == float("inf")


@pytest.mark.parametrize("channel", ["telegram", "broadcast", "carrier_pigeon"])
def test_what_is_not_paper_uses_nothing_shared(channel: str) -> None:
    assert channel_choice.use_of_pack(channel) == {}
    assert channel_choice.use_of_pages(channel, 5) == {}
    assert channel_choice.tenge_of_pack(channel) == 0
    assert channel_choice.tenge_of_pages(channel, 5) == 0


def test_post_uses_pages_and_money_and_hands_use_pages_only() -> None:
    assert channel_choice.use_of_pages("post", 3) == {
        Resource.PRINT_PAGES: 3.0,
        Resource.POST_MONEY: 12.0,
    }
    assert channel_choice.use_of_pages("in_person", 3) == {Resource.COPIER_PAGES: 3.0}
    assert channel_choice.use_of_pack("in_person") == {Resource.COPIER_PAGES: 2.0}
    assert channel_choice.use_of_pack("post")[Resource.POST_MONEY] == 358.0


def test_a_pack_costs_its_cover_its_stamp_and_its_way() -> None:
    assert channel_choice.tenge_of_pack("post") == 350 + 2 * 12
    assert channel_choice.tenge_of_pack("in_person") == 120 + 2 * 8
    assert channel_choice.tenge_of_pages("in_person", 3) == 24


@pytest.mark.parametrize("channel", channel_choice.PACKS)
def test_a_pack_never_costs_more_than_something_is_worth(channel: str) -> None:
    pages = 30
    tenge = channel_choice.tenge_of_pack(channel) + channel_choice.tenge_of_pages(channel, pages)
    assert tenge * channel_choice.PER_TENGE < channel_choice.SOMETHING


@given(KINDS, NAMES, st.booleans())
def test_the_published_shares_lose_nothing_when_worth_is_counted_in_steps(
    kind: LessonKind, channel: str, task: bool
) -> None:
    answered = channel_choice.RETURN_LIKELIHOOD.get(channel, 0.3) if task else 0.0
    exact = channel_choice.fit(kind, channel) * (0.6 + 0.4 * answered) * channel_choice.STEP
    assert channel_choice.step(1.0, kind, channel, task=task) == pytest.approx(exact, abs=1e-6)
