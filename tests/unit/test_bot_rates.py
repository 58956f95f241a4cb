"""Rates as arithmetic: what the bot believes to be allowed, the rehearsal's Telegram allows too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.sending.pacing import CHAT_BURST, FREE, ChatRests, Pacer, weight
from jetkiz.rehearsal.limits import Bucket, Gate, Limits, Rate, refilled, waiting_time

COSTS = st.integers(1, 10)
STEPS = st.floats(0, 5, allow_nan=False)
CHATS = st.integers(1, 4)


@given(st.lists(st.tuples(STEPS, COSTS), max_size=60), st.floats(1, 50), st.floats(1, 10))
def test_no_window_of_time_holds_more_than_the_rate(
    asked: list[tuple[float, int]], rate: float, burst: float
) -> None:
    pacer, now, left = Pacer(rate, burst), 0.0, []
    for step, cost in asked:
        now += step
        left.append((now + pacer.delay(now, cost), cost))
    for first, _ in left:
        for last, _ in left:
            if last >= first:
                inside = sum(cost for at, cost in left if first <= at <= last)
                most = burst + rate * (last - first) + max(c for _, c in left)
                assert inside <= most + 1e-6


@given(st.lists(st.tuples(STEPS, COSTS), min_size=1, max_size=40), st.floats(1, 50))
def test_messages_leave_in_the_order_of_their_booking(
    asked: list[tuple[float, int]], rate: float
) -> None:
    pacer, now, leaves = Pacer(rate), 0.0, []
    for step, cost in asked:
        now += step
        leaves.append(now + pacer.delay(now, cost))
    assert leaves == sorted(leaves)


@given(st.floats(1, 50), STEPS, STEPS, COSTS)
def test_a_rest_is_kept_to_the_last_moment(
    rate: float, rest: float, passed: float, cost: int
) -> None:
    pacer = Pacer(rate)
    pacer.rest_until(rest)
    pacer.rest_until(rest / 2)
    leaves = passed + pacer.delay(passed, cost)
    assert leaves >= rest
    assert pacer.room(passed, 0.0) == 0 or passed + 1e-6 >= leaves


@given(st.floats(1, 50), st.integers(1, 30), STEPS)
def test_what_has_room_within_a_horizon_leaves_within_it(
    rate: float, asked: int, horizon: float
) -> None:
    pacer = Pacer(rate)
    room = pacer.room(0.0, horizon)
    delays = [pacer.delay(0.0, 1) for _ in range(min(asked, room))]
    assert all(one <= horizon + 1e-6 for one in delays)


class ChatsThatRest(RuleBasedStateMachine):
    """Whatever the bot sends when it believes that a chat has room, Telegram takes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.rests = ChatRests(rate=0.95)
        self.gate = Gate(Limits(bot=Rate(1e6, 1e6), chat=Rate(1.0, CHAT_BURST + 1)))

    @rule(step=STEPS)
    def time_passes(self, step: float) -> None:
        self.now += step

    @rule(chat=CHATS, cost=st.integers(1, 10))
    def send_if_there_is_room(self, chat: int, cost: int) -> None:
        if self.rests.has_room(chat, cost, self.now):
            self.rests.note(chat, cost, self.now)
            assert self.gate.pass_through(chat, cost, self.now) is None

    @invariant()
    def who_rests_has_no_room_and_is_forgotten_when_rested(self) -> None:
        for chat in self.rests.resting(self.now):
            assert not self.rests.has_room(chat, 1, self.now)
        assert self.rests.resting(self.now + 1000) == []


TestChatsThatRest = ChatsThatRest.TestCase
TestChatsThatRest.settings = settings(max_examples=60, deadline=None)


@given(st.lists(st.tuples(CHATS, COSTS, STEPS), max_size=60))
def test_the_bots_own_pace_is_never_refused(asked: list[tuple[int, int, float]]) -> None:
    """28 a second with a burst of six stays below 30 a second with a burst of thirty."""
    gate = Gate(Limits(chat=Rate(1e6, 1e6)))
    pacer, now = Pacer(28.0), 0.0
    for chat, cost, step in asked:
        now += step
        leaves = now + pacer.delay(now, cost)
        assert gate.pass_through(chat, cost, leaves) is None


RATES = st.builds(Rate, st.floats(0.1, 50), st.floats(1, 50))


@given(RATES, st.lists(st.tuples(STEPS, COSTS), max_size=40))
def test_waiting_as_told_is_always_enough(rate: Rate, asked: list[tuple[float, int]]) -> None:
    gate, now = Gate(Limits(bot=Rate(1e6, 1e6), chat=rate)), 0.0
    for step, cost in asked:
        now += step
        wait = gate.pass_through(7, cost, now)
        if wait is not None:
            assert wait >= 1
            now += wait
            assert gate.pass_through(7, cost, now) is None


@given(RATES, st.floats(0, 50), STEPS, STEPS, COSTS)
def test_a_bucket_fills_evenly_and_never_over(
    rate: Rate, level: float, first: float, second: float, tokens: int
) -> None:
    level = min(level, rate.burst)
    at_once = refilled(Bucket(level, 0.0), rate, first + second)
    in_steps = refilled(refilled(Bucket(level, 0.0), rate, first), rate, first + second)
    assert at_once.level == pytest.approx(in_steps.level, abs=1e-6)
    assert at_once.level <= rate.burst
    wait = waiting_time(at_once, rate, tokens)
    later = refilled(at_once, rate, at_once.at + wait)
    assert later.level >= min(tokens, rate.burst) - 1e-6


@pytest.mark.parametrize("method", sorted(FREE))
def test_what_follows_a_persons_own_press_costs_nothing(method: str) -> None:
    assert weight(method, {"text": "x"}) == 0


@given(st.lists(st.just({"type": "photo"}), min_size=2, max_size=10))
def test_an_album_weighs_as_the_rehearsal_counts_it(media: list[dict[str, str]]) -> None:
    assert weight("sendMediaGroup", {"media": media}) == len(media)
