"""What arrives is kept once, confirmed once, handled in its order; what fails has a way back."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.chats.alarms import Refused, refused_since
from bot.receiving import inbox, poller
from bot.receiving.poller import Poller
from bot.tables import outbox, telegram_inbox
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_family import Family, family_of
from tests.factories import NOW, add_people

BOT = 1


@pytest.fixture(autouse=True)
def no_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of prepared answers needs no time to recover."""
    monkeypatch.setattr(poller, "FIRST_REST", 0.001)


Json = dict[str, Any]


def update(number: int, chat: int = 5, kind: str = "message") -> Json:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    place = {"id": chat, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": place, "from": person, "text": "hello"}
    bodies: dict[str, Json] = {
        "message": message,
        "edited_message": message | {"edit_date": 2},
        "callback_query": {
            "id": "1",
            "chat_instance": "1",
            "data": "x",
            "from": person,
            "message": message,
        },
        "my_chat_member": {
            "date": 1,
            "chat": place,
            "from": person,
            "old_chat_member": {"status": "member", "user": person},
            "new_chat_member": {"status": "member", "user": person},
        },
        "poll_answer": {
            "poll_id": "9",
            "user": person,
            "option_ids": [0],
            "option_persistent_ids": ["a"],
        },
    }
    return {"update_id": number, kind: bodies[kind]}


KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "poll_answer")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    arrivals=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(KINDS)), min_size=1, max_size=12
    ),
    cuts=st.lists(st.integers(1, 4), min_size=1, max_size=12),
)
def test_each_chat_is_handled_in_its_order_each_update_once_whatever_its_kind(
    sqlite_database: Database, arrivals: list[tuple[int, str]], cuts: list[int]
) -> None:
    """Every delivery also brings the last one again, as after an answer that was lost."""
    raws = [update(n, chat, kind) for n, (chat, kind) in enumerate(arrivals, 100)]
    with sqlite_database.engine.connect() as connection:
        writer = connection.execution_options(jetkiz_write=True)
        story = writer.begin()
        handled = defaultdict(list)
        last: list[Json] = []
        rest = list(raws)
        for cut in [*cuts, len(raws)]:
            part, rest = rest[:cut], rest[cut:]
            assert inbox.store(writer, BOT, [*last, *part], NOW) == len(part)
            last = part or last
            for one in inbox.waiting(writer, BOT, NOW)[:2]:
                handled[one.chat_id].append(one.update_id)
                inbox.mark_done(writer, one.id, NOW, keep_words=False)
        while ready := inbox.waiting(writer, BOT, NOW):
            for one in ready:
                handled[one.chat_id].append(one.update_id)
                inbox.mark_done(writer, one.id, NOW, keep_words=False)
        wanted = defaultdict(list)
        for number, (chat, _) in enumerate(arrivals, 100):
            wanted[chat].append(number)
        assert handled == wanted
        story.rollback()


def test_numbers_may_begin_anew_anywhere(database: Database) -> None:
    with database.write() as connection:
        inbox.store(connection, BOT, [update(900)], NOW)
        inbox.confirm_below(connection, BOT, 901)
        assert inbox.next_update(connection, BOT) == 901
        inbox.confirmed(connection, BOT, 5)
        assert inbox.next_update(connection, BOT) == 901, "that was not the number confirmed"
        inbox.confirmed(connection, BOT, 901)
        assert inbox.next_update(connection, BOT) == 0
        assert inbox.store(connection, BOT, [update(7), update(8)], NOW) == 2
        inbox.confirm_below(connection, BOT, 9)
        assert inbox.next_update(connection, BOT) == 9
        assert inbox.store(connection, BOT, [update(900)], NOW) == 0, (
            "known is the number, not more"
        )


@pytest.mark.parametrize(
    ("rests_until", "is_due"),
    [
        (timedelta(0), True),
        (timedelta(seconds=3), False),
        (inbox.LONGEST_REST, False),
        (inbox.LONGEST_REST + timedelta(minutes=2), True),
        (timedelta(days=365), True),
    ],
)
def test_a_clock_that_was_put_back_holds_no_update_up(
    database: Database, rests_until: timedelta, is_due: bool
) -> None:
    """No rest is longer than the longest: what would rest longer was written by another clock."""
    with database.write() as connection:
        inbox.store(connection, BOT, [update(7), update(8)], NOW)
        [one] = inbox.waiting(connection, BOT, NOW)
        inbox.postpone(connection, one.id, NOW + rests_until)
        found = [row.update_id for row in inbox.waiting(connection, BOT, NOW)]
        assert found == ([7] if is_due else []), "and nothing overtakes it"


@dataclass
class Line:
    """A line to Telegram with prepared answers; it remembers what was asked."""

    answers: list[Outcome]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, Json]] = field(default_factory=list)

    async def ask(self, method: str, payload: Mapping[str, Any], **_: Any) -> Outcome:
        self.asked.append((method, dict(payload)))
        if not self.answers:
            self.stop.set()
            await asyncio.Event().wait()
        return self.answers.pop(0)

    @property
    def offsets(self) -> list[int]:
        return [payload["offset"] for method, payload in self.asked if method == "getUpdates"]


def brings(*updates: Any) -> Outcome:
    return Outcome(Kind.SENT, result=list(updates))


def polled(database: Database, folder: Path, *answers: Outcome) -> Line:
    """Let a poller ask until the answers are used up."""

    async def run() -> Line:
        line = Line(list(answers))
        place = Workplace(Settings(telegram_token="1:test"), database, FileStore(folder))
        api: Any = line
        await asyncio.wait_for(Poller(place, api, asyncio.Event()).run(line.stop), 60)
        return line

    return asyncio.run(run())


