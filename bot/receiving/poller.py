"""How updates are fetched: kept in the database first, confirmed by the next request."""

import asyncio
import logging
from typing import Any, Final

from bot.receiving import inbox
from bot.sending import bot_health
from bot.telegram.telegram_api import TelegramApi, bot_number
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

HOLD: Final = 25
WANTED: Final = ["message", "callback_query", "my_chat_member"]
FIRST_REST: Final = 0.5
LONGEST_REST: Final = 30.0
TWO_POLLERS: Final = N_("Another program fetches the messages of this bot.")


def readable(outcome: Outcome) -> list[dict[str, Any]] | None:
    """Return the updates of an answer; None when it is none that Telegram would give."""
    if outcome.kind != Kind.SENT or not isinstance(outcome.result, list):
        return None
    numbers = [one.get("update_id") for one in outcome.result if isinstance(one, dict)]
    is_whole = len(numbers) == len(outcome.result)
    return outcome.result if is_whole and all(type(n) is int for n in numbers) else None


class Poller:
    """Fetches the updates of one bot."""

    def __init__(self, workplace: Workplace, api: TelegramApi, arrived: asyncio.Event) -> None:
        self._database = workplace.database
        self._bot = bot_number(workplace.settings.telegram_token)
        self._api = api
        self._arrived = arrived
        self._hurry = asyncio.Event()
        self._rest = FIRST_REST
        self.empty_rounds = 0

    def hurry(self) -> None:
        """End the long wait now and ask what there is; called in the poller's own loop."""
        self._hurry.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until ``stop`` is set."""
        hold = 0
        while not stop.is_set():
            outcome = await self._ask(hold, stop)
            if outcome is None:
                self._hurry.clear()
                hold = 0
            elif (updates := readable(outcome)) is not None:
                await self._keep(updates)
                # Where something was, more may wait: only then the long wait begins.
                hold = 0 if updates else HOLD
            else:
                await self._after_failure(outcome, stop)

    async def _ask(self, hold: int, stop: asyncio.Event) -> Outcome | None:
        """Return the answer, or None when somebody was in a hurry."""
        offset = await self._database.look(inbox.next_update, self._bot)
        asked = {"offset": offset, "timeout": hold, "limit": 100, "allowed_updates": WANTED}
        request = asyncio.create_task(self._api.ask("getUpdates", asked, timeout=hold + 15.0))
        calls = {asyncio.create_task(self._hurry.wait()), asyncio.create_task(stop.wait())}
        await asyncio.wait({request, *calls}, return_when=asyncio.FIRST_COMPLETED)
        for call in calls:
            call.cancel()
        if request.done():
            return request.result()
        # Nothing is lost: what was not confirmed is handed out again.
        request.cancel()
        return None

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        if self._rest > FIRST_REST:
            self._rest = FIRST_REST
            await self._database.run(bot_health.solved, self._bot, TWO_POLLERS)
        if not updates:
            self.empty_rounds += 1
            return
        await self._database.run(inbox.keep, self._bot, updates, wall_clock())
        self._arrived.set()

    async def _after_failure(self, outcome: Outcome, stop: asyncio.Event) -> None:
        log.warning("updates_not_fetched kind=%s detail=%s", outcome.kind, outcome.detail)
        if "Conflict" in outcome.detail:
            await self._database.run(bot_health.set_problem, self._bot, TWO_POLLERS)
        rest = max(self._rest, outcome.retry_after)
        self._rest = min(self._rest * 2, LONGEST_REST)
        try:
            await asyncio.wait_for(stop.wait(), rest)
        except TimeoutError:
            return
