"""Two who reach for the same lesson at the same moment on PostgreSQL: one of them has it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import TypeVar

import pytest

from bot.sending import claims
from bot.sending.claims import Claim
from bot.telegram.telegram_errors import OutboxState
from jetkiz.delivery.consignments import BatchState, begin_attempt, move_batch, read_heads
from jetkiz.delivery.taking_back import hold_batch, hold_idle_batch
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.integration.test_second_way_telegram import BOT, Post, open_post
from tests.second_way_school import SecondWays, open_school

Answer = TypeVar("Answer")
# Long enough for the other to come as far as our lock.
A_MOMENT = 0.3
# Whoever waits for no lock is through long before.
PATIENCE = 60.0


@pytest.fixture
def server(migrated_postgres_url: str) -> Iterator[Database]:
    database = Database(migrated_postgres_url)
    yield database
    database.close()


def _meanwhile(
    act: Callable[[], Answer], patience: float = A_MOMENT
) -> tuple[Thread, list[Answer]]:
    """Let somebody else act; the answer stands in the list when they are through."""
    answers: list[Answer] = []
    other = Thread(target=lambda: answers.append(act()))
    other.start()
    other.join(patience)
    return other, answers


def _claimed(post: Post) -> int:
    with post.database.write() as connection:
        later = wall_clock() + timedelta(seconds=5)
        return len(claims.claim(connection, Claim(BOT, "sender", 9), later))


def test_a_sender_finds_nothing_where_a_message_is_just_taken_back(
    server: Database, tmp_path: Path
) -> None:
    post = open_post(server, tmp_path)
    post.dispatch()
    with server.write() as connection:
        assert post.channel.take_back(connection, post.consignment, post.people.lessons)
        other, claimed = _meanwhile(lambda: _claimed(post))
        assert claimed == []
    other.join()
    assert claimed == [0]
    assert set(post.states()) == {OutboxState.DROPPED}


def test_what_a_sender_just_claims_cannot_be_taken_back(server: Database, tmp_path: Path) -> None:
    post = open_post(server, tmp_path)
    post.dispatch()
    with server.write() as connection:
        later = wall_clock() + timedelta(seconds=5)
        assert len(claims.claim(connection, Claim(BOT, "sender", 9), later)) == 2
        other, taken = _meanwhile(lambda: post.take_back(*post.people.lessons))
    other.join()
    assert taken == [False]
    assert set(post.states()) == {OutboxState.SENDING}


def test_a_batch_that_is_being_begun_is_left_alone_and_not_waited_for(
    server: Database, tmp_path: Path
) -> None:
    school = open_school(server, tmp_path)
    number = _first_batch(school)
    with server.write() as connection:
        hold_batch(connection, number)
        other, idle = _meanwhile(lambda: _is_idle(server, number), PATIENCE)
        assert idle == [False]
    other.join()
    assert _is_idle(server, number)


def test_who_begins_a_batch_waits_for_whoever_takes_out_of_it(
    server: Database, tmp_path: Path
) -> None:
    school = open_school(server, tmp_path)
    number = _first_batch(school)

    def begin() -> int:
        with server.write() as connection:
            hold_batch(connection, number)
            return begin_attempt(connection, number, school.now)

    with server.write() as connection:
        assert hold_idle_batch(connection, number)
        other, begun = _meanwhile(begin)
        assert begun == []
    other.join()
    assert begun == [1]
    assert not _is_idle(server, number)


def test_a_batch_that_was_handed_over_is_nobodys_to_change(
    server: Database, tmp_path: Path
) -> None:
    school = open_school(server, tmp_path)
    number = _first_batch(school)
    with server.write() as connection:
        move_batch(connection, number, BatchState.WAITING, BatchState.HANDED)
    assert not _is_idle(server, number)


def _first_batch(school: SecondWays) -> int:
    with school.database.read() as connection:
        return read_heads(connection, BatchState.WAITING)[0].id


def _is_idle(database: Database, number: int) -> bool:
    with database.write() as connection:
        return hold_idle_batch(connection, number)
