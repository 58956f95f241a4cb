"""A killed sender loses nothing and repeats only what was under way; an update is handled once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chats import links
from bot.receiving import inbox
from bot.receiving.poller import Poller
from bot.receiving.updates import sift
from bot.sending import outbox
from bot.sending.sender import MOST_UNDER_WAY
from bot.tables import outbox as outbox_table
from bot.tables import outbox_attempt, telegram_inbox
from bot.talking.dialogue import Dialogue
from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_school import BOT, PATIENCE, TOKEN, Stage, open_stage, send_all
from tests.factories import NOW

KILLS = 3
PEOPLE = 40
REPEAT = "Perhaps you have this message already"


def start_sender(stage: Stage) -> subprocess.Popen[bytes]:
    settings = stage.workplace.settings
    command = [sys.executable, "-m", "tests.bot_sender_child", settings.database_url]
    more = [str(settings.data), settings.telegram_api, TOKEN]
    return subprocess.Popen([*command, *more], cwd=Path.cwd())


def fill_outbox(stage: Stage) -> list[str]:
    chats = [stage.link(f"p{n}", stage.people.alice) for n in range(PEOPLE)]
    texts = [f"lesson {n} for {chat}" for chat in chats for n in range(3)]
    messages = [
        outbox.Outgoing(text, int(text.split()[-1]), "sendMessage", {"text": text} | _to(text))
        for text in texts
    ]
    with stage.workplace.database.write() as connection:
        outbox.put(connection, BOT, messages, wall_clock())
    return texts


def _to(text: str) -> dict[str, int]:
    return {"chat_id": int(text.rsplit(maxsplit=1)[-1])}


def sent_count(stage: Stage) -> int:
    with stage.workplace.database.read() as connection:
        query = select(func.count()).where(outbox_table.c.state == "sent")
        return connection.scalar(query) or 0


def kill_in_the_middle(stage: Stage, chance: random.Random) -> None:
    before = sent_count(stage)
    child = start_sender(stage)
    try:
        until = time.monotonic() + PATIENCE
        while sent_count(stage) == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.15))
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()


@pytest.mark.process
def test_a_killed_sender_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.players.faults([{"kind": "slow", "seconds": 0.1, "times": None, "chance": 0.3}])
        texts = fill_outbox(stage)
        chance = random.Random(7)
        for _ in range(KILLS):
            kill_in_the_middle(stage, chance)
        send_all(stage)
        seen = [m["text"] for n in range(PEOPLE) for m in stage.seen(f"p{n}")]
        copies = Counter(text.split("\n")[0] for text in seen)
        assert set(copies) == set(texts), "every message arrived"
        assert sum(copies.values()) - len(texts) <= KILLS * MOST_UNDER_WAY
        unmarked = Counter(text for text in seen if REPEAT not in text)
        assert max(unmarked.values()) == 1, "a second copy says that it is one"
        assert sent_count(stage) == len(texts)


def test_what_was_under_way_is_written_down_before_it_leaves(
    sqlite_url: str, tmp_path: Path
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        stage.players.faults([{"kind": "slow", "seconds": 3600, "method": "sendMessage"}])
        chat = stage.link("mother", stage.people.alice)
        message = outbox.Outgoing("k", chat, "sendMessage", {"chat_id": chat, "text": "hello"})
        with stage.workplace.database.write() as connection:
            outbox.put(connection, BOT, [message], wall_clock())
        child = start_sender(stage)
        until = time.monotonic() + PATIENCE
        events: list[str] = []
        while not events and time.monotonic() < until:
            with stage.workplace.database.read() as connection:
                events = list(connection.scalars(select(outbox_attempt.c.event)))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert events == ["sending"]
        stage.players.faults([])
        send_all(stage)
        assert stage.seen("mother")


UPDATE = {
    "update_id": 77,
    "message": {
        "message_id": 5,
        "date": 1,
        "text": "/today",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        "from": {"id": 5, "is_bot": False, "first_name": "M"},
    },
}


def update_from(chat: int) -> dict[str, object]:
    message = dict(UPDATE["message"]) | {"chat": {"id": chat, "type": "private"}}
    return {"update_id": 77, "message": message}


def test_an_update_that_comes_twice_is_handled_once(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        chat = stage.link("mother", stage.people.alice)
        database = stage.workplace.database
        dialogue = Dialogue(stage.workplace)
        with database.write() as connection:
            assert inbox.store(connection, BOT, [update_from(chat)], NOW) == 1
            assert inbox.store(connection, BOT, [update_from(chat)], NOW) == 0
            [one] = inbox.waiting(connection, BOT, NOW)
        for _ in range(2):
            with database.write() as connection:
                dialogue.handle(connection, one, None)
        with database.read() as connection:
            assert inbox.waiting(connection, BOT, NOW) == []
            assert outbox.count_open(connection, BOT) == 1


def test_a_kill_before_the_commit_leaves_the_update_to_be_handled(
    sqlite_url: str, tmp_path: Path
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        chat = stage.link("mother", stage.people.alice)
        database = stage.workplace.database
        dialogue = Dialogue(stage.workplace)
        with database.write() as connection:
            inbox.store(connection, BOT, [update_from(chat)], NOW)
            [one] = inbox.waiting(connection, BOT, NOW)

        def cut_short() -> None:
            with database.write() as connection:
                dialogue.handle(connection, one, None)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cut_short()
        with database.read() as connection:
            assert len(inbox.waiting(connection, BOT, NOW)) == 1
            assert outbox.count_open(connection, BOT) == 0


class PowerCut(BaseException):
    """The power went."""


def test_updates_are_kept_and_confirmed_together_or_not_at_all(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, telegram_token=f"{BOT}:test")
    no_network: Any = None
    place = Workplace(settings, database, FileStore(tmp_path), lambda: NOW)
    poller = Poller(place, no_network, asyncio.Event())

    def kept(*, is_cut: bool) -> tuple[int, int]:
        with suppress(PowerCut), database.write() as connection:
            poller._write(connection, sift([update_from(5)]), NOW)
            if is_cut:
                raise PowerCut
        with database.read() as connection:
            return inbox.count_waiting(connection, BOT), inbox.next_update(connection, BOT)

    assert kept(is_cut=True) == (0, 0)
    assert kept(is_cut=False) == (1, 78)


def test_what_cannot_be_handled_is_put_aside_and_holds_nobody_up(database: Database) -> None:
    with database.write() as connection:
        inbox.store(connection, BOT, [update_from(5)], NOW)
        inbox.store(connection, BOT, [update_from(5) | {"update_id": 78}], NOW)
        for tries in range(3):
            [one] = inbox.waiting(connection, BOT, wall_clock())
            assert (one.update_id, one.tries) == (77, tries)
            assert inbox.mark_failed(connection, one, "no", NOW) == (tries == 2)
        [following] = inbox.waiting(connection, BOT, wall_clock())
        assert following.update_id == 78
        assert [number for number, _, _ in inbox.put_aside(connection, BOT)] == [77]


def test_a_group_hears_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path) as stage:
        raw = update_from(-5)
        raw["message"]["chat"]["type"] = "group"  # type: ignore[index]
        with stage.workplace.database.write() as connection:
            inbox.store(connection, BOT, [raw], NOW)
            [one] = inbox.waiting(connection, BOT, NOW)
            Dialogue(stage.workplace).handle(connection, one, None)
            assert outbox.count_open(connection, BOT) == 0
            assert links.find_chat(connection, BOT, -5) is None
            assert connection.scalar(select(telegram_inbox.c.done_at)) is not None
