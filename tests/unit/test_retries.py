"""How long we wait after a failure, and when we stop."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.retries import (
    LONGEST_WAIT,
    MOST_DEATHS,
    MOST_TRIES,
    WAITS,
    after_fault,
    gives_up,
    next_try,
)

NOW = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
MINUTES = [(1, 1), (2, 5), (3, 15), (4, 60)]


@pytest.mark.parametrize(("tries", "minutes"), MINUTES)
def test_each_wait_is_longer_than_the_one_before(tries: int, minutes: int) -> None:
    assert next_try(tries, NOW) == NOW + timedelta(minutes=minutes)


def test_after_five_tries_we_give_up() -> None:
    assert next_try(MOST_TRIES, NOW) is None
    assert next_try(MOST_TRIES + 1, NOW, asked_for=1) is None
    assert MOST_TRIES == 5


def test_a_carrier_that_asks_for_patience_gets_it_within_reason() -> None:
    assert next_try(1, NOW, asked_for=600) == NOW + timedelta(minutes=10)
    assert next_try(4, NOW, asked_for=600) == NOW + WAITS[3]
    assert next_try(1, NOW, asked_for=1e6) == NOW + LONGEST_WAIT


@given(st.integers(-3, MOST_TRIES - 1), st.none() | st.floats(-1e7, allow_nan=False))
def test_a_next_try_lies_ahead_but_within_half_a_school_day(
    tries: int, asked_for: float | None
) -> None:
    moment = next_try(tries, NOW, asked_for)
    assert moment is not None
    assert NOW < moment <= NOW + LONGEST_WAIT


def test_refusals_and_deaths_are_counted_apart() -> None:
    assert not gives_up(0, 0)
    assert not gives_up(MOST_TRIES - 1, MOST_DEATHS - 1)
    assert gives_up(MOST_TRIES, 0)
    assert gives_up(0, MOST_DEATHS)


@pytest.mark.parametrize(("lost", "minutes"), [(0, 1), *MINUTES, (19, 60)])
def test_after_a_fault_of_ours_we_wait_no_longer_than_an_hour(lost: int, minutes: int) -> None:
    assert after_fault(lost, NOW) == NOW + timedelta(minutes=minutes)
