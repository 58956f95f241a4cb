"""Which bots the rehearsal has: each with its own view of the same people, all under one clock."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from jetkiz.i18n import N_
from jetkiz.rehearsal.running.courier import Courier
from jetkiz.rehearsal.running.faults import FaultScript
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.journal import Journal
from jetkiz.rehearsal.state.model import Bot, Event, EventKind, Json
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError

Opener = Callable[[Bot, Journal | None], Stage]


@dataclass(slots=True)
class Stages:
    """One stage for each bot, by the number before the colon of its token."""

    opener: Opener
    journal: Path | None = None
    by_number: dict[str, Stage] = field(default_factory=dict)
    couriers: dict[int, Courier] = field(default_factory=dict)

    @property
    def first(self) -> Stage:
        return next(iter(self.by_number.values()))

    def open(self, token: str, name: str) -> Stage:
        """A bot joins; it sees the people who are there, as strangers."""
        bot = read_bot(token, name)
        stage = self.opener(bot, self.journal_of(str(bot.user_id)))
        others = list(self.by_number.values())
        self.by_number[str(bot.user_id)] = stage
        for person in others[0].world.people.values() if others else ():
            stage.add_person(person.key, person.name, person.language)
        if others:
            stage.faults = others[0].faults
        return stage

    def reopen(self) -> None:
        """Bring back the bots that joined while the rehearsal ran."""
        for token, name in self.first.world.joined.items():
            if token.partition(":")[0] not in self.by_number:
                self.open(token, name)

    def join(self, token: str, name: str) -> Stage:
        known = self.by_number.get(str(read_bot(token, name).user_id))
        if known is not None and (known.world.bot.token, known.world.bot.name) == (token, name):
            return known
        if known is not None:
            raise RehearsalError(
                N_("A bot with the number {number} is here already."),
                N_("Give the new bot another number before the colon."),
                number=known.world.bot.user_id,
            )
        stage = self.open(token, name)
        self.first.record([Event(EventKind.BOT_JOINED, {"token": token, "name": name})])
        return stage

    def journal_of(self, number: str) -> Journal | None:
        if self.journal is None:
            return None
        if not self.by_number:
            return Journal(self.journal)
        return Journal(self.journal.with_name(f"{self.journal.stem}-{number}{self.journal.suffix}"))

    def with_token(self, token: str) -> Stage:
        """The stage of a bot that shows its token; anything else is nobody."""
        stage = self.by_number.get(token.partition(":")[0])
        if stage is None or not hmac.compare_digest(token.encode(), stage.world.bot.token.encode()):
            raise ApiRefusal(401, "Unauthorized")
        return stage

    def numbered(self, number: str) -> Stage:
        """The stage the director means; without a number the first."""
        stage = self.by_number.get(number) if number else self.first
        if stage is None:
            raise RehearsalError(
                N_("There is no bot with the number {number}."),
                N_("Look at the list of bots."),
                404,
                number=number,
            )
        return stage

    def add_person(self, key: str, name: str, language: str) -> Any:
        """A person has one account; every bot may meet it."""
        facts = [stage.add_person(key, name, language) for stage in self.by_number.values()]
        return facts[0]

    def set_faults(self, script: FaultScript) -> Json:
        for stage in self.by_number.values():
            stage.faults = script
        return script.report()

    def carry(self, stage: Stage) -> None:
        """Let the courier of a bot know that its webhook may have changed."""
        courier = self.couriers.setdefault(stage.world.bot.user_id, Courier(stage))
        courier.wake()

    def close(self) -> None:
        for stage in self.by_number.values():
            stage.close()

    async def stop_couriers(self) -> None:
        for courier in self.couriers.values():
            await courier.stop()

    def close_journals(self) -> None:
        for stage in self.by_number.values():
            if stage.world.journal is not None:
                stage.world.journal.close()

    def bots(self) -> list[Json]:
        return [stage.world.bot.as_user() for stage in self.by_number.values()]


def read_bot(token: str, name: str) -> Bot:
    number, _, secret = token.partition(":")
    if not (number.isascii() and number.isdecimal() and secret) or number != str(int(number)):
        raise RehearsalError(
            N_("{token} is no bot token."),
            N_("Use a number, a colon and letters, as in 1:test."),
            400,
            token=token,
        )
    return Bot(token, name, f"jetkiz_{number}_bot")


STAGES = web.AppKey("stages", Stages)


def stage_of(request: web.Request) -> Stage:
    """The stage that a director's request is about."""
    return request.app[STAGES].numbered(request.query.get("bot", ""))
