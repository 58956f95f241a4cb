"""How a file goes up: piece by piece, so that a slow line is told from a dead one.

A line may take an hour for a film. It is given up only when a piece does not leave in time, and
until the last piece leaves Telegram has nothing that it could take.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

PIECE: Final = 128 * 1024
# A line of 16 kB a second may take this long until the system's buffers have room again.
PIECE_TIMEOUT: Final = 120.0


class Pieces(Payload):
    """A file inside a request; ``at_last`` is called before its last piece leaves."""

    _value: bytes

    def __init__(self, content: bytes, at_last: Callable[[], None] | None = None) -> None:
        super().__init__(content)
        self._size = len(content)
        self._at_last = at_last

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the file as text."""
        return self._value.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write the whole file."""
        await self.write_with_length(writer, None)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Write the file up to a length, each piece within its time."""
        whole = memoryview(self._value)[:content_length]
        for start in range(0, max(len(whole), 1), PIECE):
            if self._at_last and start + PIECE >= len(whole):
                self._at_last()
            async with asyncio.timeout(PIECE_TIMEOUT):
                await writer.write(whole[start : start + PIECE])
