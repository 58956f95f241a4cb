"""The bot as one thing to start and stop: sender, poller and worker in a thread of their own."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final

from bot.introduction import introduce, username
from bot.receiving import inbox
from bot.receiving.poller import Poller
from bot.sending import outbox
from bot.sending.sender import SETTLE, Sender
from bot.telegram.telegram_api import TelegramApi, bot_number, run_alone
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace

log = logging.getLogger(__name__)

REST_AFTER_FAILURE: Final = 2.0
LONGEST_STOP: Final = 15.0
LOOK_EVERY: Final = 0.05
TRY_INTRODUCTION: Final = 30.0

Part = Callable[[asyncio.Event], Awaitable[None]]


def no_token() -> JetkizError:
    """Return the refusal where no bot is set up."""
    return JetkizError(
        N_("No token for the Telegram bot is set."),
        N_("Ask BotFather in Telegram for one; see docs/howto/set-up-telegram.md."),
    )


class BotService:
    """The bot of one school."""

    def __init__(self, workplace: Workplace, *, settle: float = SETTLE) -> None:
        self._workplace = workplace
        self._bot = bot_number(workplace.settings.telegram_token)
        self._settle = settle
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._poller: Poller | None = None
        self._sender: Sender | None = None
        self._ready = threading.Event()
        self._introduced = threading.Event()

    def check(self) -> str:
        """Return the bot's name, or refuse in words when token or network are wrong."""
        settings = self._workplace.settings
        if not self._bot:
            raise no_token()
        answer = run_alone(settings.telegram_api, settings.telegram_token, "getMe")
        return username(answer, settings.telegram_api)

    def start(self) -> None:
        """Begin to send, fetch and answer; without a network it keeps trying."""
        self._load_dialogue()
        self._thread = threading.Thread(target=self._run, name="telegram-bot", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _load_dialogue(self) -> None:
        """Import aiogram only now: it takes three seconds that other commands never pay."""
        try:
            import_module("bot.talking.worker")
        except ModuleNotFoundError as error:
            raise JetkizError(
                N_("Telegram needs the package {name}, which is not installed."),
                N_("Install it with: pip install 'jetkiz[telegram]'."),
                name=error.name,
            ) from error

    def stop(self) -> None:
        """End; what is under way comes to its end, what waits stays in the outbox."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(LONGEST_STOP)
        self._thread = None

    def drain(self, timeout: float = 30.0) -> bool:
        """Wait until everything said to the bot is answered and everything it says has left.

        Return False when ``timeout`` seconds were not enough.
        """
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if self._has_fetched_all(until) and self._is_quiet() and self._introduced.is_set():
                return True
            time.sleep(LOOK_EVERY)
        return False

    def _has_fetched_all(self, until: float) -> bool:
        """Ask Telegram until it has nothing to hand out.

        Two empty answers are needed: the question of the first may be older than this call.
        """
        poller, loop, sender = self._poller, self._loop, self._sender
        if poller is None or loop is None or sender is None:
            return False
        loop.call_soon_threadsafe(sender.wake)
        for _ in range(2):
            rounds = poller.empty_rounds
            loop.call_soon_threadsafe(poller.hurry)
            while poller.empty_rounds == rounds and time.monotonic() < until:
                time.sleep(LOOK_EVERY / 5)
        return time.monotonic() < until

    def _is_quiet(self) -> bool:
        with self._workplace.database.read() as connection:
            return not inbox.count_waiting(connection, self._bot) and not outbox.count_open(
                connection, self._bot
            )

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        from bot.talking.worker import Worker  # noqa: PLC0415 - see _load_dialogue

        settings = self._workplace.settings
        self._loop = asyncio.get_running_loop()
        self._stop = stop = asyncio.Event()
        arrived = asyncio.Event()
        self._sender = Sender(self._workplace, settle=self._settle)
        async with TelegramApi(settings.telegram_api, settings.telegram_token) as api:
            self._poller = Poller(self._workplace, api, arrived)
            worker = Worker(self._workplace, api, arrived, self._sender.wake)
            self._ready.set()
            parts = (self._sender.run, self._poller.run, worker.run, self._introduce(api))
            await asyncio.gather(*(self._keep_alive(part, stop) for part in parts))

    def _introduce(self, api: TelegramApi) -> Part:
        async def part(stop: asyncio.Event) -> None:
            while not stop.is_set():
                if await introduce(self._workplace, api):
                    self._introduced.set()
                    await stop.wait()
                await _rest(stop, TRY_INTRODUCTION)

        return part

    async def _keep_alive(self, part: Part, stop: asyncio.Event) -> None:
        """Begin a part again after a failure, such as a full disk that has room again."""
        while not stop.is_set():
            try:
                await part(stop)
            except Exception as error:
                log.error("bot_part_failed error=%s", type(error).__name__)  # noqa: TRY400 - no tokens in logs
                log.debug("bot_part_failed", exc_info=error)
                await _rest(stop, REST_AFTER_FAILURE)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
