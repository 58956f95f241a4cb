"""Runs the rehearsal: takes the bot's calls and people's acts one by one and records each whole."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from jetkiz.i18n import N_
from jetkiz.rehearsal.bot_api import methods, updates
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.bot_api.sending import Call
from jetkiz.rehearsal.bot_api.webhook import ACTIVE, REPLACED
from jetkiz.rehearsal.people import groups
from jetkiz.rehearsal.people.deeds import arrive, find
from jetkiz.rehearsal.people.groups import GroupAct, NewGroup
from jetkiz.rehearsal.running.faults import FaultScript, Rule
from jetkiz.rehearsal.state.clock import RehearsalClock, waited
from jetkiz.rehearsal.state.limits import Gate, Limits
from jetkiz.rehearsal.state.model import Event, EventKind, Outcome, Person
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError, flooded
from jetkiz.rehearsal.state.world import World

Act = Callable[[World, Person, datetime], Outcome]

CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


@dataclass(slots=True)
class Stage:
    """The world with its clocks, limits and faults; lives in one event loop."""

    world: World
    limits: Limits = field(default_factory=Limits)
    clock: RehearsalClock = field(default_factory=RehearsalClock)
    zone: tzinfo | None = None
    faults: FaultScript = field(default_factory=FaultScript)
    gate: Gate = field(init=False)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    late: set[asyncio.Task[None]] = field(default_factory=set)
    waking: asyncio.Task[None] | None = None
    polls: int = 0

    def __post_init__(self) -> None:
        self.gate = Gate(self.limits)

    def now(self) -> datetime:
        return self.clock.now()

    def release(self) -> None:
        """Queue what was held until now; when more is held, come back in time."""
        while due := updates.due_update(self.world, self.now()):
            self.record(due)
        if not self.world.held or not loop_runs():
            return
        if self.waking is None:
            self.waking = asyncio.create_task(self.release_later())
        else:
            # What is held now may be due before what the task waits for.
            self.clock.turn()

    async def release_later(self) -> None:
        """Wait for what is due next, by whatever the clock is made to say meanwhile."""
        while self.world.held and not self.closing.is_set():
            left = (self.world.held[0].due - self.now()).total_seconds()
            if left > 0:
                # What a stopped clock holds, its turning lets go.
                await waited(self.clock.turned, None if self.clock.stopped else left)
            while due := updates.due_update(self.world, self.now()):
                self.record(due)
        self.waking = None

    def record(self, events: Sequence[Event]) -> None:
        self.world.commit(events, self.now())
        if any(event.kind == EventKind.UPDATE_QUEUED for event in events):
            self.ring()

    def ring(self) -> None:
        """Wake whoever waits for news."""
        self.bell.set()
        self.bell = asyncio.Event()

    def close(self) -> None:
        self.closing.set()
        self.clock.turn()
        self.ring()

    def call(self, method: str, parameters: Parameters) -> Any:
        """Decide first, then ask the limits: a bad call is refused for what is wrong with it."""
        call = Call(self.world, parameters, self.limits, int(self.now().timestamp()))
        outcome = methods.decide(method, call)
        messages = methods.messages_in(outcome)
        if messages:
            chat_id = parameters.integer("chat_id") or 0
            wait = self.gate.pass_through(chat_id, messages, self.clock.elapsed())
            if wait is not None:
                raise flooded(wait)
        self.record(outcome.events)
        return outcome.result

    def struck_by(self, method: str, parameters: Parameters) -> Rule | None:
        """The fault that this call meets, if any."""
        if not self.faults.rules:
            return None
        given = str(parameters.values.get("chat_id", ""))
        number = int(given) if given.removeprefix("-").isdecimal() else 0
        chat = self.world.chat_of(number)
        person = chat.key if chat else ""
        text = str(parameters.values.get("text") or parameters.values.get("caption") or "")
        bot = str(self.world.bot.user_id)
        return self.faults.strike(method, person, text, self.clock.elapsed(), bot)

    async def accept_late(self, method: str, parameters: Parameters, rule: Rule) -> None:
        """Telegram takes the call when nobody waits for the answer any more."""
        task = asyncio.create_task(self.take_later(method, parameters, rule.seconds))
        self.late.add(task)
        task.add_done_callback(self.late.discard)
        await self.clock.sleep(rule.hold, self.closing)

    async def take_later(self, method: str, parameters: Parameters, seconds: float) -> None:
        if await self.clock.sleep(seconds, self.closing) and method != methods.POLLING:
            with contextlib.suppress(ApiRefusal):
                self.call(method, parameters)

    async def get_updates(self, parameters: Parameters) -> Any:
        """The newest poller wins; one that still waits is told so."""
        if self.world.webhook is not None:
            raise ApiRefusal(409, ACTIVE)
        self.release()
        poll = updates.read_poll(parameters)
        self.record(updates.choice(self.world, poll.wanted))
        self.polls += 1
        mine = self.polls
        self.ring()
        until = asyncio.get_running_loop().time() + poll.hold
        while True:
            if self.polls != mine:
                raise ApiRefusal(409, CONFLICT)
            if self.world.webhook is not None:
                raise ApiRefusal(409, REPLACED)
            now = self.now()
            taken = updates.take_updates(self.world.updates, poll.offset, poll.limit, now)
            self.record(updates.confirmation(self.world, taken))
            left = until - asyncio.get_running_loop().time()
            if taken.updates or left <= 0 or self.closing.is_set():
                return list(taken.updates)
            await waited(self.bell, left)

    def add_person(self, key: str, name: str, language: str) -> Any:
        outcome = arrive(self.world, key, name, language)
        self.record(outcome.events)
        return outcome.result

    def make_group(self, asked: NewGroup) -> Any:
        outcome = groups.make(self.world, asked, self.now())
        self.record(outcome.events)
        return outcome.result

    def change_group(self, key: str, act: GroupAct, person: str) -> Any:
        outcome = groups.change(self.world, key, act, person, self.now())
        self.record(outcome.events)
        return outcome.result

    def act(self, person: str, name: str, key: str | None, act: Act) -> Any:
        """An act with a key happens once; asked again it gives the first answer."""
        player = find(self.world, person)
        done = self.world.acts.get(f"{person} {key}") if key else None
        if done is not None and done["act"] != name:
            raise RehearsalError(
                N_("The key {key} was used for another act of {person}."),
                N_("Give every act its own key."),
                key=key,
                person=person,
            )
        if done is not None:
            return done["result"]
        outcome = act(self.world, player, self.now())
        facts = {"person": person, "key": key, "act": name, "result": outcome.result}
        mark = (Event(EventKind.ACT_DONE, facts),) if key else ()
        self.record((*outcome.events, *mark))
        self.release()
        return outcome.result


def loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
