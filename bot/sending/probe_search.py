"""The search for a message of which nobody knows: one question at a time, in a rhythm of its own.

What is found is sent; what is surely nowhere goes again; what nobody can say now is asked later.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.sending.outbox import UNKNOWNS, Job
from bot.sending.probe import FOUND, Reading, candidates, is_probeable, owner, read, with_number
from bot.sending.probe_window import Ground, survey
from bot.tables import outbox
from bot.telegram.telegram_api import TelegramApi
from bot.telegram.telegram_errors import Kind, Outcome
from jetkiz.storage.database import Database

log = logging.getLogger(__name__)

EDIT: Final = "editMessageReplyMarkup"
# Beyond its rest a message waits this share of it for others whose numbers would be a bound.
WAIT_SHARE: Final = 0.5
ASK_AGAIN: Final = 1.0
MOST_TIMES: Final = 4


@dataclass(slots=True)
class Rhythm:
    """Spaces questions evenly; moments are seconds of a monotonic clock."""

    rate: float
    last: float = float("-inf")

    def delay(self, now: float) -> float:
        """Book the next place; return how many seconds to wait for it."""
        self.last = max(self.last + 1 / self.rate, now)
        return self.last - now


class Prober:
    """Looks for messages of one bot; remembers which numbers are taken and which were wrong."""

    def __init__(
        self,
        database: Database,
        bot: int,
        rate: float,
        settle: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._bot = bot
        self._settle = settle
        self._clock = clock
        self._rhythm = Rhythm(rate)
        self._resent = Rhythm(rate)
        # The rest by a clock that nobody puts forward; a new sender lets all of it pass anew.
        self._born = time.monotonic()
        self._lost_at: dict[int, float] = {}
        self._taken: set[int] = set()
        # Which search goes beyond the highest number known; the others wait for what it finds.
        self._blind: int | None = None
        self._breath = min(ASK_AGAIN, settle / 4)
        self._excluded: dict[int, set[int]] = defaultdict(set)

    def note_lost(self, job: Job) -> None:
        """Remember that an answer was lost just now."""
        self._lost_at[job.id] = time.monotonic()

    def _has_rested(self, job: Job) -> bool:
        since = self._lost_at.get(job.id, self._born)
        return time.monotonic() >= since + self._settle

    async def find(
        self, api: TelegramApi, job: Job, is_frozen: Callable[[], bool]
    ) -> Outcome | None:
        """Return what came of the message, or that it is to be asked later; None: send it again."""
        if not is_probeable(job.method, job.chat_id, job.payload):
            return None
        if not self._has_rested(job):
            return Outcome(Kind.NOT_SENT, detail="rests before it is looked for")
        try:
            while (number := await self._next(job)) is not None:
                outcome = await self._ask(api, job, number, is_frozen)
                if outcome is not None:
                    return outcome
        finally:
            self._blind = self._without(job)
        self._forget(job)
        # Several searches may end at once, and their messages have no place in the bot's pace.
        await asyncio.sleep(self._resent.delay(time.monotonic()))
        return None

    def _forget(self, job: Job) -> None:
        self._excluded.pop(job.id, None)
        self._lost_at.pop(job.id, None)

    async def _next(self, job: Job) -> int | None:
        """Return the next number to ask after; None when there is none left."""
        while True:
            ground = await self._survey(job)
            if self._may_wait(ground):
                await asyncio.sleep(self._breath)
                continue
            known = ground.known | self._excluded[job.id] | self._taken
            number = next(iter(candidates(ground.window, known) or ()), None)
            is_blind = number is not None and ground.window.is_blind(number)
            if not is_blind or self._blind in {None, job.id}:
                self._blind = job.id if is_blind else self._without(job)
                return number
            # One looks ahead for all: where it ends, its own number or repeat is their bound.
            await asyncio.sleep(self._breath)

    def _without(self, job: Job) -> int | None:
        return None if self._blind == job.id else self._blind

    async def _survey(self, job: Job) -> Ground:
        now = self._clock()
        return await self._database.look(survey, self._bot, job, self._settle, now)

    def _may_wait(self, ground: Ground) -> bool:
        """Whether others are about to go whose numbers will be a bound."""
        if ground.window.upper is not None or not ground.is_soon_bounded:
            return False
        if ground.unknown_since is None:
            return False
        longest = timedelta(seconds=self._settle * (1 + WAIT_SHARE) + ASK_AGAIN)
        return timedelta(0) <= self._clock() - ground.unknown_since < longest

    async def _ask(
        self, api: TelegramApi, job: Job, number: int, is_frozen: Callable[[], bool]
    ) -> Outcome | None:
        """Return an outcome when the search ends here; None: this number is not the message."""
        keyboard = with_number(job.payload, job.id)["reply_markup"]
        asked = {"chat_id": job.chat_id, "message_id": number, "reply_markup": keyboard}
        outcome = Outcome(Kind.HELD, detail="waits for Telegram's permission")
        reading = Reading.LATER
        for _ in range(MOST_TIMES):
            await asyncio.sleep(self._rhythm.delay(time.monotonic()))
            if is_frozen():
                break
            outcome = await api.ask(EDIT, asked)
            reading = read(outcome)
            if outcome.kind not in {Kind.UNKNOWN, Kind.NOT_SENT}:
                break
        return await self._after(api, job, number, reading, outcome)

    async def _after(
        self, api: TelegramApi, job: Job, number: int, reading: Reading, outcome: Outcome
    ) -> Outcome | None:
        if reading == Reading.HERE:
            self._taken.add(number)
            self._forget(job)
            return Outcome(Kind.SENT, message_id=number, detail=FOUND)
        if outcome.kind == Kind.UNREACHABLE:
            # Nothing can be found in a chat that is gone, and nothing sent to it.
            self._forget(job)
            return outcome
        if reading == Reading.LATER:
            # The message itself was not sent by this request, whatever became of the question.
            kind = Kind.HELD if outcome.kind == Kind.UNKNOWN else outcome.kind
            return replace(outcome, kind=kind)
        if reading == Reading.ANOTHER:
            await self._put_back(api, job, number, outcome.result)
        self._excluded[job.id].add(number)
        return None

    async def _put_back(self, api: TelegramApi, job: Job, number: int, changed: Any) -> None:
        """Give a message of ours whose buttons a probe has changed its own ones again."""
        others = await self._database.look(_others_in_doubt, self._bot, job)
        place = owner(changed if isinstance(changed, dict) else {}, [one for _, one in others])
        if place is None:
            log.warning("probe_changed_another message=%s number=%s", job.id, number)
            return
        row, payload = others[place]
        markup = with_number(payload, row).get("reply_markup", {"inline_keyboard": []})
        asked = {"chat_id": job.chat_id, "message_id": number, "reply_markup": markup}
        await api.ask(EDIT, asked)


def _others_in_doubt(
    connection: Connection, bot: int, job: Job
) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the other messages of a chat that may have come without our knowing."""
    c = outbox.c
    rows = connection.execute(
        select(c.id, c.payload, UNKNOWNS)
        .where(c.bot_id == bot, c.chat_id == job.chat_id, c.id != job.id)
        .order_by(c.id.desc())
        .limit(200)
    )
    return [(row.id, row.payload) for row in rows if row.unknowns]
