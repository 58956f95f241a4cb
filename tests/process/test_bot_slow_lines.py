"""A slow line is not a dead one: files take their time, and what never left whole was not sent."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.telegram import pieces, telegram_api
from bot.telegram.telegram_api import BrokenOffError, TelegramApi, Upload
from bot.telegram.telegram_errors import Kind
from tests.bot_school import PATIENCE, TOKEN

Line = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
# Too much for the system's buffers, where a megabyte on its way looks like one that arrived.
FILM = bytes(8 * 1024 * 1024)
SILENCE = 0.25
STEP = 0.01


@asynccontextmanager
async def line(behaves: Line) -> AsyncIterator[str]:
    """A way to Telegram that behaves in some way; little fits into its buffers."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behaves(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=32 * 1024)
    server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def head(reader: asyncio.StreamReader) -> int:
    """Read the head of a request and return the length of its body."""
    words = (await reader.readuntil(b"\r\n\r\n")).lower()
    return int(words.partition(b"content-length: ")[2].split(b"\r\n")[0])


async def say(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


@pytest.fixture(autouse=True)
async def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop's clock stand still where the machine does: both ends of a line are in it.

    It counts no more of a step than a quick machine takes, and of a wait what was to be waited.
    """
    loop: Any = asyncio.get_running_loop()
    select, seen, passed = loop._selector.select, time.monotonic(), loop.time()

    def now() -> float:
        nonlocal seen, passed
        moment = time.monotonic()
        passed, seen = passed + min(moment - seen, STEP), moment
        return passed

    def wait(seconds: float | None) -> Any:
        nonlocal seen, passed
        now()
        began = time.monotonic()
        found = select(seconds)
        seen = time.monotonic()
        waited = seen - began
        passed += waited if seconds is None else min(waited, seconds)
        return found

    monkeypatch.setattr(loop._selector, "select", wait)
    monkeypatch.setattr(loop, "time", now)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_TIMEOUT", SILENCE)
    monkeypatch.setattr(telegram_api, "SLOWEST_LINE", 4e6)
    monkeypatch.setattr(telegram_api, "STORED_A_SECOND", 1e12)


async def send(address: str, *contents: bytes) -> tuple[Kind, str]:
    files = tuple(Upload(f"file{n}", "f.mp4", one) for n, one in enumerate(contents))
    async with TelegramApi(address, TOKEN) as api, asyncio.timeout(PATIENCE):
        outcome = await api.ask("sendDocument", {"chat_id": 5}, files, timeout=SILENCE)
        return outcome.kind, outcome.detail


async def test_an_upload_may_take_longer_than_an_answer() -> None:
    loop, took = asyncio.get_running_loop(), []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left, began = await head(reader), loop.time()
        while left:
            left -= len(await reader.read(64 * 1024))
            await asyncio.sleep(0.005)
        took.append(loop.time() - began)
        await say(writer, json.dumps({"ok": True, "result": {"message_id": 7}}).encode())

    async with line(slow) as address:
        assert (await send(address, FILM, b"x"))[0] == Kind.SENT
    assert took[0] > SILENCE, "else this line was not slow"


@pytest.mark.parametrize("contents", [(FILM,), (b"x", FILM), (FILM, b"x")])
async def test_an_upload_that_stops_in_the_middle_was_not_sent(contents: tuple[bytes]) -> None:
    async def stops(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await head(reader)
        await reader.read(1000)
        await asyncio.sleep(4 * SILENCE)

    async with line(stops) as address:
        assert (await send(address, *contents))[0] == Kind.NOT_SENT


async def test_an_upload_that_is_cut_off_in_the_middle_was_not_sent() -> None:
    async def cuts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        await reader.read(1000)
        writer.transport.abort()

    async with line(cuts) as address:
        assert (await send(address, FILM))[0] == Kind.NOT_SENT


@pytest.mark.parametrize("contents", [(b"x",), (b"x", b"y"), (b"",)])
async def test_what_was_sent_whole_may_have_arrived(contents: tuple[bytes]) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readexactly(await head(reader))
        await asyncio.sleep(4 * SILENCE)

    async with line(silent) as address:
        assert (await send(address, *contents))[0] == Kind.UNKNOWN


def download_of(pace: float, *, stops: bool = False) -> Line:
    parts = [b"page" * 1000] * 8

    async def hand_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = sum(map(len, parts))
        found = {"file_path": "f", "file_size": size}
        await reader.readexactly(await head(reader))
        await say(writer, json.dumps({"ok": True, "result": found}).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for number, part in enumerate(parts):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(10 * SILENCE if stops and number == 3 else pace)

    return hand_out


async def test_a_download_may_be_slow_but_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    # Six times the pause between two parts: a loaded machine is late too.
    monkeypatch.setattr(telegram_api, "ANSWER_TIMEOUT", 4 * SILENCE)
    async with line(download_of(SILENCE * 2 / 3)) as address, TelegramApi(address, TOKEN) as api:
        assert len(await api.download("f")) == 32_000
    async with line(download_of(0, stops=True)) as address, TelegramApi(address, TOKEN) as api:
        with pytest.raises(BrokenOffError):
            await api.download("f")
