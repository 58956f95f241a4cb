"""Brings updates to the bot's webhook: each chat's in order, again and again until it agrees."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from jetkiz.rehearsal.bot_api import methods
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.bot_api.updates import KEPT_FOR
from jetkiz.rehearsal.bot_api.webhook import chat_of
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.model import Event, EventKind, Json
from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.state.world import QueuedUpdate

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
PATIENCE = aiohttp.ClientTimeout(total=60)
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
TROUBLES = (
    (aiohttp.ClientConnectorError, "Connection refused"),
    (TimeoutError, "Read timeout expired"),
    (aiohttp.ClientError, "Connection closed by the remote host"),
)


@dataclass(slots=True)
class Courier:
    """Runs while a webhook is set; one update of a chat is on its way at a time."""

    stage: Stage
    task: asyncio.Task[None] | None = None
    chats: set[int] = field(default_factory=set)  # on their way, or waiting for the next try
    walks: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self) -> None:
        """Begin if there is a webhook and nobody carries; poll waiters learn of the change."""
        self.stage.ring()
        if self.stage.world.webhook and (self.task is None or self.task.done()):
            self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        async with aiohttp.ClientSession(timeout=PATIENCE) as http:
            # A webhook may be set anew while the last walks of the one before come to their end.
            while self.is_wanted():
                await self.walk(http)
                await asyncio.gather(*self.walks)

    async def walk(self, http: aiohttp.ClientSession) -> None:
        """Send everybody off whose turn it is until no webhook is set."""
        while self.is_wanted():
            for queued in self.ready():
                chat = chat_of(queued.update)
                self.chats.add(chat)
                walk = asyncio.create_task(self.carry(http, chat, queued))
                self.walks.add(walk)
                walk.add_done_callback(self.walks.discard)
            await self.stage.bell.wait()

    async def stop(self) -> None:
        """The rehearsal closes: nobody waits for a webhook that hangs."""
        running = [*self.walks, *([self.task] if self.task else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def is_wanted(self) -> bool:
        return self.stage.world.webhook is not None and not self.stage.closing.is_set()

    def ready(self) -> list[QueuedUpdate]:
        """The oldest update of every chat of which none is on its way."""
        webhook, now = self.stage.world.webhook or {}, self.stage.now()
        free, taken = webhook["max_connections"] - len(self.chats), set(self.chats)
        found: list[QueuedUpdate] = []
        for queued in self.stage.world.updates:
            if len(found) >= free:
                break
            if is_fresh(queued, now) and (chat := chat_of(queued.update)) not in taken:
                taken.add(chat)
                found.append(queued)
        return found

    async def carry(self, http: aiohttp.ClientSession, chat: int, queued: QueuedUpdate) -> None:
        delay = FIRST_DELAY
        try:
            while self.is_wanted() and queued in self.stage.world.updates:
                if not is_fresh(queued, self.stage.now()) or await self.hand_over(http, queued):
                    break
                await self.stage.clock.sleep(delay, self.stage.closing)
                delay = min(2 * delay, LONGEST_DELAY)
        finally:
            self.chats.discard(chat)
            self.stage.ring()

    async def hand_over(self, http: aiohttp.ClientSession, queued: QueuedUpdate) -> bool:
        """One try; what went wrong is kept for getWebhookInfo."""
        webhook: Json = self.stage.world.webhook or {}
        headers = {SECRET_HEADER: webhook["secret"]} if webhook["secret"] else {}
        try:
            async with http.post(
                webhook["url"], json=queued.update, headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.note(next(words for kind, words in TROUBLES if isinstance(error, kind)))
            return False
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            self.note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
            return False
        if queued in self.stage.world.updates:
            facts = {"update_id": queued.number}
            self.stage.record([Event(EventKind.UPDATE_DELIVERED, facts)])
        self.obey(said)
        return True

    def note(self, words: str) -> None:
        facts = {"date": int(self.stage.now().timestamp()), "words": words}
        self.stage.record([Event(EventKind.WEBHOOK_FAILED, facts)])

    def obey(self, said: bytes) -> None:
        """A webhook may answer with a method to call; nobody learns what became of it."""
        try:
            body: Any = json.loads(said) if said.startswith(b"{") else {}
        except ValueError:
            return
        method = methods.CANONICAL.get(str(body.get("method", "")).lower())
        if method is not None and method != methods.POLLING:
            with contextlib.suppress(ApiRefusal):
                self.stage.call(method, Parameters(body))


def is_fresh(queued: QueuedUpdate, now: datetime) -> bool:
    return now - queued.at <= KEPT_FOR
