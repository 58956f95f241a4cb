"""Starts the rehearsal Telegram: alone, or beside a program in a thread of its own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from aiohttp import web

from jetkiz.background import BackgroundServer
from jetkiz.i18n import N_
from jetkiz.rehearsal import ledger
from jetkiz.rehearsal.bot_server import STAGE, add_bot_routes
from jetkiz.rehearsal.chat_page import add_page_routes
from jetkiz.rehearsal.clock import RehearsalClock, real_time
from jetkiz.rehearsal.journal import Journal
from jetkiz.rehearsal.limits import Limits
from jetkiz.rehearsal.model import Bot, MessageIds
from jetkiz.rehearsal.refusals import RehearsalError
from jetkiz.rehearsal.rehearsal_api import add_rehearsal_routes
from jetkiz.rehearsal.stage import Stage
from jetkiz.rehearsal.world import World

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
    message_ids: MessageIds = MessageIds.ACCOUNT


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
        World(bot, journal, options.message_ids),
        limits=options.limits,
        clock=RehearsalClock(options.calendar, options.ticks),
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


class RehearsalServer(BackgroundServer):
    """The rehearsal in a background thread: `with RehearsalServer() as server: server.url`."""

    name = "rehearsal"

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = options or Options()
        self.stage: Stage | None = None

    @property
    def url(self) -> str:
        return f"http://{self.options.host}:{self.port}"

    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        self.stage = build_stage(self.options)
        runner, port = await open_site(self.stage, self.options)
        opened.set_result(port)
        await enough.wait()
        await close_site(self.stage, runner)

    def write_transcript(self, path: Path) -> None:
        """Write what everybody saw; works while the rehearsal runs and after it."""
        if self.stage is None:
            raise RehearsalError(
                N_("The rehearsal has not begun."), N_("Start it before you ask for its words.")
            )
        if self.loop is None:
            ledger.write_transcript(self.stage.world, path)
            return
        asyncio.run_coroutine_threadsafe(self.write(self.stage, path), self.loop).result(60)

    async def write(self, stage: Stage, path: Path) -> None:
        ledger.write_transcript(stage.world, path)
