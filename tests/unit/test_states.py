"""Good news of any attempt stands; without it a later attempt replaces an earlier one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.states import Proof, State, over_attempts, proof_of

attempts = st.lists(st.sampled_from(State), max_size=5)
arrivals = st.sampled_from([state for state in State if state.has_arrived])
others = st.sampled_from([state for state in State if not state.has_arrived])


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ([], State.UNPLANNED),
        ([State.PLANNED], State.PLANNED),
        ([State.FAILED, State.PLANNED], State.PLANNED),
        ([State.FAILED, State.DISPATCHED], State.DISPATCHED),
        ([State.DISPATCHED, State.PLANNED], State.PLANNED),
        ([State.EXPIRED, State.CANCELLED], State.CANCELLED),
        ([State.DELIVERED, State.FAILED], State.DELIVERED),
        ([State.RETURNED, State.FAILED], State.RETURNED),
        ([State.RETURNED, State.DELIVERED], State.RETURNED),
        ([State.FAILED, State.DELIVERED, State.MARKED, State.DISPATCHED], State.MARKED),
    ],
)
def test_attempts_are_joined(heard: list[State], told: State) -> None:
    assert over_attempts(heard) == told


@given(attempts, arrivals, attempts)
def test_what_arrived_once_has_arrived_whatever_else_was_tried(
    before: list[State], arrived: State, after: list[State]
) -> None:
    assert over_attempts([*before, arrived, *after]) >= arrived


@given(attempts, others)
def test_only_a_person_or_a_record_makes_a_lesson_arrive(heard: list[State], news: State) -> None:
    had_arrived = any(one.has_arrived for one in heard)
    assert over_attempts([*heard, news]).has_arrived == had_arrived


@given(st.lists(others, min_size=1, max_size=5))
def test_without_good_news_the_last_attempt_tells(heard: list[State]) -> None:
    assert over_attempts(heard) == heard[-1]


@given(st.sampled_from(State))
def test_setbacks_have_not_arrived(state: State) -> None:
    assert not (state.is_setback and state.has_arrived)


@given(st.sampled_from(State))
def test_what_has_arrived_is_vouched_for_by_more_than_the_carrier(state: State) -> None:
    assert (proof_of(state) in {Proof.RECORD, Proof.PERSON}) == state.has_arrived


@pytest.mark.parametrize(
    ("state", "proof"),
    [
        (State.UNPLANNED, Proof.NOBODY),
        (State.PLANNED, Proof.NOBODY),
        (State.PREPARED, Proof.NOBODY),
        (State.DISPATCHED, Proof.CARRIER),
        (State.FAILED, Proof.CARRIER),
        (State.DELIVERED, Proof.RECORD),
        (State.ACKNOWLEDGED, Proof.PERSON),
        (State.MARKED, Proof.PERSON),
    ],
)
def test_who_vouches_for_a_state(state: State, proof: Proof) -> None:
    assert proof_of(state) == proof
