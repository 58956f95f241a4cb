"""Several senders of one bot: no row twice, one at a time for a chat, one rate, one silence."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.chats import links
from bot.chats.moving import move_chat
from bot.sending import booking, claims, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.floods import Floods, freeze
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.sending.pacing import BOT_BURST, CHAT_BURST, SPARE, Rates, in_force
from bot.tables import outbox as outbox_table
from bot.tables import telegram_chat, telegram_pace
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step, classify, next_step
from jetkiz.storage.database import Database
from tests.factories import NOW, add_people

BOT = 1
RATES = Rates.of(20.0, 1.0)
GROUP = -1001
NEW = -1002


def put(database: Database, *keys: str, chat: int = 5, lane: Lane = Lane.LESSON) -> None:
    messages = [Outgoing(key, chat, "sendMessage", {"chat_id": chat}, lane) for key in keys]
    with database.write() as connection:
        outbox.put(connection, BOT, messages, NOW)


def claim(database: Database, worker: str, now: datetime, most: int = 9) -> list[Job]:
    with database.write() as connection:
        return claims.claim(connection, Claim(BOT, worker, most, (), RATES, 0.2), now)


def settle(database: Database, *jobs: Job, outcome: Outcome, now: datetime = NOW) -> None:
    done = [Done(job, outcome, next_step(outcome, job.tries, 0, 60.0)) for job in jobs]
    with database.write() as connection:
        booking.lock_row(connection, BOT, now)
        claims.settle(connection, BOT, done, now)


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        c = outbox_table.c
        return {row.key: row.state for row in connection.execute(select(c.key, c.state))}


def test_senders_at_the_same_time_take_each_message_once_and_one_of_a_chat(
    database: Database,
) -> None:
    """Three senders claim as fast as they can; the messages of a chat are in three lanes."""
    for chat in range(1, 13):
        for lane in (Lane.ANSWER, Lane.LESSON, Lane.BULK):
            put(database, f"{chat} {lane.name}", chat=chat, lane=lane)
    taken: list[list[Job]] = [[] for _ in range(3)]
    begin = threading.Barrier(3)

    def work(number: int) -> None:
        begin.wait()
        for step in range(4):
            moment = NOW + timedelta(seconds=step / 10)
            taken[number] += claim(database, f"sender {number}", moment, most=3)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    jobs = [job for mine in taken for job in mine]
    assert jobs
    assert max(Counter(job.key for job in jobs).values()) == 1
    assert max(Counter(job.chat_id for job in jobs).values()) == 1, "nobody has ended one yet"
    assert all(job.lane == Lane.ANSWER for job in jobs)


def test_together_senders_never_exceed_the_bots_rate(database: Database) -> None:
    for chat in range(1, 101):
        put(database, f"{chat}", chat=chat)
    leaves = []
    for step in range(40):
        now = NOW + timedelta(seconds=step / 20)
        leaves += [now.timestamp() + one.wait for one in claim(database, f"s{step % 2}", now)]
    leaves.sort()
    assert len(leaves) == pytest.approx(BOT_BURST + 20 * 2.1, abs=2), "the rate is used"
    for place, first in enumerate(leaves):
        for count, last in enumerate(leaves[place:], 1):
            assert count <= BOT_BURST + 1 + 20 * (last - first + SPARE) + 1e-3


def test_a_chat_rests_for_all_senders_once_it_got_its_burst(database: Database) -> None:
    put(database, *map(str, range(9)))
    now, got = NOW, []
    for worker in "abababab":
        jobs = claim(database, worker, now)
        settle(database, *jobs, outcome=Outcome(Kind.SENT, 7), now=now)
        got += jobs
    assert len(got) == CHAT_BURST
    assert len(claim(database, "b", NOW + timedelta(seconds=1.01))) == 1


def test_a_group_gets_five_at_once_and_then_one_in_four_seconds(sqlite_database: Database) -> None:
    put(sqlite_database, *map(str, range(30)), chat=GROUP)
    sent = []
    for second in range(61):
        now = NOW + timedelta(seconds=second)
        for worker in "ab":
            jobs = claim(sqlite_database, worker, now)
            settle(sqlite_database, *jobs, outcome=Outcome(Kind.SENT, 7), now=now)
            sent += [second for _ in jobs]
    assert sent.count(0) <= 5
    assert len([one for one in sent if one < 60]) in {19, 20}


def test_a_silence_binds_every_sender_and_ends_on_time(database: Database) -> None:
    put(database, "1", chat=1)
    until = NOW + timedelta(seconds=30)
    with database.write() as connection:
        row = booking.lock_row(connection, BOT, NOW)
        freeze(connection, BOT, row, until, NOW, 20.0)
    assert claim(database, "a", NOW) == []
    assert claim(database, "b", until - timedelta(seconds=0.01)) == []
    assert [job.key for job in claim(database, "b", until)] == ["1"]


def test_after_a_silence_senders_begin_at_half_the_rate(database: Database) -> None:
    for chat in range(1, 61):
        put(database, f"{chat}", chat=chat)
    with database.write() as connection:
        row = booking.lock_row(connection, BOT, NOW)
        row = freeze(connection, BOT, row, NOW + timedelta(seconds=1), NOW, 20.0)
        assert booking.read_row(connection, BOT) == row, "what is kept is what was decided"
    assert row.slowed is not None
    count = 0
    for step in range(20, 60):
        count += len(claim(database, "a", NOW + timedelta(seconds=step / 20)))
    assert BOT_BURST + 20 <= count <= BOT_BURST + 27
    assert in_force(20.0, row.slowed, NOW.timestamp() + 1) == 10.0


def test_a_clock_that_was_put_back_makes_no_silence_longer(database: Database) -> None:
    """The refusal came at three; then the clock says two, and the answer was a minute."""
    put(database, "1", chat=1)
    with database.write() as connection:
        row = booking.lock_row(connection, BOT, NOW)
        freeze(connection, BOT, row, NOW + timedelta(minutes=1), NOW, 20.0)
    back = NOW - timedelta(hours=1)
    with database.write() as connection:
        moved = booking.lock_row(connection, BOT, back)
        assert moved.frozen_until == back + timedelta(minutes=1)
        assert moved.slowed is not None
        assert moved.slowed.since == moved.frozen_until.timestamp()
    with database.write() as connection:
        row = booking.lock_row(connection, BOT, back + timedelta(seconds=30))
        assert row.silence(back + timedelta(seconds=30)) == 30.0, "and moved only once"


# Whose refusal it was


def flooded(chat: int, began: float, wait: float = 30.0) -> Done:
    outcome = Outcome(Kind.FLOODED, retry_after=wait)
    return Done(job_for(chat), outcome, Step(OutboxState.RETRY, wait), began=began)


def served(chat: int, began: float) -> Done:
    return Done(job_for(chat), Outcome(Kind.SENT, 7), Step(OutboxState.SENT), began=began)


def job_for(chat: int) -> Job:
    return Job(chat, str(chat), chat, "sendMessage", {}, 1, "", "kk", NOW)


def judged(database: Database, floods: Floods, *done: Done) -> float:
    """Return the seconds of silence for the bot after these answers."""
    with database.write() as connection:
        row = booking.lock_row(connection, BOT, NOW)
        return floods.judge(connection, done, row, NOW, 20.0).silence(NOW)


def test_a_groups_own_refusal_shrinks_to_the_group(database: Database) -> None:
    put(database, "to the group", chat=GROUP)
    put(database, "to a family", chat=9)
    floods = Floods(BOT)
    assert judged(database, floods, flooded(GROUP, 10.0)) == 30.0, "everybody is silent at once"
    assert judged(database, floods, served(6, 10.1)) == 30.0
    assert judged(database, floods, served(7, 10.2)) == 0.0
    assert [job.key for job in claim(database, "other", NOW)] == ["to a family"]
    with database.read() as connection:
        assert booking.read_row(connection, BOT).slowed is None, "the bot had done nothing wrong"
    later = NOW + timedelta(seconds=31)
    assert [job.key for job in claim(database, "other", later)] == ["to the group"]


def test_a_refusal_of_two_chats_is_the_bots(sqlite_database: Database) -> None:
    floods = Floods(BOT)
    assert judged(sqlite_database, floods, flooded(GROUP, 10.0), flooded(-7, 10.1)) == 30.0
    assert judged(sqlite_database, floods, served(6, 10.2), served(7, 10.3)) == 30.0


def test_another_senders_refusal_is_not_lifted(sqlite_database: Database) -> None:
    """Ours was the group's own; meanwhile another sender was told to be silent for longer."""
    ours, theirs = Floods(BOT), Floods(BOT)
    judged(sqlite_database, ours, flooded(GROUP, 10.0))
    judged(sqlite_database, theirs, flooded(8, 3.0, wait=90.0))
    assert judged(sqlite_database, ours, served(6, 10.1), served(7, 10.2)) == 90.0


