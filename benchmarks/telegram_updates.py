"""How many updates one core handles: from the inbox through the dialogue to the committed answer.

The peer is a bot of the usual kind on the same aiogram and the same kind of disk: stock polling's
`feed_raw_update`, as many handlers, and one committed row for each update, without families,
rights, exactly-once or a durable answer. It is kind to the peer that it reads nothing and that
its handlers stand in one router; it is kind to us that up to sixteen of our updates share a
commit. The wait for the disk counts for neither: it is no processor time.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from aiogram import Bot, Dispatcher, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.chats import links
from bot.receiving import inbox
from bot.talking.worker import Worker
from jetkiz.config import Settings
from jetkiz.storage.schema import upgrade
from jetkiz.storage.workplace import Workplace, open_workplace, wall_clock
from tests.factories import NOW, add_people, publish_week

UPDATES: Final = 400
CHATS: Final = 100
ROUNDS: Final = 3
BOT: Final = 1
TOKEN: Final = "1:test"  # noqa: S105 - opens nothing
# What families do on a morning: look, ask for help, press, write.
TEXTS: Final = ("/today", "/help", "/week", "/homework", "thank you")
HANDLERS: Final = 22


def run(record: Callable[..., None]) -> None:
    """Measure ours and the peer in turn, so that both meet the same machine."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(our_rate(Path(folder)))
            theirs.append(peer_rate(Path(folder)))
    value, peer = statistics.median(ours), statistics.median(theirs)
    record(
        name="telegram.updates_per_s",
        value=value,
        unit="1/s of one core",
        peer="aiogram, one SQLite commit an update",
        ratio=value / peer,
    )


def updates(start: int) -> list[dict[str, Any]]:
    """Return messages of many chats, each in its own order."""
    texts: Iterator[str] = cycle(TEXTS)
    return [message(start + n, 1000 + n % CHATS, next(texts)) for n in range(UPDATES)]


def message(number: int, chat: int, text: str) -> dict[str, Any]:
    command = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    body = {
        "message_id": number,
        "date": 1769400000,
        "chat": {"id": chat, "type": "private", "first_name": "A"},
        "from": {"id": chat, "is_bot": False, "first_name": "A", "language_code": "kk"},
        "text": text,
    }
    body |= {"entities": command} if text.startswith("/") else {}
    return {"update_id": number, "message": body}


def our_rate(folder: Path) -> float:
    """Updates a second of processor time: arrival, handling, answers in the outbox."""
    settings = Settings(data=folder, telegram_token=TOKEN, zone="Asia/Qostanay")
    place = open_workplace(settings, lambda: NOW)
    upgrade(place.database)
    with place.database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        for number in range(CHATS):
            chat = links.open_chat(connection, BOT, 1000 + number, "kk")
            links.link(connection, chat, people.alice, "guardian", NOW)
    handle(place, updates(0)[:CHATS])
    came = updates(10_000)
    begun = time.process_time()
    handle(place, came)
    seconds = time.process_time() - begun
    place.database.close()
    return len(came) / seconds


def handle(place: Workplace, came: list[dict[str, Any]]) -> None:
    """Keep updates as a poller does, a hundred at a time, and let the worker empty the inbox."""
    for first in range(0, len(came), 100):
        with place.database.write() as connection:
            inbox.store(connection, BOT, came[first : first + 100], wall_clock())

    async def until_empty() -> None:
        stop = asyncio.Event()
        no_network: Any = None
        worker = Worker(place, no_network, asyncio.Event(), lambda: None)
        task = asyncio.create_task(worker.run(stop))
        while await place.database.look(inbox.count_waiting, BOT):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        stop.set()
        await task

    asyncio.run(until_empty())


def peer_rate(folder: Path) -> float:
    """The usual bot: a router of commands, each writes one row and would answer."""
    rows = sqlite3.connect(folder / "peer.sqlite3")
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("PRAGMA synchronous=FULL")
    rows.execute("CREATE TABLE said (chat INTEGER, text TEXT)")
    router = Router()

    async def answer(message: Message) -> None:
        with rows:
            rows.execute("INSERT INTO said VALUES (?, ?)", (message.chat.id, message.text))

    for number in range(HANDLERS - len(TEXTS)):
        router.message.register(answer, Command(f"command{number}"))
    for text in TEXTS[:-1]:
        router.message.register(answer, Command(text.strip("/")))
    router.message.register(answer)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)

    async def feed() -> float:
        bot = Bot(TOKEN)
        begun = time.process_time()
        for raw in updates(0):
            await dispatcher.feed_raw_update(bot, raw)
        seconds = time.process_time() - begun
        await bot.session.close()
        return len(updates(0)) / seconds

    rate = asyncio.run(feed())
    rows.close()
    return rate
