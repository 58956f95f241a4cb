"""Who lives is left alone and who is dead is not waited for, whatever any clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.chats.preferences import REMINDER_HOURS, Preferences
from bot.reminding import later
from bot.sending import booking, claims, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.sending.pacing import Rates
from bot.sending.recovery import STALE, Claimed, Neighbours
from bot.tables import outbox as outbox_table
from bot.tables import telegram_pace
from bot.telegram.telegram_errors import LONGEST_WAIT, Kind, OutboxState, Outcome, Step
from jetkiz.storage.database import Database
from tests.factories import NOW

BOT = 1
RATES = Rates.of(20.0, 1.0)
HOUR = timedelta(hours=1)
SETTLE = 60.0


def put(database: Database, *keys: str, now: datetime = NOW, held: datetime | None = None) -> None:
    messages = [
        Outgoing(key, place, "sendMessage", {}, Lane.LESSON, not_before=held)
        for place, key in enumerate(keys, 1)
    ]
    with database.write() as connection:
        outbox.put(connection, BOT, messages, now)


def claim(database: Database, now: datetime, worker: str = "a", bot: int = BOT) -> list[Job]:
    with database.write() as connection:
        return claims.claim(connection, Claim(bot, worker, 9, (), RATES, 0.2), now)


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        c = outbox_table.c
        return {row.key: row.state for row in connection.execute(select(c.key, c.state))}


# Who lives


@pytest.mark.parametrize("off", [timedelta(0), -30 * HOUR, 30 * HOUR])
def test_a_sender_with_another_clock_is_not_taken_for_dead(
    database: Database, off: timedelta
) -> None:
    """Its requests take long, and its clock is hours off: its signs still change."""
    put(database, "1", now=NOW + off)
    [job] = claim(database, NOW + off)
    others, moment = Neighbours("b"), 0.0
    for minutes in range(1, 9):
        with database.write() as connection:
            sign = NOW + off + timedelta(minutes=minutes)
            recovery.show_life(connection, "a", {job.id}, sign)
            moment += STALE / 2
            assert recovery.take_over(connection, BOT, others, moment, NOW) == 0
            assert recovery.is_ours(connection, "a", job.id, job.tries)
    with database.write() as connection:
        assert recovery.take_over(connection, BOT, others, moment + STALE, NOW) == 1
        assert not recovery.is_ours(connection, "a", job.id, job.tries)
        recovery.show_life(connection, "a", {job.id}, NOW)
    assert states(database) == {"1": "unknown"}, "a sign that comes too late changes nothing"


def test_a_clock_put_back_keeps_no_dead_sender_alive(database: Database) -> None:
    put(database, "1")
    claim(database, NOW)
    others = Neighbours("b")
    with database.write() as connection:
        assert recovery.take_over(connection, BOT, others, 5.0, NOW - 30 * HOUR) == 0
        assert recovery.take_over(connection, BOT, others, 5.0 + STALE, NOW - 30 * HOUR) == 1


def test_a_sender_keeps_what_it_holds_in_hand_over_a_failure(database: Database) -> None:
    put(database, "1", "2")
    first, second = claim(database, NOW)
    with database.write() as connection:
        assert recovery.recover(connection, BOT, "a", NOW, in_hand={first.id}) == 1
        assert recovery.is_ours(connection, "a", first.id, first.tries)
        assert not recovery.is_ours(connection, "a", second.id, second.tries)
        assert not recovery.is_ours(connection, "b", first.id, first.tries)
    assert states(database) == {"1": "sending", "2": "unknown"}


def test_nobody_gives_up_what_began_anew_meanwhile(database: Database) -> None:
    put(database, "1")
    claim(database, NOW)
    with database.write() as connection:
        [old] = recovery.under_way(connection, BOT)
        recovery.recover(connection, BOT, "a", NOW)
    claim(database, NOW, "b")
    with database.write() as connection:
        assert recovery.give_up(connection, [old], NOW) == 0
    assert states(database) == {"1": "sending"}


def test_another_bot_has_its_own_dead(database: Database) -> None:
    put(database, "1")
    claim(database, NOW)
    with database.write() as connection:
        assert recovery.under_way(connection, 2) == []
        assert recovery.recover(connection, 2, "a", NOW) == 0


def test_after_a_pause_of_the_whole_machine_nobody_takes_the_others_for_dead(
    database: Database,
) -> None:
    put(database, "1")
    [job] = claim(database, NOW)
    others = Neighbours("b")
    with database.write() as connection:
        for moment in (0.0, STALE / 2, 10 * STALE):
            assert recovery.take_over(connection, BOT, others, moment, NOW) == 0
        recovery.show_life(connection, "a", {job.id}, NOW + timedelta(minutes=20))
        assert recovery.take_over(connection, BOT, others, 10.5 * STALE, NOW) == 0
        assert recovery.take_over(connection, BOT, others, 11.5 * STALE, NOW) == 1


CLAIMS = st.builds(
    Claimed,
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, NOW, NOW - HOUR, NOW + HOUR]),
)


@given(st.lists(st.tuples(st.sets(CLAIMS), st.floats(0, 1.5 * STALE)), max_size=6))
def test_only_what_was_seen_unchanged_all_the_time_is_left_behind(
    looks: list[tuple[set[Claimed], float]],
) -> None:
    neighbours, moment = Neighbours("a"), 0.0
    since: dict[Claimed, float] = {}
    for found, pause in looks:
        moment += pause
        was_held_up = pause > STALE
        since = {one: moment if was_held_up else since.get(one, moment) for one in found}
        dead = {one for one in found if one.sender != "a" and moment - since[one] >= STALE}
        assert set(neighbours.left_behind(found, moment)) == dead


# What a clock put back holds up


def caught_up(database: Database, now: datetime) -> list[str]:
    with database.write() as connection:
        recovery.catch_up(connection, BOT, now, SETTLE, RATES)
    return [job.key for job in claim(database, now)]


def test_what_was_written_before_the_clock_was_put_back_goes_now(database: Database) -> None:
    put(database, "1")
    back = NOW - HOUR
    assert claim(database, back) == []
    assert caught_up(database, back) == ["1"]


MORNING = datetime(2026, 1, 28, 9, tzinfo=UTC)
TOMORROW = later(3, MORNING, Preferences(reminder_hour=REMINDER_HOURS[-1])) or MORNING


@pytest.mark.parametrize(
    ("written", "until"),
    [
        pytest.param(NOW, NOW + 9 * HOUR, id="a night"),
        pytest.param(NOW, NOW + 61 * HOUR, id="a weekend of the staff"),
        pytest.param(NOW, NOW + 72 * HOUR, id="a weekend after an hour of office"),
        pytest.param(MORNING, TOMORROW, id="later, tomorrow"),
    ],
)
def test_what_is_held_on_purpose_stays_held(
    database: Database, written: datetime, until: datetime
) -> None:
    put(database, "held", now=written, held=until)
    assert caught_up(database, written) == []
    assert caught_up(database, written - HOUR) == [], "it waits an hour longer"
    assert caught_up(database, until - timedelta(seconds=1)) == []
    assert caught_up(database, until) == ["held"]


def test_nobody_holds_a_message_for_a_year(database: Database) -> None:
    put(database, "night", now=NOW + 365 * 24 * HOUR, held=NOW + 365 * 24 * HOUR + HOUR)
    assert caught_up(database, NOW) == ["night"]


@pytest.mark.parametrize("state", [OutboxState.RETRY, OutboxState.UNKNOWN])
@pytest.mark.parametrize(
    ("ahead", "rests"),
    [(30.0, 30.0), (LONGEST_WAIT, LONGEST_WAIT), (7200.0, SETTLE), (1e8, SETTLE)],
)
def test_no_rest_is_longer_than_the_longest(
    database: Database, state: OutboxState, ahead: float, rests: float
) -> None:
    put(database, "1")
    with database.write() as connection:
        until = NOW + timedelta(seconds=ahead)
        connection.execute(update(outbox_table).values(state=state.value, not_before=until))
    assert caught_up(database, NOW) == []
    assert claim(database, NOW + timedelta(seconds=rests - 1)) == []
    assert [job.key for job in claim(database, NOW + timedelta(seconds=rests))] == ["1"]


def test_a_chats_silence_is_no_longer_for_a_clock_put_back(database: Database) -> None:
    put(database, "1", now=NOW - 2 * HOUR)
    with database.write() as connection:
        moment = NOW.timestamp()
        booking.freeze_chat(connection, BOT, 1, moment, moment + 30)
    assert caught_up(database, NOW) == [], "nothing is put back yet"
    back = NOW - HOUR
    assert caught_up(database, back) == []
    for seconds, keys in ((10, []), (20, []), (29, []), (30, ["1"])):
        assert caught_up(database, back + timedelta(seconds=seconds)) == keys, "moved only once"
    with database.read() as connection:
        assert connection.scalar(select(telegram_pace.c.frozen_since)) == back.timestamp()


@pytest.mark.parametrize("chat", [1, -1])
def test_places_are_not_given_away_for_an_hour(database: Database, chat: int) -> None:
    with database.write() as connection:
        for key in "ab":
            one = Outgoing(key, chat, "sendMessage", {}, Lane.LESSON)
            outbox.put(connection, BOT, [one], NOW - 2 * HOUR)
    [first] = claim(database, NOW)
    with database.write() as connection:
        done = [Done(first, Outcome(Kind.SENT, 7), Step(OutboxState.SENT))]
        claims.settle(connection, BOT, done, NOW)
    back = NOW - HOUR
    assert caught_up(database, back) == [], "nobody knows what left a moment ago"
    assert caught_up(database, back + timedelta(seconds=5)) == ["b"]


@pytest.mark.parametrize("seconds", [0.0, 1.0, 1e6])
def test_under_a_right_clock_nothing_is_hurried(database: Database, seconds: float) -> None:
    """Messages as they are written and rest; looking around changes none of them."""
    now = NOW + timedelta(seconds=seconds)
    put(database, "1")
    put(database, "night", now=now, held=now + 23 * HOUR)
    with database.write() as connection:
        before = connection.execute(select(outbox_table)).all()
        recovery.catch_up(connection, BOT, now, SETTLE)
        assert connection.execute(select(outbox_table)).all() == before
