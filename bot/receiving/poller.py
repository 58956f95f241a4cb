"""How updates are fetched: kept in the database first, confirmed by the next request."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.chats.alarms import count_refused
from bot.receiving import inbox, webhook_keys
from bot.receiving.absence import Attendance
from bot.receiving.updates import WANTED, Sifted, sift
from bot.sending import bot_health
from bot.telegram.telegram_api import TelegramApi, bot_number
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

HOLD: Final = 25
FIRST_REST: Final = 0.5
LONGEST_REST: Final = 30.0
TWO_POLLERS: Final = N_("Another program fetches the messages of this bot.")


def readable(outcome: Outcome) -> Sifted | None:
    """Return what an answer brings; None when it is none that Telegram would give."""
    if outcome.kind != Kind.SENT or not isinstance(outcome.result, list):
        return None
    found = sift(outcome.result)
    # What nobody could confirm would come again at once, for ever: that is a broken line.
    return found if found.following or not outcome.result else None


class Poller:
    """Fetches the updates of one bot."""

    def __init__(self, workplace: Workplace, api: TelegramApi, arrived: asyncio.Event) -> None:
        self._database = workplace.database
        self._bot = bot_number(workplace.settings.telegram_token)
        self._api = api
        self._arrived = arrived
        self._hurry = asyncio.Event()
        self._rest = FIRST_REST
        self._attendance = Attendance(self._bot, workplace.settings.zone)
        self._offset = 0
        self.empty_rounds = 0

    def hurry(self) -> None:
        """End the long wait now and ask what there is; called in the poller's own loop."""
        self._hurry.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until ``stop`` is set."""
        hold = 0
        await self._take_leave_of_webhook()
        while not stop.is_set():
            outcome = await self._ask(hold, stop)
            if outcome is None:
                self._hurry.clear()
                hold = 0
            elif (found := readable(outcome)) is not None:
                await self._keep(found)
                # Where something was, more may wait: only then the long wait begins.
                hold = 0 if found.following else HOLD
            else:
                await self._after_failure(outcome, stop)

    async def _take_leave_of_webhook(self) -> None:
        """End a webhook of ours from before; what waits there is handed out to questions."""
        if await self._database.look(webhook_keys.has_any, self._bot):
            outcome = await self._api.ask("deleteWebhook", {"drop_pending_updates": False})
            if outcome.kind == Kind.SENT:
                await self._database.run(webhook_keys.forget, self._bot)

    async def _ask(self, hold: int, stop: asyncio.Event) -> Outcome | None:
        """Return the answer, or None when somebody was in a hurry."""
        self._offset = await self._database.look(inbox.next_update, self._bot)
        asked = {
            "offset": self._offset,
            "timeout": hold,
            "limit": 100,
            "allowed_updates": list(WANTED),
        }
        request = asyncio.create_task(self._api.ask("getUpdates", asked, timeout=hold + 15.0))
        calls = {asyncio.create_task(self._hurry.wait()), asyncio.create_task(stop.wait())}
        try:
            await asyncio.wait({request, *calls}, return_when=asyncio.FIRST_COMPLETED)
            return request.result() if request.done() else None
        finally:
            # Nothing is lost: what was not confirmed is handed out again.
            for one in (request, *calls):
                one.cancel()

    async def _keep(self, found: Sifted) -> None:
        if self._rest > FIRST_REST:
            self._rest = FIRST_REST
            await self._database.run(bot_health.solved, self._bot, TWO_POLLERS)
        if not found.following:
            self.empty_rounds += 1
        if found.following or self._offset or self._attendance.is_due:
            moment = self._attendance.moment()
            await self._database.run(self._write, found, wall_clock())
            self._attendance.kept(moment)
        if found.kept:
            self._arrived.set()

    def _write(self, connection: Connection, found: Sifted, now: datetime) -> None:
        """Keep what came, confirm it by the next question, and remember to have heard Telegram."""
        if found.following:
            inbox.confirm_below(connection, self._bot, found.following)
            inbox.store(connection, self._bot, found.kept, now)
        elif self._offset:
            inbox.confirmed(connection, self._bot, self._offset)
        for why, many in found.refused.items():
            count_refused(connection, self._bot, why, now.date(), many)
        self._attendance.heard(connection, now)

    async def _after_failure(self, outcome: Outcome, stop: asyncio.Event) -> None:
        log.warning("updates_not_fetched kind=%s detail=%s", outcome.kind, outcome.detail)
        if "webhook is active" in outcome.detail:
            await self._api.ask("deleteWebhook", {"drop_pending_updates": False})
        elif "Conflict" in outcome.detail:
            await self._database.run(bot_health.set_problem, self._bot, TWO_POLLERS)
        rest = max(self._rest, outcome.retry_after)
        self._rest = min(self._rest * 2, LONGEST_REST)
        try:
            await asyncio.wait_for(stop.wait(), rest)
        except TimeoutError:
            return
