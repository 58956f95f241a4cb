"""What a durable job is, and what every engine that runs jobs must promise.

A job names work by its kind and a number; all that must survive stands in our own tables.
A job runs at least once: a handler that is called twice must do no harm.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

Handler = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done once the transaction that asked for it is committed.

    ``key`` is unique for ever: the same key again is no second job. Of one ``partition`` at
    most one job runs at a time, in the order in which they were enqueued. ``ref`` is a number
    or a moment and nothing else: no names, no addresses.
    """

    kind: str
    key: str
    partition: str
    ref: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """How many jobs wait, run now, and ended in an error that is not yet purged."""

    waiting: int
    running: int
    failed: int


class Engine(Protocol):
    """Runs jobs that survive a power cut."""

    def handler(self, kind: str, function: Handler) -> None:
        """Say what a kind of job does; before ``start``."""

    def enqueue(self, tx: Connection, job: Job) -> None:
        """Ask for a job inside the caller's transaction: no commit, no job."""

    def start(self) -> None:
        """Begin to run jobs, first those that this worker left unfinished."""

    def stop(self, timeout: float = 10.0) -> None:
        """Let running jobs end, at most ``timeout`` seconds, and run no more."""

    def unfinished(self, keys: Iterable[str]) -> frozenset[str]:
        """Return those of ``keys`` whose jobs wait or run."""

    def reap(self, dead_worker: str) -> int:
        """Give the running jobs of a dead worker to the living; return how many."""

    def stats(self) -> Stats:
        """Count the jobs."""

    def purge(self, before: datetime) -> int:
        """Forget the jobs that ended before a moment; return how many."""

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is ready and nothing runs; False when time ran out.

        Jobs whose moment lies in the future are not waited for.
        """