# A group with a new number


def migrated() -> Outcome:
    body = {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": NEW},
    }
    return classify(400, body)


@pytest.mark.parametrize("number", [None, True, 5, "x", -(2**70), 0])
def test_a_number_that_no_group_has_moves_nothing(number: object) -> None:
    body = {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": number}}
    assert classify(400, body).kind == Kind.REFUSED


def test_what_waits_for_a_group_goes_to_its_new_number_once(database: Database) -> None:
    put(database, "first", "second", chat=GROUP)
    put(database, "edit", chat=GROUP, lane=Lane.ANSWER)
    [job] = claim(database, "a", NOW)
    settle(database, job, outcome=migrated())
    [again] = claim(database, "b", NOW)
    assert (again.key, again.chat_id, again.payload["chat_id"]) == (job.key, NEW, NEW)
    assert claim(database, "b", NOW) == [], "one at a time holds for the new number too"
    settle(database, again, outcome=Outcome(Kind.SENT, 7))
    assert states(database) == {"first": "queued", "second": "queued", "edit": "sent"}
    with database.read() as connection:
        chats = set(connection.scalars(select(outbox_table.c.chat_id)))
        assert chats == {NEW}
        assert GROUP not in set(connection.scalars(select(telegram_pace.c.chat_id)))


@pytest.mark.parametrize("is_known", [False, True])
def test_the_links_of_a_group_follow_it(database: Database, *, is_known: bool) -> None:
    with database.write() as connection:
        people = add_people(connection)
        old = links.open_chat(connection, BOT, GROUP, "kk")
        links.link(connection, old, people.alice, "guardian", NOW)
        if is_known:
            new = links.open_chat(connection, BOT, NEW, "ru")
            links.link(connection, new, people.alice, "guardian", NOW)
        links.link(connection, old, people.bob, "guardian", NOW)
        for _ in range(2):
            move_chat(connection, BOT, GROUP, NEW)
        for student in (people.alice, people.bob):
            assert [one.chat_id for one in links.phones(connection, BOT, student)] == [NEW]
        numbers = connection.scalars(select(telegram_chat.c.chat_id)).all()
        assert sorted(numbers) == ([NEW, GROUP] if is_known else [NEW])


def test_a_chat_that_moves_to_itself_stays(sqlite_database: Database) -> None:
    put(sqlite_database, "1", chat=GROUP)
    with sqlite_database.write() as connection:
        move_chat(connection, BOT, GROUP, GROUP)
    assert [job.chat_id for job in claim(sqlite_database, "a", NOW)] == [GROUP]


def test_places_are_given_away_only_to_what_is_taken(sqlite_database: Database) -> None:
    for chat in range(1, 6):
        put(sqlite_database, f"{chat}", chat=chat)
    assert len(claim(sqlite_database, "a", NOW, most=1)) == 1
    with sqlite_database.read() as connection:
        booked = booking.read_row(connection, BOT).booked_until
    whole_burst = NOW.timestamp() - BOT_BURST / 20 - SPARE
    assert booked == pytest.approx(whole_burst + 1 / 20)


# Who was thought dead


def taken_over(connection: Connection, now: datetime, settle: float = 0.0) -> int:
    """Let a sender look around twice, as far apart as nobody lives without a sign."""
    others = recovery.Neighbours("other")
    assert recovery.take_over(connection, BOT, others, 0.0, now, settle) == 0
    return recovery.take_over(connection, BOT, others, recovery.STALE, now, settle)


def test_a_sender_that_was_thought_dead_no_longer_speaks_for_what_was_taken_over(
    database: Database,
) -> None:
    put(database, "1", chat=1)
    [mine] = claim(database, "slow", NOW)
    late = NOW + timedelta(seconds=recovery.STALE + 1)
    with database.write() as connection:
        assert taken_over(connection, late) == 1
    [theirs] = claim(database, "other", late)
    settle(database, mine, outcome=Outcome(Kind.NOT_SENT), now=late)
    assert states(database) == {"1": "sending"}, "the second attempt is under way"
    settle(database, theirs, outcome=Outcome(Kind.SENT, 8), now=late)
    settle(database, mine, outcome=Outcome(Kind.REFUSED), now=late)
    assert states(database) == {"1": "sent"}


def test_a_late_answer_is_still_heard_while_nobody_has_taken_over(database: Database) -> None:
    put(database, "1", chat=1)
    [mine] = claim(database, "slow", NOW)
    late = NOW + timedelta(seconds=recovery.STALE + 1)
    with database.write() as connection:
        assert taken_over(connection, late, 60.0) == 1
    settle(database, mine, outcome=Outcome(Kind.SENT, 7), now=late)
    assert states(database) == {"1": "sent"}


def test_held_back_by_a_silence_is_no_failed_attempt(sqlite_database: Database) -> None:
    put(sqlite_database, "1", chat=1)
    [job] = claim(sqlite_database, "a", NOW)
    settle(sqlite_database, replace(job), outcome=Outcome(Kind.HELD))
    assert states(sqlite_database) == {"1": "retry"}
    assert len(claim(sqlite_database, "a", NOW)) == 1, "the row of the bot alone says how long"
