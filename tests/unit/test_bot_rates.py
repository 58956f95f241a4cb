"""Rates as arithmetic: what the bot believes to be allowed, the rehearsal's Telegram allows too."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.sending.floods import Heard, is_the_chats_own
from bot.sending.pacing import (
    BOT_BURST,
    CHAT_BURST,
    CLIMB,
    FREE,
    SLOWEST,
    SPARE,
    Gate,
    Places,
    Rates,
    Slowed,
    in_force,
    slow_down,
    weight,
)
from bot.sending.pacing import Rate as PaceRate
from jetkiz.rehearsal.state.limits import Bucket, Limits, Rate, refilled, waiting_time
from jetkiz.rehearsal.state.limits import Gate as TelegramGate

COSTS = st.integers(1, 10)
STEPS = st.floats(0, 5, allow_nan=False)
CHATS = st.integers(1, 4)


@st.composite
def asked(draw: st.DrawFn) -> list[tuple[float, int, int, bool]]:
    """Seconds since the last, chat, messages, and whether it can wait."""
    one = st.tuples(STEPS, st.integers(-2, 4), st.integers(0, 10), st.booleans())
    return draw(st.lists(one, max_size=60))


def left(
    rates: Rates, questions: list[tuple[float, int, int, bool]], horizon: float = 0.2
) -> list[tuple[float, int, int]]:
    """When which chat gets how much, each question in a transaction of its own."""
    now, booked, leaves = 1e9, None, []
    chats: dict[int, float | None] = {}
    for step, chat, cost, can_wait in questions:
        now += step
        places = Places(rates, now, horizon, booked, chats)
        wait = places.give(chat, cost, can_wait=can_wait)
        booked = places.booked
        if wait is not None:
            assert wait >= 0
            leaves.append((now + wait, chat, cost))
    return leaves


@given(asked(), st.floats(1, 50))
def test_no_window_of_time_holds_more_than_the_rate(
    questions: list[tuple[float, int, int, bool]], rate: float
) -> None:
    leaves = left(Rates.of(rate, 1e3), questions)
    most = BOT_BURST + rate * SPARE
    for first, *_ in leaves:
        inside = [(at, cost) for at, _, cost in leaves if at >= first]
        for last, _ in inside:
            count = sum(cost for at, cost in inside if at <= last)
            allowed = most + rate * (last - first) + max(cost for _, cost in inside)
            # An answer may overtake what waits, and what waits has left its spare places behind.
            assert count <= allowed + rate * SPARE + 1e-4


@given(asked(), st.floats(0.5, 3))
def test_no_group_gets_more_than_twenty_in_any_minute(
    questions: list[tuple[float, int, int, bool]], rate: float
) -> None:
    for chat in (-1, -2):
        mine = [(at, cost) for at, to, cost in left(Rates.of(1e3, rate), questions) if to == chat]
        for first, _ in mine:
            assert sum(cost for at, cost in mine if first <= at < first + 60 - 0.5) <= 20


@given(st.lists(st.tuples(STEPS, CHATS, COSTS), max_size=60), st.floats(10, 50))
def test_an_answer_finds_a_place_at_once_however_much_waits(
    questions: list[tuple[float, int, int]], rate: float
) -> None:
    """What can wait takes all it can get, and each fifth message is an answer to somebody."""
    rates, now, booked = Rates.of(rate, 1e3), 1e9, None
    for step, chat, _ in questions:
        now += step + 5 / rate
        places = Places(rates, now, 0.2, booked, {})
        while places.give(chat, 1, can_wait=True) is not None:
            places.chats.clear()
        wait = places.give(99, 1, can_wait=False)
        assert wait is not None
        assert wait <= 1 / rate + 1e-6
        booked = places.booked


@given(st.floats(1, 50), st.integers(1, 40))
def test_what_can_wait_leaves_in_order_and_within_the_horizon(rate: float, count: int) -> None:
    places = Places(Rates.of(rate, 1e3), 1e9, 0.2, None, {})
    waits = [places.give(chat, 1, can_wait=True) for chat in range(count)]
    given_away = [one for one in waits if one is not None]
    assert given_away == sorted(given_away)
    assert all(one <= 0.2 + 1e-4 for one in given_away)
    assert len(given_away) == min(count, BOT_BURST + int(0.2 * rate + 1e-4))


@given(st.floats(0.001, 1000), st.floats(1, 1e6), COSTS)
def test_a_clock_that_was_put_back_silences_nobody(rate: float, back: float, cost: int) -> None:
    one = PaceRate(rate, 6)
    booked = one.after(None, cost, 1e9)
    now = booked - one.furthest - back
    assert one.begins(booked, now) <= now


@given(st.lists(st.tuples(STEPS, COSTS, st.booleans()), max_size=25), st.floats(1, 50))
def test_what_was_held_back_leaves_spaced(
    asked: list[tuple[float, int, bool]], rate: float
) -> None:
    """However late and bunched messages come to the gate, the bucket holds behind it."""
    bucket, now, leaves = Rates.of(rate, 1e3).bot, 1e9, []
    gate = Gate(bucket)
    for step, cost, can_wait in asked:
        now += step * step / 5
        leaves.append((now + gate.wait(cost, now, can_wait=can_wait), cost))
    assert gate.wait(0, now, can_wait=True) == 0.0
    leaves.sort()
    for place, (first, _) in enumerate(leaves):
        for last, _ in leaves[place:]:
            inside = [cost for at, cost in leaves if first <= at <= last]
            allowed = bucket.burst + rate * (last - first + 2 * SPARE) + max(inside, default=0)
            assert sum(inside) <= allowed + 1e-4


class ChatsThatRest(RuleBasedStateMachine):
    """Whatever the bot sends when it believes that a chat has room, Telegram takes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1e6
        self.rates = Rates.of(1e6, 0.95)
        self.chats: dict[int, float | None] = {}
        self.gate = TelegramGate(Limits(bot=Rate(1e6, 1e6), chat=Rate(1.0, CHAT_BURST + 1)))

    @rule(step=STEPS)
    def time_passes(self, step: float) -> None:
        self.now += step

    @rule(chat=st.sampled_from([1, 2, 3, -4]), cost=st.integers(1, 10))
    def send_if_there_is_room(self, chat: int, cost: int) -> None:
        places = Places(self.rates, self.now, 0.2, None, self.chats)
        if places.give(chat, cost, can_wait=False) is not None:
            assert self.gate.pass_through(chat, cost, self.now) is None

    @invariant()
    def after_a_long_rest_there_is_room(self) -> None:
        for chat in self.chats:
            assert self.rates.of_chat(chat).has_room(self.chats[chat], 10, self.now + 1000)


