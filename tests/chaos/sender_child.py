"""A sender in a process of its own that can be let die, or starved of its disk, at a joint.

Started as ``python -m tests.chaos.sender_child PLAN``; PLAN is JSON, see ``Plan``.
"""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sending import sender as sender_module
from bot.sending.sender import Sender
from bot.telegram.telegram_api import TelegramApi, Upload
from bot.telegram.telegram_errors import Outcome
from jetkiz.storage.workplace import open_workplace, wall_clock
from tests.chaos.school import settings_of
from tests.full_disks import full_disk

BEFORE_REQUEST = "before_request"  # written down as being sent, and nothing has left
BEFORE_ANSWER = "before_answer"  # the request is with Telegram
BEFORE_COMMIT = "before_commit"  # the answer is here and not written down
POINTS = (BEFORE_REQUEST, BEFORE_ANSWER, BEFORE_COMMIT)
REST = 0.2


@dataclass(frozen=True)
class Plan:
    """How a child lives: whose sender it is, and at which joint of which request it dies."""

    url: str
    folder: str
    api: str
    settle: float
    worker: str = "school"
    unknown: str = "resend"
    die_at: str = ""
    die_after: int = 0
    full_disk_after: int = 0
    full_disk_for: float = 0.5
    clock: str = ""

    def command(self) -> list[str]:
        """What starts this child."""
        return [sys.executable, "-m", "tests.chaos.sender_child", json.dumps(asdict(self))]


def die() -> None:
    """Go as if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingApi(TelegramApi):
    """A line to Telegram on which the process dies at the n-th message, or the disk fills up."""

    plan: Plan
    asked = 0

    async def ask(
        self,
        method: str,
        payload: Mapping[str, Any],
        uploads: tuple[Upload, ...] = (),
        *more: Any,
        **named: Any,
    ) -> Outcome:
        self.asked += 1
        point = self.plan.die_at if self.asked == self.plan.die_after else ""
        if self.asked == self.plan.full_disk_after:
            threading.Thread(target=starve, args=(self.plan.full_disk_for,)).start()
        if point == BEFORE_REQUEST:
            die()
        asking = asyncio.ensure_future(super().ask(method, payload, uploads, *more, **named))
        if point == BEFORE_ANSWER:
            await asyncio.wait([asking], timeout=0.01)
            die()
        outcome = await asking
        if point == BEFORE_COMMIT:
            die()
        return outcome


def starve(seconds: float) -> None:
    """Let no file of this process grow for a while."""
    with full_disk():
        time.sleep(seconds)


def shifted(file: str) -> datetime:
    """The clock on the wall, wrong by the seconds that stand in a file."""
    try:
        shift = float(Path(file).read_text() or 0) if file else 0.0
    except FileNotFoundError:
        shift = 0.0
    return wall_clock() + timedelta(seconds=shift)


async def live(plan: Plan) -> None:
    """Send until killed, and begin again after a failure, as the service does."""
    settings = settings_of(
        plan.url, Path(plan.folder), plan.api, worker=plan.worker, telegram_unknown=plan.unknown
    )
    DyingApi.plan = plan
    setattr(sender_module, "TelegramApi", DyingApi)  # noqa: B010 - no name that it exports
    workplace = open_workplace(settings, lambda: shifted(plan.clock))
    sender = Sender(workplace, settle=plan.settle, clock=lambda: shifted(plan.clock))
    while True:
        try:
            await sender.run(asyncio.Event())
        except Exception as error:  # noqa: BLE001 - as the service, which goes on
            sys.stderr.write(f"sender failed: {type(error).__name__}\n")
            await asyncio.sleep(REST)


if __name__ == "__main__":
    asyncio.run(live(Plan(**json.loads(sys.argv[1]))))
