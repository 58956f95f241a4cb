"""How updates are handled: files fetched first, then everything in one transaction, chat by chat.

A failure is tried three times and then put aside; a broken network or a busy database is
nobody's failure.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from bot.chats import links, staff
from bot.fault_words import fault_words
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile, Attachment, Trouble, attachment_of, keep_file
from bot.receiving.inbox import Arrived
from bot.talking.dialogue import Dialogue
from bot.talking.drafts import is_kept
from bot.talking.drawings import Drawing, NotDrawnError, draw_all, not_drawn, remember
from bot.talking.duties import Duties
from bot.telegram.telegram_api import (
    BrokenOffError,
    DownloadError,
    FileGoneError,
    TelegramApi,
    TooLargeError,
    bot_number,
)
from jetkiz.errors import JetkizError
from jetkiz.homework.sheets_in_chats import LOOKED_AT, FoundSheets, PaperDesk, load_paper_desk
from jetkiz.storage.database import is_passing
from jetkiz.storage.sealing import KeyFileError
from jetkiz.storage.whole_files import UnwritableError
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 4
TOGETHER: Final = 16
LOOK_AT: Final = 64
IDLE: Final = 0.5
# The network, a full disk, a key that is not there: what was sent waits until it is put right.
NOBODYS_FAULT: Final = (DownloadError, UnwritableError, KeyFileError)
NETWORK_REST: Final = timedelta(seconds=5)
# With the rests between them about two hours: then the family is asked for the file once more,
# for until then nothing else that it says is heard.
MOST_BROKEN_OFF: Final = 18
DATABASE_REST: Final = 2.0


def brings_file(one: Arrived) -> bool:
    """Whether an update waits for the network before it can be handled."""
    return _file_of(one) is not None


def _file_of(one: Arrived) -> Attachment | None:
    """Return the file of a message, or of one in which a photo was put in the place of another."""
    return attachment_of(one.raw.get("message") or one.raw.get("edited_message") or {})


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
        # Codes are read in a process that answers one question at a time.
        self._paper_room = asyncio.Semaphore(1)
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._talk: asyncio.Task[None] | None = None
        # Chats whose file waits for a free line; they are not looked at before there is one.
        self._queued: set[int] = set()
        # What has to be drawn before an update can be answered.
        self._undrawn: dict[int, Sequence[Drawing]] = {}
        # How often the file of an update came only in part; forgotten by a restart.
        self._broken_off: dict[int, int] = {}
        self._duties = Duties(workplace)

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
        await self._duties.do_due(asyncio.get_running_loop().time())

    def _begin(self, ready: Sequence[Arrived], files: int, *, is_free: bool) -> None:
        """Begin what there is room for: words of several chats together, each file by itself.

        Those together share one wait for the disk, and are no more than leaves every press
        answered within a second. Whoever waits for a file holds up nobody who writes or presses.
        """
        bringing = [one for one in ready if brings_file(one) or one.id in self._undrawn]
        words = [one for one in ready if one not in bringing][:TOGETHER]
        for one in bringing[:files]:
            self._busy[one.chat_id] = asyncio.create_task(self._handle([one]))
        self._queued |= {one.chat_id for one in bringing[files:]}
        if words and is_free:
            self._talk = asyncio.create_task(self._handle(words))
            self._busy |= dict.fromkeys((one.chat_id for one in words), self._talk)

    async def _pause(self, stop: asyncio.Event) -> None:
        calls = {
            asyncio.create_task(self._arrived.wait()),
            asyncio.create_task(stop.wait()),
        }
        try:
            await asyncio.wait(
                {*calls, *self._busy.values()}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for call in calls:
                call.cancel()
        self._arrived.clear()

    async def _handle(self, group: Sequence[Arrived]) -> None:
        first, *others = group
        try:
            await self._draw(self._undrawn.pop(first.id, ()))
            file = None if others else await self._fetch(first)
            await self._database.run(self._dialogue.handle_all, group, file)
        except NotDrawnError as error:
            # Nothing of the group stands: drawn by itself, that one holds up no other.
            self._undrawn[error.update] = error.drawings
        except Exception as error:  # noqa: BLE001 - one update must not stop the others
            if is_passing(error) or not others:
                await self._after(first, error)
                return
            # One of them spoiled it for all, and nothing of it stands: now each by itself.
            for one in group:
                await self._handle([one])
        else:
            self._broken_off.pop(first.id, None)
            self._answered()

    async def _draw(self, drawings: Sequence[Drawing]) -> None:
        """Draw the pictures that an answer shows, one after another and in no transaction."""
        if not drawings:
            return
        async with self._room:
            files = self._workplace.files
            wanted = await self._database.look(not_drawn, files, drawings)
            made = await asyncio.to_thread(draw_all, files, wanted)
            await self._database.run(remember, made)

    async def _after(self, one: Arrived, error: Exception) -> None:
        """Let the update wait, or count its failure; without a database it stays as it is."""
        try:
            if is_passing(error):
                await self._rest_of_database(error)
            elif isinstance(error, NOBODYS_FAULT):
                log.warning("file_waits error=%s", error)
                until = wall_clock() + self._rest_of_network(one, error)
                await self._database.run(inbox.postpone, one.id, until)
            else:
                await self._failed(one, error)
        except (JetkizError, SQLAlchemyError) as second:
            await self._rest_of_database(second)

    def _rest_of_network(self, one: Arrived, error: Exception) -> timedelta:
        """Return how long a file rests: each part of it that came in vain was paid for."""
        if not isinstance(error, BrokenOffError):
            return NETWORK_REST
        times = self._broken_off[one.id] = self._broken_off.get(one.id, 0) + 1
        return min(NETWORK_REST * (1 << times), inbox.LONGEST_REST)

    async def _rest_of_database(self, error: Exception) -> None:
        log.warning("database_busy error=%s", type(error).__name__)
        await asyncio.sleep(DATABASE_REST)

    async def _failed(self, one: Arrived, error: Exception) -> None:
        words = fault_words(error)
        log.error("update_failed update=%s error=%s", one.update_id, words)
        log.debug("update_failed", exc_info=error)
        await self._database.run(inbox.mark_failed, one, words, wall_clock())

    async def _fetch(self, one: Arrived) -> ArrivedFile | None:
        """Fetch the file of a message at full size; strangers' files are not fetched at all."""
        found = _file_of(one)
        if found is None or not await self._database.look(staff.is_known, self._bot, one.chat_id):
            return None
        if "edited_message" in one.raw and await self._database.look(is_kept, found):
            # Only the words beneath it are others now.
            return None
        if found.is_too_large:
            return ArrivedFile(found.unique_id, trouble=Trouble.TOO_LARGE)
        try:
            return await self._download(one.chat_id, found)
        except FileGoneError:
            # "Wrong number, or not there just now", Telegram says: it deserves a second try.
            if one.tries + 1 < inbox.MOST_TRIES:
                raise
            return ArrivedFile(found.unique_id, trouble=Trouble.LOST)
        except BrokenOffError:
            # One file that never comes through must not silence its family for ever.
            if self._broken_off.get(one.id, 0) + 1 < MOST_BROKEN_OFF:
                raise
            return ArrivedFile(found.unique_id, trouble=Trouble.LOST)

    async def _download(self, chat_id: int, found: Attachment) -> ArrivedFile:
        try:
            content = await self._api.download(found.file_id)
        except TooLargeError:
            return ArrivedFile(found.unique_id, trouble=Trouble.TOO_LARGE)
        async with self._room:
            files = self._workplace.files
            kept = await asyncio.to_thread(keep_file, files, found.unique_id, content)
        if kept.media_type not in LOOKED_AT:
            return kept
        if not await self._database.look(links.is_family, self._bot, chat_id):
            return kept
        async with self._paper_room:
            return replace(kept, paper=await asyncio.to_thread(self._look, content))

    def _look(self, content: bytes) -> FoundSheets | None:
        """Return the printed answer sheets that a file shows; it takes up to some seconds."""
        return self._paper.look(content) if self._paper else None

    @cached_property
    def _paper(self) -> PaperDesk | None:
        """Imported when the first picture comes: what reads codes is large."""
        return load_paper_desk(self._workplace)
