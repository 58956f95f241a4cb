"""The rehearsal's Telegram with open limits and as many people as wanted; prints its port."""

import asyncio
import sys
from datetime import UTC, datetime

from benchmarks.sending_school import TOKEN
from jetkiz.rehearsal import Limits, Options, Rate
from jetkiz.rehearsal.people import deeds
from jetkiz.rehearsal.server import build_stages, open_site

OPEN = Rate(1e9, 1e9)


async def main(count: int) -> None:
    """Let everybody press Start, then serve until killed."""
    options = Options(token=TOKEN, limits=Limits(bot=OPEN, chat=OPEN))
    stages = build_stages(options)
    stage, now = stages.first, datetime.now(UTC)
    for number in range(count):
        stage.add_person(f"p{number}", "Parent", "kk")
        person = deeds.find(stage.world, f"p{number}")
        stage.record(deeds.start(stage.world, person, "", now).events)
    _, port = await open_site(stages, options)
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
