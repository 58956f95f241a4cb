"""A Bot API of one page that only answers: the smallest thing to measure a sender against.

`python -m benchmarks.loopback DELAY RATE BURST` prints its port. It answers after DELAY seconds and
refuses what exceeds the bucket. A request for /stats tells what it has seen.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import cast


@dataclass
class Counts:
    """What the server has seen: a token bucket, when it took a message, how often it refused."""

    rate: float
    burst: float
    level: float = 0.0
    at: float = 0.0
    taken: list[float] = field(default_factory=list)
    refused: int = 0

    def takes(self, now: float) -> bool:
        """Let a message through if the bucket holds one."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1.0:
            self.refused += 1
            return False
        self.level -= 1.0
        self.taken.append(now)
        return True

    def told(self) -> bytes:
        """Return what was seen as JSON."""
        taken = self.taken
        return json.dumps(
            {
                "taken": len(taken),
                "seconds": taken[-1] - taken[0] if taken else 0.0,
                "refused": self.refused,
            }
        ).encode()


class OneAnswer(asyncio.Protocol):
    """Reads requests that have a length, one after the other, and answers each."""

    def __init__(self, counts: Counts, delay: float) -> None:
        self.counts, self.delay, self.read = counts, delay, bytearray()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that has come whole."""
        self.read += data
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.read[:end]).lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self.read) < end + 4 + length:
                return
            del self.read[: end + 4 + length]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        """Take or refuse a message, after the delay."""
        if head.startswith(b"get /stats"):
            self.write(b"200 OK", self.counts.told())
        elif b"/sendmessage" not in head[:200]:
            self.write(b"200 OK", b'{"ok":true,"result":{"id":1,"is_bot":true,"username":"b"}}')
        elif self.counts.takes(time.perf_counter()):
            number = len(self.counts.taken)
            body = (
                b'{"ok":true,"result":{"message_id":%d,"date":1,"text":"x",'
                b'"chat":{"id":5,"type":"private","first_name":"A"},'
                b'"from":{"id":1,"is_bot":true,"first_name":"b","username":"b"}}}' % number
            )
            asyncio.get_running_loop().call_later(self.delay, self.write, b"200 OK", body)
        else:
            words = b'{"ok":false,"error_code":429,"description":"Too Many Requests",'
            self.write(b"429 Too Many Requests", words + b'"parameters":{"retry_after":1}}')

    def write(self, status: bytes, body: bytes) -> None:
        """Send one answer."""
        if self.transport is None:
            return
        self.transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )


async def main(delay: float, rate: float, burst: float) -> None:
    """Serve until killed."""
    counts = Counts(rate, burst, level=burst, at=time.perf_counter())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: OneAnswer(counts, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:])))
