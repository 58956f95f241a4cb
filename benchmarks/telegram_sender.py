"""How fast, how steady and how small the sender is, beside the usual loop and stock aiogram.

The server answers in a process of its own on the last core, the sender runs on the first.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
RATE, BURST, DELAY = 30.0, 7.0, 0.08
STEADY, SERIAL = 450, 40
EACH, ROUNDS, UNDER_WAY = 1500, 5, 25
CONSIGNMENTS = 10_000
FEW = 300
AS_FAST_AS_IT_CAN = 2000
# It uses a bucket of thirty up; a school's setting is 28 (93 % of it), for lines that bunch.
OWN_RATE = 29.5


def run(record: Callable[..., None]) -> None:
    """Measure everything; each part has servers of its own."""
    rate_use(record)
    cpu_per_message(record)
    with tempfile.TemporaryDirectory() as folder:
        from benchmarks.sending_school import open_school

        school = Path(folder) / "school"
        school.mkdir()
        open_school(school, CONSIGNMENTS).close()
        drained(record, school)
    start_and_size(record)


def on_core(*, last: bool) -> list[str]:
    """Return what pins a command: the server to the last core, the sender to the first."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[-1 if last else 0])]


@contextlib.contextmanager
def loopback(delay: float, rate: float, burst: float) -> Iterator[str]:
    """A server that only answers, on the last core."""
    command = [sys.executable, "-m", "benchmarks.loopback", str(delay), str(rate), str(burst)]
    with served(command) as port:
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def served(command: list[str]) -> Iterator[int]:
    """A process on the last core whose first line is its port."""
    pinned = [*on_core(last=True), *command]
    child = subprocess.Popen(pinned, stdout=subprocess.PIPE, cwd=HERE)
    try:
        yield int(next(iter(child.stdout or ())))
    finally:
        child.kill()
        child.wait()


def stats(address: str) -> dict[str, Any]:
    """Return what the loopback server has seen."""
    with urllib.request.urlopen(f"{address}/stats") as answer:  # noqa: S310 - our own server
        found: dict[str, Any] = json.load(answer)
        return found


def sent_by_child(folder: Path, address: str, rate: float) -> tuple[float, float]:
    """Drain an outbox in a process on the first core; return its seconds and CPU-seconds."""
    command = [sys.executable, "-m", "benchmarks.sender_child", str(folder), address, str(rate)]
    pinned = [*on_core(last=False), *command]
    done = subprocess.run(pinned, check=True, capture_output=True, cwd=HERE)
    seconds, cpu = done.stdout.split()
    return float(seconds), float(cpu)


def rate_use(record: Callable[..., None]) -> None:
    """How much of a bucket of 30 a second is used, once what was saved up is spent."""
    from benchmarks.sending_school import open_school

    with tempfile.TemporaryDirectory() as folder:
        open_school(Path(folder), STEADY).close()
        with loopback(DELAY, RATE, BURST) as address:
            sent_by_child(Path(folder), address, OWN_RATE)
            ours = stats(address)
    with loopback(DELAY, RATE, BURST) as address:
        asyncio.run(serial(address))
        loop = stats(address)
    use = (ours["taken"] - BURST) / ours["seconds"] / RATE
    usual = (loop["taken"] - 1) / loop["seconds"] / RATE
    peer = f"one after the other, sleep 0.05: {usual * RATE:.1f}/s"
    record(name="telegram.rate_use", value=use, unit="share", peer=peer, ratio=use / usual)
    record(
        name="telegram.refusals_429",
        value=ours["refused"],
        unit="of 450",
        peer=f"one after the other: {loop['refused']} of {SERIAL}",
    )


async def serial(address: str) -> None:
    """The loop that most bots have."""
    from bot.telegram.telegram_api import TelegramApi

    async with TelegramApi(address, "1:test") as api:
        for number in range(SERIAL):
            await api.ask("sendMessage", {"chat_id": number, "text": "x"})
            await asyncio.sleep(0.05)


