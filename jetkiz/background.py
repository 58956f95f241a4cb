"""How a server runs beside a program: in a thread of its own, from an open port to a clean end."""

import asyncio
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future
from types import TracebackType
from typing import ClassVar, Final, Self

from jetkiz.errors import JetkizError

# A server opens or ends; only on a busy computer that takes long.
START_WITHIN: Final = 120.0
STOP_WITHIN: Final = 30.0


class BackgroundServer(ABC):
    """A server in a background thread: `with SomeServer() as server: server.url`."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self.port = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._enough: asyncio.Event | None = None

    @abstractmethod
    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        """Open a port, name it to ``opened`` (0 for none); close when ``enough`` is set."""

    def start(self) -> Self:
        """Open the port; a port in use is said in words."""
        opened: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name=self.name)
        self._thread.daemon = True
        self._thread.start()
        self.port = opened.result(START_WITHIN)
        return self

    def stop(self) -> None:
        """Answer what was asked, then close the port; a second call does nothing."""
        if self.is_running and self._thread and self._loop and self._enough:
            self._loop.call_soon_threadsafe(self._enough.set)
            self._thread.join(STOP_WITHIN)

    def wait(self) -> None:
        """Stay until the server ends or somebody presses Ctrl-C."""
        while self._thread and self._thread.is_alive():
            self._thread.join(0.5)

    @property
    def is_running(self) -> bool:
        """True while the thread lives."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop in which the server answers; None when it does not run."""
        return self._loop if self.is_running else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, opened: "Future[int]") -> None:
        try:
            asyncio.run(self._live(opened))
        except (JetkizError, OSError) as error:
            if opened.done():
                raise
            opened.set_exception(error)
        finally:
            # Whatever ended it: who waits for the port hears so at once.
            opened.cancel()

    async def _live(self, opened: "Future[int]") -> None:
        self._loop, self._enough = asyncio.get_running_loop(), asyncio.Event()
        await self.serve(opened, self._enough)
