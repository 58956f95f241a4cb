"""The strongest evidence wins, in any order; a later attempt replaces an earlier one."""

from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.states import Proof, State, over_attempts, proof_of, strongest

states = st.sampled_from(State)


@given(st.lists(states), st.randoms())
def test_order_does_not_matter(heard: list[State], chance: object) -> None:
    mixed = list(heard)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert strongest(mixed) == strongest(heard)


@given(st.lists(states, min_size=1))
def test_repetition_does_not_matter(heard: list[State]) -> None:
    assert strongest(heard + heard) == strongest(heard)


@given(st.lists(states), states)
def test_news_never_weakens_a_state(heard: list[State], news: State) -> None:
    assert strongest([*heard, news]) >= strongest(heard)


def test_nothing_heard_gives_what_the_caller_says() -> None:
    assert strongest([]) == State.UNPLANNED
    assert strongest([], otherwise=State.PLANNED) == State.PLANNED


def test_a_pack_reported_lost_and_then_answered_was_received() -> None:
    assert strongest([State.FAILED, State.RETURNED]) == State.RETURNED
    assert over_attempts([State.RETURNED, State.FAILED]) == State.RETURNED


def test_without_good_news_the_last_attempt_tells() -> None:
    assert over_attempts([State.FAILED, State.PLANNED]) == State.PLANNED
    assert over_attempts([State.FAILED, State.DISPATCHED]) == State.DISPATCHED
    assert over_attempts([]) == State.UNPLANNED


@given(states)
def test_setbacks_have_not_arrived(state: State) -> None:
    assert not (state.is_setback and state.has_arrived)


def test_who_vouches_for_a_state() -> None:
    assert proof_of(State.PLANNED) == Proof.NOBODY
    assert proof_of(State.DISPATCHED) == Proof.CARRIER
    assert proof_of(State.DELIVERED) == Proof.RECORD
    assert proof_of(State.ACKNOWLEDGED) == Proof.PERSON
