"""A small school that talks to the rehearsal Telegram: what the tests of the bot share."""

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from bot.channel import TelegramChannel
from bot.chats import links
from bot.sending import evidence, outbox
from bot.sending.sender import Sender
from bot.service import BotService
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries, lesson_states
from jetkiz.delivery.model import Batch, Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.rehearsal import Limits, Options, Rate, RehearsalServer, RehearsedPeople
from jetkiz.storage.workplace import Workplace, open_workplace
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

TOKEN = "1:test"
BOT = 1
# Such waits end as soon as what they wait for is there: only a fault lets them last so long.
PATIENCE = 120.0
FAST = Limits(bot=Rate(1000, 1000), chat=Rate(1000, 1000))
Changes = Any


@dataclass(frozen=True)
class Stage:
    """A school's workplace beside a rehearsal with its people."""

    workplace: Workplace
    people: People
    players: RehearsedPeople
    server: RehearsalServer

    def link(self, key: str, student: int, role: str = "guardian", language: str = "en") -> int:
        """Let a person press Start, and link the chat as if a code had been used."""
        person = self.players.person(key, key.capitalize(), language)
        self.players.start(key)
        with self.workplace.database.write() as connection:
            chat = links.open_chat(connection, BOT, person["chat_id"], language)
            links.link(connection, chat, student, role, NOW)
            evidence.learn_telegram(connection, student, "linked", NOW)
        return int(person["chat_id"])

    def hand_over(self) -> list[Receipt]:
        """Dispatch the week's digests as the scheduler does."""
        channel = TelegramChannel(self.workplace)
        with self.workplace.database.read() as connection:
            homes = {self.people.alice: 1, self.people.bob: 2}
            days = dict.fromkeys(self.people.lessons, MONDAY)
            wanted = deliveries(connection, WEEK, homes, days)
        consignments = channel.prepare([one for one in wanted if one.channel == "telegram"])
        receipts = channel.dispatch(self.keep(consignments), NOW)
        with self.workplace.database.write() as connection:
            record_receipts(connection, receipts, NOW)
        return receipts

    def keep(self, consignments: list[Any]) -> Batch:
        batch = Batch("b", "telegram", WEEK, tuple(consignments))
        with self.workplace.database.write() as connection:
            save_batch(connection, batch, NOW, NOW)
        return batch

    def states(self, student: int) -> list[State]:
        with self.workplace.database.read() as connection:
            return [one.state for one in lesson_states(connection, WEEK, [student])]

    def open_messages(self) -> int:
        with self.workplace.database.read() as connection:
            return outbox.count_open(connection, BOT)

    def seen(self, key: str) -> list[dict[str, Any]]:
        """What the bot has said to a person."""
        return [m for m in self.players.chat(key) if m["from"] == "bot"]


@contextmanager
def open_stage(
    url: str, folder: Path, limits: Limits = FAST, **changes: Changes
) -> Iterator[Stage]:
    """Open a school of Alice and Bob with a published week, and a rehearsal."""
    with RehearsalServer(Options(token=TOKEN, limits=limits)) as server:
        settings = Settings(
            data=folder,
            database_url=url,
            telegram_api=server.url,
            telegram_token=TOKEN,
            telegram_rate=changes.pop("telegram_rate", 500.0),
            telegram_chat_rate=changes.pop("telegram_chat_rate", 500.0),
            zone="Asia/Qostanay",
        )
        workplace = open_workplace(replace(settings, **changes), _ticking())
        with workplace.database.write() as connection:
            people = add_people(connection)
            publish_week(connection, people)
        yield Stage(workplace, people, RehearsedPeople(server.url), server)
        workplace.database.close()


def _ticking() -> Callable[[], datetime]:
    """The demo Monday, 08:00, on which every look at the clock is a little later."""
    looks = count()
    return lambda: NOW + timedelta(milliseconds=next(looks))


def send_all(
    stage: Stage,
    until: Callable[[], bool] | None = None,
    settle: float = 0.0,
    names: tuple[str, ...] = ("",),
    **more: Any,
) -> None:
    """Run a sender, or one for each name, until nothing is open or something is true."""
    is_done = until or (lambda: stage.open_messages() == 0)

    async def run() -> None:
        stop = asyncio.Event()
        senders = [Sender(stage.workplace, settle=settle, name=one, **more) for one in names]
        tasks = [asyncio.create_task(one.run(stop)) for one in senders]
        try:
            async with asyncio.timeout(PATIENCE):
                while not await asyncio.to_thread(is_done) and not any(t.done() for t in tasks):
                    await asyncio.wait(tasks, timeout=0.02)
        finally:
            stop.set()
            await asyncio.gather(*tasks)

    asyncio.run(run())


def picture(width: int = 1600, height: int = 1200, colour: str = "teal") -> bytes:
    """A photo as a phone makes it."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(made, "JPEG")
    return made.getvalue()


@contextmanager
def running_bot(stage: Stage) -> Iterator[BotService]:
    """The whole bot beside the rehearsal."""
    service = BotService(stage.workplace, settle=0.0)
    service.start()
    try:
        yield service
    finally:
        service.stop()
