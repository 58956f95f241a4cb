"""What Telegram was really asked, and when: each request as it comes in, with its fault."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.telegram.telegram_api import TelegramApi
from bot.telegram.telegram_errors import Outcome
from jetkiz.rehearsal import RehearsalServer
from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Rule
from jetkiz.rehearsal.state.limits import Gate

SENDS = "send"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the bot: its moment, method and person, and how it went wrong."""

    at: float
    method: str
    person: str
    fault: str
    retry_after: float = 0.0

    @property
    def is_send(self) -> bool:
        """Whether a person would see something new."""
        return self.method.startswith(SENDS) and self.method != "sendChatAction"


@dataclass(slots=True)
class Watch:
    """Stands in the place of the fault script, strikes as it would, and remembers.

    Whoever sees requests leave may note in ``left`` when the last to a person or chat did. Then
    they count from that moment: what is held on its way is no fault of the sender.
    """

    script: FaultScript = field(default_factory=FaultScript)
    requests: list[Request] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    left: dict[str | int, float] = field(default_factory=dict)

    def strike(self, method: str, person: str, text: str, *more: Any) -> Rule | None:
        rule = self.script.strike(method, person, text, *more)
        fault = f"{rule.kind}:{rule.moment}" if rule else ""
        wait = float(rule.retry_after) if rule and rule.kind == "flood" else 0.0
        began = self.left.get(person, time.monotonic())
        self.requests.append(Request(began, method, person, fault, wait))
        return rule

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Never empty, so that every request is shown to us."""
        return self.script.rules or (Rule(FaultKind.SLOW, chance=0.0),)

    def report(self) -> dict[str, Any]:
        return self.script.report()

    @property
    def sends(self) -> int:
        """How many requests would show somebody something new."""
        return sum(one.is_send for one in list(self.requests))

    @property
    def floods(self) -> int:
        """How many requests were answered with a wait by the script."""
        return sum(one.retry_after > 0 for one in list(self.requests))


class WatchedGate(Gate):
    """Telegram's own buckets, with a note of each refusal."""

    refusals: list[float]
    left: dict[str | int, float]

    def pass_through(self, chat_id: int, tokens: int, at: float) -> int | None:
        at = self.left.get(chat_id, at)
        wait = super().pass_through(chat_id, tokens, at)
        if wait is not None:
            self.refusals.append(at)
        return wait


def note_leaving(
    monkeypatch: pytest.MonkeyPatch, seen: Watch, people: Mapping[int, str] | None = None
) -> None:
    """Let requests of senders in this process count from when they leave; chats have people."""
    right = TelegramApi.ask

    async def ask(api: TelegramApi, method: str, payload: Any, *more: Any) -> Outcome:
        chat = payload.get("chat_id", 0)
        seen.left |= dict.fromkeys((chat, (people or {}).get(chat, "")), time.monotonic())
        return await right(api, method, payload, *more)

    monkeypatch.setattr(TelegramApi, "ask", ask)


def watch(server: RehearsalServer) -> Watch:
    """Look over the shoulder of a running rehearsal."""
    stage = server.stage
    assert stage is not None
    seen = Watch()
    gate = WatchedGate(stage.limits)
    gate.refusals, gate.left = seen.refusals, seen.left
    stage.gate = gate
    stage.faults = seen  # type: ignore[assignment]
    return seen
