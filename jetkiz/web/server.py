"""Starts the console: alone, or beside a program in a thread of its own."""

import asyncio
from concurrent.futures import Future

from aiohttp import web

from jetkiz.background import BackgroundServer
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace
from jetkiz.web.app import make_app


class ConsoleServer(BackgroundServer):
    """The console in a background thread: `with ConsoleServer(workplace) as server: server.url`."""

    name = "console"

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace

    @property
    def url(self) -> str:
        """Where the console is reached."""
        host = self.workplace.settings.console_host
        # Every address of the machine is listened on; this one a browser on it can open.
        return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{self.port}"  # noqa: S104

    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        """Answer browsers until it is enough."""
        runner = web.AppRunner(make_app(self.workplace), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        settings = self.workplace.settings
        try:
            await web.TCPSite(runner, settings.console_host, settings.console_port).start()
            opened.set_result(int(runner.addresses[0][1]))
            await enough.wait()
        except OSError as error:
            raise _cannot_listen(settings.console_host, settings.console_port, error) from error
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
