"""The senders alone as one thing to start and stop, beside any number of others like it.

No dialogue and no aiogram: it starts in half a second and stays small.
"""

import asyncio
import threading
from typing import Final

from bot.sending.sender import SETTLE, Sender
from bot.staying_alive import keep_alive
from jetkiz.bot_tokens import read_bots
from jetkiz.storage.workplace import Workplace

LONGEST_STOP: Final = 15.0


def sender_name(worker: str) -> str:
    """Return the name under which the senders of a process claim messages.

    Not the worker's own: the bot of the same worker may send at the same time elsewhere.
    """
    return f"sender:{worker}"


class SenderService:
    """A sender for each bot of the settings, in one thread of their own."""

    def __init__(self, workplace: Workplace, *, settle: float = SETTLE) -> None:
        self._workplace = workplace
        self._settle = settle
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> None:
        """Begin to send; without a network it keeps trying."""
        self._thread = threading.Thread(target=self._run, name="telegram-sender", daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End; what is under way comes to its end, what waits stays in the outbox."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(LONGEST_STOP)
        self._thread = None

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = stop = asyncio.Event()
        name = sender_name(self._workplace.settings.worker)
        senders = [
            Sender(self._workplace, token=one.token, name=name, settle=self._settle)
            for one in read_bots(self._workplace.settings)
        ]
        self._ready.set()
        await asyncio.gather(*(keep_alive(one.run, stop) for one in senders))
