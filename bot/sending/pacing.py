"""How fast messages may leave: a bot's rate, a chat's, a group's, and what a refusal slows down.

A bucket is one number: until when its places are given away. So it fits into a row of the database,
where any number of senders share it. Moments are seconds since 1970.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

# Telegram bears a short burst to one chat, then wants about one message a second.
CHAT_BURST: Final = 4
# So many to a bot's own address book at once after an idle moment.
BOT_BURST: Final = 6
# The fifth part of each second is never given to what can wait: an answer always finds a place.
SPARE: Final = 0.2
# What follows a person's own press or page; Telegram's limits are told for new messages only.
FREE: Final = frozenset(
    {
        *("answerCallbackQuery", "editMessageText", "editMessageReplyMarkup"),
        "setMessageReaction",
    }
)
# No place is given away further ahead than two albums take; more means a clock was put back.
FURTHEST_AHEAD: Final = 60.0
MOST_AHEAD: Final = 20
# From nothing to the full rate in so many seconds: after a halving half of it.
CLIMB: Final = 60.0
SLOWEST: Final = 1 / 16


def weight(method: str, payload: Any) -> int:
    """Return how many messages a request counts for."""
    if method in FREE:
        return 0
    return len(payload["media"]) if method == "sendMediaGroup" else 1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages a second, and at most ``burst`` saved up while nothing was sent.

    ``spare`` seconds' worth of them come on top for those who wait with the phone in the hand.
    """

    per_second: float
    burst: float
    spare: float = 0.0

    def begins(self, booked: float | None, now: float) -> float:
        """Return where the next place begins; one far in the past means that it is free now."""
        earliest = now - self.burst / self.per_second - self.spare
        if booked is None:
            return earliest
        return now if booked > now + self.furthest else max(booked, earliest)

    @property
    def furthest(self) -> float:
        """How many seconds ahead a place may honestly be."""
        return max(FURTHEST_AHEAD, MOST_AHEAD / self.per_second)

    def after(self, booked: float | None, cost: int, now: float) -> float:
        """Return until when places are given away once ``cost`` more are."""
        return self.begins(booked, now) + cost / self.per_second

    def has_room(self, booked: float | None, cost: int, now: float) -> bool:
        """Say whether this much may leave now; an album above the burst runs up a debt."""
        needed = min(cost, self.burst)
        return self.begins(booked, now) + needed / self.per_second <= now + 1e-6


# Five at once and fifteen more within the minute: in no minute more than Telegram's twenty.
GROUP: Final = Rate(15 / 60, 5)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one bot: its own in force, and that of each of its chats."""

    bot: Rate
    chat: Rate

    @classmethod
    def of(cls, per_second: float, chat_per_second: float) -> "Rates":
        """Return the rates that the settings allow."""
        return cls(Rate(per_second, BOT_BURST, SPARE), Rate(chat_per_second, CHAT_BURST))

    def slowed(self, slowed: "Slowed | None", now: float) -> "Rates":
        """Return the rates that are in force after a refusal."""
        per_second = in_force(self.bot.per_second, slowed, now)
        return Rates(replace(self.bot, per_second=per_second), self.chat)

    def of_chat(self, chat_id: int) -> Rate:
        """Return the rate of a chat; the numbers of groups are negative."""
        return GROUP if chat_id < 0 else self.chat


@dataclass(slots=True)
class Places:
    """The places that one transaction gives away, up to ``horizon`` seconds ahead."""

    rates: Rates
    now: float
    horizon: float
    booked: float | None
    chats: dict[int, float | None]

    def give(self, chat_id: int, cost: int, *, can_wait: bool) -> float | None:
        """Return in how many seconds a message may leave; None when it must be asked again."""
        if cost == 0:
            return 0.0
        bot, chat = self.rates.bot, self.rates.of_chat(chat_id)
        spare = bot.spare if can_wait else 0.0
        first = bot.after(self.booked, 1, self.now) + spare
        if first > self.now + self.horizon + 1e-6:
            return None
        if not chat.has_room(self.chats.get(chat_id), cost, self.now):
            return None
        self.booked = bot.after(self.booked, cost, self.now)
        self.chats[chat_id] = chat.after(self.chats.get(chat_id), cost, self.now)
        return max(0.0, self.booked + spare - self.now)


@dataclass(slots=True)
class Gate:
    """The same rate once more where messages leave: places that were used late stay spaced."""

    rate: Rate
    booked: float | None = None

    def wait(self, cost: int, now: float, *, can_wait: bool) -> float:
        """Return for how many seconds a message that is to leave now must still wait."""
        if cost == 0:
            return 0.0
        self.booked = self.rate.after(self.booked, cost, now)
        return max(0.0, self.booked + (self.rate.spare if can_wait else 0.0) - now)


@dataclass(frozen=True, slots=True)
class Slowed:
    """What Telegram's last refusal left: this many a second, climbing since a moment."""

    rate: float
    since: float


def in_force(top: float, slowed: Slowed | None, now: float) -> float:
    """Return how many messages a second may leave: half after a refusal, then more and more."""
    if slowed is None:
        return top
    climbed = top * max(0.0, now - slowed.since) / CLIMB
    return min(top, max(slowed.rate, top * SLOWEST) + climbed)


def slow_down(top: float, slowed: Slowed | None, now: float, until: float) -> Slowed:
    """Return what a refusal leaves that lasts until a moment.

    Several refusals while the bot is silent are one: they left before the first was heard.
    """
    if slowed is not None and now < slowed.since:
        return Slowed(slowed.rate, max(slowed.since, until))
    return Slowed(max(in_force(top, slowed, now) / 2, top * SLOWEST), until)
