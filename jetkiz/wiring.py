"""The one place that builds things: which channels this school has, joined to its workplace."""

from collections.abc import Mapping
from dataclasses import dataclass

from jetkiz.channel import Channel, load_channels, switched_off
from jetkiz.engine.dbos_adapter import POLL_SECONDS, DbosEngine
from jetkiz.engine.port import Engine
from jetkiz.storage.workplace import Workplace
from scheduler.worker import Worker


def build_channels(workplace: Workplace) -> dict[str, Channel]:
    """Build every channel that is switched on."""
    return load_channels(workplace, switched_off(workplace.settings))


@dataclass(frozen=True, slots=True)
class App:
    """A school's workplace with its channels, and the engine that runs its jobs."""

    workplace: Workplace
    engine: Engine
    channels: Mapping[str, Channel]

    def start(self) -> None:
        """Run jobs, first those that the last run left unfinished."""
        Worker(self.workplace, self.engine, self.channels).register()
        self.engine.start()

    def stop(self) -> None:
        """Let running jobs end and run no more."""
        self.engine.stop()


def build_engine(workplace: Workplace, poll_seconds: float = POLL_SECONDS) -> DbosEngine:
    """Build the engine of jobs; until it is started it only enqueues."""
    return DbosEngine(workplace.database, workplace.settings.worker, workplace.clock, poll_seconds)


def build_app(workplace: Workplace, poll_seconds: float = POLL_SECONDS) -> App:
    """Build everything that hands lessons over; a rehearsal may look for jobs more often."""
    return App(workplace, build_engine(workplace, poll_seconds), build_channels(workplace))