def cpu_per_message(record: Callable[..., None]) -> None:
    """CPU of one message by our request path and by stock aiogram, the best of rounds in turn.

    What a consignment takes before and after the request is in ``db_consignments_per_s``.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        with loopback(0.0, 1e9, 1e9) as address:
            rounds = [asyncio.run(both(address)) for _ in range(ROUNDS + 1)][1:]
    finally:
        os.sched_setaffinity(0, before)
    ours, theirs = (min(one) * 1e6 for one in zip(*rounds, strict=True))
    peer = f"aiogram {theirs:.0f} us, ours {ours:.0f} us a message"
    record(name="telegram.cpu_ratio_aiogram", value=ours / theirs, unit="x", peer=peer)


async def both(address: str) -> tuple[float, float]:
    """Return the CPU-seconds a message of ours and of aiogram."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardMarkup

    from benchmarks.sending_school import BUTTONS, TEXT
    from bot.telegram.telegram_api import TelegramApi

    async with TelegramApi(address, "1:test") as api:
        words = {"text": TEXT, "parse_mode": "HTML", "reply_markup": BUTTONS}

        async def ours(number: int) -> None:
            must((await api.ask("sendMessage", {"chat_id": number, **words})).message_id)

        mine = await many(ours)
    session = AiohttpSession(api=TelegramAPIServer.from_base(address))
    async with Bot("1:test", session=session) as bot:
        keyboard = InlineKeyboardMarkup.model_validate(BUTTONS)

        async def theirs(number: int) -> None:
            sent = await bot.send_message(number, TEXT, parse_mode="HTML", reply_markup=keyboard)
            must(sent.message_id)

        return mine, await many(theirs)


def must(found: object) -> None:
    """Stop where something is missing: a number that measured nothing is worse than none."""
    if not found:
        raise SystemExit("The measured request was not answered as it should be.")


async def many(send: Callable[[int], Any]) -> float:
    """Send with 25 under way; return the CPU-seconds a message."""
    numbers = iter(range(1, EACH + 1))

    async def one_of_many() -> None:
        for number in numbers:
            await send(number)

    began = time.process_time()
    await asyncio.gather(*(one_of_many() for _ in range(UNDER_WAY)))
    return (time.process_time() - began) / EACH


def drained(record: Callable[..., None], school: Path) -> None:
    """10,000 consignments from SQLite: through the rehearsal's Telegram, and a tiny server."""
    copy = school.parent / "copy"
    shutil.copytree(school, copy)
    with loopback(0.0, 1e9, 1e9) as address:
        seconds, cpu = sent_by_child(copy, address, AS_FAST_AS_IT_CAN)
    tiny = CONSIGNMENTS / seconds
    command = [sys.executable, "-m", "benchmarks.open_rehearsal", str(CONSIGNMENTS)]
    with served(command) as port:
        seconds, of_sender = sent_by_child(school, f"http://127.0.0.1:{port}", AS_FAST_AS_IT_CAN)
    record(
        name="telegram.db_consignments_per_s",
        value=CONSIGNMENTS / seconds,
        unit="1/s",
        peer=f"a server that only answers: {tiny:.0f}/s; CPU of the sender {each(cpu)} us each,"
        f" {each(of_sender)} us through the rehearsal",
    )


def each(cpu: float) -> str:
    """Return microseconds a consignment."""
    return f"{cpu / CONSIGNMENTS * 1e6:.0f}"


def start_and_size(record: Callable[..., None]) -> None:
    """What a real sender takes until it has sent its first hundreds of messages.

    What it imports is compiled before, as it is on a computer where it ran once.
    """
    from benchmarks.sending_school import TOKEN, open_school

    with tempfile.TemporaryDirectory() as folder, loopback(0.0, 1e9, 1e9) as address:
        open_school(Path(folder), FEW).close()
        place = {"JETKIZ_TELEGRAM_TOKEN": TOKEN, "JETKIZ_TELEGRAM_API": address}
        place |= {"JETKIZ_TELEGRAM_RATE": "100", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "jetkiz", "--data", folder, "run", "--only", "sender"]
        installed = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | place
        compiling = [sys.executable, "-c", "import bot.sending.sender_service, jetkiz.cli"]
        subprocess.run(compiling, cwd=HERE, env=installed, check=True)
        child = subprocess.Popen(
            command, cwd=HERE, env=installed, stdout=subprocess.PIPE, text=True
        )
        try:
            lines = iter(child.stdout or ())
            must(any("Everything runs" in line for line in lines))
            start = cpu_seconds(child.pid)
            while stats(address)["taken"] < FEW:
                time.sleep(0.1)
            time.sleep(0.5)
            size = resident_mb(child.pid)
            loaded = Path(f"/proc/{child.pid}/maps").read_text("utf-8")
        finally:
            child.terminate()
            child.wait()
    must("pydantic" not in loaded)
    record(name="telegram.sender_rss_mb", value=size, unit="MB")
    record(name="telegram.sender_start_cpu_s", value=start, unit="s")


def cpu_seconds(process: int) -> float:
    """Return the CPU-seconds a process has used."""
    parts = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """Return the memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
