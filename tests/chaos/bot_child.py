"""The whole bot in a process that is killed: forked from one that has imported it already."""

import multiprocessing
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.service import BotService
from jetkiz.storage.workplace import open_workplace
from tests.chaos.school import settings_of
from tests.factories import NOW


def live(url: str, folder: str, api: str, unknown: str) -> None:
    """Fetch, handle, answer and send until killed."""
    settings = settings_of(url, Path(folder), api, telegram_unknown=unknown)
    BotService(open_workplace(settings, lambda: NOW), settle=1.0).start()
    while True:
        time.sleep(60)


def start_bot(url: str, folder: Path, api: str, unknown: str = "resend") -> ForkServerProcess:
    """Start a bot; only the first has to wait for aiogram."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.bot_child", "bot.talking.worker"])
    child = context.Process(target=live, args=(url, str(folder), api, unknown), daemon=True)
    child.start()
    return child
