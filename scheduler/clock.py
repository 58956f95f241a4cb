"""How the clock is nudged: APScheduler calls now and then, the database decides what is due."""

import logging
from collections.abc import Callable
from datetime import UTC
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jetkiz.errors import JetkizError

NUDGE_SECONDS: Final = 10.0

log = logging.getLogger(__name__)


class Clockwork:
    """Calls ``nudge`` now and then; a call that comes late, twice or never does no harm."""

    def __init__(self, nudge: Callable[[], object], seconds: float = NUDGE_SECONDS) -> None:
        self._nudge = nudge
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # Late is better than never, and one call makes up for all that were missed.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        trigger = IntervalTrigger(seconds=seconds, timezone=UTC)
        self._scheduler.add_job(self._nudge_again, trigger, id="nudge")

    def start(self) -> None:
        """Nudge at once, then regularly in a thread of its own."""
        self._nudge()
        self._scheduler.start()

    def _nudge_again(self) -> None:
        try:
            self._nudge()
        except JetkizError as error:
            # The database is away, or its disk is full: the next nudge makes up for this one.
            log.warning("clock_missed_a_nudge reason=%s", error)

    def stop(self) -> None:
        """Nudge no more."""
        self._scheduler.shutdown(wait=True)
