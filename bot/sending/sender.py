"""How messages leave: each written down as being sent before its request, paced and overlapped.

What a killed sender had begun is unknown afterwards and goes again, marked as a repeat; nothing
is lost, and no more can be doubled than were under way. This module never imports aiogram.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.sending import booking, bot_health, claims, evidence, outbox, recovery
from bot.sending.booking import BotRow
from bot.sending.claims import Claim
from bot.sending.fallbacks import send_plainly, without_fallback
from bot.sending.floods import Floods
from bot.sending.outbox import Done, Job
from bot.sending.pacing import FREE, Gate, Rates, weight
from bot.sending.polls import note_polls
from bot.sending.probe import Policy, with_number
from bot.sending.probe_search import Prober
from bot.sending.recovery import Neighbours
from bot.sending.uploading import Uploading, missing_in
from bot.staying_alive import keep_alive
from bot.telegram.stored_files import StoredFile, filled, numbers_in
from bot.telegram.telegram_api import TelegramApi, Upload, bot_number
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, next_step, once_only
from jetkiz.delivery.reasons import FailureReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, translator
from jetkiz.storage.files import UnreadableError
from jetkiz.storage.sealing import KeyFileError
from jetkiz.storage.workplace import Workplace, wall_clock

log = logging.getLogger(__name__)

# Questions after lost messages have a rhythm of their own, at this share of the bot's rate.
PROBE_SHARE: Final = 0.5
# More under way would only raise the number of repeats after a crash.
MOST_UNDER_WAY: Final = 32
# A paid bot with a thousand a second has as much under way as a fifth of a second takes.
UNDER_WAY_SECONDS: Final = 0.2
# Nothing is marked as being sent earlier than this before its turn, for the same reason.
HORIZON: Final = 0.2
IDLE: Final = 0.2
# Answers that come within so many seconds are written down together; where many come, longer.
GROUP: Final = 0.01
LONG_GROUP: Final = 0.05
FAST: Final = 200.0
SETTLE: Final = 60.0
LAST_ANSWERS: Final = 5.0
# A clock that is put right by less holds nothing up that anybody would notice.
PUT_BACK: Final = 1.0
REST_WITHOUT_TOKEN: Final = 10.0
# With the rests between them an hour: what waits behind it in its chat must not wait for a day.
MOST_UNREADABLE: Final = 60
WRONG_TOKEN: Final = N_("Telegram does not know the bot's token.")
REPEATED: Final = N_("Perhaps you have this message already: the network broke off.")


class Sender:
    """Drains the outbox of one bot."""

    def __init__(
        self,
        workplace: Workplace,
        *,
        token: str = "",
        name: str = "",
        settle: float = SETTLE,
        stale: float = recovery.STALE,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._token = token or workplace.settings.telegram_token
        # Under this name it claims messages; no two senders of a bot may have the same.
        self._name = name or workplace.settings.worker
        self._workplace = workplace
        self._database = workplace.database
        self._settle = settle
        self._clock = clock
        self.bot = bot_number(self._token)
        settings = workplace.settings
        self._rates = Rates.of(settings.telegram_rate, settings.telegram_chat_rate)
        self._most_under_way = max(MOST_UNDER_WAY, int(settings.telegram_rate * UNDER_WAY_SECONDS))
        self._gate = Gate(self._rates.bot)
        self._floods = Floods(self.bot)
        rate = settings.telegram_rate * PROBE_SHARE
        self._uploading = Uploading()
        self._prober = Prober(workplace.database, self.bot, rate, settle, clock)
        self._under_way: dict[asyncio.Task[Done], Job] = {}
        # Answers that are not in the database yet: a full disk must not make repeats of them.
        self._unwritten: list[Done] = []
        self._wake = asyncio.Event()
        # Two silences: what the answers just said, by message, and what all senders share.
        self._told: dict[int, float] = {}
        self._shared: tuple[datetime | None, float] = (None, 0.0)
        self._claimed_at = 0.0
        self._neighbours = Neighbours(self._name, stale)
        self._look_every = stale / 2
        self._next_look = 0.0
        self._clock_ahead = float("-inf")

    def wake(self) -> None:
        """Look into the outbox now; called in the sender's own loop."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; what is under way then still comes to its end.

        The line to Telegram stays open while the database fails: what is under way hears its
        answer, and only a sender that dies must ask itself what became of its requests.
        """
        settings = self._workplace.settings
        end = asyncio.create_task(stop.wait())
        end.add_done_callback(lambda _: self._wake.set())
        try:
            async with TelegramApi(settings.telegram_api, self._token) as api:
                await keep_alive(partial(self._send_until, api), stop)
                await self._come_to_an_end()
        finally:
            end.cancel()

    async def _send_until(self, api: TelegramApi, stop: asyncio.Event) -> None:
        await self._database.run(self._recover)
        while not stop.is_set():
            await self._turn(api)

    async def _come_to_an_end(self) -> None:
        """Wait for the last answers; what still hangs then is unknown at the next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_ANSWERS)
        try:
            await self._write_last(time.monotonic() + LAST_ANSWERS)
        finally:
            for task in self._under_way:
                task.cancel()

    async def _write_last(self, until: float) -> None:
        """Write down what was heard; a database that is busy for a moment is asked again."""
        while True:
            try:
                await self._write_and_claim(0)
            except (JetkizError, SQLAlchemyError):
                if time.monotonic() >= until:
                    raise
                await asyncio.sleep(IDLE)
            else:
                return

    def _recover(self, connection: Connection) -> None:
        booking.make_row(connection, self.bot)
        now, mine = self._clock(), self._in_hand()
        # After a failure of our own this sender still knows what it began; only a new one does not.
        recovery.recover(connection, self.bot, self._name, now, self._settle, in_hand=mine)
        self._hear(booking.lock_row(connection, self.bot, now), now)
        self._look_around(connection, mine)

    def _in_hand(self) -> set[int]:
        unwritten = {one.job.id for one in self._unwritten}
        return unwritten | {job.id for job in self._under_way.values()}

    def _look_around(self, connection: Connection, mine: Collection[int]) -> None:
        """Show the others that this sender lives, and take up what would wait for ever."""
        now, moment = self._clock(), time.monotonic()
        recovery.show_life(connection, self._name, mine, now)
        recovery.take_over(connection, self.bot, self._neighbours, moment, now, self._settle)
        recovery.catch_up(connection, self.bot, now, self._settle, self._rates)
        self._next_look = moment + self._look_every

    def _was_put_back(self) -> bool:
        """Whether the clock on the wall says less than it would by one that nobody can turn."""
        before = self._clock_ahead
        self._clock_ahead = self._clock().timestamp() - time.monotonic()
        return self._clock_ahead < before - PUT_BACK

    async def _turn(self, api: TelegramApi) -> None:
        if self._was_put_back() or time.monotonic() >= self._next_look:
            await self._database.run(self._look_around, self._in_hand())
        for job in await self._write_and_claim(self._room()):
            task = asyncio.create_task(self._deliver(api, job, self._claimed_at + job.wait))
            task.add_done_callback(lambda _: self._wake.set())
            self._under_way[task] = job
        await self._pause()

    async def _write_and_claim(self, most: int) -> list[Job]:
        """Write down what ended, and take the next jobs if any are due."""
        self._unwritten += self._finished()
        done = list(self._unwritten)
        if not done and not (most and await self._is_due()):
            return []
        floods = self._floods.copy()
        jobs = await self._database.run(self._settle_and_claim, done, most, floods)
        # Only what is written down is remembered so; from here on the row of the bot says how
        # long it is silent.
        del self._unwritten[: len(done)]
        self._floods = floods
        for one in done:
            self._told.pop(one.job.id, None)
        return jobs

    async def _is_due(self) -> bool:
        return await self._database.look(outbox.is_due, self.bot, self._clock())

    def _room(self) -> int:
        return 0 if self._is_silent() else max(0, self._most_under_way - len(self._under_way))

    def _is_silent(self) -> bool:
        return time.monotonic() < max([self._shared[1], *self._told.values()])

    def _hear(self, row: BotRow, now: datetime) -> None:
        """Obey the silence that all senders share, by a clock that nobody can put forward."""
        if row.frozen_until != self._shared[0]:
            self._shared = (row.frozen_until, time.monotonic() + row.silence(now))

    async def _pause(self) -> None:
        """Wait for an answer, a call or a short while; answers that come together end together."""
        try:
            await asyncio.wait_for(self._wake.wait(), IDLE)
        except TimeoutError:
            return
        if self._under_way:
            await asyncio.sleep(GROUP if self._rates.bot.per_second < FAST else LONG_GROUP)
        self._wake.clear()

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

    def _settle_and_claim(
        self, connection: Connection, done: list[Done], most: int, floods: Floods
    ) -> list[Job]:
        """Write down what ended and take what comes next, with one wait for the disk."""
        now = self._clock()
        self._claimed_at = time.monotonic()
        # First of all, so that no two senders wait for each other.
        row = booking.lock_row(connection, self.bot, now)
        if done:
            self._write_ends(connection, done, now)
            row = floods.judge(connection, done, row, now, self._rates.bot.per_second)
        self._hear(row, now)
        busy = {job.chat_id for job in self._under_way.values()}
        wanted = Claim(self.bot, self._name, most, busy, self._rates, HORIZON)
        return [] if self._is_silent() else claims.claim_with(connection, wanted, row, now)

    def _write_ends(self, connection: Connection, done: list[Done], now: datetime) -> None:
        done = done + self._hopeless(connection, done)
        claims.settle(connection, self.bot, done, now)
        evidence.report(connection, self.bot, done, self._workplace.clock())
        note_polls(connection, done)
        send_plainly(connection, self.bot, done, now)
        kinds = {one.outcome.kind for one in done}
        if Kind.WRONG_TOKEN in kinds:
            bot_health.set_problem(connection, self.bot, WRONG_TOKEN)
        elif Kind.SENT in kinds:
            bot_health.solved(connection, self.bot, WRONG_TOKEN)

    def _hopeless(self, connection: Connection, done: list[Done]) -> list[Done]:
        """What else waits for a chat that is gone is refused with it."""
        gone = {d.job.chat_id: d for d in done if d.outcome.kind == Kind.UNREACHABLE}
        return [
            Done(job, first.outcome, first.step)
            for chat_id, first in gone.items()
            for job in outbox.waiting_for(connection, self.bot, chat_id)
        ]

    async def _deliver(self, api: TelegramApi, job: Job, leaves: float) -> Done:
        await asyncio.sleep(max(0.0, leaves - time.monotonic()))
        await self._pass_gate(job)
        if self._uploading.must_wait(job):
            job = await self._uploading.wait_for(job)
            await self._pass_gate(job)
        if self._is_silent():
            return self._done(job, Outcome(Kind.HELD, detail="waits for Telegram's permission"))
        found = await self._look_for(api, job)
        job = self._uploading.told(job)
        began = time.monotonic()
        outcome = found or await self._send(api, job)
        if outcome.kind == Kind.STALE_FILE:
            self._uploading.forget(job)
        if outcome.kind == Kind.FLOODED:
            self._told[job.id] = time.monotonic() + outcome.retry_after
        if outcome.kind == Kind.WRONG_TOKEN:
            self._told[0] = time.monotonic() + REST_WITHOUT_TOKEN
        # What was only looked for shows nothing of how much Telegram takes.
        return replace(self._done(job, outcome), began=0.0 if found else began)

    async def _pass_gate(self, job: Job) -> None:
        """Wait for a place: what was held back must not all leave at once with what follows."""
        cost = weight(job.method, job.payload)
        await asyncio.sleep(self._gate.wait(cost, time.monotonic(), can_wait=job.can_wait))

    async def _look_for(self, api: TelegramApi, job: Job) -> Outcome | None:
        """Return what is known of a message without sending it; None: send it."""
        if not job.is_repeat:
            return None
        found = None
        if self._workplace.settings.telegram_unknown == Policy.PROBE and not job.is_urgent:
            found = await self._prober.find(api, job, self._is_silent)
            if found is None and self._is_silent():
                found = Outcome(Kind.HELD, detail="waits for Telegram's permission")
            elif found is None and not await self._is_ours(job):
                found = Outcome(Kind.HELD, detail="another sender has it now")
        return found

    async def _is_ours(self, job: Job) -> bool:
        """Whether a message may still go after a long search: others may think us dead."""
        return await self._database.look(recovery.is_ours, self._name, job.id, job.tries)

    def _done(self, job: Job, outcome: Outcome) -> Done:
        age = (self._clock() - job.created_at).total_seconds()
        # The same edit twice is one edit, so nothing speaks against doing it again at once.
        settle = 0.0 if job.method in FREE or job.is_urgent else self._settle
        step = next_step(outcome, job.tries, age, settle, job.unknowns)
        step = once_only(job.method, step)
        if step.state == OutboxState.UNKNOWN:
            self._prober.note_lost(job)
        numbers = numbers_in(job.payload, outcome.result) if outcome.result else {}
        return Done(job, outcome, step, numbers)

    async def _send(self, api: TelegramApi, job: Job) -> Outcome:
        payload = marked_as_repeat(job) if job.is_repeat else job.payload
        if self._uploading.must_wait(job):
            return Outcome(Kind.NOT_SENT, detail="its file goes up with another message")
        try:
            uploads = self._uploads(job)
        except (KeyFileError, UnreadableError) as error:
            kind = Kind.NOT_SENT if job.tries < MOST_UNREADABLE else Kind.REFUSED
            return Outcome(kind, detail=str(error))
        except JetkizError as error:
            return Outcome(Kind.REFUSED, detail=str(error))
        attached = {file: f"attach://{upload.part}" for file, upload in uploads.items()}
        ready = without_fallback(filled(payload, {**attached, **job.file_numbers}))
        if job.method not in FREE:
            ready = with_number(ready, job.id)
        with self._uploading.going_up(uploads) as numbers:
            outcome = await api.ask(job.method, ready, tuple(uploads.values()))
            numbers.update(numbers_in(job.payload, outcome.result) if uploads else {})
        return meant_for(job, outcome)

    def _uploads(self, job: Job) -> dict[StoredFile, Upload]:
        return {
            file: Upload(f"file{place}", file.name, self._workplace.files.get(file.sha256))
            for place, file in enumerate(missing_in(job))
        }


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
    elif "rich_message" in payload:
        rich, said = payload["rich_message"], {"type": "italic", "text": words}
        blocks = [*rich["blocks"], {"type": "paragraph", "text": said}]
        payload["rich_message"] = rich | {"blocks": blocks}
    elif "media" in payload:
        first, *rest = payload["media"]
        payload["media"] = [first | {"caption": _joined(first.get("caption"), words)}, *rest]
    elif any(kind in payload for kind in ("photo", "document", "audio", "voice", "video")):
        payload["caption"] = _joined(payload.get("caption"), words)
    return payload


def _joined(caption: str | None, words: str) -> str:
    return f"{caption}\n\n{words}" if caption else words
