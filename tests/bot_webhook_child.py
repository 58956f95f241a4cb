"""A webhook as a process that dies after the first update is kept and before the answer."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.receiving.webhook import Webhook, build_app
from bot.telegram.telegram_api import TelegramApi
from jetkiz.config import Settings
from jetkiz.storage.workplace import open_workplace


class DyingWebhook(Webhook):
    """Keeps an update and is killed before it can say so."""

    async def _is_kept(self, raw: Any) -> bool:
        if await super()._is_kept(raw):
            os.kill(os.getpid(), signal.SIGKILL)
        return False


async def listen(settings: Settings) -> None:
    async with TelegramApi(settings.telegram_api, settings.telegram_token) as api:
        webhook = DyingWebhook(open_workplace(settings), api, asyncio.Event())
        runner = web.AppRunner(build_app(lambda: [webhook]))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings.telegram_webhook_port).start()
        await webhook.run(asyncio.Event())


def main(url: str, folder: str, api: str, token: str, webhook: str) -> None:
    """Listen until killed."""
    settings = Settings(
        data=Path(folder),
        database_url=url,
        telegram_api=api,
        telegram_token=token,
        telegram_webhook=webhook,
        telegram_webhook_port=int(webhook.rpartition(":")[2]),
    )
    asyncio.run(listen(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