TestChatsThatRest = ChatsThatRest.TestCase
TestChatsThatRest.settings = settings(max_examples=60, deadline=None)


@given(st.lists(st.tuples(STEPS, COSTS, st.booleans()), max_size=60))
def test_the_bots_own_pace_is_never_refused(questions: list[tuple[float, int, bool]]) -> None:
    """28 a second with a burst of six stays below 30 a second with a burst of thirty."""
    gate = TelegramGate(Limits(chat=Rate(1e6, 1e6)))
    asked = [(step, 7, cost, can_wait) for step, cost, can_wait in questions]
    for leaves, chat, cost in sorted(left(Rates.of(28.0, 1e3), asked)):
        assert gate.pass_through(chat, cost, leaves) is None


def test_a_chat_rests_after_a_burst_and_others_do_not() -> None:
    places = Places(Rates.of(1e3, 1.0), 1e9, 0.2, None, {})
    waits = [places.give(5, 1, can_wait=True) for _ in range(CHAT_BURST + 1)]
    assert [one is None for one in waits] == [False] * CHAT_BURST + [True]
    assert places.give(6, 1, can_wait=True) is not None
    places.now += 1.0
    assert places.give(5, 1, can_wait=True) is not None


def test_an_album_needs_a_rested_chat_and_runs_up_a_debt() -> None:
    rate = PaceRate(1.0, CHAT_BURST)
    booked = rate.after(None, 1, 1e9)
    assert not rate.has_room(booked, 10, 1e9)
    assert rate.has_room(booked, 10, 1e9 + 1)
    booked = rate.after(booked, 10, 1e9 + 1)
    assert not rate.has_room(booked, 1, 1e9 + 6)
    assert rate.has_room(booked, 1, 1e9 + 8)


