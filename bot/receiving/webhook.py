"""How Telegram brings updates by itself: answered with yes only after they are in the database.

Updates that come while one write waits for the disk share the next; a kill before the answer
lets Telegram bring the update again, and it is one.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.chats.alarms import Refused, count_refused
from bot.receiving import inbox, webhook_keys
from bot.receiving.absence import Attendance
from bot.receiving.updates import LARGEST, WANTED, Sifted, sift
from bot.receiving.webhook_keys import Lock
from bot.sending import bot_health
from bot.telegram.telegram_api import TelegramApi, bot_number
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
# Telegram may still use the secret before for requests that it had begun.
GRACE: Final = 60.0
RENEW_EVERY: Final = 24 * 3600.0
LOOK_EVERY: Final = 600.0
HURRIED: Final = 0.05
FIRST_REST: Final = 1.0
LONGEST_REST: Final = 60.0
TOLD_EVERY: Final = 1.0
CONNECTIONS: Final = 40
NOT_REACHED: Final = N_("Telegram cannot reach the webhook; see the proxy in front of it.")
NOT_TAKEN: Final = N_("Telegram does not take the address of the webhook.")


class Webhook:
    """Takes the updates of one bot that Telegram brings."""

    def __init__(self, workplace: Workplace, api: TelegramApi, arrived: asyncio.Event) -> None:
        self._database = workplace.database
        self._address = workplace.settings.telegram_webhook.rstrip("/")
        self._bot = bot_number(workplace.settings.telegram_token)
        self._api = api
        self._arrived = arrived
        self._attendance = Attendance(self._bot, workplace.settings.zone)
        self._lock = Lock()
        self._waiting: list[tuple[Any, asyncio.Future[bool]]] = []
        self._came = asyncio.Event()
        self._hurry = asyncio.Event()
        self._refused: Counter[Refused] = Counter()
        self._is_open = False
        self.empty_rounds = 0

    @property
    def path(self) -> str:
        """The last part of the address under which Telegram finds this bot."""
        return self._lock.path

    def hurry(self) -> None:
        """Ask Telegram now whether anything waits; called in the webhook's own loop."""
        self._hurry.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the webhook set and write down what comes until ``stop`` is set."""
        self._lock = await self._database.look(webhook_keys.read_lock, self._bot)
        self._is_open = True
        try:
            async with asyncio.TaskGroup() as group:
                for part in (self._stay_known, self._tell_refused, self._write_what_comes):
                    group.create_task(part(stop))
        except ExceptionGroup as failed:
            # The others have ended with the first; whoever keeps us alive is told of that one.
            raise failed.exceptions[0] from failed
        finally:
            self._is_open = False
            for _, answered in self._waiting:
                _end(answered, kept=False)
            self._waiting = []

    async def answer(self, request: web.Request) -> web.Response:
        """Take one update, or refuse it politely; whoever has no secret is not even read."""
        if not self._lock.opens(request.headers.get(HEADER, "")):
            return self._refuse(Refused.FORGED, 403)
        try:
            body = await request.read()
            raw = json.loads(body)
        except web.HTTPRequestEntityTooLarge:
            return self._refuse(Refused.OVERSIZED, 413)
        except (ValueError, RecursionError):
            return self._refuse(Refused.MALFORMED, 400)
        found = sift([raw])
        for why in found.refused:
            return self._refuse(why, 413 if why == Refused.OVERSIZED else 400)
        if found.kept and not await self._is_kept(raw):
            return web.Response(status=503)
        return web.Response()

    def _refuse(self, why: Refused, status: int) -> web.Response:
        self._refused[why] += 1
        return web.json_response({"ok": False, "error_code": status}, status=status)

    async def _is_kept(self, raw: Any) -> bool:
        if not self._is_open:
            return False
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((raw, answered))
        self._came.set()
        return await answered

    async def _write_what_comes(self, stop: asyncio.Event) -> None:
        while not stop.is_set() or self._waiting:
            await _first(self._came, stop)
            self._came.clear()
            if self._waiting:
                await self._write_together()

    async def _write_together(self) -> None:
        group, self._waiting = self._waiting, []
        moment = self._attendance.moment() if self._attendance.is_due else None
        is_kept = False
        try:
            found = sift([raw for raw, _ in group])
            await self._database.run(self._write, found, wall_clock(), moment is not None)
            is_kept = True
        except (JetkizError, SQLAlchemyError) as error:
            # Telegram will bring them again.
            log.warning("updates_not_kept error=%s", type(error).__name__)
        finally:
            # Whatever goes wrong, nobody is left waiting for an answer.
            for _, answered in group:
                _end(answered, kept=is_kept)
        if is_kept:
            self._arrived.set()
            if moment is not None:
                self._attendance.kept(moment)

    def _write(self, connection: Connection, found: Sifted, now: datetime, is_heard: bool) -> None:
        inbox.store(connection, self._bot, found.kept, now)
        if is_heard:
            self._attendance.heard(connection, now)

    async def _stay_known(self, stop: asyncio.Event) -> None:
        """Tell Telegram the address and a new secret, each day anew; look how it fares."""
        rest = FIRST_REST
        while not stop.is_set():
            key = await self._database.run(webhook_keys.renew, self._bot)
            self._lock = await self._database.look(webhook_keys.read_lock, self._bot)
            outcome = await self._api.ask("setWebhook", self._wish(key))
            if outcome.kind != Kind.SENT:
                await self._after_failure(outcome)
                await _wait(stop, max(rest, outcome.retry_after))
                rest = min(rest * 2, LONGEST_REST)
                continue
            rest = FIRST_REST
            self._lock = await self._database.run(webhook_keys.told, self._bot)
            await self._database.run(bot_health.solved, self._bot, NOT_TAKEN)
            await self._watch(stop)

    def _wish(self, key: webhook_keys.WebhookKey) -> dict[str, Any]:
        return {
            "url": f"{self._address}/{key.path}",
            "secret_token": key.secret,
            "allowed_updates": list(WANTED),
            "max_connections": CONNECTIONS,
            "drop_pending_updates": False,
        }

    async def _after_failure(self, outcome: Outcome) -> None:
        log.warning("webhook_not_set kind=%s detail=%s", outcome.kind, outcome.detail)
        if outcome.kind == Kind.REFUSED:
            await self._database.run(bot_health.set_problem, self._bot, NOT_TAKEN)

    async def _watch(self, stop: asyncio.Event) -> None:
        """Look now and then how Telegram fares with us, until the secret is a day old."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        is_settled = False
        while not stop.is_set() and loop.time() - begun < RENEW_EVERY:
            is_hurried = self._hurry.is_set()
            self._hurry.clear()
            if await self._look() or not is_hurried:
                wait = LOOK_EVERY if is_settled else GRACE
                if not await _first(stop, self._hurry, timeout=wait) and not is_settled:
                    self._lock = await self._database.run(webhook_keys.settle, self._bot)
                    is_settled = True
            else:
                self._hurry.set()
                await _wait(stop, HURRIED)

    async def _look(self) -> bool:
        """Ask whether updates wait and what went wrong when Telegram tried last."""
        outcome = await self._api.ask("getWebhookInfo", {})
        if outcome.kind != Kind.SENT or not isinstance(outcome.result, dict):
            return False
        if outcome.result.get("pending_update_count"):
            if outcome.result.get("last_error_date"):
                await self._database.run(bot_health.set_problem, self._bot, NOT_REACHED)
            return False
        self.empty_rounds += 1
        await self._database.run(bot_health.solved, self._bot, NOT_REACHED)
        if self._attendance.is_due:
            moment = self._attendance.moment()
            await self._database.run(self._attendance.heard, wall_clock())
            self._attendance.kept(moment)
        return True

    async def _tell_refused(self, stop: asyncio.Event) -> None:
        """Write the counts down now and then: a thousand forgeries must not keep the disk busy."""
        is_last = False
        while not is_last:
            await _wait(stop, TOLD_EVERY)
            is_last = stop.is_set()
            if self._refused:
                refused, self._refused = self._refused, Counter()
                await self._database.run(self._count, refused, wall_clock())

    def _count(self, connection: Connection, refused: Counter[Refused], now: datetime) -> None:
        for why, many in refused.items():
            count_refused(connection, self._bot, why, now.date(), many)


def _end(answered: asyncio.Future[bool], *, kept: bool) -> None:
    """Let a request be answered, unless its caller has gone."""
    if not answered.done():
        answered.set_result(kept)


async def _first(*events: asyncio.Event, timeout: float | None = None) -> bool:  # noqa: ASYNC109
    """Wait for the first of several events; False when none came in time."""
    calls = [asyncio.ensure_future(one.wait()) for one in events]
    try:
        done, _ = await asyncio.wait(calls, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for call in calls:
            call.cancel()
    return bool(done)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    await _first(stop, timeout=seconds)


def build_app(webhooks: Callable[[], list[Webhook]]) -> web.Application:
    """Return the site on which every bot's webhook has its own path."""

    async def answer(request: web.Request) -> web.Response:
        path = request.match_info["path"].rpartition("/")[2]
        # A proxy may take the beginning of a path away or leave it; the last part decides.
        found = next((one for one in webhooks() if path and one.path == path), None)
        return await found.answer(request) if found else web.Response(status=404)

    app = web.Application(client_max_size=LARGEST)
    app.router.add_post("/{path:.*}", answer)
    return app
