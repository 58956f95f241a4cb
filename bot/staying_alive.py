"""How a part of the bot goes on after a failure that is not its own, such as a full disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.fault_words import fault_words

log = logging.getLogger(__name__)

REST_AFTER_FAILURE: Final = 2.0

Part = Callable[[asyncio.Event], Awaitable[None]]


async def keep_alive(part: Part, stop: asyncio.Event) -> None:
    """Begin a part again after a failure, such as a full disk that has room again."""
    while not stop.is_set():
        if not await goes_well("bot_part", part(stop)):
            await rest(stop, REST_AFTER_FAILURE)


async def goes_well(name: str, act: Awaitable[object]) -> bool:
    """Do something, and say whether it came to its end; a failure stops nobody else."""
    try:
        await act
    except Exception as error:
        log.error("%s_failed error=%s", name, fault_words(error))  # noqa: TRY400 - no tokens in logs
        log.debug("%s_failed", name, exc_info=error)
        return False
    return True


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until ``stop`` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
