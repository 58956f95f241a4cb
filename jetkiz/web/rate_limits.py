"""How often somebody may try a password before having to wait."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` tries at once, then one more each ``refill``."""

    burst: int
    refill: timedelta


@dataclass(frozen=True, slots=True)
class Bucket:
    """The tries that were left at a moment."""

    tries: float
    at: datetime


# A hall full of teachers shares one address; one account has one person.
PER_ADDRESS = Rate(30, timedelta(seconds=10))
PER_ACCOUNT = Rate(6, timedelta(minutes=1))


def refilled(bucket: Bucket | None, rate: Rate, now: datetime) -> Bucket:
    """Return the bucket as it stands now; a clock that runs backwards adds nothing."""
    if bucket is None:
        return Bucket(rate.burst, now)
    gained = max(now - bucket.at, timedelta()) / rate.refill
    return Bucket(min(rate.burst, bucket.tries + gained), now)


def wait_for(bucket: Bucket | None, rate: Rate, now: datetime) -> timedelta:
    """Return how long to wait for the next try; nothing when one is left."""
    missing = 1 - refilled(bucket, rate, now).tries
    return missing * rate.refill if missing > 0 else timedelta()


def spent(bucket: Bucket | None, rate: Rate, now: datetime) -> Bucket:
    """Return the bucket after one more try."""
    full = refilled(bucket, rate, now)
    return Bucket(full.tries - 1, now)


@dataclass
class WrongTries:
    """The wrong passwords of the last minutes, by address and by account, kept in memory."""

    buckets: OrderedDict[tuple[str, str], Bucket] = field(default_factory=OrderedDict)

    def wait(self, address: str, login: str, now: datetime) -> timedelta:
        """Return how long this address must wait before it may try this account."""
        return max(
            wait_for(self.buckets.get(key), rate, now) for key, rate in _limits(address, login)
        )

    def count(self, address: str, login: str, now: datetime) -> None:
        """Count a try."""
        for key, rate in _limits(address, login):
            self.buckets[key] = spent(self.buckets.get(key), rate, now)
            self.buckets.move_to_end(key)
        while len(self.buckets) > MOST_KEYS:
            self.buckets.popitem(last=False)

    def forgive(self, address: str, login: str, now: datetime) -> None:
        """Take a try back that turned out right."""
        for key, rate in _limits(address, login):
            left = refilled(self.buckets.get(key), rate, now)
            self.buckets[key] = Bucket(min(rate.burst, left.tries + 1), now)


def _limits(address: str, login: str) -> tuple[tuple[tuple[str, str], Rate], ...]:
    return (("address", address), PER_ADDRESS), (("account", login), PER_ACCOUNT)
