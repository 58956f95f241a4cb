"""How many messages the bot may send: 30 a second, 1 a second to one chat, 20 a minute to a group.

Edits are not counted: nobody outside Telegram knows what they cost.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from jetkiz.rehearsal.state.clock import ROUNDING


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tokens a second, and at most that many saved up."""

    per_second: float
    burst: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The rates and sizes of this rehearsal; the defaults are Telegram's published ones."""

    bot: Rate = Rate(per_second=30, burst=30)
    chat: Rate = Rate(per_second=1, burst=5)
    group: Rate = Rate(per_second=20 / 60, burst=20)
    upload_bytes: int = 50 * 1024 * 1024
    photo_bytes: int = 10 * 1024 * 1024
    download_bytes: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens left at a moment."""

    level: float
    at: float


def refilled(bucket: Bucket, rate: Rate, at: float) -> Bucket:
    passed = max(at - bucket.at, 0.0)
    return Bucket(min(rate.burst, bucket.level + passed * rate.per_second), max(at, bucket.at))


def waiting_time(bucket: Bucket, rate: Rate, tokens: int) -> float:
    """Seconds until so many tokens may go; an album larger than the burst runs up a debt."""
    short = min(tokens, rate.burst) - bucket.level
    return max(short / rate.per_second, 0.0)


@dataclass(slots=True)
class Gate:
    """Lets messages through or says how long to wait; a refused message costs nothing."""

    limits: Limits
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def pass_through(self, chat_id: int, tokens: int, at: float) -> int | None:
        """None when the messages may go now, otherwise the whole seconds to wait."""
        rates = dict(self.rates_for(chat_id))
        now = {
            name: refilled(self.buckets.get(name, Bucket(rate.burst, at)), rate, at)
            for name, rate in rates.items()
        }
        wait = max(waiting_time(now[name], rate, tokens) for name, rate in rates.items())
        if wait > ROUNDING:
            return max(math.ceil(wait - ROUNDING), 1)
        self.buckets |= {n: Bucket(bucket.level - tokens, bucket.at) for n, bucket in now.items()}
        return None

    def rates_for(self, chat_id: int) -> Iterable[tuple[str, Rate]]:
        yield "bot", self.limits.bot
        yield (f"chat {chat_id}", self.limits.group if chat_id < 0 else self.limits.chat)
