"""Where the words of a handler go: into the outbox, in the transaction that handles the update.

Handlers are written as for any aiogram bot (``message.answer``, ``query.answer``), yet nothing
touches the network: either the update was handled and its answers will leave, or neither.
"""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any, Final, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.sending.outbox import Lane, Outgoing
from jetkiz.storage.workplace import wall_clock

# What stands for the number of a press where a button's words were typed.
TYPED: Final = "typed"


class OutboxSession(BaseSession):
    """Writes each request of one update into the outbox under its own key."""

    def __init__(self, chat_id: int, prefix: str, write: Callable[[Outgoing], None]) -> None:
        super().__init__()
        self._chat_id = chat_id
        self._prefix = prefix
        self._write = write
        self._count = 0
        self.has_answered_press = False

    def put(
        self,
        method: str,
        payload: dict[str, Any],
        edits: str = "",
        subject: str = "",
        key: str = "",
        rest: timedelta = timedelta(0),
    ) -> str:
        """Write one request, under its own ``key`` or the next of the update; return the key.

        It leaves after a ``rest``.
        """
        is_press = method == "answerCallbackQuery"
        self.has_answered_press |= is_press
        if is_press and payload.get("callback_query_id") == TYPED:
            return self._say(str(payload.get("text") or ""))
        self._count += 1
        key = key or f"{self._prefix}:{self._count}"
        self._write(
            Outgoing(
                key=key,
                chat_id=self._chat_id,
                method=method,
                payload=payload,
                lane=Lane.PRESS if is_press else Lane.ANSWER,
                edits=edits,
                subject=subject,
                not_before=wall_clock() + rest if rest else None,
            )
        )
        return key

    def _say(self, words: str) -> str:
        """Say in a message what passes by over a button: whoever typed pressed none."""
        return self.put("sendMessage", {"chat_id": self._chat_id, "text": words}) if words else ""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the base class names it so
    ) -> TelegramType:
        """Write a request of aiogram; what it would return is not known yet."""
        values = method.model_dump(warnings=False)
        payload = self.prepare_value(values, bot=bot, files={}, _dumps_json=False)
        self.put(method.__api_method__, payload)
        return cast("TelegramType", True)

    async def close(self) -> None:
        """Nothing is open."""

    def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Files were fetched before the update is handled."""
        raise RuntimeError("A handler fetches nothing.")
