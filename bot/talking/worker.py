"""How updates are handled: files fetched first, then everything in one transaction, chat by chat.

A failure is tried three times and then put aside; a broken network or a busy database is
nobody's failure.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.chats import staff
from bot.chats.forgetting import forget_words
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile, Attachment, Trouble, attachment_of, keep_file
from bot.receiving.inbox import Arrived
from bot.staff_notices import tell_staff
from bot.talking import drafts
from bot.talking.dialogue import Dialogue
from bot.telegram.telegram_api import (
    DownloadError,
    FileGoneError,
    TelegramApi,
    TooLargeError,
    bot_number,
)
from bot.telegram.telegram_errors import storable
from jetkiz.errors import JetkizError
from jetkiz.storage.database import is_passing
from jetkiz.storage.files import UnwritableError
from jetkiz.storage.sealing import KeyFileError
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 4
TOGETHER: Final = 16
LOOK_AT: Final = 64
IDLE: Final = 0.5
# The network, a full disk, a key that is not there: what was sent waits until it is put right.
NOBODYS_FAULT: Final = (DownloadError, UnwritableError, KeyFileError)
NETWORK_REST: Final = timedelta(seconds=5)
DATABASE_REST: Final = 2.0
SEAL_EVERY: Final = 30.0
NOTICE_EVERY: Final = 60.0
FORGET_EVERY: Final = 6 * 3600.0


def brings_file(one: Arrived) -> bool:
    """Whether an update waits for the network before it can be handled."""
    return attachment_of(one.raw.get("message") or {}) is not None


class Worker:
    """Handles the inbox of one bot."""

    def __init__(
        self,
        workplace: Workplace,
        api: TelegramApi,
        arrived: asyncio.Event,
        answered: Callable[[], None],
    ) -> None:
        self._workplace = workplace
        self._database = workplace.database
        self._bot = bot_number(workplace.settings.telegram_token)
        self._api = api
        self._arrived = arrived
        self._answered = answered
        self._dialogue = Dialogue(workplace)
        # A picture unpacks to sixty million points: one after another, whatever came at once.
        self._room = asyncio.Semaphore(1)
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._talk: asyncio.Task[None] | None = None
        # Chats whose file waits for a free line; they are not looked at before there is one.
        self._queued: set[int] = set()
        self._next_seal = 0.0
        self._next_forgetting = 0.0
        self._next_notice = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Handle updates until ``stop`` is set; what has begun still ends."""
        while not stop.is_set():
            try:
                await self._turn()
            except (JetkizError, SQLAlchemyError) as error:
                if not is_passing(error):
                    raise
                await self._rest_of_database(error)
            await self._pause(stop)
        await asyncio.gather(*self._busy.values())

    async def _turn(self) -> None:
        self._busy = {chat: task for chat, task in self._busy.items() if not task.done()}
        files = MOST_AT_ONCE - len(set(self._busy.values()) - {self._talk})
        is_free = self._talk is None or self._talk.done()
        if files > 0:
            self._queued.clear()
        if files > 0 or is_free:
            passed_over = {*self._busy, *self._queued}
            ready = await self._database.look(
                inbox.waiting, self._bot, wall_clock(), passed_over, LOOK_AT
            )
            self._begin(ready, files, is_free=is_free)
        await self._now_and_then(asyncio.get_running_loop().time())

    def _begin(self, ready: Sequence[Arrived], files: int, *, is_free: bool) -> None:
        """Begin what there is room for: words of several chats together, each file by itself.

        Those together share one wait for the disk, and are no more than leaves every press
        answered within a second. Whoever waits for a file holds up nobody who writes or presses.
        """
        bringing = [one for one in ready if brings_file(one)]
        words = [one for one in ready if one not in bringing][:TOGETHER]
        for one in bringing[:files]:
            self._busy[one.chat_id] = asyncio.create_task(self._handle([one]))
        self._queued |= {one.chat_id for one in bringing[files:]}
        if words and is_free:
            self._talk = asyncio.create_task(self._handle(words))
            self._busy |= dict.fromkeys((one.chat_id for one in words), self._talk)

    async def _now_and_then(self, now: float) -> None:
        if now >= self._next_seal:
            await self._database.run(self._seal_silent)
            self._next_seal = now + SEAL_EVERY
        if now >= self._next_notice:
            await self._database.run(tell_staff, self._bot, self._workplace.clock())
            self._next_notice = now + NOTICE_EVERY
        if now >= self._next_forgetting:
            await self._database.run(forget_words, self._bot, wall_clock())
            self._next_forgetting = now + FORGET_EVERY

    def _seal_silent(self, connection: Connection) -> None:
        zone = ZoneInfo(self._workplace.settings.zone)
        now = self._workplace.clock()
        drafts.seal_silent(connection, self._bot, zone, now)
        drafts.tell_unplaced(connection, self._bot, now)

    async def _pause(self, stop: asyncio.Event) -> None:
        calls = {
            asyncio.create_task(self._arrived.wait()),
            asyncio.create_task(stop.wait()),
        }
        await asyncio.wait(
            {*calls, *self._busy.values()}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED
        )
        for call in calls:
            call.cancel()
        self._arrived.clear()

    async def _handle(self, group: Sequence[Arrived]) -> None:
        first, *others = group
        try:
            file = None if others else await self._fetch(first)
            await self._database.run(self._dialogue.handle_all, group, file)
        except Exception as error:  # noqa: BLE001 - one update must not stop the others
            if is_passing(error) or not others:
                await self._after(first, error)
                return
            # One of them spoiled it for all, and nothing of it stands: now each by itself.
            for one in group:
                await self._handle([one])
        else:
            self._answered()

    async def _after(self, one: Arrived, error: Exception) -> None:
        """Let the update wait, or count its failure; without a database it stays as it is."""
        try:
            if is_passing(error):
                await self._rest_of_database(error)
            elif isinstance(error, NOBODYS_FAULT):
                log.warning("file_waits error=%s", error)
                until = wall_clock() + NETWORK_REST
                await self._database.run(inbox.postpone, one.id, until)
            else:
                await self._failed(one, error)
        except (JetkizError, SQLAlchemyError) as second:
            await self._rest_of_database(second)

    async def _rest_of_database(self, error: Exception) -> None:
        log.warning("database_busy error=%s", type(error).__name__)
        await asyncio.sleep(DATABASE_REST)

    async def _failed(self, one: Arrived, error: Exception) -> None:
        log.error("update_failed update=%s error=%s", one.update_id, type(error).__name__)
        log.debug("update_failed", exc_info=error)
        words = storable(f"{type(error).__name__}: {error}")
        await self._database.run(inbox.mark_failed, one, words, wall_clock())

    async def _fetch(self, one: Arrived) -> ArrivedFile | None:
        """Fetch the file of a message at full size; strangers' files are not fetched at all."""
        found = attachment_of(one.raw.get("message") or {})
        if found is None or not await self._database.look(staff.is_known, self._bot, one.chat_id):
            return None
        if found.is_too_large:
            return ArrivedFile(found.unique_id, trouble=Trouble.TOO_LARGE)
        try:
            return await self._download(found)
        except FileGoneError:
            # "Wrong number, or not there just now", Telegram says: it deserves a second try.
            if one.tries + 1 < inbox.MOST_TRIES:
                raise
            return ArrivedFile(found.unique_id, trouble=Trouble.LOST)

    async def _download(self, found: Attachment) -> ArrivedFile:
        try:
            content = await self._api.download(found.file_id)
        except TooLargeError:
            return ArrivedFile(found.unique_id, trouble=Trouble.TOO_LARGE)
        async with self._room:
            files = self._workplace.files
            return await asyncio.to_thread(keep_file, files, found.unique_id, content)
