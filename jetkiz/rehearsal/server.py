"""Starts the rehearsal Telegram: alone, or beside a program in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from jetkiz.i18n import N_
from jetkiz.rehearsal import ledger
from jetkiz.rehearsal.bot_server import STAGE, add_bot_routes
from jetkiz.rehearsal.chat_page import add_page_routes
from jetkiz.rehearsal.journal import Journal
from jetkiz.rehearsal.limits import Limits
from jetkiz.rehearsal.model import Bot
from jetkiz.rehearsal.refusals import RehearsalError
from jetkiz.rehearsal.rehearsal_api import add_rehearsal_routes
from jetkiz.rehearsal.stage import Stage, real_time
from jetkiz.rehearsal.world import World

START_WITHIN = 30.0
LARGEST_BODY = 1024 * 1024  # beside the files themselves


@dataclass(frozen=True, slots=True)
class Options:
    """How a rehearsal is set up."""

    token: str = "1:test"  # noqa: S105 - opens nothing but this rehearsal
    host: str = "127.0.0.1"
    port: int = 0
    bot_name: str = "Jetkiz"
    journal: Path | None = None
    limits: Limits = field(default_factory=Limits)
    calendar: Callable[[], datetime] = real_time
    ticks: Callable[[], float] = time.monotonic
    zone: tzinfo | None = None


def build_stage(options: Options) -> Stage:
    number, _, secret = options.token.partition(":")
    if not number.isdecimal() or not secret:
        raise RehearsalError(
            N_("{token} is no bot token."),
            N_("Use a number, a colon and letters, as in 1:test."),
            400,
            token=options.token,
        )
    bot = Bot(options.token, options.bot_name, f"jetkiz_{number}_bot")
    journal = Journal(options.journal) if options.journal else None
    return Stage(
        World(bot, journal),
        limits=options.limits,
        calendar=options.calendar,
        ticks=options.ticks,
        zone=options.zone,
    )


def build_app(stage: Stage) -> web.Application:
    app = web.Application(client_max_size=stage.limits.upload_bytes + LARGEST_BODY)
    app[STAGE] = stage
    add_bot_routes(app)
    add_rehearsal_routes(app)
    add_page_routes(app)
    return app


async def open_site(stage: Stage, options: Options) -> tuple[web.AppRunner, int]:
    """The running server and its port; a port in use is said in words."""
    runner = web.AppRunner(build_app(stage), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port).start()
    except OSError as error:
        await runner.cleanup()
        raise RehearsalError(
            N_("The rehearsal cannot listen on {host}, port {port}."),
            N_("Choose another port, or stop the program that uses it."),
            host=options.host,
            port=options.port,
        ) from error
    return runner, int(runner.addresses[0][1])


async def close_site(stage: Stage, runner: web.AppRunner) -> None:
    stage.close()
    await runner.cleanup()
    if stage.world.journal is not None:
        stage.world.journal.close()


class RehearsalServer:
    """The rehearsal in a background thread: `with RehearsalServer() as server: server.url`."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.port = 0
        self.stage: Stage | None = None
        self.thread: threading.Thread | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.enough: asyncio.Event | None = None

    @property
    def url(self) -> str:
        return f"http://{self.options.host}:{self.port}"

    def start(self) -> Self:
        ready: Future[int] = Future()
        self.thread = threading.Thread(target=self.run, args=(ready,), name="rehearsal")
        self.thread.daemon = True
        self.thread.start()
        self.port = ready.result(START_WITHIN)
        return self

    def run(self, ready: "Future[int]") -> None:
        try:
            asyncio.run(self.serve(ready))
        except RehearsalError as refusal:
            ready.set_exception(refusal)

    async def serve(self, ready: "Future[int]") -> None:
        self.loop = asyncio.get_running_loop()
        self.enough = asyncio.Event()
        self.stage = build_stage(self.options)
        runner, port = await open_site(self.stage, self.options)
        ready.set_result(port)
        await self.enough.wait()
        await close_site(self.stage, runner)

    def stop(self) -> None:
        """End the thread; a second call does nothing."""
        if self.thread is None or self.loop is None or self.enough is None:
            return
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.enough.set)
            self.thread.join(START_WITHIN)
        self.thread = None

    def write_transcript(self, path: Path) -> None:
        """Write what everybody saw; works while the rehearsal runs and after it."""
        if self.stage is None:
            raise RehearsalError(
                N_("The rehearsal has not begun."), N_("Start it before you ask for its words.")
            )
        if self.thread is None or self.loop is None:
            ledger.write_transcript(self.stage.world, path)
            return
        asyncio.run_coroutine_threadsafe(self.write(self.stage, path), self.loop).result(60)

    async def write(self, stage: Stage, path: Path) -> None:
        ledger.write_transcript(stage.world, path)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