def test_a_press_is_answered_though_every_place_is_taken() -> None:
    places = Places(Rates.of(1.0, 1.0), 1e9, 0.2, 1e9 + 30, {5: 1e9 + 30})
    assert places.give(5, 1, can_wait=False) is None
    assert places.give(5, 0, can_wait=False) == 0.0


# The climb after a refusal

MOMENTS = st.floats(0, 1e5)
WAITS = st.floats(1, 1e4)


@given(st.floats(1, 1000), MOMENTS, WAITS, MOMENTS)
def test_after_a_refusal_the_rate_is_half_and_climbs_to_the_top(
    top: float, now: float, wait: float, later: float
) -> None:
    until = now + wait
    slowed = slow_down(top, None, now, until)
    assert in_force(top, slowed, until) == pytest.approx(top / 2)
    assert in_force(top, slowed, now) == pytest.approx(top / 2), "the silence is no time to climb"
    assert in_force(top, slowed, until + later) <= in_force(top, slowed, until + later + 1) <= top
    assert in_force(top, slowed, until + CLIMB / 2 + 1) == top


@given(st.floats(1, 1000), st.lists(st.tuples(MOMENTS, WAITS), min_size=1, max_size=12))
def test_whatever_telegram_says_the_rate_stays_between_its_ends(
    top: float, refusals: list[tuple[float, float]]
) -> None:
    slowed, now = None, 0.0
    for passed, wait in refusals:
        now += passed
        before = in_force(top, slowed, now)
        was_silent = slowed is not None and now < slowed.since
        slowed = slow_down(top, slowed, now, now + wait)
        after = in_force(top, slowed, now)
        assert top * SLOWEST - 1e-9 <= after <= top
        if was_silent:
            assert after == pytest.approx(before), "answers of one storm halve once"
        else:
            assert after == pytest.approx(max(before / 2, top * SLOWEST))


@given(st.floats(1, 1000), MOMENTS, WAITS, WAITS)
def test_a_later_shorter_refusal_begins_no_earlier_climb(
    top: float, now: float, first: float, second: float
) -> None:
    slowed = slow_down(top, slow_down(top, None, now, now + first), now, now + second)
    assert slowed.since == now + max(first, second)


def test_who_was_never_refused_sends_at_the_top() -> None:
    assert in_force(28.0, None, 0.0) == 28.0
    rates = Rates.of(28.0, 1.0)
    assert rates.slowed(None, 0.0) == rates
    assert rates.slowed(Slowed(7.0, 0.0), 0.0).bot.per_second == 7.0


# Whose refusal it is

FLOOD = Heard(chat=5, began=10.0, is_flood=True)
OTHERS = [Heard(6, 10.1, is_flood=False), Heard(7, 10.2, is_flood=False)]
CROWD = [Heard(5, 9.0, is_flood=False), Heard(5, 9.5, is_flood=False)]


def test_a_chat_that_ran_into_its_own_limit_rests_alone() -> None:
    assert is_the_chats_own(FLOOD, [*CROWD, *OTHERS], None)
    assert is_the_chats_own(replace(FLOOD, chat=-5), OTHERS, None), "groups have slow modes"
    assert is_the_chats_own(FLOOD, OTHERS, 5), "and who alone is refused again"


@pytest.mark.parametrize(
    ("heard", "last"),
    [
        (OTHERS, None),
        (OTHERS, 6),
        (CROWD, 5),
        ([*CROWD, OTHERS[0]], 5),
        ([*CROWD, OTHERS[0], replace(OTHERS[0], began=10.3)], 5),
        ([*CROWD, *OTHERS, Heard(8, 10.3, is_flood=True)], 5),
        ([*CROWD, *(replace(one, began=9.9) for one in OTHERS)], 5),
    ],
    ids=["no cause", "another cause", "nobody", "one", "one twice", "a second flood", "earlier"],
)
def test_in_doubt_the_whole_bot_is_silent(heard: list[Heard], last: int | None) -> None:
    assert not is_the_chats_own(FLOOD, heard, last)


RATES = st.builds(Rate, st.floats(0.1, 50), st.floats(1, 50))


@given(RATES, st.lists(st.tuples(STEPS, COSTS), max_size=40))
def test_waiting_as_told_is_always_enough(rate: Rate, asked: list[tuple[float, int]]) -> None:
    gate, now = TelegramGate(Limits(bot=Rate(1e6, 1e6), chat=rate)), 0.0
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
