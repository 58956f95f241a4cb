"""Starts the console: alone, or beside a program in a thread of its own."""

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from aiohttp import web

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace
from jetkiz.web.app import make_app

START_WITHIN = 30.0


class ConsoleServer:
    """The console in a background thread: `with ConsoleServer(workplace) as server: server.url`."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self.port = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._enough: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """Where the console is reached."""
        host = self.workplace.settings.console_host
        # Every address of the machine is listened on; this one a browser on it can open.
        return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{self.port}"  # noqa: S104

    def start(self) -> Self:
        """Open the port; a port in use is said in words."""
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="console")
        self._thread.daemon = True
        self._thread.start()
        self.port = ready.result(START_WITHIN)
        return self

    def stop(self) -> None:
        """Answer what was asked, then close the port."""
        if self._loop and self._enough and self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._enough.set)
            self._thread.join(START_WITHIN)

    def wait(self) -> None:
        """Stay until the console ends or somebody presses Ctrl-C."""
        while self._thread and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, ready: Future[int]) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: Future[int]) -> None:
        self._loop, self._enough = asyncio.get_running_loop(), asyncio.Event()
        runner = web.AppRunner(make_app(self.workplace), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        settings = self.workplace.settings
        try:
            await web.TCPSite(runner, settings.console_host, settings.console_port).start()
            ready.set_result(int(runner.addresses[0][1]))
            await self._enough.wait()
        except OSError as error:
            ready.set_exception(_cannot_listen(settings.console_host, settings.console_port, error))
        finally:
            await runner.cleanup()


def _cannot_listen(host: str, port: int, error: OSError) -> JetkizError:
    return JetkizError(
        N_("The console cannot listen on {host}, port {port}: {reason}."),
        N_("Stop the program that uses it, or choose another port with --port."),
        host=host,
        port=port,
        reason=error.strerror or error,
    )
