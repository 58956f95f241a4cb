"""What time it is in the rehearsal, and how a director makes it later than it is."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# By so much the same moment may differ when it was reached by other steps, also by the clock of
# a computer that has run for years.
ROUNDING = 1e-6


def real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class RehearsalClock:
    """Two clocks: the calendar dates messages and updates, the ticks fill the limits' buckets."""

    calendar: Callable[[], datetime] = real_time  # a demo gives its own
    ticks: Callable[[], float] = time.monotonic  # must go on by itself
    shift: timedelta = timedelta(0)
    ahead: float = 0.0  # seconds by which the director let limits and waits run ahead
    stopped: tuple[datetime, float] | None = None  # both clocks, while they stand still
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.moment()[0] + self.shift

    def elapsed(self) -> float:
        return self.moment()[1] + self.ahead

    def moment(self) -> tuple[datetime, float]:
        return self.stopped or (self.calendar(), self.ticks())

    def stop(self) -> None:
        """From now on time passes only when the director lets it."""
        self.stopped = self.moment()

    def go(self) -> None:
        """Time passes by itself again, from where it stands."""
        if self.stopped is not None:
            calendar, ticks = self.stopped
            self.shift += calendar - self.calendar()
            self.ahead += ticks - self.ticks()
            self.stopped = None
            self.turn()

    def set(self, now: datetime) -> None:
        self.shift = now - self.moment()[0]
        self.turn()

    def advance(self, seconds: float, limits_too: bool) -> None:
        """Let time pass at once; for limits, faults and webhooks as well if asked."""
        self.shift += timedelta(seconds=seconds)
        if limits_too:
            self.ahead += seconds
        self.turn()

    def turn(self) -> None:
        """Wake whoever sleeps, to look at the clock again."""
        self.turned.set()
        self.turned = asyncio.Event()

    async def sleep(self, seconds: float, closing: asyncio.Event) -> bool:
        """False when the rehearsal closes before the time has passed; a stopped clock holds it."""
        until = self.elapsed() + seconds
        while (left := until - self.elapsed()) > ROUNDING:
            if closing.is_set():
                return False
            await waited(self.turned, None if self.stopped else left)
        return True


async def waited(signal: asyncio.Event, seconds: float | None) -> bool:
    """Whether the signal came within so many seconds; without a number it surely comes."""
    try:
        await asyncio.wait_for(signal.wait(), seconds)
    except TimeoutError:
        return False
    return True
