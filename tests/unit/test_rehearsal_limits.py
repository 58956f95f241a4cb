"""The rehearsal takes no more messages than Telegram would, and says exactly how long to wait."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.rehearsal.bot_api.updates import take_updates
from jetkiz.rehearsal.state.limits import Gate, Limits, Rate
from tests.rehearsal_examples import Clock, call, chat_of, open_stage, refused

ALICE, BOB, GROUP = 7, 8, -100


def test_a_burst_to_many_chats_stops_at_thirty() -> None:
    gate = Gate(Limits())
    answers = [gate.pass_through(chat, 1, at=0.0) for chat in range(1, 41)]
    assert answers == [None] * 30 + [1] * 10


def test_one_chat_is_slowed_before_the_bot_is() -> None:
    gate = Gate(Limits(chat=Rate(per_second=1, burst=3)))
    assert [gate.pass_through(ALICE, 1, at=0.0) for _ in range(5)] == [None] * 3 + [1, 1]
    assert gate.pass_through(BOB, 1, at=0.0) is None


def test_waiting_as_told_is_enough() -> None:
    gate = Gate(Limits(group=Rate(per_second=20 / 60, burst=2)))
    assert [gate.pass_through(GROUP, 1, at=0.0) for _ in range(3)] == [None, None, 3]
    assert gate.pass_through(GROUP, 1, at=2.9) == 1
    assert gate.pass_through(GROUP, 1, at=3.0) is None


def test_a_group_takes_twenty_in_a_minute() -> None:
    gate = Gate(Limits())
    taken = [gate.pass_through(GROUP, 1, at=0.0) is None for _ in range(25)]
    assert taken.count(True) == 20


def test_a_refused_message_costs_nothing() -> None:
    gate = Gate(Limits(chat=Rate(per_second=1, burst=1)))
    assert gate.pass_through(ALICE, 1, at=0.0) is None
    before = dict(gate.buckets)
    assert [gate.pass_through(ALICE, 1, at=0.0) for _ in range(50)] == [1] * 50
    assert gate.buckets == before


def test_an_album_larger_than_the_burst_goes_and_is_paid_afterwards() -> None:
    gate = Gate(Limits(chat=Rate(per_second=1, burst=5)))
    assert gate.pass_through(ALICE, 10, at=0.0) is None
    assert gate.pass_through(ALICE, 1, at=0.0) == 6
    assert gate.pass_through(ALICE, 1, at=6.0) is None


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    gate = Gate(Limits(chat=Rate(per_second=1, burst=1)))
    assert gate.pass_through(ALICE, 1, at=100.0) is None
    assert gate.pass_through(ALICE, 1, at=50.0) == 1
    assert gate.pass_through(ALICE, 1, at=100.5) == 1


@given(
    gaps=st.lists(st.floats(0, 3), max_size=60),
    rate=st.floats(0.2, 5),
    burst=st.integers(1, 6),
)
def test_never_more_than_burst_and_rate_in_any_window(
    gaps: list[float], rate: float, burst: int
) -> None:
    gate = Gate(Limits(bot=Rate(1000, 1000), chat=Rate(rate, burst)))
    at, taken = 0.0, []
    for gap in gaps:
        at += gap
        if gate.pass_through(ALICE, 1, at) is None:
            taken.append(at)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            window = taken[last] - taken[first]
            assert last - first + 1 <= burst + rate * window + 1e-6


@given(gaps=st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_who_obeys_is_never_refused_twice(gaps: list[float]) -> None:
    gate, at = Gate(Limits(chat=Rate(per_second=0.7, burst=2))), 0.0
    for gap in gaps:
        at += gap
        wait = gate.pass_through(ALICE, 1, at)
        if wait is not None:
            at += wait
            assert gate.pass_through(ALICE, 1, at) is None


@pytest.mark.parametrize("per_second", [5.0, 30.0])
def test_a_steady_sender_gets_the_whole_rate(per_second: float) -> None:
    gate = Gate(Limits(bot=Rate(per_second, 1), chat=Rate(1000, 1000)))
    times = [n / per_second for n in range(200)]
    assert all(gate.pass_through(n, 1, at) is None for n, at in enumerate(times))
    assert all(later > earlier for earlier, later in pairwise(times))


def test_a_stopped_clock_fills_no_bucket_until_the_director_lets_time_pass() -> None:
    clock = Clock()
    stage = open_stage(clock, Limits(chat=Rate(1, 1)))
    alice = chat_of(stage, "alice")
    stage.clock.stop()
    stage.clock.stop()
    before = stage.now()
    call(stage, "sendMessage", chat_id=alice, text="x")
    clock.pass_by(100)
    assert stage.now() == before
    assert refused(stage, "sendMessage", chat_id=alice, text="x").startswith("Too Many Requests")
    stage.clock.advance(1, limits_too=True)
    assert call(stage, "sendMessage", chat_id=alice, text="x")
    stage.clock.go()
    stage.clock.go()
    assert stage.now() == before + timedelta(seconds=1)
    assert refused(stage, "sendMessage", chat_id=alice, text="x").startswith("Too Many Requests")
    clock.pass_by(1)
    assert call(stage, "sendMessage", chat_id=alice, text="x")
    assert stage.now() == before + timedelta(seconds=2)


def test_a_day_is_over_when_the_director_says_so() -> None:
    """Updates live for 24 hours of the calendar; the limits need not run ahead for that."""
    stage = open_stage(Clock())
    ticks = stage.clock.elapsed()
    assert len(take_updates(stage.world.updates, 0, 100, stage.now()).updates) == 2
    stage.clock.advance(24 * 3600 + 1, limits_too=False)
    assert take_updates(stage.world.updates, 0, 100, stage.now()).updates == ()
    assert stage.clock.elapsed() == ticks
