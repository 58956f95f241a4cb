"""A sender as a process of its own, for tests that kill it: database, API, token, settle time."""

import asyncio
import sys
from pathlib import Path

from bot.sending.sender import Sender
from jetkiz.config import Settings
from jetkiz.storage.workplace import open_workplace


def main(url: str, folder: str, api: str, token: str) -> None:
    """Send until killed; aiogram must not be there."""
    settings = Settings(
        data=Path(folder),
        database_url=url,
        telegram_api=api,
        telegram_token=token,
        telegram_rate=100.0,
    )
    sender = Sender(open_workplace(settings), settle=0.0)
    if "aiogram" in sys.modules:
        sys.exit("the sender must not import aiogram")
    asyncio.run(sender.run(asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
