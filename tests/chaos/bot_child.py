"""The whole bot in a process that is killed: forked from one that has imported it already."""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from bot.receiving.poller import Poller
from bot.service import BotService
from bot.talking import worker
from bot.talking.dialogue import Dialogue
from jetkiz.storage.workplace import open_workplace
from tests.chaos.school import settings_of
from tests.factories import NOW

FETCHED = "fetched"  # updates are here and not in the database
KEPT = "kept"  # they are in the database, and Telegram has not heard so
FILED = "filed"  # a photo is on the disk, and nothing in the database knows of it
HANDLED = "handled"  # all is changed and said, and nothing is committed
JOINTS = (FETCHED, KEPT, FILED, HANDLED)
REST = timedelta(seconds=0.2)


def die() -> None:
    """Go as if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(joint: str, number: int) -> None:
    """Let this process die when it comes to a joint for the n-th time."""
    places: dict[str, tuple[Any, str]] = {
        FETCHED: (Poller, "_write"),
        KEPT: (Poller, "_keep"),
        FILED: (worker, "keep_file"),
        HANDLED: (Dialogue, "handle_all"),
    }
    where, name = places[joint]
    right: Callable[..., Any] = getattr(where, name)
    passed = 0

    def passes() -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            die()

    async def keep(*given: Any) -> None:
        await right(*given)
        passes()

    def dying(*given: Any, **named: Any) -> Any:
        if joint == FETCHED:
            passes()
        made = right(*given, **named)
        passes()
        return made

    setattr(where, name, keep if joint == KEPT else dying)


def live(url: str, folder: str, api: str, unknown: str, joint: str, number: int) -> None:
    """Fetch, handle, answer and send until killed."""
    logging.disable(logging.WARNING)
    # A file that could not be fetched rests for seconds; how long decides nothing here.
    setattr(worker, "NETWORK_REST", REST)  # noqa: B010 - a rest of this process only
    if joint:
        die_at(joint, number)
    settings = settings_of(url, Path(folder), api, telegram_unknown=unknown)
    # Telegram takes some things up to a second late, and a busy computer later still: who looks
    # before that finds nothing and sends a copy.
    BotService(open_workplace(settings, lambda: NOW), settle=3.0).start()
    while True:
        time.sleep(60)


def start_bot(
    url: str, folder: Path, api: str, unknown: str = "resend", joint: str = "", number: int = 0
) -> ForkServerProcess:
    """Start a bot; only the first has to wait for aiogram."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.bot_child"])
    given = (url, str(folder), api, unknown, joint, number)
    child = context.Process(target=live, args=given, daemon=True)
    child.start()
    return child
