"""A long backlog is read from its old end: what is ready is the same, however much waits."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from bot.chats import links
from bot.receiving import inbox
from bot.tables import telegram_inbox
from jetkiz.storage.database import Database
from tests.factories import NOW, add_people
from tests.statement_counts import plans_kept

BOT, OTHER = 1, 2
LATER = NOW + timedelta(seconds=30)
ENDS: dict[str, dict[str, Any]] = {
    "waits": {},
    "done": {"done_at": NOW},
    "dead": {"is_dead": True},
    "rests": {"not_before": LATER},
}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        yield opened


def says(number: int, chat: int) -> dict[str, Any]:
    place = {"id": chat, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "chat": place, "text": "a"}}


def ready(connection: Connection, *busy: int, most: int | None = None) -> list[int]:
    return [one.update_id for one in inbox.waiting(connection, BOT, NOW, busy, most)]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(sorted(ENDS))), max_size=12),
    st.sets(st.integers(1, 4), max_size=2),
    st.none() | st.integers(1, 3),
)
def test_ready_is_the_first_of_each_chat_that_may_be_handled(
    sqlite_database: Database, rows: list[tuple[int, str]], busy: set[int], most: int | None
) -> None:
    with sqlite_database.engine.connect() as opened:
        writer = opened.execution_options(jetkiz_write=True)
        story = writer.begin()
        first: dict[int, tuple[int, str]] = {}
        for number, (chat, end) in enumerate(rows):
            inbox.store(writer, BOT, [says(number, chat)], NOW)
            inbox.store(writer, OTHER, [says(number, 9)], NOW)
            mine = (telegram_inbox.c.bot_id == BOT, telegram_inbox.c.update_id == number)
            if ENDS[end]:
                writer.execute(update(telegram_inbox).where(*mine).values(ENDS[end]))
            if end in {"waits", "rests"}:
                first.setdefault(chat, (number, end))
        wanted = [n for chat, (n, end) in first.items() if end == "waits" and chat not in busy]
        assert ready(writer, *busy, most=most) == sorted(wanted)[:most]
        story.rollback()


def test_more_chats_may_be_busy_than_a_statement_has_parameters(connection: Connection) -> None:
    inbox.store(connection, BOT, [says(1, 5), says(2, 90_000), says(3, 5)], NOW)
    assert ready(connection, *range(70_000)) == [2]
    assert ready(connection, 90_000, 7) == [1]
    assert ready(connection, 5, 90_000) == []


def test_the_backlog_is_neither_scanned_nor_sorted(sqlite_database: Database) -> None:
    with sqlite_database.write() as writer:
        inbox.store(writer, BOT, [says(n, n % 7) for n in range(100)], NOW)
        with plans_kept(writer) as plans:
            inbox.waiting(writer, BOT, NOW, [5], 16)
            inbox.hold(writer, [1, 2, 3])
            inbox.count_waiting(writer, BOT)
            inbox.mark_family_done(writer, 1, NOW)
    named = [one for one in plans if "anon" not in one]
    assert any("ix_telegram_inbox_waiting " in one for one in named)
    assert not [one for one in named if one.startswith(("SCAN", "USE TEMP"))]


def test_only_what_still_waits_is_held(connection: Connection) -> None:
    inbox.store(connection, BOT, [says(n, n) for n in range(4)], NOW)
    numbers = [one.id for one in inbox.waiting(connection, BOT, NOW)]
    inbox.mark_done(connection, numbers[1], NOW, keep_words=True)
    assert inbox.hold(connection, [*reversed(numbers), 10**9]) == {*numbers} - {numbers[1]}
    assert inbox.hold(connection, []) == set()


def test_a_family_keeps_its_words_and_a_stranger_is_asked_about_first(
    connection: Connection,
) -> None:
    people = add_people(connection)
    chat = links.open_chat(connection, BOT, 5, "kk")
    links.open_chat(connection, BOT, 6, "kk")
    links.link(connection, chat, people.alice, "guardian", NOW)
    inbox.store(connection, BOT, [says(1, 5), says(2, 6), says(3, 7)], NOW)
    inbox.store(connection, OTHER, [says(4, 5)], NOW)
    rows = connection.execute(select(telegram_inbox.c.id).order_by(telegram_inbox.c.update_id))
    numbers = [row.id for row in rows]
    assert [inbox.mark_family_done(connection, one, NOW) for one in numbers] == [
        True,
        False,
        False,
        False,
    ]
    assert ready(connection) == [2, 3]
    assert connection.scalar(select(telegram_inbox.c.raw).where(telegram_inbox.c.id == numbers[0]))
    links.set_waiting(connection, people.alice, waits=True, chats=[chat])
    assert not inbox.mark_family_done(connection, numbers[0], NOW)
