"""Which reason a choice is given: each with the case that makes it true."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.reasons import ChoiceReason
from scheduler.rules.channel_choice import Resource
from scheduler.rules.choice_reasons import Case, Judged, reason_for, winner
from scheduler.rules.page_counts import estimated_pages, pages_for

TELEGRAM = Judged("telegram", net=0.6, rank=1)
TV = Judged("broadcast", net=0.4, rank=2)
PAPER = Judged("post", net=0.5, cost=0.04, rank=3)
NO_PAGES = (Resource.PRINT_PAGES,)
NO_MONEY = (Resource.POST_MONEY,)


def _reason(case: Case) -> ChoiceReason:
    return reason_for(case, winner(case.judged))


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(1, [TV]), ChoiceReason.ONLY_CHANNEL),
        (Case(2, [TV]), ChoiceReason.ONLY_IN_TIME),
        (Case(2, [TELEGRAM, TV]), ChoiceReason.BEST_VALUE),
        (Case(2, [TELEGRAM, TV], is_override=True), ChoiceReason.TEACHER),
        (Case(1, [PAPER], is_unknown=True), ChoiceReason.NOT_ASKED_YET),
        (Case(2, [TV, replace(PAPER, lacks=NO_PAGES)]), ChoiceReason.SECOND_BEST),
        (Case(2, [TELEGRAM, replace(PAPER, lacks=NO_PAGES)]), ChoiceReason.BEST_VALUE),
        (Case(2, [replace(PAPER, net=0.62, kept=0.05), TELEGRAM]), ChoiceReason.KEPT),
        (Case(2, [replace(PAPER, net=0.62, wish=0.05), TELEGRAM]), ChoiceReason.ASKED_FOR),
        (Case(2, [replace(TELEGRAM, net=0.7, kept=0.05), TV]), ChoiceReason.BEST_VALUE),
        (Case(2, [replace(TELEGRAM, net=0.52), PAPER]), ChoiceReason.CHEAPER),
        (Case(0, []), ChoiceReason.NO_CHANNEL_FITS),
        (Case(0, [], is_unknown=True), ChoiceReason.UNKNOWN_PROFILE),
        (Case(0, [], is_barred_by_needs=True), ChoiceReason.NO_VARIANT),
        (Case(1, []), ChoiceReason.CUTOFF_PASSED),
        (Case(1, [replace(PAPER, lacks=NO_PAGES)]), ChoiceReason.NO_PAGES),
        (Case(1, [replace(PAPER, lacks=NO_MONEY)]), ChoiceReason.NO_MONEY),
        (Case(1, [replace(PAPER, lacks=NO_MONEY + NO_PAGES)]), ChoiceReason.NO_PAGES),
    ],
)
def test_the_first_true_reason_is_given(case: Case, reason: ChoiceReason) -> None:
    assert _reason(case) == reason


def test_equals_go_to_the_lower_rank() -> None:
    assert winner([PAPER, replace(TELEGRAM, net=0.5 + 1e-12)]) == replace(TELEGRAM, net=0.5 + 1e-12)


def test_nothing_wins_where_nothing_has_room() -> None:
    assert winner([replace(PAPER, lacks=NO_PAGES)]) is None
    assert winner([]) is None


@given(st.lists(st.builds(Judged, st.just("x"), st.floats(-1, 1)), max_size=4), st.integers(0, 3))
def test_a_channel_has_a_reason_of_its_kind(judged: list[Judged], more: int) -> None:
    case = Case(len(judged) + more, judged)
    best = winner(judged)
    assert reason_for(case, best).has_channel == (best is not None)


def test_pages_grow_with_text_pictures_and_sheets() -> None:
    assert estimated_pages(0, 0, 0) == 1
    assert estimated_pages(1500, 0, 1) == 2
    assert estimated_pages(1501, 0, 1) == 3
    assert estimated_pages(1500, 4, 2) == 5


def test_large_print_takes_more_pages() -> None:
    assert pages_for(10, large_print=False) == 10
    assert pages_for(10, large_print=True) == 17
