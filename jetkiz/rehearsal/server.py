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
from jetkiz.rehearsal.chat_page.pages import add_page_routes
from jetkiz.rehearsal.director.api import add_rehearsal_routes
from jetkiz.rehearsal.people import ledger
from jetkiz.rehearsal.running.bot_server import add_bot_routes
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.running.stages import STAGES, Stages
from jetkiz.rehearsal.state.clock import RehearsalClock, real_time
from jetkiz.rehearsal.state.journal import Journal
from jetkiz.rehearsal.state.limits import Limits
from jetkiz.rehearsal.state.model import Bot, MessageIds
from jetkiz.rehearsal.state.refusals import RehearsalError
from jetkiz.rehearsal.state.world import World

LARGEST_BODY = 1024 * 1024  # beside the files themselves


@dataclass(frozen=True, slots=True)
class Options:
    """How a rehearsal is set up."""

    token: str = "1:test"  # noqa: S105 - opens nothing but this rehearsal
    host: str = "127.0.0.1"
    port: int = 0
    bot_name: str = "Jetkiz"
    more_bots: tuple[tuple[str, str], ...] = ()  # token and name of each
    journal: Path | None = None
    limits: Limits = field(default_factory=Limits)
    calendar: Callable[[], datetime] = real_time
    ticks: Callable[[], float] = time.monotonic
    zone: tzinfo | None = None
    message_ids: MessageIds = MessageIds.ACCOUNT


def build_stages(options: Options) -> Stages:
    clock = RehearsalClock(options.calendar, options.ticks)

    def opened(bot: Bot, journal: Journal | None) -> Stage:
        world = World(bot, journal, options.message_ids)
        return Stage(world, limits=options.limits, clock=clock, zone=options.zone)

    stages = Stages(opened, options.journal)
    stages.open(options.token, options.bot_name)
    for token, name in options.more_bots:
        stages.join(token, name)
    stages.reopen()
    return stages


def build_app(stages: Stages, limits: Limits) -> web.Application:
    app = web.Application(client_max_size=limits.upload_bytes + LARGEST_BODY)
    app[STAGES] = stages
    add_bot_routes(app)
    add_rehearsal_routes(app)
    add_page_routes(app)
    return app


async def open_site(stages: Stages, options: Options) -> tuple[web.AppRunner, int]:
    """The running server and its port; a port in use is said in words."""
    runner = web.AppRunner(build_app(stages, options.limits), access_log=None, shutdown_timeout=2.0)
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
    for stage in stages.by_number.values():
        stages.carry(stage)
    return runner, int(runner.addresses[0][1])


async def close_site(stages: Stages, runner: web.AppRunner) -> None:
    stages.close()
    await stages.stop_couriers()
    await runner.cleanup()
    stages.close_journals()


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
        stages = build_stages(self.options)
        self.stage = stages.first
        runner, port = await open_site(stages, self.options)
        opened.set_result(port)
        await enough.wait()
        await close_site(stages, runner)

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
