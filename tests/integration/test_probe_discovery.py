"""A message that nobody knew of shows itself by a press or a reply: once, and only its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.sending import claims, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.sending.probe_discovery import DELETABLE, Sighting, discover, sighting
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from bot.words.keyboards import Verb, button, inline, numbered
from jetkiz.storage.database import Database
from tests.factories import NOW

BOT, CHAT = 1, 5
BUTTON = button("Received", Verb.DAY_RECEIVED, 7, 20260126)
PAYLOAD = {"chat_id": CHAT, "text": "x", "reply_markup": inline([[BUTTON]])}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        outbox.put(opened, BOT, [Outgoing("k", CHAT, "sendMessage", PAYLOAD)], NOW)
        yield opened


def attempt(connection: Connection, state: OutboxState, number: int | None = None) -> Job:
    """Claim the message once and let the attempt end so."""
    [job] = claims.claim(connection, Claim(BOT, "a", 1), NOW + timedelta(seconds=1))
    kind = Kind.SENT if state == OutboxState.SENT else Kind.UNKNOWN
    claims.settle(connection, BOT, [Done(job, Outcome(kind, number), Step(state))], NOW)
    return job


def rows(connection: Connection) -> dict[str, tuple[str, int | None]]:
    c = outbox_table.c
    found = connection.execute(select(c.key, c.state, c.message_id))
    return {row.key: (row.state, row.message_id) for row in found}


def see(connection: Connection, seen: Sighting, now: datetime = NOW) -> bool:
    return discover(connection, BOT, seen, now, now)


def test_what_was_unknown_is_sent(connection: Connection) -> None:
    job = attempt(connection, OutboxState.UNKNOWN)
    assert see(connection, Sighting(CHAT, 77, job.id))
    assert rows(connection) == {"k": ("sent", 77)}
    assert not see(connection, Sighting(CHAT, 77, job.id)), "the second press tells nothing new"


def test_what_is_still_looked_for_is_sent_and_goes_no_second_time(connection: Connection) -> None:
    """The press changes the buttons: the search that goes on will not find the message."""
    attempt(connection, OutboxState.UNKNOWN)
    [job] = claims.claim(connection, Claim(BOT, "a", 1), NOW + timedelta(seconds=1))
    assert recovery.is_ours(connection, "a", job.id, job.tries)
    assert see(connection, Sighting(CHAT, 77, job.id))
    assert not recovery.is_ours(connection, "a", job.id, job.tries)
    held = Done(job, Outcome(Kind.HELD), Step(OutboxState.RETRY))
    claims.settle(connection, BOT, [held], NOW)
    assert rows(connection) == {"k": ("sent", 77)}
    assert claims.claim(connection, Claim(BOT, "a", 1), NOW + timedelta(hours=1)) == []


def test_what_is_pressed_before_its_answer_is_here_is_sent(connection: Connection) -> None:
    """Whoever sent it may be dead, unnoticed yet; if not, the answer changes nothing."""
    [job] = claims.claim(connection, Claim(BOT, "a", 1), NOW + timedelta(seconds=1))
    assert see(connection, Sighting(CHAT, 77, job.id))
    assert recovery.recover(connection, BOT, "a", NOW) == 0, "nothing is left to be sent again"
    for outcome, state in ((Kind.SENT, OutboxState.SENT), (Kind.UNKNOWN, OutboxState.UNKNOWN)):
        claims.settle(connection, BOT, [Done(job, Outcome(outcome, 77), Step(state))], NOW)
        assert rows(connection) == {"k": ("sent", 77)}


def test_a_message_that_waits_for_its_first_turn_can_be_seen_by_nobody(
    connection: Connection,
) -> None:
    number = connection.scalar(select(outbox_table.c.id))
    assert not see(connection, Sighting(CHAT, 77, number or 0)), "a forged button"
    assert rows(connection) == {"k": ("queued", None)}


def test_of_two_copies_that_are_both_pressed_one_stays(connection: Connection) -> None:
    attempt(connection, OutboxState.UNKNOWN)
    job = attempt(connection, OutboxState.SENT, 80)
    for pressed in (77, 80, 77):
        see(connection, Sighting(CHAT, pressed, job.id))
    found = rows(connection)
    assert found.pop("k") == ("sent", 77)
    assert list(found) == [f"double:{job.id}:80"], "77 is not deleted as well"


def test_of_two_copies_the_one_in_use_stays(connection: Connection) -> None:
    attempt(connection, OutboxState.UNKNOWN)
    job = attempt(connection, OutboxState.SENT, 80)
    assert see(connection, Sighting(CHAT, 77, job.id))
    assert rows(connection) == {
        "k": ("sent", 77),
        f"double:{job.id}:80": ("queued", None),
    }
    [delete] = claims.claim(connection, Claim(BOT, "a", 5), NOW + timedelta(seconds=1))
    assert (delete.method, delete.payload["message_id"]) == ("deleteMessage", 80)


def test_an_old_copy_is_left_alone(connection: Connection) -> None:
    attempt(connection, OutboxState.UNKNOWN)
    job = attempt(connection, OutboxState.SENT, 80)
    see(connection, Sighting(CHAT, 77, job.id), NOW + DELETABLE + timedelta(hours=1))
    assert rows(connection) == {"k": ("sent", 80)}


@pytest.mark.parametrize("wrong", ["chat", "row", "sure"])
def test_a_forged_button_changes_nothing(connection: Connection, wrong: str) -> None:
    if wrong == "sure":
        job = attempt(connection, OutboxState.SENT, 80)
    else:
        job = attempt(connection, OutboxState.UNKNOWN)
    before = rows(connection)
    chat = CHAT + 1 if wrong == "chat" else CHAT
    row = job.id + 1 if wrong == "row" else job.id
    assert not see(connection, Sighting(chat, 77, row))
    assert rows(connection) == before


def test_another_message_of_ours_is_not_taken_for_the_lost_one(connection: Connection) -> None:
    job = attempt(connection, OutboxState.UNKNOWN)
    other = Outgoing("other", CHAT, "sendMessage", PAYLOAD | {"text": "y"}, Lane.EMERGENCY)
    outbox.put(connection, BOT, [other], NOW)
    [sent] = claims.claim(connection, Claim(BOT, "a", 1), NOW + timedelta(seconds=1))
    done = Done(sent, Outcome(Kind.SENT, 90), Step(OutboxState.SENT))
    claims.settle(connection, BOT, [done], NOW)
    before = rows(connection)
    assert before["other"] == ("sent", 90)
    assert not see(connection, Sighting(CHAT, 90, job.id))
    assert rows(connection) == before


DATA = numbered(BUTTON.data, 42)
PLACE: dict[str, Any] = {"message_id": 77, "chat": {"id": CHAT, "type": "private"}}
KEYBOARD = {"inline_keyboard": [[{"text": "Received", "callback_data": DATA}]]}


@pytest.mark.parametrize(
    "raw",
    [
        {"callback_query": {"data": DATA, "message": PLACE}},
        {"message": {"text": "thanks", "reply_to_message": PLACE | {"reply_markup": KEYBOARD}}},
    ],
)
def test_presses_and_replies_are_sightings(raw: dict[str, Any]) -> None:
    assert sighting(raw) == Sighting(CHAT, 77, 42)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"message": {"text": "hello"}},
        {"message": {"text": "hello", "reply_to_message": PLACE}},
        {"callback_query": {"data": BUTTON.data, "message": PLACE}},
        {"callback_query": {"data": DATA}},
        {"callback_query": {"data": None, "message": PLACE}},
        {"callback_query": {"data": DATA, "message": {"message_id": "x", "chat": {"id": 5}}}},
        {"my_chat_member": {"chat": {"id": 5}}},
    ],
)
def test_anything_else_is_none(raw: dict[str, Any]) -> None:
    assert sighting(raw) is None
