"""How a test waits for what will come: minutes on a slow machine, and no longer than needed."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0
STEP = 0.01

T = TypeVar("T")


async def until(happened: Callable[[], bool]) -> None:
    """Wait beside what runs in the same loop."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(STEP)


def waits_for(found: Callable[[], T]) -> T:
    """Wait for another thread or program; return what was found in the end."""
    end = time.monotonic() + PATIENCE
    while not (one := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(STEP)
    return one
