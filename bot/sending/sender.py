"""How messages leave: each written down as being sent before its request, paced and overlapped.

What a killed sender had begun is unknown afterwards and goes again, marked as a repeat; nothing
is lost, and no more can be doubled than were under way. This module never imports aiogram.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from bot.sending import bot_health, claims, evidence, outbox
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job
from bot.sending.pacing import FREE, ChatRests, Pacer, weight
from bot.tables import bot_state
from bot.telegram.stored_files import StoredFile, files_in, filled, numbers_in
from bot.telegram.telegram_api import TelegramApi, Upload, bot_number
from bot.telegram.telegram_errors import Kind, Outcome, next_step
from jetkiz.delivery.reasons import FailureReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, translator
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

# More under way would only raise the number of repeats after a crash.
MOST_UNDER_WAY: Final = 32
# Nothing is marked as being sent earlier than this before its turn, for the same reason.
HORIZON: Final = 0.25
IDLE: Final = 0.2
GROUP: Final = 0.01
SETTLE: Final = 60.0
LAST_ANSWERS: Final = 5.0
LOOK_FOR_LOST: Final = 60.0
WRONG_TOKEN: Final = N_("Telegram does not know the bot's token.")
REPEATED: Final = N_("Perhaps you have this message already: the network broke off.")


class Sender:
    """Drains the outbox of one bot."""

    def __init__(
        self,
        workplace: Workplace,
        *,
        token: str = "",
        settle: float = SETTLE,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._token = token or workplace.settings.telegram_token
        self._workplace = workplace
        self._database = workplace.database
        self._settle = settle
        self._clock = clock
        self.bot = bot_number(self._token)
        self._pacer = Pacer(workplace.settings.telegram_rate)
        self._rests = ChatRests(workplace.settings.telegram_chat_rate)
        self._under_way: dict[asyncio.Task[Done], Job] = {}
        # Answers that are not in the database yet: a full disk must not make repeats of them.
        self._unwritten: list[Done] = []
        self._wake = asyncio.Event()
        self._frozen_until = 0.0
        self._next_look = time.monotonic() + LOOK_FOR_LOST

    def wake(self) -> None:
        """Look into the outbox now; called in the sender's own loop."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; what is under way then still comes to its end."""
        settings = self._workplace.settings
        await self._database.run(self._recover)
        async with TelegramApi(settings.telegram_api, self._token) as api:
            while not stop.is_set():
                await self._turn(api, stop)
            await self._come_to_an_end()

    async def _come_to_an_end(self) -> None:
        """Wait for the last answers; what still hangs then is unknown at the next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_ANSWERS)
        await self._write_and_claim(0)
        for task in self._under_way:
            task.cancel()

    def _recover(self, connection: Connection) -> None:
        insert_new(connection, bot_state, [{"bot_id": self.bot}], ["bot_id"])
        now = self._clock()
        # After a failure of our own this sender still knows what it began; only a new one does not.
        begun_here = self._under_way or self._unwritten
        dead = "" if begun_here else self._worker
        claims.recover(connection, self.bot, dead, now, self._settle)
        until = bot_health.frozen_until(connection, self.bot)
        if until:
            self._freeze((until - now).total_seconds())

    @property
    def _worker(self) -> str:
        return self._workplace.settings.worker

    async def _turn(self, api: TelegramApi, stop: asyncio.Event) -> None:
        if time.monotonic() >= self._next_look:
            # What another sender began and never ended; our own ends by time-out long before.
            self._next_look = time.monotonic() + LOOK_FOR_LOST
            await self._database.run(claims.recover, self.bot, "", self._clock(), self._settle)
        for job in await self._write_and_claim(self._room()):
            delay = self._book(job)
            task = asyncio.create_task(self._deliver(api, job, delay))
            self._under_way[task] = job
        await self._pause(stop)

    async def _write_and_claim(self, most: int) -> list[Job]:
        """Write down what ended, and take the next jobs if any are due."""
        self._unwritten += self._finished()
        done = list(self._unwritten)
        is_due = most and await self._database.look(outbox.is_due, self.bot, self._clock())
        if not done and not is_due:
            return []
        jobs = await self._database.run(self._settle_and_claim, done, most)
        del self._unwritten[: len(done)]
        return jobs

    def _room(self) -> int:
        if time.monotonic() < self._frozen_until:
            return 0
        free = MOST_UNDER_WAY - len(self._under_way)
        return max(0, min(free, self._pacer.room(time.monotonic(), HORIZON)))

    def _book(self, job: Job) -> float:
        cost = weight(job.method, job.payload)
        now = time.monotonic()
        self._rests.note(job.chat_id, cost, now)
        return self._pacer.delay(now, cost)

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait for an answer, a call or a short while; answers that come together end together."""
        calls = {asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(stop.wait())}
        await asyncio.wait(
            {*calls, *self._under_way}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED
        )
        for call in calls:
            call.cancel()
        self._wake.clear()
        if self._under_way:
            await asyncio.sleep(GROUP)

    def _finished(self) -> list[Done]:
        ended = {task: job for task, job in self._under_way.items() if task.done()}
        for task in ended:
            del self._under_way[task]
        return [self._end_of(task, job) for task, job in ended.items()]

    def _end_of(self, task: asyncio.Task[Done], job: Job) -> Done:
        """Return what came of a job; a fault of our own spoils no other answer."""
        error = task.exception()
        if error is None:
            return task.result()
        log.error("delivery_failed message=%s error=%s", job.id, type(error).__name__)
        return self._done(job, Outcome(Kind.UNKNOWN, detail=type(error).__name__))

    def _settle_and_claim(self, connection: Connection, done: list[Done], most: int) -> list[Job]:
        """Write down what ended and take what comes next, with one wait for the disk."""
        now = self._clock()
        if done:
            self._write_ends(connection, done, now)
        if not most:
            return []
        moment = time.monotonic()
        busy = {job.chat_id for job in self._under_way.values()}
        wanted = Claim(
            self.bot,
            self._worker,
            most,
            resting={*busy, *self._rests.resting(moment)},
            has_room=lambda chat, method, payload: self._rests.has_room(
                chat, weight(method, payload), moment
            ),
        )
        return claims.claim(connection, wanted, now)

    def _write_ends(self, connection: Connection, done: list[Done], now: datetime) -> None:
        done = done + self._hopeless(connection, done)
        claims.settle(connection, self.bot, done, now)
        evidence.report(connection, self.bot, done, self._workplace.clock())
        flood = max((d.outcome.retry_after for d in done), default=0.0)
        if flood:
            bot_health.freeze(connection, self.bot, now + timedelta(seconds=flood))
        if any(d.outcome.kind == Kind.WRONG_TOKEN for d in done):
            bot_health.set_problem(connection, self.bot, WRONG_TOKEN)
        else:
            bot_health.solved(connection, self.bot, WRONG_TOKEN)

    def _hopeless(self, connection: Connection, done: list[Done]) -> list[Done]:
        """What else waits for a chat that is gone is refused with it."""
        gone = {d.job.chat_id: d for d in done if d.outcome.kind == Kind.UNREACHABLE}
        return [
            Done(job, first.outcome, first.step)
            for chat_id, first in gone.items()
            for job in outbox.waiting_for(connection, self.bot, chat_id)
        ]

    async def _deliver(self, api: TelegramApi, job: Job, delay: float) -> Done:
        await asyncio.sleep(delay)
        outcome = Outcome(Kind.NOT_SENT, detail="waits for Telegram's permission")
        if time.monotonic() >= self._frozen_until:
            outcome = await self._send(api, job)
        if outcome.kind == Kind.FLOODED:
            self._freeze(outcome.retry_after)
        if outcome.kind == Kind.WRONG_TOKEN:
            self._freeze(IDLE * 50)
        return self._done(job, outcome)

    def _done(self, job: Job, outcome: Outcome) -> Done:
        age = (self._clock() - job.created_at).total_seconds()
        # The same edit twice is one edit, so nothing speaks against doing it again at once.
        settle = 0.0 if job.method in FREE else self._settle
        step = next_step(outcome, job.tries, age, settle, job.unknowns)
        numbers = numbers_in(job.payload, outcome.result) if outcome.result else {}
        return Done(job, outcome, step, numbers)

    async def _send(self, api: TelegramApi, job: Job) -> Outcome:
        payload = marked_as_repeat(job) if job.is_repeat else job.payload
        try:
            uploads = self._uploads(job)
        except JetkizError as error:
            return Outcome(Kind.REFUSED, detail=str(error))
        attached = {file: f"attach://{upload.part}" for file, upload in uploads.items()}
        ready = filled(payload, {**attached, **job.file_numbers})
        return meant_for(job, await api.ask(job.method, ready, tuple(uploads.values())))

    def _uploads(self, job: Job) -> dict[StoredFile, Upload]:
        missing = [file for file in files_in(job.payload) if file not in job.file_numbers]
        return {
            file: Upload(f"file{place}", file.name, self._workplace.files.get(file.sha256))
            for place, file in enumerate(dict.fromkeys(missing))
        }

    def _freeze(self, seconds: float) -> None:
        self._frozen_until = max(self._frozen_until, time.monotonic() + seconds)
        self._pacer.rest_until(self._frozen_until)


def meant_for(job: Job, outcome: Outcome) -> Outcome:
    """Tell a number that no longer holds from a file that Telegram will not have.

    Where no remembered number was sent, none can be stale: the file itself is refused.
    """
    if outcome.kind == Kind.STALE_FILE and not job.file_numbers:
        return replace(outcome, kind=Kind.REFUSED, reason=FailureReason.REFUSED)
    return outcome


def marked_as_repeat(job: Job) -> Mapping[str, Any]:
    """Return the message with a line that says it may have come before.

    Edits need none, and the answer to a press is gone in a moment.
    """
    words = translator(job.language)(REPEATED)
    payload = dict(job.payload)
    if "message_id" in payload or "callback_query_id" in payload:
        return payload
    if "text" in payload:
        payload["text"] = f"{payload['text']}\n\n<i>{words}</i>"
    elif "media" in payload:
        first, *rest = payload["media"]
        payload["media"] = [first | {"caption": _joined(first.get("caption"), words)}, *rest]
    elif any(kind in payload for kind in ("photo", "document", "audio", "voice")):
        payload["caption"] = _joined(payload.get("caption"), words)
    return payload


def _joined(caption: str | None, words: str) -> str:
    return f"{caption}\n\n{words}" if caption else words