def numbers_kept(database: Database) -> list[int]:
    with database.read() as connection:
        query = select(telegram_inbox.c.update_id).order_by(telegram_inbox.c.id)
        return list(connection.scalars(query))


def test_a_confirmation_is_said_until_it_is_heard_and_then_no_more(
    sqlite_database: Database, tmp_path: Path
) -> None:
    lost = Outcome(Kind.UNKNOWN, detail="TimeoutError")
    line = polled(sqlite_database, tmp_path, brings(update(8)), lost, brings(), brings())
    assert line.offsets == [0, 9, 9, 0, 0]
    line = polled(sqlite_database, tmp_path, brings(update(3)), brings(), brings(update(900)))
    assert line.offsets == [0, 4, 0, 901], "after a silent week numbers begin anew"
    assert numbers_kept(sqlite_database) == [8, 3, 900]


def test_what_is_no_update_harms_nobody_and_is_confirmed_with_the_rest(
    sqlite_database: Database, tmp_path: Path
) -> None:
    long = {"update_id": 12, "message": {"chat": {"id": 5}, "text": "x" * 300_000}}
    first = brings({"update_id": 10, "message": 7}, "no", update(11), long)
    today = wall_clock().date()
    line = polled(sqlite_database, tmp_path, first, brings("nothing but rubbish"), brings())
    assert line.offsets == [0, 13, 13, 0]
    assert numbers_kept(sqlite_database) == [11]
    with sqlite_database.read() as connection:
        counted = refused_since(connection, BOT, today)
    assert counted == {Refused.MALFORMED: 2, Refused.OVERSIZED: 1}


def test_a_webhook_of_another_program_is_taken_away(
    sqlite_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Conflict: can't use getUpdates method while webhook is active"
    conflict, gone = Outcome(Kind.REFUSED, detail=words), Outcome(Kind.SENT, result=True)
    line = polled(sqlite_database, tmp_path, conflict, gone, brings())
    method, payload = line.asked[1]
    assert (method, payload) == ("deleteWebhook", {"drop_pending_updates": False})
    assert "1:test" not in caplog.text


@pytest.fixture
def aside(database: Database) -> int:
    """An update that was put aside; its chat has said something since."""
    with database.write() as connection:
        inbox.store(connection, BOT, [update(7), update(8), update(9, chat=6)], NOW)
        [first, *_] = inbox.waiting(connection, BOT, NOW)
        for tries in range(inbox.MOST_TRIES):
            inbox.mark_failed(connection, replace(first, tries=tries), "ValueError: no", NOW)
    return first.id


def waiting(connection: Connection) -> list[int]:
    return [one.update_id for one in inbox.waiting(connection, BOT, NOW + timedelta(hours=1))]


def test_what_was_put_aside_is_shown_without_its_words_and_can_be_tried_again(
    database: Database, aside: int
) -> None:
    with database.write() as connection:
        [one] = inbox.dead_letters(connection, BOT)
        assert (one.id, one.update_id, one.chat_id, one.kind) == (aside, 7, 5, "message")
        assert one.can_be_tried
        assert "hello" not in repr(one)
        assert inbox.dead_letters(connection, 2) == []
        assert waiting(connection) == [8, 9]
        assert inbox.try_again(connection, aside, NOW)
        assert waiting(connection) == [7, 9], "before what the chat said later"
        assert inbox.waiting(connection, BOT, NOW)[0].tries == 0
        assert inbox.dead_letters(connection, BOT) == []
        assert not inbox.try_again(connection, aside, NOW), "it waits already"


def test_what_somebody_has_seen_to_is_closed(database: Database, aside: int) -> None:
    with database.write() as connection:
        assert inbox.close(connection, aside, NOW)
        assert not inbox.close(connection, aside, NOW)
        assert not inbox.try_again(connection, aside, NOW)
        assert inbox.dead_letters(connection, BOT) == []
        assert inbox.put_aside(connection, BOT) == []
        assert waiting(connection) == [8, 9]


def test_what_was_never_put_aside_is_neither_closed_nor_tried(
    database: Database, aside: int
) -> None:
    with database.write() as connection:
        for number in (aside + 1, aside + 100):
            assert not inbox.close(connection, number, NOW)
            assert not inbox.try_again(connection, number, NOW)
        assert waiting(connection) == [8, 9]


def test_what_was_blanked_meanwhile_cannot_be_tried(database: Database, aside: int) -> None:
    with database.write() as connection:
        connection.execute(telegram_inbox.update().values(raw={}))
        [one] = inbox.dead_letters(connection, BOT)
        assert not one.can_be_tried
        assert not inbox.try_again(connection, aside, NOW)
        assert inbox.close(connection, aside, NOW)


def said_to(family: Family, kind: str) -> int:
    """Let one update of a kind be handled; return how many messages it caused."""
    before = family.connection.execute(select(outbox.c.id)).all()
    body = update(50, 5, kind)
    body.pop("update_id")
    family.takes(5, body)
    return len(family.connection.execute(select(outbox.c.id)).all()) - len(before)


@pytest.mark.parametrize("kind", ["poll_answer", "my_chat_member"])
def test_what_nobody_waits_for_is_done_without_a_word(
    sqlite_database: Database, tmp_path: Path, kind: str
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        assert said_to(family, kind) == 0, "from a stranger"
        family.link(5, people.alice)
        assert said_to(family, kind) == 0
        assert inbox.count_waiting(family.connection, BOT) == 0
