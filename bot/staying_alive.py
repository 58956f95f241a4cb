"""How a part of the bot goes on after a failure that is not its own, such as a full disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)

REST_AFTER_FAILURE: Final = 2.0

Part = Callable[[asyncio.Event], Awaitable[None]]


async def keep_alive(part: Part, stop: asyncio.Event) -> None:
    """Begin a part again after a failure, such as a full disk that has room again."""
    while not stop.is_set():
        try:
            await part(stop)
        except Exception as error:
            log.error("bot_part_failed error=%s", type(error).__name__)  # noqa: TRY400 - no tokens in logs
            log.debug("bot_part_failed", exc_info=error)
            await rest(stop, REST_AFTER_FAILURE)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until ``stop`` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
