"""The senders alone as one thing to start and stop, beside any number of others like it.

No dialogue and no aiogram: it starts in half a second and stays small.
"""

import asyncio
from concurrent.futures import Future

from bot.sending.sender import SETTLE, Sender
from bot.staying_alive import keep_alive
from jetkiz.background import BackgroundServer
from jetkiz.bot_tokens import read_bots
from jetkiz.storage.workplace import Workplace


def sender_name(worker: str) -> str:
    """Return the name under which the senders of a process claim messages.

    Not the worker's own: the bot of the same worker may send at the same time elsewhere.
    """
    return f"sender:{worker}"


class SenderService(BackgroundServer):
    """A sender for each bot of the settings, in one thread of their own; no port is opened."""

    name = "telegram-sender"

    def __init__(self, workplace: Workplace, *, settle: float = SETTLE) -> None:
        super().__init__()
        self._workplace = workplace
        self._settle = settle

    async def serve(self, opened: "Future[int]", enough: asyncio.Event) -> None:
        """Send; at the end what is under way comes to its end, what waits stays in the outbox."""
        name = sender_name(self._workplace.settings.worker)
        senders = [
            Sender(self._workplace, token=one.token, name=name, settle=self._settle)
            for one in read_bots(self._workplace.settings)
        ]
        opened.set_result(0)
        await asyncio.gather(*(keep_alive(one.run, enough) for one in senders))
