"""Where a message of which nobody knows may lie, whatever the clock said meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.receiving import inbox
from bot.sending import claims, outbox
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Outgoing
from bot.sending.probe import candidates
from bot.sending.probe_window import survey
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from jetkiz.storage.database import Database
from tests.factories import NOW

BOT, CHAT, SETTLE = 1, 5, 4.0
WRITTEN = 200
SENT = {Kind.SENT: OutboxState.SENT, Kind.UNKNOWN: OutboxState.UNKNOWN}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A bot to which people wrote messages 1 to 200, and which has sent nothing so far."""
    with database.write() as opened:
        updates = [update(number) for number in range(1, WRITTEN + 1)]
        inbox.store(opened, BOT, updates, NOW)
        yield opened


def update(number: int) -> dict[str, object]:
    chat = {"id": CHAT + number, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "chat": chat, "text": "/start"}}


def attempt(
    connection: Connection, key: str, now: datetime, number: int | None, chat: int = CHAT
) -> Job:
    """Send a message and let its answer give a number, or nothing."""
    outbox.put(connection, BOT, [Outgoing(key, chat, "sendMessage", {"text": key})], NOW)
    [job] = claims.claim(connection, Claim(BOT, "a", 1), now)
    kind = Kind.SENT if number else Kind.UNKNOWN
    claims.settle(connection, BOT, [Done(job, Outcome(kind, number), Step(SENT[kind]))], now)
    return job


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=2), -timedelta(minutes=50)])
def test_what_people_wrote_is_no_message_of_ours_whatever_the_clock_says(
    connection: Connection, ahead: timedelta
) -> None:
    job = attempt(connection, "lost", NOW + timedelta(hours=1) + ahead, None)
    ground = survey(connection, BOT, job, SETTLE, NOW + timedelta(hours=1))
    assert ground.known >= set(range(1, WRITTEN + 1))
    assert min(candidates(ground.window, ground.known) or ()) == WRITTEN + 1


def test_what_was_sent_before_and_after_bounds_the_search(connection: Connection) -> None:
    later = NOW + timedelta(seconds=1)
    attempt(connection, "before", later, WRITTEN + 1)
    lost = attempt(connection, "lost", later, None)
    after = later + timedelta(seconds=SETTLE + 1)
    attempt(connection, "after", after, WRITTEN + 9, CHAT + 1)
    window = survey(connection, BOT, lost, SETTLE, after).window
    assert (window.floor, window.end) == (WRITTEN + 1, WRITTEN + 9)


def test_of_another_bot_nothing_is_known(connection: Connection) -> None:
    job = attempt(connection, "lost", NOW + timedelta(seconds=1), None)
    assert not survey(connection, BOT + 1, job, SETTLE, NOW).known
