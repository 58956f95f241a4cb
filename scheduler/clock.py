"""How the clock is nudged: APScheduler calls now and then, the database decides what is due."""

from collections.abc import Callable
from datetime import UTC
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

NUDGE_SECONDS: Final = 10.0


class Clockwork:
    """Calls ``nudge`` now and then; a call that comes late, twice or never does no harm."""

    def __init__(self, nudge: Callable[[], object], seconds: float = NUDGE_SECONDS) -> None:
        self._nudge = nudge
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # Late is better than never, and one call makes up for all that were missed.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_job(nudge, IntervalTrigger(seconds=seconds, timezone=UTC), id="nudge")

    def start(self) -> None:
        """Nudge at once, then regularly in a thread of its own."""
        self._nudge()
        self._scheduler.start()

    def stop(self) -> None:
        """Nudge no more."""
        self._scheduler.shutdown(wait=True)
