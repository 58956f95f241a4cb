"""How many wrong passwords are let through, and that waiting helps."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jetkiz.web.rate_limits import (
    MOST_KEYS,
    PER_ACCOUNT,
    PER_ADDRESS,
    Bucket,
    Rate,
    WrongTries,
    refilled,
    spent,
    wait_for,
)
from tests.factories import NOW

RATE = Rate(3, timedelta(minutes=1))
HERE, THERE = "192.0.2.1", "192.0.2.2"


def _try(tries: WrongTries, times: int, address: str = HERE, login: str = "aigul") -> None:
    for _ in range(times):
        tries.count(address, login, NOW)


def test_a_burst_is_free_and_then_one_waits() -> None:
    bucket = None
    for _ in range(RATE.burst):
        assert wait_for(bucket, RATE, NOW) == timedelta()
        bucket = spent(bucket, RATE, NOW)
    assert wait_for(bucket, RATE, NOW) == RATE.refill
    assert wait_for(bucket, RATE, NOW + RATE.refill) == timedelta()


def test_a_clock_that_runs_backwards_gives_nothing() -> None:
    empty = Bucket(0, NOW)
    assert refilled(empty, RATE, NOW - timedelta(hours=1)).tries == 0


@given(st.lists(st.integers(0, 600), max_size=60))
def test_no_pattern_of_tries_beats_the_rate(pauses: list[int]) -> None:
    bucket, now, allowed = None, NOW, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not wait_for(bucket, RATE, now):
            bucket, allowed = spent(bucket, RATE, now), allowed + 1
    assert allowed <= RATE.burst + (now - NOW) / RATE.refill


@given(st.integers(0, 10_000), st.floats(-5, 3))
def test_a_bucket_is_never_fuller_than_its_burst(seconds: int, tries: float) -> None:
    later = refilled(Bucket(tries, NOW), RATE, NOW + timedelta(seconds=seconds))
    assert tries <= later.tries <= RATE.burst


def test_an_account_is_closed_for_every_address() -> None:
    tries = WrongTries()
    _try(tries, PER_ACCOUNT.burst)
    assert tries.wait(THERE, "aigul", NOW) > timedelta()
    assert tries.wait(THERE, "bolat", NOW) == timedelta()


def test_an_address_is_closed_for_every_account() -> None:
    tries = WrongTries()
    for number in range(PER_ADDRESS.burst):
        _try(tries, 1, login=f"login{number}")
    assert tries.wait(HERE, "aigul", NOW) > timedelta()
    assert tries.wait(THERE, "aigul", NOW) == timedelta()


def test_memory_is_bounded() -> None:
    tries = WrongTries()
    for number in range(MOST_KEYS // 2 + 10):
        _try(tries, 1, f"a{number}", f"l{number}")
    assert len(tries.buckets) == MOST_KEYS
    assert ("address", "a0") not in tries.buckets


@given(
    st.lists(
        st.tuples(st.sampled_from(["wrong", "right"]), st.integers(0, 90), st.integers(0, 1)),
        max_size=60,
    )
)
def test_who_knows_the_password_never_waits_because_of_the_own_right_tries(
    tries: list[tuple[str, int, int]],
) -> None:
    """Right passwords, counted and taken back, leave the buckets as they were."""
    with_right, without = WrongTries(), WrongTries()
    now = NOW
    for kind, pause, who in tries:
        now += timedelta(seconds=pause)
        login = ("aigul", "bolat")[who]
        if kind == "wrong":
            with_right.count(HERE, login, now)
            without.count(HERE, login, now)
        elif not with_right.wait(HERE, login, now):
            with_right.count(HERE, login, now)
            with_right.forgive(HERE, login, now)
    for login in ("aigul", "bolat"):
        waits = [one.wait(HERE, login, now).total_seconds() for one in (with_right, without)]
        assert abs(waits[0] - waits[1]) < 0.01


@given(st.integers(0, 20), st.integers(0, 20))
def test_forgiving_never_gives_more_than_the_burst(counted: int, forgiven: int) -> None:
    tries = WrongTries()
    _try(tries, counted)
    for _ in range(forgiven):
        tries.forgive(HERE, "aigul", NOW)
    for (kind, _), bucket in tries.buckets.items():
        assert bucket.tries <= (PER_ADDRESS if kind == "address" else PER_ACCOUNT).burst


def test_a_right_password_elsewhere_does_not_open_a_closed_address() -> None:
    tries = WrongTries()
    for number in range(PER_ADDRESS.burst):
        _try(tries, 1, login=f"login{number}")
    tries.count(THERE, "aigul", NOW)
    tries.forgive(THERE, "aigul", NOW)
    assert tries.wait(HERE, "aigul", NOW) > timedelta()
