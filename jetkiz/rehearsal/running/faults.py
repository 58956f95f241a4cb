"""Lets Telegram misbehave on purpose: refuse, fail, hang or cut the line, by rules and a seed."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from jetkiz.i18n import N_
from jetkiz.rehearsal.state.clock import ROUNDING
from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import RehearsalError


class FaultKind(StrEnum):
    """How a call goes wrong."""

    REFUSE = "refuse"  # an answer with a code and words of choice
    FLOOD = "flood"  # 429 with the seconds to wait
    ERROR = "error"  # 500, before or after the call was accepted
    HANG = "hang"  # no answer for some seconds, then the line is cut
    RESET = "reset"  # the line is cut at once
    SLOW = "slow"  # accepted and answered, but only after some seconds
    LATE = "late"  # the line is cut now, yet Telegram accepts the call some seconds later


class Moment(StrEnum):
    """Whether Telegram took the call before things went wrong."""

    BEFORE = "before"  # nothing was sent
    AFTER = "after"  # the person sees it, the bot does not know


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the script; empty filters fit every call."""

    kind: FaultKind
    moment: Moment = Moment.BEFORE
    method: str = ""
    person: str = ""
    text: str = ""
    bot: str = ""
    skip: int = 0
    times: int | None = 1
    chance: float = 1.0
    code: int = 400
    description: str = "Bad Request: refused by the rehearsal"
    retry_after: int = 1
    seconds: float = 60.0
    hold: float = 0.0  # late: seconds until the line is cut
    span: float = 0.0  # flood: seconds for which every call that fits is refused

    def fits(self, method: str, person: str, text: str, bot: str = "") -> bool:
        return (
            self.method.lower() in {"", method.lower()}
            and self.person in {"", person}
            and self.bot in {"", bot}
            and self.text in text
        )


@dataclass(slots=True)
class FaultScript:
    """The rules in order; the first that fits and is due decides."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0
    seen: list[int] = field(init=False)
    struck: list[int] = field(init=False)
    storms: list[float] = field(init=False)  # when the storm of each rule ends
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.seen = [0] * len(self.rules)
        self.struck = [0] * len(self.rules)
        self.storms = [0.0] * len(self.rules)
        self.dice = random.Random(self.seed)  # noqa: S311 - a script must repeat itself

    def strike(
        self, method: str, person: str, text: str, at: float = 0.0, bot: str = ""
    ) -> Rule | None:
        """A storm goes on before any rule is asked anew; `at` is the limits' clock."""
        fitting = [n for n, rule in enumerate(self.rules) if rule.fits(method, person, text, bot)]
        for index in fitting:
            if at < self.storms[index]:
                return self.in_storm(index, at)
        for index in fitting:
            if self.is_due(index, self.rules[index]):
                self.struck[index] += 1
                return self.begun(index, at)
        return None

    def begun(self, index: int, at: float) -> Rule:
        rule = self.rules[index]
        if rule.kind != FaultKind.FLOOD or not rule.span:
            return rule
        self.storms[index] = at + rule.span
        return self.in_storm(index, at)

    def in_storm(self, index: int, at: float) -> Rule:
        """Without a retry_after of its own the storm names what is left of it."""
        rule = self.rules[index]
        left = max(math.ceil(self.storms[index] - at - ROUNDING), 1)
        return replace(rule, retry_after=rule.retry_after or left)

    def is_due(self, index: int, rule: Rule) -> bool:
        self.seen[index] += 1
        if self.seen[index] <= rule.skip:
            return False
        if rule.times is not None and self.struck[index] >= rule.times:
            return False
        return rule.chance >= 1 or self.dice.random() < rule.chance

    def report(self) -> Json:
        counted = zip(self.rules, self.seen, self.struck, strict=True)
        rules = [
            {name.name: getattr(rule, name.name) for name in fields(rule)}
            | {"seen": seen, "struck": struck}
            for rule, seen, struck in counted
        ]
        return {"seed": self.seed, "rules": rules}


def read_script(given: Any) -> FaultScript:
    """A script from JSON: a seed and a list of rules."""
    body = given if isinstance(given, dict) else {}
    rules, seed = body.get("rules", []), body.get("seed", 0)
    if not isinstance(rules, list) or not isinstance(seed, int):
        raise RehearsalError(
            N_("The fault script cannot be read."),
            N_("Send an object with a list of rules and a whole number as seed."),
            400,
        )
    return FaultScript(tuple(map(read_rule, rules)), seed)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and value >= 0


def is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


FIELD_TYPES: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("method", "person", "text", "bot", "description"), is_text),
    **dict.fromkeys(("chance", "seconds", "hold", "span"), is_amount),
    **dict.fromkeys(("skip", "code", "retry_after"), is_count),
    "times": lambda value: value is None or is_count(value),
}


def read_rule(given: Any) -> Rule:
    known = {name.name for name in fields(Rule)}
    if not isinstance(given, dict) or not set(given) <= known:
        raise bad_rule(given)
    try:
        rule = Rule(
            **(
                given
                | {
                    "kind": FaultKind(given.get("kind", "")),
                    "moment": Moment(given.get("moment", "before")),
                }
            )
        )
    except ValueError as error:
        raise bad_rule(given) from error
    if not all(fits_type(given[name]) for name, fits_type in FIELD_TYPES.items() if name in given):
        raise bad_rule(given)
    return rule


def bad_rule(given: Any) -> RehearsalError:
    return RehearsalError(
        N_("This rule of the fault script cannot be read: {rule}"),
        N_("Give a kind of the guide (as flood or late) and only its fields."),
        400,
        rule=given,
    )
