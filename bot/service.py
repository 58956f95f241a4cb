"""The bots as one thing to start and stop: sender, poller and worker of each in one thread."""

import asyncio
import threading
import time
from concurrent.futures import Future
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Final, Self

from aiohttp import web

from bot import bots
from bot.introduction import introduce, username
from bot.receiving import inbox
from bot.receiving.poller import Poller
from bot.receiving.webhook import Webhook, build_app
from bot.sending import outbox
from bot.sending.sender import SETTLE, Sender
from bot.staying_alive import Part, keep_alive, rest
from bot.telegram.telegram_api import TelegramApi, run_alone
from jetkiz.background import BackgroundServer
from jetkiz.bot_tokens import BotToken, read_bots
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace

LOOK_EVERY: Final = 0.05
TRY_INTRODUCTION: Final = 30.0


class OneBot:
    """One bot of several: its own line to Telegram, inbox, outbox and dialogue."""

    def __init__(self, workplace: Workplace, token: BotToken, settle: float) -> None:
        self.number = token.number
        self._place = bots.as_bot(workplace, token)
        self._introduced = threading.Event()
        self.sender = Sender(self._place, settle=settle)
        self.receiver: Poller | Webhook | None = None

    def check(self) -> str:
        """Return the bot's name, or refuse in words when token or network are wrong."""
        settings = self._place.settings
        answer = run_alone(settings.telegram_api, settings.telegram_token, "getMe")
        return username(answer, settings.telegram_api)

    async def live(self, stop: asyncio.Event) -> None:
        """Send, fetch and answer until ``stop`` is set."""
        from bot.talking.worker import Worker  # noqa: PLC0415 - see _load_dialogue

        settings, arrived = self._place.settings, asyncio.Event()
        async with TelegramApi(settings.telegram_api, settings.telegram_token) as api:
            kind = Webhook if settings.telegram_webhook else Poller
            self.receiver = receiver = kind(self._place, api, arrived)
            worker = Worker(self._place, api, arrived, self.sender.wake)
            parts = (self.sender.run, receiver.run, worker.run, self._introduce(api))
            await asyncio.gather(*(keep_alive(part, stop) for part in parts))

    def _introduce(self, api: TelegramApi) -> Part:
        async def part(stop: asyncio.Event) -> None:
            while not stop.is_set():
                if await introduce(self._place, api):
                    self._introduced.set()
                    await stop.wait()
                await rest(stop, TRY_INTRODUCTION)

        return part

    def has_fetched_all(self, loop: asyncio.AbstractEventLoop, until: float) -> bool:
        """Ask Telegram until it has nothing to hand out.

        Two empty answers are needed: the question of the first may be older than this call.
        """
        receiver = self.receiver
        if receiver is None:
            return False
        loop.call_soon_threadsafe(self.sender.wake)
        for _ in range(2):
            rounds = receiver.empty_rounds
            loop.call_soon_threadsafe(receiver.hurry)
            while receiver.empty_rounds == rounds and time.monotonic() < until:
                time.sleep(LOOK_EVERY / 5)
        return time.monotonic() < until

    def is_quiet(self) -> bool:
        """Whether everything is answered, every answer has left, and Telegram knows the menu."""
        with self._place.database.read() as connection:
            waiting = inbox.count_waiting(connection, self.number)
            return (
                self._introduced.is_set()
                and not waiting
                and not outbox.count_open(connection, self.number)
            )


class BotService(BackgroundServer):
    """All bots of the settings, in one thread of their own; ``port`` is the webhook's, or 0."""

    name = "telegram-bot"

    def __init__(self, workplace: Workplace, *, settle: float = SETTLE) -> None:
        super().__init__()
        self._workplace = workplace
        self._tokens = read_bots(workplace.settings)
        self._settle = settle
        self._bots: list[OneBot] = []

    def check(self) -> str:
        """Ask Telegram for the name of every bot and keep it; return that of the first."""
        self._take_up()
        names = {}
        for one in self._made():
            names[one.number] = one.check()
        with self._workplace.database.write() as connection:
            for number, name in names.items():
                bots.remember_name(connection, number, name)
        return next(iter(names.values()))

    def _take_up(self) -> None:
        if not any(one.number for one in self._tokens):
            raise bots.no_token()
        with self._workplace.database.write() as connection:
            bots.take_up(connection, self._tokens)

    def _made(self) -> list[OneBot]:
        return [OneBot(self._workplace, one, self._settle) for one in self._tokens]

    def start(self) -> Self:
        """Begin to send, fetch and answer; without a network it keeps trying."""
        self._take_up()
        self._load_dialogue()
        return super().start()

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

    def drain(self, timeout: float = 30.0) -> bool:
        """Wait until everything said to the bots is answered and everything they say has left.

        Return False when ``timeout`` seconds were not enough.
        """
        until = time.monotonic() + timeout
        while (loop := self.loop) and time.monotonic() < until:
            fetched = all(one.has_fetched_all(loop, until) for one in self._bots)
            if fetched and all(one.is_quiet() for one in self._bots):
                return True
            time.sleep(LOOK_EVERY)
        return False

    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        """Talk; at the end what is under way comes to its end, what waits stays in the outbox."""
        self._bots = self._made()
        async with AsyncExitStack() as closing:
            is_visited = bool(self._workplace.settings.telegram_webhook)
            opened.set_result(await self._open_site(closing) if is_visited else 0)
            await asyncio.gather(*(keep_alive(one.live, enough) for one in self._bots))

    async def _open_site(self, closing: AsyncExitStack) -> int:
        """Listen where the proxy hands over what Telegram brings to the bots; return the port."""
        settings = self._workplace.settings
        if not settings.telegram_webhook.startswith(("https://", "http://127.0.0.1")):
            raise JetkizError(
                N_("Telegram brings messages only to an address with https, not to {address}."),
                N_("Correct telegram_webhook, or leave it empty: then we ask for the messages."),
                address=settings.telegram_webhook,
            )
        runner = web.AppRunner(build_app(self._webhooks), access_log=None)
        await runner.setup()
        closing.push_async_callback(runner.cleanup)
        host, port = settings.telegram_webhook_host, settings.telegram_webhook_port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise JetkizError(
                N_("The webhook cannot listen on {host}, port {port}: {reason}."),
                N_("Choose another telegram_webhook_port, or stop what listens there."),
                host=host,
                port=port,
                reason=error.strerror or type(error).__name__,
            ) from error
        return int(runner.addresses[0][1])

    def _webhooks(self) -> list[Webhook]:
        found = (one.receiver for one in self._bots)
        return [one for one in found if isinstance(one, Webhook)]
