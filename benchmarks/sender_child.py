"""A sender in a process of its own, with the limits opened: folder, address, rate.

It prints how many CPU-seconds it took once the outbox is empty.
"""

import asyncio
import sys
import time
from pathlib import Path

from bot.sending import outbox
from bot.sending.sender import Sender
from jetkiz.config import Settings
from jetkiz.storage.workplace import open_workplace


async def main(folder: str, address: str, rate: str) -> None:
    """Send until nothing waits."""
    settings = Settings(
        data=Path(folder),
        telegram_api=address,
        telegram_token="1:test",  # noqa: S106 - opens nothing
        telegram_rate=float(rate),
        telegram_chat_rate=1000.0,
    )
    workplace = open_workplace(settings)
    sender, stop = Sender(workplace), asyncio.Event()
    began, cpu = time.perf_counter(), time.process_time()
    task = asyncio.create_task(sender.run(stop))
    while not task.done() and await workplace.database.look(outbox.count_open, sender.bot):
        await asyncio.wait([task], timeout=0.25)
    print(time.perf_counter() - began, time.process_time() - cpu, flush=True)
    stop.set()
    await task


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
